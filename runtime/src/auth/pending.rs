//! A login that has begun: where the user goes, and how its answer is known.

use std::fmt;

use form_urlencoded::Serializer;
use sha2::{Digest as _, Sha256};

use super::app::App;
use super::pkce;
use crate::error::{Error, Result};
use crate::secret::Secret;

/// A login that has begun and not ended: send the user to its [`url`](Pending::url), and give the address to which the
/// service sends them back to [`Grant::finish`](super::Grant::finish).
///
/// Web servers keep it in the user's session between the two: [`save`](Pending::save), [`restore`](Pending::restore).
pub struct Pending {
    url: String,
    redirect_uri: String,
    state: Secret,
    verifier: Option<Secret>,
    used: bool,
}

/// What came back with a user who agreed.
pub(super) struct Code {
    pub(super) code: Secret,
    pub(super) country: Option<String>,
}

/// What an address is to a login.
pub(super) enum Answer {
    /// It brings a code.
    Allowed,
    /// It ends the login without one.
    Refused,
    /// It does not belong to the login, which goes on waiting.
    NotOurs,
}

/// Why an address is no answer.
#[derive(Debug)]
pub(super) enum NoAnswer {
    /// It does not belong to this login, which goes on waiting.
    NotOurs(&'static str),
    /// The login is over without a grant.
    Refused(Error),
}

impl Pending {
    pub(super) fn new(app: &App, redirect_uri: String) -> Result<Self> {
        let state = pkce::random()?;
        let verifier = app.oauth().pkce.then(pkce::random).transpose()?;
        let (scope, parameters) = app.requested();
        let mut query = Serializer::new(String::new());
        query.append_pair("response_type", "code");
        query.append_pair("client_id", app.id());
        query.append_pair("redirect_uri", &redirect_uri);
        if !scope.is_empty() {
            query.append_pair("scope", scope);
        }
        query.append_pair("state", state.expose());
        if let Some(verifier) = &verifier {
            query.append_pair("code_challenge", &pkce::challenge(verifier));
            query.append_pair("code_challenge_method", "S256");
        }
        query.extend_pairs(parameters);
        let url = format!("{}?{}", app.authorize_url()?, query.finish());
        Ok(Pending { url, redirect_uri, state, verifier, used: false })
    }

    /// Where the user logs in. It holds nothing secret, and works for this login only.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address to which the service sends the user back.
    pub fn redirect_uri(&self) -> &str {
        &self.redirect_uri
    }

    /// Everything that [`restore`](Pending::restore) needs, as one text: for the user's session, and for nobody else.
    pub fn save(&self) -> Secret {
        let mut text = Serializer::new(String::new());
        text.append_pair("url", &self.url);
        text.append_pair("redirect_uri", &self.redirect_uri);
        text.append_pair("state", self.state.expose());
        if let Some(verifier) = &self.verifier {
            text.append_pair("verifier", verifier.expose());
        }
        Secret::new(text.finish())
    }

    /// The login that was saved. It can be finished once, however often it is restored: by any program that shares the
    /// store, which remembers the last four logins of a grant.
    ///
    /// # Errors
    /// The text is not one that [`save`](Pending::save) gave.
    pub fn restore(text: &Secret) -> Result<Self> {
        let part = |name: &str| {
            form_urlencoded::parse(text.expose().as_bytes())
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.into_owned())
        };
        match (part("url"), part("redirect_uri"), part("state")) {
            (Some(url), Some(redirect_uri), Some(state)) => Ok(Pending {
                url,
                redirect_uri,
                state: state.into(),
                verifier: part("verifier").map(Secret::new),
                used: false,
            }),
            _ => Err(Error::config("the saved login is none")),
        }
    }

    /// What tells this login from others, and is no secret.
    pub(super) fn mark(&self) -> String {
        let hash = Sha256::digest(self.state.expose());
        hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// The code that was taken was not used, so the login can be finished with the same answer.
    pub(super) fn give_back(&mut self) {
        self.used = false;
    }

    pub(super) fn verifier(&self) -> Option<&Secret> {
        self.verifier.as_ref()
    }

    /// Reads an answer, once: a code is not looked at twice.
    pub(super) fn take(&mut self, callback: &str) -> Result<Code, NoAnswer> {
        if self.used {
            return Err(NoAnswer::NotOurs("this login has been answered already"));
        }
        let answer = self.read(callback);
        self.used = !matches!(answer, Err(NoAnswer::NotOurs(_)));
        answer
    }

    /// What this address would be. Taking it is something else.
    pub(super) fn look(&self, callback: &str) -> Answer {
        match self.read(callback) {
            Ok(_) => Answer::Allowed,
            Err(NoAnswer::Refused(_)) => Answer::Refused,
            Err(NoAnswer::NotOurs(_)) => Answer::NotOurs,
        }
    }

    /// Reads an address as it came back, whole or from its `?` on.
    fn read(&self, callback: &str) -> Result<Code, NoAnswer> {
        let query = self.query(callback.trim()).map_err(NoAnswer::NotOurs)?;
        let one = |name: &str| {
            let mut all = form_urlencoded::parse(query.as_bytes()).filter(|(known, _)| known == name);
            let first = all.next().map(|(_, value)| value.into_owned());
            match all.next() {
                None => Ok(first.filter(|value| !value.is_empty())),
                Some(_) => Err(NoAnswer::NotOurs("the address says something twice")),
            }
        };
        match one("state")? {
            Some(state) if pkce::same(&self.state, &state) => {}
            Some(_) => return Err(NoAnswer::NotOurs("the address belongs to another login: its `state` differs")),
            None => return Err(NoAnswer::NotOurs("the address has no `state`")),
        }
        if let Some(error) = one("error")? {
            let more = one("error_description")?.or(one("reason")?);
            return Err(NoAnswer::Refused(refused(&error, more.as_deref())));
        }
        match one("code")? {
            Some(code) => Ok(Code { code: code.into(), country: one("country")? }),
            None => Err(NoAnswer::NotOurs("the address has neither `code` nor `error`")),
        }
    }

    /// The query of an address that came back. A query alone may have `://` in a value (RFC 3986, section 3.4), such as the
    /// `iss` of RFC 9207.
    fn query<'a>(&self, callback: &'a str) -> Result<&'a str, &'static str> {
        let callback = callback.split('#').next().unwrap_or_default();
        match callback.strip_prefix(self.redirect_uri.as_str()) {
            Some(rest) => rest.strip_prefix(['?', '&']).ok_or("the address is not the redirect URI with an answer"),
            None if has_scheme(callback) => Err("the address is not the redirect URI"),
            None => Ok(callback.trim_start_matches('?')),
        }
    }
}

/// Does it begin as the address of a host does (RFC 3986, section 3.1)?
fn has_scheme(text: &str) -> bool {
    let of_scheme = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.split_once("://").is_some_and(|(scheme, _)| scheme.bytes().all(of_scheme))
}

/// What the service said in place of a code. The text comes from outside: one line, and not a long one.
fn refused(error: &str, more: Option<&str>) -> Error {
    let text = match more {
        Some(more) => format!("{error} ({more})"),
        None => error.to_owned(),
    };
    let text: String = text.chars().filter(|c| !c.is_control()).take(300).collect();
    Error::token(format!("the login was refused: {text}"))
}

impl fmt::Debug for Pending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pending").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::{NoAnswer, Pending, pkce};
    use crate::auth::{App, OAuth};

    const OAUTH: OAuth = OAuth {
        authorize_url: "https://login.example/central",
        parameters: &[("filter", "apiv3.1")],
        scope: "full_access",
        ..OAuth::DEFAULT
    };
    const BACK: &str = "http://127.0.0.1:8910/callback";

    fn begun() -> (Pending, BTreeMap<String, String>) {
        let pending = App::new(&OAUTH, "an id").parameter("country", "GB").authorize(BACK).unwrap();
        let (base, query) = pending.url().split_once('?').unwrap();
        assert_eq!(base, "https://login.example/central");
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let map: BTreeMap<_, _> = pairs.iter().cloned().collect();
        assert_eq!(map.len(), pairs.len(), "nothing is said twice");
        (pending, map)
    }

    #[test]
    fn a06_the_authorize_url_says_what_was_given() {
        let (pending, query) = begun();
        let challenge = pkce::challenge(pending.verifier().unwrap());
        let expected = [
            ("client_id", "an id"),
            ("code_challenge", challenge.as_str()),
            ("code_challenge_method", "S256"),
            ("country", "GB"),
            ("filter", "apiv3.1"),
            ("redirect_uri", BACK),
            ("response_type", "code"),
            ("scope", "full_access"),
            ("state", pending.state.expose()),
        ];
        assert_eq!(query.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect::<Vec<_>>(), expected);
        assert!(!pending.url().contains(pending.verifier().unwrap().expose()));
    }

    #[test]
    fn a03_answers_with_the_right_state_end_the_login() {
        let (mut pending, query) = begun();
        let state = &query["state"];
        let code =
            pending.take(&format!("{BACK}?code=GB%2Fabc+d&country=GB&state={state}")).unwrap_or_else(|_| panic!());
        assert_eq!((code.code.expose(), code.country.as_deref()), ("GB/abc d", Some("GB")));
        let again = pending.take(&format!("{BACK}?code=GB%2Fabc&country=GB&state={state}"));
        assert!(matches!(again, Err(NoAnswer::NotOurs("this login has been answered already"))));
        let table = [
            ("error=access_denied", "the login was refused: access_denied"),
            (
                "error=Invalid+request&reason=Email+already+in+use",
                "the login was refused: Invalid request (Email already in use)",
            ),
            ("error=x%0Ay&error_description=%1b%5B31m", "the login was refused: xy ([31m)"),
        ];
        for (answer, message) in table {
            let (mut pending, query) = begun();
            let answer = pending.take(&format!("?{answer}&state={}", query["state"]));
            assert!(matches!(answer, Err(NoAnswer::Refused(error)) if error.to_string() == message), "{message}");
        }
    }

    #[test]
    fn a03_a_query_may_name_addresses() {
        for issuer in ["https://login.example/x", "https%3A%2F%2Flogin.example"] {
            for before in ["", "?", BACK] {
                let (mut pending, query) = begun();
                let mark = if before == BACK { "?" } else { "" };
                let callback = format!("{before}{mark}iss={issuer}&code=abc&state={}", query["state"]);
                assert!(matches!(pending.take(&callback), Ok(code) if code.code.expose() == "abc"), "{callback}");
            }
        }
    }

    #[test]
    fn a03_all_else_is_ignored() {
        let (mut pending, query) = begun();
        let state = &query["state"];
        let wrong = [
            format!("{BACK}?error=access_denied"),
            format!("{BACK}?error=access_denied&state=other"),
            format!("{BACK}?code=abc&state="),
            format!("{BACK}?code=abc&state={state}&state={state}"),
            format!("{BACK}?code=abc&code=abc&state={state}"),
            format!("{BACK}?state={state}"),
            format!("{BACK}?code=&state={state}"),
            format!("{BACK}s?code=abc&state={state}"),
            format!("https://evil.example/callback?code=abc&state={state}"),
            BACK.to_owned(),
            String::new(),
        ];
        for callback in wrong {
            assert!(matches!(pending.take(&callback), Err(NoAnswer::NotOurs(_))), "{callback}");
        }
        assert!(pending.take(&format!(" code=abc&state={state} \n")).is_ok());
    }

    #[test]
    fn a_login_survives_the_session() {
        let (pending, query) = begun();
        let mut again = Pending::restore(&pending.save()).unwrap();
        assert_eq!((again.url(), again.redirect_uri()), (pending.url(), BACK));
        assert_eq!(again.verifier().unwrap().expose(), pending.verifier().unwrap().expose());
        assert!(again.take(&format!("code=abc&state={}", query["state"])).is_ok());
        assert!(Pending::restore(&"x".into()).is_err());
    }

    #[test]
    fn s01_nothing_secret_is_shown() {
        let (pending, _) = begun();
        let shown = format!("{pending:?} {:?}", pending.save());
        assert!(!shown.contains(pending.state.expose()) && !shown.contains(pending.verifier().unwrap().expose()));
    }
}
