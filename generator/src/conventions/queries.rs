//! Query parameters that the service knows and no document declares.

use super::Ctx;
use crate::config;
use crate::ir::{Integer, Kind, Limits, ListStyle, Location, Method, OData, Parameter, Schema, Takes, Terms, Text};

impl Ctx<'_> {
    /// Options for GETs: those of lists for arrays, those of single records for objects.
    pub(super) fn query_options(&mut self, setting: &config::QueryOptions) {
        let mut count = 0;
        for (name, options) in [("list", &setting.list), ("single", &setting.single)] {
            let parameters: Vec<Parameter> = options
                .iter()
                .enumerate()
                .map(|(index, option)| self.option(&format!("/conventions/query-options/{name}/{index}"), option))
                .collect();
            for (at, parameter) in parameters.iter().enumerate() {
                let added = self.add_option(name == "list", parameter);
                if added == 0 {
                    let message = format!("no GET takes the query option `{}`", parameter.name);
                    self.unused(&format!("/conventions/query-options/{name}/{at}"), message);
                }
                count += added;
            }
        }
        self.applied("query-options", count, "no GET takes one of them");
    }

    /// Adds the option to every GET that does not declare it, and says to how many.
    fn add_option(&mut self, list: bool, option: &Parameter) -> usize {
        let mut added = 0;
        for index in 0..self.api.operations.len() {
            let operation = &self.api.operations[index];
            let fits = match list {
                true => self.is_list(index),
                false => {
                    operation.method == Method::Get
                        && self.replies_with(operation, |kind| matches!(kind, Kind::Object(_)))
                }
            };
            if fits && operation.parameters.iter().all(|known| known.name != option.name) {
                self.api.operations[index].parameters.push(option.clone());
                added += 1;
            }
        }
        added
    }

    /// What the option takes: where lists take conditions as OData writes them, properties as OData names them.
    fn takes(&self, name: &str) -> Takes {
        let options = self.config.conventions.query_options.as_ref();
        if !options.is_some_and(|options| options.list.iter().any(|option| option == "$filter")) {
            return Takes::Schema;
        }
        match name {
            "$select" => Takes::OData(OData::Select),
            "$filter" => Takes::OData(OData::Filter),
            "$orderby" => Takes::OData(OData::OrderBy),
            "$expand" => Takes::OData(OData::Expand),
            _ => Takes::Schema,
        }
    }

    /// `$top:integer`
    fn option(&mut self, pointer: &str, option: &str) -> Parameter {
        let (name, kind) = match option.split_once(':') {
            Some((name, "integer")) => (name, Kind::Integer(Integer::I64)),
            Some((name, "boolean")) => (name, Kind::Boolean),
            Some((name, _)) => (name, Kind::String(Text::Plain)),
            None => (option, Kind::String(Text::Plain)),
        };
        let place = self.config.place(pointer);
        let schema = self.add(Schema {
            place: place.clone(),
            name: None,
            kind,
            nullable: false,
            limits: Limits::default(),
            terms: Terms::default(),
            description: None,
        });
        Parameter {
            name: name.to_owned(),
            place,
            location: Location::Query,
            schema,
            required: false,
            list: ListStyle::Comma,
            deprecated: false,
            default: None,
            values: Vec::new(),
            takes: self.takes(name),
            meaning: None,
            description: None,
        }
    }
}
