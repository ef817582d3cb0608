//! Where a request goes.

#[cfg(feature = "blocking")]
use std::borrow::Cow;

use http::Uri;

/// Scheme, host and port. Whether a proxy stands before it follows from it, so connections to one origin are alike.
#[derive(Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Debug))]
pub(super) struct Origin {
    pub(super) https: bool,
    /// An IPv6 address is in brackets.
    host: String,
    pub(super) port: u16,
}

impl Origin {
    /// `None` if this is no absolute URL of HTTP.
    pub(super) fn of(uri: &Uri) -> Option<Self> {
        let https = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        Self::at(https, uri)
    }

    /// The same, whatever scheme is said.
    pub(super) fn at(https: bool, uri: &Uri) -> Option<Self> {
        let authority = uri.authority()?.as_str();
        let behind_user = authority.rsplit_once('@').map_or(authority, |(_, rest)| rest);
        let host = uri.host().filter(|host| !host.is_empty())?;
        let port = match behind_user.strip_prefix(host)?.strip_prefix(':').unwrap_or_default() {
            "" => usual(https),
            port => port.parse().ok()?,
        };
        Some(Origin { https, host: host.to_ascii_lowercase(), port })
    }

    /// The host as resolvers and certificates have it.
    pub(super) fn name(&self) -> &str {
        self.host.trim_start_matches('[').trim_end_matches(']')
    }

    /// The host, and the port if it is not the usual one.
    #[cfg(feature = "blocking")]
    pub(super) fn authority(&self) -> Cow<'_, str> {
        if self.port == usual(self.https) {
            return Cow::Borrowed(&self.host);
        }
        Cow::Owned(self.full())
    }

    /// The host and the port.
    #[cfg(any(test, feature = "blocking"))]
    pub(super) fn full(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }
}

fn usual(https: bool) -> u16 {
    if https { 443 } else { 80 }
}
