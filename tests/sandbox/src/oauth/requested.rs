//! What an authorize URL asks for, checked (RFC 6749, section 4.1.1; RFC 7636, section 4.3).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use sha2::{Digest as _, Sha256};

use super::clients::Client;
use super::options::Options;
use crate::Api;
use crate::pairs::Pairs;

/// A login that waits for the user.
#[derive(Clone)]
pub(super) struct Requested {
    pub(super) api: Api,
    pub(super) client: Client,
    pub(super) redirect_uri: String,
    pub(super) scope: String,
    pub(super) state: Option<String>,
    pub(super) challenge: Option<Challenge>,
    /// The country that the page begins with.
    pub(super) country: String,
    /// When it was asked for.
    pub(super) at: DateTime<Utc>,
}

/// What the verifier must fit.
#[derive(Clone)]
pub(super) enum Challenge {
    /// Its hash.
    S256(String),
    /// Itself.
    Plain(String),
}

impl Challenge {
    pub(super) fn fits(&self, verifier: &str) -> bool {
        match self {
            Challenge::S256(challenge) => *challenge == URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)),
            Challenge::Plain(challenge) => challenge == verifier,
        }
    }
}

/// Which of the two addresses was opened.
#[derive(Clone, Copy)]
pub(super) enum Door {
    /// Accounting, both versions: `filter` tells them apart.
    Central,
    /// Sage 200.
    SageId,
}

/// Why there is no login.
pub(super) enum Fault {
    /// The user is told, and not sent anywhere: who asks, or where they would go, is not known.
    Page(&'static str),
    /// The application is told.
    Back {
        /// Where.
        redirect_uri: String,
        /// As it came.
        state: Option<String>,
        /// The code, and its description under the name that goes with it.
        error: &'static str,
        more: (&'static str, String),
    },
}

/// Reads the query of an authorize URL.
pub(super) fn read(options: &Options, door: Door, query: &str, at: DateTime<Utc>) -> Result<Requested, Fault> {
    let query = Pairs::parse(query);
    if query.repeats() {
        return Err(Fault::Page("The address that the program has opened says something twice."));
    }
    let client = query
        .get("client_id")
        .ok_or(Fault::Page("The address that the program has opened names no application (client_id)."))?;
    let client = options
        .client(client)
        .ok_or(Fault::Page("The application that the program says it is (client_id) is not registered here."))?;
    let redirect_uri = query.get("redirect_uri").ok_or(Fault::Page(
        "The address that the program has opened does not say where to go back to (redirect_uri).",
    ))?;
    if !client.may_come_back_to(redirect_uri) {
        return Err(Fault::Page(
            "Where the program wants you to go back to (redirect_uri) is not registered for it, to the character.",
        ));
    }
    let state = query.get("state").map(str::to_owned);
    let told = |told: Told| Fault::Back {
        redirect_uri: redirect_uri.to_owned(),
        state: state.clone(),
        error: told.error,
        more: told.more,
    };
    let (api, scope, challenge, country) = check(options, door, &client, &query).map_err(told)?;
    let redirect_uri = redirect_uri.to_owned();
    Ok(Requested { api, client, redirect_uri, scope, state, challenge, country, at })
}

/// What the application is told.
struct Told {
    error: &'static str,
    more: (&'static str, String),
}

/// As RFC 6749 has it.
fn told(error: &'static str, description: impl Into<String>) -> Told {
    Told { error, more: ("error_description", description.into()) }
}

/// As Sage has it at times.
fn odd(reason: impl Into<String>) -> Told {
    Told { error: "Invalid request", more: ("reason", reason.into()) }
}

type Checked = (Api, String, Option<Challenge>, String);

fn check(options: &Options, door: Door, client: &Client, query: &Pairs) -> Result<Checked, Told> {
    let api = match (door, query.get("filter")) {
        (Door::SageId, _) => Api::Sage200,
        (Door::Central, None) => Api::AccountingV3,
        (Door::Central, Some("apiv3.1")) => Api::Accounting,
        (Door::Central, Some(_)) => return Err(odd("Unknown filter")),
    };
    if !client.may_use(api) {
        return Err(told("unauthorized_client", "the application is registered for another API"));
    }
    match query.get("response_type") {
        Some("code") => {}
        Some(_) => return Err(told("unsupported_response_type", "only `code` is offered")),
        None => return Err(told("invalid_request", "`response_type` is missing")),
    }
    if api == Api::Sage200 && query.get("audience") != Some("s200ukipd/sage200") {
        return Err(told("invalid_request", "`audience` must be `s200ukipd/sage200`"));
    }
    if api != Api::Sage200 && query.get("state").is_none() {
        return Err(told("invalid_request", "`state` is missing"));
    }
    let scope = scope(api, query.get("scope"))?;
    let challenge = challenge(client, query)?;
    let country = country(options, api, query.get("country"))?;
    if query.get("locale").is_some_and(|locale| !is_locale(locale)) {
        return Err(odd("Unknown locale"));
    }
    Ok((api, scope, challenge, country))
}

/// Accounting: `full_access` or `readonly`. Sage 200: any of Sage ID's words.
fn scope(api: Api, scope: Option<&str>) -> Result<String, Told> {
    let scope = scope.ok_or_else(|| told("invalid_scope", "`scope` is missing"))?;
    let words: Vec<&str> = scope.split(' ').filter(|word| !word.is_empty()).collect();
    let known = match api {
        Api::Sage200 => words.iter().all(|word| ["openid", "profile", "email", "offline_access"].contains(word)),
        Api::Accounting | Api::AccountingV3 => matches!(words.as_slice(), ["full_access" | "readonly"]),
    };
    match known {
        true => Ok(words.join(" ")),
        false => Err(told("invalid_scope", format!("`{scope}` is not offered"))),
    }
}

fn challenge(client: &Client, query: &Pairs) -> Result<Option<Challenge>, Told> {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let Some(text) = query.get("code_challenge") else {
        return match (client.is_public(), query.get("code_challenge_method")) {
            (true, _) => Err(told("invalid_request", "an application without a secret sends a `code_challenge`")),
            (_, Some(_)) => Err(told("invalid_request", "`code_challenge` is missing")),
            (false, None) => Ok(None),
        };
    };
    if !(43..=128).contains(&text.len()) || !text.chars().all(unreserved) {
        return Err(told("invalid_request", "`code_challenge` has 43 to 128 unreserved characters"));
    }
    match query.get("code_challenge_method") {
        Some("S256") => Ok(Some(Challenge::S256(text.to_owned()))),
        Some("plain") | None => Ok(Some(Challenge::Plain(text.to_owned()))),
        Some(_) => Err(told("invalid_request", "`code_challenge_method` is `S256` or `plain`")),
    }
}

/// The country that was asked for, or the first in which the user has a company.
fn country(options: &Options, api: Api, country: Option<&str>) -> Result<String, Told> {
    let countries = options.countries(api);
    let found = match country {
        None => countries.into_iter().next(),
        Some(code) => countries.into_iter().find(|known| known.eq_ignore_ascii_case(code)),
    };
    found.ok_or_else(|| odd("Country not supported"))
}

/// `en`, `en-GB` or `en_GB`.
fn is_locale(locale: &str) -> bool {
    let letters = |text: &str| text.len() == 2 && text.bytes().all(|byte| byte.is_ascii_alphabetic());
    match locale.split_once(['-', '_']) {
        Some((language, region)) => letters(language) && letters(region),
        None => letters(locale),
    }
}

#[cfg(test)]
mod tests {
    use super::Challenge;

    #[test]
    fn a_verifier_fits_its_challenge_as_in_rfc_7636_appendix_b() {
        let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let hashed = Challenge::S256("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM".into());
        assert!(hashed.fits(verifier) && !hashed.fits("E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"));
        let plain = Challenge::Plain(verifier.into());
        assert!(plain.fits(verifier) && !plain.fits("x"));
    }
}
