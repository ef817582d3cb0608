//! The token endpoints and what they give, by hand.

use std::collections::BTreeMap;

use sage_sandbox::oauth::{Client, Denied, Options, Scope};
use sage_sandbox::{Api, Sandbox};
use serde_json::Value;

use super::visitor::{Answer, Visitor};
use super::{start, who};

const BACK: &str = "http://127.0.0.1:9/callback";
/// Those of RFC 7636, appendix B.
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

type Pairs<'a> = &'a [(&'a str, &'a str)];

/// The parameters that a user is sent back with, who has allowed.
fn allowed(sandbox: &Sandbox, path: &str, more: Pairs<'_>) -> BTreeMap<String, String> {
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("response_type", "code").append_pair("redirect_uri", BACK).append_pair("state", "s");
    let url = format!("{}{path}?{}", sandbox.origin(), query.extend_pairs(more).finish());
    let mut visitor = Visitor::default();
    let page = visitor.get(&url);
    visitor.decide(&url, &page, "allow", &[]).told()
}

/// A code of Accounting v3.1.
fn code(sandbox: &Sandbox, more: Pairs<'_>) -> String {
    let usual = [("filter", "apiv3.1"), ("client_id", "sandbox-accounting"), ("scope", "full_access")];
    allowed(sandbox, "/oauth2/auth/central", &[&usual, more].concat())["code"].clone()
}

const SECRET: [(&str, &str); 2] = [("client_id", "sandbox-accounting"), ("client_secret", "sandbox-accounting-secret")];

fn exchange(sandbox: &Sandbox, code: &str, more: Pairs<'_>) -> Answer {
    let form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", BACK)];
    Visitor::default().post(&format!("{}/token", sandbox.origin()), &[&form, &SECRET[..], more].concat())
}

fn refresh(sandbox: &Sandbox, token: &str) -> Answer {
    let form = [("grant_type", "refresh_token"), ("refresh_token", token)];
    Visitor::default().post(&format!("{}/token", sandbox.origin()), &[&form, &SECRET[..]].concat())
}

fn json(answer: &Answer) -> Value {
    assert_eq!(answer.headers["cache-control"], "no-store");
    serde_json::from_str(&answer.body).unwrap_or_else(|_| panic!("no JSON: {}", answer.body))
}

fn tokens(answer: &Answer) -> (String, String) {
    assert_eq!(answer.status, 200, "{}", answer.body);
    let reply = json(answer);
    let text = |name: &str| reply[name].as_str().expect("a token").to_owned();
    (text("access_token"), text("refresh_token"))
}

#[track_caller]
fn refused(answer: &Answer, status: u16, error: &str) {
    assert_eq!((answer.status, json(answer)["error"].as_str()), (status, Some(error)), "{}", answer.body);
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_hold_what_each_api_says() {
    let sandbox = start(Options::default());
    let members = |answer: &Answer| {
        let mut reply = json(answer);
        let reply = reply.as_object_mut().expect("an object");
        for name in ["access_token", "refresh_token"] {
            if let Some(token) = reply.get_mut(name) {
                assert!((1..=2048).contains(&token.as_str().expect("a text").len()));
                *token = "…".into();
            }
        }
        Value::Object(reply.clone())
    };
    let user = Options::default().user.id;
    let reply = exchange(&sandbox, &code(&sandbox, &[]), &[]);
    assert_eq!(
        members(&reply),
        serde_json::json!({
            "access_token": "…", "token_type": "bearer", "expires_in": 300, "refresh_token": "…",
            "refresh_token_expires_in": 2_678_400, "scope": "full_access", "requested_by_id": user,
        })
    );

    let usual = [("client_id", "sandbox-accounting-v3"), ("scope", "readonly"), ("country", "US")];
    let told = allowed(&sandbox, "/oauth2/auth/central", &usual);
    let form = [
        ("grant_type", "authorization_code"),
        ("code", told["code"].as_str()),
        ("redirect_uri", BACK),
        ("client_id", "sandbox-accounting-v3"),
        ("client_secret", "sandbox-accounting-v3-secret"),
    ];
    let reply = Visitor::default().post(&format!("{}/token", sandbox.origin()), &form);
    let owner = Options::default().companies.into_iter().find(|company| company.country == "US").expect("one").business;
    assert_eq!(
        members(&reply),
        serde_json::json!({
            "access_token": "…", "token_type": "bearer", "expires_in": 3600, "refresh_token": "…",
            "scope": "readonly", "resource_owner_id": owner,
        })
    );
    let session = who(&sandbox, Api::AccountingV3, json(&reply)["access_token"].as_str().expect("a token"));
    let session = session.expect("a session");
    assert_eq!((session.scope, session.resource_owner_id), (Scope::ReadOnly, owner));

    for (scope, refreshes) in [("openid", false), ("openid offline_access", true)] {
        let usual = [("client_id", "sandbox-sage-200"), ("scope", scope), ("audience", "s200ukipd/sage200")];
        let told = allowed(&sandbox, "/authorize", &usual);
        let form = [("grant_type", "authorization_code"), ("code", told["code"].as_str()), ("redirect_uri", BACK)];
        let basic = Some("Basic c2FuZGJveC1zYWdlLTIwMDpzYW5kYm94LXNhZ2UtMjAwLXNlY3JldA==");
        let reply = Visitor::default().post_with(&format!("{}/oauth/token", sandbox.origin()), &form, basic);
        let mut expected = serde_json::json!({
            "access_token": "…", "token_type": "Bearer", "expires_in": 3600, "scope": scope,
        });
        if refreshes {
            expected["refresh_token"] = "…".into();
        }
        assert_eq!(members(&reply), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_works_once_and_its_second_use_ends_the_grant() {
    let sandbox = start(Options::default());
    let code = code(&sandbox, &[]);
    let (access, token) = tokens(&exchange(&sandbox, &code, &[]));
    assert!(who(&sandbox, Api::Accounting, &access).is_ok());
    refused(&exchange(&sandbox, &code, &[]), 400, "invalid_grant");
    assert_eq!(who(&sandbox, Api::Accounting, &access).map(drop), Err(Denied::Revoked));
    refused(&refresh(&sandbox, &token), 400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_ends_after_a_minute() {
    let sandbox = start(Options::default());
    let (early, late) = (code(&sandbox, &[]), code(&sandbox, &[]));
    sandbox.clock().advance(50);
    tokens(&exchange(&sandbox, &early, &[]));
    sandbox.clock().advance(10);
    refused(&exchange(&sandbox, &late, &[]), 400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_for_whoever_asked_for_it() {
    let sandbox = start(Options::default());
    let s256 = [("code_challenge", CHALLENGE), ("code_challenge_method", "S256")];
    let plain = [("code_challenge", VERIFIER), ("code_challenge_method", "plain")];
    let table: [(Pairs<'_>, Pairs<'_>, bool); 7] = [
        (&s256, &[("code_verifier", VERIFIER)], true),
        (&plain, &[("code_verifier", VERIFIER)], true),
        (&s256, &[("code_verifier", CHALLENGE)], false),
        (&s256, &[], false),
        (&plain, &[("code_verifier", CHALLENGE)], false),
        (&[], &[("code_verifier", VERIFIER)], false),
        (&[], &[], true),
    ];
    for (asked, brought, good) in table {
        let code = code(&sandbox, asked);
        let answer = exchange(&sandbox, &code, brought);
        match good {
            true => drop(tokens(&answer)),
            false => {
                refused(&answer, 400, "invalid_grant");
                refused(&exchange(&sandbox, &code, &[("code_verifier", VERIFIER)]), 400, "invalid_grant");
            }
        }
    }
    let code = code(&sandbox, &[]);
    let other =
        [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", "http://127.0.0.1:9/callback/")];
    let answer = Visitor::default().post(&format!("{}/token", sandbox.origin()), &[&other, &SECRET[..]].concat());
    refused(&answer, 400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refresh_token_works_once_and_its_second_use_ends_the_grant() {
    let sandbox = start(Options::default());
    let (_, first) = tokens(&exchange(&sandbox, &code(&sandbox, &[]), &[]));
    let (_, second) = tokens(&refresh(&sandbox, &first));
    let (access, third) = tokens(&refresh(&sandbox, &second));
    assert!(first != second && second != third);
    // Somebody else's grant is not touched.
    let (other, _) = tokens(&exchange(&sandbox, &code(&sandbox, &[]), &[]));
    refused(&refresh(&sandbox, &first), 400, "invalid_grant");
    assert_eq!(who(&sandbox, Api::Accounting, &access).map(drop), Err(Denied::Revoked));
    refused(&refresh(&sandbox, &third), 400, "invalid_grant");
    assert!(who(&sandbox, Api::Accounting, &other).is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_spent_refresh_token_may_have_some_grace() {
    let mut options = Options::default();
    options.accounting.grace_seconds = 10;
    options.accounting.refresh_seconds = Some(100);
    let sandbox = start(options);
    let (_, first) = tokens(&exchange(&sandbox, &code(&sandbox, &[]), &[]));
    tokens(&refresh(&sandbox, &first));
    sandbox.clock().advance(6);
    let (access, second) = tokens(&refresh(&sandbox, &first));
    // Ten seconds from the first use, not from the second.
    sandbox.clock().advance(6);
    refused(&refresh(&sandbox, &first), 400, "invalid_grant");
    assert_eq!(who(&sandbox, Api::Accounting, &access).map(drop), Err(Denied::Revoked));
    refused(&refresh(&sandbox, &second), 400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn refresh_tokens_end_and_stay_the_same_where_the_rules_say_so() {
    let mut options = Options::default();
    options.accounting.refresh_seconds = Some(5);
    options.accounting.rotate = false;
    let sandbox = start(options);
    let reply = exchange(&sandbox, &code(&sandbox, &[]), &[]);
    assert_eq!(json(&reply)["refresh_token_expires_in"], 5);
    let (_, token) = tokens(&reply);
    for _ in 0..2 {
        let reply = refresh(&sandbox, &token);
        assert_eq!((reply.status, json(&reply).get("refresh_token")), (200, None));
    }
    sandbox.clock().advance(5);
    refused(&refresh(&sandbox, &token), 400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_credentials_and_malformed_forms() {
    let sandbox = start(Options::default());
    let url = format!("{}/token", sandbox.origin());
    let code = code(&sandbox, &[]);
    let form = [("grant_type", "authorization_code"), ("code", code.as_str()), ("redirect_uri", BACK)];
    let post =
        |more: Pairs<'_>, authorization| Visitor::default().post_with(&url, &[&form, more].concat(), authorization);
    refused(&post(&[("client_id", "sandbox-accounting")], None), 401, "invalid_client");
    refused(&post(&[("client_id", "sandbox-accounting"), ("client_secret", "x")], None), 401, "invalid_client");
    refused(&post(&[("client_id", "nobody"), ("client_secret", "x")], None), 401, "invalid_client");
    refused(&post(&[], None), 401, "invalid_client");
    let basic = Some("Basic c2FuZGJveC1hY2NvdW50aW5nOng=");
    let answer = post(&[], basic);
    refused(&answer, 401, "invalid_client");
    assert!(answer.headers["www-authenticate"].starts_with("Basic "));
    refused(&post(&SECRET, basic), 400, "invalid_request");
    refused(&post(&[&SECRET[..], &[("code", "x")]].concat(), None), 400, "invalid_request");
    // A public application's id with a secret is as wrong as one without where there is one.
    let public = [("client_id", "sandbox-accounting-public"), ("client_secret", "x")];
    refused(&post(&public, None), 401, "invalid_client");
    // Another application that is known: it can not use the code, nor spend it.
    refused(&post(&[("client_id", "sandbox-accounting-public")], None), 400, "invalid_grant");
    let wrong = |pairs: Pairs<'_>| Visitor::default().post(&url, &[pairs, &SECRET[..]].concat());
    refused(&wrong(&[("grant_type", "password")]), 400, "unsupported_grant_type");
    refused(&wrong(&[("code", "x")]), 400, "invalid_request");
    refused(&wrong(&[("grant_type", "authorization_code")]), 400, "invalid_request");
    refused(&wrong(&[("grant_type", "refresh_token"), ("refresh_token", "x")]), 400, "invalid_grant");
    assert_eq!(Visitor::default().get(&url).status, 405);
    tokens(&exchange(&sandbox, &code, &[]));
}

#[tokio::test(flavor = "multi_thread")]
async fn v3_tokens_come_from_the_server_of_the_region() {
    let sandbox = start(Options::default());
    for (country, right, wrong) in [("GB", "/oauth2/token", "/token"), ("DE", "/token", "/oauth2/token")] {
        for (path, good) in [(wrong, false), (right, true)] {
            let usual = [("client_id", "sandbox-accounting-v3"), ("scope", "full_access"), ("country", country)];
            let told = allowed(&sandbox, "/oauth2/auth/central", &usual);
            assert_eq!(told["country"], country);
            let form = [
                ("grant_type", "authorization_code"),
                ("code", told["code"].as_str()),
                ("redirect_uri", BACK),
                ("client_id", "sandbox-accounting-v3"),
                ("client_secret", "sandbox-accounting-v3-secret"),
            ];
            let answer = Visitor::default().post(&format!("{}{path}", sandbox.origin()), &form);
            match good {
                true => drop(tokens(&answer)),
                false => refused(&answer, 400, "invalid_grant"),
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn grants_are_given_back_with_the_refresh_token() {
    let sandbox = start(Options::default());
    let (access, token) = tokens(&exchange(&sandbox, &code(&sandbox, &[]), &[]));
    let url = format!("{}/revoke", sandbox.origin());
    let post = |pairs: Pairs<'_>| Visitor::default().post(&url, pairs);
    refused(&post(&[("token", &token)]), 401, "invalid_client");
    refused(&post(&SECRET), 400, "invalid_request");
    refused(&post(&[("token", &token), ("client_id", "sandbox-accounting-public")]), 400, "invalid_grant");
    refused(&post(&[("token", &access), SECRET[0], SECRET[1]]), 400, "unsupported_token_type");
    assert!(who(&sandbox, Api::Accounting, &access).is_ok());
    for token in ["unknown", &token, &token] {
        assert_eq!(post(&[("token", token), SECRET[0], SECRET[1]]).status, 200);
    }
    assert_eq!(who(&sandbox, Api::Accounting, &access).map(drop), Err(Denied::Revoked));
    refused(&refresh(&sandbox, &token), 400, "invalid_grant");
}

#[tokio::test(flavor = "multi_thread")]
async fn sessions_say_why_there_is_none() {
    let sandbox = start(Options::default());
    let token = sandbox.oauth().issue(Api::Accounting);
    let ask = |authorization: Option<&str>| sandbox.oauth().session(Api::Accounting, authorization).map(drop);
    for missing in [None, Some(""), Some("Bearer"), Some("Bearer  "), Some("Basic eDp5"), Some(token.as_str())] {
        assert_eq!(ask(missing), Err(Denied::Missing), "{missing:?}");
    }
    assert_eq!(ask(Some("Bearer x")), Err(Denied::Unknown));
    assert_eq!(who(&sandbox, Api::Sage200, &token).map(drop), Err(Denied::Unknown), "a token of another API");
    assert_eq!(ask(Some(&format!("bearer {token}"))), Ok(()));

    let companies = who(&sandbox, Api::Accounting, &token).expect("a session").companies;
    assert_eq!(companies.len(), 2);
    sandbox.oauth().subscribe(&companies[0].business, false);
    assert_eq!(who(&sandbox, Api::Accounting, &token).expect("a session").companies, companies[1..]);
    sandbox.oauth().subscribe(&companies[1].business, false);
    assert_eq!(who(&sandbox, Api::Accounting, &token).map(drop), Err(Denied::NoSubscription));
    sandbox.oauth().subscribe(&companies[0].business, true);
    assert!(who(&sandbox, Api::Accounting, &token).is_ok());

    let reader = sandbox.oauth().issue_for(Api::Accounting, Scope::ReadOnly, companies);
    let session = who(&sandbox, Api::Accounting, &reader).expect("a session");
    assert_eq!(session.scope, Scope::ReadOnly);
    sandbox.oauth().revoke(session.grant);
    assert_eq!(who(&sandbox, Api::Accounting, &reader).map(drop), Err(Denied::Revoked));
    sandbox.clock().advance(300);
    assert_eq!(who(&sandbox, Api::Accounting, &token).map(drop), Err(Denied::Expired));
    let newer = sandbox.oauth().issue(Api::Accounting);
    sandbox.oauth().revoke_all(Some(Api::Sage200));
    assert!(who(&sandbox, Api::Accounting, &newer).is_ok());
    sandbox.oauth().revoke_all(None);
    assert_eq!(who(&sandbox, Api::Accounting, &newer).map(drop), Err(Denied::Revoked));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_seed_gives_the_same_tokens() {
    let mut tokens = Vec::new();
    for seed in [7, 7, 8] {
        let sandbox = start(Options { seed, ..Options::default() });
        tokens.push([Api::Accounting, Api::AccountingV3, Api::Sage200].map(|api| sandbox.oauth().issue(api)));
    }
    assert_eq!(tokens[0], tokens[1]);
    assert_ne!(tokens[0], tokens[2]);
    assert_ne!(tokens[0][0], tokens[0][1]);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_secret_is_shown() {
    let clients = vec![Client::new(Api::Accounting, "sandbox-accounting").secret("CANARY")];
    let sandbox = start(Options { clients, ..Options::default() });
    let token = sandbox.oauth().issue(Api::Accounting);
    let session = who(&sandbox, Api::Accounting, &token).expect("a session");
    let shown = format!("{:?} {session:?}", sandbox.oauth());
    assert!(!shown.contains("CANARY") && !shown.contains(&token));
}
