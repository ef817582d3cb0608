//! Cases as data, each run by `.await` and by blocking calls: what is sent, when, with which token, and what comes of it.
//!
//! A case is a file in `conformance/`: the call, the replies, the trace that they must lead to, and the result. Time is
//! manual, so that minutes pass in no time.

mod kit;
mod sample;

use std::collections::{BTreeMap, VecDeque};
use std::path::Path;
use std::sync::{Arc, Mutex};

use kit::{Answers, Hurried, builder, reply};
use sage_runtime::transport::{Body, BoxFuture, Phase, Transport, TransportFault};
use sage_runtime::{Clock, Error, Generation, ManualClock, Response, Timeouts, Token, TokenSource};
use sample::contacts::Contacts;
use sample::model::NewContact;
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    #[expect(dead_code, reason = "it is for the reader of the file")]
    why: String,
    call: String,
    attempts: Option<u32>,
    replies: Vec<Scripted>,
    trace: Vec<String>,
    result: Outcome,
}

#[derive(Clone, Deserialize)]
#[serde(untagged)]
enum Scripted {
    Fault { fault: String, status: Option<u16> },
    Reply { status: u16, headers: BTreeMap<String, String>, body: String },
}

#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct Outcome {
    kind: Option<String>,
    delivery: Option<String>,
    status: Option<u16>,
    attempts: u32,
}

type Trace = Arc<Mutex<Vec<String>>>;

/// Gives a newer token for each that is refused, and writes that down.
struct Source(Trace, Mutex<u64>);

impl TokenSource for Source {
    fn token(&self, stale: Option<Generation>) -> BoxFuture<'_, Result<Token, Error>> {
        let mut generation = self.1.lock().unwrap();
        if stale == Some(Generation::new(*generation)) {
            *generation += 1;
            self.0.lock().unwrap().push("refresh".to_owned());
        }
        let token = Token::new(format!("token-{generation}"), Generation::new(*generation));
        Box::pin(std::future::ready(Ok(token)))
    }
}

fn transport(replies: &[Scripted], clock: &ManualClock, trace: &Trace) -> impl Transport + use<> {
    let (replies, clock, trace) = (Mutex::new(VecDeque::from(replies.to_vec())), clock.clone(), trace.clone());
    let begin = clock.now().monotonic;
    Answers(move |request: &http::Request<Body>, _| {
        let path = request.uri().path().strip_prefix("/uki/sageone/accounts/v3").unwrap();
        let token = request.headers()["authorization"].to_str().unwrap().strip_prefix("Bearer ").unwrap();
        let seconds = (clock.now().monotonic - begin).as_secs_f64();
        trace.lock().unwrap().push(format!("+{seconds} {} {path} {token}", request.method()));
        match replies.lock().unwrap().pop_front().expect("the script is at its end") {
            Scripted::Reply { status, headers, body } => {
                let headers: Vec<_> = headers.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
                Ok(reply(status, &headers, &body))
            }
            Scripted::Fault { fault, status } => {
                let phase = match fault.as_str() {
                    "not-sent" => Phase::NotSent,
                    "timed-out" => Phase::TimedOut,
                    "too-large" => Phase::TooLarge,
                    "unknown" => Phase::Unknown,
                    other => panic!("no fault: {other}"),
                };
                let fault = TransportFault::new(phase, "scripted");
                Err(match status {
                    Some(status) => fault.after(http::StatusCode::from_u16(status).unwrap()),
                    None => fault,
                })
            }
        }
    })
}

/// Sends it in the way that `$send` does, whatever it answers with.
macro_rules! perform {
    ($contacts:expr, $call:expr, |$request:ident| $send:expr) => {{
        let contacts: Contacts = $contacts;
        let new = || NewContact { name: "Ann".into(), ..Default::default() };
        match $call {
            "get" => outcome({
                let $request = contacts.get("1");
                $send
            }),
            "form" => outcome({
                let $request = contacts.form(new());
                $send
            }),
            "create" => outcome({
                let $request = contacts.create(new());
                $send
            }),
            "delete" => outcome({
                let $request = contacts.delete_for_good("1");
                $send
            }),
            other => panic!("no call: {other}"),
        }
    }};
}

fn outcome<T>(result: Result<Response<T>, Error>) -> Outcome {
    match result {
        Ok(response) => Outcome { attempts: response.attempts(), ..Outcome::default() },
        Err(error) => Outcome {
            kind: Some(format!("{:?}", error.kind())),
            delivery: Some(format!("{:?}", error.delivery())),
            status: error.status(),
            attempts: error.attempts(),
        },
    }
}

fn contacts(case: &Case, clock: &ManualClock) -> (Contacts, Trace) {
    let trace = Trace::default();
    let mut limits = kit::quick();
    limits.backoff = std::time::Duration::ZERO;
    limits.attempts = case.attempts.unwrap_or(limits.attempts);
    let set = builder("http://127.0.0.1:1").limits(limits).timeouts(Timeouts::default()).clock(Hurried(clock.clone()));
    let set = set.transport(transport(&case.replies, clock, &trace)).token_source(Source(trace.clone(), Mutex::new(0)));
    (set.build().unwrap().contacts(), trace)
}

#[tokio::test]
async fn g03_both_drivers_do_what_the_cases_say() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let mut names: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    assert!(names.len() >= 20, "{names:?}");
    for name in names {
        let case: Case = serde_json::from_slice(&std::fs::read(&name).unwrap()).unwrap();
        let name = name.file_stem().unwrap().to_string_lossy();

        let clock = ManualClock::new();
        let (contacts, trace) = self::contacts(&case, &clock);
        let result = perform!(contacts, case.call.as_str(), |request| request.send_full().await);
        let awaited = (trace.lock().unwrap().clone(), result);

        let clock = ManualClock::new();
        let (contacts, trace) = self::contacts(&case, &clock);
        let result = perform!(contacts, case.call.as_str(), |request| request.send_full_blocking());
        let blocked = (trace.lock().unwrap().clone(), result);

        assert_eq!(awaited, (case.trace, case.result), "{name}");
        assert_eq!(awaited, blocked, "{name}: the drivers differ");
    }
}
