//! Accounting as its users write it: properties by name, sorting, dates, files, voids, values, availability.

use sage_api::accounting::model::{AttachmentUpdate, NewAttachment, NewContact};
use sage_api::accounting::properties::{self, All, address, contact, inside, sales_invoice};
use sage_api::accounting::{Client, Country, Tier, businesses, contacts, operations, sales_invoices, value};
use sage_api::{Attributes, Base64, DateTime, Kind, NaiveDate, Update, accounting_v3};
use sage_tests::json;
use sage_tests::server::{Reply, Server};

fn client(server: &Server) -> Client {
    Client::builder().access_token("t").origin(server.origin()).build().expect("the client is complete")
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn attributes_are_constants_or_text() {
    let server = Server::start(vec![Reply::json(200, "[]"); 6]);
    let list = || client(&server).contacts().list();
    list().attributes([contact::NAME, contact::BALANCE]).await.expect("a list");
    assert_eq!(server.last().query, pairs(&[("attributes", "name,balance")]));
    list().attributes(contact::NAME).nested_attributes([address::CITY, contact::NAME]).await.expect("a list");
    assert_eq!(server.last().query, pairs(&[("attributes", "name"), ("nested_attributes", "city,name")]));
    list().attributes(All).nested_attributes("all").await.expect("a list");
    assert_eq!(server.last().query, pairs(&[("attributes", "all"), ("nested_attributes", "all")]));
    list().attributes(["name", "of_tomorrow"]).await.expect("a list");
    assert_eq!(server.last().query, pairs(&[("attributes", "name,of_tomorrow")]));
    list().attributes(vec![contact::NAME, "of_tomorrow"]).await.expect("a list");
    assert_eq!(server.last().query, pairs(&[("attributes", "name,of_tomorrow")]));
    let chosen: Attributes =
        [contact::NAME, contact::EMAIL].into_iter().filter(|name| *name != contact::EMAIL).collect();
    list().attributes(chosen).await.expect("a list");
    assert_eq!(server.last().query, pairs(&[("attributes", "name")]));
}

#[test]
fn constants_have_the_names_of_the_wire() {
    assert_eq!(sales_invoice::INVOICE_LINES, "invoice_lines");
    assert_eq!(inside::UNIT_PRICE, "unit_price");
    assert_eq!(properties::attachment::FILE_PATH, "$file_path");
    assert_eq!(accounting_v3::properties::contact::LEGACY_ID, "legacy_id");
}

#[tokio::test]
async fn lists_are_sorted_by_a_key() {
    let server = Server::start(vec![Reply::json(200, "[]"); 4]);
    use sales_invoices::sort;
    let list = || client(&server).sales_invoices().list();
    for (request, text) in [
        (list().sort(sort::DUE_DATE), "due_date"),
        (list().sort(sort::DUE_DATE.asc()), "due_date"),
        (list().sort(sort::CREATED_AT.desc()), "created_at:desc"),
        (list().sort("of_tomorrow:desc"), "of_tomorrow:desc"),
    ] {
        request.await.expect("a list");
        assert_eq!(server.last().query, pairs(&[("sort", text)]));
    }
}

#[tokio::test]
async fn since_a_day_or_since_a_moment() {
    let server = Server::start(vec![Reply::json(200, "[]"); 2]);
    let day = NaiveDate::from_ymd_opt(2026, 2, 28).expect("a day");
    let moment = DateTime::parse_from_rfc3339("2026-02-28T09:30:00+01:00").expect("a moment");
    let list = || client(&server).sales_invoices().list();
    list().updated_or_created_since(day).deleted_since(moment).await.expect("a list");
    let expected = [("updated_or_created_since", "2026-02-28"), ("deleted_since", "2026-02-28T09:30:00+01:00")];
    assert_eq!(server.last().query, pairs(&expected));
    list().from_date(day).to_date(moment.to_utc()).await.expect("a list");
    assert_eq!(server.last().query, pairs(&[("from_date", "2026-02-28"), ("to_date", "2026-02-28T08:30:00Z")]));
}

#[tokio::test]
async fn a_file_is_uploaded_as_base64() {
    let server = Server::start([Reply::json(201, r#"{"id":"a1","file_size":4}"#)]);
    let new = NewAttachment {
        attachment_context_id: Some("i1".into()),
        ..NewAttachment::from_file("scan.pdf", "application/pdf", b"%PDF".as_slice())
    };
    let attachment = client(&server).attachments().create(new).await.expect("it is created");
    assert_eq!(attachment.id.as_deref(), Some("a1"));
    let request = server.last();
    let id = request.text().split(r#""idempotency_id":""#).nth(1).and_then(|rest| rest.get(..32)).expect("an id");
    let expected = format!(
        r#"{{"attachment":{{"file":"JVBERg==","file_name":"scan.pdf","mime_type":"application/pdf",
            "attachment_context_id":"i1","idempotency_id":"{id}"}}}}"#
    );
    assert_eq!(json::difference(request.text(), &expected), None);
}

#[tokio::test]
async fn a_file_that_is_too_large_is_not_sent() {
    const MOST: usize = 2_621_440;
    let server = Server::start([Reply::json(201, "{}"), Reply::json(200, "{}")]);
    let attachments = client(&server).attachments();
    let new = |size| NewAttachment::from_file("a.bin", "application/octet-stream", vec![0; size]);
    let error = attachments.create(new(MOST + 1)).await.expect_err("one byte too many");
    assert_eq!(error.kind(), Kind::Config);
    assert_eq!(
        error.to_string(),
        "attachments.create: `file` has 2621441 bytes, and the service takes at most 2621440"
    );
    let large = AttachmentUpdate { file: Update::Set(Base64(vec![0; MOST + 1])), ..Default::default() };
    attachments.update("a1", large).await.expect_err("one byte too many");
    assert_eq!(server.requests().len(), 0);
    attachments.create(new(MOST)).await.expect("the largest that goes");
    let update = AttachmentUpdate { file: Update::Set(Base64(vec![0; 3])), ..Default::default() };
    attachments.update("a1", update).await.expect("it is changed");
    assert!(server.last().text().contains(r#""file":"AAAA""#), "{}", server.last().text());
}

#[tokio::test]
async fn documents_are_voided_and_released_by_name() {
    let server = Server::start(vec![Reply::json(200, r#"{"id":"i1"}"#); 5]);
    let client = client(&server);
    let voided = client.sales_invoices().void("i1", "typed twice").await.expect("it is voided");
    assert_eq!(voided.id.as_deref(), Some("i1"));
    assert_eq!((server.last().method.as_str(), server.last().path.as_str()), ("DELETE", "/v3.1/sales_invoices/i1"));
    assert_eq!(server.last().query, pairs(&[("void_reason", "typed twice")]));
    client.sales_credit_notes().void("n1", "r").await.expect("it is voided");
    client.sales_corrective_invoices().void("c1", "r").await.expect("it is voided");
    client.sales_invoices().delete("draft").await.expect("a draft goes without a reason");
    assert!(server.last().query.is_empty());
    client.sales_invoices().release("i1").await.expect("it is released");
    assert_eq!(
        (server.last().method.as_str(), server.last().path.as_str()),
        ("POST", "/v3.1/sales_invoices/i1/release")
    );
}

#[tokio::test]
async fn values_that_sage_names_are_constants() {
    let server = Server::start([Reply::json(201, "{}")]);
    let new = NewContact {
        name: "Ann Archer".into(),
        contact_type_ids: vec![value::contact_type::CUSTOMER.into()],
        ..Default::default()
    };
    client(&server).contacts().create(new).await.expect("it is created");
    assert!(server.last().text().contains(r#""contact_type_ids":["CUSTOMER"]"#));
    assert_eq!(value::tax_rate::GB_STANDARD, "GB_STANDARD");
    assert_eq!(accounting_v3::value::artefact_status::PART_PAID, "PART_PAID");
}

#[test]
fn operations_say_where_they_are_to_be_had() {
    assert!(contacts::LIST.available_in(Country::GB, Tier::Standard));
    assert!(contacts::LIST.available_in(Country::FR, Tier::Start));
    assert!(!contacts::LIST.available_in(Country::FR, Tier::Standard));
    assert!(!contacts::LIST.available_in(Country::from("AT"), Tier::Plus));
    let release = &sales_invoices::RELEASE;
    assert_eq!((release.name(), release.method()), ("sales_invoices.release", "POST"));
    assert_eq!(release.path(), "/sales_invoices/{key}/release");
    assert!(release.is_limited() && release.available_in(Country::IE, Tier::Standard));
    // The documents say nothing of the businesses of a user, so nothing speaks against them.
    assert!(!businesses::LIST.is_limited() && businesses::LIST.available_in(Country::US, Tier::Start));
}

#[test]
fn all_operations_are_listed_once() {
    let mut names: Vec<&str> = operations().map(|operation| operation.name()).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!((count, names.len()), (292, 292));
    assert_eq!(accounting_v3::operations().count(), 282);
    assert_eq!(sage_api::sage_200::operations().count(), 710);
    let mut in_france = operations().filter(|operation| operation.available_in(Country::FR, Tier::Start));
    assert!(in_france.any(|operation| operation.path() == "/journal_codes") && in_france.count() < count);
}
