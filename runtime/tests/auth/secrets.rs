//! S1: what is secret is in no `Debug`, no message, no panic and no log, however much the libraries below us say.

use std::fmt::Debug;
use std::sync::{Mutex, PoisonError};

use sage_runtime::auth::{ClientAuth, Grant, Record};
use sage_runtime::transport::{Body, Bounds, BoxFuture, Http, Phase, Transport, TransportFault};
use tokio::runtime::{Builder, Runtime};

use crate::api;
use crate::kit::{FaultStore, get, seed};
use crate::sample::model::NewContact;
use crate::sample::{Client, Region};
use crate::server::{Act, Server, stored};
use crate::tls::Tls;

/// Everything that was logged, by everybody, in this process.
static LOG: Mutex<String> = Mutex::new(String::new());

fn note(text: &str) {
    let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    log.push_str(text);
    log.push('\n');
}

fn shown(value: &dyn Debug) {
    note(&format!("{value:?} {value:#?}"));
}

fn told(error: &(dyn std::error::Error + 'static)) {
    let mut next = Some(error);
    while let Some(error) = next {
        note(&format!("{error} {error:?} {error:#?}"));
        next = error.source();
    }
}

/// Whatever a token endpoint may say.
fn answers() -> Vec<Act> {
    let tokens = r#"{"access_token":"CANARY-a","refresh_token":"CANARY-r","expires_in":300}"#;
    let bodies = [
        tokens.to_owned(),
        tokens[..40].to_owned(),
        format!("\"{}\"", "CANARY-x"),
        "<html>CANARY-h</html>".to_owned(),
        r#"{"access_token":{"CANARY":1}}"#.to_owned(),
        r#"{"error":"CANARY","error_description":"CANARY"}"#.to_owned(),
        r#"{"error":"invalid_grant","error_description":"CANARY-refresh-0 and CANARY-client-secret"}"#.to_owned(),
    ];
    let statuses = [200, 302, 400, 401, 429, 500, 503];
    let mut acts = vec![Act::Drop];
    for status in statuses {
        acts.extend(bodies.iter().map(|body| Act::Say(status, "application/json", body.clone())));
    }
    acts
}

#[test]
fn s01_nothing_secret_is_shown_or_logged() {
    api::watch::also(note);
    let mut secrets = vec!["CANARY".to_owned()];
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    logins_and_refreshes(&runtime, &mut secrets);
    stores_that_fail(&runtime);
    api::watch::listen_to_all();
    calls_over_tls(&runtime, &mut secrets);
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner).clone();
    // The capture works: the libraries below us did say something, in `log` or in `tracing`, and so did we.
    let parts = [
        "log rustls::client",
        "tracing h2::",
        "hyper_util",
        "reqwest",
        "panicked",
        "Grant {",
        "Pending {",
        "Client",
        "the token endpoint answered 503",
        "the service answered 422",
        "sage call",
    ];
    for part in parts {
        assert!(log.contains(part), "nothing of {part}");
    }
    assert!(secrets.len() > 100);
    for secret in secrets {
        let at = log.find(&secret);
        assert!(at.is_none(), "{secret} in {}", &log[at.unwrap_or(0).saturating_sub(200)..][..400]);
    }
}

/// Whatever the token endpoint says to a refresh, a login and a revocation.
fn logins_and_refreshes(runtime: &Runtime, secrets: &mut Vec<String>) {
    for (at, act) in answers().into_iter().enumerate() {
        let (server, store) = (Server::start(), FaultStore::new());
        seed(&store, &stored(0, 400, ""));
        let client_auth = if at % 2 == 0 { ClientAuth::Body } else { ClientAuth::Basic };
        let app = server.app().client_auth(client_auth);
        let grant = Grant::builder(app.clone(), store.clone()).build().unwrap();
        shown(&(&app, &grant));
        server.script([act.clone(), act.clone()]);
        let refreshed = runtime.block_on(get(&grant, None));
        shown(&refreshed);
        refreshed.map(drop).unwrap_or_else(|error| told(&error));
        // A login, with the same answer.
        let mut pending = grant.authorize("http://127.0.0.1:8910/callback").unwrap();
        shown(&pending);
        shown(&pending.save());
        let (_, query) = pending.url().split_once('?').unwrap();
        let state = form_urlencoded::parse(query.as_bytes()).find(|(name, _)| name == "state").unwrap().1.into_owned();
        server.ledger().codes = vec!["CANARY-code".into()];
        server.script([act.clone()]);
        let finished = runtime.block_on(grant.finish(&mut pending, &format!("?code=CANARY-code&state={state}")));
        finished.unwrap_or_else(|error| told(&error));
        server.script([act]);
        runtime.block_on(grant.revoke()).unwrap_or_else(|error| told(&error));
        secrets.push(state);
        for asked in &server.ledger().asked {
            secrets.extend(asked.form.get("code_verifier").cloned());
            secrets
                .extend(asked.headers.get("authorization").map(|value| value.trim_start_matches("Basic ").to_owned()));
        }
    }
}

/// A store that fails, and one that panics with what is secret at hand.
fn stores_that_fail(runtime: &Runtime) {
    for panics in [false, true] {
        let (server, store) = (Server::start(), FaultStore::new());
        seed(&store, &stored(0, 400, ""));
        let grant = Grant::new(server.app(), store.clone()).unwrap();
        {
            let mut faults = store.faults.lock().unwrap();
            (faults.skip, faults.saves, faults.panic) = (1, if panics { 0 } else { 3 }, panics);
        }
        told(&runtime.block_on(get(&grant, None)).unwrap_err());
    }
    let record = Record::from_text(&stored(0, 0, "").into()).unwrap();
    shown(&(&record, record.to_text()));
}

/// Calls with everything that is secret, over TLS as services have it, with HTTP/1.1 and HTTP/2; the token comes over TLS,
/// too.
fn calls_over_tls(runtime: &Runtime, secrets: &mut Vec<String>) {
    let status = |status, body: &str| api::Act::Reply(status, vec![("x-request-id", "r".into())], body.into());
    for (protocol, client_auth) in [("http/1.1", ClientAuth::Basic), ("h2", ClientAuth::Body)] {
        let (tokens, store) = (Server::start(), FaultStore::new());
        seed(&store, &stored(0, 400, ""));
        let service = api::Server::start(vec![
            api::json(201, r#"{"id":"1"}"#),
            status(401, ""),
            status(200, r#"{"id":"1"}"#),
            status(422, r#"[{"$message":"no CANARY-access-2, CANARY-key","$source":"x"}]"#),
            status(500, "CANARY-key"),
            status(200, "CANARY-access-2"),
            status(200, r#"{"id":["CANARY-key"]}"#),
            api::Act::HangUp,
            api::Act::CutReply,
        ]);
        let tls = runtime.block_on(Tls::before(&service.origin, 0, &[protocol]));
        let behind = runtime.block_on(Tls::before(&tokens.origin, 0, &["http/1.1"]));
        let http = |tls: &Tls| Http::builder().no_proxy().root_certificate(tls.certificate.clone()).build().unwrap();
        let grant = Grant::builder(tokens.app().origin(&behind.origin).client_auth(client_auth), store);
        let grant = grant.transport(http(&behind)).build().unwrap();
        let mut limits = sage_runtime::Limits::default();
        limits.attempts = 2;
        let builder = Client::builder()
            .limits(limits)
            .region(Region::Uki)
            .site("s")
            .subscription_key("CANARY-key")
            .token_source(grant)
            .transport(http(&tls))
            .origin(&tls.origin);
        shown(&builder);
        let client = builder.build().unwrap();
        let contacts = client.contacts();
        shown(&(&client, &contacts, contacts.get("1")));
        let contact = || NewContact { name: "Ann".into(), ..Default::default() };
        runtime.block_on(async {
            let response = contacts.create(contact()).send_full().await.unwrap();
            note(&format!("{:?}", response.status()));
            contacts.get("1").await.unwrap();
            for call in 0..5 {
                let error = match call {
                    2 => contacts.get("1").await.unwrap_err(),
                    _ => contacts.form(contact()).await.unwrap_err(),
                };
                shown(&(error.api(), error.body_snippet(), error.json_path()));
                told(&error);
            }
        });
        assert_eq!(service.seen()[0].header("ocp-apim-subscription-key").is_some(), protocol == "http/1.1");
        assert_eq!((service.seen().len(), tokens.hits()), (9, 2), "{protocol}");
        for asked in &tokens.ledger().asked {
            secrets
                .extend(asked.headers.get("authorization").map(|value| value.trim_start_matches("Basic ").to_owned()));
        }
    }
}

/// Fails after a look at the request.
struct Looks(std::sync::Arc<Mutex<String>>);

impl Transport for Looks {
    fn send(
        &self,
        request: http::Request<Body>,
        _: Bounds,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportFault>> {
        *self.0.lock().unwrap() = format!("{request:?}");
        Box::pin(std::future::ready(Err(TransportFault::new(Phase::NotSent, "on purpose"))))
    }
}

#[test]
fn s04_the_secret_of_an_application_is_marked_too() {
    let (store, seen) = (FaultStore::new(), std::sync::Arc::new(Mutex::new(String::new())));
    seed(&store, &stored(0, 400, ""));
    let app = Server::start().app().client_auth(ClientAuth::Basic);
    let grant = Grant::builder(app, store).transport(Looks(seen.clone())).build().unwrap();
    Builder::new_current_thread().build().unwrap().block_on(get(&grant, None)).unwrap_err();
    let seen = seen.lock().unwrap();
    assert!(seen.contains(r#""authorization": Sensitive"#), "{seen}");
    // Nor does the body show, which has the refresh token in it.
    assert!(seen.contains("Body(") && !seen.contains("refresh"), "{seen}");
}
