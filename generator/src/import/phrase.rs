//! Availability of a property, said in a few words of its description.

use super::terms::Facts;

/// What the words say: `{"all": ["CA"]}` for one country, `{"start": []}` for a tier that does not have it.
pub(super) fn read(_description: &str) -> Facts {
    Facts::new()
}
