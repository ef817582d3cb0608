//! Plain HTTP: the control endpoint, and requests that the generated clients do not send.

use sage_sandbox::clock::Clock;
use sage_sandbox::{Api, Sandbox};
use serde_json::{Value, json};

use crate::{http, sandbox};

/// Status and body of a GET.
pub(crate) fn get(url: &str, headers: &[(&str, &str)]) -> (u16, String) {
    send("GET", url, headers, "")
}

/// Status and body of a request.
pub(crate) fn send(method: &str, url: &str, headers: &[(&str, &str)], body: &str) -> (u16, String) {
    let answer = http::send(method, url, headers, body);
    (answer.status, answer.body)
}

struct Http<'a> {
    sage: &'a Sandbox,
    bearer: String,
}

impl Http<'_> {
    fn send(&self, method: &str, path: &str, media_type: &str, body: &str) -> (u16, String) {
        let url = format!("{}{path}", self.sage.url(Api::Accounting));
        let mut headers = vec![("Authorization", self.bearer.as_str())];
        if !media_type.is_empty() {
            headers.push(("Content-Type", media_type));
        }
        send(method, &url, &headers, body)
    }

    fn post(&self, body: &str) -> (u16, Value) {
        let (status, text) = self.send("POST", "/contacts", "application/json", body);
        (status, serde_json::from_str(&text).expect("JSON"))
    }
}

fn by_hand(sage: &Sandbox) -> Http<'_> {
    Http { sage, bearer: format!("Bearer {}", sage.access_token(Api::Accounting)) }
}

#[tokio::test]
async fn requests_that_are_none_have_their_status() {
    let sage = sandbox().await;
    let http = by_hand(&sage);
    let code = |(status, body): (u16, String)| {
        let body: Value = serde_json::from_str(&body).expect("JSON");
        (status, body[0]["$dataCode"].as_str().expect("a code").to_owned())
    };
    let whole = r#"{"contact":{"name":"x","contact_type_ids":["CUSTOMER"]}}"#;
    assert_eq!(code(http.send("GET", "/nothing", "", "")), (404, "RecordNotFound".into()));
    assert_eq!(code(http.send("DELETE", "/contacts", "", "")), (405, "MethodNotAllowed".into()));
    assert_eq!(code(http.send("POST", "/contacts", "text/plain", whole)), (415, "UnsupportedMediaType".into()));
    assert_eq!(code(http.send("POST", "/contacts", "application/json", "{")), (422, "RecordInvalid".into()));
    let url = format!("{}/contacts", sage.url(Api::Accounting));
    assert_eq!(code(get(&url, &[])), (401, "AuthorizationFailure".into()));
    let findings = sage.findings();
    let told: Vec<_> = findings.iter().map(|finding| finding.operation.as_str()).collect();
    assert_eq!(told, ["GET /v3.1/nothing", "DELETE /v3.1/contacts"]);
}

#[tokio::test]
async fn what_is_not_in_the_documents_is_found() {
    let sage = sandbox().await;
    let http = by_hand(&sage);
    for (body, at, refused) in [
        (json!({"name": "x"}), "body", true),
        (json!({"contact": {"contact_type_ids": ["CUSTOMER"]}}), "body.contact.name", true),
        (json!({"contact": {"name": 7, "contact_type_ids": ["CUSTOMER"]}}), "body.contact.name", true),
        (json!({"contact": {"name": "x", "contact_type_ids": "CUSTOMER"}}), "body.contact.contact_type_ids", true),
        (json!({"contact": {"name": "x", "contact_type_ids": [1]}}), "body.contact.contact_type_ids[0]", true),
        (
            json!({"contact": {"name": "x", "contact_type_ids": [], "credit_days": 1.5}}),
            "body.contact.credit_days",
            true,
        ),
        (
            json!({"contact": {"name": "x", "contact_type_ids": [], "credit_limit": "ten"}}),
            "body.contact.credit_limit",
            true,
        ),
        (
            json!({"contact": {"name": "x", "contact_type_ids": [], "credit_terms": "never"}}),
            "body.contact.credit_terms",
            true,
        ),
        (
            json!({"contact": {"name": "x", "contact_type_ids": [], "main_address": []}}),
            "body.contact.main_address",
            true,
        ),
        (json!({"contact": {"name": "x", "contact_type_ids": [], "nam": "y"}}), "body.contact.nam", false),
        (
            json!({"contact": {"name": "x", "contact_type_ids": [], "idempotency_id": "1-2"}}),
            "body.contact.idempotency_id",
            false,
        ),
        (json!({"contact": {"name": "x", "contact_type_ids": []}, "other": 1}), "body.other", false),
    ] {
        let before = sage.findings().len();
        let (status, reply) = http.post(&body.to_string());
        assert_eq!(status, if refused { 422 } else { 201 }, "{body}: {reply}");
        let new: Vec<_> = sage.findings().into_iter().skip(before).collect();
        let [finding] = &new[..] else { panic!("one finding about {body}: {new:?}") };
        assert_eq!((finding.at.as_str(), finding.refused), (at, refused), "{body}");
    }
    for (query, at, refused) in [
        ("page=x", "query.page", true),
        ("from=1", "query.from", false),
        ("exclude_system=yes", "query.exclude_system", true),
        ("updated_or_created_since=yesterday", "query.updated_or_created_since", true),
        ("search=a&search=b", "query.search", false),
    ] {
        let before = sage.findings().len();
        let (status, _) = http.send("GET", &format!("/contacts?{query}"), "", "");
        assert_eq!(status, if refused { 422 } else { 200 }, "{query}");
        let new: Vec<_> = sage.findings().into_iter().skip(before).collect();
        let [finding] = &new[..] else { panic!("one finding about {query}: {new:?}") };
        assert_eq!((finding.at.as_str(), finding.refused), (at, refused), "{query}");
    }
}

#[tokio::test]
async fn a_decimal_keeps_its_digits_in_either_form() {
    let sage = sandbox().await;
    let http = by_hand(&sage);
    for written in ["12345678901234.56789", "\"12345678901234.56789\""] {
        let body = format!(r#"{{"contact":{{"name":"x","contact_type_ids":["CUSTOMER"],"credit_limit":{written}}}}}"#);
        let (status, reply) = http.post(&body);
        assert_eq!((status, &reply["credit_limit"]), (201, &json!("12345678901234.56789")));
    }
    assert_eq!(sage.findings(), []);
}

#[tokio::test]
async fn sage_200_wants_an_order_for_its_offset() {
    let sage = sandbox().await;
    let company = &sage.companies()[0];
    let (bearer, number) = (format!("Bearer {}", sage.access_token(Api::Sage200)), company.number.to_string());
    let headers =
        [("Authorization", bearer.as_str()), ("X-Site", company.site.as_str()), ("X-Company", number.as_str())];
    let url = format!("{}/customers?$skip=1", sage.url(Api::Sage200));
    let (status, body) = get(&url, &headers);
    assert_eq!(status, 400);
    assert!(body.starts_with(r#"{"Message":"#) && body.contains("$orderby"), "{body}");
    let (status, body) = get(&url.replace("$skip=1", "$top=1&$metadata=true"), &headers);
    assert_eq!(status, 200);
    assert!(body.contains("@odata.context"), "{body}");
    let (status, _) = get(&url, &headers[..1]);
    assert_eq!(status, 401);
}

#[tokio::test]
async fn standard_lacks_what_only_professional_has() {
    let sage = sandbox().await;
    let company = &sage.companies()[0];
    let (bearer, number) = (format!("Bearer {}", sage.access_token(Api::Sage200)), company.number.to_string());
    let headers =
        [("Authorization", bearer.as_str()), ("X-Site", company.site.as_str()), ("X-Company", number.as_str())];
    let professional = format!("{}/purchase_trading_periods", sage.url(Api::Sage200));
    let standard = professional.replace("sage200extra", "sage200");
    assert_eq!((get(&professional, &headers).0, get(&standard, &headers).0), (200, 404));
    let before = sage.findings().len();
    let headers = [&headers[..], &[("Content-Type", "application/json")]].concat();
    for url in [&professional, &standard] {
        let body = r#"{"name":"x","reference":"X","office_type":"y"}"#;
        assert_eq!(send("POST", &url.replace("purchase_trading_periods", "customers"), &headers, body).0, 200);
    }
    let findings = sage.findings().split_off(before);
    let [finding] = &findings[..] else { panic!("one finding: {findings:?}") };
    assert_eq!((finding.at.as_str(), finding.refused), ("body.office_type", false));
}

#[tokio::test]
async fn the_control_endpoint_does_what_the_library_does() {
    let sage = sandbox().await;
    let control = |method: &str, path: &str, body: Value| {
        let text = if body.is_null() { String::new() } else { body.to_string() };
        let (status, reply) = send(method, &format!("{}/_sandbox{path}", sage.origin()), &[], &text);
        (status, serde_json::from_str::<Value>(&reply).unwrap_or_default())
    };
    let (status, overview) = control("GET", "", Value::Null);
    assert_eq!((status, overview["apis"].as_array().map(Vec::len)), (200, Some(3)));
    let (status, token) = control("POST", "/tokens", json!({"api": "accounting"}));
    assert_eq!(status, 201);
    let bearer = format!("Bearer {}", token["access_token"].as_str().expect("a token"));
    let url = format!("{}/contacts?from=1", sage.url(Api::Accounting));
    let contacts = || get(&url, &[("Authorization", &bearer)]).0;
    assert_eq!(contacts(), 200);
    assert_eq!(control("GET", "/findings", Value::Null).1[0]["at"], "query.from");
    assert_eq!(control("GET", "/counts?api=accounting", Value::Null).1["GET /contacts"], 1);
    assert_eq!(control("GET", "/requests", Value::Null).1[0]["status"], 200);

    let fault = json!({"match": {"method": "GET"}, "times": 2, "fault": {"reply": {"status": 500, "body": "[]"}}});
    assert_eq!(control("POST", "/faults", fault).0, 201);
    assert_eq!((contacts(), control("GET", "/faults", Value::Null).1[0]["times"].clone()), (500, json!(1)));
    assert_eq!(control("DELETE", "/faults", Value::Null).0, 204);
    assert_eq!(contacts(), 200);
    assert_eq!(control("POST", "/faults", json!({"fault": "explode"})).0, 400);

    assert_eq!(control("PUT", "/limits", json!({"per_minute": 0})).0, 200);
    assert_eq!(contacts(), 429);
    assert_eq!(send("PUT", &format!("{}/_sandbox/limits", sage.origin()), &[], "null").0, 200);
    let before = sage.clock().now();
    assert_eq!(control("POST", "/clock", json!({"advance": 3600})).0, 200);
    assert!((sage.clock().now() - before).num_seconds() >= 3600);
    assert_eq!(contacts(), 401, "the token lasts five minutes");
    assert_eq!(control("POST", "/reset", Value::Null).0, 204);
    assert_eq!(sage.requests().len(), 0);
}

#[tokio::test]
async fn logins_are_arranged_over_http_too() {
    let sage = sandbox().await;
    let control = |method: &str, path: &str, body: Value| {
        let answer = http::send(method, &format!("{}/_sandbox{path}", sage.origin()), &[], &body.to_string());
        (answer.status, serde_json::from_str::<Value>(&answer.body).unwrap_or_default())
    };
    let token = |wanted: Value| {
        let (status, reply) = control("POST", "/tokens", wanted);
        reply["access_token"].as_str().map(str::to_owned).ok_or(status)
    };
    let contacts = |token: &str, business: &str, method: &str| {
        let bearer = format!("Bearer {token}");
        let headers =
            [("Authorization", bearer.as_str()), ("X-Business", business), ("Content-Type", "application/json")];
        send(method, &format!("{}/contacts", sage.url(Api::Accounting)), &headers, "").0
    };
    let (first, second) = (&*sage.companies()[0].business, &*sage.companies()[1].business);
    let irish = sage.companies().iter().find(|company| company.country == "IE").expect("a company").business.as_str();

    let of_one = token(json!({"api": "accounting", "business": second, "scope": "readonly"})).expect("a token");
    assert_eq!((contacts(&of_one, second, "GET"), contacts(&of_one, first, "GET")), (200, 403));
    assert_eq!(contacts(&of_one, second, "POST"), 403, "it is for reading");
    let of_ireland = token(json!({"api": "accounting", "country": "ie"})).expect("a token");
    assert_eq!((contacts(&of_ireland, irish, "GET"), contacts(&of_ireland, first, "GET")), (200, 403));
    for nonsense in [json!({"api": "accounting", "country": "XX"}), json!({"api": "accounting", "business": "x"})] {
        assert_eq!(token(nonsense), Err(404));
    }
    assert_eq!(token(json!({"api": "accounting", "scope": "everything"})), Err(400));

    assert_eq!(control("PUT", "/subscriptions", json!({"business": irish, "active": false})).0, 204);
    assert_eq!(contacts(&of_ireland, irish, "GET"), 401);
    assert_eq!(control("PUT", "/subscriptions", json!({"business": irish, "active": true})).0, 204);
    assert_eq!(contacts(&of_ireland, irish, "GET"), 200);
    assert_eq!(control("PUT", "/subscriptions", json!({"business": "x", "active": true})).0, 404);
    assert_eq!(control("POST", "/revoke", json!({"api": "sage-200"})).0, 204);
    assert_eq!(contacts(&of_ireland, irish, "GET"), 200);
    assert_eq!(control("POST", "/revoke", json!({})).0, 204);
    assert_eq!(contacts(&of_ireland, irish, "GET"), 401);

    let refusal = json!({"error": "Invalid request", "reason": "Email already in use"});
    assert_eq!(control("POST", "/fail_next_login", refusal).0, 204);
    let login = "/oauth2/auth/central?filter=apiv3.1&response_type=code&client_id=sandbox-accounting&scope=full_access\
                 &state=s&redirect_uri=http%3A%2F%2F127.0.0.1%3A9%2F";
    let answer = http::send("GET", &format!("{}{login}", sage.origin()), &[], "");
    assert!(answer.headers["location"].contains("reason=Email+already+in+use"), "{:?}", answer.headers);

    for (limits, per_minute) in
        [(json!("sage"), json!(200)), (json!({"per_minute": 7}), json!(7)), (json!(null), json!(null))]
    {
        let (status, reply) = control("PUT", "/limits", limits);
        assert_eq!((status, &reply["accounting-v3"]["per_minute"]), (200, &per_minute));
    }
    assert_eq!(control("PUT", "/limits", json!({"per_hour": 1})).0, 400);
}

#[tokio::test]
async fn a_query_that_is_long_or_deep_is_answered_and_the_sandbox_lives() {
    let sage = sandbox().await;
    let company = &sage.companies()[0];
    let (bearer, number) = (format!("Bearer {}", sage.access_token(Api::Sage200)), company.number.to_string());
    let headers =
        [("Authorization", bearer.as_str()), ("X-Site", company.site.as_str()), ("X-Company", number.as_str())];
    let ask = |query: &str| get(&format!("{}/customers?{query}", sage.url(Api::Sage200)), &headers).0;
    assert_eq!(ask(&format!("$filter=a{}", "+or+a".repeat(13_000))), 400, "`a` is no property");
    assert_eq!(ask(&format!("$filter=on_hold{}", "+or+on_hold".repeat(5_000))), 200);
    assert_eq!(ask(&format!("$filter=id+eq+1{}", "+and+id+eq+1".repeat(5_000))), 200);
    // Customers have a head office, which is a customer.
    for (deeper, status) in [(7, 200), (8, 400), (2_500, 400)] {
        let path = format!("associated_head_office{}", "/associated_head_office".repeat(deeper));
        assert_eq!(ask(&format!("$expand={path}")), status, "{deeper}");
    }
    for (deeper, status) in [(6, 200), (7, 400), (2_500, 400)] {
        let path = format!("associated_head_office{}", "/associated_head_office".repeat(deeper));
        assert_eq!(ask(&format!("$filter={path}/name+eq+'x'")), status, "{deeper}");
    }
    assert_eq!(ask(""), 200);
}

#[tokio::test]
async fn with_a_clock_that_stands_still_whole_replies_are_the_same_in_each_run() {
    let replies = async || {
        let moment = "2026-02-01T09:00:00Z".parse().expect("a moment");
        let sage = Sandbox::builder().seed(7).clock(Clock::at(moment)).start().await.expect("a free port on loopback");
        let http = by_hand(&sage);
        let made = http.post(r#"{"contact":{"name":"x","contact_type_ids":["CUSTOMER"]}}"#).1;
        let list = |path: &str| http.send("GET", &format!("{path}?attributes=all&items_per_page=200"), "", "").1;
        (made, list("/contacts"), list("/sales_invoices"), list("/ledger_accounts"))
    };
    let (first, second) = (replies().await, replies().await);
    assert!(
        first.1.contains("\"created_at\":\"2026-01-02T10:") && first.1.contains("2026-02-01T09:00:00Z"),
        "{}",
        first.1
    );
    assert_eq!(first, second);
}

#[tokio::test]
async fn the_same_seed_gives_the_same_books_and_another_gives_others() {
    let books = async |seed: u64| {
        let sage = Sandbox::builder().seed(seed).start().await.expect("a free port on loopback");
        let http = by_hand(&sage);
        http.send("GET", "/contacts?attributes=name", "", "").1
    };
    assert_eq!(books(7).await, books(7).await);
    assert_ne!(books(7).await, books(8).await);
}
