//! Does a request keep to the documents? What does not is a finding; what the service could not read is refused.

mod values;

use std::collections::BTreeSet;

use sage_codegen::ir::{self, Content, Enumeration, Kind, Location, Method, SchemaId, Takes};
use serde::Serialize;

use crate::Api;
use crate::fault::Fault;
use crate::json::{Node, Object, decimal, scalar};
use crate::pairs::Pairs;
use crate::spec::{Segment, Spec};
use values::{beyond, in_range, listed, sorts, text_kind};

/// Something in a request that is not as the documents say.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Finding {
    /// The operation: `POST /contacts`; or the method and path of a request that is none.
    pub operation: String,
    /// Where in the request: `query.page`, `header.X-Site`, `body.contact.name`.
    pub at: String,
    /// What is wrong.
    pub message: String,
    /// The request was refused because of it.
    pub refused: bool,
}

/// What the check of a request found.
pub(crate) struct Check<'a> {
    spec: &'a Spec,
    operation: &'a ir::Operation,
    standard: bool,
    pub(crate) findings: Vec<Finding>,
    pub(crate) faults: Vec<Fault>,
    /// The parameters and properties that were sent, by the documents' names: `query.page`, `body.contact.name`.
    pub(crate) seen: BTreeSet<String>,
}

/// The parts of a request.
pub(crate) struct Parts<'a> {
    /// The path below the base URL.
    pub(crate) path: &'a str,
    pub(crate) query: &'a Pairs,
    pub(crate) headers: &'a http::HeaderMap,
    /// The body, if there is one and it is JSON.
    pub(crate) body: Option<&'a Node>,
    /// It goes to Sage 200 Standard.
    pub(crate) standard: bool,
}

/// Checks a request of the operation with this index.
pub(crate) fn check<'a>(spec: &'a Spec, index: usize, parts: &Parts<'_>) -> Check<'a> {
    let operation = &spec.ir.operations[index];
    let mut check = Check {
        spec,
        operation,
        standard: parts.standard,
        findings: Vec::new(),
        faults: Vec::new(),
        seen: BTreeSet::new(),
    };
    check.path(&spec.routes[index].segments, parts.path);
    check.headers(parts.headers);
    check.query(parts.query);
    check.body(parts.body);
    if let (Some(record), Some(payload)) = (spec.record(index), check.payload(parts.body)) {
        let at = check.operation.body.as_ref().and_then(|body| body.wrapper.as_ref());
        let at = at.map_or_else(|| "body".to_owned(), |wrapper| format!("body.{wrapper}"));
        check.as_record(record, payload, &at, "");
    }
    check
}

impl Check<'_> {
    fn note(&mut self, at: impl Into<String>, message: impl Into<String>) {
        let operation = format!("{} {}", self.operation.method.name(), self.operation.path.template);
        self.findings.push(Finding { operation, at: at.into(), message: message.into(), refused: false });
    }

    /// `at` is the place in the request, and `source` what the service would call it.
    fn refuse(&mut self, at: &str, source: &str, message: impl Into<String>) {
        let message = message.into();
        self.note(at, message.as_str());
        if let Some(finding) = self.findings.last_mut() {
            finding.refused = true;
        }
        self.faults.push(Fault::invalid(source, message));
    }

    fn path(&mut self, segments: &[Segment], path: &str) {
        let parts = path.split('/').skip(1).zip(segments).filter(|(_, segment)| **segment == Segment::Parameter);
        for ((part, _), parameter) in parts.zip(&self.operation.path.parameters) {
            let text = decoded(part);
            if let Err(message) = self.text_fits(parameter.schema, &text) {
                self.refuse(&format!("path.{}", parameter.name), &parameter.name, message);
            }
        }
    }

    fn headers(&mut self, headers: &http::HeaderMap) {
        let of_operation = self.operation.parameters.iter().filter(|parameter| parameter.location == Location::Header);
        let of_operation = of_operation.filter(|parameter| parameter.required).map(|parameter| &parameter.name);
        let of_client = self.spec.ir.client.headers.iter().filter(|header| header.required).map(|header| &header.name);
        let of_client = of_client.filter(|name| !self.operation.without_headers.contains(name));
        let missing: Vec<String> =
            of_operation.chain(of_client).filter(|name| !headers.contains_key(name.as_str())).cloned().collect();
        for name in missing {
            self.note(format!("header.{name}"), "is missing");
        }
        let declared = self.operation.parameters.iter().filter(|parameter| parameter.location == Location::Header);
        let sent = declared.filter(|parameter| headers.contains_key(parameter.name.as_str()));
        self.seen.extend(sent.map(|parameter| format!("header.{}", parameter.name)));
        let json = self.operation.body.as_ref().is_some_and(|body| matches!(body.content, Content::Json(_)));
        let bytes = self.operation.replies.iter().any(|reply| matches!(reply.content, Some(Content::Bytes(_))));
        let accepts = headers.get(http::header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if bytes && accepts != "application/octet-stream" {
            self.note("header.Accept", "is not `application/octet-stream`, and the reply is a file");
        }
        let sent = headers.get(http::header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        if json && !sent.is_empty() && !is_json(sent) {
            self.note("header.Content-Type", format!("is `{sent}`, and the body is JSON"));
        }
    }

    fn query(&mut self, query: &Pairs) {
        for (index, (name, value)) in query.0.iter().enumerate() {
            let at = format!("query.{name}");
            let is_it = |parameter: &&ir::Parameter| parameter.location == Location::Query && parameter.name == *name;
            let Some(parameter) = self.operation.parameters.iter().find(is_it) else {
                self.note(at, "is no parameter of this operation");
                continue;
            };
            if query.0[..index].iter().any(|(other, _)| other == name) {
                self.note(&at, "is there twice");
            }
            self.seen.insert(at.clone());
            if let Err(message) = self.text_fits(parameter.schema, value) {
                self.refuse(&at, name, message);
            }
            if let Takes::Sort { descending } = &parameter.takes
                && !sorts(&parameter.values, descending, value)
            {
                self.note(&at, format!("`{value}` is none of the keys that the list is sorted by"));
            }
        }
        let needed = self
            .operation
            .parameters
            .iter()
            .filter(|parameter| parameter.location == Location::Query && parameter.required);
        let missing: Vec<&str> = needed
            .filter(|parameter| query.get(&parameter.name).is_none())
            .map(|parameter| parameter.name.as_str())
            .collect();
        for name in missing {
            self.refuse(&format!("query.{name}"), name, "is missing");
        }
    }

    /// Is this the text of such a value?
    fn text_fits(&self, schema: SchemaId, text: &str) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("`{text}` is no {what}"));
        match &self.spec.ir.schema(schema).kind {
            Kind::Boolean if !matches!(text, "true" | "false") => wrong("boolean"),
            Kind::Integer(kind) if !in_range(*kind, text) => wrong("whole number"),
            Kind::Decimal { .. } | Kind::Float if decimal(&Node::from(text)).is_none() => wrong("number"),
            Kind::String(kind) => text_kind(*kind, text, self.spec.service),
            Kind::Enum(values) => listed(values, text),
            Kind::Array(item) => text.split(',').try_for_each(|part| self.text_fits(*item, part)),
            _ => Ok(()),
        }
    }

    fn body(&mut self, body: Option<&Node>) {
        let Some(declared) = &self.operation.body else {
            if body.is_some() {
                self.note("body", "is there, and the operation has none");
            }
            return;
        };
        let Content::Json(schema) = declared.content else { return };
        let Some(body) = body else {
            if declared.required {
                self.refuse("body", declared.wrapper.as_deref().unwrap_or_default(), "is missing");
            }
            return;
        };
        // Only what makes something has to be complete.
        let whole = self.operation.method == Method::Post;
        let Some(wrapper) = declared.wrapper.clone() else {
            self.value(schema, body, "body", "", whole);
            return;
        };
        let Some(inner) = body.get(&wrapper) else {
            self.refuse("body", "", format!("has no `{wrapper}` around it"));
            return;
        };
        let others: Vec<String> =
            body.as_object().into_iter().flat_map(Object::keys).filter(|name| **name != wrapper).cloned().collect();
        for name in others {
            self.note(format!("body.{name}"), format!("stands beside `{wrapper}`"));
        }
        let idempotency = self.spec.ir.client.idempotency.as_ref().filter(|_| self.operation.idempotent_by_id);
        if let Some(id) = idempotency.and_then(|known| inner.get(&known.property)) {
            let sound = id.as_str().is_some_and(|id| id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit()));
            if !sound {
                self.note(format!("body.{wrapper}.idempotency_id"), "is not 32 hexadecimal digits");
            }
        }
        self.value(schema, inner, &format!("body.{wrapper}"), "", whole);
    }

    fn value(&mut self, schema: SchemaId, value: &Node, at: &str, source: &str, whole: bool) {
        if value.is_null() {
            return;
        }
        let spec = self.spec;
        self.limits(&spec.ir.schema(schema).limits, value, at, source);
        let wrong = |this: &mut Self, what: &str| this.refuse(at, source, format!("is {}, not {what}", value.kind()));
        match (&spec.ir.schema(schema).kind, value) {
            (Kind::Any | Kind::Union(_), _) => {}
            (Kind::Boolean, Node::Bool(_)) => {}
            (Kind::Boolean, _) => wrong(self, "a boolean"),
            (Kind::Integer(kind), Node::Number(number)) if in_range(*kind, number.as_str()) => {}
            (Kind::Integer(_), _) => wrong(self, "a whole number"),
            (Kind::Decimal { .. } | Kind::Float, Node::Number(_)) => {}
            (Kind::Decimal { .. } | Kind::Float, Node::String(text))
                if spec.service != Api::Sage200 && (text.is_empty() || decimal(value).is_some()) => {}
            (Kind::Decimal { .. } | Kind::Float, _) => wrong(self, "a number"),
            (Kind::String(kind), Node::String(text)) => {
                if let Err(message) = text_kind(*kind, text, spec.service) {
                    self.refuse(at, source, message);
                }
            }
            (Kind::String(_) | Kind::Enum(Enumeration::Strings(_)), _) if !matches!(value, Node::String(_)) => {
                wrong(self, "text")
            }
            (Kind::String(_), _) => {}
            (Kind::Enum(values), _) => {
                if let Err(message) = listed(values, &scalar(value).unwrap_or_default()) {
                    self.refuse(at, source, message);
                }
            }
            (Kind::Array(item), Node::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    self.value(*item, value, &format!("{at}[{index}]"), &format!("{source}[{index}]"), whole);
                }
            }
            (Kind::Array(_), _) => wrong(self, "a list"),
            (Kind::Map(item), Node::Object(members)) => {
                for (name, value) in members {
                    self.value(*item, value, &format!("{at}.{name}"), &joined(source, name), whole);
                }
            }
            (Kind::Object(object), Node::Object(members)) => self.object(object, members, at, source, whole),
            (Kind::Map(_) | Kind::Object(_), _) => wrong(self, "an object"),
        }
    }

    /// Sage 200 does not keep to its own: defaults of the service are longer than the documents allow.
    fn limits(&mut self, limits: &ir::Limits, value: &Node, at: &str, source: &str) {
        if self.spec.service != Api::Sage200
            && !self.findings.iter().any(|finding| finding.refused && finding.at == at)
            && let Some(message) = beyond(limits, value)
        {
            self.refuse(at, source, message);
        }
    }

    /// What the operation is about: the body without its wrapper.
    fn payload<'b>(&self, body: Option<&'b Node>) -> Option<&'b Node> {
        match self.operation.body.as_ref()?.wrapper.as_ref() {
            Some(wrapper) => body?.get(wrapper),
            None => body,
        }
    }

    /// Records say how long their texts may be, and requests do not: what is too long for the record is refused.
    fn as_record(&mut self, record: SchemaId, value: &Node, at: &str, source: &str) {
        let spec = self.spec;
        match (&spec.ir.schema(record).kind, value) {
            (Kind::Object(object), Node::Object(members)) => {
                for property in &object.properties {
                    let Some(value) = members.get(&property.name) else { continue };
                    let (at, source) = (format!("{at}.{}", property.name), joined(source, &property.name));
                    self.limits(&property.limits, value, &at, &source);
                    self.limits(&spec.ir.schema(property.schema).limits, value, &at, &source);
                    self.as_record(property.schema, value, &at, &source);
                }
            }
            (Kind::Array(item), Node::Array(items)) => {
                for (index, value) in items.iter().enumerate() {
                    self.as_record(*item, value, &format!("{at}[{index}]"), &format!("{source}[{index}]"));
                }
            }
            _ => {}
        }
    }

    fn object(&mut self, object: &ir::Object, members: &Object, at: &str, source: &str, whole: bool) {
        for (name, value) in members {
            let (at, source) = (format!("{at}.{name}"), joined(source, name));
            let remembered = self.spec.ir.client.idempotency.as_ref().is_some_and(|known| known.property == *name);
            if remembered && self.operation.idempotent_by_id {
                continue;
            }
            match object.properties.iter().find(|property| property.name == *name) {
                Some(property) if property.read_only => self.note(at, "is only read"),
                Some(property) => {
                    self.seen.insert(without_indices(&at));
                    if self.standard && property.terms.professional_only {
                        self.note(&at, "is not in Sage 200 Standard");
                    }
                    self.limits(&property.limits, value, &at, &source);
                    self.value(property.schema, value, &at, &source, whole);
                }
                None => match object.additional {
                    Some(schema) => self.value(schema, value, &at, &source, whole),
                    None => self.note(at, "is no property of this object"),
                },
            }
        }
        let absent =
            |property: &&ir::Property| property.required && members.get(&property.name).is_none_or(Node::is_null);
        for property in object.properties.iter().filter(|_| whole).filter(absent) {
            self.refuse(&format!("{at}.{}", property.name), &joined(source, &property.name), "is missing");
        }
    }
}

/// `lines[0].price` is `lines[].price`.
fn without_indices(at: &str) -> String {
    let parts = at.split('[').enumerate().map(|(index, part)| match part.split_once(']') {
        Some((_, rest)) if index > 0 => format!("[]{rest}"),
        _ => part.to_owned(),
    });
    parts.collect()
}

/// Everything that a request of this operation can hold, named as in [`Check::seen`]. A schema inside itself is left out.
pub(crate) fn possible(spec: &Spec, index: usize) -> BTreeSet<String> {
    let operation = &spec.ir.operations[index];
    let named = |parameter: &ir::Parameter| match parameter.location {
        Location::Query => Some(format!("query.{}", parameter.name)),
        Location::Header => Some(format!("header.{}", parameter.name)),
        Location::Path | Location::Cookie => None,
    };
    let mut all: BTreeSet<String> = operation.parameters.iter().filter_map(named).collect();
    if let Some(body) = &operation.body
        && let Content::Json(schema) = body.content
    {
        let at = body.wrapper.as_ref().map_or_else(|| "body".to_owned(), |wrapper| format!("body.{wrapper}"));
        walk(spec, schema, &at, &mut Vec::new(), &mut all);
    }
    all
}

fn walk(spec: &Spec, schema: SchemaId, at: &str, above: &mut Vec<SchemaId>, all: &mut BTreeSet<String>) {
    if let Some(item) = spec.item(schema) {
        return walk(spec, item, &format!("{at}[]"), above, all);
    }
    above.push(schema);
    for property in spec.properties(schema).iter().filter(|property| !property.read_only) {
        if !above.contains(&spec.item(property.schema).unwrap_or(property.schema)) {
            let at = format!("{at}.{}", property.name);
            all.insert(at.clone());
            walk(spec, property.schema, &at, above, all);
        }
    }
    above.pop();
}

fn joined(source: &str, name: &str) -> String {
    if source.is_empty() { name.to_owned() } else { format!("{source}.{name}") }
}

/// Without percent-encoding.
pub(crate) fn decoded(part: &str) -> String {
    percent_encoding::percent_decode_str(part).decode_utf8_lossy().into_owned()
}

/// Is this media type JSON?
pub(crate) fn is_json(media_type: &str) -> bool {
    let name = media_type.split(';').next().unwrap_or_default().trim();
    name.eq_ignore_ascii_case("application/json") || name.to_ascii_lowercase().ends_with("+json")
}
