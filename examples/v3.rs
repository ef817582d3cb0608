//! Lists invoices of Sage Business Cloud Accounting v3, which has an address for each region.
//!
//! ```sh
//! cargo run --example v3
//! ```

use sage_api::accounting_v3::{Client, Region};
use sage_examples::Local;
use sage_sandbox::Api;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sage = Local::open()?;
    // After a login the site is known: it is the owner of the token. With a token alone, it has to be said.
    let site = sage.site("GB")?;
    let client = Client::builder()
        .origin(sage.origin())
        .region(Region::Uki)
        .subscription_key("the key of your subscription")
        .site(site)
        .access_token(sage.access_token(Api::AccountingV3)?)
        .build()?;

    let mut invoices = client.sales_invoices().list().attributes("all").items();
    while let Some(invoice) = invoices.next().await {
        let invoice = invoice?;
        let contact = invoice.contact.and_then(|contact| contact.displayed_as).unwrap_or_default();
        println!("{contact:<20} {:>8}", invoice.total_amount.unwrap_or_default());
    }
    Ok(())
}
