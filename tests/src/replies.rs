//! Replies written after the facts, and what "nothing is lost" means for them.

use std::fmt::Debug;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::json;

/// Decodes a reply by both ways in and encodes it by both ways out; every pair must give back what came in.
///
/// # Panics
/// If it doesn't decode, or comes back changed.
pub fn round_trip<T: sage_api::Value + DeserializeOwned + Serialize + Debug>(reply: &str) -> T {
    let fast: T = sage_api::json::from_slice(reply.as_bytes()).unwrap_or_else(|fault| panic!("{fault}"));
    let serde: T = serde_json::from_str(reply).unwrap_or_else(|fault| panic!("{fault}"));
    for (way, value) in [("from_slice", &fast), ("serde_json", &serde)] {
        let written = String::from_utf8(sage_api::json::to_vec(value)).expect("JSON is UTF-8");
        assert_eq!(json::difference(reply, &written), None, "{way}, to_vec: {written}");
        let written = serde_json::to_string(value).unwrap_or_else(|fault| panic!("{fault}"));
        assert_eq!(json::difference(reply, &written), None, "{way}, to_string: {written}");
    }
    fast
}
