//! What the tests that cross crates share: a scripted HTTP server on loopback, and a comparison of JSON that
//! forgives the order of keys and nothing else.

pub mod json;
pub mod odata;
pub mod replies;
pub mod server;
