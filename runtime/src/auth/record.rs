//! What a store keeps of a grant: one text in a format of its own, whatever the store is.

use std::fmt;
use std::time::{Duration, SystemTime};

use serde_json::value::{RawValue, to_raw_value};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::store::StoreError;
use super::tokens::{Members, Tokens};
use crate::secret::Secret;
use crate::token::Generation;

/// What a [`TokenStore`](super::TokenStore) keeps of a grant, from one refresh to the next.
///
/// A store need not know what is in it: it keeps [`to_text`](Record::to_text), and must keep it from everybody else.
#[derive(Clone)]
pub struct Record {
    pub(super) generation: Generation,
    /// When the tokens were asked for.
    pub(super) issued: SystemTime,
    /// The country that the callback named, which may decide the token URL.
    pub(super) country: Option<String>,
    /// Which logins it came from, the last one first: none of them is finished again.
    pub(super) logins: Vec<String>,
    /// None after a revocation: the generation goes on counting.
    pub(super) tokens: Option<Tokens>,
    /// Since when a refresh of this generation is under way, or was cut off.
    pub(super) intent: Option<SystemTime>,
    /// What newer versions of this format have beside that.
    unknown: Members,
}

/// What tells the tokens of a record from all others.
pub(super) type Print = [u8; 32];

/// How many logins are remembered. A code lasts for a minute, and some stores keep little.
const LOGINS: usize = 4;

/// The version of the format; others may only be read by newer programs.
const VERSION: u64 = 1;

impl Record {
    pub(super) fn new(generation: Generation, issued: SystemTime, tokens: Tokens, country: Option<String>) -> Self {
        let (logins, unknown) = (Vec::new(), Members::new());
        Record { generation, issued, country, logins, tokens: Some(tokens), intent: None, unknown }
    }

    /// The same, of the login with this mark, and in the place of another record.
    pub(super) fn of_login(mut self, mark: &str, before: Option<&Record>) -> Self {
        let earlier = before.into_iter().flat_map(|before| &before.logins).map(String::as_str);
        self.logins = [mark].into_iter().chain(earlier).take(LOGINS).map(str::to_owned).collect();
        self
    }

    /// The record of the next generation.
    pub(super) fn next(&self, issued: SystemTime, tokens: Option<Tokens>) -> Self {
        Record {
            generation: self.generation.next(),
            issued,
            country: self.country.clone(),
            logins: self.logins.clone(),
            tokens,
            intent: None,
            unknown: self.unknown.clone(),
        }
    }

    /// The same, with a note that a refresh has begun, unless it has one.
    pub(super) fn noted(&self, now: SystemTime) -> Self {
        let mut noted = self.clone();
        noted.intent.get_or_insert(now);
        noted
    }

    /// How often the grant has been refreshed. It never decreases, so a store may refuse to replace a record by one of an
    /// earlier generation.
    pub fn generation(&self) -> Generation {
        self.generation
    }

    /// What tells its tokens from all others. Generations alone do not: a grant that was removed and made anew counts from
    /// the beginning.
    pub(super) fn print(&self) -> Print {
        let mut hash = Sha256::new();
        hash.update(self.generation.get().to_le_bytes());
        if let Some(tokens) = &self.tokens {
            hash.update(tokens.access.expose());
            hash.update(tokens.refresh.as_ref().map_or("", Secret::expose));
        }
        hash.finalize().into()
    }

    /// Everything, tokens included, as JSON.
    pub fn to_text(&self) -> Secret {
        let mut members = self.unknown.clone();
        let mut put = |name: &str, value: Option<Box<RawValue>>| {
            value.and_then(|value| members.insert(name.to_owned(), value));
        };
        // Numbers, texts and objects of texts are always JSON.
        put("version", to_raw_value(&VERSION).ok());
        put("generation", to_raw_value(&self.generation.get()).ok());
        put("issued_at", to_raw_value(&seconds(self.issued)).ok());
        put("country", self.country.as_ref().and_then(|country| to_raw_value(country).ok()));
        let logins = (!self.logins.is_empty()).then(|| self.logins.join(" "));
        put("login", logins.and_then(|logins| to_raw_value(&logins).ok()));
        put("refreshing_since", self.intent.and_then(|since| to_raw_value(&seconds(since)).ok()));
        put("tokens", self.tokens.as_ref().and_then(|tokens| to_raw_value(&tokens.members()).ok()));
        // Without spaces: some stores keep little.
        Secret::new(serde_json::to_string(&members).unwrap_or_default())
    }

    /// Reads what [`to_text`](Record::to_text) wrote, and keeps what it does not know.
    ///
    /// # Errors
    /// The text is none of ours, is damaged, or was written by a version that this one does not know. The error holds
    /// nothing of it.
    pub fn from_text(text: &Secret) -> Result<Self, StoreError> {
        let damaged = || StoreError::new("what is stored of the grant is damaged");
        let mut members: Members = serde_json::from_str(text.expose()).map_err(|_| damaged())?;
        let mut number = |name: &str| match members.remove(name) {
            None => Ok(None),
            Some(raw) => serde_json::from_str::<u64>(raw.get()).map(Some).map_err(|_| damaged()),
        };
        match number("version")? {
            Some(VERSION) => {}
            Some(other) => {
                return Err(StoreError::new(format!(
                    "the grant is stored in version {other}, which this program does not know"
                )));
            }
            None => return Err(damaged()),
        }
        let generation = number("generation")?.ok_or_else(damaged)?;
        let issued = number("issued_at")?.ok_or_else(damaged)?;
        let intent = number("refreshing_since")?;
        let country = members.remove("country").map(|raw| serde_json::from_str(raw.get())).transpose();
        let logins = members.remove("login").map(|raw| serde_json::from_str::<String>(raw.get())).transpose();
        let logins = logins.map_err(|_| damaged())?.unwrap_or_default();
        let tokens = members.remove("tokens").map(|raw| {
            let raw = Zeroizing::new(Box::<str>::from(raw).into_string());
            serde_json::from_str(&raw).map_err(|_| damaged()).and_then(|it| Tokens::of(it).map_err(|_| damaged()))
        });
        Ok(Record {
            generation: Generation::new(generation),
            issued: time(issued),
            country: country.map_err(|_| damaged())?,
            logins: logins.split_ascii_whitespace().map(str::to_owned).collect(),
            tokens: tokens.transpose()?,
            intent: intent.map(time),
            unknown: members,
        })
    }
}

/// Seconds since 1970; before it: zero.
fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// As far as this machine can count.
fn time(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH.checked_add(Duration::from_secs(seconds)).unwrap_or(SystemTime::UNIX_EPOCH)
}

impl fmt::Debug for Record {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Record")
            .field("generation", &self.generation)
            .field("tokens", &self.tokens)
            .field("intent", &self.intent.is_some())
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::Record;
    use crate::secret::Secret;

    #[test]
    fn t16_unknown_versions_are_refused_and_unknown_members_kept() {
        let text = r#"{"version":1,"generation":3,"issued_at":7,"tokens":{"access_token":"a"},"later":{"x":[1.10]}}"#;
        let record = Record::from_text(&text.into()).unwrap();
        let again = record.next(record.issued, record.tokens.clone()).to_text();
        assert!(again.expose().contains(r#"{"x":[1.10]}"#) && again.expose().contains(r#""generation":4"#));
        let wrong = [
            (
                text.replace("\"version\":1", "\"version\":2"),
                "the grant is stored in version 2, which this program does not know",
            ),
            (text.replace("\"version\":1,", ""), "what is stored of the grant is damaged"),
            (text.replace("\"a\"", "[\"a\"]"), "what is stored of the grant is damaged"),
            (text[..50].to_owned(), "what is stored of the grant is damaged"),
            (String::new(), "what is stored of the grant is damaged"),
        ];
        for (text, message) in wrong {
            assert_eq!(Record::from_text(&text.into()).unwrap_err().to_string(), message);
        }
    }

    #[test]
    fn s01_a_record_shows_no_token() {
        let text = r#"{"version":1,"generation":3,"issued_at":7,"tokens":{"access_token":"CANARY","x":"CANARY"}}"#;
        assert!(!format!("{:?}", Record::from_text(&text.into()).unwrap()).contains("CANARY"));
    }

    proptest! {
        #[test]
        fn t15_everything_survives_a_round_trip(
            generation: u64,
            issued in 0_u64..1 << 40,
            intent in proptest::option::of(0_u64..1 << 40),
            access in "[!-~]{1,40}",
            refresh in proptest::option::of("\\PC{1,40}"),
            owner in "\\PC{0,20}",
            number in "-?[1-9][0-9]{0,30}(\\.[0-9]{1,30})?",
        ) {
            let mut text = serde_json::json!({
                "version": 1,
                "generation": generation,
                "issued_at": issued,
                "country": "GB",
                "login": "00ff 11ee",
                "tokens": { "access_token": access, "resource_owner_id": owner, "scope": "a b", "n": 0, "expires_in": 300 },
            });
            if let Some(refresh) = refresh {
                text["tokens"]["refresh_token"] = refresh.into();
            }
            if let Some(intent) = intent {
                text["refreshing_since"] = intent.into();
            }
            // Numbers survive to the last digit.
            let written = text.to_string().replace("\"n\":0", &format!("\"n\":{number}"));
            let again = Record::from_text(&Secret::new(written)).unwrap().to_text();
            let digits = format!("\"n\":{number}");
            prop_assert!(again.expose().contains(&digits));
            let again: serde_json::Value = serde_json::from_str(&again.expose().replace(&digits, "\"n\":0")).unwrap();
            prop_assert_eq!(again, text);
        }
    }
}
