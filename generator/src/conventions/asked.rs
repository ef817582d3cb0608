//! Query parameters that say which part of the records is asked for, in which order, and from when on.

use super::Ctx;
use crate::config;
use crate::ir::{Kind, Location, Parameter, Takes, Text};

impl Ctx<'_> {
    /// Parameters that name properties of the reply.
    pub(super) fn attributes(&mut self, setting: &config::Attributes) {
        let mut parameters = self.api.operations.iter().flat_map(|operation| &operation.parameters);
        if parameters.any(|parameter| matches!(parameter.takes, Takes::OData(_))) {
            let message =
                "lists take `$filter`, so that properties are named as OData names them, and only so".to_owned();
            self.unused("/conventions/attributes", message);
            return;
        }
        let mut count = self.taking(&setting.parameter, |_| Some(Takes::Attributes { always: setting.always.clone() }));
        if count == 0 {
            let message = format!("no operation has a query parameter `{}`", setting.parameter);
            self.unused("/conventions/attributes/parameter", message);
        }
        if let Some(name) = &setting.nested {
            let nested = self.taking(name, |_| Some(Takes::NestedAttributes));
            if nested == 0 {
                let message = format!("no operation has a query parameter `{name}`");
                self.unused("/conventions/attributes/nested", message);
            }
            count += nested;
        }
        self.counts.insert("attributes".to_owned(), count);
    }

    /// Optional parameters that say what a list is sorted by: the setter of the request knows the keys.
    pub(super) fn sort(&mut self, setting: &config::Sort) {
        let count = self.taking(&setting.parameter, |parameter| {
            let takes = Takes::Sort { descending: setting.descending.clone() };
            (!parameter.values.is_empty() && !parameter.required).then_some(takes)
        });
        let looked_for = format!("no query parameter `{}` says what it may be (`x-sage-values`)", setting.parameter);
        self.applied("sort", count, &looked_for);
    }

    fn taking(&mut self, name: &str, takes: impl Fn(&Parameter) -> Option<Takes>) -> usize {
        let parameters = self.api.operations.iter_mut().flat_map(|operation| &mut operation.parameters);
        let mut count = 0;
        for parameter in parameters.filter(|known| known.name == name && known.location == Location::Query) {
            if let Some(takes) = takes(parameter) {
                parameter.takes = takes;
                count += 1;
            }
        }
        count
    }

    /// Where a moment is wanted, a date stands for its beginning.
    pub(super) fn dates_for_moments(&mut self) {
        let schemas = &self.api.schemas;
        let moment = |parameter: &&mut Parameter| {
            parameter.location == Location::Query
                && matches!(schemas[parameter.schema.0 as usize].kind, Kind::String(Text::DateTime))
        };
        let parameters = self.api.operations.iter_mut().flat_map(|operation| &mut operation.parameters);
        let count = parameters.filter(moment).map(|parameter| parameter.takes = Takes::When).count();
        self.applied("dates-for-moments", count, "no query parameter has the format `date-time`");
    }
}

#[cfg(test)]
mod tests {
    use crate::conventions::apply;
    use crate::diagnostic::Diagnostics;
    use crate::ir::{Api, Takes};
    use crate::normalize::tests::{run, settings};

    const DOCUMENT: &str = "
openapi: 3.0.3
paths:
  /notes:
    get:
      parameters:
        - {name: attributes, in: query, schema: {type: string}}
        - {name: inside, in: query, schema: {type: string}}
        - {name: sort, in: query, x-sage-values: [a, b], schema: {type: string}}
        - {name: order, in: query, schema: {type: string}}
        - {name: since, in: query, schema: {type: string, format: date-time}}
        - {name: x-since, in: header, schema: {type: string, format: date-time}}
      responses: {'204': {description: d}}
    post:
      requestBody: {content: {application/json: {schema: {type: object, properties: {
        file: {type: string, format: byte}, plain: {type: string}, size: {type: integer, maximum: 9}, name: {type: string}}}}}}
      responses: {'204': {description: d}}
  /lists:
    get:
      responses: {'200': {description: d, content: {application/json: {schema: {type: array, items: {type: object, properties: {id: {type: string}}}}}}}}
";

    fn with(text: &str) -> (Api, Vec<String>) {
        let mut run = run(&[DOCUMENT]);
        let mut diagnostics = Diagnostics::new();
        apply(&mut run.api, &settings(text), &mut diagnostics);
        let unused = diagnostics.into_vec().into_iter().filter(|diagnostic| diagnostic.code.id() == "D341");
        let places = unused.filter_map(|diagnostic| Some(diagnostic.place.as_ref()?.pointer.clone())).collect();
        (run.api, places)
    }

    #[test]
    fn parameters_take_what_the_conventions_say() {
        let (api, unused) = with(
            "[conventions.attributes]\nparameter = 'attributes'\nnested = 'inside'\n\
             [conventions.sort]\nparameter = 'sort'\ndescending = ':desc'\n[conventions.dates-for-moments]\n",
        );
        assert!(unused.is_empty(), "{unused:?}");
        let takes: Vec<&Takes> = api.operations[0].parameters.iter().map(|parameter| &parameter.takes).collect();
        let sort = Takes::Sort { descending: ":desc".into() };
        let attributes = Takes::Attributes { always: Vec::new() };
        let text = &Takes::Schema;
        assert_eq!(takes, [&attributes, &Takes::NestedAttributes, &sort, text, &Takes::When, text]);
    }

    #[test]
    fn what_finds_nothing_is_named() {
        let file = |property: &str, size: &str| {
            let names = format!("property = '{property}'\nsize = '{size}'\nname = 'name'\nmedia-type = 'plain'\n");
            format!("[[files]]\noperations = ['POST /notes']\n{names}")
        };
        for (text, place) in [
            (
                "[conventions.attributes]\nparameter = 'x'\nnested = 'inside'\n",
                Some("/conventions/attributes/parameter"),
            ),
            (
                "[conventions.attributes]\nparameter = 'attributes'\nnested = 'x'\n",
                Some("/conventions/attributes/nested"),
            ),
            // OData has its own way to name properties.
            (
                "[conventions.query-options]\nlist = ['$filter']\nsingle = []\n\
                 [conventions.attributes]\nparameter = 'attributes'\n",
                Some("/conventions/attributes"),
            ),
            // It has no values.
            ("[conventions.sort]\nparameter = 'order'\ndescending = ':desc'\n", Some("/conventions/sort")),
            ("[values.note]\nof = ['plain', 'x']\nvalues = ['A']\n", Some("/values/note/of/1")),
            ("[values.note]\nof = ['plain']\nvalues = []\n", Some("/values/note")),
            ("[values.note]\nof = ['plain', 'order']\nvalues = ['A']\n", None),
            (&file("file", "size"), None),
            (&file("plain", "size"), Some("/files/0/operations/0")),
            (&file("file", "plain"), Some("/files/0/operations/0")),
            (&file("file", "x"), Some("/files/0/operations/0")),
            (&file("file", "size").replace("POST /", "PUT /"), Some("/files/0/operations/0")),
        ] {
            assert_eq!(with(text).1, place.into_iter().collect::<Vec<_>>(), "{text}");
        }
        let second = "[operations]\n'GET /notes' = { method = 'a', does = 'A', also = { method = 'b', does = 'B', with = ['x'] } }\n";
        assert_eq!(with(second).1, ["/operations/GET ~1notes/also/with"]);
    }
}
