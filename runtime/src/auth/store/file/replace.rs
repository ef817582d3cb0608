//! Replacing a file so that whatever crashes, and whenever, leaves the old one or the new one whole.

use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::Path;

use super::system::{private, sync_folder, sync_renamed};

/// The steps of a replacement, each of which may be the last one before a crash. Tests have disks that fail at any of them,
/// and one that forgets what was not synced.
pub(super) trait Disk {
    type File;

    /// Removes a file; it is no error if there is none.
    fn remove(&mut self, file: &Path) -> io::Result<()>;

    /// Makes a file that only its owner can read, and follows no link.
    fn create(&mut self, file: &Path) -> io::Result<Self::File>;

    fn write(&mut self, file: &mut Self::File, text: &[u8]) -> io::Result<()>;

    /// What is in the file survives a crash from here on.
    fn sync(&mut self, file: &Self::File) -> io::Result<()>;

    /// Puts one file in the place of another, in one step.
    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()>;

    /// What the files of the folder are called survives a crash from here on.
    fn sync_folder(&mut self, folder: &Path) -> io::Result<()>;
}

/// The disk of this machine.
pub(super) struct Local;

impl Disk for Local {
    type File = File;

    fn remove(&mut self, file: &Path) -> io::Result<()> {
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    fn create(&mut self, file: &Path) -> io::Result<File> {
        private().create_new(true).write(true).open(file)
    }

    fn write(&mut self, file: &mut File, text: &[u8]) -> io::Result<()> {
        file.write_all(text)
    }

    fn sync(&mut self, file: &File) -> io::Result<()> {
        file.sync_all()
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)?;
        sync_renamed(to)
    }

    fn sync_folder(&mut self, folder: &Path) -> io::Result<()> {
        sync_folder(folder)
    }
}

/// Replaces a file of a folder as a whole. When this is done, the new one survives a crash.
///
/// Whoever calls holds the lock, so nobody else writes here, and what stands beside the file was left by a crash.
pub(super) fn replace<D: Disk>(disk: &mut D, folder: &Path, file: &Path, text: &[u8]) -> io::Result<()> {
    let beside = file.with_extension("new");
    disk.remove(&beside)?;
    let mut new = disk.create(&beside)?;
    disk.write(&mut new, text)?;
    disk.sync(&new)?;
    drop(new);
    disk.rename(&beside, file)?;
    disk.sync_folder(folder)
}

#[cfg(test)]
mod tests;
