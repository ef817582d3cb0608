//! The control endpoint, `/_sandbox`: for tests in other languages, and for people with `curl`.
//!
//! | request | does |
//! |---|---|
//! | `GET /_sandbox` | says what is served, and the companies that there are |
//! | `POST /_sandbox/tokens` with `{"api":"accounting"}` | makes an access token without a login; `"country":"IE"`, `"business":…` and `"scope":"readonly"` are optional |
//! | `POST /_sandbox/revoke` with `{"api":"accounting"}`, or `{}` | ends all that was granted, for one service or for all |
//! | `PUT /_sandbox/subscriptions` with `{"business":…,"active":false}` | ends the subscription of a company, or renews it |
//! | `POST /_sandbox/fail_next_login` with `{"error":"Invalid request","reason":"Email already in use"}` | the next login comes back with that |
//! | `GET /_sandbox/requests` | the journal |
//! | `GET /_sandbox/counts?api=accounting` | how often each operation was called |
//! | `GET /_sandbox/findings` | what was wrong with requests |
//! | `POST /_sandbox/faults` with `{"match":{"method":"POST","path":"/v3.1/*"},"times":1,"fault":{"drop_after":…}}` | makes requests go wrong: see [`Injected`] |
//! | `GET`, `DELETE /_sandbox/faults` | the faults that are left; forgets them |
//! | `PUT /_sandbox/limits` with `{"at_once":2,"per_minute":200,"per_day":1000,"retry_after":true}`, `"sage"` or `null` | limits requests, as Sage does, or not at all |
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
use crate::limits::Limits;
use crate::oauth::Scope;
use crate::reply::Reply;
use crate::server::response;

type Sage = State<Arc<Engine>>;

pub(crate) fn router() -> Router<Arc<Engine>> {
    Router::new()
        .route("/", get(overview))
        .route("/tokens", post(token))
        .route("/revoke", post(revoke))
        .route("/subscriptions", put(subscribe))
        .route("/fail_next_login", post(fail_next_login))
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

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    api: Api,
    /// Two letters; that of the first company, if nothing is said.
    country: Option<String>,
    /// One company, in place of all of a country.
    business: Option<String>,
    #[serde(default)]
    scope: Scope,
}

async fn token(State(engine): Sage, body: Bytes) -> Response<Body> {
    let wanted = match read::<Wanted>(&body) {
        Ok(wanted) => wanted,
        Err(response) => return response,
    };
    let companies = match (&wanted.business, &wanted.country) {
        (Some(business), _) => {
            engine.companies.iter().filter(|company| company.business.eq_ignore_ascii_case(business)).cloned().collect()
        }
        (None, Some(country)) => engine.oauth.companies_of(wanted.api, &country.to_ascii_uppercase()),
        (None, None) => engine.oauth.companies_of_first_country(wanted.api),
    };
    if companies.is_empty() {
        return answer(404, &json!({ "error": "there is no such company" }));
    }
    answer(201, &json!({ "access_token": engine.oauth.issue_for(wanted.api, wanted.scope, companies) }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Granted {
    api: Option<Api>,
}

async fn revoke(State(engine): Sage, body: Bytes) -> Response<Body> {
    done(read::<Granted>(&body).map(|granted| engine.oauth.revoke_all(granted.api)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Subscription {
    business: String,
    active: bool,
}

async fn subscribe(State(engine): Sage, body: Bytes) -> Response<Body> {
    match read::<Subscription>(&body) {
        Ok(said) if !engine.companies.iter().any(|company| company.business == said.business) => {
            answer(404, &json!({ "error": "there is no such company" }))
        }
        said => done(said.map(|said| engine.oauth.subscribe(&said.business, said.active))),
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Refusal {
    error: String,
    reason: String,
}

async fn fail_next_login(State(engine): Sage, body: Bytes) -> Response<Body> {
    done(read::<Refusal>(&body).map(|refusal| engine.oauth.fail_next_login(refusal.error, refusal.reason)))
}

/// 204, or what was wrong.
fn done(outcome: Result<(), Response<Body>>) -> Response<Body> {
    outcome.map_or_else(|wrong| wrong, |()| response(Reply::empty(204)))
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

#[derive(Deserialize)]
#[serde(untagged)]
enum Limited {
    To(Limits),
    As(Who),
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Who {
    Sage,
}

async fn limits(State(engine): Sage, body: Bytes) -> Response<Body> {
    let limits = match read::<Option<Limited>>(&body) {
        Ok(Some(Limited::To(limits))) => Api::ALL.map(|api| (api, limits)),
        Ok(Some(Limited::As(Who::Sage))) => Api::ALL.map(|api| (api, Limits::of(api))),
        Ok(None) => Api::ALL.map(|api| (api, Limits::default())),
        Err(response) => return response,
    };
    *lock(&engine.limits) = limits.into();
    answer(200, &json!(*lock(&engine.limits)))
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
