//! Who is trusted: whom the platform trusts, and what was added; the same in both kinds of calls.

use std::sync::Arc;

use rustls::crypto::{CryptoProvider, ring};
#[cfg(not(target_os = "android"))]
use rustls::pki_types::CertificateDer;
use rustls::{ClientConfig, RootCertStore};
use rustls_platform_verifier::Verifier;

/// Who is trusted, and what is computed with.
pub(super) struct Trust {
    provider: Arc<CryptoProvider>,
    verifier: Option<Arc<Verifier>>,
}

impl Trust {
    /// Nobody: a client of a loopback server must come up where no certificates are installed.
    pub(super) fn nobody() -> Self {
        Trust { provider: provider(), verifier: None }
    }

    /// Whom the platform trusts, and whom these certificates have signed.
    #[cfg(not(target_os = "android"))]
    pub(super) fn platform_and(roots: &[CertificateDer<'static>]) -> Result<Self, rustls::Error> {
        let provider = provider();
        let verifier = Verifier::new_with_extra_roots(roots.iter().cloned(), provider.clone())?;
        Ok(Trust { provider, verifier: Some(Arc::new(verifier)) })
    }

    /// Whom the platform trusts.
    #[cfg(target_os = "android")]
    pub(super) fn platform() -> Result<Self, rustls::Error> {
        let provider = provider();
        let verifier = Verifier::new(provider.clone())?;
        Ok(Trust { provider, verifier: Some(Arc::new(verifier)) })
    }

    /// TLS for these protocols.
    pub(super) fn config(&self, protocols: &[&[u8]]) -> Result<ClientConfig, rustls::Error> {
        let builder =
            ClientConfig::builder_with_provider(self.provider.clone()).with_safe_default_protocol_versions()?;
        let builder = match &self.verifier {
            None => builder.with_root_certificates(RootCertStore::empty()),
            Some(verifier) => builder.dangerous().with_custom_certificate_verifier(verifier.clone()),
        };
        let mut config = builder.with_no_client_auth();
        config.alpn_protocols = protocols.iter().map(|name| name.to_vec()).collect();
        Ok(config)
    }
}

/// The provider that the program has chosen, or ring.
fn provider() -> Arc<CryptoProvider> {
    CryptoProvider::get_default().cloned().unwrap_or_else(|| Arc::new(ring::default_provider()))
}
