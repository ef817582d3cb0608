//! The connections of awaited calls: each runtime has its own.
//!
//! What drives a connection is a task of the runtime in which it was made. While that runtime stands still, as under an event
//! loop that polls it now and then, so does the connection, and it must be nobody else's.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use reqwest::{Client, ClientBuilder, Proxy, redirect, retry};
use rustls::ClientConfig;
use tokio::runtime::{self, Handle};

use super::super::BoxError;
use super::HttpBuilder;
use super::proxy::Proxies;
use crate::exchange::unless_zero;

/// So many runtimes have connections at once; who comes next takes the place of the one that came first.
const MOST: usize = 16;
/// A connection on which somebody waits is asked after so long whether it is there (RFC 9113, section 6.7) …
const PING: Duration = Duration::from_secs(5);
/// … and is given up if it has not said so after so long.
const PONG: Duration = Duration::from_secs(5);

/// Makes pools, and keeps them.
pub(super) struct Pools {
    set: HttpBuilder,
    tls: ClientConfig,
    proxies: Arc<Proxies>,
    pools: Mutex<Vec<Arc<Pool>>>,
}

/// The connections of a runtime.
pub(super) struct Pool {
    runtime: runtime::Id,
    pub(super) usual: Client,
    /// Without a proxy, for what none stands before.
    pub(super) direct: Client,
}

impl Pools {
    /// # Errors
    /// With these settings no pool can be made.
    pub(super) fn new(set: &HttpBuilder, tls: ClientConfig, proxies: Arc<Proxies>) -> Result<Self, BoxError> {
        let pools = Pools { set: set.clone(), tls, proxies, pools: Mutex::default() };
        pools.clients()?;
        Ok(pools)
    }

    /// That of the runtime in which it is called.
    pub(super) fn here(&self) -> Result<Arc<Pool>, BoxError> {
        let runtime = Handle::try_current()?.id();
        let mut pools = self.lock();
        if let Some(pool) = pools.iter().find(|pool| pool.runtime == runtime) {
            return Ok(pool.clone());
        }
        let (usual, direct) = self.clients()?;
        let pool = Arc::new(Pool { runtime, usual, direct });
        if pools.len() >= MOST {
            pools.remove(0);
        }
        pools.push(pool.clone());
        Ok(pool)
    }

    /// Nobody takes a connection of this pool again: one of them may be dead, and in HTTP/2 all would wait on it. Who waits on
    /// one of them already goes on.
    pub(super) fn abandon(&self, pool: &Arc<Pool>) {
        self.lock().retain(|known| !Arc::ptr_eq(known, pool));
    }

    /// What sends a single request.
    pub(super) fn single(&self, is_direct: bool) -> Result<Client, BoxError> {
        let builder = self.client().pool_max_idle_per_host(0);
        build(if is_direct { builder } else { self.through(builder)? })
    }

    fn clients(&self) -> Result<(Client, Client), BoxError> {
        let direct = build(self.client())?;
        let usual = if self.proxies.are_none() { direct.clone() } else { build(self.through(self.client())?)? };
        Ok((usual, direct))
    }

    /// Without a proxy. reqwest reads the environment in its own way, and the system's settings if another crate wants that.
    fn client(&self) -> ClientBuilder {
        let mut builder = Client::builder()
            .tls_backend_preconfigured(self.tls.clone())
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .gzip(true)
            .no_proxy()
            .http2_keep_alive_interval(PING)
            .http2_keep_alive_timeout(PONG)
            .pool_idle_timeout(unless_zero(self.set.timeouts.idle));
        if let Some(connect) = unless_zero(self.set.timeouts.connect) {
            builder = builder.connect_timeout(connect);
        }
        if self.set.http2_only {
            builder = builder.http2_prior_knowledge();
        }
        builder
    }

    /// The same with the proxies, for what they stand before.
    fn through(&self, mut builder: ClientBuilder) -> Result<ClientBuilder, BoxError> {
        // The reason could hold the password.
        let wrong = |_| "the URL of the proxy is none";
        if let Some(proxy) = self.proxies.usual(false) {
            builder = builder.proxy(Proxy::http(proxy.url.expose()).map_err(wrong)?);
        }
        if let Some(proxy) = self.proxies.usual(true) {
            builder = builder.proxy(Proxy::https(proxy.url.expose()).map_err(wrong)?);
        }
        Ok(builder)
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Arc<Pool>>> {
        self.pools.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn build(builder: ClientBuilder) -> Result<Client, BoxError> {
    Ok(builder.build().map_err(reqwest::Error::without_url)?)
}
