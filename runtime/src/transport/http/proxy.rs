//! Proxies: the one that is named, or those of the environment. Both kinds of calls ask here, so that they do the same.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::net::IpAddr;

#[cfg(feature = "blocking")]
use base64::prelude::{BASE64_STANDARD, Engine as _};
#[cfg(feature = "blocking")]
use http::HeaderValue;
use http::Uri;
use ipnet::IpNet;
#[cfg(feature = "blocking")]
use percent_encoding::percent_decode_str;

use super::super::BoxError;
use super::origin::Origin;
use super::{HttpBuilder, is_local};
#[cfg(feature = "reqwest")]
use crate::secret::Secret;

/// Which proxy, if any, stands before an origin.
#[derive(Default)]
pub(super) struct Proxies {
    http: Option<Result<Proxy, Unusable>>,
    https: Option<Result<Proxy, Unusable>>,
    except: Except,
    /// They stand before this machine as well.
    local: bool,
}

/// A proxy; it is never shown, as it knows its password.
#[derive(Clone)]
pub(super) struct Proxy {
    #[cfg(feature = "blocking")]
    pub(super) origin: Origin,
    #[cfg(feature = "blocking")]
    pub(super) authorization: Option<HeaderValue>,
    #[cfg(feature = "reqwest")]
    pub(super) url: Secret,
}

/// A variable of the environment names something that is no proxy for HTTP. Requests must not go around it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Unusable(&'static str);

impl fmt::Display for Unusable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` of the environment is no URL of a proxy for HTTP", self.0)
    }
}

impl std::error::Error for Unusable {}

impl Proxies {
    /// Those of a transport that is set so.
    pub(super) fn of(set: &HttpBuilder) -> Result<Self, BoxError> {
        match &set.proxy {
            Some(url) => Ok(Self::all(url, set.proxy_is_local())?),
            // What is on this machine is not asked through a proxy of the environment.
            None if set.no_proxy || set.loopback_only => Ok(Self::none()),
            None => {
                let proxies = Self::read(|name| env::var_os(name));
                match proxies.https {
                    // Nearly all that is asked is asked there, so it is told at once.
                    Some(Err(unusable)) => Err(unusable.into()),
                    _ => Ok(proxies),
                }
            }
        }
    }

    /// None at all.
    fn none() -> Self {
        Self::default()
    }

    /// Are there none at all?
    #[cfg(feature = "reqwest")]
    pub(super) fn are_none(&self) -> bool {
        self.http.is_none() && self.https.is_none()
    }

    /// This one for everything, for this machine too if it is on it (`local`); what is said of a wrong one must not hold its
    /// password.
    pub(super) fn all(url: &str, local: bool) -> Result<Self, &'static str> {
        let proxy = Proxy::parse(url).ok_or("the URL of the proxy is none, or is none for HTTP")?;
        Ok(Proxies { http: Some(Ok(proxy.clone())), https: Some(Ok(proxy)), except: Except::default(), local })
    }

    /// Those that these variables name. One that is empty names none.
    fn read(variable: impl Fn(&str) -> Option<OsString>) -> Self {
        let text = |names: [&'static str; 2]| names.into_iter().find_map(|name| Some((name, variable(name)?)));
        let named = |names| {
            let (name, url) = text(names).filter(|(_, url)| !url.is_empty())?;
            Some(url.to_str().and_then(Proxy::parse).ok_or(Unusable(name)))
        };
        // A CGI program gets the header `Proxy` of whoever asks as `HTTP_PROXY`.
        let is_cgi = variable("REQUEST_METHOD").is_some();
        let http = if is_cgi { None } else { named(["HTTP_PROXY", "http_proxy"]) };
        let all = named(["ALL_PROXY", "all_proxy"]);
        let except = text(["NO_PROXY", "no_proxy"]).map(|(_, list)| Except::parse(&list.to_string_lossy()));
        Proxies {
            http: http.or_else(|| all.clone()),
            https: named(["HTTPS_PROXY", "https_proxy"]).or(all),
            except: except.unwrap_or_default(),
            local: false,
        }
    }

    /// The one before this origin.
    pub(super) fn before(&self, origin: &Origin) -> Result<Option<&Proxy>, Unusable> {
        let proxy = if origin.https { &self.https } else { &self.http };
        let name = origin.name();
        match proxy {
            Some(proxy) if (self.local || !is_local(name)) && !self.except.holds(name) => {
                proxy.as_ref().map(Some).map_err(|unusable| *unusable)
            }
            _ => Ok(None),
        }
    }

    /// The one for this kind of origins that need one.
    #[cfg(feature = "reqwest")]
    pub(super) fn usual(&self, https: bool) -> Option<&Proxy> {
        let proxy = if https { &self.https } else { &self.http };
        proxy.as_ref()?.as_ref().ok()
    }
}

impl Proxy {
    /// `None` if this is none for HTTP.
    fn parse(url: &str) -> Option<Self> {
        let uri: Uri = url.parse().ok()?;
        let https = match uri.scheme_str() {
            None | Some("http") => false,
            Some("https") => true,
            Some(_) => return None,
        };
        let _origin = Origin::at(https, &uri)?;
        Some(Proxy {
            #[cfg(feature = "blocking")]
            origin: _origin,
            #[cfg(feature = "blocking")]
            authorization: {
                let user = uri.authority()?.as_str().rsplit_once('@').map(|(user, _)| user);
                user.map(basic).transpose().ok()?
            },
            #[cfg(feature = "reqwest")]
            url: Secret::new(if uri.scheme().is_some() { url.to_owned() } else { format!("http://{url}") }),
        })
    }
}

#[cfg(feature = "blocking")]
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

#[cfg(all(test, feature = "blocking"))]
mod tests {
    use std::ffi::OsString;

    use super::{Origin, Proxies, Unusable};

    fn asked(variables: &[(&str, &str)], url: &str) -> Result<Option<String>, Unusable> {
        let of =
            |name: &str| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| OsString::from(value));
        let proxies = Proxies::read(of);
        let proxy = proxies.before(&Origin::of(&url.parse().unwrap()).unwrap())?;
        Ok(proxy.map(|proxy| proxy.origin.full()))
    }

    fn through(variables: &[(&str, &str)], url: &str) -> Option<String> {
        asked(variables, url).unwrap()
    }

    #[test]
    fn h09_which_proxy_the_environment_names() {
        let (http, https) = ("http://a.example/", "https://a.example/");
        let set = [("http_proxy", "one:1"), ("HTTPS_PROXY", "http://user:canary@two:2/x"), ("https_proxy", "three:3")];
        assert_eq!(through(&set, http).as_deref(), Some("one:1"));
        assert_eq!(through(&set, https).as_deref(), Some("two:2"));
        assert_eq!(through(&[("all_proxy", "https://all")], http).as_deref(), Some("all:443"));
        assert_eq!(through(&[("ALL_PROXY", "all"), ("http_proxy", "one:1")], https).as_deref(), Some("all:80"));
        // One that is empty names none, and hides the other.
        assert_eq!(through(&[("HTTPS_PROXY", ""), ("https_proxy", "three:3")], https), None);
        // It came with the request of somebody.
        let cgi =
            [("HTTP_PROXY", "one:1"), ("http_proxy", "one:1"), ("HTTPS_PROXY", "two:2"), ("REQUEST_METHOD", "GET")];
        assert_eq!((through(&cgi, http), through(&cgi, https).as_deref()), (None, Some("two:2")));
    }

    #[test]
    fn h09_what_is_no_proxy_is_not_passed_over() {
        let (http, https) = ("http://a.example/", "https://a.example/");
        for wrong in ["no url", "socks5://all:1", "http://", "http://a:99999", ":3128", "/"] {
            assert_eq!(asked(&[("HTTPS_PROXY", wrong)], https), Err(Unusable("HTTPS_PROXY")), "{wrong}");
            assert_eq!(asked(&[("http_proxy", wrong)], http), Err(Unusable("http_proxy")), "{wrong}");
            let all = [("all_proxy", wrong), ("HTTPS_PROXY", "two:2")];
            assert_eq!(asked(&all, http), Err(Unusable("all_proxy")), "{wrong}");
            // Where it is not wanted it does no harm.
            assert_eq!(through(&all, https).as_deref(), Some("two:2"), "{wrong}");
            assert_eq!(through(&[("HTTPS_PROXY", wrong), ("NO_PROXY", "a.example")], https), None, "{wrong}");
            assert_eq!(through(&[("HTTPS_PROXY", wrong)], "https://127.0.0.1/"), None, "{wrong}");
        }
    }

    #[test]
    fn h09_what_no_proxy_stands_before() {
        let stands = |no: &str, host: &str| {
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
            assert!(!stands(no, host), "{no} {host}");
        }
        for (no, host) in
            [("a.example", "notA.example"), ("a.example", "example"), ("10.0.0.0/8", "11.1.2.3"), ("", "a")]
        {
            assert!(stands(no, host), "{no} {host}");
        }
    }

    #[test]
    fn h09_no_proxy_of_elsewhere_stands_before_this_machine() {
        for host in ["127.0.0.1:81", "127.1.2.3", "[::1]:81", "localhost", "LocalHost:81"] {
            let url = format!("http://{host}/");
            assert_eq!(through(&[("ALL_PROXY", "http://127.0.0.1:9")], &url), None, "{url}");
            for local in [true, false] {
                let named = Proxies::all("http://one:1", local).unwrap();
                assert_eq!(
                    named.before(&Origin::of(&url.parse().unwrap()).unwrap()).unwrap().is_some(),
                    local,
                    "{url}"
                );
            }
        }
    }

    #[test]
    fn h09_user_and_password_of_a_proxy() {
        let proxies = Proxies::all("http://us%20er:p%40:ss@one", false).unwrap();
        let proxy = proxies.before(&Origin::of(&"https://x/".parse().unwrap()).unwrap()).unwrap().unwrap();
        let value = proxy.authorization.as_ref().unwrap();
        // `us er:p@:ss`
        assert_eq!(value, "Basic dXMgZXI6cEA6c3M=");
        assert!(value.is_sensitive());
        for wrong in ["", "/", "no url", "socks5://a:1", "http://a:99999", "http://"] {
            assert!(Proxies::all(wrong, false).is_err(), "{wrong}");
        }
    }
}
