//! `sage-codegen`: the generator for documents of one's own.
//!
//! `cargo xtask` does the same for the APIs of this workspace; both call [`sage_codegen::generate`].

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main().into()
}
