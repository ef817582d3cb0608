//! What the generator reads, before anything is known of clients: documents as trees that know their places.
//!
//! ```text
//! text -> Source -> adapt -> overlay -> one tree in the form of OpenAPI 3.0
//!                          \ import -> a vendor's facts
//! ```
//!
//! [`source`] reads JSON and YAML into [`node`]s, and finds again where they stood ([`position`]); [`adapt`] brings every
//! dialect into one form, [`overlay`] applies the recorded corrections, and [`import`] keeps a vendor's facts. What is wrong
//! is a value ([`diagnostic`]), for every later stage as well. Like all of the generator, nothing here reads a file, knows a
//! clock or has a random order; and nothing knows operations as a client sees them, names, or Rust.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::todo, clippy::unimplemented))]

pub mod adapt;
pub mod diagnostic;
pub mod import;
pub mod node;
pub mod overlay;
pub mod position;
pub mod source;
