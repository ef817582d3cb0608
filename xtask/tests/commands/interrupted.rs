//! Runs that are killed, and runs in other folders: the real specifications.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::common::Workspace;

type Files = BTreeMap<String, Vec<u8>>;

/// Kills a run that is writing, again and again, later each time: every file is the old one or the new one, and the next
/// run mends all.
#[test]
fn a_run_that_is_killed_leaves_no_torn_file() {
    let workspace = Workspace::real("killed", "accounting");
    workspace.done(&["codegen"]);
    let new: Files = generated(&workspace);
    let mut old = Files::new();
    for path in new.keys().filter(|path| path.starts_with("generated/")) {
        old.insert(path.clone(), b"// old\n".to_vec());
    }
    for round in 0..6 {
        old.iter().for_each(|(path, text)| workspace.write(path, std::str::from_utf8(text).unwrap()));
        workspace.write("generated/src/accounting/orphan.rs", "// old\n");
        let mut child = workspace.spawn(&["codegen"]);
        wait_for(&workspace, "generated/.codegen-staging");
        std::thread::sleep(Duration::from_millis(round * round * 8));
        child.kill().unwrap();
        child.wait().unwrap();
        for (path, bytes) in generated(&workspace) {
            let whole = new.get(&path) == Some(&bytes) || bytes == b"// old\n";
            assert!(whole, "round {round}: {path} is torn");
        }
    }
    old.iter().for_each(|(path, text)| workspace.write(path, std::str::from_utf8(text).unwrap()));
    assert_eq!(workspace.run(&["codegen", "--check"]).status, Some(3));
    workspace.done(&["codegen"]);
    assert!(generated(&workspace) == new, "the next run mends all");
    assert!(!workspace.path("generated/.codegen-staging").exists());
}

fn generated(workspace: &Workspace) -> Files {
    let files = workspace.files().into_iter();
    let ours =
        |path: &str| path.ends_with(".lock") || path.starts_with("generated/src/") && path != "generated/src/lib.rs";
    files.filter(|(path, _)| ours(path)).collect()
}

fn wait_for(workspace: &Workspace, path: &str) {
    let start = Instant::now();
    while !workspace.path(path).exists() && start.elapsed() < Duration::from_secs(60) {
        std::thread::sleep(Duration::from_micros(200));
    }
}

#[test]
fn two_folders_give_the_same_bytes() {
    let (here, there) = (Workspace::real("here", "sage-200"), Workspace::real("there/further/away", "sage-200"));
    here.done(&["codegen"]);
    there.done(&["codegen"]);
    let (here, there) = (here.files(), there.files());
    assert!(here.keys().eq(there.keys()));
    here.iter().for_each(|(path, bytes)| assert!(there.get(path) == Some(bytes), "{path}"));
}
