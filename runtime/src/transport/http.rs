//! The default transport: one set of settings, by reqwest where a call is awaited, by a small client of our own where it blocks.

#[cfg(feature = "reqwest")]
mod awaited;
#[cfg(feature = "blocking")]
mod blocking;
mod origin;
#[cfg(feature = "reqwest")]
mod pools;
mod proxy;
mod trust;

use std::fmt;
use std::sync::Arc;

use ::http::{Request, Response, Uri};
#[cfg(not(target_os = "android"))]
use rustls::pki_types::CertificateDer;

use super::{Body, Bounds, BoxError, BoxFuture, Transport, TransportFault};
use crate::base::is_loopback;
use crate::error::Error;
use crate::limits::Timeouts;
use proxy::Proxies;
use trust::Trust;

/// The transport that a client has unless it is given another: over TLS, without redirects, retries and waiting for ever.
///
/// Calls that are awaited speak HTTP/1.1 or HTTP/2, on tokio with its timers; each runtime has its own connections. Blocking calls speak HTTP/1.1, on their own thread. Where the
/// feature `reqwest` is off, whoever polls it waits on their thread.
///
/// What is on this machine (127.0.0.1, `[::1]`, `localhost`) is asked without a proxy, whatever the environment says.
///
/// Its own settings are for what is unusual:
///
/// ```
/// use sage_runtime::transport::Http;
///
/// # fn main() -> Result<(), sage_runtime::Error> {
/// let transport = Http::builder().proxy("http://user:password@proxy.example:3128").build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Http {
    #[cfg(feature = "reqwest")]
    awaited: awaited::Awaited,
    #[cfg(feature = "blocking")]
    blocking: blocking::Blocking,
}

/// Sets an [`Http`] up.
#[derive(Clone, Default)]
pub struct HttpBuilder {
    timeouts: Timeouts,
    proxy: Option<String>,
    no_proxy: bool,
    #[cfg(feature = "reqwest")]
    http2_only: bool,
    loopback_only: bool,
    #[cfg(not(target_os = "android"))]
    roots: Vec<CertificateDer<'static>>,
}

impl Http {
    /// With the settings of the client's builder, and the proxies that the environment names: `HTTPS_PROXY`, `HTTP_PROXY` and
    /// `ALL_PROXY`, but for what `NO_PROXY` names; in capitals or in small letters. What the system has set elsewhere is not read.
    pub fn builder() -> HttpBuilder {
        HttpBuilder::default()
    }
}

impl HttpBuilder {
    /// How long connecting may take, and how long a connection may be idle; the other times are the client's.
    pub fn timeouts(mut self, timeouts: Timeouts) -> Self {
        self.timeouts = timeouts;
        self
    }

    /// Sends everything through this proxy, whatever the environment says; its user and password may be part of the URL.
    ///
    /// Only what is on this machine is asked without it, unless the proxy is on this machine too: elsewhere that address is another
    /// machine's, and what is said to it may not be encrypted.
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.no_proxy = true;
        self
    }

    /// Speaks HTTP/2 without asking whether the server does, where calls are awaited.
    #[cfg(feature = "reqwest")]
    pub fn http2_only(mut self) -> Self {
        self.http2_only = true;
        self
    }

    /// Trusts whom this certificate has signed, beside those whom the platform trusts: DER, of a company's own authority or
    /// of a test. Can be said several times.
    #[cfg(not(target_os = "android"))]
    pub fn root_certificate(mut self, der: impl Into<Vec<u8>>) -> Self {
        self.roots.push(der.into().into());
        self
    }

    /// Trusts nobody, as no TLS is needed: it comes up where no certificates are installed, as in small containers.
    pub(crate) fn loopback_only(mut self) -> Self {
        self.loopback_only = true;
        self
    }

    /// Reads the certificates of the platform.
    ///
    /// # Errors
    /// There are none, one that was added is none, or the URL of the proxy is none: of the one that was named, or of the one that
    /// the environment names for `https`.
    pub fn build(self) -> Result<Http, Error> {
        self.assemble().map_err(|error| Error::config("the transport can not be set up").because(error))
    }

    fn assemble(&self) -> Result<Http, BoxError> {
        let trust = self.trust()?;
        let proxies = Arc::new(Proxies::of(self)?);
        Ok(Http {
            #[cfg(feature = "reqwest")]
            awaited: awaited::Awaited::new(self, &trust, proxies.clone())?,
            #[cfg(feature = "blocking")]
            blocking: blocking::Blocking::new(self, &trust, proxies)?,
        })
    }

    /// Is the proxy that was named on this machine?
    fn proxy_is_local(&self) -> bool {
        let proxy: Option<Uri> = self.proxy.as_ref().and_then(|url| url.parse().ok());
        proxy.is_some_and(|proxy| proxy.host().is_some_and(is_local))
    }

    fn trust(&self) -> Result<Trust, BoxError> {
        if self.loopback_only {
            return Ok(Trust::nobody());
        }
        #[cfg(not(target_os = "android"))]
        let trust = Trust::platform_and(&self.roots)?;
        #[cfg(target_os = "android")]
        let trust = Trust::platform()?;
        Ok(trust)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").finish_non_exhaustive()
    }
}

impl fmt::Debug for HttpBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let proxy = self.proxy.is_some();
        f.debug_struct("HttpBuilder").field("timeouts", &self.timeouts).field("proxy", &proxy).finish_non_exhaustive()
    }
}

impl Transport for Http {
    fn send(&self, request: Request<Body>, bounds: Bounds) -> BoxFuture<'_, Result<Response<Body>, TransportFault>> {
        #[cfg(all(feature = "blocking", feature = "reqwest"))]
        if crate::block::is_running() {
            return self.blocking.send(request, bounds);
        }
        #[cfg(feature = "reqwest")]
        return self.awaited.send(request, bounds);
        #[cfg(not(feature = "reqwest"))]
        return self.blocking.send(request, bounds);
    }
}

/// Is this host the machine that we are on? No proxy is asked for it.
fn is_local(host: &str) -> bool {
    is_loopback(host) || host.eq_ignore_ascii_case("localhost")
}

/// The default transport, for HTTPS or for HTTP on loopback.
pub(crate) fn default_transport(https: bool, timeouts: &Timeouts) -> Result<Arc<dyn Transport>, Error> {
    let builder = Http::builder().timeouts(timeouts.clone());
    let builder = if https { builder } else { builder.loopback_only() };
    Ok(Arc::new(builder.build()?))
}
