//! The same calls without async: each waits on its thread, and no runtime is needed (feature `blocking`).
//!
//! ```sh
//! cargo run --example blocking
//! ```

use sage_api::Update;
use sage_api::accounting::Client;
use sage_api::accounting::model::{ContactUpdate, NewContact};
use sage_examples::Local;
use sage_sandbox::Api;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sage = Local::open()?;
    let token = sage.access_token(Api::Accounting)?;
    let client = Client::builder().origin(sage.origin()).access_token(token).build()?;

    let new = NewContact { name: "Ann".into(), contact_type_ids: vec!["CUSTOMER".into()], ..Default::default() };
    let ann = client.contacts().create(new).send_blocking()?;
    let id = ann.id.ok_or("a contact without an id")?;

    // Only what is named changes.
    let update = ContactUpdate { reference: Update::Set("ANN01".into()), ..Default::default() };
    client.contacts().update(&id, update).send_blocking()?;

    for contact in client.contacts().list().attributes("name,reference").items().blocking() {
        let contact = contact?;
        println!("{:<20} {}", contact.name.unwrap_or_default(), contact.reference.unwrap_or_default());
    }
    client.contacts().delete(&id).send_blocking()?;
    Ok(())
}
