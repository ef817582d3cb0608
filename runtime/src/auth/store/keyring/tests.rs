//! A keyring that fails, hangs and is small when it is told to.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::fs;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread::{self, ThreadId};
use std::time::{Duration, SystemTime};

use super::super::{FileStore, GrantKey, Record, StoreError, StoreGuard, TokenStore as _};
use super::{Keyring, KeyringStore, trouble};
use crate::secret::Secret;

const NOW: Duration = Duration::ZERO;
/// Far longer than anything here takes that works.
const LONG: Duration = Duration::from_secs(20);

/// What the keyring does in place of its work, or before it.
enum Act {
    Fail,
    /// Waits for this, or for long.
    Hang(Receiver<()>),
}

#[derive(Default)]
struct Mock {
    most: Mutex<Option<usize>>,
    kept: Mutex<BTreeMap<String, String>>,
    reads: Mutex<VecDeque<Option<Act>>>,
    writes: Mutex<VecDeque<Option<Act>>>,
    /// The texts that it was asked to keep.
    asked: Mutex<Vec<String>>,
    /// Where it was asked from.
    threads: Mutex<HashSet<ThreadId>>,
}

fn act(script: &Mutex<VecDeque<Option<Act>>>) -> Result<(), StoreError> {
    let next = script.lock().unwrap().pop_front().flatten();
    match next {
        None => Ok(()),
        Some(Act::Fail) => Err(trouble("the keyring is locked")),
        Some(Act::Hang(released)) => {
            let _ = released.recv_timeout(LONG);
            Ok(())
        }
    }
}

impl Keyring for Mock {
    fn most(&self) -> usize {
        self.most.lock().unwrap().unwrap_or(usize::MAX)
    }

    fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        self.threads.lock().unwrap().insert(thread::current().id());
        act(&self.reads)?;
        Ok(self.kept.lock().unwrap().get(name).map(|text| Secret::new(text.as_str())))
    }

    fn write(&self, name: &str, text: &Secret) -> Result<(), StoreError> {
        self.threads.lock().unwrap().insert(thread::current().id());
        self.asked.lock().unwrap().push(text.expose().to_owned());
        act(&self.writes)?;
        self.kept.lock().unwrap().insert(name.to_owned(), text.expose().to_owned());
        Ok(())
    }
}

struct Setup {
    folder: tempfile::TempDir,
    mock: Arc<Mock>,
    store: KeyringStore,
    key: GrantKey,
}

fn setup() -> Setup {
    let folder = tempfile::tempdir().unwrap();
    let mock = Arc::new(Mock::default());
    let locks = FileStore::new(folder.path().join("locks")).unwrap();
    let store = KeyringStore::on(mock.clone(), locks, Duration::from_millis(50));
    Setup { folder, mock, store, key: GrantKey::new("id", "name") }
}

impl Setup {
    fn lock(&self) -> Box<dyn StoreGuard> {
        self.store.lock(&self.key, NOW).unwrap()
    }

    /// The name of the entry.
    fn name(&self) -> String {
        format!("{}-{}", self.key.to_file_name(), self.store.locks.id().unwrap())
    }

    fn hang(&self, script: &Mutex<VecDeque<Option<Act>>>) -> Sender<()> {
        let (release, released) = mpsc::channel();
        script.lock().unwrap().push_back(Some(Act::Hang(released)));
        release
    }
}

fn record(generation: u64) -> Record {
    let text =
        format!(r#"{{"version":1,"generation":{generation},"issued_at":7,"tokens":{{"access_token":"CANARY"}}}}"#);
    Record::from_text(&text.into()).unwrap()
}

fn generation(guard: &mut Box<dyn StoreGuard>) -> Option<u64> {
    guard.load().unwrap().map(|record| record.generation().get())
}

#[test]
fn s07_grants_are_kept_each_under_its_name_and_never_replaced_by_older_ones() {
    let setup = setup();
    let mut guard = setup.lock();
    assert_eq!(generation(&mut guard), None);
    guard.save(&record(5)).unwrap();
    assert!(guard.save(&record(4)).is_err());
    assert_eq!(generation(&mut guard), Some(5));
    let mut other = setup.store.lock(&GrantKey::new("id", "other"), NOW).unwrap();
    assert_eq!(generation(&mut other), None);
    assert!(setup.store.lock(&setup.key, NOW).map(drop).unwrap_err().is_busy());
    drop(guard);
    assert_eq!(generation(&mut setup.lock()), Some(5));
}

#[test]
fn s07_what_is_too_large_is_not_written() {
    let setup = setup();
    // A refresh leaves a note, for which there must be room.
    let size = record(1).noted(SystemTime::now()).to_text().expose().len();
    assert!(size > record(1).to_text().expose().len());
    *setup.mock.most.lock().unwrap() = Some(size);
    setup.lock().save(&record(1)).unwrap();
    *setup.mock.most.lock().unwrap() = Some(size - 1);
    let error = setup.lock().save(&record(2)).unwrap_err().to_string();
    assert!(error.contains(&format!("{size} bytes")) && error.contains("`FileStore`"), "{error}");
    assert_eq!(setup.mock.asked.lock().unwrap().len(), 1);
    assert_eq!(generation(&mut setup.lock()), Some(1));
}

#[test]
fn s07_a_keyring_that_hangs_is_not_waited_for() {
    assert_eq!(KeyringStore::new("a-service", setup().folder.path().join("l")).unwrap().patience.as_secs(), 3);
    let setup = setup();
    let reading = setup.hang(&setup.mock.reads);
    let mut guard = setup.lock();
    let error = guard.load().unwrap_err().to_string();
    assert!(error.contains("has not answered") && error.contains("`FileStore`"), "{error}");
    drop(reading);
    // It answers again.
    guard.save(&record(1)).unwrap();
    let writing = setup.hang(&setup.mock.writes);
    assert!(guard.save(&record(2)).unwrap_err().to_string().contains("has not answered"));
    drop(writing);
}

#[test]
fn s07_a_write_that_is_late_is_not_overtaken() {
    let setup = setup();
    let writing = setup.hang(&setup.mock.writes);
    setup.lock().save(&record(1)).unwrap_err();
    // It holds the lock, whoever else has given up.
    assert!(setup.store.lock(&setup.key, NOW).map(drop).unwrap_err().is_busy());
    writing.send(()).unwrap();
    let mut guard = setup.store.lock(&setup.key, LONG).unwrap();
    assert_eq!(generation(&mut guard), Some(1));
    // Nothing is asked of the keyring while a write may still come to its end.
    let writing = setup.hang(&setup.mock.writes);
    guard.save(&record(2)).unwrap_err();
    assert!(guard.save(&record(3)).unwrap_err().to_string().contains("has not answered"));
    assert_eq!(setup.mock.asked.lock().unwrap().len(), 2);
    drop(guard);
    writing.send(()).unwrap();
    let mut guard = setup.store.lock(&setup.key, LONG).unwrap();
    assert_eq!(generation(&mut guard), Some(2));
    guard.save(&record(3)).unwrap();
    assert_eq!(generation(&mut guard), Some(3));
}

#[test]
fn s07_nothing_is_kept_elsewhere() {
    let setup = setup();
    setup.mock.writes.lock().unwrap().push_back(Some(Act::Fail));
    let error = setup.lock().save(&record(1)).unwrap_err();
    assert!(error.to_string().contains("`FileStore`") && !format!("{error:?}").contains("CANARY"));
    assert_eq!(generation(&mut setup.lock()), None);
    setup.lock().save(&record(1)).unwrap();
    let files: Vec<_> = fs::read_dir(setup.folder.path().join("locks")).unwrap().map(Result::unwrap).collect();
    // The lock, which is empty, and the id.
    let sizes: HashSet<_> = files.iter().map(|file| file.metadata().unwrap().len()).collect();
    assert_eq!((files.len(), sizes), (2, HashSet::from([0, 16])));
    assert!(!format!("{:?}", setup.store).contains("CANARY"));
}

#[test]
fn s07_what_is_no_grant_is_left_alone() {
    let setup = setup();
    setup.mock.kept.lock().unwrap().insert(setup.name(), r#"{"version":2,"access_token":"CANARY"}"#.into());
    let error = setup.lock().load().unwrap_err().to_string();
    assert!(error.contains("version 2") && !error.contains("CANARY"));
    assert!(setup.lock().save(&record(1)).is_err());
    assert!(setup.mock.asked.lock().unwrap().is_empty());
}

#[test]
fn s07_who_has_other_locks_has_other_entries() {
    let setup = setup();
    setup.lock().save(&record(1)).unwrap();
    let beside = |folder: &str| {
        let locks = FileStore::new(setup.folder.path().join(folder)).unwrap();
        KeyringStore::on(setup.mock.clone(), locks, LONG).lock(&setup.key, NOW).unwrap()
    };
    assert_eq!(generation(&mut beside("other")), None);
    assert_eq!(generation(&mut beside("locks")), Some(1));
    // Half an id, which a crash has left, is nobody's.
    let id = setup.folder.path().join("other").join("id");
    fs::write(&id, "0123").unwrap();
    beside("other").save(&record(2)).unwrap();
    assert_eq!((generation(&mut beside("other")), fs::read(&id).unwrap().len()), (Some(2), 16));
    assert_eq!(setup.mock.kept.lock().unwrap().len(), 2);
}

#[test]
fn s07_one_thread_asks_for_everything() {
    let setup = setup();
    setup.lock().save(&record(1)).unwrap();
    let store = setup.store.clone();
    let key = GrantKey::new("id", "other");
    thread::spawn(move || store.lock(&key, NOW).unwrap().save(&record(1)).unwrap()).join().unwrap();
    assert_eq!(generation(&mut setup.lock()), Some(1));
    assert_eq!(setup.mock.threads.lock().unwrap().len(), 1);
}

#[test]
fn s07_what_was_given_up_before_it_began_is_not_done() {
    let setup = setup();
    let reading = setup.hang(&setup.mock.reads);
    let mut first = setup.lock();
    first.load().unwrap_err();
    // The keyring is still at it.
    let key = GrantKey::new("id", "other");
    let mut second = setup.store.lock(&key, NOW).unwrap();
    assert!(second.load().unwrap_err().to_string().contains("has not answered"));
    setup.mock.reads.lock().unwrap().push_back(Some(Act::Fail));
    drop(reading);
    // What fails is the next that is asked for, and not what nobody waits for any more.
    assert!(second.load().unwrap_err().to_string().contains("is locked"));
    assert_eq!(generation(&mut first), None);
}
