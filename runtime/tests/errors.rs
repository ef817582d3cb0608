//! What an error tells, whatever the service has sent.

mod kit;
mod sample;

use std::time::Duration;

use kit::{Answers, builder, reply};
use proptest::prelude::*;
use sage_runtime::transport::{Body, Phase, TransportFault};
use sage_runtime::{Delivery, Error, Kind, Limits};
use sample::contacts::Contacts;

fn once() -> Limits {
    let mut limits = kit::quick();
    limits.attempts = 1;
    limits
}

/// One call that gets this, and what the caller is told.
async fn told(answer: impl Fn() -> Result<http::Response<Body>, TransportFault> + Send + Sync + 'static) -> Error {
    let transport = Answers(move |_: &http::Request<Body>, _| answer());
    let contacts: Contacts =
        builder("http://127.0.0.1:1").limits(once()).transport(transport).build().unwrap().contacts();
    contacts.get("1").await.unwrap_err()
}

/// Bodies of a success that are no contact, and where they are none.
fn corpus() -> Vec<(Vec<u8>, &'static str)> {
    let utf16: Vec<u8> = "{\"id\":\"1\"}".encode_utf16().flat_map(u16::to_le_bytes).collect();
    let texts = [
        ("", ""),
        (" \r\n\t", ""),
        ("null", ""),
        ("true", ""),
        ("5", ""),
        ("-", ""),
        ("NaN", ""),
        ("undefined", ""),
        ("\"text\"", ""),
        ("[]", ""),
        (r#"[{"$severity":"error","$dataCode":"RecordInvalid","$message":"no","$source":"a"}]"#, ""),
        ("<html><body>Bad Gateway</body></html>", ""),
        ("<?xml version=\"1.0\"?><error/>", ""),
        ("Service Unavailable", ""),
        ("{", ""),
        ("{\"id\"", ""),
        ("{\"id\":", "id"),
        ("{\"id\":\"1", "id"),
        ("{\"id\":\"1\"", ""),
        ("{\"id\":\"1\",}", ""),
        ("{id:\"1\"}", ""),
        ("{'id':'1'}", ""),
        ("{\"id\":\"1\"}{\"id\":\"2\"}", ""),
        (r#"{"id":"\u12"}"#, "id"),
        (r#"{"id":"\x"}"#, "id"),
        (r#"{"id":5}"#, "id"),
        (r#"{"id":{}}"#, "id"),
        (r#"{"lock_version":"x"}"#, "lock_version"),
        (r#"{"balance":"1,5"}"#, "balance"),
        (r#"{"created_at":"yesterday"}"#, "created_at"),
        (r#"{"deleted_on":"2024-13-01"}"#, "deleted_on"),
        (r#"{"contact_types":{}}"#, "contact_types"),
        (r#"{"contact_types":[{"id":"1"},{"id":[]}]}"#, "contact_types[1].id"),
        (r#"{"links":{"a":1}}"#, "links.a"),
    ];
    let mut all: Vec<_> = texts.iter().map(|(text, path)| (text.as_bytes().to_vec(), *path)).collect();
    all.push(([&b"\xff\xfe"[..], &utf16].concat(), ""));
    all.push((utf16, ""));
    // What is no text is told before it is read.
    all.push((b"{\"id\":\"\xc3\x28\"}".to_vec(), ""));
    all.push((b"\x1f\x8b\x08\0\0\0\0\0".to_vec(), ""));
    all.push((vec![0; 16], ""));
    all.push((vec![b'['; 100_000], ""));
    all.push((vec![b'x'; 5000], ""));
    all
}

#[tokio::test]
async fn e01_whatever_comes_the_error_says_what_it_was() {
    let corpus = corpus();
    assert!(corpus.len() >= 30);
    for (body, path) in corpus {
        let text = String::from_utf8_lossy(&body).into_owned();
        let beginning: String = text.chars().take(60).collect();
        let sent = body.clone();
        let error = told(move || {
            let mut reply = reply(200, &[("content-type", "text/strange"), ("x-request-id", "r-1")], "");
            *reply.body_mut() = sent.clone().into();
            Ok(reply)
        })
        .await;
        assert_eq!((error.kind(), error.delivery()), (Kind::Decode, Delivery::Answered), "{beginning} {error:?}");
        assert_eq!((error.status(), error.request_id()), (Some(200), Some("r-1")), "{beginning}");
        assert_eq!((error.media_type(), error.json_path()), (Some("text/strange"), Some(path)), "{beginning}");
        let snippet = error.body_snippet().unwrap();
        assert!(snippet.len() <= 2048 && text.starts_with(snippet), "{snippet}");
        assert!(!snippet.is_empty() || text.is_empty(), "{beginning}");
        assert!(error.to_string().len() < 300, "{error}");
    }
}

/// What comes back.
#[derive(Debug, Clone, Copy)]
enum Came {
    Reply(u16),
    Fault(Phase, Option<u16>),
}

fn came() -> impl Strategy<Value = Came> {
    const PHASES: &[Phase] = &[Phase::NotSent, Phase::TimedOut, Phase::Unknown, Phase::TooLarge];
    let fault = (prop::sample::select(PHASES), prop::option::of(200..600u16));
    prop_oneof![(200..600u16).prop_map(Came::Reply), fault.prop_map(|(phase, status)| Came::Fault(phase, status))]
}

fn answer(came: Came, body: &str) -> Result<http::Response<Body>, TransportFault> {
    match came {
        Came::Reply(status) => Ok(reply(status, &[], body)),
        Came::Fault(phase, status) => {
            let fault = TransportFault::new(phase, "on purpose");
            Err(match status {
                Some(status) => fault.after(http::StatusCode::from_u16(status).unwrap()),
                None => fault,
            })
        }
    }
}

/// The kind that this is, and no other.
fn expected(came: Came) -> Kind {
    match came {
        Came::Reply(200..300) => Kind::Decode,
        Came::Reply(401) => Kind::Auth,
        Came::Reply(429) => Kind::Limited,
        Came::Reply(_) => Kind::Api,
        // What the status says holds, also if the rest of the reply is cut or too large.
        Came::Fault(_, Some(401)) => Kind::Auth,
        Came::Fault(_, Some(429)) => Kind::Limited,
        Came::Fault(Phase::TooLarge, None | Some(200..300)) => Kind::Decode,
        Came::Fault(Phase::TooLarge, Some(_)) => Kind::Api,
        Came::Fault(Phase::TimedOut, _) => Kind::Timeout,
        Came::Fault(..) => Kind::Transport,
    }
}

/// Everything that an error and what is behind it may print.
fn printed(error: &Error) -> String {
    let mut text = format!("{error} {error:?} {error:#?}");
    let mut next = std::error::Error::source(error);
    while let Some(source) = next {
        text.push_str(&format!(" {source} {source:?}"));
        next = source.source();
    }
    text
}

proptest! {
    /// What the caller has put into a URL is in no error: neither what names somebody nor what was searched for.
    #[test]
    fn s03_errors_name_the_operation_and_not_the_url(
        came in prop::option::of(came()),
        key in "CANARY[ -~é/%?#&]{0,9}",
        value in "[ -~é/%?#&]{0,9}CANARY",
    ) {
        let http = sage_runtime::transport::Http::builder().no_proxy().build().unwrap();
        let set = builder("http://127.0.0.1:1").limits(once());
        let set = match came {
            Some(came) => set.transport(Answers(move |_: &http::Request<Body>, _| answer(came, "no"))),
            // Nobody listens there, and the library below has a good deal to say about it.
            None => set.transport(http),
        };
        let contacts = set.build().unwrap().contacts();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let get = contacts.get(&key).attributes([value.clone()]);
        let list = contacts.list().search(value.clone()).query(&value, key.clone());
        let shown = format!("{get:?} {list:?}");
        prop_assert!(!shown.contains("CANARY"), "{}", shown);
        let errors = [runtime.block_on(get.send()).map(drop), runtime.block_on(list.send()).map(drop)];
        for error in errors.into_iter().filter_map(Result::err) {
            let text = printed(&error);
            prop_assert!(!text.contains("CANARY"), "{}", text);
            prop_assert!(text.contains("contacts."), "{}", text);
        }
    }

    #[test]
    fn e04_exactly_one_kind(came in came(), body in "[^\\{]{0,20}") {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let error = runtime.block_on(told(move || answer(came, &body)));
        prop_assert_eq!(error.kind(), expected(came));
        prop_assert_eq!(error.is_timeout(), error.kind() == Kind::Timeout);
        prop_assert_eq!(error.is_auth(), error.kind() == Kind::Auth);
        prop_assert!(!(error.is_timeout() && error.is_auth()));
        prop_assert!(error.elapsed() < Duration::from_secs(60) && error.attempts() <= 1);
    }
}
