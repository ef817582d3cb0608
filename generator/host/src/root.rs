//! A folder whose parts are read and replaced.
//!
//! [`Root::apply`] leaves no half-written file when its process is killed: everything is first written to a staging folder
//! on the same file system, then each file is renamed into its place, which replaces the old one in one step. What such a run
//! leaves behind is a mixture of old files and new ones, which a comparison reports as stale and the next run mends; its
//! staging folder goes with the next run. When the machine itself loses power, a new file may come back empty, as with any
//! compiler's output: waiting for the disk would take longer than everything else together, and a comparison finds that too.
//!
//! Symbolic links are never followed below the root: a link in place of a file is replaced, a link in place of a folder
//! stops the run.

use std::collections::BTreeMap;
use std::fs::{self, File, FileType, TryLockError};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::{Fault, Fence};

/// What a folder holds: paths relative to the root, with `/`, and the bytes of each file. What is not a regular file (a
/// link, a socket) has none and is not opened. Folders are only seen by what is in them; an empty one has none either, and
/// a `/` behind its path.
pub type Tree = BTreeMap<String, Option<Vec<u8>>>;

/// Where files are staged, below the root.
const STAGING: &str = ".codegen-staging";

/// A folder that exists.
#[derive(Debug)]
pub struct Root {
    path: PathBuf,
    staging: String,
}

/// While it lives, no other run writes to the same root.
#[derive(Debug)]
#[must_use]
pub struct Lock {
    _file: Option<File>,
}

/// What is to be done, in this order: first the deletions, then the files.
#[derive(Debug, Default)]
pub struct Changes<'a> {
    /// Files to delete, and, with a `/` behind them, empty folders.
    pub delete: Vec<&'a str>,
    /// Files to create or replace.
    pub write: Vec<(&'a str, &'a [u8])>,
}

impl Root {
    /// Opens `path`; files will be staged in its folder `staging_in` (`""` for the root itself), which should be beside the
    /// folders that are written.
    pub fn open(path: &Path, staging_in: &str) -> Result<Self, Fault> {
        let shown = path.display().to_string();
        let path = path.canonicalize().map_err(|error| Fault::io("open", &shown, &error))?;
        let staging = if staging_in.is_empty() { STAGING.to_owned() } else { format!("{staging_in}/{STAGING}") };
        Ok(Self { path, staging })
    }

    /// Opens `path` like [`Root::open`]; `None` if there is nothing.
    pub fn find(path: &Path, staging_in: &str) -> Result<Option<Self>, Fault> {
        match fs::symlink_metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            _ => Self::open(path, staging_in).map(Some),
        }
    }

    /// Opens `path` like [`Root::open`], and creates it first if there is nothing.
    pub fn create(path: &Path, staging_in: &str) -> Result<Self, Fault> {
        fs::create_dir_all(path).map_err(|error| Fault::io("create", &path.display().to_string(), &error))?;
        Self::open(path, staging_in)
    }

    /// The folder itself.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Keeps other runs out for as long as the answer lives. File systems without locks go without.
    pub fn lock(&self) -> Result<Lock, Fault> {
        let Ok(file) = File::open(&self.path) else { return Ok(Lock { _file: None }) };
        match file.try_lock() {
            Ok(()) => Ok(Lock { _file: Some(file) }),
            Err(TryLockError::WouldBlock) => Err(Fault::new("another run is writing the same folder")
                .help("wait until it has ended, and run the same command again")),
            Err(TryLockError::Error(_)) => Ok(Lock { _file: None }),
        }
    }

    /// One file; `None` if there is none.
    pub fn read(&self, path: &str) -> Result<Option<Vec<u8>>, Fault> {
        match fs::read(self.path.join(path)) {
            Ok(bytes) => Ok(Some(bytes)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(Fault::io("read", path, &error)),
        }
    }

    /// The names in a folder, sorted; none if there is no such folder.
    pub fn list(&self, folder: &str) -> Result<Vec<(String, FileType)>, Fault> {
        let fault = |error: io::Error| Fault::io("list", folder, &error);
        let entries = match fs::read_dir(self.path.join(folder)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(fault(error)),
        };
        let mut names = Vec::new();
        for entry in entries {
            let entry = entry.map_err(fault)?;
            let name = entry.file_name().into_string().map_err(|name| {
                Fault::new(format!("the name of `{folder}/{}` is not valid UTF-8", name.display()))
                    .help("rename or delete it")
            })?;
            names.push((name, entry.file_type().map_err(fault)?));
        }
        names.sort_by(|a, b| a.0.cmp(&b.0));
        Ok(names)
    }

    /// Adds what stands at `path`, a file or a folder with everything in it, to `tree`.
    pub fn scan(&self, path: &str, tree: &mut Tree) -> Result<(), Fault> {
        self.refuse_links_above(path)?;
        match fs::symlink_metadata(self.path.join(path)) {
            Ok(found) => self.scan_entry(path.to_owned(), found.file_type(), tree),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(Fault::io("read", path, &error)),
        }
    }

    fn scan_entry(&self, path: String, kind: FileType, tree: &mut Tree) -> Result<(), Fault> {
        if kind.is_dir() {
            let inside = self.list(&path)?;
            if inside.is_empty() {
                tree.insert(format!("{path}/"), None);
            }
            for (name, kind) in inside {
                self.scan_entry(format!("{path}/{name}"), kind, tree)?;
            }
        } else {
            let bytes = if kind.is_file() { self.read(&path)? } else { None };
            tree.insert(path, bytes);
        }
        Ok(())
    }

    /// Does what `changes` says, inside `fence`.
    pub fn apply(&self, changes: &Changes<'_>, fence: &Fence) -> Result<(), Fault> {
        for path in &changes.delete {
            match path.strip_suffix('/') {
                Some(folder) if fence.folders.iter().any(|owned| owned == folder) => {}
                folder => fence.admit(folder.unwrap_or(path))?,
            }
        }
        for (path, _) in &changes.write {
            fence.admit(path)?;
        }
        for path in changes.delete.iter().chain(changes.write.iter().map(|(path, _)| path)) {
            self.refuse_links_above_unless(path.trim_end_matches('/'), &changes.delete)?;
        }
        self.clear_staging()?;
        let result = self.stage(changes).and_then(|()| self.swap(changes, fence));
        let cleared = self.clear_staging();
        result.and(cleared)
    }

    /// Writes each file to the staging folder, under its number.
    fn stage(&self, changes: &Changes<'_>) -> Result<(), Fault> {
        if changes.write.is_empty() {
            return Ok(());
        }
        self.make_folders(&self.staging)?;
        for (number, (path, bytes)) in changes.write.iter().enumerate() {
            let staged = self.path.join(self.staged(number));
            write_new(&staged, bytes).map_err(|error| Fault::io("write", path, &error).note("nothing was changed"))?;
        }
        Ok(())
    }

    /// From here on files change: each in one step.
    fn swap(&self, changes: &Changes<'_>, fence: &Fence) -> Result<(), Fault> {
        for path in &changes.delete {
            self.delete(path, fence)?;
        }
        for (number, (path, _)) in changes.write.iter().enumerate() {
            let fault = |error: io::Error| {
                Fault::io("replace", path, &error).note("run the same command again to complete the change")
            };
            if let Some((folder, _)) = path.rsplit_once('/') {
                self.make_folders(folder)?;
            }
            let target = self.path.join(path);
            // An empty folder may stand where a file belongs.
            if fs::symlink_metadata(&target).is_ok_and(|found| found.is_dir()) {
                fs::remove_dir(&target).map_err(fault)?;
            }
            fs::rename(self.path.join(self.staged(number)), target).map_err(fault)?;
        }
        Ok(())
    }

    fn staged(&self, number: usize) -> String {
        format!("{}/{number}", self.staging)
    }

    /// Deletes a file or a link, and the folders that it leaves empty.
    fn delete(&self, path: &str, fence: &Fence) -> Result<(), Fault> {
        let folder = path.strip_suffix('/');
        let removed = match folder {
            Some(folder) => fs::remove_dir(self.path.join(folder)),
            None => fs::remove_file(self.path.join(path)),
        };
        match removed {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Fault::io("delete", path, &error)),
        }
        let mut folder = folder.unwrap_or(path);
        while let Some((parent, _)) = folder.rsplit_once('/') {
            let ours = fence.folders.iter().any(|owned| parent == owned) || fence.admit(parent).is_ok();
            if !ours || fs::remove_dir(self.path.join(parent)).is_err() {
                break;
            }
            folder = parent;
        }
        Ok(())
    }

    /// Creates `folder` and those above it.
    fn make_folders(&self, folder: &str) -> Result<(), Fault> {
        let mut path = self.path.clone();
        for part in folder.split('/') {
            path.push(part);
            match fs::create_dir(&path) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                    if !fs::symlink_metadata(&path).is_ok_and(|found| found.is_dir()) {
                        return Err(not_a_folder(folder));
                    }
                }
                Err(error) => return Err(Fault::io("create", folder, &error)),
            }
        }
        Ok(())
    }

    fn refuse_links_above(&self, path: &str) -> Result<(), Fault> {
        self.refuse_links_above_unless(path, &[])
    }

    /// Every folder on the way to `path` is a real one, or not there yet, or about to be deleted.
    fn refuse_links_above_unless(&self, path: &str, deleted: &[&str]) -> Result<(), Fault> {
        let above = path.match_indices('/').map(|(end, _)| &path[..end]);
        for folder in above {
            match fs::symlink_metadata(self.path.join(folder)) {
                Ok(found) if found.is_dir() => {}
                Ok(_) if deleted.contains(&folder) => return Ok(()),
                Ok(_) => return Err(not_a_folder(folder)),
                Err(_) => return Ok(()),
            }
        }
        Ok(())
    }

    /// Removes what this run, or one that was interrupted, has staged.
    fn clear_staging(&self) -> Result<(), Fault> {
        self.refuse_links_above(&self.staging)?;
        match fs::symlink_metadata(self.path.join(&self.staging)) {
            Ok(found) if found.is_dir() => fs::remove_dir_all(self.path.join(&self.staging))
                .map_err(|error| Fault::io("clear", &self.staging, &error)),
            Ok(_) => Err(not_a_folder(&self.staging)),
            Err(_) => Ok(()),
        }
    }
}

/// A file anywhere, to be read only.
pub fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(|error| Fault::io("read", &path.display().to_string(), &error))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    File::create_new(path)?.write_all(bytes)
}

fn not_a_folder(path: &str) -> Fault {
    Fault::new(format!("`{path}` is a link or a file where a folder belongs"))
        .help("links are not followed: remove it, and run the same command again")
}
