//! How to test your own code: against a local Sage, started by the test, in which anything can go wrong.
//!
//! ```sh
//! cargo run --example testing
//! cargo test --example testing
//! ```

use sage_api::accounting::Client;
use sage_api::{Decimal, Result};
use sage_examples::Local;
use sage_sandbox::Api;

/// The code of the application: what is owed on all sales invoices. It knows nothing of tests.
async fn owed(client: &Client) -> Result<Decimal> {
    let mut sum = Decimal::ZERO;
    let mut invoices = client.sales_invoices().list().attributes("outstanding_amount").items();
    while let Some(invoice) = invoices.next().await {
        sum += invoice?.outstanding_amount.unwrap_or_default();
    }
    Ok(sum)
}

#[tokio::main]
async fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let sage = Local::open()?;
    let token = sage.access_token(Api::Accounting)?;
    let client = Client::builder().origin(sage.origin()).access_token(token).build()?;
    println!("owed: {}", owed(&client).await?);
    Ok(())
}

#[cfg(test)]
mod tests {
    use sage_api::{Delivery, Kind};
    use sage_sandbox::{Effect, Sandbox, When};

    use super::*;

    /// Sandboxes share nothing, so that tests may run at the same time.
    async fn sandbox() -> Sandbox {
        Sandbox::builder().seed(7).start().await.expect("a free port on this machine")
    }

    /// The tests' clients differ from the application's only in where they lead.
    fn client_of(sandbox: &Sandbox) -> Result<Client> {
        Client::builder().origin(sandbox.origin()).access_token(sandbox.access_token(Api::Accounting)).build()
    }

    #[tokio::test]
    async fn sums_what_is_owed_and_asks_rightly() {
        let sandbox = sandbox().await;
        assert_eq!(owed(&client_of(&sandbox).unwrap()).await.unwrap(), Decimal::new(76_20, 1));
        // Nothing was asked that Sage's documents do not know.
        assert_eq!(sandbox.findings(), []);
    }

    #[tokio::test]
    async fn a_busy_service_is_asked_again() {
        let sandbox = sandbox().await;
        let busy =
            Effect::Reply { status: 429, headers: vec![("Retry-After".into(), "0".into())], body: String::new() };
        sandbox.inject(When::default(), 1, busy);
        assert!(owed(&client_of(&sandbox).unwrap()).await.is_ok());
        assert_eq!(sandbox.requests().len(), 2);
    }

    #[tokio::test]
    async fn an_error_says_what_became_of_the_request() {
        let sandbox = sandbox().await;
        let body = r#"[{"$severity":"error","$dataCode":"UnexpectedError","$message":"Try later"}]"#;
        let broken = Effect::Reply { status: 500, headers: Vec::new(), body: body.into() };
        sandbox.inject(When::default(), 3, broken);
        let error = owed(&client_of(&sandbox).unwrap()).await.unwrap_err();
        assert_eq!((error.kind(), error.delivery()), (Kind::Api, Delivery::Unknown));
        assert_eq!((error.attempts(), error.api()[0].code.as_deref()), (3, Some("UnexpectedError")));
    }

    #[tokio::test]
    async fn a_token_that_has_ended_is_told() {
        let sandbox = sandbox().await;
        let client = client_of(&sandbox).unwrap();
        // Hours pass at once.
        sandbox.clock().advance(8 * 3600);
        assert!(owed(&client).await.unwrap_err().is_auth());
    }
}
