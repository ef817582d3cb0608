//! Bodies of requests and saved replies: their media types, and what they are samples of.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use indexmap::{IndexMap, IndexSet};

use super::collection::{Body, Content, Pair, Reply, Request, Scope};
use super::{pairs, relaxed, variables};
use crate::infer;
use crate::node::{Node, Object};
use crate::ordered;
use crate::source::Place;
use crate::witness;

/// A body in one media type, as several requests or replies show it.
#[derive(Debug)]
pub(super) enum Media {
    /// JSON, with the values that were seen, if any could be read.
    Json(Vec<(Node, Place)>),
    /// A form, by its names.
    Form(IndexMap<String, Field>),
    /// This schema, whatever was seen.
    Fixed(Node),
}

/// A field of a form.
#[derive(Debug, Default)]
pub(super) struct Field {
    values: IndexSet<String>,
    file: bool,
    repeated: bool,
    description: Option<String>,
}

/// The bodies of one operation or status, by media type.
#[derive(Debug, Default)]
pub(super) struct Bodies {
    /// Where the first of them stands.
    pub(super) place: Option<Place>,
    /// The media types, and what is known of each.
    pub(super) media: IndexMap<String, Media>,
    /// Those that say nothing, as another says something else of the same media type.
    pub(super) left: Vec<Place>,
    /// What could not be read of them, and where it stands.
    pub(super) unread: Vec<(Place, &'static str)>,
}

const UNREAD: &str = "body is declared as JSON, and cannot be read as such: nothing is known of its type";
const UNNAMED: &str = "names of members are variables that nothing sets: these members are left out";

const JSON: &str = "application/json";

impl Bodies {
    /// Adds the body of a request, if it is sent.
    pub(super) fn request(&mut self, request: &Request) {
        let Some(body) = sent(request) else { return };
        let declared = media_type(&request.headers, &request.scope);
        match &body.content {
            Content::Raw { text, language } => {
                let (media, content) = self.raw(text, declared, language.as_deref(), &request.scope, &body.place);
                self.add(media, content, &body.place);
            }
            Content::UrlEncoded(fields) => self.form("application/x-www-form-urlencoded", fields, request, &body.place),
            Content::FormData(fields) => self.form("multipart/form-data", fields, request, &body.place),
            Content::File => {
                let media = declared.unwrap_or_else(|| "application/octet-stream".to_owned());
                self.add(media, Media::Fixed(binary()), &body.place);
            }
            Content::GraphQl => self.add(JSON.to_owned(), Media::Fixed(graphql()), &body.place),
        }
    }

    /// Adds the body of a saved reply.
    pub(super) fn reply(&mut self, reply: &Reply, scope: &Scope) {
        let declared = media_type(&reply.headers, scope);
        self.place.get_or_insert_with(|| reply.place.clone());
        let Some(text) = &reply.body else { return };
        let place = reply.place.child("body");
        // Services and people often name another type than JSON; what reads as an object or a list is one.
        let json = declared.as_deref().is_some_and(is_json) || is_structured(text);
        let value = if json { self.value(text, scope, &place) } else { None };
        let (media, content) = match (value, declared) {
            (Some(value), Some(media)) if is_json(&media) => (media, Media::Json(vec![(value, place)])),
            (Some(value), _) => (JSON.to_owned(), Media::Json(vec![(value, place)])),
            // What was cut short, say, is JSON all the same.
            (None, Some(media)) if is_json(&media) => {
                self.unread.push((place, UNREAD));
                (media, Media::Json(Vec::new()))
            }
            (None, Some(media)) => (media, Media::Fixed(text_schema())),
            (None, None) => ("text/plain".to_owned(), Media::Fixed(text_schema())),
        };
        self.add(media, content, &reply.place);
    }

    fn form(&mut self, media: &str, fields: &[Pair], request: &Request, place: &Place) {
        let mut form = IndexMap::new();
        add_fields(&mut form, fields, &request.scope);
        self.add(media.to_owned(), Media::Form(form), place);
    }

    fn add(&mut self, media: String, content: Media, place: &Place) {
        self.place.get_or_insert_with(|| place.clone());
        match (self.media.get_mut(&media), content) {
            (Some(Media::Json(known)), Media::Json(more)) => known.extend(more),
            (Some(Media::Form(known)), Media::Form(more)) => {
                for (name, field) in more {
                    known.entry(name).or_default().join(field);
                }
            }
            // A body in GraphQL and another in JSON: what is known of both is that they are JSON.
            (Some(known @ Media::Fixed(_)), Media::Json(more)) if is_json(&media) => *known = Media::Json(more),
            (Some(Media::Fixed(known)), Media::Fixed(same)) if *known == same => {}
            (Some(_), _) => self.left.push(place.clone()),
            (None, content) => {
                self.media.insert(media, content);
            }
        }
    }

    /// JSON, if it is some.
    fn value(&mut self, text: &str, scope: &Scope, place: &Place) -> Option<Node> {
        let (mut value, _) = relaxed::parse(text, scope)?;
        if relaxed::name_members(&mut value, scope) {
            self.unread.push((place.clone(), UNNAMED));
        }
        Some(value)
    }

    /// Text, in the media type that its header, its language or itself names.
    fn raw(
        &mut self,
        text: &str,
        declared: Option<String>,
        language: Option<&str>,
        scope: &Scope,
        place: &Place,
    ) -> (String, Media) {
        let start = text.trim_start();
        let media = declared.unwrap_or_else(|| match language {
            Some("json") => JSON.to_owned(),
            Some("xml") => "application/xml".to_owned(),
            Some("html") => "text/html".to_owned(),
            Some("javascript") => "text/javascript".to_owned(),
            _ if start.starts_with('<') => "application/xml".to_owned(),
            _ if start.starts_with(['{', '[']) => JSON.to_owned(),
            _ => "text/plain".to_owned(),
        });
        if media == "application/x-www-form-urlencoded" {
            let mut form = IndexMap::new();
            add_fields(&mut form, &pairs::of_query(text, place), scope);
            return (media, Media::Form(form));
        }
        let structured = start.starts_with(['{', '[']) && media == "text/plain";
        let value = if is_json(&media) || structured { self.value(text, scope, place) } else { None };
        match value {
            Some(value) if is_json(&media) => (media, Media::Json(vec![(value, place.clone())])),
            Some(value) => (JSON.to_owned(), Media::Json(vec![(value, place.clone())])),
            None if is_json(&media) => {
                self.unread.push((place.clone(), UNREAD));
                (media, Media::Json(Vec::new()))
            }
            None => (media, Media::Fixed(text_schema())),
        }
    }
}

/// The body of a request, if it is sent: Postman itself sends none with `GET` and `HEAD`.
pub(super) fn sent(request: &Request) -> Option<&Body> {
    request.body.as_ref().filter(|_| !matches!(request.method.as_str(), "GET" | "HEAD"))
}

/// The body of a request, if it is JSON.
pub(super) fn json_of_request(request: &Request, texts: &mut Texts) -> Option<witness::Body> {
    let body = sent(request)?;
    let Content::Raw { text, .. } = &body.content else { return None };
    let declared = media_type(&request.headers, &request.scope);
    let json = declared.as_deref().map_or_else(|| is_structured(text), is_json);
    json.then(|| seen(text, &request.scope, body.place.clone(), texts))
}

/// The body of a saved reply, if it is JSON.
pub(super) fn json_of_reply(reply: &Reply, scope: &Scope, texts: &mut Texts) -> Option<witness::Body> {
    let text = reply.body.as_deref()?;
    let json = media_type(&reply.headers, scope).as_deref().is_some_and(is_json) || is_structured(text);
    json.then(|| seen(text, scope, reply.place.child("body"), texts))
}

/// JSON as a witness. It is read when it is compared: there may be much of it.
fn seen(text: &str, scope: &Scope, place: Place, texts: &mut Texts) -> witness::Body {
    let mut text = Cow::Borrowed(text.trim_start_matches('\u{feff}').trim());
    let mut as_written = true;
    // What cannot be read like this cannot be read at all, which is found out later.
    if ["{{", "//", "/*"].iter().any(|mark| text.contains(mark))
        && let Some((_, strict)) = relaxed::parse(&text, scope)
    {
        as_written = matches!(strict, Cow::Borrowed(_));
        text = strict.into_owned().into();
    }
    witness::Body { place, embedded: true, as_written, json: witness::Json::Text(texts.once(text)) }
}

/// The texts of bodies. Many are the same, and each is kept once.
#[derive(Debug, Default)]
pub(super) struct Texts(BTreeSet<Arc<str>>);

impl Texts {
    fn once(&mut self, text: Cow<'_, str>) -> Arc<str> {
        if let Some(known) = self.0.get(&*text) {
            return known.clone();
        }
        let text: Arc<str> = text.into();
        self.0.insert(text.clone());
        text
    }
}

/// Does it begin like an object or a list?
fn is_structured(text: &str) -> bool {
    text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '['])
}

fn add_fields(form: &mut IndexMap<String, Field>, fields: &[Pair], scope: &Scope) {
    let mut seen: BTreeSet<String> = BTreeSet::new();
    for field in fields {
        let Ok(name) = field_name(field, scope) else { continue };
        let value = field.value.as_deref().map(|value| variables::expand(value, scope));
        form.entry(name.clone()).or_default().join(Field {
            values: value.filter(|value| !value.is_empty() && !value.contains("{{")).into_iter().collect(),
            file: field.file,
            repeated: !seen.insert(name) && field.enabled,
            description: field.description.clone(),
        });
    }
}

/// The fields of a form.
pub(super) fn fields(body: &Body) -> &[Pair] {
    match &body.content {
        Content::UrlEncoded(fields) | Content::FormData(fields) => fields,
        Content::Raw { .. } | Content::File | Content::GraphQl => &[],
    }
}

/// The name of a field of a form.
pub(super) fn field_name(field: &Pair, scope: &Scope) -> Result<String, &'static str> {
    let name = variables::expand(field.key.trim(), scope).trim().to_owned();
    match name {
        _ if name.is_empty() => Err("field has no name"),
        _ if name.contains("{{") => Err("the name of the field is a variable"),
        name => Ok(name),
    }
}

impl Field {
    fn join(&mut self, other: Field) {
        self.values.extend(other.values);
        self.file |= other.file;
        self.repeated |= other.repeated;
        self.description = self.description.take().or(other.description);
    }

    fn schema(&self) -> Node {
        let values: Vec<&str> = self.values.iter().map(String::as_str).collect();
        let single = if self.file { binary() } else { infer::parameter(&values) };
        let mut schema = match self.repeated {
            true => Object::from_iter([("type".to_owned(), Node::from("array")), ("items".to_owned(), single)]),
            false => match single {
                Node::Object(members) => members,
                _ => Object::default(),
            },
        };
        if let Some(description) = &self.description {
            schema.insert("description".into(), Node::from(description.as_str()));
        }
        Node::Object(schema)
    }
}

/// The schema of a form.
pub(super) fn form(fields: &IndexMap<String, Field>) -> Node {
    let properties: Object = fields.iter().map(|(name, field)| (name.clone(), field.schema())).collect();
    Node::from([("type", Node::from("object")), ("properties", Node::Object(properties))])
}

/// The media type that the headers name, without its parameters.
fn media_type(headers: &[Pair], scope: &Scope) -> Option<String> {
    let header =
        headers.iter().find(|header| header.enabled && header.key.trim().eq_ignore_ascii_case("content-type"))?;
    let value = variables::expand(header.value.as_deref()?, scope);
    let essence = value.split([';', ',']).next()?.trim().to_ascii_lowercase();
    let (kind, name) = essence.split_once('/')?;
    let legal = |text: &str| {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$&^_.+-".contains(&byte);
        !text.is_empty() && text.bytes().all(letter)
    };
    (legal(kind) && legal(name)).then_some(essence)
}

/// Does the request ask for JSON?
pub(super) fn asks_for_json(request: &Request) -> bool {
    let accept = |header: &&Pair| header.enabled && header.key.trim().eq_ignore_ascii_case("accept");
    let value = request.headers.iter().find(accept).and_then(|header| header.value.as_deref());
    value.and_then(|value| value.split([';', ',']).next()).is_some_and(|media| is_json(media.trim()))
}

fn is_json(media: &str) -> bool {
    media == JSON || media == "text/json" || media.ends_with("+json")
}

fn text_schema() -> Node {
    Node::from([("type", "string")].map(|(key, value)| (key, Node::from(value))))
}

fn binary() -> Node {
    Node::from([("type", "string"), ("format", "binary")].map(|(key, value)| (key, Node::from(value))))
}

/// What a request in GraphQL is; what its variables are stands in the query.
fn graphql() -> Node {
    let properties: BTreeMap<&str, Node> = ordered::map([
        ("operationName", text_schema()),
        ("query", text_schema()),
        ("variables", Node::Object(Object::default())),
    ]);
    Node::from([
        ("type", Node::from("object")),
        ("required", Node::from(vec![Node::from("query")])),
        ("properties", Node::Object(properties.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())),
    ])
}
