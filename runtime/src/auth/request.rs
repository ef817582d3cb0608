//! What the token endpoint is asked: forms (RFC 6749, sections 4.1.3 and 6; RFC 7009, section 2.1).

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderValue, Request, Uri};
use zeroize::Zeroizing;

use super::app::App;
use super::profile::ClientAuth;
use crate::error::{Error, Result};
use crate::secret::Secret;
use crate::transport::Body;

const AGENT: &str = concat!("sage-rs/", env!("CARGO_PKG_VERSION"));

/// What is asked for.
pub(super) enum Form<'a> {
    /// Tokens for a code.
    Code { code: &'a Secret, redirect_uri: &'a str, verifier: Option<&'a Secret> },
    /// Newer tokens.
    Refresh(&'a Secret),
    /// An end.
    Revoke { token: &'a Secret, kind: &'static str },
}

/// The request, and the values in it that are secret.
pub(super) struct Asked {
    pub(super) request: Request<Body>,
    pub(super) secrets: Vec<Secret>,
}

pub(super) fn request(app: &App, url: Uri, form: &Form<'_>) -> Result<Asked> {
    let mut body = Serializer::new(String::new());
    let mut secrets = Vec::new();
    match form {
        Form::Code { code, redirect_uri, verifier } => {
            body.append_pair("grant_type", "authorization_code");
            body.append_pair("code", code.expose());
            body.append_pair("redirect_uri", redirect_uri);
            if let Some(verifier) = verifier {
                body.append_pair("code_verifier", verifier.expose());
            }
            secrets.push((*code).clone());
            secrets.extend(verifier.cloned());
        }
        Form::Refresh(token) => {
            body.append_pair("grant_type", "refresh_token");
            body.append_pair("refresh_token", token.expose());
            secrets.push((*token).clone());
        }
        Form::Revoke { token, kind } => {
            body.append_pair("token", token.expose());
            body.append_pair("token_type_hint", kind);
            secrets.push((*token).clone());
        }
    }
    secrets.extend(app.client_secret().cloned());
    let basic = match (app.oauth().client_auth, app.client_secret()) {
        (ClientAuth::Basic, Some(secret)) => Some(basic(app.id(), secret)?),
        (_, secret) => {
            body.append_pair("client_id", app.id());
            if let Some(secret) = secret {
                body.append_pair("client_secret", secret.expose());
            }
            None
        }
    };
    let body = Zeroizing::new(body.finish().into_bytes());
    let mut request =
        Request::post(url).body(Bytes::from_owner(body).into()).map_err(|_| Error::config("the token URL is none"))?;
    let headers = request.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
    if let Some(basic) = basic {
        headers.insert(AUTHORIZATION, basic);
    }
    Ok(Asked { request, secrets })
}

/// Both parts are form-encoded before they are joined (RFC 6749, section 2.3.1), so that a colon in the id is no end.
fn basic(id: &str, secret: &Secret) -> Result<HeaderValue> {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = Zeroizing::new(format!("{}:{}", encode(id), encode(secret.expose())));
    let text = Zeroizing::new(format!("Basic {}", STANDARD.encode(pair.as_bytes())));
    let mut value = HeaderValue::from_str(&text).map_err(|_| Error::config("the client id can not be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;

    use super::{Asked, Form, request};
    use crate::auth::{App, ClientAuth, OAuth};
    use crate::secret::Secret;

    const OAUTH: OAuth = OAuth::DEFAULT;

    fn asked(app: &App, form: &Form<'_>) -> (Option<String>, Vec<(String, String)>) {
        let Asked { request, .. } = request(app, "https://login.example/token".parse().unwrap(), form).unwrap();
        assert_eq!(request.method(), "POST");
        assert_eq!(request.headers()["content-type"], "application/x-www-form-urlencoded");
        let header = request.headers().get("authorization").map(|value| {
            assert!(value.is_sensitive());
            let text = value.to_str().unwrap().strip_prefix("Basic ").unwrap();
            String::from_utf8(STANDARD.decode(text).unwrap()).unwrap()
        });
        (header, form_urlencoded::parse(request.body()).into_owned().collect())
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).into(), (*value).into())).collect()
    }

    #[test]
    fn a08_basic_is_form_encoded_before_it_is_joined() {
        let table = [
            ("id", "secret", "id:secret"),
            ("a:b", "c:d", "a%3Ab:c%3Ad"),
            ("50%", "a+b c", "50%25:a%2Bb+c"),
            ("é", "ключ", "%C3%A9:%D0%BA%D0%BB%D1%8E%D1%87"),
            ("s6BhdRkqt3", "gX1fBat3bV", "s6BhdRkqt3:gX1fBat3bV"),
        ];
        for (id, secret, expected) in table {
            let app = App::new(&OAUTH, id).secret(secret).client_auth(ClientAuth::Basic);
            let (header, body) = asked(&app, &Form::Refresh(&Secret::new("r")));
            assert_eq!(header.as_deref(), Some(expected));
            assert_eq!(body, pairs(&[("grant_type", "refresh_token"), ("refresh_token", "r")]), "never both");
        }
    }

    #[test]
    fn a08_credentials_in_the_body() {
        let app = App::new(&OAUTH, "a:b").secret("c&d=é");
        let (header, body) = asked(&app, &Form::Refresh(&Secret::new("r/+")));
        assert_eq!(header, None);
        let expected = [
            ("grant_type", "refresh_token"),
            ("refresh_token", "r/+"),
            ("client_id", "a:b"),
            ("client_secret", "c&d=é"),
        ];
        assert_eq!(body, pairs(&expected));
    }

    #[test]
    fn a08_a_public_client_sends_its_id_only() {
        for client_auth in [ClientAuth::Body, ClientAuth::Basic] {
            let app = App::new(&OAUTH, "id").client_auth(client_auth);
            let token = Secret::new("r");
            let (header, body) = asked(&app, &Form::Revoke { token: &token, kind: "refresh_token" });
            assert_eq!(header, None);
            assert_eq!(body, pairs(&[("token", "r"), ("token_type_hint", "refresh_token"), ("client_id", "id")]));
        }
    }

    #[test]
    fn a06_the_code_goes_with_the_address_it_came_to() {
        let (code, verifier) = (Secret::new("GB/x y"), Secret::new("v"));
        let form = Form::Code { code: &code, redirect_uri: "http://127.0.0.1:8910/cb?x=1", verifier: Some(&verifier) };
        let (_, body) = asked(&App::new(&OAUTH, "id"), &form);
        let expected = [
            ("grant_type", "authorization_code"),
            ("code", "GB/x y"),
            ("redirect_uri", "http://127.0.0.1:8910/cb?x=1"),
            ("code_verifier", "v"),
            ("client_id", "id"),
        ];
        assert_eq!(body, pairs(&expected));
    }
}
