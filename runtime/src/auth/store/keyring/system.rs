//! The keyring that the system has.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::{Zeroize as _, Zeroizing};

use super::super::StoreError;
use super::{Keyring, trouble};
use crate::secret::Secret;

/// Entries of one service.
pub(super) struct System {
    service: String,
    /// Our own, beside what the program may use: opened when it is needed, and again after it failed.
    store: Mutex<Option<Arc<CredentialStore>>>,
}

/// `CRED_MAX_CREDENTIAL_BLOB_SIZE` on Windows, for bytes as they are. Keychain and Secret Service name no limit: this is
/// far more than a grant has.
const MOST: usize = if cfg!(windows) { 5 * 512 } else { 1 << 20 };

impl System {
    pub(super) fn new(service: String) -> Self {
        System { service, store: Mutex::default() }
    }

    fn store(&self) -> MutexGuard<'_, Option<Arc<CredentialStore>>> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Does something with the entry of this name.
    fn with<T>(&self, name: &str, act: impl FnOnce(&Entry) -> Result<T, Error>) -> Result<T, StoreError> {
        let known = self.store().clone();
        let store = match known {
            Some(store) => store,
            None => open().map_err(|error| trouble("there is no keyring here").because(error.to_string()))?,
        };
        let done = store.build(&self.service, name, modifiers().as_ref()).and_then(|entry| act(&entry));
        // A connection that has failed may have failed for good.
        let failed = matches!(done, Err(Error::PlatformFailure(_) | Error::NoStorageAccess(_)));
        *self.store() = (!failed).then_some(store);
        done.map_err(refused)
    }
}

#[cfg(all(unix, not(any(target_os = "macos", target_os = "ios", target_os = "android"))))]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(target_os = "macos")]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(apple_native_keyring_store::keychain::Store::new()?)
}

#[cfg(windows)]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(not(any(windows, all(unix, not(any(target_os = "ios", target_os = "android"))))))]
fn open() -> Result<Arc<CredentialStore>, Error> {
    Err(Error::NoDefaultStore)
}

/// On Windows an entry would roam with its user: there are no locks between machines.
fn modifiers() -> Option<HashMap<&'static str, &'static str>> {
    cfg!(windows).then(|| HashMap::from([("persistence", "Local")]))
}

impl Keyring for System {
    fn most(&self) -> usize {
        MOST
    }

    fn read(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let read = |entry: &Entry| match entry.get_secret() {
            Ok(bytes) => Ok(Some(Zeroizing::new(bytes))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        };
        let Some(bytes) = self.with(name, read)? else { return Ok(None) };
        let text = str::from_utf8(&bytes).map_err(|_| trouble(FOREIGN))?;
        Ok(Some(Secret::new(text)))
    }

    // As bytes: as a password, Windows would take half as many.
    fn write(&self, name: &str, text: &Secret) -> Result<(), StoreError> {
        self.with(name, |entry| entry.set_secret(text.expose().as_bytes()))
    }
}

const FOREIGN: &str = "what the keyring keeps under the grant's name is no grant";

/// Says what the keyring says, unless that holds what is kept.
fn refused(error: Error) -> StoreError {
    match error {
        Error::NoDefaultStore => trouble("there is no keyring here"),
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
