//! Grants over loopback: each test is named after the bar in `runtime/BARS.md` that it holds.

#![allow(unreachable_pub, reason = "the modules of one test")]
#![cfg(feature = "reqwest")]

#[cfg(all(unix, feature = "browser"))]
mod browser;
#[cfg(all(target_os = "linux", feature = "keyring"))]
mod keyring;
mod kit;
mod login;
#[cfg(unix)]
mod processes;
mod secrets;
mod server;
mod tokens;
mod writers;
