//! Visits to the store, on threads of their own: everything here may block.
//!
//! The order is what keeps a grant: lock, load, adopt what is newer, note that a refresh begins, ask the service, save,
//! publish, unlock. Nobody refreshes without the lock, nobody sees a token before it is saved, and the lock is not let go
//! between the service's answer and the save.

use std::sync::{MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use super::super::answer;
use super::super::failure::{Failure, Kind};
use super::super::pending::Code;
use super::super::record::Record;
use super::super::request::{Form, request};
use super::super::store::{StoreError, StoreGuard};
use super::super::tokens::Tokens;
use super::held::{Held, Phase};
use super::{Inner, jitter};
use crate::clock::Now;
use crate::error::Cause;
use crate::secret::Secret;
use crate::token::Generation;

/// Tokens that the service gave and the store did not take. They are used by nobody, and saved before anything else is
/// done with the store.
pub(super) struct Unsaved {
    record: Record,
    asked: Now,
    /// The lock, kept so that no other process uses the refresh token that is spent.
    guard: Option<Box<dyn StoreGuard>>,
}

type Desk<'a> = MutexGuard<'a, Option<Unsaved>>;

/// Before a save that failed is tried again; three tries in all.
const PAUSES: [Duration; 2] = [Duration::from_millis(50), Duration::from_millis(250)];

/// Sees to it that there is a token: that of the store, or a newer one if it is wanted.
pub(super) fn run(inner: &Inner, refused: Option<Generation>) -> Result<(), Failure> {
    let mut desk = desk(inner);
    if desk.is_some() {
        return settle(inner, &mut desk);
    }
    let mut guard = inner.store.lock(&inner.key, inner.lock_wait)?;
    let stored = guard.load()?;
    let stored = adopt(inner, stored)?;
    let Some(tokens) = &stored.tokens else { return Err(Failure::reauthorize(Cause::NoGrant)) };
    if !wants_refresh(inner, refused, stored.generation) {
        return Ok(());
    }
    if let Some((dead, cause)) = inner.state().dead
        && dead == stored.print()
    {
        return Err(Failure::reauthorize(cause));
    }
    let Some(token) = &tokens.refresh else {
        inner.state().dead = Some((stored.print(), Cause::NoRefreshToken));
        return Err(Failure::reauthorize(Cause::NoRefreshToken));
    };
    if inner.state().is_abandoned() {
        return Err(Failure::new(Kind::NotSent, "the grant was dropped before its refresh began"));
    }
    guard.save(&stored.noted(inner.clock.now().wall))?;
    let (asked, newer) = match refresh(inner, &stored, token, refused) {
        Ok(newer) => newer,
        Err(failure) => return give_up(inner, &mut *guard, &stored, failure),
    };
    let mut next = stored.next(asked.wall, Some(tokens.renewed(newer)));
    next.generation = next.generation.max(held_generation(inner).map_or(next.generation, Generation::next));
    if refused.is_some() {
        inner.state().cured(next.generation, asked);
    }
    save(inner, &mut desk, Unsaved { record: next, asked, guard: Some(guard) })
}

/// A login that is being finished.
pub(super) struct Finishing {
    pub(super) code: Code,
    pub(super) redirect_uri: String,
    pub(super) verifier: Option<Secret>,
    /// What tells it from others.
    pub(super) mark: String,
}

/// Why a login is not finished.
pub(super) struct NotFinished {
    pub(super) failure: Failure,
    /// The code may have been sent, so it must not be sent again.
    pub(super) sent: bool,
}

/// Exchanges a code, once.
pub(super) fn exchange(inner: &Inner, login: &Finishing) -> Result<(), NotFinished> {
    let mut sent = false;
    exchange_code(inner, login, &mut sent).map_err(|failure| NotFinished { failure, sent })
}

fn exchange_code(inner: &Inner, login: &Finishing, sent: &mut bool) -> Result<(), Failure> {
    let Finishing { code, redirect_uri, verifier, mark } = login;
    let url = inner.app.token_url(code.country.as_deref())?;
    let asked = request(&inner.app, url, &Form::Code { code: &code.code, redirect_uri, verifier: verifier.as_ref() })?;
    let mut desk = desk(inner);
    // A service that sees a code twice may end what it gave for it.
    let is_done = |record: Option<&Record>| match record.is_some_and(|record| record.logins.contains(mark)) {
        true => Err(Failure::new(Kind::Config, "this login has been finished already: begin another one")),
        false => Ok(()),
    };
    is_done(desk.as_ref().map(|unsaved| &unsaved.record)).inspect_err(|_| *sent = true)?;
    let mut guard = match desk.as_mut().and_then(|unsaved| unsaved.guard.take()) {
        Some(guard) => guard,
        None => inner.store.lock(&inner.key, inner.lock_wait)?,
    };
    let began = inner.clock.now();
    let secrets = asked.secrets.clone();
    // A stored grant that can not be read would not be replaced, so it is better known before the code is spent.
    let answer = guard.load().map_err(Failure::from).and_then(|stored| {
        *sent = true;
        is_done(stored.as_ref())?;
        let reply = inner.send(asked).inspect_err(|failure| *sent = failure.kind != Kind::NotSent)?;
        Ok((stored, answer::tokens(&reply, &secrets, inner.clock.now().wall)?))
    });
    let (stored, tokens) = match answer {
        Ok(answer) => answer,
        Err(failure) => {
            if let Some(unsaved) = &mut *desk {
                unsaved.guard = Some(guard);
            }
            return Err(failure);
        }
    };
    let unsaved = desk.as_ref().map(|unsaved| &unsaved.record);
    let before = [stored.as_ref(), unsaved].into_iter().flatten().max_by_key(|record| record.generation);
    let known = before.map(Record::generation).max(held_generation(inner));
    let generation = known.map_or(Generation::FIRST, Generation::next);
    let record = Record::new(generation, began.wall, tokens, code.country.clone()).of_login(mark, before);
    save(inner, &mut desk, Unsaved { record, asked: began, guard: Some(guard) })?;
    inner.state().forgive();
    Ok(())
}

/// Gives the grant back, and forgets it once the service has agreed.
pub(super) fn revoke(inner: &Inner) -> Result<(), Failure> {
    let mut desk = desk(inner);
    if desk.is_some() {
        settle(inner, &mut desk)?;
    }
    let mut guard = inner.store.lock(&inner.key, inner.lock_wait)?;
    let Some(stored) = guard.load()? else { return Ok(()) };
    let Some(tokens) = &stored.tokens else { return Ok(()) };
    let url = inner.app.revoke_url(stored.country.as_deref())?;
    let (token, kind) = match &tokens.refresh {
        Some(token) => (token, "refresh_token"),
        None => (&tokens.access, "access_token"),
    };
    let asked = request(&inner.app, url, &Form::Revoke { token, kind })?;
    let secrets = asked.secrets.clone();
    inner.send(asked).and_then(|reply| answer::revoked(&reply, &secrets, inner.clock.now().wall))?;
    guard.save(&stored.next(stored.issued, None))?;
    inner.state().held = None;
    Ok(())
}

/// Does the store hold tokens that are worth something, as far as this process knows?
pub(super) fn is_authorized(inner: &Inner) -> Result<bool, Failure> {
    let desk = desk(inner);
    if desk.is_some() {
        return Ok(true);
    }
    let Some(stored) = inner.store.lock(&inner.key, inner.lock_wait)?.load()? else { return Ok(false) };
    let Some(tokens) = &stored.tokens else { return Ok(false) };
    let now = inner.clock.now();
    let is_over = || Held::found(&stored, tokens, now, jitter()).phase(now) == Phase::Expired;
    let is_dead = inner.state().dead.is_some_and(|(dead, _)| dead == stored.print());
    Ok(!is_dead && (tokens.refresh.is_some() || !is_over()))
}

/// One visitor at a time in this process; others wait for the store's own lock.
fn desk(inner: &Inner) -> Desk<'_> {
    inner.unsaved.lock().unwrap_or_else(PoisonError::into_inner)
}

fn held_generation(inner: &Inner) -> Option<Generation> {
    inner.state().held.as_ref().map(Held::generation)
}

/// Publishes what is stored, if it is newer than what is known.
fn adopt(inner: &Inner, stored: Option<Record>) -> Result<Record, Failure> {
    let stored = stored.ok_or_else(|| Failure::reauthorize(Cause::NoGrant))?;
    if let Some(tokens) = &stored.tokens
        && held_generation(inner).is_none_or(|known| known < stored.generation)
    {
        inner.state().publish(Held::found(&stored, tokens, inner.clock.now(), jitter()));
        inner.wake();
    }
    Ok(stored)
}

fn wants_refresh(inner: &Inner, refused: Option<Generation>, stored: Generation) -> bool {
    let now = inner.clock.now();
    refused.is_some_and(|refused| refused >= stored)
        || inner.state().held.as_ref().is_none_or(|held| held.phase(now) != Phase::Fresh)
}

/// Asks for newer tokens: twice if the first answer is lost, and with the same refresh token. If the service did not get the
/// request, or still takes the token for a while, that saves the grant.
fn refresh(
    inner: &Inner,
    stored: &Record,
    token: &Secret,
    refused: Option<Generation>,
) -> Result<(Now, Tokens), Failure> {
    let mut lost = stored.intent.is_some();
    let mut first = true;
    loop {
        let url = inner.app.token_url(stored.country.as_deref())?;
        let asked = request(&inner.app, url, &Form::Refresh(token))?;
        let secrets = asked.secrets.clone();
        let now = inner.clock.now();
        let failure = match inner.send(asked).and_then(|reply| answer::tokens(&reply, &secrets, inner.clock.now().wall))
        {
            Ok(tokens) => return Ok((now, tokens)),
            Err(failure) => failure,
        };
        lost |= failure.kind == Kind::Unknown;
        let again = match failure.kind {
            Kind::NotSent => true,
            Kind::Unknown => refused.is_some() || is_late(inner),
            _ => false,
        };
        if !(first && again) {
            return Err(match failure.kind {
                Kind::InvalidGrant if lost => Failure::reauthorize(Cause::RotationMayBeLost),
                Kind::InvalidGrant => Failure::reauthorize(Cause::Refused),
                // What came after does not tell what became of the request before.
                _ if lost => failure.with(Kind::Unknown),
                _ => failure,
            });
        }
        first = false;
    }
}

/// Is the access token over, or nearly? Before, a service that takes each refresh token once might end it early.
fn is_late(inner: &Inner) -> bool {
    let now = inner.clock.now();
    inner.state().held.as_ref().is_none_or(|held| held.until_late(now).is_zero())
}

/// What a refresh that failed leaves behind.
fn give_up(inner: &Inner, guard: &mut dyn StoreGuard, stored: &Record, failure: Failure) -> Result<(), Failure> {
    match failure.kind {
        // The note in the store stays: the next who comes must know.
        Kind::Unknown => return Err(failure),
        Kind::Reauthorize(cause) => {
            // A store whose lock does not hold may have been written meanwhile.
            if let Some(newer) = guard.load()?
                && newer.generation > stored.generation
            {
                return adopt(inner, Some(newer)).map(drop);
            }
            inner.state().dead = Some((stored.print(), cause));
            if cause == Cause::RotationMayBeLost {
                return Err(failure);
            }
        }
        _ => {}
    }
    // The service has surely not replaced the refresh token. If this fails, the next refresh only knows less.
    let _ = guard.save(stored);
    Err(failure)
}

/// Saves what the service gave, and publishes it. If that fails it stays on the desk, with the lock.
fn save(inner: &Inner, desk: &mut Desk<'_>, unsaved: Unsaved) -> Result<(), Failure> {
    inner.state().unsaved = true;
    let unsaved = desk.insert(unsaved);
    let mut pauses = PAUSES.iter();
    while let Some(Err(error)) = unsaved.save() {
        match pauses.next() {
            Some(pause) => sleep(*pause),
            None => return Err(error.into()),
        }
    }
    publish(inner, desk);
    Ok(())
}

/// Saves what an earlier turn could not, if nothing else is wanted.
pub(super) fn save_again(inner: &Inner) -> Result<(), Failure> {
    settle(inner, &mut desk(inner))?;
    inner.state().forgive();
    Ok(())
}

/// Saves what an earlier turn could not.
fn settle(inner: &Inner, desk: &mut Desk<'_>) -> Result<(), Failure> {
    let Some(unsaved) = desk.as_mut() else { return Ok(()) };
    if !matches!(unsaved.save(), Some(Ok(()))) {
        // A guard may be broken for good, as with a connection to a database.
        unsaved.guard = None;
        let mut guard = inner.store.lock(&inner.key, inner.lock_wait)?;
        if let Some(stored) = guard.load()?
            && stored.generation >= unsaved.record.generation
        {
            // Somebody has gone on meanwhile.
            **desk = None;
            inner.state().unsaved = false;
            return adopt(inner, Some(stored)).map(drop);
        }
        let saved = guard.save(&unsaved.record);
        unsaved.guard = Some(guard);
        saved?;
    }
    publish(inner, desk);
    Ok(())
}

impl Unsaved {
    /// Saves it, if the lock is still there.
    fn save(&mut self) -> Option<Result<(), StoreError>> {
        self.guard.as_mut().map(|guard| guard.save(&self.record))
    }
}

/// What is saved may be used. The lock is let go after this.
fn publish(inner: &Inner, desk: &mut Desk<'_>) {
    inner.state().unsaved = false;
    if let Some(unsaved) = desk.take()
        && let Some(tokens) = &unsaved.record.tokens
    {
        inner.state().publish(Held::issued(&unsaved.record, tokens, unsaved.asked, jitter()));
        inner.wake();
    }
}
