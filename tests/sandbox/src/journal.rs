//! What was asked, and what is to be said about it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Mutex;

use serde::Serialize;

use crate::Api;
use crate::check::Finding;

/// A request that the sandbox has answered. It holds no header: tokens stay out of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Entry {
    /// Which service; `None`: none that the sandbox knows.
    pub api: Option<Api>,
    /// The operation, e.g. `GET /contacts/{key}`; empty if there is none.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path and query as they came.
    pub target: String,
    /// The status of the reply; 0: the connection was closed without one.
    pub status: u16,
}

/// The journal, from the start or the last [`clear`](Journal::clear).
#[derive(Debug, Default)]
pub(crate) struct Journal {
    entries: Mutex<Vec<Entry>>,
    findings: Mutex<Vec<Finding>>,
    /// What was sent to each operation.
    seen: Mutex<BTreeMap<(Api, usize), BTreeSet<String>>>,
}

impl Journal {
    pub(crate) fn add(&self, entry: Entry) {
        lock(&self.entries).push(entry);
    }

    pub(crate) fn find(&self, findings: Vec<Finding>) {
        lock(&self.findings).extend(findings);
    }

    pub(crate) fn see(&self, api: Api, operation: usize, seen: BTreeSet<String>) {
        lock(&self.seen).entry((api, operation)).or_default().extend(seen);
    }

    /// What was sent to an operation; `None`: it was not called.
    pub(crate) fn seen(&self, api: Api, operation: usize) -> Option<BTreeSet<String>> {
        lock(&self.seen).get(&(api, operation)).cloned()
    }

    pub(crate) fn entries(&self) -> Vec<Entry> {
        lock(&self.entries).clone()
    }

    pub(crate) fn findings(&self) -> Vec<Finding> {
        lock(&self.findings).clone()
    }

    /// How often each operation of a service was called.
    pub(crate) fn counts(&self, api: Api) -> BTreeMap<String, usize> {
        let mut counts = BTreeMap::new();
        let known = |entry: &&Entry| entry.api == Some(api) && !entry.operation.is_empty();
        for entry in lock(&self.entries).iter().filter(known) {
            *counts.entry(entry.operation.clone()).or_default() += 1;
        }
        counts
    }

    pub(crate) fn clear(&self) {
        lock(&self.entries).clear();
        lock(&self.findings).clear();
        lock(&self.seen).clear();
    }
}

/// Nothing panics in between.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
