//! Parameters: those of the path item and of the operation together, each where it goes.

use indexmap::IndexMap;
use openapiv3 as oa;

use super::at::At;
use super::beside::Beside;
use super::{Code, Ctx, Reason, shallow};
use crate::ir::{Kind, ListStyle, Location, Parameter, Path, Text};
use crate::source::Place;

/// Headers that OpenAPI leaves to the bodies and to authentication.
const RULED: [&str; 3] = ["accept", "content-type", "authorization"];

/// What a parameter is known by. The names of headers are the same in capitals.
fn key(location: Location, name: &str) -> (Location, String) {
    (location, if location == Location::Header { name.to_ascii_lowercase() } else { name.to_owned() })
}

/// A declared parameter, not converted yet.
struct Declared<'a> {
    at: At<'a>,
    parsed: oa::Parameter,
}

/// What an operation's parameters come to.
pub(super) struct Parameters {
    pub(super) path: Path,
    pub(super) others: Vec<Parameter>,
}

impl<'a> Ctx<'a> {
    /// The parameters of the operation at `operation`, inside the path item at `item`.
    pub(super) fn parameters(
        &mut self,
        template: &str,
        item: &At<'a>,
        operation: &At<'a>,
        beside: &[At<'a>],
    ) -> Result<Parameters, Reason> {
        let names = super::path::parameters(template)?;
        let mut in_path: IndexMap<String, Parameter> = IndexMap::new();
        let mut others = Vec::new();
        for ((location, name), declared) in self.declared(item, operation, beside)? {
            let required = location == Location::Path || data(&declared.parsed).required;
            match self.parameter(&names, location, &declared) {
                Ok(parameter) if location == Location::Path => {
                    in_path.insert(name, parameter);
                }
                Ok(parameter) => others.push(parameter),
                Err(Left::Out(reason)) => self.skip_parameter(operation, location, &name, &declared.at.place, reason),
                Err(Left::Bad(reason)) if required => return Err(format!("parameter `{name}`: {reason}")),
                Err(Left::Bad(reason)) => self.skip_parameter(operation, location, &name, &declared.at.place, reason),
            }
        }
        let mut ordered = Vec::new();
        for name in names {
            let parameter = match in_path.shift_remove(name) {
                Some(parameter) => parameter,
                None => self.undeclared(name, &operation.place),
            };
            ordered.push(parameter);
        }
        Ok(Parameters { path: Path { template: template.to_owned(), parameters: ordered }, others })
    }

    fn skip_parameter(&mut self, operation: &At<'a>, location: Location, name: &str, place: &Place, reason: Reason) {
        self.skip(place, reason.clone());
        self.skipped_parameters
            .insert((operation.place.clone(), crate::coverage::location(location), name.to_owned()), reason);
    }

    /// What is declared: the operation's own, over those of the path item.
    fn declared(
        &mut self,
        item: &At<'a>,
        operation: &At<'a>,
        others: &[At<'a>],
    ) -> Result<IndexMap<(Location, String), Declared<'a>>, Reason> {
        let mut all = IndexMap::new();
        for holder in [item, operation] {
            let mut own = IndexMap::new();
            for at in holder.child("parameters").iter().flat_map(At::items) {
                let Some(declared) = self.declaration(operation, &at)? else { continue };
                let key = (location(&declared.parsed), data(&declared.parsed).name.clone());
                if own.contains_key(&key) {
                    let message = format!("parameter `{}` is declared twice", key.1);
                    self.report.say(Code::DuplicateParameter, &at.place, message);
                    continue;
                }
                own.insert(key, declared);
            }
            all.extend(own);
        }
        for other in others.iter().filter(|other| other.place != operation.place) {
            self.join_declared(operation, other, &mut all)?;
        }
        Ok(all)
    }

    /// Adds what a collection has beside.
    fn join_declared(
        &mut self,
        operation: &At<'a>,
        other: &At<'a>,
        all: &mut IndexMap<(Location, String), Declared<'a>>,
    ) -> Result<(), Reason> {
        let mut known: IndexMap<(Location, String), String> = IndexMap::new();
        for (location, name) in all.keys() {
            known.entry(key(*location, name)).or_insert_with(|| name.clone());
        }
        for at in other.child("parameters").iter().flat_map(At::items) {
            let Some(declared) = self.declaration(operation, &at)? else { continue };
            let (location, name) = (location(&declared.parsed), data(&declared.parsed).name.clone());
            match known.get(&key(location, &name)) {
                Some(known) => {
                    let (operation, name) = (operation.place.clone(), known.clone());
                    self.twice.push(super::join::Twice { operation, location, name, seen: declared.at });
                }
                None => {
                    known.insert(key(location, &name), name.clone());
                    all.insert((location, name), declared);
                }
            }
        }
        Ok(())
    }

    /// One declaration, or `None` where it cannot be read and is not needed.
    fn declaration(&mut self, operation: &At<'a>, at: &At<'a>) -> Result<Option<Declared<'a>>, Reason> {
        let at = self.target(at)?;
        let error = match shallow::parameter(at.node) {
            Ok(parsed) => return Ok(Some(Declared { at, parsed })),
            Err(error) => error,
        };
        let name = at.node.text("name").unwrap_or("?");
        let reason = format!("parameter `{name}` cannot be read: {}", super::report::plain(&error));
        self.report.say(Code::Parameter, &at.place, reason.clone());
        let place = at.node.text("in").unwrap_or_default();
        let needed = place == "path" || at.node.get("required").and_then(crate::node::Node::as_bool).unwrap_or(false);
        if needed {
            return Err(reason);
        }
        self.skip(&at.place, reason.clone());
        let word = crate::coverage::location_word(place);
        self.skipped_parameters.insert((operation.place.clone(), word, name.to_owned()), reason);
        Ok(None)
    }

    /// Follows references to a parameter, body or reply.
    pub(super) fn target(&mut self, at: &At<'a>) -> Result<At<'a>, Reason> {
        let mut at = at.clone();
        let mut steps = 0;
        while let Some(reference) = at.node.reference() {
            at = self.resolve(&at, reference)?;
            steps += 1;
            if steps > super::at::LONGEST_CHAIN {
                let reason = "references lead round in a circle, or through too many others".to_owned();
                self.report.say(Code::ReferenceCycle, &at.place, reason.clone());
                return Err(reason);
            }
        }
        Ok(at)
    }

    fn parameter(&mut self, names: &[&str], location: Location, declared: &Declared<'a>) -> Result<Parameter, Left> {
        let (at, parsed) = (&declared.at, data(&declared.parsed));
        self.left_to_client(location, &parsed.name, at)?;
        if location == Location::Path && !names.contains(&parsed.name.as_str()) {
            let reason = format!("path parameter `{}` does not stand in the path", parsed.name);
            self.report.say(Code::StrayParameter, &at.place, reason.clone());
            return Err(Left::Out(reason));
        }
        let list = self.list_style(at, &declared.parsed).map_err(Left::Bad)?;
        let (schema, beside) = self.parameter_schema(at).map_err(Left::Bad)?;
        Ok(Parameter {
            name: parsed.name.clone(),
            place: at.place.clone(),
            location,
            schema,
            required: location == Location::Path || parsed.required,
            list,
            deprecated: parsed.deprecated.unwrap_or(false) || beside.deprecated,
            default: at.node.pointer("/schema/default").cloned(),
            values: words(at.node.get("x-sage-values")),
            takes: crate::ir::Takes::Schema,
            meaning: None,
            description: parsed.description.clone(),
        })
    }

    fn parameter_schema(&mut self, at: &At<'a>) -> Result<(crate::ir::SchemaId, Beside), Reason> {
        if let Some(schema) = at.child("schema") {
            let used = self.schema(&schema)?;
            return Ok((used.id, used.beside));
        }
        let message = "parameter is an encoded document, and is taken as text";
        self.report.say(Code::ParameterContent, &at.place, message);
        if let Some(content) = at.child("content") {
            self.skip(&content.place, "the parameter is taken as encoded text".to_owned());
        }
        let media =
            at.node.get("content").and_then(crate::node::Node::as_object).and_then(|content| content.keys().next());
        let phrase = media.map(|media| format!("encoded as `{media}`"));
        Ok((self.invent(&at.place, Kind::String(Text::Plain), phrase.as_deref()), Beside::default()))
    }

    fn undeclared(&mut self, name: &str, place: &Place) -> Parameter {
        let message = format!("path parameter `{name}` is not declared, and is taken to be text");
        // Several may be missing at one place, and each is to be said.
        self.report.say(Code::UndeclaredParameter, &place.child("parameters").child(name), message);
        Parameter {
            name: name.to_owned(),
            place: place.clone(),
            location: Location::Path,
            schema: self.invent(place, Kind::String(Text::Plain), None),
            required: true,
            list: ListStyle::Comma,
            deprecated: false,
            default: None,
            values: Vec::new(),
            takes: crate::ir::Takes::Schema,
            meaning: None,
            description: None,
        }
    }

    /// Cookies are not supported, and some headers are the client's.
    fn left_to_client(&mut self, location: Location, name: &str, at: &At<'a>) -> Result<(), Left> {
        let of_client = |name: &str| self.config.headers.iter().any(|header| header.name.eq_ignore_ascii_case(name));
        let reason = match location {
            Location::Cookie => format!("cookie `{name}`: cookies are not supported"),
            Location::Header if RULED.contains(&name.to_ascii_lowercase().as_str()) => {
                format!("header `{name}` is set by the client, from the bodies and the credentials")
            }
            Location::Header if of_client(name) => format!("header `{name}` is set on the client, for all requests"),
            Location::Header | Location::Path | Location::Query => return Ok(()),
        };
        self.report.say(Code::SkippedParameter, &at.place, reason.clone());
        Err(Left::Out(reason))
    }

    fn list_style(&mut self, at: &At<'a>, parameter: &oa::Parameter) -> Result<ListStyle, Reason> {
        let explode = data(parameter).explode;
        Ok(match parameter {
            oa::Parameter::Query { style, .. } => match style {
                oa::QueryStyle::Form if explode.unwrap_or(true) => ListStyle::Repeat,
                oa::QueryStyle::Form => ListStyle::Comma,
                oa::QueryStyle::SpaceDelimited => ListStyle::Space,
                oa::QueryStyle::PipeDelimited => ListStyle::Pipe,
                oa::QueryStyle::DeepObject => ListStyle::Deep,
            },
            oa::Parameter::Path { style: oa::PathStyle::Matrix | oa::PathStyle::Label, .. } => {
                let reason = "path parameters are supported in style `simple` only".to_owned();
                self.report.say(Code::ParameterStyle, &at.place, reason.clone());
                return Err(reason);
            }
            oa::Parameter::Path { .. } | oa::Parameter::Header { .. } | oa::Parameter::Cookie { .. } => {
                ListStyle::Comma
            }
        })
    }
}

/// Why there is no parameter.
enum Left {
    /// Nobody needs it.
    Out(Reason),
    /// It cannot be had.
    Bad(Reason),
}

fn data(parameter: &oa::Parameter) -> &oa::ParameterData {
    parameter.parameter_data_ref()
}

fn location(parameter: &oa::Parameter) -> Location {
    match parameter {
        oa::Parameter::Query { .. } => Location::Query,
        oa::Parameter::Header { .. } => Location::Header,
        oa::Parameter::Path { .. } => Location::Path,
        oa::Parameter::Cookie { .. } => Location::Cookie,
    }
}

/// A list of words.
fn words(node: Option<&crate::node::Node>) -> Vec<String> {
    let words = node.and_then(crate::node::Node::as_array).unwrap_or_default();
    words.iter().filter_map(crate::node::Node::as_str).map(str::to_owned).collect()
}
