//! Conditions on a few rows, as data: the text of each, the rows that it selects, and the same as a closure.
//!
//! `tests/odata/rows.json` holds customers as the service sends them. Whoever evaluates `$filter` can be held against
//! [`cases`]: it has to select the rows with these ids, in this order.

use sage_api::sage_200::model::Customer;
use sage_api::sage_200::properties::customer;
use sage_api::{DateTime, Decimal, FixedOffset, NaiveDate, odata::Filter};

/// The rows, as JSON.
pub const ROWS: &str = include_str!("../odata/rows.json");

/// A condition.
#[derive(Debug)]
pub struct Case {
    /// As it was built.
    pub filter: Filter<Customer>,
    /// As it has to be written.
    pub text: &'static str,
    /// The ids of the rows that it selects.
    pub ids: &'static [i64],
    /// The same in Rust: an oracle that knows no OData.
    pub holds: fn(&Customer) -> bool,
}

/// The day with this number.
fn day(year: i32, month: u32, day: u32) -> NaiveDate {
    NaiveDate::from_ymd_opt(year, month, day).expect("there is such a day")
}

/// A moment as RFC 3339 writes it.
fn moment(text: &str) -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339(text).expect("a moment")
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

fn name(row: &Customer) -> &str {
    row.name.as_deref().expect("each row has a name")
}

fn balance(row: &Customer) -> Decimal {
    row.balance.expect("each row has a balance")
}

fn opened(row: &Customer, text: &str) -> Option<std::cmp::Ordering> {
    row.account_opened.map(|opened| opened.cmp(&moment(text)))
}

fn case(
    filter: impl Into<Filter<Customer>>,
    text: &'static str,
    ids: &'static [i64],
    holds: fn(&Customer) -> bool,
) -> Case {
    Case { filter: filter.into(), text, ids, holds }
}

/// The conditions, from simple to nested.
pub fn cases() -> Vec<Case> {
    let mut all = values();
    all.extend(texts());
    all.extend(dates_and_nulls());
    all.extend(nested());
    all
}

fn values() -> Vec<Case> {
    vec![
        case(customer::id().eq(1), "id eq 1", &[1], |row| row.id == Some(1)),
        case(customer::id().ne(1), "id ne 1", &[2, 3, 4, 5, 6], |row| row.id != Some(1)),
        case(customer::id().gt(4_i64), "id gt 4", &[5, 6], |row| row.id > Some(4)),
        case(customer::id().ge(4_u32), "id ge 4", &[4, 5, 6], |row| row.id >= Some(4)),
        case(customer::id().lt(3_u64), "id lt 3", &[1, 2], |row| row.id < Some(3)),
        case(customer::id().le(3_i32), "id le 3", &[1, 2, 3], |row| row.id <= Some(3)),
        case(customer::balance().gt(100), "balance gt 100", &[1, 3, 6], |row| balance(row) > Decimal::from(100)),
        case(customer::balance().ge(decimal("100.00")), "balance ge 100.00", &[1, 2, 3, 6], |row| {
            balance(row) >= Decimal::from(100)
        }),
        case(customer::balance().eq(decimal("12345678901234.56789")), "balance eq 12345678901234.56789", &[6], |row| {
            balance(row) == decimal("12345678901234.56789")
        }),
        case(customer::balance().lt(0), "balance lt 0", &[4], |row| balance(row) < Decimal::ZERO),
        case(customer::balance().le(decimal("-0.01")), "balance le -0.01", &[4], |row| {
            balance(row) <= decimal("-0.01")
        }),
        case(customer::balance().eq(Decimal::ZERO), "balance eq 0", &[5], |row| balance(row).is_zero()),
        case(customer::on_hold().eq(true), "on_hold eq true", &[2, 4], |row| row.on_hold == Some(true)),
        case(customer::on_hold().eq(false), "on_hold eq false", &[1, 3, 5], |row| row.on_hold == Some(false)),
        case(customer::payment_terms_days().ge(30), "payment_terms_days ge 30", &[1, 3], |row| {
            row.payment_terms_days >= Some(30)
        }),
        case(
            customer::account_status_type().eq("AccountStatusActive"),
            "account_status_type eq 'AccountStatusActive'",
            &[1, 3, 5],
            |row| row.account_status_type.as_deref() == Some("AccountStatusActive"),
        ),
        case(
            customer::account_status_type().ne("AccountStatusActive"),
            "account_status_type ne 'AccountStatusActive'",
            &[2, 4, 6],
            |row| row.account_status_type.as_deref() != Some("AccountStatusActive"),
        ),
    ]
}

fn texts() -> Vec<Case> {
    vec![
        case(customer::name().eq("Abbey Stores"), "name eq 'Abbey Stores'", &[1], |row| name(row) == "Abbey Stores"),
        case(customer::name().ne(String::from("Abbey Stores")), "name ne 'Abbey Stores'", &[2, 3, 4, 5, 6], |row| {
            name(row) != "Abbey Stores"
        }),
        case(customer::name().starts_with("A"), "startswith(name,'A')", &[1, 4], |row| name(row).starts_with('A')),
        case(customer::name().ends_with("Stores"), "endswith(name,'Stores')", &[1], |row| {
            name(row).ends_with("Stores")
        }),
        case(customer::name().contains("e"), "contains(name,'e')", &[1, 2, 3, 5, 6], |row| name(row).contains('e')),
        case(customer::name().eq("O'Neill & Söhne"), "name eq 'O''Neill & Söhne'", &[2], |row| {
            name(row) == "O'Neill & Söhne"
        }),
        case(customer::name().contains("'"), "contains(name,'''')", &[2, 3], |row| name(row).contains('\'')),
        case(customer::name().contains("''"), "contains(name,'''''')", &[3], |row| name(row).contains("''")),
        case(customer::name().ends_with("Söhne"), "endswith(name,'Söhne')", &[2], |row| name(row).ends_with("Söhne")),
        case(customer::name().starts_with("東京"), "startswith(name,'東京')", &[6], |row| {
            name(row).starts_with("東京")
        }),
        case(customer::name().contains("🍏"), "contains(name,'🍏')", &[6], |row| name(row).contains('🍏')),
        case(customer::name().contains("100%"), "contains(name,'100%')", &[5], |row| name(row).contains("100%")),
        case(customer::name().contains("a+b"), "contains(name,'a+b')", &[5], |row| name(row).contains("a+b")),
        case(customer::name().contains("(&?#=/,)"), "contains(name,'(&?#=/,)')", &[4], |row| {
            name(row).contains("(&?#=/,)")
        }),
        case(customer::name().contains(" and "), "contains(name,' and ')", &[3], |row| name(row).contains(" and ")),
        case(customer::reference().ge("D"), "reference ge 'D'", &[4, 5, 6], |row| {
            row.reference.as_deref() >= Some("D")
        }),
        case(customer::reference().eq(""), "reference eq ''", &[], |row| row.reference.as_deref() == Some("")),
    ]
}

fn dates_and_nulls() -> Vec<Case> {
    vec![
        case(customer::account_opened().ge(day(2024, 4, 6)), "account_opened ge 2024-04-06", &[3, 4, 6], |row| {
            opened(row, "2024-04-06T00:00:00Z").is_some_and(std::cmp::Ordering::is_ge)
        }),
        case(
            customer::account_opened().lt(moment("2024-04-06T00:00:00Z")),
            "account_opened lt 2024-04-06T00:00:00Z",
            &[1, 2],
            |row| opened(row, "2024-04-06T00:00:00Z").is_some_and(std::cmp::Ordering::is_lt),
        ),
        case(
            customer::account_opened().eq(moment("2024-04-06T01:30:00+01:00")),
            "account_opened eq 2024-04-06T00:30:00Z",
            &[3],
            |row| opened(row, "2024-04-06T00:30:00Z").is_some_and(std::cmp::Ordering::is_eq),
        ),
        case(
            customer::account_opened().gt(moment("2024-12-31T23:59:59.5-03:30")),
            "account_opened gt 2025-01-01T03:29:59.5Z",
            &[6],
            |row| opened(row, "2025-01-01T03:29:59.5Z").is_some_and(std::cmp::Ordering::is_gt),
        ),
        case(
            customer::account_opened().le(moment("2020-02-29T12:00:00+00:00").with_timezone(&chrono::Utc)),
            "account_opened le 2020-02-29T12:00:00Z",
            &[1],
            |row| opened(row, "2020-02-29T12:00:00Z").is_some_and(std::cmp::Ordering::is_le),
        ),
        case(customer::account_opened().is_null(), "account_opened eq null", &[5], |row| row.account_opened.is_none()),
        case(customer::account_opened().is_not_null(), "account_opened ne null", &[1, 2, 3, 4, 6], |row| {
            row.account_opened.is_some()
        }),
        case(customer::website().is_null(), "website eq null", &[2, 4, 6], |row| row.website.is_none()),
        case(customer::on_hold().is_not_null(), "on_hold ne null", &[1, 2, 3, 4, 5], |row| row.on_hold.is_some()),
        case(customer::payment_terms_days().is_null(), "payment_terms_days eq null", &[6], |row| {
            row.payment_terms_days.is_none()
        }),
    ]
}

fn nested() -> Vec<Case> {
    let a = || customer::name().starts_with("A");
    let held = || customer::on_hold().eq(true);
    let owes = || customer::balance().gt(100);
    vec![
        case(a().and(owes()), "startswith(name,'A') and balance gt 100", &[1], |row| {
            name(row).starts_with('A') && balance(row) > Decimal::from(100)
        }),
        case(a().or(owes()), "startswith(name,'A') or balance gt 100", &[1, 3, 4, 6], |row| {
            name(row).starts_with('A') || balance(row) > Decimal::from(100)
        }),
        case(a().or(owes()).and(held()), "(startswith(name,'A') or balance gt 100) and on_hold eq true", &[4], |row| {
            (name(row).starts_with('A') || balance(row) > Decimal::from(100)) && row.on_hold == Some(true)
        }),
        case(
            owes().or(a().and(held())),
            "balance gt 100 or startswith(name,'A') and on_hold eq true",
            &[1, 3, 4, 6],
            |row| balance(row) > Decimal::from(100) || name(row).starts_with('A') && row.on_hold == Some(true),
        ),
        case(
            held().and(a().or(customer::id().eq(2))).and(customer::id().lt(4)),
            "on_hold eq true and (startswith(name,'A') or id eq 2) and id lt 4",
            &[2],
            |row| row.on_hold == Some(true) && (name(row).starts_with('A') || row.id == Some(2)) && row.id < Some(4),
        ),
        case(!a(), "not startswith(name,'A')", &[2, 3, 5, 6], |row| !name(row).starts_with('A')),
        case(!customer::id().eq(1), "not (id eq 1)", &[2, 3, 4, 5, 6], |row| row.id != Some(1)),
        case(!!a(), "not (not startswith(name,'A'))", &[1, 4], |row| name(row).starts_with('A')),
        case(!a().or(owes()), "not (startswith(name,'A') or balance gt 100)", &[2, 5], |row| {
            !(name(row).starts_with('A') || balance(row) > Decimal::from(100))
        }),
        case((!a()).and(!owes()), "not startswith(name,'A') and not (balance gt 100)", &[2, 5], |row| {
            !name(row).starts_with('A') && balance(row) <= Decimal::from(100)
        }),
        case("balance gt 100", "balance gt 100", &[1, 3, 6], |row| balance(row) > Decimal::from(100)),
        case(a().and("id eq 2 or id eq 4"), "startswith(name,'A') and (id eq 2 or id eq 4)", &[4], |row| {
            name(row).starts_with('A') && matches!(row.id, Some(2 | 4))
        }),
        case(
            Filter::from("id eq 2 or id eq 4").and(held()),
            "(id eq 2 or id eq 4) and on_hold eq true",
            &[2, 4],
            |row| matches!(row.id, Some(2 | 4)) && row.on_hold == Some(true),
        ),
        case(
            (1..=3).map(|id| customer::id().eq(id)).reduce(Filter::or).expect("three").and(!held()),
            "(id eq 1 or id eq 2 or id eq 3) and not (on_hold eq true)",
            &[1, 3],
            |row| row.id <= Some(3) && row.on_hold == Some(false),
        ),
        case(
            customer::account_opened()
                .ge(day(2024, 4, 6))
                .and(customer::website().is_null().or(customer::name().contains("O'")))
                .and(!(held().and(customer::balance().lt(0)))),
            "account_opened ge 2024-04-06 and (website eq null or contains(name,'O''')) \
             and not (on_hold eq true and balance lt 0)",
            &[6],
            |row| {
                opened(row, "2024-04-06T00:00:00Z").is_some_and(std::cmp::Ordering::is_ge)
                    && (row.website.is_none() || name(row).contains("O'"))
                    && !(row.on_hold == Some(true) && balance(row) < Decimal::ZERO)
            },
        ),
    ]
}
