//! The OAuth servers on a port, with one small handler in place of the APIs.

use std::net::TcpListener;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::http::header::{AUTHORIZATION, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use sage_sandbox::Api;
use sage_sandbox::clock::Clock;
use sage_sandbox::oauth::{Denied, Oauth, Options, Session};

/// A running sandbox; it ends with the test's runtime.
pub(crate) struct Sandbox {
    pub(crate) oauth: Arc<Oauth>,
    pub(crate) clock: Clock,
    pub(crate) origin: String,
}

impl Sandbox {
    pub(crate) async fn start(options: Options) -> Self {
        let clock = Clock::default();
        let oauth = Oauth::new(options, clock.clone());
        let apis = oauth.clone();
        let api = Router::new().fallback(move |request: Request| async move { answer(&apis, &request) });
        let router = oauth.clone().router().merge(api);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let origin = format!("http://{}", listener.local_addr().expect("an address"));
        tokio::spawn(async { axum::serve(listener, router).await });
        Sandbox { oauth, clock, origin }
    }

    pub(crate) fn session(&self, api: Api, token: &str) -> Result<Session, Denied> {
        self.oauth.session(api, Some(&format!("Bearer {token}")))
    }
}

/// An empty list for whoever may read it.
fn answer(oauth: &Oauth, request: &Request) -> Response {
    let path = request.uri().path();
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    let (api, body) = match path {
        _ if path.starts_with("/v3.1/") => (Api::Accounting, r#"{"$total":0,"$items":[]}"#),
        _ if path.contains("/sageone/accounts/v3/") => (Api::AccountingV3, r#"{"$total":0,"$items":[]}"#),
        _ if path.starts_with("/uk/sage200") => (Api::Sage200, "[]"),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let authorization = header(AUTHORIZATION.as_str());
    let site = |session: &Session| header("x-site").is_some_and(|site| session.business(site).is_some());
    match oauth.session(api, authorization) {
        Err(_) => StatusCode::UNAUTHORIZED.into_response(),
        Ok(session) if api == Api::AccountingV3 && !site(&session) => StatusCode::NOT_FOUND.into_response(),
        Ok(_) => ([(CONTENT_TYPE, "application/json")], body).into_response(),
    }
}

/// A port that nobody listens on.
pub(crate) fn port() -> u16 {
    TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port()
}
