//! What the token endpoint gives (RFC 6749, section 5.1), kept word for word.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use http::HeaderValue;
use serde_json::value::RawValue;
use zeroize::Zeroize as _;

use crate::secret::Secret;

/// A JSON object, each value as it was written.
pub(super) type Members = BTreeMap<String, Box<RawValue>>;

/// An access token, mostly a refresh token, and everything else that came with them.
#[derive(Clone)]
pub(super) struct Tokens {
    pub(super) access: Secret,
    pub(super) refresh: Option<Secret>,
    /// The other members.
    rest: Members,
}

/// However long the service says: clocks are added to.
const LONGEST: f64 = 365.0 * 86_400.0;

impl Tokens {
    /// Reads a reply. What is wrong with it is told without a word of it.
    pub(super) fn read(body: &[u8]) -> Result<Self, &'static str> {
        let members = serde_json::from_slice(body).map_err(|_| "no JSON object")?;
        Tokens::of(members)
    }

    pub(super) fn of(mut members: Members) -> Result<Self, &'static str> {
        let access = take_secret(&mut members, "access_token");
        let refresh = take_secret(&mut members, "refresh_token");
        let access = access?.ok_or("no `access_token`")?;
        if !HeaderValue::from_str(access.expose()).is_ok_and(|value| value.to_str().is_ok()) {
            return Err("an `access_token` that can not be sent");
        }
        let tokens = Tokens { access, refresh: refresh?, rest: members };
        match tokens.text("token_type") {
            Some(kind) if !kind.eq_ignore_ascii_case("bearer") => Err("a `token_type` that is not `Bearer`"),
            _ => Ok(tokens),
        }
    }

    /// Keeps what the newer reply does not say.
    pub(super) fn renewed(&self, newer: Tokens) -> Tokens {
        let mut rest = self.rest.clone();
        rest.extend(newer.rest);
        Tokens { access: newer.access, refresh: newer.refresh.or_else(|| self.refresh.clone()), rest }
    }

    /// How long the access token lasts, from one second to a year; `None` if that was not said, or makes no sense.
    pub(super) fn life(&self) -> Option<Duration> {
        let text = self.rest.get("expires_in")?.get().trim_matches('"').trim();
        let seconds: f64 = text.parse().ok()?;
        (!seconds.is_nan()).then(|| Duration::from_secs_f64(seconds.clamp(1.0, LONGEST).floor()))
    }

    /// Whose grant it is.
    pub(super) fn owner(&self) -> Option<String> {
        self.text("resource_owner_id").filter(|owner| !owner.is_empty())
    }

    fn text(&self, name: &str) -> Option<String> {
        serde_json::from_str(self.rest.get(name)?.get()).ok()
    }

    /// The reply again.
    pub(super) fn members(&self) -> Members {
        let mut members = self.rest.clone();
        let refresh = self.refresh.as_ref().map(|token| ("refresh_token", token));
        for (name, token) in [("access_token", &self.access)].into_iter().chain(refresh) {
            // A text is always JSON.
            if let Ok(raw) = serde_json::value::to_raw_value(token.expose()) {
                members.insert(name.to_owned(), raw);
            }
        }
        members
    }
}

/// A text that nobody sees again; empty and null ones count as missing.
fn take_secret(members: &mut Members, name: &str) -> Result<Option<Secret>, &'static str> {
    let Some(raw) = members.remove(name) else { return Ok(None) };
    let text = serde_json::from_str::<Option<String>>(raw.get());
    let mut raw: Box<str> = raw.into();
    raw.zeroize();
    match text {
        Ok(text) => Ok(text.filter(|text| !text.is_empty()).map(Secret::new)),
        Err(_) => Err("a token that is no text"),
    }
}

impl fmt::Debug for Tokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tokens").field("life", &self.life()).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::Tokens;

    #[test]
    fn t12_expires_in_of_any_form() {
        let table = [
            ("300", Some(300)),
            ("\"300\"", Some(300)),
            ("299.9", Some(299)),
            ("0", Some(1)),
            ("-5", Some(1)),
            ("1e18", Some(31_536_000)),
            ("\"soon\"", None),
            ("null", None),
            ("{}", None),
            ("\"NaN\"", None),
        ];
        for (text, seconds) in table {
            let tokens = Tokens::read(format!(r#"{{"access_token":"a","expires_in":{text}}}"#).as_bytes()).unwrap();
            assert_eq!(tokens.life().map(|life| life.as_secs()), seconds, "{text}");
        }
        assert_eq!(Tokens::read(br#"{"access_token":"a"}"#).unwrap().life(), None);
    }

    #[test]
    fn s02_a_malformed_reply_tells_nothing_of_itself() {
        let bodies = [
            r#""CANARY""#,
            "CANARY",
            "",
            "<html>CANARY</html>",
            r#"["CANARY"]"#,
            r#"{"access_token":["CANARY"]}"#,
            r#"{"access_token":{"CANARY":1}}"#,
            r#"{"access_token":"CANARY"#,
            r#"{"access_token":"CANARY\n"}"#,
            r#"{"access_token":"CANARY","refresh_token":7}"#,
            r#"{"access_token":"CANARY","token_type":"CANARY"}"#,
            r#"{"access_token":null,"refresh_token":"CANARY"}"#,
            r#"{"CANARY":1}"#,
        ];
        for body in bodies {
            let what = Tokens::read(body.as_bytes()).map(drop).unwrap_err();
            assert!(!what.contains("CANARY"), "{body}");
        }
        let good = Tokens::read(br#"{"access_token":"CANARY","token_type":"bearer","x":"CANARY"}"#).unwrap();
        assert!(!format!("{good:?}").contains("CANARY"));
    }

    #[test]
    fn t15_what_a_newer_reply_does_not_say_is_kept() {
        let old =
            Tokens::read(br#"{"access_token":"a","refresh_token":"r","resource_owner_id":"o","n":1.10}"#).unwrap();
        let new = old.renewed(Tokens::read(br#"{"access_token":"b","expires_in":300,"refresh_token":""}"#).unwrap());
        assert_eq!((new.access.expose(), new.refresh.as_ref().unwrap().expose()), ("b", "r"));
        assert_eq!(new.owner().as_deref(), Some("o"));
        let members = new.members();
        assert_eq!(members["n"].get(), "1.10");
        assert_eq!(members["refresh_token"].get(), "\"r\"");
        let newer = new.renewed(Tokens::read(br#"{"access_token":"c","refresh_token":"s"}"#).unwrap());
        assert_eq!(newer.refresh.unwrap().expose(), "s");
    }
}
