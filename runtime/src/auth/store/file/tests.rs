//! T5, T9, T16: files on this machine's disk.

use std::fs;
use std::io;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::replace::{Disk, Local, replace};
use super::{FileStore, GrantKey, Record, TokenStore as _, wait_for};

const NOW: Duration = Duration::ZERO;

fn record(generation: u64) -> Record {
    let text = format!(r#"{{"version":1,"generation":{generation},"issued_at":7,"tokens":{{"access_token":"a"}}}}"#);
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
    assert!(fs::read_to_string(&elsewhere).unwrap().contains(r#""generation":5"#));
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
    assert!(text.contains(r#"{"x":[1.10]}"#) && text.contains(r#""generation":2"#), "{text}");
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
fn t05_a_lock_that_was_deleted_is_no_lock() {
    let (_folder, store, key) = store();
    let path = store.folder.join(key.to_file_name()).with_extension("lock");
    drop(store.lock(&key, NOW).unwrap());
    let lock = fs::File::open(&path).unwrap();
    assert!(wait_for(&lock, &path, Instant::now()).unwrap());
    lock.unlock().unwrap();
    fs::remove_file(&path).unwrap();
    assert!(!wait_for(&lock, &path, Instant::now()).unwrap());
    let _other = store.lock(&key, NOW).unwrap();
    assert!(!wait_for(&lock, &path, Instant::now()).unwrap());
}

/// How often this process has this file open, under this name.
#[cfg(target_os = "linux")]
fn open_count(path: &Path) -> usize {
    let files = fs::read_dir("/proc/self/fd").unwrap().filter_map(|entry| fs::read_link(entry.ok()?.path()).ok());
    files.filter(|file| file == path).count()
}

#[test]
#[cfg(target_os = "linux")]
fn t05_who_waits_for_a_lock_that_is_deleted_waits_for_the_new_one() {
    let (_folder, store, key) = store();
    let path = store.folder.join(key.to_file_name()).with_extension("lock");
    let limit = Instant::now() + Duration::from_secs(60);
    let first = store.lock(&key, NOW).unwrap();
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| store.lock(&key, Duration::from_secs(60)).map(drop));
        while open_count(&path) < 2 && Instant::now() < limit {
            std::thread::yield_now();
        }
        fs::remove_file(&path).unwrap();
        let second = store.lock(&key, NOW).unwrap();
        drop(first);
        // It opens the new one now, and waits again.
        while open_count(&path) < 2 && !waiting.is_finished() && Instant::now() < limit {
            std::thread::yield_now();
        }
        assert!(!waiting.is_finished(), "two have the lock");
        drop(second);
        waiting.join().unwrap().unwrap();
    });
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
