//! Witnesses against the types, by their JSON: before anything is compiled.

use std::borrow::Cow;
use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use super::find::{Unknown, find};
use super::fit::{Fit, Found, Misfit, Types};
use super::{Body, Json, Of, Origin, Request, Witness, correction};
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Severity};
use crate::infer::{is_date, is_placeholder, is_plain_moment};
use crate::ir;
use crate::node::Node;
use crate::rust::{self, Argument, Package, Reply, Target, Type};
use crate::source::{Place, Source};

/// A witness whose operation is known, with what of it can be tested.
#[derive(Debug)]
pub struct Checked<'a> {
    pub(super) witness: &'a Witness,
    pub(super) resource: &'a rust::Resource,
    pub(super) method: &'a rust::Method,
    /// The statuses that the documents name for a success; none: any is one.
    pub(super) success: Vec<u16>,
    /// What was sent, if the operation can rebuild it.
    pub(super) request: Option<Rebuilt<'a>>,
    /// The example of a body, and how it fits.
    pub(super) example: Option<(&'a Body, Fit)>,
    /// The type of what was answered, and how the two fit.
    pub(super) reply: Option<(&'a Body, Answer<'a>, Rc<Fit>)>,
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Answer<'a> {
    /// A value.
    Value(&'a Type),
    /// A page of these.
    Page(&'a Type),
    /// An error, with this status. Documents have no types for errors: the runtime says what it understands of them.
    Refused(u16),
}

/// A request that the operation can rebuild.
#[derive(Debug)]
pub(super) struct Rebuilt<'a> {
    /// The values of the path, in the order of the template.
    pub(super) path: Vec<&'a str>,
    /// The query that is compared.
    pub(super) query: Vec<(&'a str, &'a str)>,
    /// Its parameters, and whether the setter takes the text or the call does.
    pub(super) parameters: BTreeMap<&'a str, How>,
    /// The headers that are compared.
    pub(super) headers: Vec<(&'a str, &'a str)>,
    /// The body, and how it fits.
    pub(super) body: Option<(&'a Body, Fit)>,
}

/// How a query parameter is given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// By the setter or as an argument.
    Typed,
    /// By its name: no setter knows it, or it is written otherwise.
    Named,
}

/// Compares every witness. Those whose operation nobody knows are reported and left out. `documents` reads the corrected
/// documents, for what would settle a contradiction.
pub fn check<'a>(
    api: &'a ir::Api,
    package: &'a Package,
    witnesses: &'a [Witness],
    documents: &dyn Fn() -> Vec<Source>,
    diagnostics: &mut Diagnostics,
) -> Vec<Checked<'a>> {
    if witnesses.is_empty() {
        return Vec::new();
    }
    let (types, documents) = (Types::new(api, package), LazyCell::new(documents));
    let mut ctx = Ctx { api, package, types, documents, diagnostics, untested: BTreeMap::new(), seen: BTreeMap::new() };
    let checked = witnesses.iter().filter_map(|witness| ctx.witness(witness)).collect();
    for ((origin, why), places) in std::mem::take(&mut ctx.untested) {
        let what = match origin {
            Origin::Recording | Origin::Collection => "requests and replies in collections",
            Origin::Example => "examples in documents",
        };
        let [first, others @ ..] = places.as_slice() else { continue };
        let message = format!("{} of the {what} make no test: {why}", places.len());
        let diagnostic = Diagnostic::new(Code::Untested, message).at(first);
        ctx.diagnostics.push(others.iter().fold(diagnostic, |diagnostic, place| diagnostic.also("the same", place)));
    }
    checked
}

struct Ctx<'a, 'b> {
    api: &'a ir::Api,
    package: &'a Package,
    types: Types<'a>,
    documents: LazyCell<Vec<Source>, &'b dyn Fn() -> Vec<Source>>,
    diagnostics: &'b mut Diagnostics,
    /// Why parts of what collections hold make no test, and where these stand.
    untested: BTreeMap<(Origin, String), Vec<Place>>,
    /// What came of texts of collections, by what was answered with them. Many say the same.
    seen: BTreeMap<&'a str, Vec<Seen<'a>>>,
}

/// A text was compared with this answer of this schema, and this came of it.
type Seen<'a> = (Answer<'a>, ir::SchemaId, Rc<Fit>);

/// The operation of a witness.
#[derive(Clone, Copy)]
struct Operation<'a> {
    facts: &'a ir::Operation,
    resource: &'a rust::Resource,
    method: &'a rust::Method,
}

impl<'a> Ctx<'a, '_> {
    fn witness(&mut self, witness: &'a Witness) -> Option<Checked<'a>> {
        let operation = match self.operation(&witness.operation) {
            Ok(operation) => operation,
            Err(unknown) => {
                self.unknown(witness, &unknown);
                return None;
            }
        };
        let (mut request, mut example) = (None, None);
        match &witness.request {
            Some(sent) if witness.origin == Origin::Example => {
                example = self.body(witness, operation, sent).ok().flatten();
            }
            Some(sent) => request = self.request(witness, operation, sent),
            None => {}
        }
        let reply = self.reply(witness, operation);
        let (resource, method) = (operation.resource, operation.method);
        Some(Checked { witness, resource, method, success: statuses(operation.facts), request, example, reply })
    }

    fn unknown(&mut self, witness: &Witness, unknown: &Unknown) {
        // An operation that was left out has its reason elsewhere.
        if witness.origin == Origin::Example {
            return;
        }
        let (said, help) = match &witness.operation {
            Of::Id(id) => (id.clone(), "ids are resource and method of the client, such as `contacts.list`"),
            Of::At(method, path) => (
                format!("{} {path}", method.name()),
                "it must be spelled as in the document, such as `GET /contacts/{key}`",
            ),
        };
        let (message, help) = match unknown {
            Unknown::None => (format!("no operation is `{said}`"), help.to_owned()),
            Unknown::Several(names) => {
                (format!("`{said}` is an operation at several base URLs"), format!("say which, as {names}"))
            }
        };
        let place = match &witness.operation {
            Of::At(..) => witness.place.child("operation"),
            Of::Id(_) => witness.place.clone(),
        };
        self.say(witness, Diagnostic::new(Code::WitnessOperation, message).at(&place).help(help));
    }

    fn operation(&self, of: &Of) -> Result<Operation<'a>, Unknown> {
        let (resource, method) = find(of, self.package)?;
        let same = |facts: &&ir::Operation| {
            facts.method == method.operation.method
                && facts.path.template == method.operation.path
                && facts.beside == method.operation.beside
        };
        let facts = self.api.operations.iter().find(same).ok_or(Unknown::None)?;
        Ok(Operation { facts, resource, method })
    }

    fn reply(&mut self, witness: &'a Witness, operation: Operation<'a>) -> Option<(&'a Body, Answer<'a>, Rc<Fit>)> {
        let reply = witness.reply.as_ref()?;
        let body = reply.body.as_ref()?;
        let success = statuses(operation.facts);
        let is_success = match reply.status {
            None => true,
            Some(status) if success.is_empty() => (200..300).contains(&status),
            Some(status) => success.contains(&status),
        };
        if let Some(status) = reply.status.filter(|_| !is_success) {
            // Nothing of it is left out if it is JSON at all.
            return self.value(witness, body).map(|_| (body, Answer::Refused(status), Rc::default()));
        }
        let answer = match &operation.method.reply {
            Reply::Json(ty) | Reply::Optional(ty) => Answer::Value(ty),
            Reply::Page(ty) => Answer::Page(ty),
            Reply::ByStatus(replies) => {
                let listed =
                    |kind: &&rust::ReplyKind| reply.status.is_some_and(|status| kind.statuses.contains(&status));
                let kind = replies
                    .kinds
                    .iter()
                    .find(listed)
                    .or_else(|| replies.kinds.iter().find(|kind| kind.statuses.is_empty()));
                match kind.and_then(|kind| kind.ty.as_ref()) {
                    Some(ty) => Answer::Value(ty),
                    None => {
                        self.untested(witness, &body.place, "the operation answers with no JSON of this status");
                        return None;
                    }
                }
            }
            Reply::Empty | Reply::Bytes | Reply::Text => {
                self.untested(witness, &body.place, "the operation answers with no JSON");
                return None;
            }
        };
        let Some(schema) = answered(operation.facts, reply.status) else {
            self.untested(witness, &body.place, "the documents do not say what JSON is answered");
            return None;
        };
        let fit = self.fit(witness, body, answer, schema)?;
        if !self.is_testable(witness, body, &fit) {
            self.misfits(witness, operation, "reply", body, &fit);
            return None;
        }
        self.misfits(witness, operation, "reply", body, &fit).then_some((body, answer, fit))
    }

    fn request(&mut self, witness: &'a Witness, operation: Operation<'a>, request: &'a Request) -> Option<Rebuilt<'a>> {
        let path = self.path(witness, operation, request)?;
        let (query, parameters) = self.query(witness, operation, request);
        for argument in &operation.method.arguments {
            let (there, what) = match &argument.target {
                Target::Query { wire, .. } => (query.iter().any(|(name, _)| name == wire), wire),
                Target::Header { wire, .. } => (header(request, wire).is_some(), wire),
                Target::Deep { wire, .. } | Target::Cookie { wire, .. } => (false, wire),
                Target::Path(_) | Target::Body(_) => continue,
            };
            if !there {
                let message = format!("the request lacks `{what}`, which must be given");
                self.untested(witness, &witness.place, &message);
                return None;
            }
        }
        let declared = self.declared_headers(operation);
        let headers = request.headers.iter().filter(|(name, text)| {
            declared.iter().any(|known| known.eq_ignore_ascii_case(name)) && !is_placeholder(text)
        });
        let headers = headers.map(|(name, text)| (name.as_str(), text.as_str())).collect();
        let body = match self.body(witness, operation, request) {
            Ok(body) => body,
            Err(Untested) => return None,
        };
        Some(Rebuilt { path, query, parameters, headers, body })
    }

    /// The values of the path, in the order of the template.
    fn path(&mut self, witness: &Witness, operation: Operation<'a>, request: &'a Request) -> Option<Vec<&'a str>> {
        let mut values = Vec::new();
        let types = operation.method.arguments.iter().filter_map(|argument| match &argument.target {
            Target::Path(ty) => Some(ty),
            _ => None,
        });
        for (parameter, ty) in operation.facts.path.parameters.iter().zip(types) {
            let given = request.path.iter().find(|(name, _)| *name == parameter.name);
            let Some((_, text)) = given else {
                let message = format!("the request does not say what `{}` is in the path", parameter.name);
                self.untested(witness, &witness.place, &message);
                return None;
            };
            // Clients send none of these: they would lead to another path.
            if matches!(text.as_str(), "" | "." | "..") {
                let message = format!("`{}` in the path is `{text}`", parameter.name);
                self.untested(witness, &witness.place, &message);
                return None;
            }
            if !is_written(text, ty) {
                let message = format!("`{}` in the path is `{text}`, and no {}", parameter.name, kind(ty));
                self.untested(witness, &witness.place, &message);
                return None;
            }
            values.push(text.as_str());
        }
        Some(values)
    }

    /// The query, and how each parameter of it is given.
    fn query(
        &mut self,
        witness: &Witness,
        operation: Operation<'a>,
        request: &'a Request,
    ) -> (Vec<(&'a str, &'a str)>, BTreeMap<&'a str, How>) {
        let mut how = BTreeMap::new();
        let mut query: Vec<(&str, &str)> =
            request.query.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        // What stands for a value of some kind cannot be sent as one.
        query.retain(|(_, text)| !is_placeholder(text));
        for &(name, text) in &query {
            let typed = match parameter(operation.method, name) {
                Some((ty, list)) => {
                    let written = match separator(list) {
                        Some(separator) => text.split(separator).all(|text| is_written(text, ty)),
                        None => is_written(text, ty),
                    };
                    if !written {
                        let expected = kind(ty);
                        let message =
                            format!("`{name}` in the query is `{text}`; the document says that it is {expected}");
                        let place = operation.facts.parameters.iter().find(|parameter| parameter.name == name);
                        let diagnostic = Diagnostic::new(Code::Witness, message).at(&witness.place);
                        let diagnostic =
                            place.iter().fold(diagnostic, |d, parameter| d.also("declared here", &parameter.place));
                        self.say(witness, diagnostic);
                    }
                    written
                }
                None => {
                    let known = operation.facts.parameters.iter().any(|parameter| parameter.name == name);
                    if !known {
                        let message = format!("no document declares the query parameter `{name}` of this request");
                        let diagnostic = Diagnostic::new(Code::Witness, message).at(&witness.place);
                        let help =
                            "if the service knows it, add it to the operation in the overlay, or under `query-options`";
                        self.say(
                            witness,
                            diagnostic
                                .also("the operation", &operation.facts.place)
                                .help(help)
                                .severity(Severity::Warning),
                        );
                    }
                    false
                }
            };
            let first = how.get(name).copied().unwrap_or(How::Typed);
            how.insert(name, if typed { first } else { How::Named });
        }
        (query, how)
    }

    fn body(
        &mut self,
        witness: &'a Witness,
        operation: Operation<'a>,
        request: &'a Request,
    ) -> Result<Option<(&'a Body, Fit)>, Untested> {
        let target = operation.method.arguments.iter().find_map(|argument| match &argument.target {
            Target::Body(body) => Some(body),
            _ => None,
        });
        let (ty, body) = match (target, &request.body) {
            (None, None) => return Ok(None),
            (None, Some(_)) if operation.method.empty_body => return Ok(None),
            (None, Some(body)) => {
                self.untested(witness, &body.place, "the document declares no body for this operation");
                return Err(Untested);
            }
            (Some(rust::Body::Json(Type::Option(_))), None) => return Ok(None),
            (Some(rust::Body::Json(ty)), Some(body)) => (ty, body),
            (Some(rust::Body::Json(_)), None) => {
                self.untested(witness, &witness.place, "the request lacks the body, which must be given");
                return Err(Untested);
            }
            (Some(_), _) => {
                self.untested(witness, &witness.place, "only bodies of JSON are rebuilt");
                return Err(Untested);
            }
        };
        let ty = match ty {
            Type::Option(inner) => inner,
            ty => ty,
        };
        let facts = operation.facts.body.as_ref();
        let Some(ir::Content::Json(schema)) = facts.map(|body| &body.content) else { return Err(Untested) };
        let value = self.value(witness, body).ok_or(Untested)?;
        let (inner, wrapper) = match &operation.method.operation.wrapper {
            Some(wrapper) => match (value.get(wrapper), value.as_object().map(|members| members.len())) {
                (Some(inner), Some(1)) => (inner, Some(wrapper)),
                _ => {
                    let message = format!("the body is not wrapped in `{wrapper}` alone, as the document says");
                    let diagnostic = Diagnostic::new(Code::Witness, message).at(&body.place);
                    let diagnostic = facts.iter().fold(diagnostic, |d, facts| d.also("declared here", &facts.place));
                    self.say(witness, diagnostic);
                    return Err(Untested);
                }
            },
            None => (&*value, None),
        };
        let mut fit = self.types.fit(inner, ty, *schema);
        if let Some(wrapper) = wrapper {
            fit.move_below(wrapper);
        }
        let testable = self.is_testable(witness, body, &fit);
        if self.misfits(witness, operation, "request", body, &fit) && testable {
            Ok(Some((body, fit)))
        } else {
            Err(Untested)
        }
    }

    /// Compares what was answered with its type.
    fn fit(&mut self, witness: &Witness, body: &'a Body, answer: Answer<'a>, schema: ir::SchemaId) -> Option<Rc<Fit>> {
        if let Json::Text(text) = &body.json {
            let known = self.seen.get(&**text).into_iter().flatten();
            if let Some((.., fit)) = known.into_iter().find(|known| (known.0, known.1) == (answer, schema)) {
                return Some(fit.clone());
            }
        }
        let value = self.value(witness, body)?;
        let fit = Rc::new(match answer {
            Answer::Value(ty) => self.types.fit(&value, ty, schema),
            Answer::Page(ty) => self.types.fit_page(&value, ty, schema),
            Answer::Refused(_) => Fit::default(),
        });
        if let Json::Text(text) = &body.json {
            self.seen.entry(text).or_default().push((answer, schema, fit.clone()));
        }
        Some(fit)
    }

    /// What a body says.
    fn value(&mut self, witness: &Witness, body: &'a Body) -> Option<Cow<'a, Node>> {
        let value = body.value();
        if value.is_none() {
            self.untested(witness, &body.place, "it is no JSON");
        }
        value
    }

    /// Can a type carry it?
    fn is_testable(&mut self, witness: &Witness, body: &Body, fit: &Fit) -> bool {
        if fit.is_incomplete {
            self.untested(witness, &body.place, "a placeholder stands for something that must be there");
        }
        !fit.is_incomplete
    }

    /// The headers that the client or the operation sets.
    fn declared_headers(&self, operation: Operation<'a>) -> Vec<&'a str> {
        let without = &operation.method.operation.without_headers;
        let client = self.package.client.headers.iter().map(|header| header.wire.as_str());
        let client = client.filter(|name| !without.iter().any(|without| without == name));
        let own = operation.facts.parameters.iter().filter(|parameter| parameter.location == ir::Location::Header);
        client.chain(own.map(|parameter| parameter.name.as_str())).collect()
    }

    /// Reports what the types cannot carry; is there nothing of it?
    fn misfits(&mut self, witness: &Witness, operation: Operation<'a>, part: &str, body: &Body, fit: &Fit) -> bool {
        // One place of the document is wrong once, however often it shows.
        let mut by_place: BTreeMap<(&Place, &str, Found), Vec<&Misfit>> = BTreeMap::new();
        for misfit in &fit.misfits {
            by_place.entry((&misfit.declared, misfit.expected, misfit.found)).or_default().push(misfit);
        }
        for misfits in by_place.into_values() {
            let [misfit, more @ ..] = misfits.as_slice() else { continue };
            let what = if misfit.pointer.is_empty() {
                format!("the {part}")
            } else {
                format!("`{}` of the {part}", misfit.pointer)
            };
            let message = format!("{what} is {}; the types expect {}", misfit.found.words(), misfit.expected);
            let facts = &operation.method.operation;
            let mut diagnostic = Diagnostic::new(Code::Witness, message)
                .at(&body.at(&misfit.pointer))
                .fact("operation", format!("`{} {}`", facts.method.name(), facts.path))
                .also("expected here", &misfit.declared);
            if !more.is_empty() {
                diagnostic =
                    diagnostic.fact("more", format!("the same in {} other places of this witness", more.len()));
            }
            if let Some(action) = correction::suggest(misfit, &self.documents) {
                let add =
                    |diagnostic: Diagnostic, (key, text): (&str, String)| diagnostic.fact(key, format!("`{text}`"));
                diagnostic = action.into_iter().fold(diagnostic, add);
                diagnostic = diagnostic
                    .help("if the witness is right, an action of the overlay with this target, these members and an `x-reason` settles it");
            }
            self.say(witness, diagnostic);
        }
        fit.misfits.is_empty()
    }

    fn untested(&mut self, witness: &Witness, place: &Place, why: &str) {
        if witness.origin != Origin::Recording {
            return self.untested.entry((witness.origin, why.to_owned())).or_default().push(place.clone());
        }
        self.diagnostics.push(
            Diagnostic::new(Code::Untested, format!("a part of `{}` makes no test: {why}", witness.name)).at(place),
        );
    }

    /// What was recorded has to fit; what somebody wrote down may be wrong.
    fn say(&mut self, witness: &Witness, diagnostic: Diagnostic) {
        let severity = match witness.origin {
            Origin::Recording => diagnostic.severity,
            Origin::Collection | Origin::Example => diagnostic.severity.max(Severity::Warning),
        };
        self.diagnostics.push(diagnostic.severity(severity));
    }
}

/// The request can not be rebuilt; it was said why.
struct Untested;

impl Fit {
    fn move_below(&mut self, key: &str) {
        let below = |pointer: &mut String| *pointer = format!("/{}{pointer}", crate::node::escape(key));
        self.misfits.iter_mut().for_each(|misfit| below(&mut misfit.pointer));
        self.unknown = std::mem::take(&mut self.unknown)
            .into_iter()
            .map(|mut p| {
                below(&mut p);
                p
            })
            .collect();
        self.blanks.iter_mut().for_each(below);
    }
}

/// The schema of what is answered with a status.
fn answered(facts: &ir::Operation, status: Option<u16>) -> Option<ir::SchemaId> {
    let json = |reply: &ir::Reply| match reply.content {
        Some(ir::Content::Json(schema)) => Some(schema),
        _ => None,
    };
    let exact =
        facts.replies.iter().filter(|reply| status.is_some_and(|status| reply.status == ir::Status::Code(status)));
    exact.filter_map(json).next().or_else(|| facts.replies.iter().find_map(json))
}

fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, text)| text.as_str())
}

/// The type of a query parameter that a setter or an argument takes.
pub(super) fn parameter<'a>(method: &'a rust::Method, name: &str) -> Option<(&'a Type, Option<ir::ListStyle>)> {
    let arguments = method.arguments.iter().map(|Argument { target, .. }| target);
    let setters = method.request.iter().flat_map(|request| request.setters.iter().map(|setter| &setter.target));
    arguments.chain(setters).find_map(|target| match target {
        Target::Query { wire, ty, list } if wire == name => Some((ty, *list)),
        _ => None,
    })
}

/// What stands between the values of a list that is one text.
pub(super) fn separator(list: Option<ir::ListStyle>) -> Option<char> {
    match list? {
        ir::ListStyle::Repeat | ir::ListStyle::Deep => None,
        ir::ListStyle::Comma => Some(','),
        ir::ListStyle::Space => Some(' '),
        ir::ListStyle::Pipe => Some('|'),
    }
}

/// Is this how a client writes a value of this type in a path, a query or a header?
fn is_written(text: &str, ty: &Type) -> bool {
    match ty {
        Type::Bool => matches!(text, "true" | "false"),
        Type::Integer(_) => {
            text.parse::<i64>().is_ok_and(|number| number.to_string() == text)
                || text.parse::<u64>().is_ok_and(|number| number.to_string() == text)
        }
        Type::Decimal | Type::Float => crate::node::Number::parse(text).is_some() && !text.contains(['e', 'E']),
        Type::Date => is_date(text),
        Type::DateTime => is_plain_moment(text),
        Type::When => is_date(text) || is_plain_moment(text),
        _ => true,
    }
}

/// A type in words.
fn kind(ty: &Type) -> &'static str {
    match ty {
        Type::Bool => "`true` or `false`",
        Type::Integer(_) => "a whole number",
        Type::Decimal | Type::Float => "a number",
        Type::Date => "a date",
        Type::DateTime => "a date and time",
        Type::When => "a date, or one with a time",
        _ => "text",
    }
}

/// The statuses that the documents name for a success; none: any is one.
fn statuses(operation: &ir::Operation) -> Vec<u16> {
    let code = |reply: &ir::Reply| match reply.status {
        ir::Status::Code(code) => Some(code),
        ir::Status::AnySuccess => None,
    };
    operation.replies.iter().filter_map(code).collect()
}
