//! Decoding and encoding invoices: the table against serde derive on the same structs, in one run.
//!
//! `cargo bench -p sage-runtime --no-default-features --bench decode`
//!
//! The best of several rounds counts. Below stand the bare parsers, which make no values: what a parser of another
//! crate would have to be ahead of before it could pay.

#![allow(clippy::print_stdout, missing_docs, unreachable_pub, reason = "a benchmark prints, and nobody imports it")]

use std::hint::black_box;
use std::time::{Duration, Instant};

use chrono::{DateTime, FixedOffset, NaiveDate};
use rust_decimal::Decimal;
use sage_runtime::codegen as rt;
use sage_runtime::json;

/// Each struct twice: as a model, and with serde derives.
macro_rules! both {
    ($($model:ident $derived:ident {
        plain { $($index:literal $field:ident $name:literal: $ty:ty,)* }
        decimals { $($decimal_index:literal $decimal:ident $decimal_name:literal,)* }
        nested { $($nested_index:literal $nested:ident $nested_name:literal: $nested_ty:ty, $nested_derived:ty;)* }
    })*) => {$(
        #[derive(Clone, Default)]
        pub struct $model {
            $(pub $field: Option<$ty>,)*
            $(pub $decimal: Option<Decimal>,)*
            $(pub $nested: Option<$nested_ty>,)*
            pub extra: rt::Extra,
        }

        rt::model!($model, String, {
            $($index $field: $name,)*
            $($decimal_index $decimal: $decimal_name,)*
            $($nested_index $nested: $nested_name,)*
        });

        #[derive(Clone, Default, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        pub struct $derived {
            $(pub $field: Option<$ty>,)*
            $(#[serde(default, with = "rust_decimal::serde::str_option")] pub $decimal: Option<Decimal>,)*
            $(pub $nested: Option<$nested_derived>,)*
        }
    )*};
}

both! {
    Reference DerivedReference {
        plain { 0 id "id": String, 1 displayed_as "displayed_as": String, 2 path "path": String, }
        decimals {}
        nested {}
    }
    Line DerivedLine {
        plain {
            0 id "id": String, 1 displayed_as "displayed_as": String, 2 description "description": String, 3 trade_of_asset "trade_of_asset": bool, 4 version "version": i64,
            5 gst_amount_kind "gst_amount_kind": String, 6 deleted_at "deleted_at": DateTime<FixedOffset>, 7 is_purchase_for_resale "is_purchase_for_resale": bool, 8 position "position": i32,
        }
        decimals {
            9 quantity "quantity", 10 unit_price "unit_price", 11 net_amount "net_amount", 12 tax_amount "tax_amount", 13 total_amount "total_amount", 14 discount_amount "discount_amount", 15 discount_percentage "discount_percentage",
            16 base_currency_unit_price "base_currency_unit_price", 17 base_currency_net_amount "base_currency_net_amount", 18 base_currency_tax_amount "base_currency_tax_amount", 19 base_currency_total_amount "base_currency_total_amount",
            20 base_currency_discount_amount "base_currency_discount_amount",
        }
        nested { 21 product "product": Reference, DerivedReference; 22 ledger_account "ledger_account": Reference, DerivedReference; 23 tax_rate "tax_rate": Reference, DerivedReference; }
    }
    Invoice DerivedInvoice {
        plain {
            0 id "id": String, 1 displayed_as "displayed_as": String, 2 path "path": String, 3 created_at "created_at": DateTime<FixedOffset>, 4 updated_at "updated_at": DateTime<FixedOffset>,
            5 invoice_number_prefix "invoice_number_prefix": String, 6 invoice_number "invoice_number": String, 7 contact_name "contact_name": String, 8 contact_reference "contact_reference": String,
            9 date "date": NaiveDate, 10 due_date "due_date": NaiveDate, 11 original_invoice_number "original_invoice_number": String, 12 reference "reference": String, 13 main_address_free_form "main_address_free_form": String,
            14 delivery_address_free_form "delivery_address_free_form": String, 15 notes "notes": String, 16 terms_and_conditions "terms_and_conditions": String, 17 last_paid "last_paid": NaiveDate, 18 sent "sent": bool,
            19 void_reason "void_reason": String, 20 sent_by_email "sent_by_email": bool, 21 deleted_at "deleted_at": DateTime<FixedOffset>, 22 legacy_id "legacy_id": i64, 23 editable "editable": bool,
            24 migrated "migrated": bool, 25 tax_address_region "tax_address_region": String, 26 withholding_reference "withholding_reference": String,
        }
        decimals {
            27 shipping_net_amount "shipping_net_amount", 28 shipping_tax_amount "shipping_tax_amount", 29 shipping_total_amount "shipping_total_amount", 30 total_quantity "total_quantity", 31 net_amount "net_amount", 32 tax_amount "tax_amount",
            33 total_amount "total_amount", 34 payments_allocations_total_amount "payments_allocations_total_amount", 35 payments_allocations_total_discount "payments_allocations_total_discount", 36 total_paid "total_paid", 37 outstanding_amount "outstanding_amount",
            38 exchange_rate "exchange_rate", 39 inverse_exchange_rate "inverse_exchange_rate", 40 base_currency_shipping_net_amount "base_currency_shipping_net_amount", 41 base_currency_shipping_tax_amount "base_currency_shipping_tax_amount",
            42 base_currency_shipping_total_amount "base_currency_shipping_total_amount", 43 total_discount_amount "total_discount_amount", 44 base_currency_total_discount_amount "base_currency_total_discount_amount",
            45 base_currency_net_amount "base_currency_net_amount", 46 base_currency_tax_amount "base_currency_tax_amount", 47 base_currency_total_amount "base_currency_total_amount", 48 base_currency_outstanding_amount "base_currency_outstanding_amount",
        }
        nested {
            49 transaction "transaction": Reference, DerivedReference; 50 contact "contact": Reference, DerivedReference; 51 currency "currency": Reference, DerivedReference;
            52 status "status": Reference, DerivedReference; 53 shipping_tax_rate "shipping_tax_rate": Reference, DerivedReference; 54 transaction_type "transaction_type": Reference, DerivedReference;
            55 invoice_lines "invoice_lines": Vec<Line>, Vec<DerivedLine>; 56 payments "payments": Vec<Reference>, Vec<DerivedReference>;
        }
    }
}

fn main() {
    let invoices: Vec<Invoice> = (0..1080).map(invoice).collect();
    let text = json::to_string(&invoices);
    let explicit = with_nulls(&text);
    println!("{} invoices, {:.1} MB", invoices.len(), explicit.len() as f64 / 1e6);
    assert_eq!(json::from_str::<Vec<Invoice>>(&explicit).ok().as_ref(), Some(&invoices));
    let derived: Vec<DerivedInvoice> = serde_json::from_str(&explicit).unwrap_or_default();
    let models: Vec<Invoice> = json::from_str(&explicit).unwrap_or_default();
    assert_eq!(json::to_string(&models), explicit);
    assert_eq!(serde_json::to_string(&derived).unwrap_or_default().len(), explicit.len());

    let bytes = explicit.as_bytes();
    let rows: &mut [(&str, Duration, &dyn Fn())] = &mut [
        ("decode, table", Duration::MAX, &|| drop(black_box(json::from_slice::<Vec<Invoice>>(bytes)))),
        ("decode, serde derive", Duration::MAX, &|| {
            drop(black_box(serde_json::from_slice::<Vec<DerivedInvoice>>(bytes)))
        }),
        ("decode, table through serde", Duration::MAX, &|| {
            drop(black_box(serde_json::from_slice::<Vec<Invoice>>(bytes)))
        }),
        ("encode, table", Duration::MAX, &|| drop(black_box(json::to_vec(&models)))),
        ("encode, serde derive", Duration::MAX, &|| drop(black_box(serde_json::to_vec(&derived)))),
        ("encode, table through serde", Duration::MAX, &|| drop(black_box(serde_json::to_vec(&models)))),
        ("pass over, own reader", Duration::MAX, &|| drop(black_box(json::from_slice::<()>(bytes)))),
        ("pass over, jiter", Duration::MAX, &|| drop(black_box(jiter::Jiter::new(bytes).next_skip()))),
        ("pass over, serde_json", Duration::MAX, &|| {
            drop(black_box(serde_json::from_slice::<serde::de::IgnoredAny>(bytes)))
        }),
    ];
    // All take turns, so that a slow moment of the machine hits each of them.
    for _ in 0..15 {
        for (_, best, run) in rows.iter_mut() {
            let start = Instant::now();
            run();
            *best = start.elapsed().min(*best);
        }
    }
    for (name, best, _) in rows {
        println!("{name:30} {:7.1} MB/s", explicit.len() as f64 / 1e6 / best.as_secs_f64());
    }
}

/// The same text with an explicit null for every property that is absent, as Sage writes it.
fn with_nulls(text: &str) -> String {
    let derived: Vec<DerivedInvoice> = serde_json::from_str(text).unwrap_or_default();
    // Derived structs write null for what is absent, and the fields stand in the same order.
    serde_json::to_string(&derived).unwrap_or_default()
}

fn reference(number: usize, name: &str) -> Reference {
    Reference {
        id: Some(format!("{:032x}", number * 7_919 + name.len())),
        displayed_as: Some(format!("{name} {number}")),
        path: Some(format!("/{name}/{number:032x}")),
        ..Reference::default()
    }
}

fn amount(number: usize) -> Option<Decimal> {
    Some(Decimal::new((number * 37 % 1_000_000) as i64, 2))
}

fn line(number: usize) -> Line {
    Line {
        id: Some(format!("{number:032x}")),
        displayed_as: Some(format!("Line {number}")),
        description: Some(format!("Delivery of \"article\" {number}\nas agreed — with thanks")),
        trade_of_asset: Some(false),
        version: Some(number as i64),
        is_purchase_for_resale: Some(number.is_multiple_of(2)),
        quantity: amount(100),
        unit_price: amount(number),
        net_amount: amount(number + 1),
        tax_amount: amount(number + 2),
        total_amount: amount(number + 3),
        discount_amount: amount(0),
        base_currency_net_amount: amount(number + 4),
        base_currency_tax_amount: amount(number + 5),
        base_currency_total_amount: amount(number + 6),
        product: Some(reference(number, "products")),
        ledger_account: Some(reference(number, "ledger_accounts")),
        tax_rate: Some(reference(1, "tax_rates")),
        ..Line::default()
    }
}

fn invoice(number: usize) -> Invoice {
    let day = NaiveDate::from_ymd_opt(2024, 1 + number as u32 % 12, 1 + number as u32 % 28);
    let moment = DateTime::parse_from_rfc3339("2024-02-29T10:11:12Z").ok();
    Invoice {
        id: Some(format!("{number:032x}")),
        displayed_as: Some(format!("SI-{number}")),
        path: Some(format!("/sales_invoices/{number:032x}")),
        created_at: moment,
        updated_at: moment,
        invoice_number_prefix: Some("SI-".into()),
        invoice_number: Some(number.to_string()),
        contact_name: Some(format!("Contact {number} & Sons")),
        contact_reference: Some(format!("C{number}")),
        date: day,
        due_date: day,
        main_address_free_form: Some("1 High Street\nNewcastle\nNE1 1AA\nUnited Kingdom".into()),
        notes: Some("Thank you for your business".into()),
        sent: Some(true),
        sent_by_email: Some(false),
        editable: Some(true),
        total_quantity: amount(number),
        net_amount: amount(number + 1),
        tax_amount: amount(number + 2),
        total_amount: amount(number + 3),
        total_paid: amount(0),
        outstanding_amount: amount(number + 4),
        exchange_rate: Some(Decimal::new(10_000_000_000, 10)),
        inverse_exchange_rate: Some(Decimal::new(10_000_000_000, 10)),
        base_currency_net_amount: amount(number + 5),
        base_currency_tax_amount: amount(number + 6),
        base_currency_total_amount: amount(number + 7),
        contact: Some(reference(number, "contacts")),
        currency: Some(reference(2, "currencies")),
        status: Some(reference(3, "artefact_statuses")),
        transaction_type: Some(reference(4, "transaction_types")),
        invoice_lines: Some((0..4).map(|index| line(number * 4 + index)).collect()),
        payments: Some(vec![reference(number, "payments")]),
        ..Invoice::default()
    }
}
