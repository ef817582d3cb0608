//! `cargo xtask sandbox`: builds the local Sage and runs it. What it is made of is built for this command only.

use std::ffi::OsString;
use std::process::Command;

use sage_codegen_host::{Exit, Fault};

use crate::{Stop, workspace};

/// The command. Its options are those of `sage-sandbox`, which explains them.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<Exit, Stop> {
    let root = workspace::open()?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let options: Vec<OsString> = arguments.raw_args()?.collect();
    let mut command = Command::new(cargo);
    command.args(["run", "--quiet", "--locked", "--package", "sage-sandbox", "--"]).args(options);
    let status = command.current_dir(root.path()).status();
    let status = status.map_err(|error| Fault::new(format!("cannot run cargo: {error}")))?;
    Ok(match status.code() {
        Some(0) => Exit::Ok,
        Some(2) => Exit::Usage,
        _ => Exit::Errors,
    })
}
