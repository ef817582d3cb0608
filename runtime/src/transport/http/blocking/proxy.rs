//! Proxies: the one that is named, or those of the environment, which are read as reqwest reads them.

use std::net::IpAddr;

use base64::prelude::{BASE64_STANDARD, Engine as _};
use http::{HeaderValue, Uri};
use ipnet::IpNet;
use percent_encoding::percent_decode_str;

use super::super::is_local;
use super::place::Place;

/// Which proxy, if any, stands before a place.
#[derive(Default)]
pub(super) struct Proxies {
    http: Option<Proxy>,
    https: Option<Proxy>,
    except: Except,
    /// They stand before this machine as well.
    local: bool,
}

/// A proxy; it is never shown, as it knows its password.
#[derive(Clone)]
pub(super) struct Proxy {
    /// `None`: it is none for HTTP, and requests must not go around it.
    pub(super) place: Option<Place>,
    pub(super) authorization: Option<HeaderValue>,
}

impl Proxies {
    /// None at all.
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// This one for everything, for this machine too if it is on it (`local`); what is said of a wrong one must not hold its
    /// password.
    pub(super) fn all(url: &str, local: bool) -> Result<Self, &'static str> {
        let proxy = Proxy::parse(url).ok_or("the URL of the proxy is none")?;
        if proxy.place.is_none() {
            return Err("the proxy is none for HTTP");
        }
        Ok(Proxies { http: Some(proxy.clone()), https: Some(proxy), except: Except::default(), local })
    }

    /// Those of the environment.
    pub(super) fn of_environment() -> Self {
        Self::read(|name| std::env::var(name).ok())
    }

    fn read(variable: impl Fn(&str) -> Option<String>) -> Self {
        // A CGI program gets the header `Proxy` of whoever asks as `HTTP_PROXY`.
        if variable("REQUEST_METHOD").is_some() {
            return Self::none();
        }
        let either = |upper: &str, lower: &str| variable(upper).or_else(|| variable(lower)).unwrap_or_default();
        let all = Proxy::parse(&either("ALL_PROXY", "all_proxy"));
        Proxies {
            http: Proxy::parse(&either("HTTP_PROXY", "http_proxy")).or_else(|| all.clone()),
            https: Proxy::parse(&either("HTTPS_PROXY", "https_proxy")).or(all),
            except: Except::parse(&either("NO_PROXY", "no_proxy")),
            local: false,
        }
    }

    /// The one before this place.
    pub(super) fn before(&self, place: &Place) -> Option<&Proxy> {
        let proxy = if place.https { &self.https } else { &self.http };
        proxy.as_ref().filter(|_| (self.local || !is_local(place.name())) && !self.except.holds(place.name()))
    }
}

impl Proxy {
    fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let https = uri.scheme_str() == Some("https");
        let place = Place::at(https, &uri)?;
        let user = uri.authority()?.as_str().rsplit_once('@').map(|(user, _)| user);
        Some(Proxy {
            place: matches!(uri.scheme_str(), None | Some("http" | "https")).then_some(place),
            authorization: user.map(basic).transpose().ok()?,
        })
    }
}

/// RFC 7617, of what stands in a URL.
fn basic(user: &str) -> Result<HeaderValue, http::header::InvalidHeaderValue> {
    let (user, password) = user.split_once(':').unwrap_or((user, ""));
    let pair: Vec<u8> =
        percent_decode_str(user).chain([b':'].iter().copied()).chain(percent_decode_str(password)).collect();
    let mut value = HeaderValue::try_from(format!("Basic {}", BASE64_STANDARD.encode(pair)))?;
    value.set_sensitive(true);
    Ok(value)
}

/// What no proxy stands before.
#[derive(Default)]
struct Except {
    nets: Vec<IpNet>,
    /// In small letters, without a dot before.
    domains: Vec<String>,
}

impl Except {
    fn parse(list: &str) -> Self {
        let mut except = Except::default();
        for entry in list.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            match entry.parse().or_else(|_| entry.parse::<IpAddr>().map(IpNet::from)) {
                Ok(net) => except.nets.push(net),
                Err(_) => except.domains.push(entry.strip_prefix('.').unwrap_or(entry).to_ascii_lowercase()),
            }
        }
        except
    }

    fn holds(&self, name: &str) -> bool {
        if let Ok(ip) = name.parse::<IpAddr>() {
            return self.nets.iter().any(|net| net.contains(&ip));
        }
        self.domains.iter().any(|domain| {
            domain == "*"
                || name.strip_suffix(domain.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Proxies};

    fn through(variables: &[(&str, &str)], url: &str) -> Option<String> {
        let of = |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
        let proxies = Proxies::read(of);
        let proxy = proxies.before(&Place::of(&url.parse().unwrap()).unwrap())?;
        Some(proxy.place.as_ref().map_or_else(|| "unusable".to_owned(), Place::full))
    }

    #[test]
    fn h09_which_proxy_the_environment_names() {
        let (http, https) = ("http://a.example/", "https://a.example/");
        let set = [("http_proxy", "one:1"), ("HTTPS_PROXY", "http://user:canary@two:2/x"), ("https_proxy", "three:3")];
        assert_eq!(through(&set, http).as_deref(), Some("one:1"));
        assert_eq!(through(&set, https).as_deref(), Some("two:2"));
        assert_eq!(through(&[("all_proxy", "https://all")], http).as_deref(), Some("all:443"));
        assert_eq!(through(&[("ALL_PROXY", "all"), ("http_proxy", "one:1")], https).as_deref(), Some("all:80"));
        assert_eq!(through(&[("ALL_PROXY", "socks5://all:1")], https).as_deref(), Some("unusable"));
        assert_eq!(through(&[("HTTP_PROXY", "no url")], http), None);
        // It came with the request of somebody.
        assert_eq!(through(&[("HTTP_PROXY", "one:1"), ("REQUEST_METHOD", "GET")], http), None);
    }

    #[test]
    fn h09_what_no_proxy_stands_before() {
        let asked = |no: &str, host: &str| {
            let set = [("HTTP_PROXY", "one:1"), ("NO_PROXY", no)];
            through(&set, &format!("http://{host}/")).is_some()
        };
        for (no, host) in [
            ("a.example", "a.example"),
            ("x, .A.example", "a.example"),
            ("a.example", "b.A.example"),
            ("*", "a.example"),
            ("10.0.0.0/8", "10.1.2.3"),
            ("2001:db8::/32", "[2001:db8::1]"),
        ] {
            assert!(!asked(no, host), "{no} {host}");
        }
        for (no, host) in
            [("a.example", "notA.example"), ("a.example", "example"), ("10.0.0.0/8", "11.1.2.3"), ("", "a")]
        {
            assert!(asked(no, host), "{no} {host}");
        }
    }

    #[test]
    fn h09_no_proxy_of_elsewhere_stands_before_this_machine() {
        for host in ["127.0.0.1:81", "127.1.2.3", "[::1]:81", "localhost", "LocalHost:81"] {
            let url = format!("http://{host}/");
            assert_eq!(through(&[("ALL_PROXY", "http://127.0.0.1:9")], &url), None, "{url}");
            for local in [true, false] {
                let named = Proxies::all("http://one:1", local).unwrap();
                assert_eq!(named.before(&Place::of(&url.parse().unwrap()).unwrap()).is_some(), local, "{url}");
            }
        }
    }

    #[test]
    fn h09_user_and_password_of_a_proxy() {
        let proxies = Proxies::all("http://us%20er:p%40:ss@one", false).unwrap();
        let proxy = proxies.before(&Place::of(&"https://x/".parse().unwrap()).unwrap()).unwrap();
        let value = proxy.authorization.as_ref().unwrap();
        // `us er:p@:ss`
        assert_eq!(value, "Basic dXMgZXI6cEA6c3M=");
        assert!(value.is_sensitive());
        for wrong in ["", "/", "no url", "socks5://a:1", "http://a:99999", "http://"] {
            assert!(Proxies::all(wrong, false).is_err(), "{wrong}");
        }
    }
}
