//! Asks Sage 200 who owes more than 100, the largest debt first.
//!
//! ```sh
//! cargo run --example debtors
//! ```

use sage_api::sage_200::properties::customer;
use sage_api::sage_200::{Client, Product};
use sage_examples::Local;
use sage_sandbox::Api;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sage = Local::open()?;
    let builder = Client::builder().origin(sage.origin()).product(Product::Professional);
    let client = builder.access_token(sage.access_token(Api::Sage200)?).build()?;

    // Every request names a site and a company; only the list of them does without.
    let sites = client.sites().list().await?;
    let client = client.for_company(sites.items.first().ok_or("no site")?);

    // `balance gt 100 and on_hold eq false`; text such as this is taken, too.
    let debtors = client
        .customers()
        .list()
        .filter(customer::balance().gt(100).and(customer::on_hold().eq(false)))
        .select([customer::NAME, customer::BALANCE])
        .orderby(customer::BALANCE.desc());
    let mut debtors = debtors.items();
    while let Some(customer) = debtors.next().await {
        let customer = customer?;
        println!("{:<20} {:>8}", customer.name.unwrap_or_default(), customer.balance.unwrap_or_default());
    }
    Ok(())
}
