//! Names: from the spelling of a document to a Rust identifier that stays.
//!
//! [`words`] splits a spelling into words and puts words together, [`ident`] is an identifier that is known to be legal,
//! [`resolve`] gives every name of one namespace at once, and [`lock`] is `specs/names.lock`, which keeps what was given.
//! Nothing here knows what is named: types, fields, methods and variants all go through the same few functions.

pub mod ident;
pub mod lock;
pub mod resolve;
pub mod words;

pub use ident::Ident;
pub use lock::{ApiNames, Lock};
pub use words::Words;
