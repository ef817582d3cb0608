//! Files as this system has them: who may read them, what they are, and that they stay.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::path::Path;

use super::StoreError;

/// Opens a file that is no link, whatever comes between looking and opening.
pub(super) fn open(options: &OpenOptions, path: &Path) -> io::Result<File> {
    let no_link = |found: io::Result<fs::Metadata>| match found {
        Ok(found) if !found.is_file() => Err(io::Error::other("it is a link, or no file")),
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    };
    no_link(fs::symlink_metadata(path))?;
    let file = options.open(path)?;
    match is_at(path, &file)? {
        true => Ok(file),
        false => Err(io::Error::other("it was replaced while it was opened")),
    }
}

/// Is this the file that has this name? It may have been deleted or replaced since it was opened.
pub(super) fn is_at(path: &Path, file: &File) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(found) => Ok(found.is_file() && same_file(&found, &file.metadata()?)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

#[cfg(unix)]
pub(super) fn private() -> OpenOptions {
    use std::os::unix::fs::OpenOptionsExt as _;
    let mut options = OpenOptions::new();
    options.mode(0o600);
    options
}

#[cfg(unix)]
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt as _;
    DirBuilder::new().mode(0o700).create(folder)
}

#[cfg(unix)]
fn same_file(one: &fs::Metadata, other: &fs::Metadata) -> bool {
    use std::os::unix::fs::MetadataExt as _;
    (one.dev(), one.ino()) == (other.dev(), other.ino())
}

/// Who could read it, might have: that is for a person to judge, so it is not mended silently.
#[cfg(unix)]
pub(super) fn check_mode(found: &fs::Metadata, path: &Path, wanted: &str) -> Result<(), StoreError> {
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
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(super) fn private() -> OpenOptions {
    OpenOptions::new()
}

#[cfg(not(unix))]
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().create(folder)
}

#[cfg(not(unix))]
fn same_file(_: &fs::Metadata, _: &fs::Metadata) -> bool {
    true
}

#[cfg(not(unix))]
pub(super) fn check_mode(_: &fs::Metadata, _: &Path, _: &str) -> Result<(), StoreError> {
    Ok(())
}

/// Folders can not be opened there: [`sync_renamed`] does what can be done.
#[cfg(not(unix))]
pub(super) fn sync_folder(_: &Path) -> io::Result<()> {
    Ok(())
}

/// The folder is synced after it.
#[cfg(unix)]
pub(super) fn sync_renamed(_: &Path) -> io::Result<()> {
    Ok(())
}

/// A new name may wait in memory; to flush the file writes what the system knows of it, its name included.
#[cfg(not(unix))]
pub(super) fn sync_renamed(file: &Path) -> io::Result<()> {
    OpenOptions::new().write(true).open(file)?.sync_all()
}
