//! The page on which the user allows or denies, and what becomes of it.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::response::Response;
use bytes::Bytes;
use chrono::TimeDelta;
use http::header::{COOKIE, HOST, ORIGIN};
use http::{HeaderMap, StatusCode};

use super::Oauth;
use super::companies::Company;
use super::page::{self, Page};
use super::requested::{self, Door, Fault, Requested};
use super::state::{Code, Grant};
use super::{redirect, reply};
use crate::Api;
use crate::pairs::Pairs;

/// Where the page's forms lead.
pub(crate) const PATH: &str = "/oauth2/consent";

/// It names the browser, so that a form is only taken from the one that was shown the page.
const BROWSER: &str = "sage_sandbox";

/// How long a page may stay open.
const PATIENCE: TimeDelta = TimeDelta::minutes(30);

/// Accounting's authorize URL.
pub(super) async fn central(oauth: State<Arc<Oauth>>, query: RawQuery, headers: HeaderMap) -> Response {
    authorize(Door::Central, &oauth, &query, &headers)
}

/// Sage ID's authorize URL.
pub(super) async fn sage_id(oauth: State<Arc<Oauth>>, query: RawQuery, headers: HeaderMap) -> Response {
    authorize(Door::SageId, &oauth, &query, &headers)
}

fn authorize(door: Door, oauth: &Oauth, query: &RawQuery, headers: &HeaderMap) -> Response {
    let now = oauth.clock.now();
    let requested = match requested::read(&oauth.options, door, query.0.as_deref().unwrap_or_default(), now) {
        Ok(requested) => requested,
        Err(Fault::Page(what)) => return page::stop(StatusCode::BAD_REQUEST, "This login can’t begin", what),
        Err(Fault::Back { redirect_uri, state, error, more: (name, more) }) => {
            let pairs = [("error", error), (name, &more)];
            return redirect::back(StatusCode::FOUND, &redirect_uri, state.as_deref(), &pairs);
        }
    };
    let mut state = oauth.state();
    if let Some((error, reason)) = state.fail.take() {
        let pairs = [("error", error.as_str()), ("reason", &reason)];
        return redirect::back(StatusCode::FOUND, &requested.redirect_uri, requested.state.as_deref(), &pairs);
    }
    state.open.retain(|_, other| now < other.at + PATIENCE);
    let id = state.random();
    let known = cookie(headers).map(str::to_owned);
    let browser = known.clone().unwrap_or_else(|| state.random());
    let seal = state.seal(&browser, &id);
    state.open.insert(id.clone(), requested.clone());
    drop(state);
    let country = requested.country.clone();
    let mut response = shown(oauth, &requested, &country, &id, &seal, None);
    if known.is_none() {
        reply::cookie(&mut response, BROWSER, &browser);
    }
    response
}

/// The page again, for another country.
pub(super) async fn show(State(oauth): State<Arc<Oauth>>, RawQuery(query): RawQuery, headers: HeaderMap) -> Response {
    let pairs = Pairs::parse(query.unwrap_or_default());
    let Some((requested, seal)) = open(&oauth, &pairs, &headers) else { return over() };
    match oauth.options.companies_of(requested.api, pairs.get("country").unwrap_or_default()).is_empty() {
        true => over(),
        false => shown(
            &oauth,
            &requested,
            pairs.get("country").unwrap_or_default(),
            pairs.get("request").unwrap_or_default(),
            &seal,
            None,
        ),
    }
}

/// The user has decided.
pub(super) async fn decide(State(oauth): State<Arc<Oauth>>, headers: HeaderMap, body: Bytes) -> Response {
    let pairs = Pairs::parse(&body);
    let Some((requested, seal)) = open(&oauth, &pairs, &headers) else { return over() };
    if pairs.get("seal").unwrap_or_default() != seal || !is_same_origin(&headers) {
        let what = "The answer did not come from the page that this browser was shown. Go back to the program and begin \
                    again.";
        return page::stop(StatusCode::FORBIDDEN, "This answer can’t be taken", what);
    }
    let page = pairs.get("request").unwrap_or_default();
    if pairs.get("decision").unwrap_or_default() != "allow" {
        oauth.state().open.remove(page);
        let pairs = [("error", "access_denied"), ("error_description", "the user has denied access")];
        return redirect::back(StatusCode::SEE_OTHER, &requested.redirect_uri, requested.state.as_deref(), &pairs);
    }
    let country = pairs.get("country").unwrap_or_default();
    let companies = chosen(&oauth, &requested, country, &pairs);
    if companies.is_empty() {
        return shown(&oauth, &requested, country, page, &seal, Some("Choose a company first."));
    }
    allow(&oauth, page, &requested, companies)
}

/// What of the user's choice is on offer, in the order of the page.
fn chosen(oauth: &Oauth, requested: &Requested, country: &str, pairs: &Pairs) -> Vec<Company> {
    let offered = oauth.options.companies_of(requested.api, country);
    let chosen = offered.into_iter().filter(|company| pairs.all("company").any(|id| id == company.business));
    match requested.api {
        // A grant of v3 is for one site.
        Api::AccountingV3 => chosen.take(1).collect(),
        Api::Accounting | Api::Sage200 => chosen.collect(),
    }
}

fn allow(oauth: &Oauth, page: &str, requested: &Requested, companies: Vec<Company>) -> Response {
    let now = oauth.clock.now();
    let mut state = oauth.state();
    // Of two answers at once, one is taken.
    if state.open.remove(page).is_none() {
        drop(state);
        return over();
    }
    let country = companies.first().map(|company| company.country.clone()).unwrap_or_default();
    let grant = Grant::new(requested.api, requested.client.id().to_owned(), &requested.scope, companies);
    let grant = state.grant(grant);
    let code = state.code(Code {
        grant,
        redirect_uri: requested.redirect_uri.clone(),
        challenge: requested.challenge.clone(),
        until: now + TimeDelta::seconds(i64::from(oauth.options.code_seconds)),
        spent: false,
    });
    let mut pairs = vec![("code", code.as_str())];
    // Sage ID names none.
    if requested.api != Api::Sage200 {
        pairs.push(("country", &country));
    }
    redirect::back(StatusCode::SEE_OTHER, &requested.redirect_uri, requested.state.as_deref(), &pairs)
}

/// The login that a page belongs to, and the seal that its form must carry.
fn open(oauth: &Oauth, pairs: &Pairs, headers: &HeaderMap) -> Option<(Requested, String)> {
    let now = oauth.clock.now();
    let state = oauth.state();
    let requested =
        state.open.get(pairs.get("request").unwrap_or_default()).filter(|requested| now < requested.at + PATIENCE)?;
    Some((requested.clone(), state.seal(cookie(headers).unwrap_or_default(), pairs.get("request").unwrap_or_default())))
}

fn over() -> Response {
    let what = "It was answered before, or stood open for too long. Go back to the program and begin again.";
    page::stop(StatusCode::BAD_REQUEST, "This login is over", what)
}

fn shown(oauth: &Oauth, requested: &Requested, country: &str, id: &str, seal: &str, problem: Option<&str>) -> Response {
    let countries = oauth.options.countries(requested.api);
    let companies = oauth.options.companies_of(requested.api, country);
    page::consent(&Page {
        requested,
        user: &oauth.options.user,
        country,
        countries: &countries,
        companies: &companies,
        id,
        seal,
        problem,
    })
}

/// Browsers say where a form comes from; programs may say nothing.
fn is_same_origin(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).map(|value: &http::HeaderValue| value.to_str().unwrap_or_default());
    match (text(ORIGIN), text(HOST)) {
        (None, _) => true,
        (Some(origin), host) => origin.strip_prefix("http://").is_some_and(|origin| Some(origin) == host),
    }
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let all = headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|text| text.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == BROWSER).map(|(_, value)| value)
}
