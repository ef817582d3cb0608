//! Sage 200 over the wire: both products, the site and the company, bare arrays, numbers with all their digits.

use sage_api::sage_200::model::{Customer, CustomerUpdate, NewCustomer, NewStockTransfer, Site};
use sage_api::sage_200::{Client, Product};
use sage_api::{Decimal, Page, Update};
use sage_tests::json;
use sage_tests::replies::round_trip;
use sage_tests::server::{Reply, Server};

const CUSTOMERS: &str = include_str!("../../specs/sage-200/witness/customers.list.json");
const IN_VALUE: &str = include_str!("../../specs/sage-200/witness/customers.list.value.json");

fn client(server: &Server, product: Product) -> Client {
    let builder = Client::builder().product(product).site("a-site").company(7).access_token("an access token");
    builder.origin(server.origin()).build().expect("the client is complete")
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[test]
fn replies_are_carried_without_loss() {
    for reply in [CUSTOMERS, IN_VALUE] {
        let customers: Page<Customer> = round_trip(reply);
        let [ann] = &customers.items[..] else { panic!("one customer") };
        assert_eq!(ann.balance.map(|balance| balance.to_string()).as_deref(), Some("12345678901234.56789"));
        assert_eq!(ann.credit_limit.map(|limit| limit.scale()), Some(2));
        assert_eq!(ann.account_status_type.as_deref(), Some("AccountStatusHibernating"));
        assert_eq!(ann.spare_bool_1, None);
    }
    round_trip::<Page<Site>>(r#"[{"site_id":"s","company_id":7,"company_name":"Archer"}]"#);
}

#[tokio::test]
async fn both_products_and_the_headers() {
    for (product, path) in [(Product::Professional, "sage200extra"), (Product::Standard, "sage200")] {
        let server = Server::start([Reply::json(200, CUSTOMERS), Reply::json(200, IN_VALUE), Reply::json(200, "[]")]);
        let client = client(&server, product);
        for _ in 0..2 {
            let page = client.customers().list().filter("name eq 'Ann'").top(50).skip(0).await.expect("it decodes");
            assert_eq!(page.items.len(), 1);
        }
        let request = server.last();
        assert_eq!(request.path, format!("/uk/{path}/accounts/v1/customers"));
        assert_eq!(request.header("x-site"), Some("a-site"));
        assert_eq!(request.header("x-company"), Some("7"));
        let query = [("$filter", "name eq 'Ann'"), ("$top", "50"), ("$skip", "0"), ("$orderby", "id")];
        assert_eq!(request.query, query.map(|(k, v)| (k.to_owned(), v.to_owned())));

        client.sites().list().await.expect("it decodes");
        let request = server.last();
        assert_eq!(request.path, format!("/uk/{path}/accounts/v1/sites"));
        assert_eq!((request.header("x-site"), request.header("x-company")), (None, None));
    }
}

#[tokio::test]
async fn bodies_have_no_wrapper_and_numbers_keep_their_digits() {
    let server = Server::start([
        Reply::json(200, "{}"),
        Reply::json(200, "{}"),
        Reply::json(200, "[]"),
        Reply::status(200),
        Reply::json(200, r#"{"urn":"12"}"#),
    ]);
    let client = client(&server, Product::Professional);
    let new = NewCustomer {
        reference: Some("ARC001".into()),
        credit_limit: Some(decimal("12345678901234.56")),
        ..Default::default()
    };
    client.customers().create(new).await.expect("it is created");
    let expected = r#"{"reference":"ARC001","credit_limit":12345678901234.56}"#;
    assert_eq!(json::difference(server.last().text(), expected), None);

    let update = CustomerUpdate { website: Update::Clear, ..Default::default() };
    client.customers().update(27401, update).await.expect("it is updated");
    assert_eq!(server.last().path, "/uk/sage200extra/accounts/v1/customers/27401");
    assert_eq!(json::difference(server.last().text(), r#"{"website":null}"#), None);
}

#[tokio::test]
async fn an_empty_request_is_an_empty_object_and_an_empty_reply_is_not_read() {
    let server =
        Server::start([Reply::json(200, r#"{"short_name":"NEW"}"#), Reply::json(200, "{}"), Reply::status(204)]);
    let client = client(&server, Product::Professional);
    let defaults = client.customers().defaults().await.expect("it decodes");
    assert_eq!(defaults.short_name.as_deref(), Some("NEW"));
    let request = server.last();
    assert_eq!((request.path.as_str(), request.text()), ("/uk/sage200extra/accounts/v1/customers_new", "{}"));
    for _ in 0..2 {
        client.stock_transfers().create(NewStockTransfer::default()).await.expect("whatever is in the reply");
    }
}

#[tokio::test]
async fn errors_say_what_the_service_said() {
    let denied = r#"{"Message":"Authorization has been denied for this request."}"#;
    let server = Server::start([Reply::json(401, denied), Reply::status(401)]);
    let client = client(&server, Product::Standard);
    let error = client.customers().get(1).await.expect_err("401");
    assert_eq!(error.api()[0].message.as_deref(), Some("Authorization has been denied for this request."));
    let error = client.customers().get(1).await.expect_err("an empty 401");
    assert_eq!((error.status(), error.api().len()), (Some(401), 0));
}

#[tokio::test]
async fn a_list_goes_on_by_offset() {
    let page = |from: u64, n: u64| {
        let items: Vec<_> = (from..from + n).map(|id| format!(r#"{{"id":{id}}}"#)).collect();
        Reply::json(200, format!("[{}]", items.join(",")))
    };
    let server = Server::start([page(0, 3), page(3, 3), page(6, 1)]);
    let mut customers = client(&server, Product::Professional).customers().list().top(3).items();
    let mut ids = Vec::new();
    while let Some(customer) = customers.next().await {
        ids.extend(customer.expect("it decodes").id);
    }
    assert_eq!(ids, (0..7).collect::<Vec<_>>());
    let skips: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.query.iter().find(|(name, _)| name == "$skip").map(|(_, value)| value.clone()))
        .collect();
    assert_eq!(skips[1..], [Some("3".to_owned()), Some("6".to_owned())]);
    assert!(server.requests()[1].query.iter().any(|(name, _)| name == "$orderby"));
}
