//! Sending: the one way that every request takes. Not generic, and in a box, so that an operation costs nothing to compile.

use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue, Request};

use super::Draft;
use crate::error::{Error, Result};
use crate::reply::Raw;
use crate::secret::Secret;
use crate::transport::BoxFuture;

const AGENT: &str = concat!("sage-rs/", env!("CARGO_PKG_VERSION"));

impl Draft {
    /// Sends the request.
    pub(crate) fn execute(self) -> BoxFuture<'static, Result<Raw>> {
        let operation = self.operation;
        Box::pin(async move { self.run().await.map_err(|error| error.in_operation(operation)) })
    }

    async fn run(mut self) -> Result<Raw> {
        if let Some(problem) = self.take_problem() {
            return Err(problem);
        }
        let url = self.url()?;
        exchange(&self, &url).await
    }

    /// Sends the same request to another address: the next page.
    pub(crate) fn execute_at(&self, url: String) -> BoxFuture<'static, Result<Raw>> {
        let operation = self.operation;
        let draft = self.again();
        Box::pin(async move { exchange(&draft, &url).await.map_err(|error| error.in_operation(operation)) })
    }

    /// The same request once more; what went wrong with it has been told already.
    pub(crate) fn again(&self) -> Draft {
        let mut draft = Draft::new(self.client.clone(), self.operation);
        draft.path.clone_from(&self.path);
        draft.headers = self.headers.clone();
        draft.media_type.clone_from(&self.media_type);
        draft.body = self.body.clone();
        draft
    }
}

/// One request and its reply.
async fn exchange(draft: &Draft, url: &str) -> Result<Raw> {
    let core = &draft.client.0;
    core.check(draft.operation, &draft.headers)?;
    let token = match &core.token {
        Some(source) => Some(source.token(None).await?.access),
        None => None,
    };
    let (headers, secrets) = headers(draft, token)?;
    let mut request = Request::new(draft.body.clone());
    *request.method_mut() = draft.operation.method.to_http();
    *request.uri_mut() = url.parse().map_err(|_| Error::config("the URL of the request is too long, or is none"))?;
    *request.headers_mut() = headers;
    let reply = core.transport.send(request, core.limits).await.map_err(Error::transport)?;
    let (parts, body) = reply.into_parts();
    let raw = Raw { operation: draft.operation, status: parts.status, headers: parts.headers, body, secrets };
    if raw.status.is_success() { Ok(raw) } else { Err(Error::answered(&raw)) }
}

/// All headers of a request, and the values among them that are secret.
fn headers(draft: &Draft, token: Option<Secret>) -> Result<(HeaderMap, Vec<Secret>)> {
    let core = &draft.client.0;
    let mut headers = HeaderMap::new();
    let without = |name: &HeaderName| {
        draft.operation.without_headers.iter().any(|known| name.as_str().eq_ignore_ascii_case(known))
    };
    for (name, value) in core.headers.iter().filter(|(name, _)| !without(name)).chain(&draft.headers) {
        headers.insert(name, value.clone());
    }
    let secret = headers.values().filter(|value| value.is_sensitive()).filter_map(|value| value.to_str().ok());
    let mut secrets: Vec<_> = secret.map(Secret::new).collect();
    headers.entry(ACCEPT).or_insert(HeaderValue::from_static(draft.operation.accept));
    headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
    if let Some(media_type) = &draft.media_type {
        headers.insert(CONTENT_TYPE, media_type.clone());
    }
    if let Some(token) = token {
        headers.insert(AUTHORIZATION, bearer(&token)?);
        secrets.push(token);
    }
    Ok((headers, secrets))
}

fn bearer(token: &Secret) -> Result<HeaderValue> {
    let text = Secret::new(format!("Bearer {}", token.expose()));
    let mut value = HeaderValue::from_str(text.expose())
        .map_err(|_| Error::token("the access token has characters that can not be sent"))?;
    value.set_sensitive(true);
    Ok(value)
}
