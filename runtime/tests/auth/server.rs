//! A token endpoint that takes each refresh token once, as Sage's does, and remembers what it was asked.

use std::collections::{BTreeMap, VecDeque};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use sage_runtime::auth::{App, Endpoints, OAuth};

use crate::api::watch;

pub static OAUTH: OAuth = OAuth {
    authorize_url: "https://login.example/authorize",
    endpoints: &[Endpoints {
        token_url: "https://login.example/token",
        revoke_url: Some("https://login.example/revoke"),
        ..Endpoints::DEFAULT
    }],
    scope: "full_access",
    ..OAuth::DEFAULT
};

/// What the endpoint does with one request, in place of what it usually does.
#[derive(Clone, Debug)]
pub enum Act {
    /// What it usually does.
    Serve,
    /// It processes the request and says nothing.
    Drop,
    /// It says this and processes nothing.
    Say(u16, &'static str, String),
    /// It answers 429 with this `Retry-After`.
    Limit(&'static str),
}

pub struct Server {
    pub origin: String,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    ledger: Mutex<Ledger>,
    opened: Condvar,
}

/// A request as it came.
#[derive(Clone, Debug, Default)]
pub struct Asked {
    pub path: String,
    pub headers: BTreeMap<String, String>,
    pub form: BTreeMap<String, String>,
}

#[derive(Default)]
pub struct Ledger {
    pub asked: Vec<Asked>,
    pub script: VecDeque<Act>,
    /// The number of the newest refresh token; they are called `refresh-0`, `refresh-1`, ….
    pub current: u64,
    /// What the names of its tokens begin with.
    pub whose: &'static str,
    /// Spent refresh tokens are taken again.
    pub grace: bool,
    /// Somebody has used a spent refresh token, and the server has ended the grant.
    pub revoked: bool,
    pub expires_in: Option<&'static str>,
    /// Members of each reply beside the tokens, as JSON.
    pub extra: &'static str,
    /// Codes that are taken, once.
    pub codes: Vec<String>,
    /// Processes requests and keeps the answers back.
    pub closed: bool,
    /// Requests that wait for the answer.
    pub held: u32,
}

impl Server {
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let origin = format!("http://{}", listener.local_addr().unwrap());
        let shared = Arc::new(Shared::default());
        watch::begin();
        shared.ledger.lock().unwrap().expires_in = Some("300");
        let own = shared.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = own.clone();
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Server { origin, shared }
    }

    pub fn app(&self) -> App {
        App::new(&OAUTH, "client-id").secret("CANARY-client-secret").origin(&self.origin)
    }

    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.shared.ledger.lock().unwrap()
    }

    pub fn script(&self, acts: impl IntoIterator<Item = Act>) {
        self.ledger().script = acts.into_iter().collect();
    }

    /// How often it was asked.
    pub fn hits(&self) -> usize {
        self.ledger().asked.len()
    }

    pub fn open(&self) {
        self.ledger().closed = false;
        self.shared.opened.notify_all();
    }

    /// Waits until so many requests wait for their answers.
    pub fn wait_for_held(&self, count: u32) {
        let ledger = self.ledger();
        let limit = Duration::from_secs(60);
        let result = self.shared.opened.wait_timeout_while(ledger, limit, |ledger| ledger.held < count).unwrap();
        assert!(!result.1.timed_out(), "nobody asked");
    }
}

/// What a store holds after a login, `age` seconds ago.
pub fn stored(generation: u64, age: u64, more: &str) -> String {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    stored_at(generation, now - age, more)
}

pub fn stored_at(generation: u64, issued: u64, more: &str) -> String {
    format!(
        r#"{{"version":1,"generation":{generation},"issued_at":{issued},"tokens":{{"access_token":"CANARY-access-{generation}",
        "refresh_token":"CANARY-refresh-{generation}","expires_in":300,"token_type":"Bearer"}}{more}}}"#
    )
}

fn serve(stream: TcpStream, shared: &Shared) {
    stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let Some(asked) = read(&stream) else { return };
    let mut ledger = shared.ledger.lock().unwrap();
    ledger.asked.push(asked.clone());
    let act = ledger.script.pop_front().unwrap_or(Act::Serve);
    let (status, kind, body) = match &act {
        Act::Say(status, kind, body) => (*status, *kind, body.clone()),
        Act::Limit(_) => (429, "text/plain", String::new()),
        _ => ledger.answer(&asked),
    };
    ledger.held += 1;
    shared.opened.notify_all();
    drop(shared.opened.wait_while(ledger, |ledger| ledger.closed).unwrap());
    shared.ledger.lock().unwrap().held -= 1;
    if !matches!(act, Act::Drop) {
        let wait = if let Act::Limit(wait) = act { format!("retry-after: {wait}\r\n") } else { String::new() };
        let head = format!(
            "HTTP/1.1 {status} X\r\n{wait}connection: close\r\ncontent-type: {kind}\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        let _ = (&stream).write_all(format!("{head}{body}").as_bytes());
    }
}

impl Ledger {
    fn answer(&mut self, asked: &Asked) -> (u16, &'static str, String) {
        const JSON: &str = "application/json";
        let refused = (400, JSON, r#"{"error":"invalid_grant"}"#.to_owned());
        let form = |name: &str| asked.form.get(name).map(String::as_str);
        if asked.path == "/revoke" {
            self.revoked = true;
            return (200, JSON, String::new());
        }
        match form("grant_type") {
            Some("authorization_code") => {
                let Some(at) = self.codes.iter().position(|code| Some(code.as_str()) == form("code")) else {
                    return refused;
                };
                self.codes.remove(at);
                self.revoked = false;
            }
            _ => {
                let own = format!("CANARY-{}refresh-", self.whose);
                let number = form("refresh_token").and_then(|token| token.strip_prefix(&own)?.parse().ok());
                let known =
                    number.is_some_and(|number: u64| number == self.current || self.grace && number < self.current);
                self.revoked |= !known;
                if self.revoked {
                    return refused;
                }
            }
        }
        self.current += 1;
        let life = self.expires_in.map(|life| format!(r#","expires_in":{life}"#)).unwrap_or_default();
        let body = format!(
            r#"{{"access_token":"CANARY-{2}access-{0}","refresh_token":"CANARY-{2}refresh-{0}","token_type":"bearer"{life}{1}}}"#,
            self.current, self.extra, self.whose
        );
        (200, JSON, body)
    }
}

fn read(stream: &TcpStream) -> Option<Asked> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut asked = Asked { path: line.split(' ').nth(1)?.to_owned(), ..Asked::default() };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(": ") else { break };
        asked.headers.insert(name.to_ascii_lowercase(), value.to_owned());
    }
    let mut body = vec![0; asked.headers.get("content-length").and_then(|length| length.parse().ok()).unwrap_or(0)];
    reader.read_exact(&mut body).ok()?;
    watch::learn(asked.headers.iter().map(|(name, value)| (name.as_str(), value.as_str())), &body);
    asked.form = form_urlencoded::parse(&body).into_owned().collect();
    Some(asked)
}
