//! The OAuth servers of the sandbox, tried by the clients that they are for, by hand, and by a real browser.

mod browser;
mod chromium;
mod clients;
mod consent;
mod server;
mod tokens;
mod visitor;
