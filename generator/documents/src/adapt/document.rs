//! Finds every schema of a document in the form of OpenAPI 3.0 or 3.1, and takes 3.1 out of what is around them.

use super::{Ctx, schema};
use crate::diagnostic::{Code, Diagnostic};
use crate::node::Node;

/// The operations of a path item.
pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

pub(super) fn adapt(root: &mut Node, ctx: &mut Ctx<'_>) {
    let shared = root.pointer("/components/pathItems").cloned().unwrap_or_default();
    if let Some(members) = root.as_object_mut() {
        members.insert("openapi".into(), Node::from("3.0.3"));
        members.shift_remove("jsonSchemaDialect");
        if members.shift_remove("webhooks").is_some() {
            let message = "`webhooks` are left out: they describe requests of the service, not to it";
            ctx.inside("webhooks", |ctx| ctx.push(Diagnostic::new(Code::Webhooks, message)));
        }
    }
    if let Some(info) = root.get("info").filter(|info| info.as_object().is_none()) {
        ctx.inside("info", |ctx| ctx.expected("an object", info));
    }
    ctx.each_in(root, "paths", |item, ctx| path_item(item, &shared, ctx));
    if let Some(components) = root.get_mut("components") {
        ctx.inside("components", |ctx| self::components(components, ctx));
    }
    ctx.each_in(root, "$defs", schema::adapt);
}

fn components(components: &mut Node, ctx: &mut Ctx<'_>) {
    if let Some(members) = components.as_object_mut() {
        members.shift_remove("pathItems");
    }
    ctx.each_in(components, "schemas", schema::adapt);
    ctx.each_in(components, "parameters", with_schema);
    ctx.each_in(components, "headers", with_schema);
    ctx.each_in(components, "requestBodies", body);
    ctx.each_in(components, "responses", response);
}

/// Extensions may stand among the paths.
fn path_item(item: &mut Node, shared: &Node, ctx: &mut Ctx<'_>) {
    if !item.as_object().is_some_and(|_| true) {
        let extension = ctx.place.pointer.rsplit('/').next().is_some_and(|last| last.starts_with("x-"));
        if !extension {
            ctx.expected("an object", item);
            *item = Node::Object(Default::default());
        }
        return;
    }
    inline(item, shared);
    ctx.each_item(item, "parameters", with_schema);
    for method in METHODS {
        if let Some(operation) = item.get_mut(method) {
            ctx.inside(method, |ctx| self::operation(operation, ctx));
        }
    }
}

/// OpenAPI 3.1 knows shared path items; 3.0 does not.
fn inline(item: &mut Node, shared: &Node) {
    let Some(name) = item.reference().and_then(|target| target.strip_prefix("#/components/pathItems/")) else { return };
    let Some(Node::Object(target)) = shared.pointer(&format!("/{name}")).cloned() else { return };
    if let Some(members) = item.as_object_mut() {
        members.shift_remove("$ref");
        for (key, value) in target {
            members.entry(key).or_insert(value);
        }
    }
}

fn operation(operation: &mut Node, ctx: &mut Ctx<'_>) {
    ctx.each_item(operation, "parameters", with_schema);
    if let Some(request) = operation.get_mut("requestBody") {
        ctx.inside("requestBody", |ctx| body(request, ctx));
    }
    ctx.each_in(operation, "responses", response);
}

/// A parameter or header: a schema, or a content with one.
fn with_schema(parameter: &mut Node, ctx: &mut Ctx<'_>) {
    if let Some(schema) = parameter.get_mut("schema") {
        ctx.inside("schema", |ctx| schema::adapt(schema, ctx));
    }
    content(parameter, ctx);
}

fn body(body: &mut Node, ctx: &mut Ctx<'_>) {
    content(body, ctx);
}

fn response(response: &mut Node, ctx: &mut Ctx<'_>) {
    if response.as_object().is_none() {
        return;
    }
    ctx.each_in(response, "headers", with_schema);
    content(response, ctx);
}

fn content(around: &mut Node, ctx: &mut Ctx<'_>) {
    ctx.each_in(around, "content", |media, ctx| {
        if let Some(schema) = media.get_mut("schema") {
            ctx.inside("schema", |ctx| schema::adapt(schema, ctx));
        }
    });
}
