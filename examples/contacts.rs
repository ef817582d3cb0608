//! Logs a user in, as with any Sage service, and lists their contacts.
//!
//! ```sh
//! cargo run --example contacts              # opens a login: follow the address that it prints, and allow
//! cargo run --example contacts -- --agree   # allows by itself, where there is no browser
//! ```
//!
//! It starts a local Sage of its own; with `SAGE_ORIGIN=http://127.0.0.1:8080` it takes the one of `cargo xtask sandbox`,
//! as all examples do.
//! For your own books, leave out what has to do with the origin, and give the id and the secret of your application:
//! `docs/from-postman-to-rust.md` says how to register one.

use sage_api::accounting::Client;
use sage_api::auth::{Login, MemoryStore};
use sage_examples::Local;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sage = Local::open()?;
    let app = Client::app("sandbox-accounting").secret("sandbox-accounting-secret").origin(sage.origin());
    let client = Client::builder()
        .app(app)
        .origin(sage.origin())
        // `FileStore::for_app("my-app")?` keeps the login for the next run.
        .token_store(MemoryStore::lost_on_exit())
        .build()?;

    let agree = std::env::args().any(|argument| argument == "--agree");
    let login = match agree {
        true => Login::loopback(sage_sandbox::free_port()?).show(sage_sandbox::agree),
        false => Login::loopback(8910),
    };
    client.login(login).await?;

    let mut contacts = client.contacts().list().attributes("name,reference,email").items();
    while let Some(contact) = contacts.next().await {
        let contact = contact?;
        let text = |text: Option<String>| text.unwrap_or_default();
        println!("{:<20} {:<8} {}", text(contact.name), text(contact.reference), text(contact.email));
    }
    Ok(())
}
