//! Asks Sage 200 who owes more than 100, the largest debt first.
//!
//! ```sh
//! cargo run --example debtors
//! ```

use sage_api::sage_200::{Client, Product};
use sage_sandbox::{Api, Sandbox};

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sandbox = Sandbox::builder().start().await?;
    let builder = || {
        let builder = Client::builder().origin(sandbox.origin()).product(Product::Professional);
        builder.access_token(sandbox.access_token(Api::Sage200))
    };

    // Every request names a site and a company; only the list of them does without.
    let sites = builder().build()?.sites().list().await?;
    let site = sites.items.into_iter().next().ok_or("no site")?;
    let company = site.company_id.ok_or("a site without a company")?;
    let client = builder().site(site.site_id.unwrap_or_default()).company(company.into()).build()?;

    let debtors = client
        .customers()
        .list()
        .filter("balance gt 100 and on_hold eq false")
        .select("name,balance")
        .orderby("balance desc");
    let mut debtors = debtors.items();
    while let Some(customer) = debtors.next().await {
        let customer = customer?;
        println!("{:<20} {:>8}", customer.name.unwrap_or_default(), customer.balance.unwrap_or_default());
    }
    Ok(())
}
