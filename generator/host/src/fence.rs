//! Where writing is allowed.

use crate::Fault;

/// The folders and files below a root that may be written. Paths are relative to the root, with `/`.
#[derive(Debug, Clone, Default)]
pub struct Fence {
    /// Folders, with everything in them.
    pub folders: Vec<String>,
    /// Single files.
    pub files: Vec<String>,
}

impl Fence {
    /// Refuses a path that is not plainly inside: absolute, with `..` or an empty part, or with a sign that means
    /// something else on another system.
    pub fn admit(&self, path: &str) -> Result<(), Fault> {
        let plain = path.split('/').all(is_plain);
        let inside =
            self.files.iter().any(|file| file == path) || self.folders.iter().any(|folder| is_below(path, folder));
        if plain && inside {
            Ok(())
        } else {
            Err(Fault::new(format!("refusing to write `{path}`, which is outside the generated folders")))
        }
    }
}

fn is_plain(part: &str) -> bool {
    !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0'])
}

fn is_below(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_inside_are_admitted() {
        let fence = Fence { folders: vec!["out/api".into()], files: vec!["specs/names.lock".into()] };
        for inside in ["out/api/mod.rs", "out/api/model/contact.rs", "specs/names.lock"] {
            assert!(fence.admit(inside).is_ok(), "{inside}");
        }
        for outside in [
            "",
            "out/api",
            "out/apiary/mod.rs",
            "out/api/../lib.rs",
            "/out/api/mod.rs",
            "out/api//mod.rs",
            "out/api/a\\b",
            "out/api/c:x",
            "specs/other",
        ] {
            assert!(fence.admit(outside).is_err(), "{outside}");
        }
    }
}
