//! How requests say who sends them: `auth` of a request, or of the nearest folder around it that has one.

use super::collection::Auth;
use super::pairs;
use crate::node::Node;
use crate::source::Place;

/// What `auth` says; `None` if it is not there, so that the one around it counts.
pub(super) fn read(around: &Node, place: &Place) -> Option<Auth> {
    let node = around.get("auth")?;
    let place = place.child("auth");
    match node.text("type") {
        Some("noauth") => Some(Auth::None),
        Some("bearer" | "oauth2") => Some(Auth::Token),
        Some("apikey") => Some(key(node, &place)),
        Some("inherit") | None => None,
        Some(other) => Some(Auth::Other(other.to_owned(), place)),
    }
}

/// In v2.1 what belongs to a way stands in a list of pairs, in v2.0 in an object.
fn key(node: &Node, place: &Place) -> Auth {
    let list = node.get("apikey").map(|list| pairs::read(list, &place.child("apikey"))).unwrap_or_default();
    let text = |key: &str| list.iter().find(|pair| pair.key == key).and_then(|pair| pair.value.clone());
    match text("key").filter(|name| !name.trim().is_empty()) {
        Some(name) => Auth::Key { name, query: text("in").as_deref() == Some("query"), place: place.clone() },
        None => Auth::Other("apikey".to_owned(), place.clone()),
    }
}
