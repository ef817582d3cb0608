//! A store in files that nobody else can read.

mod folder;
#[cfg(feature = "keyring")]
mod id;
mod replace;
mod system;

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::{GrantKey, LONGEST, Record, StoreError, StoreGuard, TokenStore, not_older};
use crate::secret::Secret;
use folder::make_folder;
use replace::{Local, replace};
use system::{check_mode, is_at, open, private};

/// Keeps each grant in a file of a folder that only its owner may enter.
///
/// Files are replaced as a whole (written beside, synced, renamed), so a crash leaves the old one or the new one. Beside
/// each file is a lock that all processes on the machine respect; the operating system frees it when its holder ends, however
/// it ends. The folder must be on a local disk: network file systems lock in their own ways. On Windows the folder's
/// access is what it inherits, as a rule from the user's profile.
///
/// Leave the lock files where they are. Who waits for one that is deleted notices; who holds it does not, so while programs
/// run two could refresh at once.
#[derive(Clone, Debug)]
pub struct FileStore {
    folder: PathBuf,
}

/// Larger than any record: tokens have at most a few kilobytes.
const MOST: u64 = 1 << 20;

impl FileStore {
    /// A store in this folder, which is made if there is none.
    ///
    /// # Errors
    /// The folder can not be made, is something else, or can be entered by others.
    pub fn new(folder: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let folder = folder.into();
        make_folder(&mut Local, &folder).map_err(|error| trouble("the folder can not be made", &folder, error))?;
        let found =
            fs::symlink_metadata(&folder).map_err(|error| trouble("the folder can not be read", &folder, error))?;
        if !found.is_dir() {
            return Err(StoreError::new(format!("`{}` is no folder", folder.display())));
        }
        check_mode(&found, &folder, "700")?;
        Ok(FileStore { folder })
    }

    /// A store in the place where this system keeps what programs remember: below `$XDG_STATE_HOME` or
    /// `~/.local/state`, `~/Library/Application Support` on macOS, `%LOCALAPPDATA%` on Windows.
    ///
    /// # Errors
    /// There is no such place, or see [`new`](FileStore::new).
    pub fn for_app(name: &str) -> Result<Self, StoreError> {
        FileStore::below(name, "grants")
    }

    /// A store in a folder of this program.
    pub(super) fn below(name: &str, folder: &str) -> Result<Self, StoreError> {
        if name.is_empty() || !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)) {
            return Err(StoreError::new("the name of the program must be of letters, digits, `-` and `_`"));
        }
        let place = state_folder().ok_or_else(|| StoreError::new("no folder is known for what programs remember"))?;
        FileStore::new(place.join(name).join(folder))
    }

    /// Waits for the lock of a grant. It ends with the file handle.
    pub(super) fn hold(&self, key: &GrantKey, wait: Duration) -> Result<File, StoreError> {
        let path = self.folder.join(key.to_file_name()).with_extension("lock");
        open_locked(&path, wait).map_err(|error| match error.kind() {
            io::ErrorKind::WouldBlock => StoreError::busy(),
            _ => trouble("the grant can not be locked", &path, error),
        })
    }
}

#[cfg(not(any(windows, target_os = "macos")))]
fn state_folder() -> Option<PathBuf> {
    let absolute = |path: &PathBuf| path.is_absolute();
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(absolute);
    state.or_else(|| Some(std::env::home_dir()?.join(".local").join("state"))).filter(absolute)
}

#[cfg(target_os = "macos")]
fn state_folder() -> Option<PathBuf> {
    Some(std::env::home_dir()?.join("Library").join("Application Support"))
}

#[cfg(windows)]
fn state_folder() -> Option<PathBuf> {
    std::env::var_os("LOCALAPPDATA").map(PathBuf::from)
}

impl TokenStore for FileStore {
    fn lock(&self, key: &GrantKey, wait: Duration) -> Result<Box<dyn StoreGuard>, StoreError> {
        let lock = self.hold(key, wait)?;
        let file = self.folder.join(key.to_file_name()).with_extension("json");
        Ok(Box::new(Guard { folder: self.folder.clone(), file, _lock: lock }))
    }
}

/// Opens a file, which is made if there is none, and locks it. [`WouldBlock`](io::ErrorKind::WouldBlock): in this time it
/// could not be had.
fn open_locked(path: &Path, wait: Duration) -> io::Result<File> {
    let until = Instant::now() + wait.min(LONGEST);
    let mut options = private();
    options.create(true).truncate(false).read(true).write(true);
    loop {
        let file = open(&options, path)?;
        if wait_for(&file, path, until)? {
            return Ok(file);
        }
        if Instant::now() >= until {
            return Err(io::ErrorKind::WouldBlock.into());
        }
    }
}

/// Is it locked now, and still the file that others find there? Whoever locks one that was deleted keeps nobody out.
///
/// There is no lock with a time limit, so it is tried again and again, in steps that grow to a twentieth of a second.
fn wait_for(lock: &File, path: &Path, until: Instant) -> Result<bool, TryLockError> {
    let mut step = Duration::from_millis(1);
    loop {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                thread::sleep(step.min(until.saturating_duration_since(Instant::now())));
                step = (step * 2).min(Duration::from_millis(50));
            }
            other => return other.and_then(|()| is_at(path, lock).map_err(TryLockError::Error)),
        }
    }
}

/// The lock ends with the file handle.
struct Guard {
    folder: PathBuf,
    file: PathBuf,
    _lock: File,
}

impl StoreGuard for Guard {
    fn load(&mut self) -> Result<Option<Record>, StoreError> {
        let mut file = match open(OpenOptions::new().read(true), &self.file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(|error| trouble("the grant can not be opened", &self.file, error))?,
        };
        let found = file.metadata().map_err(|error| trouble("the grant can not be read", &self.file, error))?;
        check_mode(&found, &self.file, "600")?;
        let mut text = Zeroizing::new(String::new());
        let read = Read::take(&mut file, MOST).read_to_string(&mut text);
        read.map_err(|error| trouble("the grant can not be read", &self.file, error))?;
        let record = Record::from_text(&Secret::new(text.as_str()));
        record.map(Some).map_err(|error| StoreError::new(format!("{error}: `{}`", self.file.display())))
    }

    fn save(&mut self, record: &Record) -> Result<(), StoreError> {
        // What can not be read is not replaced either: it may be a newer version's.
        not_older(self.load()?.as_ref(), record)?;
        replace(&mut Local, &self.folder, &self.file, record.to_text().expose().as_bytes())
            .map_err(|error| trouble("the grant can not be written", &self.file, error))
    }
}

fn trouble(what: &str, path: &Path, error: io::Error) -> StoreError {
    StoreError::new(format!("{what}: `{}`", path.display())).because(error)
}

#[cfg(all(test, unix))]
mod tests;
