//! Documents in, a typed Rust client out, as data.
//!
//! ```text
//! read -> adapt -> overlay -> openapiv3, item by item -> normalize -> conventions -> lower -> emit
//! ```
//!
//! The crate reads no file, knows no clock, and writes nothing: [`plan`] says what would change on disk, and the
//! caller (`xtask`, `sage-codegen`) does it.

pub mod adapt;
pub mod config;
pub mod conventions;
pub mod coverage;
pub mod diagnostic;
pub mod emit;
pub mod import;
pub mod ir;
pub mod lower;
pub mod names;
pub mod node;
pub mod normalize;
pub mod overlay;
pub mod plan;
pub mod position;
pub mod rust;
pub mod source;
