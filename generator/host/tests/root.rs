//! Reading and writing a folder: all or old, and never outside.

use std::fs;
use std::path::{Path, PathBuf};

use sage_codegen_host::{Changes, Fence, Root, Tree};

/// A fresh folder for one test.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("host-{test}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn text(&self, path: &str) -> Option<String> {
        fs::read_to_string(self.0.join(path)).ok()
    }

    fn apply(&self, delete: &[&str], write: &[(&str, &str)]) -> Result<(), String> {
        let fence = Fence { folders: vec!["src/api".into(), "src/gone".into()], files: vec!["names.lock".into()] };
        let write = write.iter().map(|(path, text)| (*path, text.as_bytes())).collect();
        let changes = Changes { delete: delete.to_vec(), write };
        self.root().apply(&changes, &fence).map_err(|fault| fault.message().to_owned())
    }

    fn root(&self) -> Root {
        Root::open(&self.0, "src").unwrap()
    }

    fn names(&self) -> Vec<String> {
        let mut tree = Tree::new();
        for (name, _) in self.root().list("").unwrap() {
            self.root().scan(&name, &mut tree).unwrap();
        }
        tree.into_keys().collect()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[test]
fn files_are_created_replaced_and_deleted_and_others_are_not_touched() {
    let folder = Folder::new("apply");
    folder.write("src/lib.rs", "by hand");
    folder.write("src/api/mod.rs", "old");
    folder.write("src/gone/deep/a.rs", "old");
    folder.write(".codegen-staging/0", "");
    folder.write("src/.codegen-staging/0", "what a killed run left");
    let written = fs::metadata(folder.0.join("src/lib.rs")).unwrap().modified().unwrap();
    folder
        .apply(&["src/gone/deep/a.rs"], &[("src/api/mod.rs", "new"), ("src/api/model/b.rs", "b"), ("names.lock", "n")])
        .unwrap();
    let expected = [".codegen-staging/0", "names.lock", "src/api/mod.rs", "src/api/model/b.rs", "src/lib.rs"];
    assert_eq!(folder.names(), expected);
    assert_eq!(folder.text("src/api/mod.rs").as_deref(), Some("new"));
    assert_eq!(fs::metadata(folder.0.join("src/lib.rs")).unwrap().modified().unwrap(), written);
    assert!(!folder.0.join("src/gone").exists() && !folder.0.join("src/.codegen-staging").exists());
}

#[test]
fn a_file_and_a_folder_change_places() {
    let folder = Folder::new("swap");
    folder.write("src/api/a", "file");
    folder.write("src/api/b/c.rs", "in a folder");
    folder.apply(&["src/api/a", "src/api/b/c.rs"], &[("src/api/a/d.rs", "d"), ("src/api/b", "b")]).unwrap();
    assert_eq!(folder.names(), ["src/api/a/d.rs", "src/api/b"]);
}

#[test]
fn one_path_outside_and_nothing_is_written() {
    let folder = Folder::new("fence");
    for outside in ["src/lib.rs", "src/api/../lib.rs", "/tmp/x", "src/api/"] {
        let refused = folder.apply(&[], &[("src/api/mod.rs", "new"), (outside, "x")]).unwrap_err();
        assert!(refused.starts_with("refusing to write"), "{refused}");
        assert!(folder.names().is_empty());
    }
}

#[test]
fn what_cannot_be_staged_changes_nothing() {
    let folder = Folder::new("staging");
    folder.write("src/api/mod.rs", "old");
    folder.write("src/.codegen-staging", "a file in its place");
    let refused = folder.apply(&["src/api/mod.rs"], &[("src/api/b.rs", "b")]).unwrap_err();
    assert!(refused.contains("where a folder belongs"), "{refused}");
    assert_eq!(folder.names(), ["src/.codegen-staging", "src/api/mod.rs"]);
}

#[test]
fn two_runs_do_not_write_at_once() {
    let folder = Folder::new("lock");
    let root = folder.root();
    let lock = root.lock().unwrap();
    assert!(folder.root().lock().is_err());
    drop(lock);
    assert!(folder.root().lock().is_ok());
}

#[cfg(unix)]
#[test]
fn links_are_replaced_or_refused_but_never_followed() {
    use std::os::unix::fs::symlink;
    let folder = Folder::new("links");
    folder.write("precious/a.rs", "precious");
    folder.write("src/api/mod.rs", "old");
    symlink(folder.0.join("precious/a.rs"), folder.0.join("src/api/a.rs")).unwrap();
    symlink(folder.0.join("precious"), folder.0.join("src/api/model")).unwrap();
    symlink(folder.0.join("precious"), folder.0.join("src/gone")).unwrap();

    let mut tree = Tree::new();
    folder.root().scan("src", &mut tree).unwrap();
    let links: Vec<_> = tree.iter().filter(|(_, bytes)| bytes.is_none()).map(|(path, _)| path.as_str()).collect();
    assert_eq!(links, ["src/api/a.rs", "src/api/model", "src/gone"]);

    // A link in place of a file is replaced, one in place of a folder is deleted first if the plan says so.
    folder.apply(&["src/api/model"], &[("src/api/a.rs", "new"), ("src/api/model/a.rs", "new")]).unwrap();
    assert_eq!(folder.text("src/api/model/a.rs").as_deref(), Some("new"));
    assert!(folder.apply(&[], &[("src/gone/a.rs", "new")]).is_err());
    assert!(folder.apply(&["src/gone/a.rs"], &[]).is_err());
    assert_eq!(folder.text("precious/a.rs").as_deref(), Some("precious"));
}
