//! Every test listens to everything that is logged, by everybody and at TRACE, and ends at once if there is a secret in it.
//!
//! What is secret the servers learn from the requests that they get.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, Once, OnceLock, PoisonError};

/// Somebody else who listens.
static ALSO: OnceLock<fn(&str)> = OnceLock::new();
static WATCH: Mutex<Watch> = Mutex::new(Watch { recent: String::new(), secrets: Vec::new() });

/// Bytes that are kept: a secret may be logged before a server sees it.
const RECENT: usize = 256 << 10;
/// Shorter ones are words that may stand anywhere.
const SHORTEST: usize = 6;

struct Watch {
    recent: String,
    secrets: Vec<String>,
}

static ONCE: Once = Once::new();

/// Never listens in this process, where it would be measured as well.
pub fn never() {
    ONCE.call_once(|| {});
}

/// Listens from now on. Servers do it when they start.
pub fn begin() {
    ONCE.call_once(|| {
        log::set_logger(&Listener).unwrap();
        log::set_max_level(log::LevelFilter::Trace);
        tracing::subscriber::set_global_default(Listener).unwrap();
        listen_to_all();
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            note(&panic.to_string());
            before(panic);
        }));
    });
}

/// Listens to places, too, that nobody seemed to listen to when they were first passed: what another thread passes while
/// listening begins is remembered so for ever.
pub fn listen_to_all() {
    tracing::callsite::rebuild_interest_cache();
}

/// Tells this listener everything, too.
pub fn also(listener: fn(&str)) {
    begin();
    let _ = ALSO.set(listener);
}

/// Learns what is secret in the headers and the form of a request.
pub fn learn<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>, body: &[u8]) {
    let in_headers = headers.into_iter().filter_map(|(name, value)| match name.to_ascii_lowercase().as_str() {
        "authorization" => Some(value.split_once(' ').map_or(value, |(_, token)| token).to_owned()),
        "ocp-apim-subscription-key" => Some(value.to_owned()),
        _ => None,
    });
    const MEMBERS: [&str; 5] = ["client_secret", "code", "code_verifier", "refresh_token", "token"];
    let form = form_urlencoded::parse(body).into_owned();
    let in_form = form.filter(|(name, _)| MEMBERS.contains(&name.as_str())).map(|(_, value)| value);
    let mut watch = WATCH.lock().unwrap_or_else(PoisonError::into_inner);
    for secret in in_headers.chain(in_form).filter(|secret| secret.len() >= SHORTEST) {
        if !watch.secrets.contains(&secret) {
            watch.secrets.push(secret);
            let Watch { recent, secrets } = &*watch;
            check(recent, secrets);
        }
    }
}

fn note(text: &str) {
    if let Some(listener) = ALSO.get() {
        listener(text);
    }
    let mut watch = WATCH.lock().unwrap_or_else(PoisonError::into_inner);
    check(text, &watch.secrets);
    if watch.recent.len() > RECENT {
        watch.recent.clear();
    }
    watch.recent.push_str(text);
    watch.recent.push('\n');
}

/// A panic could be caught by whoever logs, so this is the end of the process.
#[allow(clippy::print_stderr, reason = "it is all that is left to say")]
fn check(text: &str, secrets: &[String]) {
    let Some((line, secret)) =
        text.lines().find_map(|line| secrets.iter().find(|secret| line.contains(*secret)).map(|secret| (line, secret)))
    else {
        return;
    };
    eprintln!("the secret `{secret}` was logged: {line}");
    std::process::abort();
}

struct Listener;

impl log::Log for Listener {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        note(&format!("log {} {}", record.target(), record.args()));
    }

    fn flush(&self) {}
}

struct Fields(String);

impl tracing::field::Visit for Fields {
    fn record_debug(&mut self, field: &tracing::field::Field, value: &dyn Debug) {
        let _ = write!(self.0, " {}={value:?}", field.name());
    }
}

impl tracing::Subscriber for Listener {
    fn enabled(&self, _: &tracing::Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, span: &tracing::span::Attributes<'_>) -> tracing::span::Id {
        let mut fields = Fields(format!("tracing {} {}", span.metadata().target(), span.metadata().name()));
        span.record(&mut fields);
        note(&fields.0);
        tracing::span::Id::from_u64(1)
    }

    fn record(&self, _: &tracing::span::Id, values: &tracing::span::Record<'_>) {
        let mut fields = Fields(String::new());
        values.record(&mut fields);
        note(&fields.0);
    }

    fn record_follows_from(&self, _: &tracing::span::Id, _: &tracing::span::Id) {}

    fn event(&self, event: &tracing::Event<'_>) {
        let mut fields = Fields(format!("tracing {}", event.metadata().target()));
        event.record(&mut fields);
        note(&fields.0);
    }

    fn enter(&self, _: &tracing::span::Id) {}

    fn exit(&self, _: &tracing::span::Id) {}
}
