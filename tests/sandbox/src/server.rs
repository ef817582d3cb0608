//! HTTP on loopback: the services, the OAuth servers and the control endpoint on one origin.

use std::convert::Infallible;
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request as HttpRequest, State};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;

use crate::control;
use crate::engine::{Engine, Request};
use crate::faults::Effect;
use crate::journal::{Entry, lock};
use crate::reply::Reply;
use crate::service;

/// The largest body: an attachment of 2.5 MiB in Base64, and some room.
const LARGEST_BODY: usize = 8 << 20;

/// A response with this mark is not sent: the connection is closed instead.
#[derive(Clone, Copy)]
struct Hangup;

/// A server that runs until `stop` is sent or dropped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) stop: oneshot::Sender<()>,
}

/// Starts the server on a thread of its own, so that it serves clients of any kind, blocking ones too.
pub(crate) fn start(engine: Arc<Engine>, port: u16) -> io::Result<Running> {
    let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, port))?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let serve = move || {
        runtime.block_on(async move {
            if let Ok(listener) = TcpListener::from_std(listener) {
                tokio::select! {
                    () = accept(listener, router(engine)) => {}
                    _ = stopped => {}
                }
            }
        });
        // Whoever still waits for a delayed reply waits no longer.
        runtime.shutdown_background();
    };
    std::thread::Builder::new().name("sage-sandbox".to_owned()).spawn(serve)?;
    Ok(Running { address, stop })
}

fn router(engine: Arc<Engine>) -> Router {
    let oauth = engine.oauth.clone().router();
    let control = control::router().with_state(engine.clone());
    let services = Router::new().fallback(answer).with_state(engine.clone());
    let around = axum::middleware::from_fn_with_state(engine, with_faults);
    oauth.merge(services).layer(around).nest("/_sandbox", control)
}

async fn accept(listener: TcpListener, router: Router) {
    loop {
        // A connection that is gone before it is taken concerns nobody.
        if let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(connection(stream, router.clone()));
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let _ = stream.set_nodelay(true);
    let router = TowerToHyperService::new(router);
    let service = hyper::service::service_fn(move |request| {
        let response = hyper::service::Service::call(&router, request);
        async move {
            let response: Response<Body> = response.await.unwrap_or_else(|never: Infallible| match never {});
            match response.extensions().get::<Hangup>() {
                Some(Hangup) => Err(io::Error::other("closed on purpose")),
                None => Ok(response),
            }
        }
    });
    // How a connection ends is the client's business.
    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
}

/// What was asked to go wrong goes wrong here, for the services and the OAuth servers alike.
async fn with_faults(
    State(engine): State<Arc<Engine>>,
    request: HttpRequest,
    next: axum::middleware::Next,
) -> Response<Body> {
    let (method, path) = (request.method().to_string(), request.uri().path().to_owned());
    let target = request.uri().to_string();
    let api = service::destination(&path).map(|to| to.api);
    let entry =
        |status| Entry { api, operation: String::new(), method: method.clone(), target: target.clone(), status };
    let authorization = request.headers().get(http::header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    // It is on its way until it is answered, however late.
    let _on_its_way = match api.map(|api| engine.begin(api, authorization)).transpose() {
        Ok(begun) => begun.flatten(),
        Err(reply) => {
            engine.journal.add(entry(reply.status));
            return response(reply);
        }
    };
    let effect = lock(&engine.faults).take(&method, &path);
    match effect {
        None => next.run(request).await,
        Some(Effect::Reply { status, headers, body }) => {
            engine.journal.add(entry(status));
            response(Reply { status, headers, body: body.into_bytes() })
        }
        Some(Effect::DropBefore) => {
            engine.journal.add(entry(0));
            hangup()
        }
        Some(Effect::DropAfter) => {
            next.run(request).await;
            hangup()
        }
        Some(Effect::Delay { milliseconds }) => {
            let response = next.run(request).await;
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            response
        }
        Some(Effect::Truncate { bytes }) => truncated(next.run(request).await, bytes).await,
    }
}

fn hangup() -> Response<Body> {
    let mut response = Response::new(Body::empty());
    response.extensions_mut().insert(Hangup);
    response
}

/// The whole length is announced, and only a part of it comes.
async fn truncated(response: Response<Body>, length: usize) -> Response<Body> {
    let (mut parts, body) = response.into_parts();
    let whole = axum::body::to_bytes(body, LARGEST_BODY).await.unwrap_or_default();
    if length >= whole.len() {
        return Response::from_parts(parts, Body::from(whole));
    }
    parts.headers.insert(http::header::CONTENT_LENGTH, HeaderValue::from(whole.len()));
    let part = whole.slice(..length);
    Response::from_parts(parts, Body::new(Broken { part: Some(part) }))
}

/// A body that ends too early.
struct Broken {
    part: Option<Bytes>,
}

impl http_body::Body for Broken {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: std::pin::Pin<&mut Self>,
        _: &mut std::task::Context<'_>,
    ) -> std::task::Poll<Option<Result<http_body::Frame<Bytes>, io::Error>>> {
        let part = self.part.take().filter(|part| !part.is_empty());
        std::task::Poll::Ready(Some(match part {
            Some(part) => Ok(http_body::Frame::data(part)),
            None => Err(io::Error::other("cut on purpose")),
        }))
    }
}

/// What the services answer.
async fn answer(State(engine): State<Arc<Engine>>, request: HttpRequest) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, LARGEST_BODY).await else {
        return response(Reply::empty(413));
    };
    let request = Request {
        method: parts.method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        headers: parts.headers,
        body: body.to_vec(),
    };
    // The first request of a service reads its documents: others are served meanwhile.
    let reply = tokio::task::spawn_blocking(move || engine.answer(&request)).await;
    response(reply.unwrap_or_else(|_| Reply::empty(500)))
}

pub(crate) fn response(reply: Reply) -> Response<Body> {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in reply.headers {
        if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(&value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
