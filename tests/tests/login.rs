//! Logging in, refreshing and calling with generated clients, over loopback.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;

use sage_api::auth::{FileStore, Grant, Login, MemoryStore};
use sage_api::{Cause, Kind, Secret, accounting, accounting_v3, sage_200};
use sage_tests::server::{Reply, Request, Server};

const BUSINESSES: &str = r#"{"$total":0,"$page":1,"$next":null,"$back":null,"$itemsPerPage":20,"$items":[]}"#;

fn pairs(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

fn form(request: &Request) -> BTreeMap<String, String> {
    pairs(&String::from_utf8_lossy(&request.body))
}

fn tokens(number: u32, more: &str) -> Reply {
    let text = format!(
        r#"{{"access_token":"access-{number}","refresh_token":"refresh-{number}","token_type":"bearer","expires_in":300{more}}}"#
    );
    Reply::json(200, text)
}

/// What a browser does with the address that it is sent to, once the user has agreed.
fn agree(url: &str, country: &str) {
    let query = pairs(url.split_once('?').expect("it has a query").1);
    let place = query["redirect_uri"].strip_prefix("http://").expect("loopback").to_owned();
    let (host, path) = place.split_once('/').expect("it has a path");
    let mut stream = TcpStream::connect(host).expect("the program listens");
    let target = format!("/{path}?code={country}%2Fa-code&country={country}&state={}", query["state"]);
    write!(stream, "GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n").expect("it is taken");
    let mut page = String::new();
    stream.read_to_string(&mut page).expect("it answers");
    assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
}

fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}

/// A login whose user agrees, and what it was shown with.
fn login_from(country: &'static str) -> (Login, mpsc::Receiver<BTreeMap<String, String>>) {
    let (sender, shown) = mpsc::channel();
    let login = Login::loopback(port()).show(move |url| {
        let url = url.to_owned();
        sender.send(pairs(url.split_once('?').expect("it has a query").1)).expect("the test waits");
        std::thread::spawn(move || agree(&url, country));
    });
    (login, shown)
}

async fn log_in(grant: &Grant, country: &'static str) -> BTreeMap<String, String> {
    let (login, shown) = login_from(country);
    grant.login(login).await.expect("the user agrees");
    shown.recv().expect("it was shown")
}

#[tokio::test]
async fn a_client_logs_in_calls_and_goes_on_in_the_next_run() {
    let login = Server::start([tokens(1, ""), tokens(2, "")]);
    let api = Server::start([Reply::json(200, BUSINESSES), Reply::status(401), Reply::json(200, BUSINESSES)]);
    let folder = tempfile::tempdir().expect("a folder");
    let client = || {
        let app = accounting::Client::app("an id").secret("a secret").origin(login.origin()).parameter("country", "GB");
        let store = FileStore::new(folder.path().join("grants")).expect("a store");
        accounting::Client::builder().app(app).token_store(store).origin(api.origin()).build().expect("it is complete")
    };
    let first = client();
    let error = first.businesses().list().await.expect_err("nobody has logged in");
    assert_eq!((error.kind(), error.reauthorize()), (Kind::Auth, Some(Cause::NoGrant)));
    assert!(api.requests().is_empty() && login.requests().is_empty());

    let (loopback, shown) = login_from("GB");
    first.login(loopback).await.expect("the user agrees");
    let query = shown.recv().expect("it was shown");
    assert_eq!((query["filter"].as_str(), query["scope"].as_str()), ("apiv3.1", "full_access"));
    first.businesses().list().await.expect("a list");
    assert_eq!(api.last().header("authorization"), Some("Bearer access-1"));
    let asked = form(&login.last());
    assert_eq!((login.last().path.as_str(), asked["code"].as_str()), ("/token", "GB/a-code"));
    assert_eq!((asked["client_id"].as_str(), asked["client_secret"].as_str()), ("an id", "a secret"));
    drop(first);

    // The next run finds the grant; when the service refuses the token, it is refreshed.
    let second = client();
    second.login(Login::loopback(port()).show(|_| panic!("nobody has to log in"))).await.expect("somebody has");
    assert_eq!(login.requests().len(), 1);
    let grant = second.grant().expect("its own");
    assert!(grant.is_authorized().await.expect("the store works"));
    second.businesses().list().await.expect("a list");
    assert_eq!(form(&login.last())["refresh_token"], "refresh-1");
    assert_eq!(api.last().header("authorization"), Some("Bearer access-2"));
}

#[tokio::test]
async fn v3_asks_at_the_host_of_the_country_and_sends_the_owner_as_site() {
    let login = Server::start([tokens(1, r#","resource_owner_id":"an-owner""#)]);
    let api = Server::start([Reply::json(200, BUSINESSES)]);
    let app = accounting_v3::Client::app("an id").secret("a secret").origin(login.origin());
    let grant = Grant::new(app, MemoryStore::lost_on_exit()).expect("it is complete");
    let query = log_in(&grant, "IE").await;
    assert!(!query.contains_key("filter") && !query.contains_key("code_challenge"));
    assert_eq!(login.last().path, "/oauth2/token");
    let builder = accounting_v3::Client::builder().region(accounting_v3::Region::Uki).subscription_key("a key");
    let client = builder.grant(grant).origin(api.origin()).build().expect("it is complete");
    client.contacts().list().await.expect("a list");
    assert_eq!(api.last().header("x-site"), Some("an-owner"));
}

#[tokio::test]
async fn sage_200_asks_for_offline_access_and_takes_basic() {
    let login = Server::start([tokens(1, "")]);
    let app = sage_200::Client::app("an id").secret("a secret").origin(login.origin());
    let grant = Grant::new(app.client_auth(sage_api::auth::ClientAuth::Basic), MemoryStore::lost_on_exit());
    let query = log_in(&grant.expect("it is complete"), "GB").await;
    assert_eq!(query["audience"], "s200ukipd/sage200");
    assert!(query["scope"].split(' ').any(|scope| scope == "offline_access") && query.contains_key("code_challenge"));
    assert_eq!(login.last().path, "/oauth/token");
    assert_eq!(login.last().header("authorization"), Some("Basic YW4raWQ6YStzZWNyZXQ="));
}

#[tokio::test]
async fn what_is_half_said_of_a_grant_is_told_before_anything_is_sent() {
    let builder = || accounting::Client::builder().origin("http://127.0.0.1:9");
    let store = MemoryStore::lost_on_exit;
    let said = |builder: accounting::ClientBuilder| builder.build().expect_err("not complete").to_string();
    assert!(said(builder().credentials("id", "secret")).contains("`token_store`"));
    assert!(said(builder().token_store(store())).contains("`credentials`"));
    let both = builder().credentials("id", "secret").token_store(store()).access_token("canary-t");
    assert!(said(both).contains("two sources"));
    let client = builder().access_token("canary-t").build().expect("it is complete");
    assert!(client.grant().expect_err("no grant").to_string().contains("`credentials`"));
    let error = client.login(Login::loopback(port())).await.expect_err("no grant");
    assert!(error.to_string().contains("`credentials`"));
    let secret = Secret::new("CANARY");
    let client = builder().credentials("id", secret).token_store(store());
    assert!(!format!("{client:?}").contains("CANARY"));
    assert!(!format!("{:?}", client.build()).contains("CANARY"));
}
