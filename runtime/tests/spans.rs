//! Spans: one for each call, one within it for each attempt, and nothing secret in them.

mod kit;
mod sample;
mod server;

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex};

use kit::builder;
use server::{Act, Server, json};
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

/// A span as it was when it was closed.
#[derive(Clone, Debug, Default)]
struct Seen {
    name: &'static str,
    parent: Option<usize>,
    fields: BTreeMap<&'static str, String>,
}

/// Keeps all spans of this crate.
#[derive(Clone, Default)]
struct Capture {
    spans: Arc<Mutex<Vec<Seen>>>,
    within: Arc<Mutex<Vec<u64>>>,
}

impl Visit for Seen {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.fields.insert(field.name(), format!("{value:?}").trim_matches('"').to_owned());
    }
}

impl Subscriber for Capture {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.is_span() && metadata.target().starts_with("sage_runtime")
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let parent = self.within.lock().unwrap().last().map(|id| *id as usize - 1);
        let mut seen = Seen { name: attributes.metadata().name(), parent, ..Seen::default() };
        attributes.record(&mut seen);
        let mut spans = self.spans.lock().unwrap();
        spans.push(seen);
        Id::from_u64(spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        values.record(&mut self.spans.lock().unwrap()[id.into_u64() as usize - 1]);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, _: &Event<'_>) {}

    fn enter(&self, id: &Id) {
        self.within.lock().unwrap().push(id.into_u64());
    }

    fn exit(&self, id: &Id) {
        assert_eq!(self.within.lock().unwrap().pop(), Some(id.into_u64()));
    }
}

#[tokio::test]
async fn o01_one_span_for_a_call_and_one_for_each_attempt() {
    let capture = Capture::default();
    let _guard = tracing::subscriber::set_default(capture.clone());
    let server = Server::start(vec![json(503, ""), Act::HangUp, json(200, r#"{"id":"1"}"#), json(404, "[]")]);
    let client = builder(&server.origin).site("canary-site").access_token("canary-token").build().unwrap();
    client.contacts().get("canary-key").attributes(["canary-query"]).await.unwrap();
    client.contacts().delete("canary-key").await.unwrap_err();

    let spans = capture.spans.lock().unwrap().clone();
    assert!(!format!("{spans:?}").contains("canary"), "{spans:?}");
    let shape: Vec<_> = spans.iter().map(|span| (span.name, span.parent)).collect();
    let (call, attempt) = ("sage call", "sage attempt");
    let expected = [(call, None), (attempt, Some(0)), (attempt, Some(0)), (attempt, Some(0)), (call, None)];
    assert_eq!(shape[..5], expected);
    assert_eq!(shape[5..], [(attempt, Some(4))]);
    let field = |span: usize, name: &str| spans[span].fields.get(name).map(String::as_str);
    for (span, resent, status, error) in
        [(1, "0", Some("503"), Some("Api")), (2, "1", None, Some("Transport")), (3, "2", Some("200"), None)]
    {
        assert_eq!(field(span, "http.request.method"), Some("GET"));
        assert_eq!(field(span, "url.template"), Some("/contacts/{key}"));
        assert_eq!(field(span, "sage.operation"), Some("contacts.get"));
        assert_eq!(field(span, "http.request.resend_count"), Some(resent));
        assert_eq!(field(span, "http.response.status_code"), status);
        assert_eq!(field(span, "error.type"), error);
    }
    assert_eq!((field(0, "sage.attempts"), field(0, "http.response.status_code")), (Some("3"), Some("200")));
    assert_eq!((field(4, "sage.attempts"), field(4, "error.type")), (Some("1"), Some("Api")));
}
