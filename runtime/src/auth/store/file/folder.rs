//! Making the folder of a store, so that it is still there after a crash.

use std::io;
use std::path::{Path, PathBuf};

use super::replace::Local;
use super::system;

/// The steps of making a folder.
pub(super) trait Tree {
    fn has(&self, folder: &Path) -> bool;

    /// Makes a folder that only its owner can enter.
    fn make(&mut self, folder: &Path) -> io::Result<()>;

    /// What is in the folder survives a crash from here on.
    fn sync(&mut self, folder: &Path) -> io::Result<()>;
}

impl Tree for Local {
    fn has(&self, folder: &Path) -> bool {
        folder.exists()
    }

    fn make(&mut self, folder: &Path) -> io::Result<()> {
        system::make_folder(folder)
    }

    fn sync(&mut self, folder: &Path) -> io::Result<()> {
        system::sync_folder(folder)
    }
}

/// Makes a folder and what is missing above it. When this is done, all of it survives a crash.
pub(super) fn make_folder(tree: &mut impl Tree, folder: &Path) -> io::Result<()> {
    let above = folder.ancestors().filter(|folder| !folder.as_os_str().is_empty());
    let missing: Vec<PathBuf> = above.take_while(|folder| !tree.has(folder)).map(Path::to_owned).collect();
    for folder in missing.iter().rev() {
        match tree.make(folder) {
            // Another process was quicker.
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            other => other?,
        }
        let parent = folder.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        match tree.sync(parent) {
            // Who may make a folder there need not be allowed to read, and without that there is no syncing.
            Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {}
            other => other?,
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::io;
    use std::path::{Path, PathBuf};

    use super::{Tree, make_folder};

    /// Knows which folders a crash would leave.
    #[derive(Default)]
    struct Forgetful {
        there: BTreeSet<PathBuf>,
        safe: BTreeSet<PathBuf>,
        forbidden: bool,
    }

    impl Tree for Forgetful {
        fn has(&self, folder: &Path) -> bool {
            self.there.contains(folder)
        }

        fn make(&mut self, folder: &Path) -> io::Result<()> {
            let parent = folder.parent().unwrap();
            assert!(parent.as_os_str().is_empty() || self.there.contains(parent), "{folder:?}");
            match self.there.insert(folder.to_owned()) {
                true => Ok(()),
                false => Err(io::ErrorKind::AlreadyExists.into()),
            }
        }

        fn sync(&mut self, folder: &Path) -> io::Result<()> {
            if self.forbidden {
                return Err(io::ErrorKind::PermissionDenied.into());
            }
            let folder = if folder == Path::new(".") { Path::new("") } else { folder };
            let within = self.there.iter().filter(|inner| inner.parent() == Some(folder)).cloned();
            self.safe.extend(within);
            Ok(())
        }
    }

    #[test]
    fn t16_a_new_folder_survives_a_crash_with_all_that_was_made_above_it() {
        for (folder, known) in [("/home/ann/state/my-app/grants", "/home/ann"), ("state/my-app/grants", "")] {
            let mut tree = Forgetful::default();
            let known: Vec<_> = Path::new(known).ancestors().map(Path::to_owned).collect();
            tree.there.extend(known.iter().filter(|known| !known.as_os_str().is_empty()).cloned());
            make_folder(&mut tree, Path::new(folder)).unwrap();
            for made in Path::new(folder).ancestors().filter(|made| !known.iter().any(|known| known == made)) {
                assert!(made.as_os_str().is_empty() || tree.safe.contains(made), "{made:?} is forgotten");
            }
            tree.safe.clear();
            make_folder(&mut tree, Path::new(folder)).unwrap();
            assert!(tree.safe.is_empty(), "what was there is left alone");
        }
        let mut tree = Forgetful { forbidden: true, ..Forgetful::default() };
        make_folder(&mut tree, Path::new("grants")).unwrap();
        assert!(tree.has(Path::new("grants")));
    }
}
