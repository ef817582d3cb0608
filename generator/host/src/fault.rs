//! What can go wrong with files, as a sentence for people.

use std::fmt;
use std::io;

/// A file that could not be read or written, or that must not be.
#[derive(Debug)]
pub struct Fault {
    message: String,
    help: Option<String>,
}

impl Fault {
    /// A fault without help.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), help: None }
    }

    /// The same with a hint at what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// `cannot {verb} `{path}`: {reason}`, with help where the reason is a common one.
    pub(crate) fn io(verb: &str, path: &str, error: &io::Error) -> Self {
        let fault = Self::new(format!("cannot {verb} `{path}`: {}", reason(error)));
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                fault.help("free some space and run the same command again")
            }
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                fault.help("`--check` compares without writing")
            }
            io::ErrorKind::CrossesDevices => fault.help("the folders that are written must be on one file system"),
            _ => fault,
        }
    }

    /// The same with a consequence: `…; nothing was changed`.
    pub(crate) fn note(mut self, note: &str) -> Self {
        self.message = format!("{}; {note}", self.message);
        self
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&str> {
        self.help.as_deref()
    }
}

/// The system's words in lower case, without "(os error 28)", which tells nobody anything.
fn reason(error: &io::Error) -> String {
    let text = error.to_string();
    let text = text.split(" (os error").next().unwrap_or_default();
    let mut letters = text.chars();
    letters.next().map(|first| first.to_lowercase().chain(letters).collect()).unwrap_or_default()
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}
