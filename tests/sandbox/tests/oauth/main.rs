//! The OAuth servers of the sandbox, tried by the clients that they are for, by hand, and by a real browser; their tokens
//! are then taken by the services of the same sandbox.

mod browser;
mod chromium;
mod clients;
mod consent;
#[path = "../support/http.rs"]
mod http;
mod tokens;
mod visitor;

use sage_sandbox::clock::Clock;
use sage_sandbox::oauth::{Denied, Options, Session};
use sage_sandbox::{Api, Sandbox};

/// A sandbox whose clock stands still: what ends does so when a test says so.
fn start(options: Options) -> Sandbox {
    let moment = "2026-02-01T09:00:00Z".parse().expect("a moment");
    let sandbox = Sandbox::builder().oauth(options).clock(Clock::at(moment));
    sandbox.start_blocking().expect("a free port on loopback")
}

/// Whose requests those with this token are.
fn who(sandbox: &Sandbox, api: Api, token: &str) -> Result<Session, Denied> {
    sandbox.oauth().session(api, Some(&format!("Bearer {token}")))
}
