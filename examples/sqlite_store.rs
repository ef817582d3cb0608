//! Keeps logins in a database: a token store in SQLite, as a pattern for your own.
//!
//! ```sh
//! cargo run --example sqlite_store --features sqlite
//! ```
//!
//! A refresh token works once. So a store has to do three things right: nobody else reads or writes a grant while it is
//! locked, in this process or another; what was saved is on disk when `save` returns; and a program that dies leaves the
//! old record or the new one, and no lock. SQLite's own locks and journal do all three. They hold for the whole file, so
//! grants take turns; a server with many users takes a database that locks rows.

use std::fs::OpenOptions;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, params};
use sage_api::Secret;
use sage_api::accounting::Client;
use sage_api::auth::{GrantKey, Login, Record, StoreError, StoreGuard, TokenStore};
use sage_examples::Local;

/// Keeps grants in a table of an SQLite database.
struct SqliteStore {
    path: PathBuf,
}

impl SqliteStore {
    /// A store in this file, which is made if there is none. Nobody else may read it: it holds tokens.
    fn new(path: impl Into<PathBuf>) -> Result<Self, StoreError> {
        let path = path.into();
        let mut options = OpenOptions::new();
        options.write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).map_err(|error| StoreError::new("the database can not be made").because(error))?;
        Ok(SqliteStore { path })
    }
}

impl TokenStore for SqliteStore {
    fn lock(&self, key: &GrantKey, wait: Duration) -> Result<Box<dyn StoreGuard>, StoreError> {
        let connection = Connection::open(&self.path).map_err(trouble)?;
        connection.busy_timeout(wait).map_err(trouble)?;
        // What is saved survives a loss of power. The lock is taken with the first write, and held until the connection
        // is closed: by us, or by the system if the program dies.
        connection
            .execute_batch(
                "PRAGMA synchronous = FULL;
                 PRAGMA locking_mode = EXCLUSIVE;
                 BEGIN EXCLUSIVE;
                 CREATE TABLE IF NOT EXISTS grants (
                     client_id TEXT, name TEXT, generation INTEGER NOT NULL, record TEXT NOT NULL,
                     PRIMARY KEY (client_id, name)
                 );
                 COMMIT;",
            )
            .map_err(trouble)?;
        Ok(Box::new(Guard { connection, key: key.clone() }))
    }
}

/// A grant that is locked, for as long as the connection is open.
struct Guard {
    connection: Connection,
    key: GrantKey,
}

impl StoreGuard for Guard {
    fn load(&mut self) -> Result<Option<Record>, StoreError> {
        let text: Option<String> = self
            .connection
            .query_row(
                "SELECT record FROM grants WHERE client_id = ? AND name = ?",
                [self.key.client_id(), self.key.name()],
                |row| row.get(0),
            )
            .optional()
            .map_err(trouble)?;
        text.map(|text| Record::from_text(&Secret::new(text))).transpose()
    }

    fn save(&mut self, record: &Record) -> Result<(), StoreError> {
        let generation = i64::try_from(record.generation().get()).unwrap_or(i64::MAX);
        // One statement is one transaction. An older generation never replaces a newer one.
        let rows = self
            .connection
            .execute(
                "INSERT INTO grants VALUES (?, ?, ?, ?)
                 ON CONFLICT DO UPDATE SET generation = excluded.generation, record = excluded.record
                 WHERE excluded.generation >= generation",
                params![self.key.client_id(), self.key.name(), generation, record.to_text().expose()],
            )
            .map_err(trouble)?;
        match rows {
            1 => Ok(()),
            _ => Err(StoreError::new("a newer generation of the grant is stored already")),
        }
    }
}

fn trouble(error: rusqlite::Error) -> StoreError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreError::busy(),
        _ => StoreError::new("the database does not work").because(error),
    }
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let sage = Local::open()?;
    let folder = tempfile::tempdir()?;
    let database = folder.path().join("grants.sqlite");

    // In the first run, the user logs in.
    let client = client(&sage, &database)?;
    client.login(Login::loopback(sage_sandbox::free_port()?).show(sage_sandbox::agree)).await?;
    println!("logged in, and sees {} contacts", client.contacts().list().await?.total().unwrap_or_default());
    // Async code waits for what is under way before it drops a client: `drop` would hold its thread up.
    client.grant()?.settled().await;
    drop(client);

    // The next run finds the grant. Its token has ended; the client refreshes it, and stores the new one before it is used.
    sage.advance(3600)?;
    let client = self::client(&sage, &database)?;
    println!("{} contacts without a login", client.contacts().list().await?.total().unwrap_or_default());

    let (generation, record): (i64, String) =
        Connection::open(&database)?
            .query_row("SELECT generation, record FROM grants", [], |row| Ok((row.get(0)?, row.get(1)?)))?;
    println!("generation {generation} is stored, in {} bytes", record.len());
    Ok(())
}

fn client(sage: &Local, database: &Path) -> Result<Client, Box<dyn std::error::Error>> {
    let app = Client::app("sandbox-accounting").secret("sandbox-accounting-secret").origin(sage.origin());
    Ok(Client::builder().origin(sage.origin()).app(app).token_store(SqliteStore::new(database)?).build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record of this generation.
    fn record(generation: u32) -> Record {
        let text =
            format!(r#"{{"version":1,"generation":{generation},"issued_at":7,"tokens":{{"access_token":"a"}}}}"#);
        Record::from_text(&text.into()).unwrap()
    }

    #[test]
    fn a_locked_grant_is_nobody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let store = || SqliteStore::new(folder.path().join("grants.sqlite")).unwrap();
        let key = GrantKey::new("app", "default");
        let mut guard = store().lock(&key, Duration::ZERO).unwrap();
        let busy = || store().lock(&key, Duration::ZERO).err().is_some_and(|error| error.is_busy());
        assert!(busy());
        guard.save(&record(1)).unwrap();
        assert!(busy(), "a save does not unlock");
        guard.save(&record(2)).unwrap();
        drop(guard);
        let mut guard = store().lock(&key, Duration::ZERO).unwrap();
        assert_eq!(guard.load().unwrap().unwrap().generation().get(), 2);
        assert!(guard.save(&record(1)).is_err(), "an older generation");
        drop(guard);
        let other = GrantKey::new("app", "another");
        assert!(store().lock(&other, Duration::ZERO).unwrap().load().unwrap().is_none());
    }
}
