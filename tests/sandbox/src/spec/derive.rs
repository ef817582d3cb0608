//! What an operation does, from its method, its path and its reply: documents do not say it, but follow one scheme.

use std::collections::HashSet;

use indexmap::IndexMap;
use sage_codegen::ir::{self, Content, Kind, Method, SchemaId, Status};

use super::{Action, Resource, Route, Segment};

/// What this operation does.
pub(super) fn route(ir: &ir::Api, operation: &ir::Operation) -> Route {
    let segments: Vec<Segment> = segments(&operation.path.template);
    let json = |content: &Content| match content {
        Content::Json(schema) => Some(*schema),
        _ => None,
    };
    let reply = operation.replies.iter().find_map(|reply| reply.content.as_ref().and_then(json));
    let status = operation.replies.iter().find_map(|reply| match reply.status {
        Status::Code(code) => Some(code),
        Status::AnySuccess => None,
    });
    let parents = parents(&segments);
    let action = action(ir, operation, &segments, reply);
    let resource = match action {
        // What is done is done to the record above.
        Action::Act | Action::File | Action::Part => parents.last().map(|(name, _)| name.clone()),
        _ => None,
    };
    let resource = resource.or_else(|| last_word(&segments)).unwrap_or_default();
    // `PUT /sop_orders_new/{Id}` changes one of `sop_orders`.
    let base = resource.strip_suffix("_new").filter(|base| action == Action::Update && is_collection(ir, base));
    let resource = base.map(str::to_owned).unwrap_or(resource);
    Route { segments, action, resource, parents, reply, status: status.unwrap_or(200) }
}

/// Is there such a collection?
fn is_collection(ir: &ir::Api, name: &str) -> bool {
    let is_it = |operation: &ir::Operation| {
        operation.method == Method::Get && operation.path.template.strip_prefix('/') == Some(name)
    };
    ir.operations.iter().any(is_it)
}

fn segments(template: &str) -> Vec<Segment> {
    let parts = template.strip_prefix('/').unwrap_or(template).split('/');
    parts.map(|part| if part.contains('{') { Segment::Parameter } else { Segment::Word(part.to_owned()) }).collect()
}

fn last_word(segments: &[Segment]) -> Option<String> {
    segments.iter().rev().find_map(|segment| match segment {
        Segment::Word(word) => Some(word.clone()),
        Segment::Parameter => None,
    })
}

/// The records above: `customers` in `/customers/{Id}/memos`.
fn parents(segments: &[Segment]) -> Vec<(String, usize)> {
    let pairs = segments.windows(2).enumerate().filter(|(index, _)| index + 2 < segments.len());
    let parent = |(index, pair): (usize, &[Segment])| match pair {
        [Segment::Word(word), Segment::Parameter] => Some((word.clone(), index + 1)),
        _ => None,
    };
    pairs.filter_map(parent).collect()
}

fn action(ir: &ir::Api, operation: &ir::Operation, segments: &[Segment], reply: Option<SchemaId>) -> Action {
    let item = segments.last() == Some(&Segment::Parameter);
    let below = segments.len() > 1 && segments[segments.len() - 2] == Segment::Parameter;
    let is_list = |schema: SchemaId| matches!(ir.schema(schema).kind, Kind::Array(_));
    let replies_with_list = reply.is_some_and(is_list);
    match operation.method {
        Method::Get | Method::Head if item => Action::Get,
        Method::Get | Method::Head => match reply {
            None if below => Action::File,
            Some(_) if replies_with_list => Action::List,
            _ if below => Action::Part,
            _ => Action::GetOnly,
        },
        Method::Put | Method::Patch if item => Action::Update,
        Method::Put | Method::Patch => match body(operation) {
            Some(body) if is_list(body) => Action::UpdateAll,
            _ => Action::UpdateOnly,
        },
        Method::Delete => Action::Delete,
        Method::Post | Method::Options | Method::Trace => {
            let path = &operation.path.template;
            let kept = ir.operations.iter().any(|other| {
                other.path.template == *path && other.method == Method::Get
                    || other
                        .path
                        .template
                        .strip_prefix(path.as_str())
                        .is_some_and(|rest| rest.starts_with("/{") && rest.matches('/').count() == 1)
            });
            match () {
                () if kept => Action::Create,
                () if below && operation.body.is_none() => Action::Act,
                () if reply.is_some_and(|schema| is_number(ir, schema)) => Action::Post,
                () => Action::Compute,
            }
        }
    }
}

/// The number of what was posted, and nothing else.
fn is_number(ir: &ir::Api, schema: SchemaId) -> bool {
    match &ir.schema(schema).kind {
        Kind::Object(object) => matches!(object.properties.as_slice(), [only] if only.name == "urn"),
        _ => false,
    }
}

/// The schema of the payload, if it is JSON.
pub(super) fn body(operation: &ir::Operation) -> Option<SchemaId> {
    operation.body.as_ref().and_then(|body| match body.content {
        Content::Json(schema) => Some(schema),
        _ => None,
    })
}

/// The collections, in the order of the documents.
pub(super) fn resources(ir: &ir::Api, routes: &[Route]) -> IndexMap<String, Resource> {
    let mut resources: IndexMap<String, Resource> = IndexMap::new();
    let mut from_item: HashSet<&str> = HashSet::new();
    for (route, operation) in routes.iter().zip(&ir.operations) {
        let Some(reply) = route.reply else { continue };
        let entity = match (route.action, &ir.schema(reply).kind) {
            (Action::List | Action::UpdateAll, Kind::Array(item)) => *item,
            (Action::Get | Action::Create | Action::Update | Action::GetOnly | Action::UpdateOnly, _) => reply,
            _ => continue,
        };
        let only = matches!(route.action, Action::GetOnly | Action::UpdateOnly);
        let creation = (route.action == Action::Create).then(|| body(operation)).flatten();
        let new = Resource { entity, creation, only };
        let known = resources.entry(route.resource.clone()).or_insert(new);
        known.creation = known.creation.or(creation);
        // What one record looks like is told best by the operation that gets one.
        if route.action == Action::Get && from_item.insert(&route.resource) {
            known.entity = entity;
        }
    }
    resources
}
