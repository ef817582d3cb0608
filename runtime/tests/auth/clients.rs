//! What a client and its grant share: a transport that was set once, and blocking forms of what is awaited.

use std::sync::{Arc, Mutex};

use sage_runtime::auth::MemoryStore;
use sage_runtime::codegen as rt;
use sage_runtime::transport::{Body, Bounds, BoxFuture, Http, Transport, TransportFault};
use sage_runtime::{Generation, TokenSource as _};
use tokio::runtime::{Builder, Runtime};

use crate::api;
use crate::kit::{get, name, seed};
use crate::server::{OAUTH, Server, stored};
use crate::tls::Tls;

struct Client(rt::Client);
struct ClientBuilder(rt::ClientBuilder);

rt::client_builder!(ClientBuilder, Client);
rt::client_login!(ClientBuilder, Client, OAUTH);

static API: rt::Api =
    rt::Api { module: "sample", base_url: "https://api.example/v1", bearer: true, ..rt::Api::DEFAULT };
static LIST: rt::Operation = rt::Operation { id: "things.list", path: "/things", ..rt::Operation::READ };

fn builder(app: sage_runtime::auth::App, store: &MemoryStore) -> ClientBuilder {
    ClientBuilder(rt::ClientBuilder::new(&API)).app(app).token_store(store.clone())
}

impl Client {
    fn list(&self) -> rt::Call<()> {
        rt::Call::empty(&self.0, &LIST)
    }
}

fn runtime() -> Runtime {
    Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap()
}

/// The address that the service would send the user back to.
fn allowed(pending: &sage_runtime::auth::Pending, code: &str) -> String {
    let state = pending.url().split("state=").nth(1).unwrap().split('&').next().unwrap();
    format!("{}?code={code}&state={state}", pending.redirect_uri())
}

/// Writes down what is asked through it.
#[derive(Clone)]
struct Counts(Http, Arc<Mutex<Vec<String>>>);

impl Transport for Counts {
    fn send(
        &self,
        request: http::Request<Body>,
        bounds: Bounds,
    ) -> BoxFuture<'_, Result<http::Response<Body>, TransportFault>> {
        self.1.lock().unwrap().push(request.uri().path().to_owned());
        self.0.send(request, bounds)
    }
}

#[test]
fn a_transport_that_is_set_once_asks_for_tokens_too() {
    let (tokens, service) = (Server::start(), api::Server::always(|_| api::json(200, "{}")));
    tokens.ledger().codes = vec!["code".into()];
    let seen = Arc::new(Mutex::new(Vec::new()));
    let transport = Counts(Http::builder().build().unwrap(), seen.clone());
    let client = builder(tokens.app(), &MemoryStore::lost_on_exit()).transport(transport).origin(&service.origin);
    let client = client.build().unwrap();
    let grant = client.grant().unwrap();
    runtime().block_on(async {
        let mut pending = grant.authorize("http://127.0.0.1:1/back").unwrap();
        let callback = allowed(&pending, "code");
        grant.finish(&mut pending, &callback).await.unwrap();
        client.list().await.unwrap();
        get(grant, Some(0)).await.unwrap();
        grant.revoke().await.unwrap();
    });
    assert_eq!(*seen.lock().unwrap(), ["/token", "/v1/things", "/token", "/revoke"]);
    assert_eq!(tokens.hits(), 3);
}

#[test]
fn h09_a_proxy_that_is_named_once_is_asked_for_tokens_too() {
    let proxy = api::Server::always(|seen| match seen.line.starts_with("POST") {
        true => api::json(200, r#"{"access_token":"CANARY-through","token_type":"bearer","expires_in":300}"#),
        false => api::json(200, "{}"),
    });
    let store = MemoryStore::lost_on_exit();
    seed(&store, &stored(0, 400, ""));
    let http = Http::builder().proxy(&proxy.origin).build().unwrap();
    let app = Client::app("client-id").secret("CANARY-secret").origin("http://127.0.0.1:1");
    let client = builder(app, &store).transport(http).origin("http://127.0.0.1:2").build().unwrap();
    runtime().block_on(async { client.list().await }).unwrap();
    assert_eq!(proxy.lines(), ["POST http://127.0.0.1:1/token", "GET http://127.0.0.1:2/v1/things"]);
}

#[test]
fn a_certificate_that_is_trusted_once_is_trusted_for_tokens_too() {
    let (runtime, store) = (runtime(), MemoryStore::lost_on_exit());
    let (tokens, service) = (Server::start(), api::Server::always(|_| api::json(200, "{}")));
    seed(&store, &stored(0, 400, ""));
    let tls = runtime.block_on(Tls::before(&tokens.origin, 0, &["http/1.1"]));
    let http = Http::builder().root_certificate(tls.certificate.clone()).build().unwrap();
    let client = |set: ClientBuilder| set.origin(&service.origin).build().unwrap();
    let set = || builder(tokens.app().origin(&tls.origin), &store);
    runtime.block_on(async { client(set()).list().await }).unwrap_err();
    assert_eq!(tokens.hits(), 0);
    runtime.block_on(async { client(set().transport(http)).list().await }).unwrap();
    assert_eq!(tokens.hits(), 1);
}

#[test]
fn h10_requests_for_tokens_share_no_connection_with_calls() {
    let server = api::Server::always(|seen| {
        let tokens = r#"{"access_token":"CANARY-a","refresh_token":"CANARY-r","token_type":"bearer","expires_in":300}"#;
        api::Act::KeepAlive(200, if seen.line.starts_with("POST") { tokens } else { "{}" }.into())
    });
    let store = MemoryStore::lost_on_exit();
    seed(&store, &stored(0, 400, ""));
    let http = Http::builder().build().unwrap();
    let client = builder(Client::app("client-id").origin(&server.origin), &store).transport(http);
    let client = client.origin(&server.origin).build().unwrap();
    runtime().block_on(async {
        for generation in 0..3 {
            client.grant().unwrap().token(Some(Generation::new(generation))).await.unwrap();
            client.list().await.unwrap();
        }
    });
    let seen = server.seen();
    let on = |method: &str| {
        let all = seen.iter().filter(move |seen| seen.line.starts_with(method));
        all.map(|seen| seen.connection).collect::<Vec<_>>()
    };
    let (posts, gets) = (on("POST"), on("GET"));
    assert_eq!(gets, [gets[0]; 3], "calls use their connection again");
    assert!(posts.len() > 1 && !posts.contains(&gets[0]), "{posts:?} {gets:?}");
    assert!(posts.windows(2).all(|two| two[0] != two[1]), "each of them ends with its runtime: {posts:?}");
}

#[cfg(feature = "blocking")]
#[test]
fn x01_blocking_callers_log_in_settle_and_revoke() {
    use std::io::{Read as _, Write as _};

    use sage_runtime::auth::Login;

    let (tokens, service) = (Server::start(), api::Server::always(|_| api::json(200, "{}")));
    tokens.ledger().codes = vec!["one".into(), "two".into()];
    let store = MemoryStore::lost_on_exit();
    let client = builder(tokens.app(), &store).origin(&service.origin).build().unwrap();
    let grant = client.grant().unwrap();
    assert!(!grant.is_authorized_blocking().unwrap());
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    // The browser of the user who allows it.
    let login = Login::loopback(port).show(move |url| {
        let state = url.split("state=").nth(1).unwrap().split('&').next().unwrap();
        let request = format!("GET /callback?code=one&state={state} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n");
        std::thread::spawn(move || {
            let mut stream = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
            stream.write_all(request.as_bytes()).unwrap();
            stream.read_to_end(&mut Vec::new()).unwrap();
        });
    });
    client.login_blocking(login).unwrap();
    // There is a grant, so nobody is asked.
    client.login_blocking(Login::loopback(port).show(|_| panic!("it was asked for again"))).unwrap();
    client.list().send_blocking().unwrap();
    assert!(service.seen()[0].header("authorization").unwrap().ends_with("access-1"));
    grant.settled_blocking();
    grant.revoke_blocking().unwrap();
    assert!(!grant.is_authorized_blocking().unwrap());
    let mut pending = grant.authorize("http://127.0.0.1:1/back").unwrap();
    let callback = allowed(&pending, "two");
    grant.finish_blocking(&mut pending, &callback).unwrap();
    assert!(grant.is_authorized_blocking().unwrap());
    let token = runtime().block_on(async { get(grant, None).await }).unwrap();
    assert_eq!(name(&token), "access-2");
}
