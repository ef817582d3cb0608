//! Where a fact came from: source files, and places in them.

use std::fmt;
use std::sync::Arc;

use crate::node::Node;

/// One input file, read and parsed but not interpreted.
#[derive(Debug, Clone)]
pub struct Source {
    /// Its name in messages, relative to the workspace, with `/`: `specs/accounting/openapi.yaml`.
    pub file: Arc<str>,
    /// Its text.
    pub text: Arc<str>,
    /// Its tree.
    pub tree: Node,
}

/// A place in a source file: the file and an RFC 6901 JSON pointer.
///
/// Line and column are found from the pointer when a diagnostic is printed.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// The file, as [`Source::file`].
    pub file: Arc<str>,
    /// The pointer, `""` for the whole file.
    pub pointer: String,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.file, self.pointer)
    }
}

impl Place {
    /// The whole file.
    pub fn root(file: &Arc<str>) -> Self {
        Self { file: file.clone(), pointer: String::new() }
    }

    /// The member `key` of what is here.
    pub fn child(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string().replace('~', "~0").replace('/', "~1");
        Self { file: self.file.clone(), pointer: format!("{}/{key}", self.pointer) }
    }
}
