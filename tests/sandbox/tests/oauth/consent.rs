//! The authorize addresses and the consent page, by hand.

use std::collections::BTreeMap;

use sage_sandbox::oauth::{Client, Options};
use sage_sandbox::{Api, Sandbox};

use super::start;
use super::visitor::{Answer, Visitor};

const BACK: &str = "http://127.0.0.1:9/callback";

/// What a complete authorize URL of Accounting v3.1 says.
fn complete() -> BTreeMap<&'static str, String> {
    let pairs = [
        ("filter", "apiv3.1"),
        ("response_type", "code"),
        ("client_id", "sandbox-accounting"),
        ("redirect_uri", BACK),
        ("scope", "full_access"),
        ("state", "a state & more"),
    ];
    pairs.into_iter().map(|(name, value)| (name, value.to_owned())).collect()
}

fn url(sandbox: &Sandbox, path: &str, query: &BTreeMap<&'static str, String>) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(query).finish();
    format!("{}{path}?{query}", sandbox.origin())
}

/// Parameters and what they are instead; empty ones are left out.
type Changes<'a> = &'a [(&'static str, &'a str)];

/// Opens `complete` with some parameters changed.
fn open(sandbox: &Sandbox, changes: Changes<'_>) -> Answer {
    let mut query = complete();
    for (name, value) in changes {
        match value.is_empty() {
            true => query.remove(name),
            false => query.insert(name, (*value).to_owned()),
        };
    }
    Visitor::default().get(&url(sandbox, "/oauth2/auth/central", &query))
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_who_asks_is_told_to_the_user() {
    let sandbox = start(Options::default());
    let table = [
        [("client_id", ""), ("redirect_uri", BACK)],
        [("client_id", "nobody"), ("redirect_uri", BACK)],
        [("client_id", "sandbox-accounting"), ("redirect_uri", "")],
        [("client_id", "sandbox-accounting"), ("redirect_uri", "https://evil.example/")],
        [("client_id", "sandbox-accounting"), ("redirect_uri", "http://127.0.0.1.evil.example/")],
        [("client_id", "sandbox-accounting"), ("redirect_uri", "http://127.0.0.1:9/#x")],
    ];
    for changes in table {
        let answer = open(&sandbox, &changes);
        assert_eq!((answer.status, answer.headers.get("location")), (400, None), "{changes:?}");
        assert!(answer.body.contains("This login can’t begin"));
    }
    let twice = format!("{}&client_id=other", url(&sandbox, "/oauth2/auth/central", &complete()));
    assert_eq!(Visitor::default().get(&twice).status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn all_else_is_told_to_the_application() {
    let sandbox = start(Options::default());
    let short = "too-short";
    let table: [(Changes<'_>, &str, &str); 16] = [
        (&[("response_type", "")], "invalid_request", "error_description"),
        (&[("response_type", "token")], "unsupported_response_type", "error_description"),
        (&[("scope", "")], "invalid_scope", "error_description"),
        (&[("scope", "everything")], "invalid_scope", "error_description"),
        (&[("scope", "full_access readonly")], "invalid_scope", "error_description"),
        (&[("state", "")], "invalid_request", "error_description"),
        (&[("code_challenge", short)], "invalid_request", "error_description"),
        (&[("code_challenge_method", "S256")], "invalid_request", "error_description"),
        (&[("code_challenge", VERIFIER), ("code_challenge_method", "S512")], "invalid_request", "error_description"),
        (&[("client_id", "sandbox-accounting-public")], "invalid_request", "error_description"),
        (&[("client_id", "sandbox-accounting-v3")], "unauthorized_client", "error_description"),
        (&[("filter", "")], "unauthorized_client", "error_description"),
        (&[("filter", "apiv4")], "Invalid request", "reason"),
        (&[("country", "AT")], "Invalid request", "reason"),
        (&[("country", "US")], "Invalid request", "reason"),
        (&[("locale", "english")], "Invalid request", "reason"),
    ];
    for (changes, error, more) in table {
        let answer = open(&sandbox, changes);
        assert_eq!(answer.status, 302, "{changes:?}: {}", answer.body);
        assert!(answer.location().starts_with(BACK));
        let told = answer.told();
        assert_eq!(told["error"], error, "{changes:?}");
        assert!(told.contains_key(more), "{changes:?}: {told:?}");
        let state = changes.iter().all(|(name, _)| *name != "state").then_some("a state & more");
        assert_eq!(told.get("state").map(String::as_str), state);
    }
    for changes in [[("country", "ie"), ("locale", "en-IE")], [("scope", "readonly"), ("locale", "")]] {
        assert_eq!(open(&sandbox, &changes).status, 200);
    }
}

/// That of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";

#[tokio::test(flavor = "multi_thread")]
async fn sage_200_wants_its_audience() {
    let sandbox = start(Options::default());
    let mut query = complete();
    query.remove("filter");
    query.remove("state");
    query.insert("client_id", "sandbox-sage-200".into());
    query.insert("scope", "openid".into());
    let answer = Visitor::default().get(&url(&sandbox, "/authorize", &query));
    assert_eq!(answer.told()["error"], "invalid_request");
    query.insert("audience", "s200ukipd/sage200".into());
    let answer = Visitor::default().get(&url(&sandbox, "/authorize", &query));
    assert_eq!(answer.status, 200);
    assert!(!answer.body.contains("stay connected"), "it was not asked for");
    query.insert("scope", "full_access".into());
    assert_eq!(Visitor::default().get(&url(&sandbox, "/authorize", &query)).told()["error"], "invalid_scope");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_says_who_asks_for_what_and_is_kept_by_nobody() {
    let sandbox = start(Options {
        clients: vec![Client::new(Api::Accounting, "sandbox-accounting").secret("s").name("<b>Bold & Co</b>")],
        ..Options::default()
    });
    let page = open(&sandbox, &[]);
    assert_eq!(page.status, 200);
    for text in [
        "Allow “&lt;b&gt;Bold &amp; Co&lt;/b&gt;” to use your data",
        "Sam Sample",
        "create, change and delete",
        "127.0.0.1:9",
    ] {
        assert!(page.body.contains(text), "{text}: {}", page.body);
    }
    assert!(!page.body.contains("<b>"));
    assert!(!page.body.contains("<script") && !page.body.contains("http://") && !page.body.contains("https://"));
    assert_eq!(page.headers["cache-control"], "no-store");
    assert_eq!(page.headers["x-frame-options"], "DENY");
    assert_eq!(page.headers["referrer-policy"], "same-origin");
    assert!(page.headers["set-cookie"].ends_with("; HttpOnly; SameSite=Lax"));
    let policy = &page.headers["content-security-policy"];
    assert!(policy.starts_with("default-src 'none'; style-src 'sha256-"));
    assert!(policy.contains("form-action 'self' http://127.0.0.1:9;") && policy.contains("frame-ancestors 'none'"));
    let reader = open(&sandbox, &[("scope", "readonly")]);
    assert!(reader.body.contains("<strong>not</strong> create"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_user_chooses_a_country_and_companies() {
    let sandbox = start(Options::default());
    let url = url(&sandbox, "/oauth2/auth/central", &complete());
    let mut visitor = Visitor::default();
    let page = visitor.get(&url);
    let names = |page: &Answer| page.companies().into_iter().map(|(name, _)| name).collect::<Vec<_>>();
    assert_eq!(names(&page), ["Harbour Lane Cycles Ltd", "Harbour Lane Repairs Ltd"]);
    let other =
        visitor.get(&format!("{}/oauth2/consent?request={}&country=CA", sandbox.origin(), page.field("request")));
    assert_eq!(names(&other), ["Maple Row Bikes Inc."]);
    let told = visitor.decide(&url, &other, "allow", &[]).told();
    assert_eq!(told["country"], "CA");
    assert!(told["code"].starts_with("CA/"));

    // Nothing chosen, or what is not on offer: the page comes again.
    let page = visitor.get(&url);
    let foreign = other.companies()[0].1.clone();
    for company in ["", foreign.as_str()] {
        let form = [
            ("request", page.field("request")),
            ("seal", page.field("seal")),
            ("country", "GB".to_owned()),
            ("company", company.to_owned()),
            ("decision", "allow".to_owned()),
        ];
        let form: Vec<(&str, &str)> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let answer = visitor.post(&format!("{}/oauth2/consent", sandbox.origin()), &form);
        assert_eq!(answer.status, 422);
        assert!(answer.body.contains("Choose a company first."));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_counts_once_and_from_the_browser_that_saw_the_page() {
    let sandbox = start(Options::default());
    let url = url(&sandbox, "/oauth2/auth/central", &complete());
    let mut visitor = Visitor::default();
    let page = visitor.get(&url);
    let mut other = Visitor::default();
    other.get(&url);
    assert_eq!(other.decide(&url, &page, "allow", &[]).status, 403, "the cookie of another browser");
    assert_eq!(Visitor::default().decide(&url, &page, "allow", &[]).status, 403, "no cookie");
    for origin in ["http://evil.example", "null"] {
        visitor.origin = Some(origin.into());
        assert_eq!(visitor.decide(&url, &page, "allow", &[]).status, 403, "{origin}");
    }
    visitor.origin = Some(sandbox.origin().to_owned());
    assert_eq!(visitor.decide(&url, &page, "allow", &[]).status, 303);
    let again = visitor.decide(&url, &page, "allow", &[]);
    assert_eq!(again.status, 400);
    assert!(again.body.contains("This login is over"));

    // Two pages in one browser do not disturb each other; one that stood open for too long is over.
    let (first, second) = (visitor.get(&url), visitor.get(&url));
    assert_eq!(visitor.decide(&url, &first, "deny", &[]).told()["error"], "access_denied");
    sandbox.clock().advance(31 * 60);
    assert_eq!(visitor.decide(&url, &second, "allow", &[]).status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_client_is_taken_where_that_is_set() {
    let sandbox = start(Options { any_client: true, ..Options::default() });
    assert_eq!(open(&sandbox, &[("client_id", "whoever"), ("redirect_uri", "https://app.example/x")]).status, 200);
    assert_eq!(open(&sandbox, &[("redirect_uri", "https://app.example/x")]).status, 400, "a registered one is not any");
}
