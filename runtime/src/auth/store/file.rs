//! A store in files that nobody else can read.

mod replace;

use std::fs::{self, DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use zeroize::Zeroizing;

use super::{GrantKey, LONGEST, Record, StoreError, StoreGuard, TokenStore, not_older};
use crate::secret::Secret;
use replace::{Local, replace};

/// Keeps each grant in a file of a folder that only its owner may enter.
///
/// Files are replaced as a whole (written beside, synced, renamed), so a crash leaves the old one or the new one. Beside
/// each file is a lock that all processes on the machine respect; the operating system frees it when its holder ends, however
/// it ends. The folder must be on a local disk: network file systems lock in their own ways. On Windows the folder's
/// access is what it inherits, as a rule from the user's profile.
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
        make_folder(&folder).map_err(|error| trouble("the folder can not be made", &folder, error))?;
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
        let mut options = private();
        options.create(true).truncate(false).read(true).write(true);
        let lock = open(&options, &path).map_err(|error| trouble("the lock can not be opened", &path, error))?;
        wait_for(&lock, wait).map_err(|error| match error {
            TryLockError::WouldBlock => StoreError::busy(),
            TryLockError::Error(error) => trouble("there are no locks here", &path, error),
        })?;
        Ok(lock)
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

/// There is no lock with a time limit, so it is tried again and again, in steps that grow to a twentieth of a second.
fn wait_for(lock: &File, wait: Duration) -> Result<(), TryLockError> {
    let until = Instant::now() + wait.min(LONGEST);
    let mut step = Duration::from_millis(1);
    loop {
        match lock.try_lock() {
            Err(TryLockError::WouldBlock) if Instant::now() < until => {
                thread::sleep(step.min(until.saturating_duration_since(Instant::now())));
                step = (step * 2).min(Duration::from_millis(50));
            }
            other => return other,
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

/// Opens a file that is no link, whatever comes between looking and opening.
fn open(options: &OpenOptions, path: &Path) -> io::Result<File> {
    let no_link = |found: io::Result<fs::Metadata>| match found {
        Ok(found) if !found.is_file() => Err(io::Error::other("it is a link, or no file")),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    no_link(fs::symlink_metadata(path))?;
    let file = options.open(path)?;
    let found = fs::symlink_metadata(path)?;
    match found.is_file() && same_file(&found, &file.metadata()?) {
        true => Ok(file),
        false => Err(io::Error::other("it was replaced while it was opened")),
    }
}

fn trouble(what: &str, path: &Path, error: io::Error) -> StoreError {
    StoreError::new(format!("{what}: `{}`", path.display())).because(error)
}

#[cfg(unix)]
fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(unix)]
fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(unix)]
fn same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Who could read it, might have: that is for a person to judge, so it is not mended silently.
#[cfg(unix)]
fn check_mode(found: &fs::Metadata, path: &Path, wanted: &str) -> Result<(), StoreError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = found.permissions().mode() & 0o777;
    match mode & 0o077 {
        0 => Ok(()),
        _ => Err(StoreError::new(format!(
            "`{0}` is open to others (mode {mode:o}): run `chmod {wanted} {0}`, and log in again if others could read it",
            path.display()
        ))),
    }
}

#[cfg(unix)]
fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
fn private() -> OpenOptions {
    OpenOptions::new()
}

#[cfg(not(unix))]
fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(folder)
}

#[cfg(not(unix))]
fn same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

#[cfg(not(unix))]
fn check_mode(_: &fs::Metadata, _: &Path, _: &str) -> Result<(), StoreError> {
    Ok(())
}

/// Renaming is durable there by itself, and folders can not be opened.
#[cfg(not(unix))]
fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(all(test, unix))]
mod tests {
    use std::fs;
    use std::io;
    use std::os::unix::fs::{PermissionsExt as _, symlink};
    use std::path::{Path, PathBuf};
    use std::time::Duration;

    use super::replace::{Disk, Local, replace};
    use super::{FileStore, GrantKey, Record, TokenStore as _};

    const NOW: Duration = Duration::ZERO;

    fn record(generation: u64) -> Record {
        let text =
            format!(r#"{{"version":1,"generation":{generation},"issued_at":7,"tokens":{{"access_token":"a"}}}}"#);
        Record::from_text(&text.into()).unwrap()
    }

    fn store() -> (tempfile::TempDir, FileStore, GrantKey) {
        let folder = tempfile::tempdir().unwrap();
        let store = FileStore::new(folder.path().join("grants")).unwrap();
        (folder, store, GrantKey::new("id", "name"))
    }

    fn grant_file(store: &FileStore, key: &GrantKey) -> PathBuf {
        store.folder.join(key.to_file_name()).with_extension("json")
    }

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn load(store: &FileStore, key: &GrantKey) -> Result<Option<u64>, String> {
        let record = store.lock(key, NOW).unwrap().load();
        record.map(|record| record.map(|record| record.generation().get())).map_err(|error| error.to_string())
    }

    #[test]
    fn t16_modes_are_600_in_700() {
        let (_folder, store, key) = store();
        store.lock(&key, NOW).unwrap().save(&record(1)).unwrap();
        assert_eq!(mode(&store.folder), 0o700);
        for entry in fs::read_dir(&store.folder).unwrap() {
            assert_eq!(mode(&entry.unwrap().path()), 0o600);
        }
        let file = grant_file(&store, &key);
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        assert!(load(&store, &key).unwrap_err().contains("is open to others (mode 640)"));
        fs::set_permissions(&store.folder, fs::Permissions::from_mode(0o750)).unwrap();
        assert!(FileStore::new(&store.folder).unwrap_err().to_string().contains("chmod 700"));
    }

    #[test]
    fn t16_links_are_not_followed() {
        let (folder, store, key) = store();
        let elsewhere = folder.path().join("elsewhere.json");
        fs::write(&elsewhere, record(5).to_text().expose()).unwrap();
        fs::set_permissions(&elsewhere, fs::Permissions::from_mode(0o600)).unwrap();
        symlink(&elsewhere, grant_file(&store, &key)).unwrap();
        assert!(load(&store, &key).unwrap_err().starts_with("the grant can not be opened"));
        assert!(store.lock(&key, NOW).unwrap().save(&record(6)).is_err());
        // Where the new one is written, a link is removed and not followed.
        fs::remove_file(grant_file(&store, &key)).unwrap();
        symlink(&elsewhere, grant_file(&store, &key).with_extension("new")).unwrap();
        store.lock(&key, NOW).unwrap().save(&record(6)).unwrap();
        assert_eq!(load(&store, &key), Ok(Some(6)));
        assert!(fs::read_to_string(&elsewhere).unwrap().contains(r#""generation": 5"#));
        assert!(fs::symlink_metadata(grant_file(&store, &key)).unwrap().is_file());
        let lock = store.folder.join(key.to_file_name()).with_extension("lock");
        fs::remove_file(&lock).unwrap();
        symlink(&elsewhere, &lock).unwrap();
        assert!(store.lock(&key, NOW).is_err());
        let linked = folder.path().join("linked");
        symlink(&store.folder, &linked).unwrap();
        assert!(FileStore::new(linked).is_err());
    }

    /// The disk of this machine, until it fails: before a step, or in the middle of it.
    struct Failing {
        steps: usize,
        half: bool,
    }

    impl Failing {
        fn step(&mut self) -> io::Result<()> {
            self.steps = self.steps.checked_sub(1).ok_or_else(|| io::Error::other("the disk is full"))?;
            Ok(())
        }
    }

    impl Disk for Failing {
        type File = fs::File;

        fn remove(&mut self, file: &Path) -> io::Result<()> {
            self.step().and_then(|()| Local.remove(file))
        }

        fn create(&mut self, file: &Path) -> io::Result<fs::File> {
            self.step().and_then(|()| Local.create(file))
        }

        fn write(&mut self, file: &mut fs::File, text: &[u8]) -> io::Result<()> {
            let half = if self.half && self.steps == 0 { text.len() / 2 } else { 0 };
            Local.write(file, &text[..half])?;
            self.step().and_then(|()| Local.write(file, &text[half..]))
        }

        fn sync(&mut self, file: &fs::File) -> io::Result<()> {
            self.step().and_then(|()| Local.sync(file))
        }

        fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
            self.step().and_then(|()| Local.rename(from, to))
        }

        fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
            self.step().and_then(|()| Local.sync_folder(folder))
        }
    }

    #[test]
    fn t16_a_save_that_fails_at_any_step_leaves_the_old_or_the_new() {
        // Of six steps the fifth is the renaming.
        for (steps, half) in (0..=6).flat_map(|steps| [(steps, false), (steps, true)]) {
            let (_folder, store, key) = store();
            store.lock(&key, NOW).unwrap().save(&record(1)).unwrap();
            let file = grant_file(&store, &key);
            let text = record(2).to_text();
            let done = replace(&mut Failing { steps, half }, &store.folder, &file, text.expose().as_bytes());
            assert_eq!(done.is_ok(), steps == 6, "{steps}");
            assert_eq!(load(&store, &key), Ok(Some(if steps >= 5 { 2 } else { 1 })), "{steps}");
            for entry in fs::read_dir(&store.folder).unwrap() {
                assert_eq!(mode(&entry.unwrap().path()), 0o600);
            }
            // What the failure left is in nobody's way.
            store.lock(&key, NOW).unwrap().save(&record(3)).unwrap();
            assert_eq!(load(&store, &key), Ok(Some(3)));
            assert_eq!(fs::read_dir(&store.folder).unwrap().count(), 2);
        }
    }

    #[test]
    fn t16_what_a_newer_program_has_written_is_kept() {
        let (_folder, store, key) = store();
        let mut guard = store.lock(&key, NOW).unwrap();
        guard.save(&record(1)).unwrap();
        let file = grant_file(&store, &key);
        let text = fs::read_to_string(&file).unwrap().replacen('{', r#"{"later":{"x":[1.10]},"#, 1);
        fs::write(&file, text).unwrap();
        let loaded = guard.load().unwrap().unwrap();
        guard.save(&loaded.next(loaded.issued, loaded.tokens.clone())).unwrap();
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.contains(r#"{"x":[1.10]}"#) && text.contains(r#""generation": 2"#), "{text}");
    }

    #[test]
    fn t09_an_older_generation_does_not_replace_a_newer() {
        let (_folder, store, key) = store();
        let mut guard = store.lock(&key, NOW).unwrap();
        guard.save(&record(5)).unwrap();
        guard.save(&record(5)).unwrap();
        assert!(guard.save(&record(4)).is_err());
        assert_eq!(guard.load().unwrap().unwrap().generation().get(), 5);
    }

    #[test]
    fn t05_one_lock_for_each_grant() {
        let (_folder, store, key) = store();
        let guard = store.lock(&key, NOW).unwrap();
        let error = store.lock(&key, Duration::from_millis(30)).map(drop).unwrap_err();
        assert!(error.is_busy());
        assert!(store.lock(&GrantKey::new("id", "other"), NOW).is_ok());
        drop(guard);
        assert!(store.lock(&key, NOW).is_ok());
    }

    #[test]
    fn t16_damaged_files_are_left_alone() {
        let (_folder, store, key) = store();
        let file = grant_file(&store, &key);
        fs::write(&file, r#"{"version":2,"access_token":"CANARY"}"#).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o600)).unwrap();
        let error = load(&store, &key).unwrap_err();
        assert!(error.contains("version 2") && !error.contains("CANARY"));
        assert!(store.lock(&key, NOW).unwrap().save(&record(1)).is_err());
        assert!(fs::read_to_string(&file).unwrap().contains("version\":2"));
    }
}
