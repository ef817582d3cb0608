//! Parameters of Swagger 2.0: those of body and form become a request body, the others take a `schema`.

use super::swagger::{Defaults, some_or};
use super::{Code, Ctx, Diagnostic};
use crate::node::{Node, Object, escape};

/// Keywords that stay on the parameter; anything else describes its value and goes into `schema`.
const OUTSIDE: [&str; 10] =
    ["name", "in", "description", "required", "deprecated", "allowEmptyValue", "style", "explode", "example", "schema"];

/// What a list of parameters says about the request body.
#[derive(Default, Clone)]
pub(super) struct Bodies {
    /// The parameter `in: body`, and where it stands on disk.
    body: Option<(Node, String)>,
    /// A reference to a shared body.
    shared: Option<String>,
    /// The parameters `in: formData`, and where they stand on disk.
    form: Vec<(Node, String)>,
}

/// Adapts a list of parameters in place (at `parameters` from here) and takes the bodies out.
pub(super) fn adapt_list(list: &mut Node, defaults: &Defaults, ctx: &mut Ctx<'_>) -> Bodies {
    let mut bodies = Bodies::default();
    ctx.inside("parameters", |ctx| {
        let Node::Array(items) = list else {
            ctx.expected("a list", list);
            *list = Node::Array(Vec::new());
            return;
        };
        let here = ctx.place.pointer.clone();
        let mut kept = Vec::with_capacity(items.len());
        for (index, mut item) in std::mem::take(items).into_iter().enumerate() {
            let disk = format!("{here}/{index}");
            let shared = item.reference().and_then(|target| target.strip_prefix("#/parameters/")).map(str::to_owned);
            if let Some(name) = shared {
                kept.extend(bodies.reference(&name, item, disk, defaults));
                continue;
            }
            match item.text("in") {
                Some("body") => bodies.add_body(item, disk, ctx),
                Some("formData") => bodies.form.push((item, disk)),
                _ => {
                    let now = format!("{here}/{}", kept.len());
                    ctx.origins.moved(format!("{now}/schema"), disk.clone());
                    if now != disk {
                        ctx.origins.moved(now, disk);
                    }
                    ctx.item(kept.len(), |ctx| adapt(&mut item, ctx));
                    kept.push(item);
                }
            }
        }
        *items = kept;
    });
    bodies
}

/// Moves what describes the value of a parameter into its `schema`.
pub(super) fn adapt(parameter: &mut Node, ctx: &mut Ctx<'_>) {
    if parameter.text("type") == Some("file") {
        let message = "`type: file` stands only in forms: this parameter is read as text";
        ctx.push(Diagnostic::new(Code::FileParameter, message));
        if let Some(ty) = parameter.get_mut("type") {
            *ty = Node::from("string");
        }
    }
    let location = parameter.text("in").unwrap_or_default().to_owned();
    if let Some(members) = parameter.as_object_mut() {
        if let Some(example) = members.shift_remove("x-example") {
            members.entry("example".into()).or_insert(example);
        }
        style(members, &location, ctx);
    }
    move_schema(parameter);
}

/// The same for a header of a response.
pub(super) fn move_schema(parameter: &mut Node) {
    let Some(members) = parameter.as_object_mut() else { return };
    if members.contains_key("schema") || members.contains_key("$ref") {
        return;
    }
    members.shift_remove("collectionFormat");
    let mut schema = Object::default();
    for (key, value) in std::mem::take(members) {
        let inside = !OUTSIDE.contains(&key.as_str()) && (!key.starts_with("x-") || key == "x-nullable");
        if inside {
            schema.insert(key, value)
        } else {
            members.insert(key, value)
        };
    }
    clean_items(&mut schema);
    members.insert("schema".into(), Node::Object(schema));
}

/// Lists in lists are always written with commas; OpenAPI 3.0 cannot say otherwise.
fn clean_items(schema: &mut Object) {
    if let Some(Node::Object(items)) = schema.get_mut("items") {
        items.shift_remove("collectionFormat");
        clean_items(items);
    }
}

/// `collectionFormat` to `style` and `explode`.
fn style(members: &mut Object, location: &str, ctx: &mut Ctx<'_>) {
    let format = members.shift_remove("collectionFormat");
    if members.get("type").and_then(Node::as_str) != Some("array") {
        return;
    }
    let plain = if location == "query" || location == "cookie" { "form" } else { "simple" };
    let (style, explode) = match format.as_ref().and_then(Node::as_str) {
        None | Some("csv") => (plain, false),
        Some("multi") => ("form", true),
        Some("ssv") => ("spaceDelimited", false),
        Some("pipes") => ("pipeDelimited", false),
        Some(other) => {
            let message = format!("the collection format `{other}` is not supported: commas are written");
            ctx.push(Diagnostic::new(Code::CollectionFormat, message));
            (plain, false)
        }
    };
    members.insert("style".into(), Node::from(style));
    members.insert("explode".into(), Node::Bool(explode));
}

impl Bodies {
    /// The body of a shared parameter.
    pub(super) fn of_body(body: Node, disk: String) -> Self {
        Bodies { body: Some((body, disk)), ..Bodies::default() }
    }

    /// These, or those of the path item where the operation has none.
    pub(super) fn or(self, outer: &Bodies) -> Self {
        let empty = self.body.is_none() && self.shared.is_none() && self.form.is_empty();
        if empty { outer.clone() } else { self }
    }

    fn add_body(&mut self, body: Node, disk: String, ctx: &mut Ctx<'_>) {
        if self.body.is_some() {
            let message = "an operation has one body: this second one is left out";
            ctx.push_on_disk(&disk, Diagnostic::new(Code::SecondBody, message));
        } else {
            self.body = Some((body, disk));
        }
    }

    /// A reference to a shared parameter: what stays in the list of parameters.
    fn reference(&mut self, name: &str, item: Node, disk: String, defaults: &Defaults) -> Option<Node> {
        let target = defaults.parameters.pointer(&format!("/{name}"));
        match target.and_then(|target| target.text("in")) {
            Some("body") => self.shared = Some(format!("#/components/requestBodies/{name}")),
            Some("formData") => self.form.extend(target.cloned().map(|target| (target, disk))),
            _ => {
                let mut item = item;
                if let Some(target) = item.get_mut("$ref") {
                    *target = Node::String(format!("#/components/parameters/{name}"));
                }
                return Some(item);
            }
        }
        None
    }

    /// The request body of the operation that the walk is at, in the form of OpenAPI 3.0.
    pub(super) fn request(self, consumes: &[String], ctx: &mut Ctx<'_>) -> Option<Node> {
        let here = format!("{}/requestBody", ctx.place.pointer);
        if let Some(reference) = self.shared {
            return Some(Node::from([("$ref", Node::String(reference))]));
        }
        if let Some((body, disk)) = self.body {
            if let Some((_, form)) = self.form.first() {
                let message = "an operation has either a body or a form: the form is left out";
                ctx.push_on_disk(form, Diagnostic::new(Code::SecondBody, message));
            }
            return Some(plain(body, &disk, &here, consumes, ctx));
        }
        (!self.form.is_empty()).then(|| form(self.form, &here, consumes, ctx))
    }
}

fn plain(body: Node, disk: &str, here: &str, consumes: &[String], ctx: &mut Ctx<'_>) -> Node {
    let Node::Object(mut body) = body else { return Node::default() };
    body.shift_remove("in");
    body.shift_remove("name");
    let schema = body.shift_remove("schema").unwrap_or_else(|| Node::Object(Object::default()));
    let example = body.shift_remove("example").or_else(|| body.shift_remove("x-example"));
    ctx.origins.moved(here, disk);
    ctx.origins.moved(format!("{here}/content"), disk);
    let mut content = Object::default();
    for media in some_or(consumes, "application/json") {
        let at = format!("{here}/content/{}", escape(media));
        ctx.origins.moved(format!("{at}/schema"), format!("{disk}/schema"));
        ctx.origins.moved(at, disk);
        let mut entry = Object::from_iter([("schema".to_owned(), schema.clone())]);
        entry.extend(example.clone().map(|example| ("example".to_owned(), example)));
        content.insert(media.to_owned(), Node::Object(entry));
    }
    body.insert("content".into(), Node::Object(content));
    Node::Object(body)
}

fn form(parts: Vec<(Node, String)>, here: &str, consumes: &[String], ctx: &mut Ctx<'_>) -> Node {
    let file = parts.iter().any(|(part, _)| part.text("type") == Some("file"));
    let fallback = if file { "multipart/form-data" } else { "application/x-www-form-urlencoded" };
    let forms: Vec<String> = consumes
        .iter()
        .filter(|media| media.starts_with("multipart/") || (!file && media.contains("form-urlencoded")))
        .cloned()
        .collect();
    let media = some_or(&forms, fallback);
    let around = parts.first().map(|(_, disk)| disk.rsplit_once('/').map_or("", |(list, _)| list).to_owned());
    ctx.origins.moved(here, around.unwrap_or_default());
    let mut properties = Object::default();
    let mut required = Vec::new();
    for (mut part, disk) in parts {
        let Some(members) = part.as_object_mut() else { continue };
        let name = members.shift_remove("name").as_ref().and_then(Node::as_str).unwrap_or_default().to_owned();
        if members.shift_remove("required") == Some(Node::Bool(true)) {
            required.push(Node::String(name.clone()));
        }
        for key in ["in", "collectionFormat", "allowEmptyValue", "x-example"] {
            members.shift_remove(key);
        }
        for media in &media {
            let at = format!("{here}/content/{}/schema/properties/{}", escape(media), escape(&name));
            ctx.origins.moved(at, disk.clone());
        }
        properties.insert(name, part);
    }
    let mut schema = Object::from_iter([("type".to_owned(), Node::from("object"))]);
    let needed = !required.is_empty();
    if !required.is_empty() {
        schema.insert("required".into(), Node::Array(required));
    }
    schema.insert("properties".into(), Node::Object(properties));
    let entry = Node::from([("schema", Node::Object(schema))]);
    let content: Object = media.iter().map(|media| ((*media).to_owned(), entry.clone())).collect();
    Node::from([("required", Node::Bool(needed)), ("content", Node::Object(content))])
}
