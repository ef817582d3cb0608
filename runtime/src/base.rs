//! Base URLs: filled in, checked, and the only place that requests go to.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use http::Uri;

use crate::path;

/// A base URL that has been checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Base {
    /// Scheme, host and port.
    origin: String,
    /// The path, without a slash at its end.
    path: String,
}

impl Base {
    /// Checks a base URL: `https` (or `http` on literal loopback), no user, no query, an absolute path.
    pub(crate) fn parse(url: &str) -> Result<Self, String> {
        let shown = || shown(url);
        let uri: Uri = url.parse().map_err(|_| format!("`{}` is not a URL", shown()))?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(format!("`{}` has no scheme and host", shown()));
        };
        if authority.as_str().contains('@') {
            return Err("the base URL holds a user name: give credentials to the builder".into());
        }
        if scheme != "https" && !(scheme == "http" && is_loopback(authority.host())) {
            return Err(format!("`{}` is not `https`; `http` is for 127.0.0.1 and [::1] only", shown()));
        }
        if uri.query().is_some() || url.contains('#') {
            return Err("the base URL has a query or a fragment".into());
        }
        let path = uri.path().trim_end_matches('/');
        if path::has_dots(path) || path.contains("//") {
            return Err(format!("the path of `{}` has empty or dot segments", shown()));
        }
        Ok(Base { origin: format!("{scheme}://{authority}"), path: path.to_owned() })
    }

    /// The same path at another scheme, host and port.
    pub(crate) fn at_origin(self, origin: &str) -> Result<Self, String> {
        let other = Base::parse(origin)?;
        match other.path.is_empty() {
            true => Ok(Base { origin: other.origin, path: self.path }),
            false => Err("an origin is a scheme, a host and a port, without a path".into()),
        }
    }

    pub(crate) fn is_https(&self) -> bool {
        self.origin.starts_with("https:")
    }

    /// The URL of a path below the base.
    pub(crate) fn join(&self, path: &str) -> String {
        let mut url = self.begin(path.len());
        url.push_str(path);
        url
    }

    /// The base, with room for so much more.
    pub(crate) fn begin(&self, more: usize) -> String {
        let mut url = String::with_capacity(self.origin.len() + self.path.len() + more);
        url.push_str(&self.origin);
        url.push_str(&self.path);
        url
    }

    /// The base URL beside this one: `../../core/v3` replaces its last two steps. What leads further up stays at the host.
    pub(crate) fn beside(&self, relative: &str) -> Cow<'_, Self> {
        if relative.is_empty() {
            return Cow::Borrowed(self);
        }
        let (mut path, mut rest) = (self.path.as_str(), relative);
        while let Some(further) = rest.strip_prefix("../") {
            path = path.rsplit_once('/').map_or("", |(above, _)| above);
            rest = further;
        }
        Cow::Owned(Base { origin: self.origin.clone(), path: format!("{path}/{rest}") })
    }

    /// The URL that a reply points to, if it is below this base. `current` is the path of the request.
    pub(crate) fn follow(&self, link: &str, current: &str) -> Result<String, &'static str> {
        if link.bytes().any(|byte| byte <= b' ' || byte == b'\\' || byte == b'#' || byte >= 0x7f) {
            return Err("the link to the next page is not a URL");
        }
        let local = match link.strip_prefix(self.origin.as_str()) {
            Some(rest) if rest.starts_with('/') => rest,
            _ if link.contains("://") && !link.starts_with(['/', '?']) => {
                return Err("the link to the next page leads to another server");
            }
            _ => link,
        };
        if local.starts_with("//") {
            return Err("the link to the next page leads to another server");
        }
        let path = local.split('?').next().unwrap_or_default();
        if path::has_dots(path) {
            return Err("the link to the next page has dot segments");
        }
        let below = path.strip_prefix(self.path.as_str()).is_some_and(|rest| rest.starts_with('/'));
        match () {
            () if below => Ok(format!("{}{local}", self.origin)),
            // Sage's links are relative to the base, absolute URLs are not.
            () if local.len() == link.len() && local.starts_with('/') => Ok(self.join(local)),
            () if local.starts_with('?') => Ok(self.join(&format!("{current}{local}"))),
            () => Err("the link to the next page leads out of the API"),
        }
    }
}

/// A URL for a message: without what may be secret in it.
fn shown(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or_default();
    match url.rsplit_once('@') {
        Some((_, host)) => format!("…@{host}"),
        None => url.to_owned(),
    }
}

/// A literal loopback address: a name may be looked up elsewhere.
pub(crate) fn is_loopback(host: &str) -> bool {
    let bare = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
    bare.parse::<Ipv4Addr>().is_ok_and(|ip| ip.is_loopback())
        || bare.parse::<Ipv6Addr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::Base;

    #[test]
    fn h05_h08_which_bases_are_taken() {
        let good = [
            ("https://api.example.com/v3.1", "https://api.example.com/v3.1/x"),
            ("https://api.example.com/v3.1/", "https://api.example.com/v3.1/x"),
            ("https://api.example.com", "https://api.example.com/x"),
            ("http://127.0.0.1:80/uki/v3", "http://127.0.0.1:80/uki/v3/x"),
            ("http://[::1]:8080", "http://[::1]:8080/x"),
        ];
        for (url, joined) in good {
            assert_eq!(Base::parse(url).map(|base| base.join("/x")).as_deref(), Ok(joined));
        }
        for url in [
            "",
            "x",
            "/v3",
            "http://api.example.com",
            "http://localhost:80",
            "http://127.0.0.1.example.com",
            "ftp://127.0.0.1",
            "https://user:hunter2@example.com",
            "https://example.com?key=hunter2",
            "https://example.com/a/../b",
            "https://example.com//a",
        ] {
            let error = Base::parse(url).unwrap_err();
            assert!(!error.contains("hunter2"), "{error}");
        }
    }

    #[test]
    fn servers_of_one_api_stand_beside_each_other() {
        let base = Base::parse("https://api.example.com/uki/accounts/v3").unwrap();
        let cases = [
            ("", "https://api.example.com/uki/accounts/v3/x"),
            ("../../core/v3", "https://api.example.com/uki/core/v3/x"),
            ("../v4", "https://api.example.com/uki/accounts/v4/x"),
            ("../../../../../core", "https://api.example.com/core/x"),
        ];
        for (relative, joined) in cases {
            assert_eq!(base.beside(relative).join("/x"), joined);
        }
    }

    #[test]
    fn p03_where_links_may_lead() {
        let base = Base::parse("https://api.example.com/v3.1").unwrap();
        let good = [
            ("/products?page=2", "https://api.example.com/v3.1/products?page=2"),
            ("/v3.1/products?page=2", "https://api.example.com/v3.1/products?page=2"),
            ("https://api.example.com/v3.1/products?page=2", "https://api.example.com/v3.1/products?page=2"),
            ("?page=2", "https://api.example.com/v3.1/now?page=2"),
            ("/p?next=https://x.example", "https://api.example.com/v3.1/p?next=https://x.example"),
        ];
        for (link, url) in good {
            assert_eq!(base.follow(link, "/now").as_deref(), Ok(url));
        }
        for link in [
            "",
            "products",
            "//evil.example/v3.1/p",
            "https://evil.example/v3.1/p",
            "http://api.example.com/v3.1/p",
            "https://api.example.com.evil.example/v3.1/p",
            "https://api.example.com@evil.example/v3.1/p",
            "https://api.example.com:444/v3.1/p",
            "https://api.example.com/v4/p",
            "https://api.example.com/v3.10/p",
            "/../p",
            "/a/%2e%2E/p",
            "/a\\b",
            "/a b",
            "javascript:alert(1)",
            "https://api.example.com//evil.example/v3.1/p",
        ] {
            assert!(base.follow(link, "/now").is_err(), "{link}");
        }
    }
}
