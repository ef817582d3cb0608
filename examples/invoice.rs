//! Creates an invoice whose reply is lost on the way, and ends with one invoice, not with none and not with two.
//!
//! ```sh
//! cargo run --example invoice
//! ```
//!
//! Each creation carries an id of its own, by which Sage Accounting knows a request again for seven days. So the client
//! may send it again when nobody knows what became of it, and gets the reply that was lost.

use sage_api::accounting::Client;
use sage_api::accounting::model::{LedgerAccountVisibleIn, NewSalesInvoice, NewSalesInvoiceLine};
use sage_api::{Decimal, NaiveDate};
use sage_examples::Local;
use sage_sandbox::{Api, Effect, Injected, When};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sage = Local::open()?;
    let token = sage.access_token(Api::Accounting)?;
    let client = Client::builder().origin(sage.origin()).access_token(token).build()?;

    // Whom to bill, and for what.
    let customers = client.contacts().list().search("Archer").await?;
    let accounts = client.ledger_accounts().list().visible_in(LedgerAccountVisibleIn::Sales).await?;
    let customer = customers.items.into_iter().next().and_then(|contact| contact.id).ok_or("no such customer")?;
    let account = accounts.items.into_iter().next().and_then(|account| account.id).ok_or("no account for sales")?;
    let line = NewSalesInvoiceLine {
        description: "Wheel, 28 inches".into(),
        ledger_account_id: account,
        quantity: Some(Decimal::from(3)),
        unit_price: Decimal::new(19_99, 2),
        tax_rate_id: Some("GB_STANDARD".into()),
        ..Default::default()
    };
    let invoice = NewSalesInvoice {
        contact_id: customer,
        date: NaiveDate::from_ymd_opt(2026, 2, 28).ok_or("no such day")?,
        reference: Some("order 4711".into()),
        invoice_lines: vec![line],
        ..Default::default()
    };

    // The service will make the invoice, and the connection will end before the reply has come.
    let creation = When { method: Some("POST".into()), path: Some("/v3.1/sales_invoices".into()) };
    sage.inject(&Injected { when: creation, times: 1, effect: Effect::DropAfter })?;

    let reply = client.sales_invoices().create(invoice).send_full().await?;
    let attempts = reply.attempts();
    let created = reply.into_value();
    let text = |text: Option<String>| text.unwrap_or_default();
    println!(
        "{} of {}, after {attempts} attempts",
        text(created.displayed_as),
        created.total_amount.unwrap_or_default()
    );

    let ledger = client.sales_invoices().list().search("order 4711").await?;
    println!("invoices of order 4711: {}", ledger.total().unwrap_or_default());
    Ok(())
}
