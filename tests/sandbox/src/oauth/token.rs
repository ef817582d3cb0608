//! Codes and refresh tokens for tokens (RFC 6749, sections 4.1.3 and 6), and giving grants back (RFC 7009).

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use bytes::Bytes;
use chrono::TimeDelta;
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use super::Oauth;
use super::clients::Client;
use super::credentials::{Form, Refusal, authenticate, refusal};
use super::reply;
use super::state::{Grant, Minted};
use crate::Api;

/// Which server is asked.
#[derive(Clone, Copy)]
pub(super) enum Place {
    /// `/token`: Accounting v3.1 everywhere, and v3 beyond the United Kingdom and Ireland.
    Central,
    /// `/oauth2/token`: v3 in the United Kingdom and Ireland.
    Uki,
    /// `/oauth/token`: Sage 200.
    SageId,
}

impl Place {
    fn serves(self, grant: &Grant) -> bool {
        match (grant.api, self) {
            (Api::Accounting, place) => matches!(place, Place::Central),
            (Api::Sage200, place) => matches!(place, Place::SageId),
            (Api::AccountingV3, Place::Uki) => ["GB", "IE"].contains(&grant.country()),
            (Api::AccountingV3, Place::Central) => !["GB", "IE"].contains(&grant.country()),
            (Api::AccountingV3, Place::SageId) => false,
        }
    }
}

/// The token endpoint.
pub(super) async fn exchange(
    place: Place,
    State(oauth): State<Arc<Oauth>>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    match exchanged(&oauth, place, &headers, &body) {
        Ok(tokens) => reply::json(StatusCode::OK, &tokens),
        Err(refusal) => refusal.response(),
    }
}

/// The endpoint where grants end. A token that nobody knows is no fault (RFC 7009, section 2.2).
pub(super) async fn revoke(place: Place, State(oauth): State<Arc<Oauth>>, headers: HeaderMap, body: Bytes) -> Response {
    match revoked(&oauth, place, &headers, &body) {
        Ok(()) => reply::json(StatusCode::OK, &json!({})),
        Err(refusal) => refusal.response(),
    }
}

fn exchanged(oauth: &Oauth, place: Place, headers: &HeaderMap, body: &Bytes) -> Result<Value, Refusal> {
    let form = Form::read(headers, body)?;
    let client = authenticate(&oauth.options, headers, &form)?;
    match form.get("grant_type") {
        Some("authorization_code") => code(oauth, place, &client, &form),
        Some("refresh_token") => refresh(oauth, place, &client, &form),
        Some(_) => Err(refusal("unsupported_grant_type", "`authorization_code` and `refresh_token` are offered")),
        None => Err(refusal("invalid_request", "`grant_type` is missing")),
    }
}

/// A code is good for one try; a second one ends what the first has given.
fn code(oauth: &Oauth, place: Place, client: &Client, form: &Form) -> Result<Value, Refusal> {
    let text = form.get("code").ok_or_else(|| refusal("invalid_request", "`code` is missing"))?;
    let redirect_uri =
        form.get("redirect_uri").ok_or_else(|| refusal("invalid_request", "`redirect_uri` is missing"))?;
    let now = oauth.clock.now();
    let mut state = oauth.state();
    let unknown = || refusal("invalid_grant", "the code is not known");
    let code = state.find_code(text).cloned().ok_or_else(unknown)?;
    let grant = state.find_grant(code.grant).cloned().ok_or_else(unknown)?;
    if grant.client != client.id() {
        return Err(unknown());
    }
    if code.spent {
        state.revoke(code.grant);
        return Err(refusal("invalid_grant", "the code has been used before"));
    }
    state.spend_code(text);
    let fault = match (&code.challenge, form.get("code_verifier")) {
        _ if grant.revoked => Some("the grant has been revoked"),
        _ if !place.serves(&grant) => Some("the code was given by another service or region"),
        _ if code.until <= now => Some("the code has expired"),
        _ if code.redirect_uri != redirect_uri => Some("the redirect_uri is not the one that the code was sent to"),
        (Some(_), None) => Some("the code_verifier is missing"),
        (Some(challenge), Some(verifier)) if !challenge.fits(verifier) => {
            Some("the code_verifier does not fit the code_challenge")
        }
        (None, Some(_)) => Some("there is a code_verifier, and there was no code_challenge"),
        _ => None,
    };
    if let Some(fault) = fault {
        return Err(refusal("invalid_grant", fault));
    }
    let minted = state.mint(code.grant, &grant.scope, oauth.options.rules(grant.api), now);
    Ok(said(oauth, &grant, &grant.scope, minted))
}

/// A refresh token is good for one refresh, and a little while after it if the rules say so. After that it is known to two,
/// and nobody can tell which of them is the user's: the grant ends.
fn refresh(oauth: &Oauth, place: Place, client: &Client, form: &Form) -> Result<Value, Refusal> {
    let text = form.get("refresh_token").ok_or_else(|| refusal("invalid_request", "`refresh_token` is missing"))?;
    let now = oauth.clock.now();
    let mut state = oauth.state();
    let unknown = || refusal("invalid_grant", "the refresh token is not known");
    let token = state.find_refresh(text).cloned().ok_or_else(unknown)?;
    let grant = state.find_grant(token.grant).cloned().ok_or_else(unknown)?;
    if grant.client != client.id() || !place.serves(&grant) {
        return Err(unknown());
    }
    let rules = oauth.options.rules(grant.api);
    let grace = TimeDelta::seconds(i64::from(rules.grace_seconds));
    if grant.revoked {
        return Err(refusal("invalid_grant", "the grant has been revoked"));
    }
    if token.spent.is_some_and(|spent| spent + grace <= now) {
        state.revoke(token.grant);
        return Err(refusal("invalid_grant", "the refresh token has been used before"));
    }
    if token.until.is_some_and(|until| until <= now) {
        return Err(refusal("invalid_grant", "the refresh token has expired"));
    }
    let scope = narrowed(&grant.scope, form.get("scope"))?;
    let minted = match rules.rotate {
        true => {
            state.spend_refresh(text, now);
            state.mint(token.grant, &scope, rules, now)
        }
        false => Minted { access: state.mint_access(token.grant, &scope, rules, now), refresh: None },
    };
    Ok(said(oauth, &grant, &scope, minted))
}

/// A refresh may ask for less, and not for more.
fn narrowed(granted: &str, asked: Option<&str>) -> Result<String, Refusal> {
    let Some(asked) = asked else { return Ok(granted.to_owned()) };
    let is_granted = |word: &str| granted.split(' ').any(|known| known == word);
    match asked.split(' ').all(is_granted) {
        true => Ok(asked.to_owned()),
        false => Err(refusal("invalid_scope", "more is asked for than was granted")),
    }
}

/// The reply of each API.
fn said(oauth: &Oauth, grant: &Grant, scope: &str, minted: Minted) -> Value {
    let rules = oauth.options.rules(grant.api);
    let mut reply = json!({
        "access_token": minted.access,
        "token_type": if grant.api == Api::Sage200 { "Bearer" } else { "bearer" },
        "expires_in": rules.access_seconds,
        "scope": scope,
    });
    let refreshes = minted.refresh.is_some();
    if let Some(token) = minted.refresh {
        reply["refresh_token"] = token.into();
    }
    match grant.api {
        Api::Accounting => {
            if let Some(seconds) = rules.refresh_seconds.filter(|_| refreshes) {
                reply["refresh_token_expires_in"] = seconds.into();
            }
            reply["requested_by_id"] = oauth.options.user.id.clone().into();
        }
        Api::AccountingV3 => reply["resource_owner_id"] = grant.owner().into(),
        Api::Sage200 => {}
    }
    reply
}

fn revoked(oauth: &Oauth, place: Place, headers: &HeaderMap, body: &Bytes) -> Result<(), Refusal> {
    let form = Form::read(headers, body)?;
    let client = authenticate(&oauth.options, headers, &form)?;
    let token = form.get("token").ok_or_else(|| refusal("invalid_request", "`token` is missing"))?;
    let mut state = oauth.state();
    let Some(refresh) = state.find_refresh(token).cloned() else {
        return match state.is_access(token) {
            true => Err(refusal("unsupported_token_type", "access tokens can not be revoked: send the refresh token")),
            false => Ok(()),
        };
    };
    let own = state.find_grant(refresh.grant).is_some_and(|grant| grant.client == client.id() && place.serves(grant));
    if !own {
        return Err(refusal("invalid_grant", "the token was not given to this application"));
    }
    // Sage lets access tokens live on; here they end at once, so that a program which goes on using one is found.
    state.revoke(refresh.grant);
    Ok(())
}
