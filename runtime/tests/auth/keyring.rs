//! S7 with the real keyring of Linux, where D-Bus leads nowhere. The child is this test binary again, running `child` below.

use std::fs;
use std::io::Write as _;
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use sage_runtime::auth::{GrantKey, KeyringStore, Record, TokenStore as _};

/// Not a test: saves a grant. Without the variable it does nothing.
#[test]
fn child() {
    let Ok(folder) = std::env::var("SAGE_TEST_KEYRING") else { return };
    let store = KeyringStore::new("sage-test", folder).unwrap();
    let mut guard = store.lock(&GrantKey::new("id", "name"), Duration::ZERO).unwrap();
    let text = r#"{"version":1,"generation":1,"issued_at":7,"tokens":{"access_token":"CANARY"}}"#;
    let error = guard.save(&Record::from_text(&text.into()).unwrap()).unwrap_err();
    writeln!(std::io::stdout(), "\nchild: {error}; {error:?}").unwrap();
}

/// What a program says that can not save, and the folder of its locks.
fn said(bus: &Path) -> (String, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["keyring::child", "--exact", "--nocapture", "--test-threads=1"])
        .env("SAGE_TEST_KEYRING", folder.path().join("locks"))
        .env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", bus.display()))
        .output()
        .unwrap();
    let out = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{out}");
    let said = out.lines().find_map(|line| line.strip_prefix("child: ")).unwrap();
    assert!(said.contains("`FileStore`") && !out.contains("CANARY"), "{out}");
    (said.to_owned(), folder)
}

fn nothing_is_kept(folder: &Path) {
    for entry in fs::read_dir(folder.join("locks")).unwrap().map(Result::unwrap) {
        let is_id = entry.file_name() == "id";
        assert_eq!(entry.metadata().unwrap().len(), if is_id { 16 } else { 0 }, "{entry:?}");
    }
}

#[test]
fn s07_where_there_is_no_keyring_nothing_is_kept() {
    let (said, folder) = said(Path::new("/nonexistent/bus"));
    assert!(said.starts_with("there is no keyring here"), "{said}");
    nothing_is_kept(folder.path());
}

#[test]
fn s07_a_bus_that_says_nothing_is_not_waited_for() {
    let place = tempfile::tempdir().unwrap();
    let bus = place.path().join("bus");
    // It takes connections, as its backlog does, and never answers.
    let _listener = UnixListener::bind(&bus).unwrap();
    let (said, folder) = said(&bus);
    assert!(said.starts_with("the keyring has not answered within 3 seconds"), "{said}");
    nothing_is_kept(folder.path());
}
