//! A: logins end with their own answer and with nothing else.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc;
use std::time::Duration;

use sage_runtime::auth::{Endpoints, Grant, Login, MemoryStore, OAuth, Pending};
use sage_runtime::{Error, Generation, Kind};
use tokio::runtime::Builder;

use crate::kit::{FaultStore, at_once, get, name, peek, seed};
use crate::server::{Act, Server, stored};

fn run<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// A port that was free a moment ago.
fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

fn setup() -> (Server, Grant, FaultStore) {
    let (server, store) = (Server::start(), FaultStore::new());
    server.ledger().codes = vec!["GB/code-1".into(), "GB/code-2".into()];
    let grant = Grant::new(server.app().parameter("country", "GB"), store.clone()).unwrap();
    (server, grant, store)
}

fn query(url: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(url.split_once('?').unwrap().1.as_bytes()).into_owned().collect()
}

/// A login under way, and the browser that it was shown to.
struct Browser {
    port: u16,
    query: BTreeMap<String, String>,
    login: std::thread::JoinHandle<Result<(), Error>>,
}

impl Browser {
    fn start(grant: &Grant) -> Self {
        let (grant, port, (sender, urls)) = (grant.clone(), port(), mpsc::channel());
        let login = std::thread::spawn(move || {
            run(grant.login(Login::loopback(port).show(move |url| sender.send(url.to_owned()).unwrap())))
        });
        let query = query(&urls.recv().unwrap());
        Browser { port, query, login }
    }

    fn state(&self) -> &str {
        &self.query["state"]
    }

    /// Sends bytes, and gives what comes back.
    fn send(&self, text: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut reply = String::new();
        let _ = stream.read_to_string(&mut reply);
        reply
    }

    fn get(&self, target: &str) -> String {
        self.send(&format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port))
    }

    fn end(self) -> Result<(), Error> {
        self.login.join().unwrap()
    }
}

#[test]
fn a01_what_is_no_answer_is_refused_and_the_login_waits() {
    let (server, grant, _) = setup();
    let browser = Browser::start(&grant);
    let (port, state) = (browser.port, browser.state().to_owned());
    let good = format!("/callback?code=GB%2Fcode-1&country=GB&state={state}");
    let wrong = [
        ("/callback?code=GB%2Fcode-1".to_owned(), "400"),
        ("/callback?code=GB%2Fcode-1&state=other".to_owned(), "400"),
        (format!("{good}&state={state}"), "400"),
        (format!("/callback?state={state}"), "400"),
        ("/callback?error=access_denied".to_owned(), "400"),
        ("/callback".to_owned(), "400"),
        ("/favicon.ico".to_owned(), "404"),
        (good.replace("/callback", "/"), "404"),
        (good.replace("/callback", "/callback/"), "404"),
        (good.replace("/callback", "//callback"), "404"),
    ];
    for (target, status) in wrong {
        let reply = browser.get(&target);
        assert!(reply.starts_with(&format!("HTTP/1.1 {status} ")), "{target}: {reply}");
    }
    let heads = [
        format!("POST {good} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
        format!("HEAD {good} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n"),
        format!("GET {good} HTTP/1.1\r\n\r\n"),
        format!("GET {good} HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        format!("GET {good} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nHost: evil.example\r\n\r\n"),
        format!("GET {good} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nOrigin: https://evil.example\r\n\r\n"),
        format!("GET http://127.0.0.1:{port}{good} HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
        "\r\n\r\n".to_owned(),
        "\u{1}\u{2}\u{3}\r\n\r\n".to_owned(),
    ];
    for head in heads {
        let reply = browser.send(&head);
        assert!(reply.starts_with("HTTP/1.1 400 "), "{head}: {reply}");
    }
    // A port scan: connections that say nothing.
    let silent: Vec<_> = (0..20).map(|_| TcpStream::connect(("127.0.0.1", port)).unwrap()).collect();
    assert!(!browser.login.is_finished());
    assert_eq!(server.hits(), 0);
    assert!(browser.get(&good).starts_with("HTTP/1.1 200 "));
    browser.end().unwrap();
    drop(silent);
    assert_eq!(name(&run(get(&grant, None)).unwrap()), "access-1");
}

#[test]
fn a02_the_right_answer_comes_after_a_hundred_others() {
    let (server, grant, _) = setup();
    let browser = Browser::start(&grant);
    for wrong in 0..100 {
        assert!(browser.get(&format!("/callback?code=x&state={wrong}")).starts_with("HTTP/1.1 400 "));
    }
    let good = format!("/callback?code=GB%2Fcode-1&state={}", browser.state());
    assert!(browser.get(&good).starts_with("HTTP/1.1 200 "));
    // The state has been used: nobody listens any more.
    let port = browser.port;
    browser.end().unwrap();
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    assert_eq!(server.hits(), 1);
}

#[test]
fn a03_a_refusal_with_the_right_state_ends_the_login() {
    let (server, grant, _) = setup();
    let browser = Browser::start(&grant);
    assert!(browser.get("/callback?error=access_denied").starts_with("HTTP/1.1 400 "));
    let refusal = format!("/callback?error=Invalid+request&reason=Email+already+in+use&state={}", browser.state());
    let page = browser.get(&refusal);
    assert!(page.starts_with("HTTP/1.1 200 ") && page.contains("was not given"), "{page}");
    let error = browser.end().unwrap_err();
    assert_eq!(error.to_string(), "the login was refused: Invalid request (Email already in use)");
    assert_eq!(server.hits(), 0);
}

#[test]
fn a04_the_page_tells_nothing_and_is_kept_nowhere() {
    let (_server, grant, _) = setup();
    let browser = Browser::start(&grant);
    let state = browser.state().to_owned();
    let replies = [
        browser.get("/<script>alert(1)</script>"),
        browser.get("/callback?state=<b>x</b>&code=<b>y</b>"),
        browser.get(&format!("/callback?code=GB%2Fcode-1&x=<b>&state={state}")),
    ];
    browser.end().unwrap();
    assert!(replies[0].contains("nothing here") && replies[1].contains("another login"));
    assert!(replies[2].contains("was given"));
    for reply in replies {
        let lower = reply.to_ascii_lowercase();
        for header in
            ["cache-control: no-store", "referrer-policy: no-referrer", "content-security-policy: default-src 'none'"]
        {
            assert!(lower.contains(header), "{reply}");
        }
        assert!(
            !reply.contains(&state)
                && !reply.contains("code-1")
                && !reply.contains("<b>")
                && !reply.contains("<script")
        );
    }
}

#[test]
fn a04_a_port_that_is_taken_is_told() {
    let (_server, grant, _) = setup();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let error = run(grant.login(Login::loopback(port).show(|_| panic!("shown too early")))).unwrap_err();
    assert_eq!(
        (error.kind(), error.to_string()),
        (Kind::Config, format!("`127.0.0.1:{port}` is used by another program"))
    );
}

#[test]
fn a04_only_loopback_is_listened_on() {
    let (_server, grant, _) = setup();
    for address in
        ["http://0.0.0.0:8910/", "http://example.com:8910/", "https://127.0.0.1:8910/", "http://127.0.0.1/", "x"]
    {
        let error = run(grant.login(Login::at(address).show(|_| panic!("shown")))).unwrap_err();
        assert_eq!(error.kind(), Kind::Config, "{address}");
    }
    // The name is registered with the service, the literal addresses are what is bound.
    let port = port();
    let (sender, urls) = mpsc::channel();
    let own = grant.clone();
    let login = std::thread::spawn(move || {
        let place = format!("http://localhost:{port}/back");
        run(own.login(Login::at(place).show(move |url| sender.send(url.to_owned()).unwrap())))
    });
    let query = query(&urls.recv().unwrap());
    let mut stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
    let target = format!("/back?code=GB%2Fcode-1&state={}", query["state"]);
    write!(stream, "GET {target} HTTP/1.1\r\nHost: localhost:{port}\r\n\r\n").unwrap();
    login.join().unwrap().unwrap();
}

#[test]
fn a04_nobody_answers() {
    let (_server, grant, _) = setup();
    let login = Login::loopback(port()).show(|_| ()).wait(Duration::from_millis(50));
    let error = run(grant.login(login)).unwrap_err();
    assert_eq!(error.to_string(), "nobody has logged in within 0 seconds");
}

#[test]
fn a04_whoever_stops_waiting_frees_the_port() {
    let (_server, grant, _) = setup();
    let (port, (sender, shown)) = (port(), mpsc::channel());
    run(async {
        let login = grant.login(Login::loopback(port).show(move |_| sender.send(()).unwrap()));
        assert!(tokio::time::timeout(Duration::from_millis(50), login).await.is_err());
    });
    shown.recv().unwrap();
    let mut tries = 0;
    while TcpListener::bind(("127.0.0.1", port)).is_err() {
        tries += 1;
        assert!(tries < 1000, "the port is still taken");
        std::thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn a05_a06_the_code_goes_with_verifier_and_the_same_address() {
    let (server, grant, _) = setup();
    let browser = Browser::start(&grant);
    let query = browser.query.clone();
    browser.get(&format!("/callback?code=GB%2Fcode-1&country=GB&state={}", browser.state()));
    browser.end().unwrap();
    let asked = server.ledger().asked.clone();
    let [asked] = asked.as_slice() else { panic!("{asked:?}") };
    assert_eq!(asked.form["redirect_uri"], query["redirect_uri"]);
    assert_eq!(asked.form["code"], "GB/code-1");
    assert_eq!((query["scope"].as_str(), query["country"].as_str()), ("full_access", "GB"));
    use base64::Engine as _;
    use sha2::Digest as _;
    let hash = sha2::Sha256::digest(&asked.form["code_verifier"]);
    assert_eq!(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash), query["code_challenge"]);
    assert_eq!(asked.form["client_secret"], "CANARY-client-secret");
    assert!(!asked.headers.contains_key("authorization"));
}

#[test]
fn a07_a_code_is_exchanged_once_whatever_happens() {
    let acts = [
        Act::Drop,
        Act::Say(503, "text/plain", String::new()),
        Act::Say(401, "application/json", r#"{"error":"invalid_client"}"#.into()),
        Act::Say(200, "text/html", "<html>".into()),
    ];
    for act in acts {
        let (server, grant, _) = setup();
        server.script([act.clone()]);
        let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
        let callback = format!("?code=GB%2Fcode-1&state={}", query(pending.url())["state"]);
        assert!(run(grant.finish(&mut pending, &callback)).is_err(), "{act:?}");
        let error = run(grant.finish(&mut pending, &callback)).unwrap_err();
        assert_eq!(error.to_string(), "this login has been answered already");
        assert_eq!(server.hits(), 1, "{act:?}");
    }
}

#[test]
fn a07_a_caller_who_goes_away_does_not_lose_the_grant() {
    let (server, grant, store) = setup();
    server.ledger().closed = true;
    let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
    let callback = format!("?code=GB%2Fcode-1&state={}", query(pending.url())["state"]);
    run(async {
        let finish = grant.finish(&mut pending, &callback);
        assert!(tokio::time::timeout(Duration::from_millis(20), finish).await.is_err());
    });
    server.wait_for_held(1);
    server.open();
    assert!(peek(&store).contains("CANARY-refresh-1"));
}

#[test]
fn a07_tokens_that_can_not_be_stored_are_kept_until_they_can() {
    let (server, grant, store) = setup();
    store.faults.lock().unwrap().saves = 3;
    let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
    let callback = format!("?code=GB%2Fcode-1&state={}", query(pending.url())["state"]);
    assert_eq!(run(grant.finish(&mut pending, &callback)).unwrap_err().kind(), Kind::Store);
    assert_eq!(name(&run(get(&grant, None)).unwrap()), "access-1");
    assert_eq!(server.hits(), 1);
}

#[test]
fn a06_v3_takes_the_token_url_of_the_country() {
    static OAUTH: OAuth = OAuth {
        authorize_url: "https://login.example/authorize",
        endpoints: &[
            Endpoints { countries: &["US"], token_url: "https://na.example/us/token", ..Endpoints::DEFAULT },
            Endpoints { countries: &["GB"], token_url: "https://uk.example/gb/token", ..Endpoints::DEFAULT },
        ],
        ..OAuth::DEFAULT
    };
    let (server, store) = (Server::start(), FaultStore::new());
    server.ledger().codes = vec!["c".into()];
    server.ledger().extra = r#","resource_owner_id":"site-1""#;
    let app = sage_runtime::auth::App::new(&OAUTH, "client-id").origin(&server.origin);
    let grant = Grant::new(app.clone(), store.clone()).unwrap();
    let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
    let callback = format!("?code=c&country=GB&state={}", query(pending.url())["state"]);
    run(async {
        grant.finish(&mut pending, &callback).await.unwrap();
        // A program that starts later refreshes at the same place.
        let later = Grant::new(app, store.clone()).unwrap();
        let token = get(&later, Some(0)).await.unwrap();
        assert_eq!((token.generation.get(), token.owner.as_deref()), (1, Some("site-1")));
    });
    let paths: Vec<_> = server.ledger().asked.iter().map(|asked| asked.path.clone()).collect();
    assert_eq!(paths, ["/gb/token", "/gb/token"]);
}

#[test]
fn a09_a_grant_is_forgotten_when_the_service_has_agreed() {
    let (server, store) = (Server::start(), FaultStore::new());
    seed(&store, &stored(3, 0, ""));
    let grant = Grant::new(server.app(), store.clone()).unwrap();
    run(async {
        get(&grant, None).await.unwrap();
        for act in [Act::Say(503, "text/plain", String::new()), Act::Drop] {
            server.script([act]);
            assert!(grant.revoke().await.is_err());
            assert!(peek(&store).contains("CANARY-refresh-3") && grant.is_authorized().await.unwrap());
        }
        assert_eq!(name(&get(&grant, None).await.unwrap()), "access-3");
        grant.revoke().await.unwrap();
        assert!(!grant.is_authorized().await.unwrap());
        assert!(get(&grant, None).await.unwrap_err().reauthorize().is_some());
        // There is nothing left to give back.
        grant.revoke().await.unwrap();
    });
    assert!(!peek(&store).contains("CANARY"));
    let asked = server.ledger().asked.last().unwrap().clone();
    assert_eq!((server.hits(), asked.path.as_str()), (3, "/revoke"));
    assert_eq!(
        (asked.form["token"].as_str(), asked.form["token_type_hint"].as_str()),
        ("CANARY-refresh-3", "refresh_token")
    );
    // The next login goes on counting.
    server.ledger().codes = vec!["c".into()];
    let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
    let callback = format!("?code=c&state={}", query(pending.url())["state"]);
    run(grant.finish(&mut pending, &callback)).unwrap();
    assert_eq!(at_once(&grant, None).unwrap().unwrap().generation.get(), 5);
}

#[test]
fn a09_an_access_token_alone_is_given_back_too() {
    let (server, store) = (Server::start(), MemoryStore::lost_on_exit());
    seed(&store, r#"{"version":1,"generation":0,"issued_at":1,"tokens":{"access_token":"CANARY-a"}}"#);
    run(Grant::new(server.app(), store.clone()).unwrap().revoke()).unwrap();
    let asked = server.ledger().asked.clone();
    assert_eq!(
        (asked[0].form["token"].as_str(), asked[0].form["token_type_hint"].as_str()),
        ("CANARY-a", "access_token")
    );
}

#[test]
fn a10_an_address_that_is_pasted_is_checked_like_any_other() {
    let (server, grant, _) = setup();
    let mut pending = grant.authorize("https://my.app/callback").unwrap();
    let state = query(pending.url())["state"].clone();
    let wrong = [
        "https://my.app/callback?code=GB%2Fcode-1&state=other".to_owned(),
        "https://my.app/callback?code=GB%2Fcode-1".to_owned(),
        format!("https://other.app/callback?code=GB%2Fcode-1&state={state}"),
        "nonsense".to_owned(),
    ];
    for callback in wrong {
        let error = run(grant.finish(&mut pending, &callback)).unwrap_err();
        assert_eq!(error.kind(), Kind::Config, "{callback}");
    }
    assert_eq!(server.hits(), 0);
    let callback = format!("  https://my.app/callback?code=GB%2Fcode-1&country=GB&state={state}#_\n");
    run(grant.finish(&mut pending, &callback)).unwrap();
    assert_eq!(name(&at_once(&grant, None).unwrap().unwrap()), "access-1");
}

#[test]
fn a02_connections_that_say_nothing_keep_nobody_out() {
    let (server, grant, _) = setup();
    let browser = Browser::start(&grant);
    let silent: Vec<_> = (0..200).map(|_| TcpStream::connect(("127.0.0.1", browser.port)).unwrap()).collect();
    let good = format!("/callback?code=GB%2Fcode-1&state={}", browser.state());
    assert!(browser.get(&good).starts_with("HTTP/1.1 200 "));
    browser.end().unwrap();
    drop(silent);
    assert_eq!(server.hits(), 1);
}

#[test]
fn a07_a_code_that_was_not_sent_can_be_sent_later() {
    let (server, grant, store) = setup();
    let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
    let callback = format!("?code=GB%2Fcode-1&state={}", query(pending.url())["state"]);
    // The store can not be locked, and then it can not be read.
    for fail in [(1, 0), (0, 1)] {
        (store.faults.lock().unwrap().locks, store.faults.lock().unwrap().loads) = fail;
        let error = run(grant.finish(&mut pending, &callback)).unwrap_err();
        assert_eq!((error.kind(), server.hits()), (Kind::Store, 0));
    }
    run(grant.finish(&mut pending, &callback)).unwrap();
    assert_eq!(name(&run(get(&grant, None)).unwrap()), "access-1");
    // One that was sent is not sent again, whatever became of it.
    let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
    let callback = format!("?code=GB%2Fcode-2&state={}", query(pending.url())["state"]);
    server.script([Act::Drop]);
    run(grant.finish(&mut pending, &callback)).unwrap_err();
    let error = run(grant.finish(&mut pending, &callback)).unwrap_err();
    assert_eq!(error.to_string(), "this login has been answered already");
    assert_eq!(server.hits(), 2);
}

#[test]
fn a07_a_login_that_was_restored_twice_is_finished_once() {
    let (server, grant, store) = setup();
    let pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
    let callback = format!("?code=GB%2Fcode-1&state={}", query(pending.url())["state"]);
    let saved = pending.save();
    let restored = || Pending::restore(&saved).unwrap();
    run(grant.finish(&mut restored(), &callback)).unwrap();
    // By this process or another one, at once or after a refresh, and after the end of the grant.
    let other = Grant::new(server.app(), store.clone()).unwrap();
    for after in ["", "refresh", "revoke"] {
        match after {
            "refresh" => drop(run(get(&grant, Some(0))).unwrap()),
            "revoke" => run(grant.revoke()).unwrap(),
            _ => {}
        }
        let before = server.hits();
        for grant in [&grant, &other] {
            let mut restored = restored();
            for _ in 0..2 {
                let error = run(grant.finish(&mut restored, &callback)).unwrap_err();
                assert!(error.to_string().contains("already"), "{error}");
            }
        }
        assert_eq!(server.hits(), before, "the code was sent again, after {after}");
    }
    // Another login is another matter.
    let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
    let callback = format!("?code=GB%2Fcode-2&state={}", query(pending.url())["state"]);
    run(grant.finish(&mut pending, &callback)).unwrap();
}

#[test]
fn a07_a_login_stays_finished_after_others() {
    let (server, grant, _) = setup();
    let mut first = None;
    for number in 0..4 {
        let code = format!("GB/code-{number}");
        server.ledger().codes = vec![code.clone()];
        let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
        let callback = format!("?code={code}&state={}", query(pending.url())["state"]);
        first.get_or_insert((pending.save(), callback.clone()));
        run(grant.finish(&mut pending, &callback)).unwrap();
    }
    let (saved, callback) = first.unwrap();
    let error = run(grant.finish(&mut Pending::restore(&saved).unwrap(), &callback)).unwrap_err();
    assert!(error.to_string().contains("already"), "{error}");
    assert_eq!(server.hits(), 4, "the code was sent again");
}

#[test]
fn t09_a_login_over_an_older_store_is_newer_than_what_was_used() {
    let (server, grant, store) = setup();
    seed(&store, &stored(0, 0, ""));
    assert_eq!(run(get(&grant, Some(0))).unwrap().generation, Generation::new(1));
    store.replace(&stored(0, 0, ""));
    let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
    let callback = format!("?code=GB%2Fcode-1&state={}", query(pending.url())["state"]);
    run(grant.finish(&mut pending, &callback)).unwrap();
    let token = run(get(&grant, None)).unwrap();
    assert_eq!((name(&token), token.generation), ("access-2", Generation::new(2)));
    assert_eq!(server.hits(), 2);
}
