//! Faults on demand: what happens to the next requests that match.

use serde::{Deserialize, Serialize};

/// A fault, which requests it is for, and how many of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Injected {
    /// Which requests.
    #[serde(default, rename = "match")]
    pub when: When,
    /// How many of them; each counts once.
    #[serde(default = "once")]
    pub times: u32,
    /// What happens.
    #[serde(rename = "fault")]
    pub effect: Effect,
}

fn once() -> u32 {
    1
}

/// Which requests a fault is for: those that fit all that is given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct When {
    /// The HTTP method.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// The path, without the query; with `*` at its end, all that begin so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// What happens to a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum Effect {
    /// It is not processed, and this is the reply.
    Reply {
        /// The status.
        status: u16,
        /// Headers, e.g. `Retry-After`.
        #[serde(default)]
        headers: Vec<(String, String)>,
        /// The body, as it is sent.
        #[serde(default)]
        body: String,
    },
    /// The connection is closed before it is processed.
    DropBefore,
    /// It is processed, and the connection is closed without a reply.
    DropAfter,
    /// It is processed, and the reply comes late.
    Delay {
        /// By so many milliseconds.
        milliseconds: u64,
    },
    /// It is processed, and the reply ends after so many bytes of its body.
    Truncate {
        /// How many bytes are sent.
        bytes: usize,
    },
}

impl When {
    fn fits(&self, method: &str, path: &str) -> bool {
        let method_fits = self.method.as_ref().is_none_or(|wanted| wanted.eq_ignore_ascii_case(method));
        let path_fits = self.path.as_ref().is_none_or(|wanted| match wanted.strip_suffix('*') {
            Some(start) => path.starts_with(start),
            None => wanted == path,
        });
        method_fits && path_fits
    }
}

/// What is waiting to happen.
#[derive(Debug, Default)]
pub(crate) struct Faults(pub(crate) Vec<Injected>);

impl Faults {
    /// What happens to this request, if something does.
    pub(crate) fn take(&mut self, method: &str, path: &str) -> Option<Effect> {
        let index = self.0.iter().position(|fault| fault.times > 0 && fault.when.fits(method, path))?;
        let fault = self.0.get_mut(index)?;
        fault.times -= 1;
        let effect = fault.effect.clone();
        if fault.times == 0 {
            self.0.remove(index);
        }
        Some(effect)
    }
}

#[cfg(test)]
mod tests {
    use super::{Effect, Faults, Injected, When};

    #[test]
    fn a_fault_happens_as_often_as_asked_to_what_matches() {
        let when = When { method: Some("POST".into()), path: Some("/v3.1/*".into()) };
        let mut faults = Faults(vec![Injected { when, times: 2, effect: Effect::DropBefore }]);
        assert_eq!(faults.take("GET", "/v3.1/contacts"), None);
        assert_eq!(faults.take("POST", "/v3/contacts"), None);
        for _ in 0..2 {
            assert_eq!(faults.take("POST", "/v3.1/contacts"), Some(Effect::DropBefore));
        }
        assert_eq!(faults.take("POST", "/v3.1/contacts"), None);
    }
}
