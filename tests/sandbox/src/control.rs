//! The control endpoint, `/_sandbox`: for tests in other languages, and for people with `curl`.
//!
//! | request | does |
//! |---|---|
//! | `GET /_sandbox` | says what is served, and the companies that there are |
//! | `POST /_sandbox/tokens` with `{"api":"accounting"}` | makes an access token without a login |
//! | `GET /_sandbox/requests` | the journal |
//! | `GET /_sandbox/counts?api=accounting` | how often each operation was called |
//! | `GET /_sandbox/findings` | what was wrong with requests |
//! | `POST /_sandbox/faults` with `{"match":{"method":"POST","path":"/v3.1/*"},"times":1,"fault":{"drop_after":…}}` | makes requests go wrong: see [`Injected`] |
//! | `GET`, `DELETE /_sandbox/faults` | the faults that are left; forgets them |
//! | `PUT /_sandbox/limits` with `{"per_minute":200,"retry_after":true}`, or `null` | limits requests, or does not |
//! | `GET /_sandbox/clock`, `POST` with `{"advance":3600}` | the clock, which can be put forward |
//! | `POST /_sandbox/reset` | forgets all that was stored, the journal and the faults; tokens stay |
//!
//! Faults are `"drop_before"`, `"drop_after"`, `{"reply":{"status":503,"headers":[["Retry-After","1"]],"body":""}}`,
//! `{"delay":{"milliseconds":500}}` and `{"truncate":{"bytes":10}}`.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Query, State};
use axum::http::Response;
use axum::routing::{get, post, put};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::Api;
use crate::engine::Engine;
use crate::faults::Injected;
use crate::journal::lock;
use crate::reply::Reply;
use crate::server::response;

type Sage = State<Arc<Engine>>;

pub(crate) fn router() -> Router<Arc<Engine>> {
    Router::new()
        .route("/", get(overview))
        .route("/tokens", post(token))
        .route("/requests", get(requests))
        .route("/counts", get(counts))
        .route("/findings", get(findings))
        .route("/faults", get(faults).post(add_fault).delete(forget_faults))
        .route("/limits", put(limits))
        .route("/clock", get(clock).post(advance))
        .route("/reset", post(reset))
}

fn answer(status: u16, value: &Value) -> Response<Body> {
    response(Reply::bytes(status, "application/json", value.to_string()))
}

/// A body, or what is wrong with it.
fn read<T: for<'a> Deserialize<'a>>(body: &Bytes) -> Result<T, Response<Body>> {
    serde_json::from_slice(body).map_err(|error| answer(400, &json!({ "error": error.to_string() })))
}

async fn overview(State(engine): Sage) -> Response<Body> {
    let company = |company: &crate::oauth::Company| {
        json!({
            "name": company.name,
            "country": company.country,
            "business": company.business,
            "site": company.site,
            "company": company.number,
        })
    };
    let companies: Vec<Value> = engine.companies.iter().map(company).collect();
    let apis: Vec<&str> = Api::ALL.into_iter().map(Api::folder).collect();
    answer(200, &json!({ "apis": apis, "seed": engine.seed, "companies": companies }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Which {
    api: Api,
}

async fn token(State(engine): Sage, body: Bytes) -> Response<Body> {
    match read::<Which>(&body) {
        Ok(which) => answer(201, &json!({ "access_token": engine.oauth.issue(which.api) })),
        Err(response) => response,
    }
}

async fn requests(State(engine): Sage) -> Response<Body> {
    answer(200, &json!(engine.journal.entries()))
}

async fn counts(State(engine): Sage, Query(which): Query<Which>) -> Response<Body> {
    answer(200, &json!(engine.journal.counts(which.api)))
}

async fn findings(State(engine): Sage) -> Response<Body> {
    answer(200, &json!(engine.journal.findings()))
}

async fn faults(State(engine): Sage) -> Response<Body> {
    answer(200, &json!(lock(&engine.faults).0))
}

async fn add_fault(State(engine): Sage, body: Bytes) -> Response<Body> {
    match read::<Injected>(&body) {
        Ok(fault) => {
            lock(&engine.faults).0.push(fault);
            answer(201, &json!(lock(&engine.faults).0))
        }
        Err(response) => response,
    }
}

async fn forget_faults(State(engine): Sage) -> Response<Body> {
    lock(&engine.faults).0.clear();
    response(Reply::empty(204))
}

async fn limits(State(engine): Sage, body: Bytes) -> Response<Body> {
    match read(&body) {
        Ok(limits) => {
            *lock(&engine.limits) = limits;
            answer(200, &json!(limits))
        }
        Err(response) => response,
    }
}

async fn clock(State(engine): Sage) -> Response<Body> {
    answer(200, &json!({ "now": engine.clock.now().to_rfc3339() }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    advance: u32,
}

async fn advance(State(engine): Sage, body: Bytes) -> Response<Body> {
    match read::<Advance>(&body) {
        Ok(by) => {
            engine.clock.advance(by.advance);
            answer(200, &json!({ "now": engine.clock.now().to_rfc3339() }))
        }
        Err(response) => response,
    }
}

async fn reset(State(engine): Sage) -> Response<Body> {
    engine.reset();
    response(Reply::empty(204))
}
