//! Bodies: what wraps them, which must be sent, what makes a resend safe, which go one after the other, and which may be
//! done in part.

use super::Ctx;
use crate::config;
use crate::diagnostic::Code;
use crate::ir::{self, Api, Body, Content, Kind, Method, Operation, SchemaId};

impl Ctx<'_> {
    /// `{"contact": {…}}`: a body of one object property that is called after the path is a wrapper.
    ///
    /// A body that happens to have a single object in it would look the same; the name tells them apart. In Sage's
    /// documents every wrapper is the singular of a word of its path.
    pub(super) fn body_wrapper(&mut self, _: &config::Switch) {
        let mut count = 0;
        for index in 0..self.api.operations.len() {
            let operation = &self.api.operations[index];
            let Some(body) = &operation.body else { continue };
            let Content::Json(schema) = body.content else { continue };
            let Some((name, inner)) = self.only_object(schema) else { continue };
            if !path_words(&operation.path.template).any(|word| is_singular(&name, word)) {
                let message = format!("body of one object `{name}` is not called after the path, and is sent as it is");
                let place = body.place.clone();
                self.note(Code::BodyKeptWhole, &place, message);
                continue;
            }
            let wrapper = self.api.schema(schema);
            let mut places = vec![wrapper.place.clone()];
            if let Kind::Object(object) = &wrapper.kind {
                places.extend(object.properties.iter().map(|property| property.place.clone()));
            }
            self.api.absorbed.extend(places);
            if let Some(body) = &mut self.api.operations[index].body {
                body.wrapper = Some(name);
                body.content = Content::Json(inner);
                count += 1;
            }
        }
        self.applied("body-wrapper", count, "no JSON body is an object with one object in it, called after the path");
    }

    /// The only property of a schema, if it is an object.
    fn only_object(&self, schema: SchemaId) -> Option<(String, SchemaId)> {
        let Kind::Object(object) = &self.api.schema(schema).kind else { return None };
        let [property] = object.properties.as_slice() else { return None };
        let inner = matches!(self.api.schema(property.schema).kind, Kind::Object(_));
        (inner && object.additional.is_none()).then(|| (property.name.clone(), property.schema))
    }

    /// JSON bodies of these methods that have properties to send must be sent, where the document does not say so.
    pub(super) fn required_bodies(&mut self, setting: &config::RequiredBodies) {
        let meant = |api: &Api, operation: &Operation| {
            operation.body.as_ref().is_some_and(|body| !body.required && says_something(api, body))
        };
        let mark = |operation: &mut Operation| {
            if let Some(body) = &mut operation.body {
                body.required = true;
            }
        };
        let looked_for = "has a JSON body with properties that may be left out";
        self.by_method("required-bodies", &setting.methods, looked_for, meant, mark);
    }

    /// A property that the service remembers goes into the bodies of these methods.
    pub(super) fn idempotency(&mut self, setting: &config::Idempotency) {
        self.api.client.idempotency = Some(ir::Idempotency { property: setting.property.clone() });
        let meant = |_: &Api, operation: &Operation| {
            let json = operation.body.as_ref().is_some_and(|body| matches!(body.content, Content::Json(_)));
            json && !operation.idempotent_by_id
        };
        let mark = |operation: &mut Operation| operation.idempotent_by_id = true;
        self.by_method("idempotency", &setting.methods, "has a JSON body", meant, mark);
    }

    /// Marks the operations of these methods that are meant. Each method has to find one that is not marked yet.
    fn by_method(
        &mut self,
        convention: &str,
        methods: &[String],
        looked_for: &str,
        meant: impl Fn(&Api, &Operation) -> bool,
        mark: impl Fn(&mut Operation),
    ) {
        let (mut count, mut unused) = (0, Vec::new());
        for (at, word) in methods.iter().enumerate() {
            let mut found = false;
            for index in 0..self.api.operations.len() {
                let operation = &self.api.operations[index];
                if method(word) == Some(operation.method) && meant(self.api, operation) {
                    mark(&mut self.api.operations[index]);
                    found = true;
                    count += 1;
                }
            }
            if !found {
                unused.push((at, format!("no `{word}` {looked_for}, or it is named already")));
            }
        }
        if count > 0 {
            for (at, message) in unused {
                self.unused(&format!("/conventions/{convention}/methods/{at}"), message);
            }
        }
        self.applied(convention, count, &format!("no such method {looked_for}"));
    }

    /// POSTs that draw from one numbering are sent one after the other.
    pub(super) fn sequential_writes(&mut self, setting: &config::SequentialWrites) {
        self.at_and_below("sequential-writes", &setting.paths, Method::Post, |operation| operation.sequential = true);
    }

    /// PUTs of which an error does not say that nothing was changed.
    pub(super) fn non_atomic_updates(&mut self, setting: &config::NonAtomicUpdates) {
        self.at_and_below("non-atomic-updates", &setting.paths, Method::Put, |operation| operation.atomic = false);
    }

    /// Applies a convention to the operations of this method whose paths are these or go on from them.
    fn at_and_below(&mut self, name: &str, paths: &[String], method: Method, apply: impl Fn(&mut ir::Operation)) {
        let word = method.name();
        let (mut count, mut unused) = (0, Vec::new());
        for (index, path) in paths.iter().enumerate() {
            let before = count;
            for operation in &mut self.api.operations {
                let rest = operation.path.template.strip_prefix(path.as_str());
                let below = rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
                if below && operation.method == method {
                    apply(operation);
                    count += 1;
                }
            }
            if count == before {
                unused.push((index, format!("there is no {word} at or below `{path}`")));
            }
        }
        if count > 0 {
            for (index, message) in unused {
                self.unused(&format!("/conventions/{name}/paths/{index}"), message);
            }
        }
        self.applied(name, count, &format!("there is no {word} at or below such a path"));
    }

    /// Lists of required properties that hold only sometimes: none is required but those named.
    pub(super) fn optional_requests(&mut self, setting: &config::OptionalRequests) {
        let mut kept = vec![false; setting.except.len()];
        let mut count = 0;
        for schema in &mut self.api.schemas {
            let Kind::Object(object) = &mut schema.kind else { continue };
            for property in object.properties.iter_mut().filter(|property| property.required) {
                let name = schema.name.as_ref().map(|name| format!("{name}.{}", property.name));
                match setting.except.iter().position(|except| name.as_ref() == Some(except)) {
                    Some(index) => kept[index] = true,
                    None => {
                        property.required = false;
                        count += 1;
                    }
                }
            }
        }
        for (index, except) in setting.except.iter().enumerate().filter(|(index, _)| !kept[*index]) {
            let message = format!("`{except}` is no required property of a named schema");
            self.unused(&format!("/conventions/optional-requests/except/{index}"), message);
        }
        self.applied("optional-requests", count, "no property is required");
    }
}

/// Is there a property in this body that can be sent?
fn says_something(api: &Api, body: &Body) -> bool {
    let Content::Json(schema) = body.content else { return false };
    match &api.schema(schema).kind {
        Kind::Object(object) => object.properties.iter().any(|property| !property.read_only),
        _ => false,
    }
}

fn method(word: &str) -> Option<Method> {
    Some(match word {
        "POST" => Method::Post,
        "PUT" => Method::Put,
        "PATCH" => Method::Patch,
        "DELETE" => Method::Delete,
        _ => return None,
    })
}

/// The words of a path that are no parameters.
fn path_words(template: &str) -> impl Iterator<Item = &str> {
    template.split('/').filter(|word| !word.is_empty() && !word.contains('{'))
}

/// Is `name` the word itself or its singular?
pub(super) fn is_singular(name: &str, word: &str) -> bool {
    let plural = |ending: &str, stem: &str| {
        word.strip_suffix(ending).is_some_and(|start| name.strip_suffix(stem).is_some_and(|name| name == start))
    };
    name == word || plural("s", "") || plural("ies", "y") || plural("es", "") || plural("es", "is")
}
