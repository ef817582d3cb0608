//! Standard output and error, and a line of progress.
//!
//! A reader that went away (`… | head`) is no fault: output then goes nowhere.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::Mutex;

use crate::Fault;

/// Prints to standard output: what the user asked for.
pub fn out(text: &str) {
    let mut stdout = io::stdout().lock();
    let _ = stdout.write_all(text.as_bytes()).and_then(|()| stdout.flush());
}

/// Prints to standard error: what the user should know.
pub fn err(text: &str) {
    let _ = io::stderr().lock().write_all(text.as_bytes());
}

/// Prints a fault as `error: …` with its help.
pub fn fault(fault: &Fault) {
    err(&format!("error: {}\n", fault.message()));
    if let Some(help) = fault.hint() {
        err(&format!("  = help: {help}\n"));
    }
}

/// May standard error have color? Not in a pipe, and not where the user has said no.
pub fn color() -> bool {
    let unset = |name| std::env::var_os(name).is_none_or(|value| value.is_empty());
    io::stderr().is_terminal() && unset("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}

/// A line on the terminal that says what is going on, and vanishes. In a pipe there is none.
#[derive(Debug)]
pub struct Progress {
    running: Option<Mutex<Vec<String>>>,
}

impl Progress {
    /// Shows nothing yet.
    pub fn new() -> Self {
        Self { running: io::stderr().is_terminal().then(Mutex::default) }
    }

    /// `what` has begun.
    pub fn begin(&self, what: &str) {
        self.change(|running| running.push(what.to_owned()));
    }

    /// `what` is done.
    pub fn end(&self, what: &str) {
        self.change(|running| running.retain(|other| other != what));
    }

    fn change(&self, change: impl FnOnce(&mut Vec<String>)) {
        let Some(running) = &self.running else { return };
        let mut running = running.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        change(&mut running);
        let line = if running.is_empty() { String::new() } else { format!("{} …", running.join(", ")) };
        // Back to the first column, and clear to the end of the line.
        err(&format!("\r\x1b[K{line}"));
    }
}

impl Default for Progress {
    fn default() -> Self {
        Self::new()
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.change(Vec::clear);
    }
}
