//! Reads everything that has changed since a day, and goes on where it was interrupted.
//!
//! ```sh
//! cargo run --example changes
//! ```
//!
//! A cursor says where a list was left. It is data: saved after each batch, it lets the next run go on from there, and no
//! contact is lost, whenever the program ends.

use std::fs;
use std::path::Path;

use sage_api::accounting::Client;
use sage_api::{DateTime, PageCursor};
use sage_examples::Local;
use sage_sandbox::Api;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sage = Local::open()?;
    let token = sage.access_token(Api::Accounting)?;
    let client = Client::builder().origin(sage.origin()).access_token(token).build()?;

    let folder = tempfile::tempdir()?;
    let place = folder.path().join("contacts.cursor");
    // The first run is cut off after 5 contacts; the second reads the others.
    read_changes(&client, &place, 5).await?;
    read_changes(&client, &place, usize::MAX).await?;
    Ok(())
}

/// Reads at most so many contacts, from where the last run ended.
async fn read_changes(client: &Client, place: &Path, most: usize) -> Result<(), Box<dyn std::error::Error>> {
    let since = DateTime::parse_from_rfc3339("2026-01-01T00:00:00Z")?;
    let changed = client.contacts().list().updated_or_created_since(since).attributes("name,updated_at");
    let mut contacts = changed.items_per_page(3).items();
    if place.exists() {
        let cursor: PageCursor = serde_json::from_slice(&fs::read(place)?)?;
        println!("going on from the cursor");
        contacts = contacts.resume(cursor);
    }
    for _ in 0..most {
        let Some(contact) = contacts.next().await else { break };
        // Here it would be written to a database.
        println!("{}", contact?.name.unwrap_or_default());
        fs::write(place, serde_json::to_vec(&contacts.cursor())?)?;
    }
    Ok(())
}
