//! S1: what is secret is in no `Debug`, no message, no panic and no log, however much the libraries below us say.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, Once, PoisonError};

use sage_runtime::auth::{ClientAuth, Grant, Record};
use tokio::runtime::Builder;

use crate::kit::{FaultStore, get, seed};
use crate::server::{Act, Server, stored};

/// Everything that was logged, by everybody, in this process.
static LOG: Mutex<String> = Mutex::new(String::new());

fn note(text: &str) {
    let mut log = LOG.lock().unwrap_or_else(PoisonError::into_inner);
    log.push_str(text);
    log.push('\n');
}

struct Capture;

impl log::Log for Capture {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        note(&format!("{} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

struct Fields(String);

impl tracing::field::Visit for Fields {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl tracing::Subscriber for Capture {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        let mut fields = Fields(span.metadata().target().to_owned());
        span.record(&mut fields);
        note(&fields.0);
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        note(&fields.0);
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields(event.metadata().target().to_owned());
        event.record(&mut fields);
        note(&fields.0);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}

fn capture() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Capture).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        tracing::subscriber::set_global_default(Capture).unwrap();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            note(&panic.to_string());
            before(panic);
        }));
    });
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
    capture();
    let mut secrets = vec!["CANARY".to_owned()];
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
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
    // A store that fails, and one that panics.
    let (server, store) = (Server::start(), FaultStore::new());
    seed(&store, &stored(0, 400, ""));
    let grant = Grant::new(server.app(), store.clone()).unwrap();
    {
        let mut faults = store.faults.lock().unwrap();
        (faults.skip, faults.saves) = (1, 3);
    }
    told(&runtime.block_on(get(&grant, None)).unwrap_err());
    let record = Record::from_text(&stored(0, 0, "").into()).unwrap();
    shown(&(&record, record.to_text()));
    let log = LOG.lock().unwrap_or_else(PoisonError::into_inner).clone();
    // The capture works: the libraries below us did say something, and so did we.
    for part in ["hyper_util", "reqwest", "Grant {", "Pending {", "the token endpoint answered 503"] {
        assert!(log.contains(part), "nothing of {part}");
    }
    assert!(secrets.len() > 100);
    for secret in secrets {
        let at = log.find(&secret);
        assert!(at.is_none(), "{secret} in {}", &log[at.unwrap_or(0).saturating_sub(200)..][..400]);
    }
}
