//! Applications that are registered with the sandbox.

use std::fmt;

use http::Uri;

use crate::Api;

/// A registered application.
///
/// With a secret it is a confidential one; without, a public one, which must send a code challenge.
#[derive(Clone)]
pub struct Client {
    id: String,
    name: String,
    secret: Option<String>,
    api: Option<Api>,
    redirect_uris: Vec<String>,
    any_redirect: bool,
    any_secret: bool,
}

impl Client {
    /// A public application of an API, whose users come back to any address on loopback.
    pub fn new(api: Api, id: impl Into<String>) -> Self {
        let id = id.into();
        Client {
            name: id.clone(),
            id,
            secret: None,
            api: Some(api),
            redirect_uris: Vec::new(),
            any_redirect: false,
            any_secret: false,
        }
    }

    /// How the consent page calls it; its id if not set.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Makes it a confidential one.
    pub fn secret(mut self, secret: impl Into<String>) -> Self {
        self.secret = Some(secret.into());
        self
    }

    /// Registers an address that users come back to, to the character. From the first one on, loopback is not taken by
    /// itself any more.
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        self.redirect_uris.push(uri.into());
        self
    }

    /// One that nobody has registered, where `any_client` is set: any secret or none, back to anywhere.
    pub(super) fn unregistered(id: &str) -> Self {
        let name = id.to_owned();
        Client {
            id: name.clone(),
            name,
            secret: None,
            api: None,
            redirect_uris: Vec::new(),
            any_redirect: true,
            any_secret: true,
        }
    }

    /// The client id.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn shown(&self) -> &str {
        &self.name
    }

    pub(super) fn api(&self) -> Option<Api> {
        self.api
    }

    pub(super) fn may_use(&self, api: Api) -> bool {
        self.api.is_none_or(|own| own == api)
    }

    /// Has it no secret for sure, so that only a code challenge proves who brings a code?
    pub(super) fn is_public(&self) -> bool {
        self.secret.is_none() && !self.any_secret
    }

    pub(super) fn knows(&self, secret: Option<&str>) -> bool {
        self.any_secret || self.secret.as_deref() == secret
    }

    pub(super) fn may_come_back_to(&self, uri: &str) -> bool {
        if uri.contains('#') {
            return false;
        }
        match self.redirect_uris.as_slice() {
            [] if self.any_redirect => uri.parse().is_ok_and(|uri: Uri| uri.scheme().is_some()),
            [] => is_loopback(uri),
            registered => registered.iter().any(|known| known == uri),
        }
    }
}

/// RFC 8252, section 7.3: any port and path of this machine.
pub(super) fn is_loopback(uri: &str) -> bool {
    let Ok(uri) = uri.parse::<Uri>() else { return false };
    let host = uri.authority().filter(|authority| !authority.as_str().contains('@')).map(|authority| authority.host());
    uri.scheme_str() == Some("http") && matches!(host, Some("127.0.0.1" | "[::1]" | "localhost"))
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("api", &self.api).finish_non_exhaustive()
    }
}

/// What is registered at first: of each API a confidential application, `sandbox-<api>`, and a public one.
pub(super) fn samples() -> Vec<Client> {
    let apis = [(Api::Accounting, "accounting"), (Api::AccountingV3, "accounting-v3"), (Api::Sage200, "sage-200")];
    let both = apis.map(|(api, word)| {
        let id = format!("sandbox-{word}");
        [
            Client::new(api, &id).name("Sandbox example").secret(format!("{id}-secret")),
            Client::new(api, format!("{id}-public")).name("Sandbox desktop example"),
        ]
    });
    both.into_iter().flatten().collect()
}

#[cfg(test)]
mod tests {
    use super::Client;
    use crate::Api;

    #[test]
    fn users_come_back_to_what_is_registered() {
        let local = Client::new(Api::Accounting, "id");
        let registered = local.clone().redirect_uri("https://app.example/callback");
        let table = [
            ("http://127.0.0.1:8910/callback", true, false),
            ("http://[::1]:8910/", true, false),
            ("http://localhost:1/a?b=c", true, false),
            ("https://app.example/callback", false, true),
            ("https://app.example/callback/", false, false),
            ("https://app.example/callback?x=1", false, false),
            ("http://127.0.0.1.evil.example/", false, false),
            ("http://127.0.0.1@evil.example/", false, false),
            ("http://127.0.0.1:80#x", false, false),
            ("javascript:alert(1)", false, false),
            ("", false, false),
        ];
        for (uri, local_takes, registered_takes) in table {
            assert_eq!(local.may_come_back_to(uri), local_takes, "{uri}");
            assert_eq!(registered.may_come_back_to(uri), registered_takes, "{uri}");
        }
    }

    #[test]
    fn a_secret_is_not_shown() {
        assert!(!format!("{:?}", Client::new(Api::Accounting, "id").secret("CANARY")).contains("CANARY"));
    }
}
