//! The keyring that the system has.

use keyring::{Entry, Error};
use zeroize::{Zeroize as _, Zeroizing};

use super::super::StoreError;
use super::{Keyring, trouble};
use crate::secret::Secret;

/// Entries of one service.
pub(super) struct System {
    service: String,
}

/// `CRED_MAX_CREDENTIAL_BLOB_SIZE` on Windows, for bytes as they are. Keychain and Secret Service name no limit: this is
/// far more than a grant has.
const MOST: usize = if cfg!(windows) { 5 * 512 } else { 1 << 20 };

impl System {
    pub(super) fn new(service: String) -> Self {
        System { service }
    }
}

impl Keyring for System {
    fn most(&self) -> usize {
        MOST
    }

    fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        match Entry::new(&self.service, name).and_then(|entry| entry.get_secret()) {
            Ok(bytes) => {
                let bytes = Zeroizing::new(bytes);
                let text = str::from_utf8(&bytes).map_err(|_| trouble(FOREIGN))?;
                Ok(Some(Secret::new(text)))
            }
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(refused(error)),
        }
    }

    // As bytes: as a password, Windows would take half as many.
    fn write(&self, name: &str, text: &Secret) -> Result<(), StoreError> {
        let written = Entry::new(&self.service, name).and_then(|entry| entry.set_secret(text.expose().as_bytes()));
        written.map_err(refused)
    }
}

const FOREIGN: &str = "what the keyring keeps under the grant's name is no grant";

/// Says what the keyring says, unless that holds what is kept.
fn refused(error: Error) -> StoreError {
    match error {
        Error::NoDefaultStore => match Entry::store_status() {
            Err(error) => trouble("there is no keyring here").because(error.to_string()),
            Ok(()) => trouble("there is no keyring here"),
        },
        Error::NoStorageAccess(error) => trouble("the keyring is locked").because(error.to_string()),
        Error::PlatformFailure(error) => trouble("the keyring failed").because(error.to_string()),
        Error::TooLong(what, most) => trouble(format_args!("the keyring keeps at most {most} bytes as {what}")),
        Error::Ambiguous(_) => trouble("the keyring keeps more than one entry under the grant's name"),
        Error::BadEncoding(mut bytes) | Error::BadDataFormat(mut bytes, _) => {
            bytes.zeroize();
            trouble(FOREIGN)
        }
        _ => trouble("the keyring does not take the grant"),
    }
}
