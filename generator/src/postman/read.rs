//! A tree as a collection. Whatever is not as the format says costs itself alone: it is reported and left out.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::collection::{Auth, Body, Collection, Content, Pair, Reply, Request, Scope, Variable};
use super::{auth, pairs, url};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::node::Node;
use crate::source::{Place, Source};

/// What requests have from the folders around them.
#[derive(Clone)]
struct Around {
    folders: Rc<Vec<String>>,
    scope: Rc<Scope>,
    auth: Auth,
}

/// Reads a collection; what `environment` sets rules over what the collection sets.
pub(super) fn read(source: &Source, environment: &Scope, diagnostics: &mut Diagnostics) -> Collection {
    let collection = Collection { requests: Vec::new(), variables: Vec::new(), odd: Vec::new(), scripts: 0 };
    let mut reader = Reader { environment, diagnostics, collection };
    let around = Around { folders: Rc::default(), scope: Rc::new(environment.clone()), auth: Auth::None };
    let (tree, place) = source.collection();
    reader.inside(tree, &place, &around);
    let collection = reader.collection;
    if collection.scripts > 0 {
        let message = format!("{} of the collection are left out: nothing of it is run", scripts(collection.scripts));
        diagnostics.push(Diagnostic::new(Code::Scripts, message).at(&place));
    }
    collection
}

fn scripts(count: usize) -> String {
    if count == 1 { "one script".to_owned() } else { format!("{count} scripts") }
}

struct Reader<'a> {
    environment: &'a Scope,
    diagnostics: &'a mut Diagnostics,
    collection: Collection,
}

impl Reader<'_> {
    /// The collection or a folder: what it sets for all in it, and its items.
    fn inside(&mut self, node: &Node, place: &Place, around: &Around) {
        let mut around = around.clone();
        around.scope = self.scope(node, place, &around.scope);
        if let Some(auth) = auth::read(node, place) {
            around.auth = auth;
        }
        self.events(node);
        let key = list_key(node, "item");
        let items = place.child(key);
        match node.get(key) {
            Some(Node::Array(list)) => {
                for (at, item) in list.iter().enumerate() {
                    self.item(item, &items.child(at), &around);
                }
            }
            Some(Node::Null) | None => {}
            Some(other) => self.odd(&items, format!("`item` is {} in place of a list", other.kind())),
        }
    }

    fn item(&mut self, item: &Node, place: &Place, around: &Around) {
        let name = item.text("name").unwrap_or_default();
        if is_folder(item) {
            let folders = around.folders.iter().cloned().chain([name.to_owned()]).collect();
            return self.inside(item, place, &Around { folders: Rc::new(folders), ..around.clone() });
        }
        match item.get("request") {
            Some(request @ (Node::Object(_) | Node::String(_))) => {
                let around = Around { scope: self.scope(item, place, &around.scope), ..around.clone() };
                self.events(item);
                let mut read = self.request(request, &place.child("request"), name, &around);
                let key = list_key(item, "response");
                let replies = item.get(key).and_then(Node::as_array).unwrap_or_default();
                let place = place.child(key);
                read.replies = replies
                    .iter()
                    .enumerate()
                    .filter(|(_, reply)| !reply.is_null())
                    .map(|(at, reply)| self.reply(reply, &place.child(at), name, &around))
                    .collect();
                self.collection.requests.push(read);
            }
            _ => self.odd(place, format!("`{name}` is neither a folder nor a request")),
        }
    }

    fn request(&mut self, node: &Node, place: &Place, name: &str, around: &Around) -> Request {
        let at = place.child("url");
        let url = match node {
            Node::String(text) => url::parse(text, place),
            _ => node.get("url").map(|url| url::read(url, &at)).unwrap_or_default(),
        };
        Request {
            name: name.to_owned(),
            folders: around.folders.clone(),
            method: node.text("method").unwrap_or("GET").trim().to_ascii_uppercase(),
            url,
            headers: node.get("header").map(|list| pairs::read(list, &place.child("header"))).unwrap_or_default(),
            body: self.body(node, place),
            auth: auth::read(node, place).unwrap_or_else(|| around.auth.clone()),
            description: pairs::description(node.get("description")),
            replies: Vec::new(),
            scope: around.scope.clone(),
            place: place.clone(),
        }
    }

    /// The body of a request, if it has one that is sent.
    fn body(&mut self, request: &Node, place: &Place) -> Option<Body> {
        let place = place.child("body");
        let left = match body(request.get("body")?, &place) {
            Ok(body) => return body,
            Err(left) => left,
        };
        if let Left::Unknown(message) = &left {
            self.diagnostics.push(Diagnostic::new(Code::CollectionBody, message.clone()).at(&place));
        }
        self.collection.odd.push((place, left.reason()));
        None
    }

    fn reply(&mut self, node: &Node, place: &Place, name: &str, around: &Around) -> Reply {
        let status = pairs::scalar(node.get("code")).and_then(|code| code.trim().parse().ok());
        let original = node
            .get("originalRequest")
            .filter(|original| original.as_object().is_some_and(|members| !members.is_empty()))
            .map(|original| Box::new(self.request(original, &place.child("originalRequest"), name, around)));
        Reply {
            place: place.clone(),
            status: status.filter(|status| (100..600).contains(status)),
            headers: node.get("header").map(|list| pairs::read(list, &place.child("header"))).unwrap_or_default(),
            body: node.text("body").filter(|body| !body.trim().is_empty()).map(str::to_owned),
            original,
        }
    }

    /// What variables are set to inside of `node`. An environment rules over all.
    fn scope(&mut self, node: &Node, place: &Place, outer: &Rc<Scope>) -> Rc<Scope> {
        let key = list_key(node, "variable");
        let Some(list) = node.get(key) else { return outer.clone() };
        let mut own = BTreeMap::new();
        for Pair { place, key, value, enabled, .. } in pairs::read(list, &place.child(key)) {
            if let Some(value) = value.filter(|_| enabled && !key.is_empty() && self.environment.get(&key).is_none()) {
                own.insert(key.clone(), value);
            }
            self.collection.variables.push(Variable { place, name: key });
        }
        Rc::new(Scope::inside(own, outer.clone()))
    }

    fn events(&mut self, node: &Node) {
        self.collection.scripts += node.get(list_key(node, "event")).and_then(Node::as_array).map_or(0, <[Node]>::len);
    }

    fn odd(&mut self, place: &Place, message: String) {
        self.diagnostics.push(Diagnostic::new(Code::CollectionItem, message.clone()).at(place));
        self.collection.odd.push((place.clone(), message));
    }
}

/// The key of a list: drafts of v2.1 had it in plural.
pub(super) fn list_key(node: &Node, key: &'static str) -> &'static str {
    let plural = match key {
        "item" => "items",
        "variable" => "variables",
        "event" => "events",
        "response" => "responses",
        other => other,
    };
    if node.get(key).is_none_or(Node::is_null) && node.get(plural).is_some() { plural } else { key }
}

/// Is this item a folder? What has no list and is a request is none.
pub(super) fn is_folder(item: &Node) -> bool {
    item.get(list_key(item, "item")).is_some_and(|list| !list.is_null())
}

/// Why a body is left out.
enum Left {
    Off,
    Empty,
    Unknown(String),
}

impl Left {
    fn reason(self) -> String {
        match self {
            Left::Off => "body is switched off".to_owned(),
            Left::Empty => "body is empty".to_owned(),
            Left::Unknown(message) => message,
        }
    }
}

/// A body; `None` where nothing is said of one.
fn body(node: &Node, place: &Place) -> Result<Option<Body>, Left> {
    if !is_body(node) {
        return Ok(None);
    }
    if node.get("disabled").and_then(Node::as_bool) == Some(true) {
        return Err(Left::Off);
    }
    let Some(mode) = node.text("mode") else {
        return Err(if node.as_object().is_some() {
            Left::Empty
        } else {
            Left::Unknown(format!("body is {}", node.kind()))
        });
    };
    let place = place.child(mode);
    let list = || {
        let list = node.get(mode).map(|list| pairs::read(list, &place)).unwrap_or_default();
        if list.is_empty() { Err(Left::Empty) } else { Ok(list) }
    };
    let content = match mode {
        "raw" => Content::Raw {
            text: pairs::scalar(node.get("raw")).filter(|text| !text.trim().is_empty()).ok_or(Left::Empty)?,
            language: node.pointer("/options/raw/language").and_then(Node::as_str).map(str::to_owned),
        },
        "urlencoded" => Content::UrlEncoded(list()?),
        "formdata" => Content::FormData(list()?),
        "file" | "binary" => Content::File,
        "graphql" => Content::GraphQl,
        "none" => return Err(Left::Empty),
        other => return Err(Left::Unknown(format!("body has the mode `{other}`, which is not known"))),
    };
    Ok(Some(Body { place, content }))
}

/// Is anything said of a body here?
pub(super) fn is_body(node: &Node) -> bool {
    !node.is_null() && node.as_object().is_none_or(|members| !members.is_empty())
}

/// What an environment, or the globals of a workspace, set.
pub(super) fn environment(source: &Source) -> Vec<Pair> {
    let (tree, place) = source.collection();
    tree.get("values").map(|list| pairs::read(list, &place.child("values"))).unwrap_or_default()
}
