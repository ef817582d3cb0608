//! What the generated Sage clients stand on.
//!
//! Applications use `sage-api`, whose modules re-export what they need from here.

mod bridge;
#[doc(hidden)]
pub mod codegen;
mod enums;
mod extra;
pub mod json;
mod model;
mod page;
mod raw;
mod slot;
mod union;
mod update;
mod value;

pub use crate::enums::Unlisted;
pub use crate::extra::Extra;
pub use crate::page::Page;
pub use crate::raw::Json;
pub use crate::update::Update;
pub use crate::value::{Base64, Value};
