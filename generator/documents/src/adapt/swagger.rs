//! Swagger 2.0 to the skeleton of OpenAPI 3.0. Schemas are moved as they are; `schema` adapts them afterwards.

use super::document::METHODS;
use super::parameter::{self, Bodies};
use super::{Code, Ctx, Diagnostic};
use crate::node::{Node, Object, escape};

/// What an operation takes over from the document unless it says otherwise.
pub(super) struct Defaults {
    pub(super) consumes: Vec<String>,
    produces: Vec<String>,
    /// The shared parameters, to tell which references are bodies.
    pub(super) parameters: Node,
}

pub(super) fn root(tree: Node, ctx: &mut Ctx<'_>) -> Node {
    let Node::Object(mut old) = tree else { return tree };
    let defaults = Defaults {
        consumes: media_types(&old, "consumes").unwrap_or_default(),
        produces: media_types(&old, "produces").unwrap_or_default(),
        parameters: old.get("parameters").cloned().unwrap_or_default(),
    };
    let mut new = Object::from_iter([("openapi".to_owned(), Node::from("3.0.3"))]);
    let servers = servers(&mut old);
    let mut components = Object::default();
    for (key, value) in old {
        match key.as_str() {
            "swagger" | "consumes" | "produces" => {}
            "paths" => {
                if !servers.is_empty() {
                    new.insert("servers".into(), Node::Array(servers.clone()));
                }
                let paths = ctx.inside("paths", |ctx| paths(value, &defaults, ctx));
                new.insert(key, paths);
            }
            "definitions" => {
                ctx.origins.moved("/components/schemas", "/definitions");
                components.insert("schemas".into(), value);
            }
            "parameters" => shared_parameters(value, &defaults, &mut components, ctx),
            "responses" => {
                ctx.origins.moved("/components/responses", "/responses");
                let responses = shared_responses(value, &defaults, ctx);
                components.insert("responses".into(), responses);
            }
            "securityDefinitions" => {
                ctx.origins.moved("/components/securitySchemes", "/securityDefinitions");
                components.insert("securitySchemes".into(), security(value, ctx));
            }
            _ => drop(new.insert(key, value)),
        }
    }
    if !components.is_empty() {
        new.insert("components".into(), Node::Object(components));
    }
    Node::Object(new)
}

/// One server a scheme, if the document names a host or a base path.
fn servers(old: &mut Object) -> Vec<Node> {
    let host = old.shift_remove("host");
    let base = old.shift_remove("basePath");
    let schemes = old.shift_remove("schemes");
    let host = host.as_ref().and_then(Node::as_str).unwrap_or_default();
    let base = base.as_ref().and_then(Node::as_str).unwrap_or_default();
    if host.is_empty() && base.is_empty() {
        return Vec::new();
    }
    let server = |url: String| Node::from([("url", Node::String(url))]);
    let schemes: Vec<_> = schemes.iter().filter_map(Node::as_array).flatten().filter_map(Node::as_str).collect();
    match (host, schemes.is_empty()) {
        ("", _) => vec![server(base.to_owned())],
        (host, true) => vec![server(format!("https://{host}{base}"))],
        (host, false) => schemes.iter().map(|scheme| server(format!("{scheme}://{host}{base}"))).collect(),
    }
}

fn media_types(members: &Object, key: &str) -> Option<Vec<String>> {
    let list = members.get(key)?.as_array()?;
    Some(list.iter().filter_map(Node::as_str).map(str::to_owned).collect())
}

fn paths(mut paths: Node, defaults: &Defaults, ctx: &mut Ctx<'_>) -> Node {
    for (template, item) in paths.as_object_mut().into_iter().flatten() {
        if item.as_object().is_some() {
            ctx.inside(template, |ctx| path_item(item, defaults, ctx));
        }
    }
    paths
}

fn path_item(item: &mut Node, defaults: &Defaults, ctx: &mut Ctx<'_>) {
    let Some(members) = item.as_object_mut() else { return };
    let mut bodies = Bodies::default();
    if let Some(parameters) = members.get_mut("parameters") {
        bodies = parameter::adapt_list(parameters, defaults, ctx);
    }
    for method in METHODS {
        if let Some(Node::Object(operation)) = members.get_mut(method) {
            ctx.inside(method, |ctx| self::operation(operation, &bodies, defaults, ctx));
        }
    }
}

fn operation(operation: &mut Object, outer: &Bodies, defaults: &Defaults, ctx: &mut Ctx<'_>) {
    let consumes = media_types(operation, "consumes").unwrap_or_else(|| defaults.consumes.clone());
    let produces = media_types(operation, "produces").unwrap_or_else(|| defaults.produces.clone());
    operation.shift_remove("schemes");
    let mut bodies = Bodies::default();
    let mut new = Object::default();
    for (key, value) in std::mem::take(operation) {
        match key.as_str() {
            "consumes" | "produces" => {}
            "parameters" => {
                let mut list = value;
                bodies = parameter::adapt_list(&mut list, defaults, ctx);
                if list.as_array().is_some_and(|list| !list.is_empty()) {
                    new.insert(key, list);
                }
            }
            "responses" => {
                let responses = ctx.inside("responses", |ctx| responses(value, &produces, ctx));
                new.insert(key, responses);
            }
            _ => drop(new.insert(key, value)),
        }
    }
    let bodies = bodies.or(outer);
    if let Some(body) = bodies.request(&consumes, ctx) {
        // Bodies come before replies, as people expect to read them.
        let at = new.get_index_of("responses").unwrap_or(new.len());
        new.shift_insert(at, "requestBody".into(), body);
    }
    *operation = new;
}

fn responses(mut responses: Node, produces: &[String], ctx: &mut Ctx<'_>) -> Node {
    for (status, response) in responses.as_object_mut().into_iter().flatten() {
        if !status.starts_with("x-") {
            ctx.inside(status, |ctx| self::response(response, produces, ctx));
        }
    }
    responses
}

fn shared_responses(responses: Node, defaults: &Defaults, ctx: &mut Ctx<'_>) -> Node {
    let root = std::mem::take(&mut ctx.place.pointer);
    let new = ctx
        .inside("components", |ctx| ctx.inside("responses", |ctx| self::responses(responses, &defaults.produces, ctx)));
    ctx.place.pointer = root;
    new
}

fn response(response: &mut Node, produces: &[String], ctx: &mut Ctx<'_>) {
    let Some(members) = response.as_object_mut() else { return };
    if let Some(Node::String(target)) = members.get_mut("$ref") {
        if let Some(name) = target.strip_prefix("#/responses/") {
            *target = format!("#/components/responses/{name}");
        }
        return;
    }
    let schema = members.shift_remove("schema");
    let examples = members.shift_remove("examples");
    if let Some(Node::Object(headers)) = members.get_mut("headers") {
        for (_, header) in headers {
            parameter::move_schema(header);
        }
    }
    let Some(schema) = schema else { return };
    let file = schema.text("type") == Some("file");
    let fallback = if file { "application/octet-stream" } else { "application/json" };
    let mut content = Object::default();
    let here = ctx.place.pointer.clone();
    let disk = ctx.origins.on_disk(&here);
    ctx.origins.moved(format!("{here}/content"), disk.clone());
    for media in some_or(produces, fallback) {
        let mut entry = Object::from_iter([("schema".to_owned(), schema.clone())]);
        if let Some(example) = examples.as_ref().and_then(|examples| examples.get(media)) {
            entry.insert("example".into(), example.clone());
        }
        ctx.origins.moved(format!("{here}/content/{}/schema", escape(media)), format!("{disk}/schema"));
        ctx.origins.moved(format!("{here}/content/{}", escape(media)), disk.clone());
        content.insert(media.to_owned(), Node::Object(entry));
    }
    members.insert("content".into(), Node::Object(content));
}

/// The media types, or the one to be assumed.
pub(super) fn some_or<'a>(media: &'a [String], fallback: &'a str) -> Vec<&'a str> {
    if media.is_empty() { vec![fallback] } else { media.iter().map(String::as_str).collect() }
}

fn shared_parameters(parameters: Node, defaults: &Defaults, components: &mut Object, ctx: &mut Ctx<'_>) {
    let Node::Object(parameters) = parameters else { return };
    let mut plain = Object::default();
    let mut bodies = Object::default();
    for (name, mut node) in parameters {
        let at = format!("/parameters/{}", escape(&name));
        match node.text("in") {
            Some("body") => {
                let request = Bodies::of_body(node, at).request(&defaults.consumes, ctx);
                bodies.extend(request.map(|request| (name, request)));
            }
            // A part of a form cannot stand alone: it goes into the operations that refer to it.
            Some("formData") => {}
            _ => {
                ctx.origins.moved(format!("/components{at}/schema"), at.clone());
                ctx.origins.moved(format!("/components{at}"), at);
                parameter::adapt(&mut node, ctx);
                plain.insert(name, node);
            }
        }
    }
    if !plain.is_empty() {
        components.insert("parameters".into(), Node::Object(plain));
    }
    if !bodies.is_empty() {
        components.insert("requestBodies".into(), Node::Object(bodies));
    }
}

fn security(mut schemes: Node, ctx: &mut Ctx<'_>) -> Node {
    for (name, scheme) in schemes.as_object_mut().into_iter().flatten() {
        let Some(members) = scheme.as_object_mut() else { continue };
        match members.get("type").and_then(Node::as_str) {
            Some("basic") => {
                members.insert("type".into(), Node::from("http"));
                members.insert("scheme".into(), Node::from("basic"));
            }
            Some("oauth2") => oauth2(members),
            Some("apiKey") => {}
            _ => {
                let message = "expected `basic`, `apiKey` or `oauth2` as the type of a security definition";
                let step = format!("/securityDefinitions/{}", escape(name));
                ctx.push_on_disk(&step, Diagnostic::new(Code::WrongKind, message));
            }
        }
    }
    schemes
}

fn oauth2(members: &mut Object) {
    let flow = match members.shift_remove("flow").as_ref().and_then(Node::as_str) {
        Some("application") => "clientCredentials",
        Some("accessCode") => "authorizationCode",
        Some("password") => "password",
        _ => "implicit",
    };
    let mut settings = Object::default();
    for key in ["authorizationUrl", "tokenUrl", "scopes"] {
        if let Some(value) = members.shift_remove(key) {
            settings.insert(key.into(), value);
        }
    }
    settings.entry("scopes".into()).or_insert_with(|| Node::Object(Object::default()));
    members.insert("flows".into(), Node::from([(flow, Node::Object(settings))]));
}
