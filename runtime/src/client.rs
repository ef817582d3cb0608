//! The client: where requests go and what each of them carries.

mod access;

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::api::{Api, Operation};
use crate::auth::Grant;
use crate::base::Base;
use crate::call::goes_without;
use crate::clock::{Clock, Now, SystemClock};
use crate::error::{Error, Result};
use crate::exchange::Budget;
use crate::gate::{Gates, Rules};
use crate::limits::{Limits, Timeouts};
use crate::path;
use crate::secret::Secret;
use crate::text::ToText;
use crate::token::{StaticToken, TokenSource};
use crate::transport::Transport;
#[cfg(any(feature = "blocking", feature = "reqwest"))]
use crate::transport::default_transport;

use access::Access;

/// A client of an API; cheap to clone.
#[derive(Clone)]
pub struct Client(pub(crate) Arc<Core>);

/// What one view of a client has for itself: for which business its requests are made. The rest is shared by all views.
pub(crate) struct Core {
    pub(crate) headers: HeaderMap,
    /// The values among them that must not be shown.
    pub(crate) secrets: Arc<[Secret]>,
    /// A header of this view that can not be sent.
    problem: Option<Box<str>>,
    shared: Arc<Shared>,
}

impl std::ops::Deref for Core {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.shared
    }
}

pub(crate) struct Shared {
    pub(crate) api: &'static Api,
    pub(crate) base: Base,
    /// What is professional-only is not to be had.
    pub(crate) is_standard: bool,
    pub(crate) token: Option<Arc<dyn TokenSource>>,
    grant: Option<Grant>,
    transport: Arc<dyn Transport>,
    awaits: Awaits,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) timeouts: Timeouts,
    pub(crate) limits: Limits,
    pub(crate) budget: Arc<Budget>,
    pub(crate) gates: Gates,
    /// One place for each business, for what the service wants in sequence.
    pub(crate) turns: Gates,
    /// How many calls there were.
    calls: AtomicU64,
}

/// Where the transport can be awaited, and not only waited for.
#[derive(Clone, Copy)]
enum Awaits {
    /// It is the user's, who knows.
    Anywhere,
    #[cfg(feature = "reqwest")]
    OnTokio,
    #[cfg(not(feature = "reqwest"))]
    Nowhere,
}

impl Awaits {
    #[cfg(feature = "reqwest")]
    const DEFAULT: Awaits = Awaits::OnTokio;
    #[cfg(not(feature = "reqwest"))]
    const DEFAULT: Awaits = Awaits::Nowhere;
}

/// The header that the owner of a token is sent in, if nothing else is said.
pub(crate) const OWNER: HeaderName = HeaderName::from_static("x-site");

impl Core {
    fn new(headers: HeaderMap, problem: Option<Box<str>>, shared: Arc<Shared>) -> Self {
        let secret = headers.values().filter(|value| value.is_sensitive());
        let secrets = secret.filter_map(|value| value.to_str().ok()).map(Secret::new).collect();
        Core { headers, secrets, problem, shared }
    }

    /// Names the builder method for the first thing that a request needs and does not have.
    pub(crate) fn check(&self, operation: &Operation, has: impl Fn(&str) -> bool) -> Result<()> {
        if operation.professional_only && self.is_standard {
            return Err(Error::unavailable("the operation is only in Professional, and the client is for Standard"));
        }
        if let Some(problem) = &self.problem {
            return Err(Error::config(problem.to_string()));
        }
        for header in self.api.headers.iter().filter(|header| header.required) {
            if !goes_without(operation, header.name) && !has(header.name) {
                return Err(Error::config(format!(
                    "`{}` is missing: set it with `{}` of the client's builder",
                    header.name, header.setter
                )));
            }
        }
        if self.api.bearer && self.token.is_none() {
            return Err(Error::token(
                "there is no access token: set one with `access_token` or `token_source` of the client's builder",
            ));
        }
        Ok(())
    }

    /// The transport that suits the calling thread.
    pub(crate) fn transport(&self) -> Result<Arc<dyn Transport>> {
        if crate::block::is_running() {
            return Ok(self.transport.clone());
        }
        match self.awaits {
            Awaits::Anywhere => Ok(self.transport.clone()),
            #[cfg(feature = "reqwest")]
            Awaits::OnTokio if tokio::runtime::Handle::try_current().is_ok() => Ok(self.transport.clone()),
            #[cfg(feature = "reqwest")]
            Awaits::OnTokio => Err(Error::config(
                "a call is awaited outside of tokio: await it in a runtime of tokio with its timers and its I/O, give the \
                 builder a transport of yours, or block",
            )),
            #[cfg(not(feature = "reqwest"))]
            Awaits::Nowhere => {
                Err(Error::config("there is no transport: give one to the builder, or switch on the feature `reqwest`"))
            }
        }
    }

    /// What the waits of a call are drawn from: another number for each call and each process, and the same ones again
    /// under a clock that tests set.
    pub(crate) fn seed(&self, now: Now) -> u64 {
        let wall = now.wall.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        (wall.as_nanos() as u64) ^ self.calls.fetch_add(1, Ordering::Relaxed).rotate_left(40)
    }
}

impl Client {
    /// The same client for another business: with these headers in place of what they were, and without those that have
    /// no value. It has the same grant, connections, limits and gates; a header that can not be sent fails its calls.
    #[must_use]
    pub fn with_headers<const N: usize>(&self, headers: [(&'static str, Option<String>); N]) -> Self {
        let core = &*self.0;
        let (mut all, mut problem) = (core.headers.clone(), core.problem.clone());
        for (name, value) in headers {
            all.remove(name);
            let secret = core.api.headers.iter().any(|header| header.secret && header.name == name);
            match value.map(|value| header(name, &value, secret)) {
                None => {}
                Some(Ok((name, value))) => drop(all.insert(name, value)),
                Some(Err(fault)) => drop(problem.get_or_insert(fault.to_string().into())),
            }
        }
        Client(Arc::new(Core::new(all, problem, core.shared.clone())))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("api", &self.0.api.module)
            .field("base_url", &self.0.base.join(""))
            .finish_non_exhaustive()
    }
}

/// Sets a client up. Nothing fails before `build`.
pub struct ClientBuilder {
    api: &'static Api,
    base_url: Option<String>,
    origin: Option<String>,
    variables: Vec<(&'static str, String)>,
    headers: HeaderMap,
    access: Access,
    transport: Option<Arc<dyn Transport>>,
    clock: Arc<dyn Clock>,
    timeouts: Timeouts,
    limits: Limits,
    problem: Option<Error>,
}

impl ClientBuilder {
    /// A client of this API, with nothing set.
    pub fn new(api: &'static Api) -> Self {
        ClientBuilder {
            api,
            base_url: None,
            origin: None,
            variables: Vec::new(),
            headers: HeaderMap::new(),
            access: Access::default(),
            transport: None,
            clock: Arc::new(SystemClock),
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            problem: None,
        }
    }

    /// Sets a variable of the base URL.
    pub fn variable(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.variables.retain(|(known, _)| *known != name);
        self.variables.push((name, value.into()));
        self
    }

    /// Sets a header of every request.
    pub fn header(mut self, name: &'static str, value: impl ToText) -> Self {
        let secret = self.api.headers.iter().any(|header| header.secret && header.name.eq_ignore_ascii_case(name));
        match header(name, &value.to_text(), secret) {
            Ok((name, value)) => drop(self.headers.insert(name, value)),
            Err(problem) => drop(self.problem.get_or_insert(problem)),
        }
        self
    }

    /// Uses one access token, for as long as it lasts.
    pub fn access_token(self, token: impl Into<String>) -> Self {
        self.token_source(StaticToken::new(token.into()))
    }

    /// Asks this for the access token of each request.
    pub fn token_source(mut self, source: impl TokenSource) -> Self {
        self.access.source = Some(Arc::new(source));
        self
    }

    /// Sends requests through this: calls, and what its grant asks if the client makes it itself (`app` and `token_store`). A
    /// [`grant`](ClientBuilder::grant) that is given has its own.
    pub fn transport(mut self, transport: impl Transport) -> Self {
        self.transport = Some(Arc::new(transport));
        self
    }

    /// Replaces the base URL; it may have the same variables.
    pub fn base_url(mut self, url: impl Into<String>) -> Self {
        self.base_url = Some(url.into());
        self
    }

    /// Replaces scheme, host and port of the base URL, and keeps its path; for tests.
    pub fn origin(mut self, origin: impl Into<String>) -> Self {
        self.origin = Some(origin.into());
        self
    }

    /// How long one attempt may take, the body included; 60 seconds if not set.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeouts.attempt = timeout;
        self
    }

    /// How long everything may take.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// How often and how much.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Tells the time by this; for tests.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// Checks everything that can be checked without the service.
    ///
    /// # Errors
    /// A variable of the base URL is missing, the base URL is not one, or a header can not be sent.
    pub fn build(self) -> Result<Client> {
        let base = self.base()?;
        if let Some(problem) = self.problem {
            return Err(problem);
        }
        let is_standard = self.api.standard.is_some_and(|(name, text)| self.variable_text(name) == Some(text));
        let awaits = if self.transport.is_some() { Awaits::Anywhere } else { Awaits::DEFAULT };
        let (token, grant) = self.access.resolve(self.transport.as_ref())?;
        let transport = match self.transport {
            Some(transport) => transport,
            None => default_transport(base.is_https(), &self.timeouts)?,
        };
        let Limits { concurrency, client_concurrency, rate, .. } = self.limits;
        let rules = Rules { concurrency, in_all: client_concurrency.or(self.api.concurrency), rate };
        let shared = Shared {
            api: self.api,
            base,
            is_standard,
            token,
            grant,
            transport,
            awaits,
            clock: self.clock,
            timeouts: self.timeouts,
            limits: self.limits,
            budget: Arc::new(Budget::new()),
            gates: Gates::new(rules),
            turns: Gates::new(Rules { concurrency: Some(1), ..Rules::default() }),
            calls: AtomicU64::new(0),
        };
        Ok(Client(Arc::new(Core::new(self.headers, None, Arc::new(shared)))))
    }

    /// The text of a variable, as it was set or as it is unless set.
    fn variable_text(&self, name: &str) -> Option<&str> {
        let set = self.variables.iter().find(|(known, _)| *known == name).map(|(_, value)| value.as_str());
        set.or_else(|| self.api.variables.iter().find(|variable| variable.name == name)?.default)
    }

    fn base(&self) -> Result<Base> {
        let mut url = self.base_url.clone().unwrap_or_else(|| self.api.base_url.to_owned());
        for variable in self.api.variables {
            let place = format!("{{{}}}", variable.name);
            if !url.contains(&place) {
                continue;
            }
            let Some(value) = self.variable_text(variable.name) else {
                return Err(Error::config(format!(
                    "`{}` is missing: set it with `{}` of the client's builder",
                    variable.name, variable.setter
                )));
            };
            let Some(value) = path::segment(value) else {
                return Err(Error::config(format!("`{}` is empty, `.` or `..`", variable.name)));
            };
            url = url.replace(&place, &value.to_string());
        }
        let base = Base::parse(&url).map_err(Error::config)?;
        match &self.origin {
            Some(origin) => base.at_origin(origin).map_err(Error::config),
            None => Ok(base),
        }
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("api", &self.api.module)
            .field("variables", &self.variables)
            .finish_non_exhaustive()
    }
}

#[cfg(not(any(feature = "blocking", feature = "reqwest")))]
fn default_transport(_: bool, _: &Timeouts) -> Result<Arc<dyn Transport>> {
    Err(Error::config(
        "there is no transport: give one to the builder, or switch on the feature `reqwest` or `blocking`",
    ))
}

/// A header that may be set: neither malformed nor one that the runtime sets itself.
pub(crate) fn header(name: &str, value: &str, secret: bool) -> Result<(HeaderName, HeaderValue)> {
    let bad = |what: &str| Error::config(format!("the header `{}` {what}", name.escape_debug()));
    let name: HeaderName = name.parse().map_err(|_| bad("has no legal name"))?;
    if RESERVED.contains(&name) {
        return Err(bad("is set by the runtime"));
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| bad("has a value that can not be sent"))?;
    value.set_sensitive(secret);
    Ok((name, value))
}

const RESERVED: [HeaderName; 8] = [
    http::header::AUTHORIZATION,
    http::header::CONNECTION,
    http::header::CONTENT_ENCODING,
    http::header::CONTENT_LENGTH,
    http::header::CONTENT_TYPE,
    http::header::HOST,
    http::header::TRANSFER_ENCODING,
    http::header::UPGRADE,
];
