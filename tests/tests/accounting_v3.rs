//! Sage Business Cloud Accounting v3 over the wire: regions, the site, the subscription key.

use sage_api::Page;
use sage_api::accounting_v3::model::Contact;
use sage_api::accounting_v3::{Client, Region};
use sage_tests::replies::round_trip;
use sage_tests::server::{Reply, Server};

const CONTACTS: &str = include_str!("../replies/accounting-v3/contacts.json");

#[test]
fn replies_are_carried_without_loss() {
    let contacts: Page<Contact> = round_trip(CONTACTS);
    assert_eq!(contacts.items[0].legacy_id, Some(4711));
    assert!(contacts.items[0].extra.get("is_active").is_some(), "v3 does not document it");
}

#[tokio::test]
async fn each_region_has_its_path() {
    let regions = [
        (Region::Uki, "uki"),
        (Region::Us, "us"),
        (Region::Ca, "ca"),
        (Region::De, "de"),
        (Region::Es, "es"),
        (Region::Fr, "fr"),
    ];
    for (region, path) in regions {
        let server = Server::start([Reply::json(200, CONTACTS)]);
        let builder = Client::builder().region(region).site("a-site").subscription_key("a-subscription-key");
        let builder = builder.access_token("an access token").origin(server.origin());
        let client = builder.build().expect("the client is complete");
        let page = client.contacts().list().show_legacy_id(true).await.expect("it decodes");
        assert_eq!(page.items.len(), 1);
        let request = server.last();
        assert_eq!(request.path, format!("/{path}/sageone/accounts/v3/contacts"));
        assert_eq!(request.header("x-site"), Some("a-site"));
        assert_eq!(request.header("ocp-apim-subscription-key"), Some("a-subscription-key"));
        assert_eq!(request.query, [("show_legacy_id".to_owned(), "true".to_owned())]);
        assert!(!format!("{client:?}").contains("a-subscription-key"));
    }
}

#[tokio::test]
async fn what_is_missing_is_named_before_anything_is_sent() {
    let builder = Client::builder().subscription_key("k").site("s").access_token("t");
    let error = builder.build().expect_err("no region");
    assert!(error.to_string().contains("region"), "{error}");

    let server = Server::start([]);
    let builder = Client::builder().region(Region::Uki).subscription_key("k").access_token("t");
    let missing = match builder.origin(server.origin()).build() {
        Err(error) => error,
        Ok(client) => client.contacts().list().await.expect_err("no site"),
    };
    assert!(missing.to_string().contains("site"), "{missing}");
    assert!(server.requests().is_empty());
}
