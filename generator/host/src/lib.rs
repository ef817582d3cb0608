//! What the generator's two programs, `cargo xtask` and `sage-codegen`, need of the machine that they run on.
//!
//! The generator itself is a function from data to data. This crate has the other half, and nothing else: it reads and
//! writes folders ([`Root`]), talks to the terminal ([`terminal`]), and names the exit statuses ([`Exit`]). It knows
//! neither documents nor Rust, and depends on nothing but the standard library.

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::todo, clippy::unimplemented))]

mod fault;
mod fence;
mod root;
pub mod terminal;

pub use fault::Fault;
pub use fence::Fence;
pub use root::{Changes, Lock, Root, Tree, read};

/// How a command ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All is well.
    Ok,
    /// There were errors: in the inputs, or in reading and writing.
    Errors,
    /// The command was not understood.
    Usage,
    /// What is on disk is not what the inputs give.
    Stale,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        match exit {
            Exit::Ok => Self::from(0),
            Exit::Errors => Self::from(1),
            Exit::Usage => Self::from(2),
            Exit::Stale => Self::from(3),
        }
    }
}
