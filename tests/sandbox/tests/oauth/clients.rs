//! The generated clients log in, call, refresh and give back.

use std::sync::mpsc;
use std::time::Duration;

use sage_api::auth::{App, ClientAuth, FileStore, Grant, Login, MemoryStore};
use sage_api::{Cause, Kind, TokenSource as _, accounting, accounting_v3, sage_200};
use sage_sandbox::oauth::{Denied, Options, Scope};
use sage_sandbox::{Api, Sandbox, free_port};

use super::visitor::{Visitor, pairs};
use super::{start, who};

/// Only so that a user who fails does not hang the tests.
const PATIENCE: Duration = Duration::from_secs(90);

/// Logs in as somebody who allows these companies; gives the page that they end on.
async fn log_in(grant: &Grant, companies: &'static [&'static str]) -> String {
    let (sender, pages) = mpsc::channel();
    let show = move |url: &str| {
        let url = url.to_owned();
        std::thread::spawn(move || sender.send(Visitor::default().allow(&url, companies)));
    };
    grant
        .login(Login::loopback(free_port().expect("a port")).show(show).wait(PATIENCE))
        .await
        .expect("the user allows");
    pages.recv().expect("a page")
}

fn grant(app: App, sandbox: &Sandbox) -> Grant {
    Grant::new(app.origin(sandbox.origin()), MemoryStore::lost_on_exit()).expect("it is complete")
}

/// The access token in use.
async fn access(grant: &Grant) -> String {
    grant.token(None).await.expect("a token").access.expose().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn accounting_logs_in_calls_refreshes_and_goes_on_in_the_next_run() {
    let sandbox = start(Options::default());
    let folder = tempfile::tempdir().expect("a folder");
    let client = || {
        let app = accounting::Client::app("sandbox-accounting").secret("sandbox-accounting-secret");
        let store = FileStore::new(folder.path().join("grants")).expect("a store");
        let builder = accounting::Client::builder().app(app.origin(sandbox.origin())).token_store(store);
        builder.origin(sandbox.origin()).build().expect("it is complete")
    };
    let first = client();
    log_in(first.grant().expect("its own"), &["Harbour Lane Cycles Ltd", "Harbour Lane Repairs Ltd"]).await;
    first.businesses().list().await.expect("a list");
    let token = access(first.grant().expect("its own")).await;
    let session = who(&sandbox, Api::Accounting, &token).expect("a session");
    assert_eq!(
        (session.client.as_str(), session.scope, session.companies.len()),
        ("sandbox-accounting", Scope::FullAccess, 2)
    );

    // The seconds pass at the service, which refuses the token; a refresh cures that.
    sandbox.clock().advance(301);
    assert_eq!(who(&sandbox, Api::Accounting, &token).map(drop), Err(Denied::Expired));
    first.businesses().list().await.expect("a list");
    let newer = access(first.grant().expect("its own")).await;
    assert_ne!(newer, token);
    assert_eq!(who(&sandbox, Api::Accounting, &newer).expect("a session").grant, session.grant);
    drop(first);

    let second = client();
    second.businesses().list().await.expect("a list");
}

#[tokio::test(flavor = "multi_thread")]
async fn v3_logs_in_in_every_region_and_sends_the_owner_as_site() {
    let sandbox = start(Options::default());
    let table = [
        ("IE", "Quayside Cycles Ltd", accounting_v3::Region::Uki),
        ("US", "Prairie Wheel Co.", accounting_v3::Region::Us),
        ("FR", "Cycles du Canal SARL", accounting_v3::Region::Fr),
    ];
    for (country, company, region) in table {
        let app = accounting_v3::Client::app("sandbox-accounting-v3").secret("sandbox-accounting-v3-secret");
        let grant = grant(app.parameter("country", country), &sandbox);
        let companies: &'static [&'static str] = Box::leak(Box::new([company]));
        log_in(&grant, companies).await;
        let session = who(&sandbox, Api::AccountingV3, &access(&grant).await).expect("a session");
        assert_eq!((session.companies.len(), session.companies[0].name.as_str()), (1, company));
        let builder = accounting_v3::Client::builder().region(region).subscription_key("a key").grant(grant);
        let client = builder.origin(sandbox.origin()).build().expect("it is complete");
        // The sandbox answers if `X-Site` is the company's.
        client.contacts().list().await.expect("a list");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn sage_200_takes_credentials_in_the_body_and_by_basic() {
    let sandbox = start(Options::default());
    for way in [ClientAuth::Body, ClientAuth::Basic] {
        let app = sage_200::Client::app("sandbox-sage-200").secret("sandbox-sage-200-secret").client_auth(way);
        let grant = grant(app, &sandbox);
        log_in(&grant, &["Harbour Lane Repairs Ltd"]).await;
        let session = who(&sandbox, Api::Sage200, &access(&grant).await).expect("a session");
        assert!(session.company(&session.companies[0].site, 2).is_some());
        assert!(session.company(&session.companies[0].site, 1).is_none(), "it was not chosen");
        sandbox.clock().advance(3601);
        let builder = sage_200::Client::builder().product(sage_200::Product::Professional).site("a site").company(2);
        let client = builder.grant(grant).origin(sandbox.origin()).build().expect("it is complete");
        client.sites().list().await.expect("a list, after a refresh");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_public_application_needs_no_secret() {
    let sandbox = start(Options::default());
    let grant = grant(accounting::Client::app("sandbox-accounting-public"), &sandbox);
    log_in(&grant, &[]).await;
    let token = access(&grant).await;
    sandbox.clock().advance(301);
    let newer = grant.token(Some(grant.token(None).await.expect("a token").generation)).await.expect("a refresh");
    assert_ne!(newer.access.expose(), token);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_who_denies_gives_nothing() {
    let sandbox = start(Options::default());
    let app = accounting::Client::app("sandbox-accounting").secret("sandbox-accounting-secret");
    let grant = grant(app, &sandbox);
    let (sender, pages) = mpsc::channel();
    let show = move |url: &str| {
        let url = url.to_owned();
        std::thread::spawn(move || sender.send(Visitor::default().answer(&url, "deny", &[])));
    };
    let error =
        grant.login(Login::loopback(free_port().expect("a port")).show(show).wait(PATIENCE)).await.expect_err("denied");
    assert_eq!(error.to_string(), "the login was refused: access_denied (the user has denied access)");
    assert!(pages.recv().expect("a page").contains("not given"));
    assert!(!grant.is_authorized().await.expect("the store works"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_login_that_sage_refuses_in_its_own_way() {
    let sandbox = start(Options::default());
    let app = accounting::Client::app("sandbox-accounting").secret("sandbox-accounting-secret");
    let grant = grant(app, &sandbox);
    sandbox.oauth().fail_next_login("Invalid request", "Email already in use");
    let mut pending = grant.authorize("http://127.0.0.1:9/callback").expect("a login");
    let answer = Visitor::default().get(pending.url());
    assert_eq!(answer.status, 302);
    let error = grant.finish(&mut pending, answer.location()).await.expect_err("refused");
    assert_eq!(error.to_string(), "the login was refused: Invalid request (Email already in use)");
    assert_eq!(Visitor::default().get(grant.authorize("http://127.0.0.1:9/").expect("a login").url()).status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_grant_that_is_given_back_ends() {
    let sandbox = start(Options::default());
    let app = accounting::Client::app("sandbox-accounting").secret("sandbox-accounting-secret");
    let grant = grant(app, &sandbox);
    log_in(&grant, &[]).await;
    let token = access(&grant).await;
    grant.revoke().await.expect("the service agrees");
    assert_eq!(who(&sandbox, Api::Accounting, &token).map(drop), Err(Denied::Revoked));
    assert!(!grant.is_authorized().await.expect("the store works"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_whose_refresh_token_was_stolen_has_to_log_in_again() {
    let sandbox = start(Options::default());
    let folder = tempfile::tempdir().expect("a folder");
    let store = || FileStore::new(folder.path().join("grants")).expect("a store");
    let app = || {
        let app = accounting::Client::app("sandbox-accounting").secret("sandbox-accounting-secret");
        app.origin(sandbox.origin())
    };
    let grant = Grant::new(app(), store()).expect("it is complete");
    log_in(&grant, &[]).await;
    let token = grant.token(None).await.expect("a token");
    let text = std::fs::read_dir(folder.path().join("grants")).expect("a folder").filter_map(|file| {
        let text = std::fs::read_to_string(file.expect("a file").path()).ok()?;
        serde_json::from_str::<serde_json::Value>(&text).ok()
    });
    let stored = text.into_iter().find(|stored| stored.get("tokens").is_some()).expect("the grant");
    let stolen = stored["tokens"]["refresh_token"].as_str().expect("a refresh token").to_owned();

    // The thief is first; the owner's refresh is the second use, and ends what the thief has got.
    let form = [
        ("grant_type", "refresh_token"),
        ("refresh_token", stolen.as_str()),
        ("client_id", "sandbox-accounting"),
        ("client_secret", "sandbox-accounting-secret"),
    ];
    let got = Visitor::default().post(&format!("{}/token", sandbox.origin()), &form);
    let got: serde_json::Value = serde_json::from_str(&got.body).expect("JSON");
    let got = got["access_token"].as_str().expect("a token");
    assert!(who(&sandbox, Api::Accounting, got).is_ok());
    let error = grant.token(Some(token.generation)).await.expect_err("it is spent");
    assert_eq!((error.kind(), error.reauthorize()), (Kind::Auth, Some(Cause::Refused)));
    assert_eq!(who(&sandbox, Api::Accounting, got).map(drop), Err(Denied::Revoked));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_callback_says_what_each_api_says() {
    let sandbox = start(Options::default());
    let table = [
        (accounting::Client::app("sandbox-accounting"), Some("GB"), true),
        (accounting_v3::Client::app("sandbox-accounting-v3"), Some("GB"), true),
        (sage_200::Client::app("sandbox-sage-200"), None, false),
    ];
    for (app, country, slash) in table {
        let pending = app.origin(sandbox.origin()).authorize("http://127.0.0.1:9/callback?x=1").expect("a login");
        let mut visitor = Visitor::default();
        let page = visitor.get(pending.url());
        let answer = visitor.decide(pending.url(), &page, "allow", &[]);
        assert!(answer.location().starts_with("http://127.0.0.1:9/callback?x=1&code="));
        let told = answer.told();
        assert_eq!(told.get("country").map(String::as_str), country);
        assert_eq!(told["code"].starts_with("GB/"), slash);
        assert_eq!(told["state"], pairs(pending.url().split_once('?').expect("a query").1)["state"]);
    }
}
