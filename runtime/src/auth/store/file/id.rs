//! An id of a folder, for what is kept elsewhere and locked here.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::time::Duration;

use super::super::StoreError;
use super::system::sync_folder;
use super::{FileStore, open_locked, trouble};

/// Digits of an id.
const DIGITS: usize = 16;
/// For whoever writes one.
const PATIENCE: Duration = Duration::from_secs(5);

impl FileStore {
    /// The id of the folder, which it is given by whoever asks first.
    pub(in super::super) fn id(&self) -> Result<String, StoreError> {
        let path = self.folder.join("id");
        let failed = |error| trouble("the id of the folder can not be read", &path, error);
        let mut file = open_locked(&path, PATIENCE).map_err(failed)?;
        match read(&mut file).map_err(failed)? {
            Some(id) => Ok(id),
            None => {
                let id = write(&mut file).map_err(failed)?;
                sync_folder(&self.folder).map_err(failed)?;
                Ok(id)
            }
        }
    }
}

/// `None` if there is none, or a crash has left half of one: then nobody has used it.
fn read(file: &mut File) -> io::Result<Option<String>> {
    let mut text = Vec::new();
    file.take(DIGITS as u64 + 1).read_to_end(&mut text)?;
    let is_whole = text.len() == DIGITS && text.iter().all(u8::is_ascii_hexdigit);
    Ok(String::from_utf8(text).ok().filter(|_| is_whole))
}

fn write(file: &mut File) -> io::Result<String> {
    let mut bytes = [0; DIGITS / 2];
    getrandom::getrandom(&mut bytes)?;
    let id: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    file.set_len(0)?;
    file.rewind()?;
    file.write_all(id.as_bytes())?;
    file.sync_all()?;
    Ok(id)
}
