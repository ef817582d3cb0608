//! Sage Accounting v3.1 over the wire: what the server sees, and that its real replies are carried without loss.

use sage_api::accounting::Client;
use sage_api::accounting::model::{
    AnalysisType, Business, Contact, ContactUpdate, CreditTerms, NewContact, NewContactPayment, SalesInvoice,
};
use sage_api::{Decimal, Page, Update};
use sage_tests::json;
use sage_tests::replies::round_trip;
use sage_tests::server::{Reply, Server};

const CONTACTS: &str = include_str!("../../specs/accounting/witness/contacts.list.json");
const BUSINESSES: &str = include_str!("../../specs/accounting/witness/businesses.list.json");
const VOIDED: &str = include_str!("../../specs/accounting/witness/sales_invoices.delete.json");

fn client(server: &Server) -> Client {
    let builder = Client::builder().access_token("an access token").business("b88e0000");
    builder.origin(server.origin()).build().expect("the client is complete")
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}

#[test]
fn replies_are_carried_without_loss() {
    let contacts: Page<Contact> = round_trip(CONTACTS);
    let [ann, other] = &contacts.items[..] else { panic!("two contacts") };
    assert_eq!(contacts.total(), Some(56));
    assert_eq!(contacts.next().as_deref(), Some("/contacts?page=2&items_per_page=2"));
    assert_eq!(ann.balance, Some(decimal("12345678901234.56789")));
    assert_eq!(ann.balance.map(|balance| balance.to_string()).as_deref(), Some("12345678901234.56789"));
    assert_eq!(ann.credit_limit.map(|limit| limit.scale()), Some(2));
    assert_eq!(ann.credit_terms.as_ref().map(CreditTerms::as_str), Some("net_sixty_days"));
    assert_eq!(ann.deleted_at, None);
    assert_eq!(ann.extra.get("x_new").map(|json| json.as_text()), Some("[1, 2.0, 30000000000000000000000000000001]"));
    assert_eq!(other.credit_terms, Some(CreditTerms::MonthEndInvoice));
    assert_eq!(other.updated_at, None);

    let businesses: Page<Business> = round_trip(BUSINESSES);
    assert_eq!(businesses.items_per_page(), Some(2_147_483_647));
    let voided: SalesInvoice = round_trip(VOIDED);
    assert_eq!((voided.due_date, voided.last_paid), (None, None));
    assert_eq!(voided.total_quantity, Some(decimal("0.000001")));
    round_trip::<AnalysisType>(r#"{"active_areas":["SALES"],"analysis_type_level":["TRANSACTION"]}"#);
    // A bare array is a page as well: the document says so.
    let bare: Page<Contact> = round_trip(r#"[{"id":"a"}]"#);
    assert_eq!((bare.items.len(), bare.next()), (1, None));
}

#[tokio::test]
async fn a_list_goes_on_to_its_last_page() {
    let last =
        r#"{"$total":2,"$page":2,"$next":null,"$back":"/contacts?page=1","$itemsPerPage":2,"$items":[{"id":"z"}]}"#;
    let server = Server::start([Reply::json(200, CONTACTS), Reply::json(200, last)]);
    let mut contacts = client(&server).contacts().list().items_per_page(2).items();
    let mut ids = Vec::new();
    while let Some(contact) = contacts.next().await {
        ids.extend(contact.expect("both pages decode").id);
    }
    assert_eq!(ids, ["0d5c2b6a1f9e4b7c8d3a6e5f4c3b2a19", "CUSTOMER", "z"]);
    let [first, second] = &server.requests()[..] else { panic!("two requests") };
    assert_eq!(first.path, "/v3.1/contacts");
    assert_eq!(first.header("authorization"), Some("Bearer an access token"));
    assert_eq!(first.header("x-business"), Some("b88e0000"));
    assert_eq!(second.path, "/v3.1/contacts");
    assert_eq!(second.query, [("page", "2"), ("items_per_page", "2")].map(|(k, v)| (k.into(), v.into())));
}

#[tokio::test]
async fn creating_wraps_the_body_and_writes_decimals_as_strings() {
    let server = Server::start([Reply::json(201, r#"{"id":"new","balance":"0.0"}"#), Reply::json(201, "{}")]);
    let new = NewContact {
        name: "Ann Archer".into(),
        contact_type_ids: vec!["CUSTOMER".into()],
        credit_limit: Some(decimal("1500.50")),
        ..Default::default()
    };
    let created = client(&server).contacts().create(new).await.expect("it is created");
    assert_eq!(created.id.as_deref(), Some("new"));
    let request = server.last();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("POST", "/v3.1/contacts"));
    assert_eq!(request.header("content-type"), Some("application/json"));
    let id = idempotency_id(request.text());
    let expected = format!(
        r#"{{"contact":{{"name":"Ann Archer","contact_type_ids":["CUSTOMER"],"credit_limit":"1500.50","idempotency_id":"{id}"}}}}"#
    );
    assert_eq!(json::difference(request.text(), &expected), None);

    let payment = NewContactPayment { total_amount: decimal("110.0"), ..Default::default() };
    client(&server).contact_payments().create(payment).await.expect("it is created");
    assert!(server.last().text().contains(r#""total_amount":"110.0""#), "{}", server.last().text());
    assert_ne!(idempotency_id(server.last().text()), id, "each request has its own");
}

#[tokio::test]
async fn an_update_clears_one_property_and_leaves_the_others_out() {
    let server = Server::start([Reply::json(200, r#"{"id":"c1","notes":null}"#)]);
    let update = ContactUpdate { notes: Update::Clear, credit_days: Update::Set(14), ..Default::default() };
    client(&server).contacts().update("c1", update).await.expect("it is updated");
    let request = server.last();
    assert_eq!((request.method.as_str(), request.path.as_str()), ("PUT", "/v3.1/contacts/c1"));
    let id = idempotency_id(request.text());
    let expected = format!(r#"{{"contact":{{"notes":null,"credit_days":14,"idempotency_id":"{id}"}}}}"#);
    assert_eq!(json::difference(request.text(), &expected), None);
}

fn idempotency_id(body: &str) -> String {
    let (_, rest) = body.split_once(r#""idempotency_id":""#).expect("an idempotency id");
    let id: String = rest.chars().take_while(|c| *c != '"').collect();
    assert!(id.len() == 32 && id.bytes().all(|b| b.is_ascii_hexdigit()), "{id}");
    id
}

#[tokio::test]
async fn query_parameters_go_by_their_wire_names() {
    let server = Server::start([Reply::json(200, "[]")]);
    let since = sage_api::DateTime::parse_from_rfc3339("2024-02-29T09:30:00+01:00").expect("a date-time");
    let day = sage_api::NaiveDate::from_ymd_opt(2024, 2, 29).expect("a date");
    let request = client(&server).contacts().list();
    let request = request.updated_or_created_since(since).deleted_since(since).contact_type_id("CUSTOMER");
    let request = request.exclude_system(true).nested_attributes("all").show_balance(false).context_date(day);
    let request = request.search("Müller & Söhne").email("a+b@example.invalid").filter_inactive_contacts(true);
    let request = request.show_unfinished_recurring_invoices_status(true).items_per_page(200).page(3).attributes("all");
    request.await.expect("an empty list");
    let expected = [
        ("updated_or_created_since", "2024-02-29T09:30:00+01:00"),
        ("deleted_since", "2024-02-29T09:30:00+01:00"),
        ("contact_type_id", "CUSTOMER"),
        ("exclude_system", "true"),
        ("nested_attributes", "all"),
        ("show_balance", "false"),
        ("context_date", "2024-02-29"),
        ("search", "Müller & Söhne"),
        ("email", "a+b@example.invalid"),
        ("filter_inactive_contacts", "true"),
        ("show_unfinished_recurring_invoices_status", "true"),
        ("items_per_page", "200"),
        ("page", "3"),
        ("attributes", "all"),
    ];
    assert_eq!(server.last().query, expected.map(|(k, v)| (k.to_owned(), v.to_owned())));
}

#[tokio::test]
async fn a_void_answers_with_the_document_and_a_delete_with_nothing() {
    let server = Server::start([Reply::json(200, VOIDED), Reply::status(204)]);
    let client = client(&server);
    let voided = client.sales_invoices().delete("5f1d").void_reason("typed twice").await.expect("it is voided");
    assert_eq!(voided.void_reason.as_deref(), Some("typed twice"));
    assert_eq!(server.last().query, [("void_reason".to_owned(), "typed twice".to_owned())]);
    let () = client.contacts().delete("c1").await.expect("it is deleted");
    assert_eq!(server.last().method, "DELETE");
}

#[tokio::test]
async fn a_file_comes_as_bytes() {
    let file: &[u8] = b"%PDF-1.7\n\xff\xfe\x00";
    let server = Server::start([Reply::bytes(200, "application/pdf", file)]);
    let bytes = client(&server).attachments().file("GB/4 7").await.expect("bytes");
    assert_eq!(&bytes[..], file);
    let request = server.last();
    assert_eq!(request.path, "/v3.1/attachments/GB%2F4%207/file");
    assert_eq!(request.header("accept"), Some("application/octet-stream"));
}

#[tokio::test]
async fn errors_say_what_the_service_said() {
    let list =
        r#"[{"$severity":"error","$dataCode":"RecordInvalid","$message":"is too long","$source":"contact.name"}]"#;
    let gateway = r#"{"statusCode":401,"message":"Access denied"}"#;
    let server = Server::start([
        Reply::json(422, list).header("X-Request-Id", "r-1"),
        Reply::json(401, gateway),
        Reply::status(401),
        Reply::bytes(503, "text/html", "<h1>Down</h1>"),
        Reply::bytes(503, "text/html", "<h1>Down</h1>"),
        Reply::bytes(503, "text/html", "<h1>Down</h1>"),
    ]);
    let client = client(&server);
    let error = client.contacts().get("c1").await.expect_err("422");
    assert_eq!((error.status(), error.request_id()), (Some(422), Some("r-1")));
    let [first] = error.api() else { panic!("one error") };
    assert_eq!((first.code.as_deref(), first.source.as_deref()), (Some("RecordInvalid"), Some("contact.name")));
    assert_eq!(first.message.as_deref(), Some("is too long"));
    let error = client.contacts().get("c1").await.expect_err("401");
    assert_eq!(error.api()[0].message.as_deref(), Some("Access denied"));
    let error = client.contacts().get("c1").await.expect_err("an empty 401");
    assert_eq!((error.status(), error.api().len()), (Some(401), 0));
    let error = client.contacts().get("c1").await.expect_err("503");
    assert_eq!((error.status(), error.attempts()), (Some(503), 3), "a read is tried three times");
    for text in [format!("{error}"), format!("{error:?}"), format!("{client:?}")] {
        assert!(!text.contains("an access token"), "{text}");
    }
}
