//! Small documents, one feature each.

use super::normalize;
use crate::Documents;
use crate::config::{self, ApiConfig};
use crate::coverage::Coverage;
use crate::diagnostic::{Code, Diagnostic, Diagnostics, Format, render};
use crate::inputs::InputFile;
use crate::ir::{Api, Content, Enumeration, Kind, Resend, SchemaId, Status};
use crate::source::Source;

mod faults;
mod hostile;
mod operations;
mod schemas;

const SETTINGS: &str = "module = 'small'\ntitle = 'Small'\ndocuments = ['a.yaml']\n\
     [server]\nurl = 'https://example.com'\n[[headers]]\nname = 'X-Site'\nsetter = 'site'\n";

/// What comes of documents.
pub(crate) struct Run {
    pub(crate) api: Api,
    pub(crate) coverage: Coverage,
    pub(crate) diagnostics: Vec<Diagnostic>,
    sources: Vec<Source>,
}

pub(crate) fn settings(more: &str) -> ApiConfig {
    let file = InputFile { name: "specs/small/api.toml".into(), bytes: format!("{SETTINGS}{more}").into_bytes() };
    config::read(&file).unwrap_or_else(|faults| panic!("{faults:?}"))
}

/// Normalizes documents. Their books must balance, whatever is wrong with them.
pub(crate) fn run(documents: &[&str]) -> Run {
    let sources: Vec<Source> = documents
        .iter()
        .zip(["a.yaml", "b.yaml"])
        .map(|(text, name)| Source::read(name, text).unwrap_or_else(|fault| panic!("{fault:?}")))
        .collect();
    let mut diagnostics = Diagnostics::new();
    let documents = Documents { sources, ..Documents::default() };
    let (api, coverage) = normalize(&documents, &settings(""), &mut diagnostics);
    assert!(coverage.balances(), "the books do not balance: {coverage:#?}");
    Run { api, coverage, diagnostics: diagnostics.into_vec(), sources: documents.sources }
}

impl Run {
    fn codes(&self) -> Vec<&'static str> {
        self.diagnostics.iter().map(|diagnostic| diagnostic.code.id()).collect()
    }

    fn rendered(&self) -> String {
        render(&self.diagnostics, &self.sources, Format::Human)
    }

    /// Why things were left out.
    fn skipped(&self) -> Vec<String> {
        let parts = self.coverage.parts();
        parts.flat_map(|(_, part)| &part.skipped).map(|skipped| skipped.reason.clone()).collect()
    }

    /// The schema of this name, in short.
    pub(crate) fn schema(&self, name: &str) -> String {
        match self.api.schemas.iter().position(|schema| schema.name.as_deref() == Some(name)) {
            Some(index) => self.inside(SchemaId(index as u32)),
            None => "none".to_owned(),
        }
    }

    /// A schema where it is used: named ones by their name.
    pub(crate) fn used(&self, id: SchemaId) -> String {
        match &self.api.schema(id).name {
            Some(name) => name.clone(),
            None => self.inside(id),
        }
    }

    fn inside(&self, id: SchemaId) -> String {
        let schema = self.api.schema(id);
        let kind = match &schema.kind {
            Kind::Object(object) => {
                let property = |property: &crate::ir::Property| {
                    let flags = [(property.required, "!"), (property.read_only, "r"), (property.write_only, "w")];
                    let flags: String = flags.iter().filter(|(on, _)| *on).map(|(_, flag)| *flag).collect();
                    // A nullable schema shows its own mark.
                    let own = self.api.schema(property.schema);
                    let null = if property.nullable && !(own.nullable && own.name.is_none()) { "?" } else { "" };
                    format!("{}{flags}: {}{null}", property.name, self.used(property.schema))
                };
                let mut members: Vec<String> = object.properties.iter().map(property).collect();
                members.extend(object.additional.map(|id| format!("*: {}", self.used(id))));
                format!("{{{}}}", members.join(", "))
            }
            Kind::Array(item) => format!("[{}]", self.used(*item)),
            Kind::Map(value) => format!("map of {}", self.used(*value)),
            Kind::Enum(Enumeration::Strings(values)) => values.join("|"),
            Kind::Enum(Enumeration::Integers(values)) => format!("{values:?}"),
            Kind::Union(union) => {
                let variant = |variant: &crate::ir::Variant| match variant.tags.as_slice() {
                    [] => self.used(variant.schema),
                    tags => format!("{} = {}", tags.join("|"), self.used(variant.schema)),
                };
                let variants: Vec<String> = union.variants.iter().map(variant).collect();
                let tag = union.tag.iter().map(|tag| format!(" by {tag}")).collect::<String>();
                format!("({}){tag}", variants.join(" or "))
            }
            Kind::Integer(width) => format!("{width:?}"),
            Kind::String(text) => format!("{text:?}"),
            Kind::Decimal { scale: Some(scale) } => format!("Decimal/{scale}"),
            Kind::Decimal { scale: None } => "Decimal".to_owned(),
            other @ (Kind::Any | Kind::Boolean | Kind::Float) => format!("{other:?}"),
        };
        format!("{kind}{}", if schema.nullable { "?" } else { "" })
    }

    fn content(&self, content: &Content) -> String {
        match content {
            Content::Json(id) => format!("json {}", self.used(*id)),
            Content::Form(id) => format!("form {}", self.used(*id)),
            Content::Multipart(id) => format!("multipart {}", self.used(*id)),
            Content::Bytes(media) => format!("bytes {media}"),
            Content::Text(media) => format!("text {media}"),
        }
    }
}
