//! [`Sandbox`]: started, asked, stopped.

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::sync::Arc;

use sage_codegen::ir::Operation;

use crate::Api;
use crate::check::{self, Finding};
use crate::clock::Clock;
use crate::engine::Engine;
use crate::faults::{Effect, Injected, When};
use crate::journal::{Entry, lock};
use crate::limits::Limits;
use crate::oauth::{Company, Oauth, Options};
use crate::server::{self, Running};
use crate::spec::Spec;
use crate::world::Example;

/// A local Sage that is running; it stops when this is dropped.
pub struct Sandbox {
    engine: Arc<Engine>,
    origin: String,
    /// Dropping it stops the server.
    _stop: tokio::sync::oneshot::Sender<()>,
}

/// Settings of a [`Sandbox`]. Nothing fails before it is started.
#[derive(Debug, Clone, Default)]
pub struct Builder {
    port: u16,
    oauth: Options,
    limits: Option<BTreeMap<Api, Limits>>,
    clock: Clock,
}

impl Builder {
    /// The port, on 127.0.0.1; any free one if not set.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// What ids, tokens and sample records follow from; 0 if not set.
    pub fn seed(mut self, seed: u64) -> Self {
        self.oauth.seed = seed;
        self
    }

    /// How many seconds access tokens last, those of all services.
    pub fn token_lifetime(mut self, seconds: u32) -> Self {
        for rules in [&mut self.oauth.accounting, &mut self.oauth.accounting_v3, &mut self.oauth.sage_200] {
            rules.access_seconds = seconds;
        }
        self
    }

    /// How the OAuth servers behave, and which companies there are. It replaces seed and lifetimes.
    pub fn oauth(mut self, options: Options) -> Self {
        self.oauth = options;
        self
    }

    /// How many requests of each service are served. If not set, any number, and as many at once as Sage takes.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = Some(Api::ALL.map(|api| (api, limits)).into());
        self
    }

    /// Serves as many requests as Sage does: [`Limits::of`] each service.
    pub fn limits_of_sage(mut self) -> Self {
        self.limits = Some(Api::ALL.map(|api| (api, Limits::of(api))).into());
        self
    }

    /// Tells the time by this; if not set, by the system's clock. The sample records are a month older than the moment at
    /// which the sandbox is started: with [`Clock::at`] they are the same in each run.
    pub fn clock(mut self, clock: Clock) -> Self {
        self.clock = clock;
        self
    }

    /// Starts it.
    ///
    /// # Errors
    /// The port is taken, or the system has no thread or socket left.
    pub async fn start(self) -> io::Result<Sandbox> {
        self.start_blocking()
    }

    /// Starts it, for programs without an async runtime; it has a thread of its own in any case.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_blocking(self) -> io::Result<Sandbox> {
        let (seed, companies) = (self.oauth.seed, self.oauth.companies.clone());
        let oauth = Oauth::new(self.oauth, self.clock.clone());
        let limits = self.limits.unwrap_or_else(|| Api::ALL.map(|api| (api, Limits::usual(api))).into());
        let engine = Arc::new(Engine::new(oauth, self.clock, seed, companies, limits));
        let Running { address, stop } = server::start(engine.clone(), self.port)?;
        Ok(Sandbox { engine, origin: format!("http://{address}"), _stop: stop })
    }
}

impl Sandbox {
    /// Settings, to begin with.
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Scheme, host and port: `http://127.0.0.1:43210`. The clients' builders take it as `origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The base URL of a service here; v3 in the region `uki`, Sage 200 as Professional.
    pub fn url(&self, api: Api) -> String {
        let path = match api {
            Api::Accounting => "/v3.1",
            Api::AccountingV3 => "/uki/sageone/accounts/v3",
            Api::Sage200 => "/uk/sage200extra/accounts/v1",
        };
        format!("{}{path}", self.origin)
    }

    /// An access token without a login: full access to the companies of the first country.
    pub fn access_token(&self, api: Api) -> String {
        self.engine.oauth.issue(api)
    }

    /// The OAuth servers: what they granted, and what becomes of it.
    pub fn oauth(&self) -> &Arc<Oauth> {
        &self.engine.oauth
    }

    /// The companies that there are: the values of `X-Business`, `X-Site` and `X-Company` are theirs.
    pub fn companies(&self) -> &[Company] {
        &self.engine.companies
    }

    /// The clock, which can be put forward.
    pub fn clock(&self) -> &Clock {
        &self.engine.clock
    }

    /// Makes the next requests that match go wrong, so many of them.
    pub fn inject(&self, when: When, times: u32, effect: Effect) {
        lock(&self.engine.faults).0.push(Injected { when, times, effect });
    }

    /// Limits requests of each service from now on, or no longer.
    pub fn limit(&self, limits: Option<Limits>) {
        let limits = limits.unwrap_or_default();
        *lock(&self.engine.limits) = Api::ALL.map(|api| (api, limits)).into();
    }

    /// What was asked so far.
    pub fn requests(&self) -> Vec<Entry> {
        self.engine.journal.entries()
    }

    /// How often each operation of a service was called.
    pub fn counts(&self, api: Api) -> BTreeMap<String, usize> {
        self.engine.journal.counts(api)
    }

    /// What was wrong with requests, by the documents.
    pub fn findings(&self) -> Vec<Finding> {
        self.engine.journal.findings()
    }

    /// What no request has sent yet: operations that were not called, their parameters, and the properties of their
    /// bodies. Empty: everything that the documents know has been sent at least once.
    pub fn unsent(&self, api: Api) -> Vec<String> {
        let spec = Spec::of(api);
        let mut unsent = Vec::new();
        for (index, operation) in spec.ir.operations.iter().enumerate() {
            let name = format!("{} {}", operation.method.name(), operation.path.template);
            match self.engine.journal.seen(api, index) {
                None => unsent.push(name),
                Some(seen) => {
                    let missing = check::possible(spec, index).into_iter().filter(|part| !seen.contains(part));
                    unsent.extend(missing.map(|part| format!("{name}: {part}")));
                }
            }
        }
        unsent
    }

    /// A request of an operation, `POST /contacts`, in which everything is set: ids lead to records of the first company
    /// that the service has. `None`: there is no such operation.
    pub fn example(&self, api: Api, operation: &str) -> Option<Example> {
        let spec = Spec::of(api);
        let is_it = |known: &Operation| operation == format!("{} {}", known.method.name(), known.path.template);
        let index = spec.ir.operations.iter().position(is_it)?;
        let company = self.companies().first()?;
        Some(self.engine.in_world(api, &company.tenant(api), |world| world.example(index)))
    }

    /// Forgets all that was stored, the journal and the faults. Tokens stay.
    pub fn reset(&self) {
        self.engine.reset();
    }
}

impl fmt::Debug for Sandbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sandbox").field("origin", &self.origin).finish_non_exhaustive()
    }
}
