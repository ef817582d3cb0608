//! Every query parameter of some lists goes by its wire name: what the server sees is compared with the facts of the
//! document, in their order.

use std::future::IntoFuture;

use sage_api::{DateTime, FixedOffset, NaiveDate, accounting, accounting_v3, sage_200};
use sage_tests::server::{Reply, Server};
use serde_yaml::Value;

const ACCOUNTING: &str = include_str!("../../specs/accounting/openapi.yaml");
const ACCOUNTING_V3: &str = include_str!("../../specs/accounting-v3/accounts.openapi.yaml");
const SALES: &str = include_str!("../../specs/sage-200/sales.openapi.yaml");
const NOMINAL: &str = include_str!("../../specs/sage-200/nominal.openapi.yaml");
const POP: &str = include_str!("../../specs/sage-200/pop.openapi.yaml");
const CASH_BOOK: &str = include_str!("../../specs/sage-200/cash-book.openapi.yaml");
const PURCHASES: &str = include_str!("../../specs/sage-200/purchases.openapi.yaml");

fn since() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2024-02-29T09:30:00+01:00").expect("a date-time")
}

fn day() -> NaiveDate {
    NaiveDate::from_ymd_opt(2024, 2, 29).expect("a date")
}

/// The query parameters of `GET path`, as the document has them.
fn documented(document: &str, path: &str) -> Vec<String> {
    // Only the part about this path is read: the files are large.
    let (_, rest) = document.split_once(&format!("\n  {path}:\n")).expect("the path is documented");
    let inside: Vec<_> = rest.lines().take_while(|line| line.starts_with("    ")).collect();
    let item: Value = serde_yaml::from_str(&inside.join("\n")).expect("YAML");
    let parameters = [item.get("parameters"), item["get"].get("parameters")];
    let parameters = parameters.into_iter().flatten().flat_map(|list| list.as_sequence().expect("a list"));
    let query = parameters.filter(|parameter| parameter["in"] == "query");
    query.map(|parameter| parameter["name"].as_str().expect("a name").to_owned()).collect()
}

/// Sends a list on which every setter was called, and compares the names that the server sees.
async fn check<T>(
    server: &Server,
    list: impl IntoFuture<Output = sage_api::Result<T>>,
    document: &str,
    path: &str,
    undocumented: &[&str],
) {
    list.await.map(drop).expect("an empty list");
    let request = server.last();
    assert!(request.path.ends_with(path), "{} is not {path}", request.path);
    let seen: Vec<_> = request.query.into_iter().map(|(name, _)| name).collect();
    let mut expected = documented(document, path);
    expected.extend(undocumented.iter().map(ToString::to_string));
    assert!(!expected.is_empty());
    assert_eq!(seen, expected, "{path}");
}

fn server() -> Server {
    Server::start((0..9).map(|_| Reply::json(200, "[]")))
}

#[tokio::test]
async fn accounting() {
    let server = server();
    let builder = accounting::Client::builder().access_token("an access token").business("b88e0000");
    let client = builder.origin(server.origin()).build().expect("the client is complete");
    let list = client
        .contacts()
        .list()
        .updated_or_created_since(since())
        .deleted_since(since())
        .contact_type_id("x")
        .exclude_system(true)
        .nested_attributes("x")
        .show_balance(true)
        .context_date(day())
        .search("x")
        .email("x")
        .show_unfinished_recurring_invoices_status(true)
        .filter_inactive_contacts(true)
        .items_per_page(7)
        .page(7)
        .attributes("x");
    check(&server, list, ACCOUNTING, "/contacts", &[]).await;
    let list = client
        .sales_invoices()
        .list()
        .show_payments_allocations(true)
        .search("x")
        .contact_id("x")
        .status_id("x")
        .from_date(since())
        .to_date(since())
        .updated_or_created_since(since())
        .deleted_since(since())
        .has_attachments(true)
        .items_per_page(7)
        .page(7)
        .attributes("x")
        .sort("x");
    check(&server, list, ACCOUNTING, "/sales_invoices", &[]).await;
    let list = client
        .bank_accounts()
        .list()
        .updated_or_created_since(since())
        .deleted_since(since())
        .nested_attributes("x")
        .exclude_stripe(true)
        .filter_inactive_bank_accounts(true)
        .app_name("x")
        .items_per_page(7)
        .page(7)
        .attributes("x");
    check(&server, list, ACCOUNTING, "/bank_accounts", &[]).await;
    let list = client
        .ledger_entries()
        .list()
        .from_date(since())
        .to_date(since())
        .transaction_id("x")
        .transaction_type_id("x")
        .journal_code_id("x")
        .updated_or_created_since(since())
        .items_per_page(7)
        .page(7)
        .attributes("x")
        .ledger_account_id("x");
    check(&server, list, ACCOUNTING, "/ledger_entries", &[]).await;
    let list = client
        .products()
        .list()
        .search("x")
        .updated_or_created_since(since())
        .deleted_since(since())
        .active(true)
        .items_per_page(7)
        .page(7)
        .attributes("x");
    check(&server, list, ACCOUNTING, "/products", &[]).await;
    let list = client
        .purchase_invoices()
        .list()
        .show_payments_allocations(true)
        .search("x")
        .contact_id("x")
        .status_id("x")
        .from_date(since())
        .to_date(since())
        .updated_or_created_since(since())
        .deleted_since(since())
        .has_attachments(true)
        .items_per_page(7)
        .page(7)
        .attributes("x")
        .sort("x");
    check(&server, list, ACCOUNTING, "/purchase_invoices", &[]).await;
    let list = client
        .contact_payments()
        .list()
        .contact_id("x")
        .bank_account_id("x")
        .transaction_type_id("x")
        .updated_or_created_since(since())
        .deleted_since(since())
        .from_date(since())
        .to_date(since())
        .items_per_page(7)
        .page(7)
        .attributes("x")
        .sort("x");
    check(&server, list, ACCOUNTING, "/contact_payments", &[]).await;
}

#[tokio::test]
async fn accounting_v3() {
    let server = server();
    let builder = accounting_v3::Client::builder().region(accounting_v3::Region::Uki).site("a-site");
    let builder = builder.subscription_key("a-subscription-key").access_token("an access token");
    let client = builder.origin(server.origin()).build().expect("the client is complete");
    let list = client
        .contacts()
        .list()
        .updated_or_created_since(since())
        .deleted_since(since())
        .contact_type_id("x")
        .exclude_system(true)
        .nested_attributes("x")
        .show_balance(true)
        .context_date(day())
        .search("x")
        .email("x")
        .show_unfinished_recurring_invoices_status(true)
        .show_legacy_id(true)
        .items_per_page(7)
        .page(7)
        .attributes("x");
    check(&server, list, ACCOUNTING_V3, "/contacts", &[]).await;
    let list = client
        .sales_invoices()
        .list()
        .show_payments_allocations(true)
        .search("x")
        .contact_id("x")
        .status_id("x")
        .from_date(since())
        .to_date(since())
        .updated_or_created_since(since())
        .deleted_since(since())
        .has_attachments(true)
        .show_legacy_id(true)
        .items_per_page(7)
        .page(7)
        .attributes("x")
        .sort("x");
    check(&server, list, ACCOUNTING_V3, "/sales_invoices", &[]).await;
    let list = client
        .bank_accounts()
        .list()
        .updated_or_created_since(since())
        .deleted_since(since())
        .nested_attributes("x")
        .exclude_stripe(true)
        .filter_inactive_bank_accounts(true)
        .show_legacy_id(true)
        .items_per_page(7)
        .page(7)
        .attributes("x");
    check(&server, list, ACCOUNTING_V3, "/bank_accounts", &[]).await;
    let list = client
        .ledger_entries()
        .list()
        .from_date(since())
        .to_date(since())
        .transaction_id("x")
        .transaction_type_id("x")
        .journal_code_id("x")
        .updated_or_created_since(since())
        .show_legacy_id(true)
        .items_per_page(7)
        .page(7)
        .attributes("x")
        .ledger_account_id("x");
    check(&server, list, ACCOUNTING_V3, "/ledger_entries", &[]).await;
    let list = client
        .products()
        .list()
        .search("x")
        .updated_or_created_since(since())
        .deleted_since(since())
        .active(true)
        .show_legacy_id(true)
        .items_per_page(7)
        .page(7)
        .attributes("x");
    check(&server, list, ACCOUNTING_V3, "/products", &[]).await;
    let list = client
        .purchase_invoices()
        .list()
        .show_payments_allocations(true)
        .search("x")
        .contact_id("x")
        .status_id("x")
        .from_date(since())
        .to_date(since())
        .updated_or_created_since(since())
        .deleted_since(since())
        .has_attachments(true)
        .show_legacy_id(true)
        .items_per_page(7)
        .page(7)
        .attributes("x")
        .sort("x");
    check(&server, list, ACCOUNTING_V3, "/purchase_invoices", &[]).await;
}

/// What `api.toml` adds: no document declares them.
const OPTIONS: &[&str] = &["$select", "$filter", "$orderby", "$top", "$skip", "$expand", "$count", "$metadata"];

#[tokio::test]
async fn sage_200() {
    let server = server();
    let builder = sage_200::Client::builder().product(sage_200::Product::Professional).site("a-site").company(7);
    let client =
        builder.access_token("an access token").origin(server.origin()).build().expect("the client is complete");
    let list = client
        .customers()
        .list()
        .select("x")
        .filter("x")
        .orderby("x")
        .top(7)
        .skip(7)
        .expand("x")
        .count(true)
        .metadata(true);
    check(&server, list, SALES, "/customers", OPTIONS).await;
    let list = client
        .sales_posted_transactions()
        .list()
        .select("x")
        .filter("x")
        .orderby("x")
        .top(7)
        .skip(7)
        .expand("x")
        .count(true)
        .metadata(true);
    check(&server, list, SALES, "/sales_posted_transactions", OPTIONS).await;
    let list = client
        .nominal_codes()
        .list()
        .select("x")
        .filter("x")
        .orderby("x")
        .top(7)
        .skip(7)
        .expand("x")
        .count(true)
        .metadata(true);
    check(&server, list, NOMINAL, "/nominal_codes", OPTIONS).await;
    let list = client
        .pop_orders()
        .list()
        .select("x")
        .filter("x")
        .orderby("x")
        .top(7)
        .skip(7)
        .expand("x")
        .count(true)
        .metadata(true);
    check(&server, list, POP, "/pop_orders", OPTIONS).await;
    let list = client
        .banks()
        .list()
        .select("x")
        .filter("x")
        .orderby("x")
        .top(7)
        .skip(7)
        .expand("x")
        .count(true)
        .metadata(true);
    check(&server, list, CASH_BOOK, "/banks", OPTIONS).await;
    let list = client
        .suppliers()
        .list()
        .select("x")
        .filter("x")
        .orderby("x")
        .top(7)
        .skip(7)
        .expand("x")
        .count(true)
        .metadata(true);
    check(&server, list, PURCHASES, "/suppliers", OPTIONS).await;
}
