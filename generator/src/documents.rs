//! The documents of one API, once they have one form.

use crate::postman::Ledgers;
use crate::source::Source;

/// Documents in the form of OpenAPI 3.0, with the recorded corrections; those that were Postman collections come last.
#[derive(Debug, Default)]
pub struct Documents {
    /// Each file with its tree.
    pub sources: Vec<Source>,
    /// The books of the collections among them.
    pub(crate) ledgers: Ledgers,
}
