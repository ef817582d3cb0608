//! Requests that are sent twice and count once: the reply is remembered by the id that came with the request.

use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

use crate::fault::Fault;
use crate::reply::Reply;
use crate::world::World;

/// How long a reply is remembered.
const DAYS: i64 = 7;

/// A reply, and the request that it belongs to.
#[derive(Debug, Clone)]
pub(crate) struct Remembered {
    request: [u8; 32],
    reply: Reply,
    at: DateTime<Utc>,
}

/// What tells one request from another.
pub(crate) fn digest(method: &str, path: &str, body: &[u8]) -> [u8; 32] {
    let mut hash = Sha256::new();
    for part in [method.as_bytes(), path.as_bytes(), body] {
        hash.update(u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The reply that the same request got before; another request with this id is a fault.
pub(crate) fn recall(world: &World, id: &str, request: [u8; 32], now: DateTime<Utc>) -> Result<Option<Reply>, Fault> {
    let fresh = |known: &&Remembered| now - known.at < TimeDelta::days(DAYS);
    match world.remembered.get(id).filter(fresh) {
        Some(known) if known.request == request => Ok(Some(known.reply.clone())),
        Some(_) => {
            let message = "this idempotency_id came with another request";
            Err(Fault::new(422, "IdempotencyResourceMismatch", message))
        }
        None => Ok(None),
    }
}

/// Keeps the reply for the next time. What was refused may be sent again with a better body.
pub(crate) fn remember(world: &mut World, id: &str, request: [u8; 32], reply: &Reply, now: DateTime<Utc>) {
    if reply.is_success() {
        world.remembered.insert(id.to_owned(), Remembered { request, reply: reply.clone(), at: now });
    }
}
