//! Sage 200 as its users write it: conditions, choices and orders over the wire, Standard and Professional, sites.

use std::collections::BTreeSet;

use sage_api::odata::{Expand, OrderBy, Select};
use sage_api::sage_200::model::{Customer, CustomerUpdate, NewCustomer, NewSopOrder, NewSopOrderLine};
use sage_api::sage_200::properties::{customer, supplier};
use sage_api::sage_200::{Client, ClientBuilder, Product};
use sage_api::{Delivery, Kind, Page, Update, accounting};
use sage_tests::odata::{ROWS, cases};
use sage_tests::server::{Reply, Request, Server};

fn builder(server: &Server, product: Product) -> ClientBuilder {
    Client::builder().product(product).access_token("an access token").origin(server.origin())
}

fn client(server: &Server, product: Product) -> Client {
    builder(server, product).site("a-site").company(7).build().expect("the client is complete")
}

fn option<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    let mut values = request.query.iter().filter(|(known, _)| known == name);
    let value = values.next().map(|(_, value)| value.as_str());
    assert!(values.next().is_none(), "`{name}` stands there twice");
    value
}

/// What RFC 3986 leaves unreserved stands as it is, and what is sent otherwise is written by its bytes.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~:$".contains(&byte);
    let each = text.bytes().map(|byte| if plain(byte) { (byte as char).to_string() } else { format!("%{byte:02X}") });
    each.collect()
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "how many there are is what the test shows")]
async fn each_condition_arrives_as_it_was_meant() {
    let cases = cases();
    let server = Server::start(cases.iter().map(|_| Reply::json(200, "[]")));
    let client = client(&server, Product::Professional);
    let rows: Page<Customer> = sage_api::json::from_slice(ROWS.as_bytes()).expect("the rows are customers");
    let mut texts = BTreeSet::new();
    for case in cases {
        assert_eq!(case.filter.as_str(), case.text);
        client.customers().list().filter(case.filter).await.expect("an empty list");
        let request = server.last();
        assert_eq!(option(&request, "$filter"), Some(case.text));
        assert_eq!(request.target, format!("{}?$filter={}", request.path, encoded(case.text)), "{}", case.text);
        let selected: Vec<i64> = rows.items.iter().filter(|row| (case.holds)(row)).filter_map(|row| row.id).collect();
        assert_eq!(selected, case.ids, "{}", case.text);
        texts.insert(case.text);
    }
    assert!(texts.len() >= 50, "{} conditions", texts.len());
    println!("OData: {} conditions arrive as they were meant", texts.len());
}

#[tokio::test]
async fn choices_orders_and_the_rest() {
    let server = Server::start((0..8).map(|_| Reply::json(200, "[]")));
    let client = client(&server, Product::Professional);
    let list = client
        .customers()
        .list()
        .filter(customer::name().starts_with("A").and(customer::balance().gt(100)))
        .select([customer::ID, customer::NAME, customer::CURRENCY.name()])
        .orderby([customer::NAME.asc(), customer::ID.desc()])
        .expand([customer::CURRENCY, customer::COUNTRY_CODE])
        .top(50)
        .count(true)
        .metadata(true);
    list.await.expect("an empty list");
    let request = server.last();
    let expected = [
        ("$filter", "startswith(name,'A') and balance gt 100"),
        ("$select", "id,name,currency"),
        ("$orderby", "name asc,id desc"),
        ("$expand", "currency,country_code"),
        ("$top", "50"),
        ("$count", "true"),
        ("$metadata", "true"),
    ];
    assert_eq!(request.query, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));

    // Text goes as it is, and several come from wherever they are.
    client.customers().list().orderby(customer::NAME).await.expect("an empty list");
    assert_eq!(option(&server.last(), "$orderby"), Some("name asc"));
    client.customers().list().select("id,name").orderby("name").expand("contacts").await.expect("an empty list");
    let request = server.last();
    let options = ["$select", "$orderby", "$expand"].map(|name| option(&request, name));
    assert_eq!(options, [Some("id,name"), Some("name"), Some("contacts")]);
    let names = vec![supplier::ID, supplier::NAME];
    client.suppliers().list().select(names).orderby(supplier::NAME.desc()).await.expect("an empty list");
    assert_eq!(option(&server.last(), "$select"), Some("id,name"));
    assert_eq!(option(&server.last(), "$orderby"), Some("name desc"));
    let all: (Select<Customer>, OrderBy<Customer>, Expand<Customer>) =
        ([customer::ID][..].into(), customer::ID.asc().into(), std::iter::empty().collect());
    assert_eq!((all.0.as_str(), all.1.as_str(), all.2.as_str()), ("id", "id asc", ""));
}

#[tokio::test]
async fn a_single_record_takes_choices() {
    let server = Server::start([Reply::json(200, r#"{"id":1,"currency":{"id":2}}"#)]);
    let get = client(&server, Product::Professional).customers().get(1);
    let ann = get.select([customer::ID]).expand(customer::CURRENCY).await.expect("a customer");
    assert_eq!(ann.currency.and_then(|currency| currency.id), Some(2));
    assert_eq!(option(&server.last(), "$select"), Some("id"));
    assert_eq!(option(&server.last(), "$expand"), Some("currency"));
}

#[tokio::test]
async fn an_offset_brings_an_order() {
    let server = Server::start((0..4).map(|_| Reply::json(200, "[]")));
    let client = builder(&server, Product::Professional).site("a-site").company(7).build().expect("complete");
    client.customers().list().skip(10).await.expect("an empty list");
    assert_eq!(option(&server.last(), "$orderby"), Some("id"));
    client.customers().list().skip(10).orderby(customer::NAME.asc()).await.expect("an empty list");
    assert_eq!(option(&server.last(), "$orderby"), Some("name asc"));
    client.customers().list().top(10).await.expect("an empty list");
    assert_eq!(option(&server.last(), "$orderby"), None);
    // A site has no `id` to sort by.
    client.sites().list().skip(1).await.expect("an empty list");
    assert_eq!(option(&server.last(), "$orderby"), Some("company_id,site_id"));
}

#[tokio::test]
async fn a_count_is_kept_in_whichever_form_it_comes() {
    let forms = [
        (r#"[{"id":1}]"#, None),
        (r#"{"@odata.count":12,"value":[{"id":1}]}"#, Some(12)),
        (r#"{"value":[{"id":1}],"odata.count":"12"}"#, Some(12)),
        (r#"{"value":[{"id":1}],"count":12}"#, None),
    ];
    let server = Server::start(forms.map(|(body, _)| Reply::json(200, body)));
    let client = client(&server, Product::Professional);
    for (body, total) in forms {
        let page = client.customers().list().count(true).await.expect("it decodes");
        assert_eq!((page.items.len(), page.total()), (1, total), "{body}");
        assert_eq!(sage_api::json::to_string(&page), body);
    }
}

#[tokio::test]
async fn standard_refuses_operations_of_professional() {
    let server = Server::start((0..2).map(|_| Reply::json(200, "[]")));
    let error = client(&server, Product::Standard).finance_charges().list().await.expect_err("not in Standard");
    assert_eq!((error.kind(), error.delivery()), (Kind::Unavailable, Delivery::NotSent));
    assert_eq!(error.operation(), Some("finance_charges.list"));
    assert!(error.to_string().starts_with("finance_charges.list: ") && error.to_string().contains("Professional"));
    assert!(server.requests().is_empty(), "nothing is sent");
    client(&server, Product::Professional).finance_charges().list().await.expect("an empty list");
    // What there is in both goes to both.
    client(&server, Product::Standard).customers().list().await.expect("an empty list");
}

#[tokio::test]
async fn standard_refuses_properties_of_professional() {
    let server = Server::start((0..6).map(|_| Reply::json(200, "{}")));
    let standard = client(&server, Product::Standard);
    let update = || CustomerUpdate { office_type: Update::Clear, ..Default::default() };
    let new = || NewCustomer { finance_charge_id: Some(1), ..Default::default() };
    let errors = [
        (
            standard.customers().update(1, update()).await.expect_err("not in Standard"),
            "customers.update",
            "office_type",
        ),
        (
            standard.customers().create(new()).await.expect_err("not in Standard"),
            "customers.create",
            "finance_charge_id",
        ),
    ];
    for (error, operation, property) in errors {
        assert_eq!((error.kind(), error.delivery()), (Kind::Unavailable, Delivery::NotSent));
        assert_eq!(error.operation(), Some(operation));
        assert!(error.to_string().contains(property), "{error}");
    }
    // However deep it stands.
    let line = NewSopOrderLine { traceable_adjustment_items: Some(Vec::new()), ..Default::default() };
    let order = NewSopOrder { lines: Some(vec![line]), ..Default::default() };
    let error = standard.sop_orders().create(order).await.expect_err("not in Standard");
    assert!(error.to_string().contains("`traceable_adjustment_items`"), "{error}");
    assert!(server.requests().is_empty(), "nothing is sent");

    let professional = client(&server, Product::Professional);
    professional.customers().update(1, update()).await.expect("it is updated");
    assert_eq!(server.last().text(), r#"{"office_type":null}"#);
    professional.customers().create(new()).await.expect("it is created");
    standard.customers().create(NewCustomer::default()).await.expect("nothing of Professional is in it");
}

#[tokio::test]
async fn a_client_begins_with_its_sites() {
    let sites = r#"[{"site_id":"s-1","company_id":1,"company_name":"Archer"},
        {"site_id":"s-2","company_id":2,"company_name":"Baker"},{"site_name":"no company"}]"#;
    let server = Server::start([Reply::json(200, sites), Reply::json(200, "[]"), Reply::json(200, "[]")]);
    let client = builder(&server, Product::Standard).build().expect("no site is known yet");
    let sites = client.sites().list().await.expect("it decodes").items;
    let request = server.last();
    assert_eq!((request.header("x-site"), request.header("x-company")), (None, None));
    let error = client.customers().list().await.expect_err("for which company?");
    assert_eq!((error.kind(), error.delivery()), (Kind::Config, Delivery::NotSent));

    let baker = sites.iter().find(|site| site.company_name.as_deref() == Some("Baker")).expect("it is listed");
    client.for_company(baker).customers().list().await.expect("an empty list");
    let request = server.last();
    assert_eq!((request.header("x-site"), request.header("x-company")), (Some("s-2"), Some("2")));
    client.for_site("s-1", 1).customers().list().await.expect("an empty list");
    let request = server.last();
    assert_eq!((request.header("x-site"), request.header("x-company")), (Some("s-1"), Some("1")));

    // What has no company is no view of the one before.
    let error = client.for_company(baker).for_company(&sites[2]).customers().list().await.expect_err("no company");
    assert_eq!((error.kind(), error.delivery()), (Kind::Config, Delivery::NotSent));
    // A value that is no header is told by the call.
    let error = client.for_site("a\nb", 1).customers().list().await.expect_err("no header");
    assert!(error.to_string().contains("`X-Site` has a value that can not be sent"), "{error}");
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn each_view_has_its_own_gate() {
    let busy = Reply::json(429, "{}").header("Retry-After", "3600");
    let server = Server::start([busy, Reply::json(200, r#"{"$items":[]}"#)]);
    let builder = accounting::Client::builder().access_token("an access token").business("a");
    let a = builder.origin(server.origin()).build().expect("the client is complete");
    let b = a.for_business("b");
    assert_eq!(a.contacts().list().await.expect_err("busy").kind(), Kind::Limited);
    assert_eq!(a.clone().contacts().list().await.expect_err("its gate is closed").delivery(), Delivery::NotSent);
    assert_eq!(b.for_business("a").contacts().list().await.expect_err("the same gate").delivery(), Delivery::NotSent);
    b.contacts().list().await.expect("the gate of another business is open");
    assert_eq!(server.last().header("x-business"), Some("b"));
}
