//! `sage-codegen`: the generator for documents of one's own.
//!
//! `cargo xtask` does the same for the APIs of this workspace; both call [`sage_codegen::generate`].

#![cfg_attr(not(test), deny(clippy::unwrap_used, clippy::expect_used, clippy::todo, clippy::unimplemented))]

mod cli;

use std::process::ExitCode;

/// Trees of many small parts are all that this program makes: a third of its time went to the system's allocator.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    cli::main().into()
}
