//! Where the examples find a local Sage, and what they ask of it that no real one does.

use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;

use sage_sandbox::{Api, Injected, Sandbox};
use serde_json::{Value, json};

/// A local Sage: one that is running, or one of the example's own, which stops when this is dropped.
#[derive(Debug)]
pub struct Local {
    origin: String,
    _own: Option<Sandbox>,
}

impl Local {
    /// The one at the origin that the environment variable `SAGE_ORIGIN` names, such as `http://127.0.0.1:8080` of
    /// `cargo xtask sandbox`; if there is no such variable, a new one.
    ///
    /// # Errors
    /// The system has no port left for a new one.
    pub fn open() -> io::Result<Self> {
        if let Ok(origin) = std::env::var("SAGE_ORIGIN") {
            return Ok(Local { origin: origin.trim_end_matches('/').to_owned(), _own: None });
        }
        let own = Sandbox::builder().start_blocking()?;
        Ok(Local { origin: own.origin().to_owned(), _own: Some(own) })
    }

    /// Scheme, host and port, as the builders of clients take them.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// An access token without a login.
    ///
    /// # Errors
    /// Nobody answers at the origin, or it is no sandbox.
    pub fn access_token(&self, api: Api) -> io::Result<String> {
        let made = self.ask("POST", "/tokens", &json!({ "api": api }))?;
        made["access_token"].as_str().map(str::to_owned).ok_or_else(|| wrong(&made))
    }

    /// The site of a company in this country.
    ///
    /// # Errors
    /// As [`access_token`](Self::access_token), or there is no such company.
    pub fn site(&self, country: &str) -> io::Result<String> {
        let served = self.ask("GET", "", &Value::Null)?;
        let companies = served["companies"].as_array().ok_or_else(|| wrong(&served))?;
        let company = companies.iter().find(|company| company["country"] == country);
        let site = company.and_then(|company| company["business"].as_str());
        site.map(str::to_owned).ok_or_else(|| wrong(&served))
    }

    /// Makes the next requests that match go wrong.
    ///
    /// # Errors
    /// As [`access_token`](Self::access_token).
    pub fn inject(&self, fault: &Injected) -> io::Result<()> {
        self.ask("POST", "/faults", &json!(fault)).map(drop)
    }

    /// Puts its clock forward.
    ///
    /// # Errors
    /// As [`access_token`](Self::access_token).
    pub fn advance(&self, seconds: u32) -> io::Result<()> {
        self.ask("POST", "/clock", &json!({ "advance": seconds })).map(drop)
    }

    /// A request to its control endpoint: see [`sage_sandbox::control`].
    fn ask(&self, method: &str, path: &str, body: &Value) -> io::Result<Value> {
        let host = self.origin.strip_prefix("http://").ok_or_else(|| io::Error::other("it is not of this machine"))?;
        let body = if body.is_null() { String::new() } else { body.to_string() };
        let length = body.len();
        let mut stream = TcpStream::connect(host)?;
        write!(
            stream,
            "{method} /_sandbox{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {length}\r\n\r\n{body}"
        )?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        match head.split(' ').nth(1) {
            Some("200" | "201") => Ok(serde_json::from_str(body)?),
            _ => Err(io::Error::other(format!("{}: {body}", head.lines().next().unwrap_or_default()))),
        }
    }
}

fn wrong(answer: &Value) -> io::Error {
    io::Error::other(format!("the local Sage answers {answer}"))
}
