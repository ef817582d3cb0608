//! Grants over loopback: each test is named after the bar in `runtime/BARS.md` that it holds.

#![allow(unreachable_pub, reason = "the modules of one test")]
#![cfg(any(feature = "blocking", feature = "reqwest"))]

#[path = "../server/mod.rs"]
mod api;
#[cfg(all(unix, feature = "browser"))]
mod browser;
#[cfg(feature = "reqwest")]
mod clients;
mod clocks;
#[cfg(all(target_os = "linux", feature = "keyring"))]
mod keyring;
mod kit;
mod login;
mod mixed;
#[cfg(unix)]
mod processes;
mod recovery;
#[path = "../sample/mod.rs"]
mod sample;
#[cfg(feature = "reqwest")]
mod secrets;
mod server;
#[cfg(feature = "reqwest")]
#[path = "../tls/front.rs"]
mod tls;
mod tokens;
mod writers;
