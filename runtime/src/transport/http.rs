//! The default transport: reqwest with rustls, without redirects, retries and waiting for ever.

use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;
use std::{error, fmt};

use bytes::{Bytes, BytesMut};
use http::StatusCode;
use reqwest::{Proxy, redirect, retry};
use rustls::crypto::{CryptoProvider, ring};
#[cfg(not(target_os = "android"))]
use rustls::pki_types::CertificateDer;
use rustls_platform_verifier::Verifier;
use tokio::time::{Instant, timeout_at};

use super::{Bounds, BoxError, BoxFuture, Phase, Transport, TransportFault};
use crate::error::Error;
use crate::exchange::unless_zero;
use crate::limits::Timeouts;

/// The transport that a client has unless it is given another: HTTP/1.1 and HTTP/2 over TLS, on tokio.
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
pub struct Http(reqwest::Client);

/// Sets an [`Http`] up.
#[derive(Default)]
pub struct HttpBuilder {
    timeouts: Timeouts,
    proxy: Option<String>,
    no_proxy: bool,
    http2_only: bool,
    loopback_only: bool,
    #[cfg(not(target_os = "android"))]
    roots: Vec<CertificateDer<'static>>,
}

impl Http {
    /// With the settings of the client's builder, and the proxy of the environment or the system, if there is one.
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
    pub fn proxy(mut self, url: impl Into<String>) -> Self {
        self.proxy = Some(url.into());
        self
    }

    /// Uses no proxy, whatever the environment says.
    pub fn no_proxy(mut self) -> Self {
        self.no_proxy = true;
        self
    }

    /// Speaks HTTP/2 without asking whether the server does.
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
    /// There are none, one that was added is none, or the proxy's URL is none.
    pub fn build(self) -> Result<Http, Error> {
        self.client().map(Http).map_err(|error| Error::config("the transport can not be set up").because(error))
    }

    fn client(self) -> Result<reqwest::Client, BoxError> {
        let mut builder = reqwest::Client::builder()
            .tls_backend_preconfigured(self.tls()?)
            .redirect(redirect::Policy::none())
            .retry(retry::never())
            .gzip(true)
            .pool_idle_timeout(unless_zero(self.timeouts.idle));
        if let Some(connect) = unless_zero(self.timeouts.connect) {
            builder = builder.connect_timeout(connect);
        }
        if self.http2_only {
            builder = builder.http2_prior_knowledge();
        }
        if self.no_proxy || self.proxy.is_some() {
            builder = builder.no_proxy();
        }
        if let Some(url) = &self.proxy {
            // The reason could hold the password.
            builder = builder.proxy(Proxy::all(url).map_err(|_| "the URL of the proxy is none")?);
        }
        Ok(builder.build().map_err(reqwest::Error::without_url)?)
    }

    /// With the provider that the program has chosen, or ring; the trust is that of the platform, and what was added.
    fn tls(&self) -> Result<rustls::ClientConfig, BoxError> {
        let provider = CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()));
        let builder = rustls::ClientConfig::builder_with_provider(provider.clone());
        let builder = builder.with_safe_default_protocol_versions()?;
        // A client of a loopback server must come up where no certificates are installed, as in small containers.
        let builder = match self.loopback_only {
            true => builder.with_root_certificates(rustls::RootCertStore::empty()),
            false => builder.dangerous().with_custom_certificate_verifier(Arc::new(self.verifier(provider)?)),
        };
        let mut config = builder.with_no_client_auth();
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(config)
    }

    /// Who is trusted.
    #[cfg(not(target_os = "android"))]
    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
        Verifier::new_with_extra_roots(self.roots.iter().cloned(), provider)
    }

    /// Who is trusted.
    #[cfg(target_os = "android")]
    fn verifier(&self, provider: Arc<CryptoProvider>) -> Result<Verifier, rustls::Error> {
        Verifier::new(provider)
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

/// The default transport, for HTTPS or for HTTP on loopback.
pub(crate) fn default_transport(https: bool, timeouts: &Timeouts) -> Result<Arc<dyn Transport>, Error> {
    let builder = Http::builder().timeouts(timeouts.clone());
    let builder = if https { builder } else { builder.loopback_only() };
    Ok(Arc::new(builder.build()?))
}

/// Room for most URLs.
const URL: usize = 256;
/// Longer than any attempt: 30 years.
const ENDLESS: Duration = Duration::from_secs(30 * 365 * 86_400);

impl Transport for Http {
    fn send(
        &self,
        request: http::Request<Bytes>,
        bounds: Bounds,
    ) -> BoxFuture<'_, Result<http::Response<Bytes>, TransportFault>> {
        Box::pin(async move {
            let request = to_reqwest(request)?;
            // Not reqwest's own limit of time, which costs several allocations a request.
            let now = Instant::now();
            let end = now.checked_add(bounds.time).unwrap_or(now + ENDLESS);
            let sent = timeout_at(end, self.0.execute(request)).await;
            let mut reply = sent.map_err(|late| TransportFault::new(Phase::TimedOut, late))?.map_err(unanswered)?;
            let mut out = http::Response::new(Bytes::new());
            *out.status_mut() = reply.status();
            *out.version_mut() = reply.version();
            *out.headers_mut() = std::mem::take(reply.headers_mut());
            let (head, _) = out.into_parts();
            super::check_head(&head)?;
            let body = timeout_at(end, read(reply, head.status, bounds)).await;
            let body = body.map_err(|late| TransportFault::new(Phase::TimedOut, late).after(head.status))??;
            Ok(http::Response::from_parts(head, body))
        })
    }
}

async fn read(mut reply: reqwest::Response, status: StatusCode, bounds: Bounds) -> Result<Bytes, TransportFault> {
    let most = if status.is_success() { bounds.body } else { bounds.error_body };
    // Most bodies come in one piece, and stay it.
    let (mut body, mut joined) = (Bytes::new(), BytesMut::new());
    while let Some(mut chunk) = reply.chunk().await.map_err(|error| cut(error, status))? {
        let room = most - body.len() - joined.len();
        let full = chunk.len() > room;
        if full && status.is_success() {
            return Err(super::too_large(most, status));
        }
        chunk.truncate(room);
        if body.is_empty() && joined.is_empty() {
            body = chunk;
        } else {
            joined.extend_from_slice(&std::mem::take(&mut body));
            joined.extend_from_slice(&chunk);
        }
        if full {
            break;
        }
    }
    Ok(if joined.is_empty() { body } else { joined.freeze() })
}

/// The same request, as reqwest has it.
fn to_reqwest(request: http::Request<Bytes>) -> Result<reqwest::Request, TransportFault> {
    let (head, body) = request.into_parts();
    let mut url = String::with_capacity(URL);
    // Writing to a string does not fail.
    let _ = write!(url, "{}", head.uri);
    let url = url.parse().map_err(|error| TransportFault::new(Phase::NotSent, error))?;
    let mut request = reqwest::Request::new(head.method, url);
    *request.headers_mut() = head.headers;
    *request.body_mut() = Some(body.into());
    Ok(request)
}

/// There is no reply: was the request processed?
fn unanswered(error: reqwest::Error) -> TransportFault {
    let phase = match () {
        // Resolving, connecting, the proxy, TLS.
        () if error.is_connect() || error.is_builder() => Phase::NotSent,
        () if causes(&error).any(handed_back) => Phase::NotSent,
        () if error.is_timeout() => Phase::TimedOut,
        () => Phase::Unknown,
    };
    TransportFault::new(phase, error.without_url())
}

/// The reply began, and was cut off.
fn cut(error: reqwest::Error, status: StatusCode) -> TransportFault {
    let phase = if error.is_timeout() { Phase::TimedOut } else { Phase::Unknown };
    TransportFault::new(phase, error.without_url()).after(status)
}

fn causes<'a>(error: &'a (dyn error::Error + 'static)) -> impl Iterator<Item = &'a (dyn error::Error + 'static)> {
    std::iter::successors(error.source(), |error: &&'a (dyn error::Error + 'static)| (*error).source())
}

/// Does this say that nobody processed the request? The connection went away before the request was written to it, or the
/// server says in HTTP/2 that it did not look at it (RFC 9113, sections 6.8 and 8.7).
fn handed_back(error: &(dyn error::Error + 'static)) -> bool {
    if let Some(error) = error.downcast_ref::<hyper::Error>() {
        return error.is_canceled();
    }
    let Some(error) = error.downcast_ref::<h2::Error>() else { return false };
    let refused = error.is_reset() && error.reason() == Some(h2::Reason::REFUSED_STREAM);
    let leaving = error.is_go_away() && error.reason() == Some(h2::Reason::NO_ERROR);
    error.is_remote() && (refused || leaving)
}
