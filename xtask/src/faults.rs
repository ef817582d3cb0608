//! `cargo xtask faults`: plants faults in the runtime, one after the other, and sees that a named test catches each.
//!
//! A test that can not fail is worth nothing; this shows that the important ones can. The faults are planted in a copy
//! below `target/`, never in the files that you work on.

mod auth;
mod exchange;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use sage_codegen_host::{Exit, Fault as Stopped, terminal};

use crate::{Stop, help, workspace};

const USAGE: &str = "\
Usage: cargo xtask faults [WORD]

Plants each fault whose name contains WORD in a copy of the runtime, and runs the test that
has to catch it. Exit status 1 if one is not caught.
";

/// A fault, and the test that has to catch it.
struct Fault {
    /// What would be wrong.
    name: &'static str,
    file: &'static str,
    /// Stands there once.
    find: &'static str,
    replace: &'static str,
    /// The test binary, as cargo is told.
    target: &'static str,
    test: &'static str,
}

const ALL: &[&[Fault]] = &[auth::FAULTS, exchange::FAULTS];

/// What a fault led to.
#[derive(PartialEq, Eq)]
enum Found {
    Caught,
    Missed,
    /// The text is not there, or there twice; it does not compile; the test fails by itself.
    Broken(&'static str),
}

/// The command.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short, Value};
    let mut word = String::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(help(USAGE)),
            Value(value) if word.is_empty() => word = value.to_string_lossy().into_owned(),
            other => return Err(other.unexpected().into()),
        }
    }
    let root = workspace::open()?;
    let copy = Copy::of(root.path())?;
    let mut all = true;
    for fault in ALL.iter().copied().flatten().filter(|fault| fault.name.contains(&word)) {
        let found = copy.plant(fault)?;
        all &= found == Found::Caught;
        let said = match found {
            Found::Caught => "caught by",
            Found::Missed => "MISSED by",
            Found::Broken(why) => why,
        };
        terminal::out(&format!("{:<52} {said} {}\n", fault.name, fault.test));
    }
    Ok(if all { Exit::Ok } else { Exit::Errors })
}

/// A copy of the workspace's files.
struct Copy {
    root: PathBuf,
    target: PathBuf,
}

impl Copy {
    fn of(root: &Path) -> Result<Self, Stopped> {
        let folder = root.join("target/faults");
        let copy = Copy { root: folder.join("tree"), target: folder.join("target") };
        let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output();
        let listed = listed.map_err(|error| Stopped::new(format!("cannot run `git`: {error}")))?;
        for name in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|name| !name.is_empty()) {
            let Ok(bytes) = std::fs::read(root.join(name)) else { continue };
            copy.write(name, &bytes)?;
        }
        Ok(copy)
    }

    /// Writes a file if it differs, so that cargo builds no more than it has to.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Stopped> {
        let path = self.root.join(name);
        if std::fs::read(&path).is_ok_and(|known| known == bytes) {
            return Ok(());
        }
        let folder = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        let written = folder.and_then(|()| std::fs::write(&path, bytes));
        written.map_err(|error| Stopped::new(format!("cannot write `{}`: {error}", path.display())))
    }

    fn plant(&self, fault: &Fault) -> Result<Found, Stopped> {
        let path = self.root.join(fault.file);
        let text = std::fs::read_to_string(&path)
            .map_err(|error| Stopped::new(format!("cannot read `{}`: {error}", path.display())))?;
        if text.matches(fault.find).count() != 1 {
            return Ok(Found::Broken("BROKEN, its place has changed:"));
        }
        if !self.test(fault)?.status.success() {
            return Ok(Found::Broken("BROKEN, it fails without the fault:"));
        }
        self.write(fault.file, text.replacen(fault.find, fault.replace, 1).as_bytes())?;
        let output = self.test(fault);
        self.write(fault.file, text.as_bytes())?;
        let output = output?;
        let said = String::from_utf8_lossy(&output.stdout);
        Ok(match output.status.success() {
            true => Found::Missed,
            false if said.contains(&format!("test {} ... FAILED", fault.test)) => Found::Caught,
            false => Found::Broken("BROKEN, it does not compile:"),
        })
    }

    fn test(&self, fault: &Fault) -> Result<Output, Stopped> {
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["test", "--quiet", "--package", "sage-runtime", "--all-features"]);
        command.args(fault.target.split(' ')).args(["--", "--exact", fault.test, "--format", "pretty"]);
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target).env("RUST_BACKTRACE", "0");
        command.output().map_err(|error| Stopped::new(format!("cannot run `cargo`: {error}")))
    }
}
