//! A user without a browser: allows on the consent page as one would who clicks through it. For tests of logins.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use form_urlencoded::Serializer;

/// Opens the address of a login, allows for the first company on offer, and goes back to the program, on a thread of its
/// own: to be given to `Login::show`.
///
/// ```no_run
/// # fn login(show: impl FnOnce(&str) + Send + 'static) {}
/// // `client.login(Login::loopback(port).show(sage_sandbox::agree)).await?`
/// login(sage_sandbox::agree);
/// ```
///
/// What goes wrong is told on the standard error output; the program then waits for a login that does not come.
pub fn agree(url: &str) {
    let url = url.to_owned();
    thread::spawn(move || {
        if let Err(error) = visit(&url) {
            let _ = writeln!(io::stderr(), "nobody has allowed at {url}: {error}");
        }
    });
}

/// A port of this machine that nobody listens on at the moment, for logins of tests that run at the same time.
///
/// # Errors
/// The system has none left.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

fn visit(url: &str) -> io::Result<()> {
    let page = ask("GET", url, "", "")?;
    let cookie = page.header("set-cookie").and_then(|cookie| cookie.split(';').next()).unwrap_or_default();
    let mut form = Serializer::new(String::new());
    for name in ["request", "seal", "country"] {
        form.append_pair(name, page.value(&format!("name=\"{name}\""))?);
    }
    form.append_pair("company", page.value("name=\"company\"")?).append_pair("decision", "allow");
    let headers = format!("Content-Type: application/x-www-form-urlencoded\r\nCookie: {cookie}\r\n");
    let consent = format!("{}{}", origin(url), crate::oauth::CONSENT);
    let answer = ask("POST", &consent, &headers, &form.finish())?;
    let back = answer.header("location").ok_or_else(|| wrong("the page leads nowhere"))?;
    ask("GET", back, "", "").map(drop)
}

/// What was answered.
struct Answer {
    head: String,
    body: String,
}

impl Answer {
    fn header(&self, name: &str) -> Option<&str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(':'));
        lines.filter(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
    }

    /// The value of the first field of the page's form with this attribute.
    fn value(&self, attribute: &str) -> io::Result<&str> {
        let rest = self.body.split_once(attribute).and_then(|(_, rest)| rest.split_once("value=\""));
        let value = rest.and_then(|(_, rest)| rest.split_once('"'));
        value.map(|(value, _)| value).ok_or_else(|| wrong(&format!("the page has no field with {attribute}")))
    }
}

fn ask(method: &str, url: &str, headers: &str, body: &str) -> io::Result<Answer> {
    let host = origin(url).strip_prefix("http://").ok_or_else(|| wrong("the address is not of this machine"))?;
    let target = url.get(origin(url).len()..).unwrap_or_default();
    let length = body.len();
    let mut stream = TcpStream::connect(host)?;
    write!(
        stream,
        "{method} {target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}"
    )?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(|| wrong("the answer has no end of its head"))?;
    Ok(Answer { head: head.to_owned(), body: body.to_owned() })
}

/// Scheme, host and port of a URL.
fn origin(url: &str) -> &str {
    let end = url.match_indices('/').nth(2).map_or(url.len(), |(end, _)| end);
    url.get(..end).unwrap_or(url)
}

fn wrong(what: &str) -> io::Error {
    io::Error::other(what.to_owned())
}
