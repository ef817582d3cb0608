//! Request bodies and replies: which media type is taken, and what it holds.

use openapiv3::StatusCode;
use serde::Deserialize;

use super::at::At;
use super::{Code, Ctx, Reason, shallow};
use crate::ir::{Body, Content, Kind, Reply, Status};
use crate::node::Node;

/// What a media type stands for, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Medium {
    Json,
    /// `*/*` and `application/*`: JSON if the schema is that of a value.
    Anything,
    Form,
    Multipart,
    Text,
    Bytes,
}

impl<'a> Ctx<'a> {
    /// The request body of the operation at `operation`.
    pub(super) fn body(&mut self, operation: &At<'a>) -> Result<Option<Body>, Reason> {
        let Some(at) = operation.child("requestBody") else { return Ok(None) };
        let at = self.target(&at)?;
        let parsed = shallow::request_body(at.node).map_err(|error| {
            let reason = format!("request body cannot be read: {}", super::report::plain(&error));
            self.report.say(Code::Operation, &at.place, reason.clone());
            reason
        })?;
        let content = self.content(&at)?;
        Ok(content.map(|content| Body { place: at.place, required: parsed.required, content, wrapper: None }))
    }

    /// The successes of the operation at `operation`.
    pub(super) fn replies(&mut self, operation: &At<'a>) -> Result<Vec<Reply>, Reason> {
        let responses: Vec<(&'a str, At<'a>)> = operation
            .child("responses")
            .iter()
            .flat_map(At::members)
            .filter(|(key, _)| !key.starts_with("x-"))
            .collect();
        let mut replies = Vec::new();
        let success = |key: &str| key.starts_with('2');
        let any = responses.iter().any(|(key, _)| success(key));
        for (key, at) in &responses {
            let taken = if any { success(key) } else { *key == "default" };
            if !taken {
                let reason = "replies that are no success are read by the runtime, in the API's error shape";
                self.skip(&at.place, reason.to_owned());
                if let Ok(target) = self.target(at) {
                    self.skip(&target.place, reason.to_owned());
                }
                continue;
            }
            let Some(status) = self.status(key, at) else { continue };
            replies.push(self.reply(status, at)?);
        }
        if replies.is_empty() {
            let message = "operation names no success; any 2xx is taken, and its body is not read";
            self.report.say(Code::Reply, &operation.place.child("responses"), message);
            replies.push(Reply { place: operation.place.clone(), status: Status::AnySuccess, content: None });
        }
        replies.sort_by_key(|reply| reply.status);
        Ok(replies)
    }

    fn status(&mut self, key: &str, at: &At<'a>) -> Option<Status> {
        if key == "default" {
            return Some(Status::AnySuccess);
        }
        let status = StatusCode::deserialize(&Node::String(key.to_owned()));
        match status {
            Ok(StatusCode::Code(code)) => Some(Status::Code(code)),
            Ok(StatusCode::Range(_)) => Some(Status::AnySuccess),
            Err(error) => {
                let reason = format!("status `{key}` is not legal: {error}");
                self.report.say(Code::Reply, &at.place, reason.clone());
                self.skip(&at.place, reason);
                None
            }
        }
    }

    fn reply(&mut self, status: Status, at: &At<'a>) -> Result<Reply, Reason> {
        let at = self.target(at)?;
        shallow::response(at.node).map_err(|error| {
            let reason = format!("reply cannot be read: {}", super::report::plain(&error));
            self.report.say(Code::Operation, &at.place, reason.clone());
            reason
        })?;
        let content = self.content(&at)?;
        Ok(Reply { place: at.place, status, content })
    }

    /// The content of a body or a reply.
    fn content(&mut self, at: &At<'a>) -> Result<Option<Content>, Reason> {
        let Some(content) = at.child("content") else { return Ok(None) };
        let mut offered: Vec<(&'a str, At<'a>)> = content.members().collect();
        offered.sort_by_key(|(media, _)| medium(media));
        let mut offered = offered.into_iter();
        let Some((media, chosen)) = offered.next() else { return Ok(None) };
        for (other, at) in offered {
            let message = format!("`{media}` is taken, and `{other}` is not");
            self.report.say(Code::MediaTypes, &at.place, message);
            self.skip(&at.place, format!("the same body is taken as `{media}`"));
        }
        let schema = chosen.child("schema");
        let binary = match &schema {
            Some(schema) => self.is_binary(schema),
            None => false,
        };
        let essence = essence(media);
        Ok(Some(match medium(media) {
            Medium::Json | Medium::Anything if binary => Content::Bytes(any_if_json(&essence)),
            Medium::Anything if schema.is_none() => Content::Bytes(essence),
            Medium::Json | Medium::Anything => Content::Json(self.body_schema(&chosen, schema)?),
            Medium::Form => Content::Form(self.body_schema(&chosen, schema)?),
            Medium::Multipart => Content::Multipart(self.body_schema(&chosen, schema)?),
            Medium::Text | Medium::Bytes
                if schema.as_ref().is_some_and(|schema| !binary && self.is_structured(schema)) =>
            {
                let message = format!("body of `{media}` has the schema of a value; it is taken as it is");
                self.report.say(Code::MediaTypes, &chosen.place, message);
                self.skip(&chosen.place, format!("a body of `{media}` is taken as it is"));
                raw(media, essence)
            }
            Medium::Text | Medium::Bytes => raw(media, essence),
        }))
    }

    fn body_schema(&mut self, media: &At<'a>, schema: Option<At<'a>>) -> Result<crate::ir::SchemaId, Reason> {
        match schema {
            Some(schema) => Ok(self.schema(&schema)?.id),
            None => Ok(self.invent(&media.place, Kind::Any, None)),
        }
    }

    /// Is it a string of format `binary`?
    fn is_binary(&mut self, schema: &At<'a>) -> bool {
        let node = self.follow(schema).map(|(target, _)| target.node);
        node.is_ok_and(|node| {
            let file = node.text("type") == Some("file");
            file || (node.text("type") == Some("string") && node.text("format") == Some("binary"))
        })
    }

    /// Is it an object or a list?
    fn is_structured(&mut self, schema: &At<'a>) -> bool {
        let node = self.follow(schema).map(|(target, _)| target.node);
        node.is_ok_and(|node| ["properties", "items", "allOf"].iter().any(|key| node.get(key).is_some()))
    }
}

fn raw(media: &str, essence: String) -> Content {
    if medium(media) == Medium::Text { Content::Text(essence) } else { Content::Bytes(essence) }
}

/// Bytes that were declared as JSON may be of any type.
fn any_if_json(essence: &str) -> String {
    if medium(essence) == Medium::Json { "*/*".to_owned() } else { essence.to_owned() }
}

/// The media type without its parameters, in lower case.
fn essence(media: &str) -> String {
    media.split(';').next().unwrap_or(media).trim().to_ascii_lowercase()
}

fn medium(media: &str) -> Medium {
    let essence = essence(media);
    match essence.as_str() {
        "application/json" | "text/json" | "application/x-json" => Medium::Json,
        "*/*" | "application/*" => Medium::Anything,
        "application/x-www-form-urlencoded" => Medium::Form,
        "multipart/form-data" => Medium::Multipart,
        "application/xml" | "application/yaml" | "application/x-yaml" | "application/graphql" => Medium::Text,
        "application/x-ndjson" | "application/jsonl" | "application/jwt" => Medium::Text,
        other if other.ends_with("+json") => Medium::Json,
        other if other.ends_with("+xml") && !other.starts_with("image/") => Medium::Text,
        other if other.starts_with("text/") => Medium::Text,
        other if other.starts_with("multipart/") => Medium::Multipart,
        _ => Medium::Bytes,
    }
}
