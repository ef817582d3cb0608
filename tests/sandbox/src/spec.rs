//! What each service offers: the generator's model of its documents, and what the sandbox derives from paths.

mod derive;
mod names;

use std::collections::HashSet;
use std::sync::OnceLock;

use indexmap::IndexMap;
use sage_codegen::ir::{self, Kind, SchemaId};
use sage_codegen::{ApiInput, InputFile};

use crate::Api;

pub(crate) use names::{plural_of, singular, words};

/// Every file of `specs/`: API, name, bytes.
static FILES: &[(&str, &str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/specs.rs"));

/// Documents nest, and so do the types that are made of them; the stack is only reserved, not taken.
const STACK: usize = 64 << 20;

/// One service, as its documents describe it.
#[derive(Debug)]
pub(crate) struct Spec {
    pub(crate) service: Api,
    pub(crate) ir: ir::Api,
    /// What the sandbox does for each operation of the document, by the same index.
    pub(crate) routes: Vec<Route>,
    /// The collections, by the word that they have in paths.
    pub(crate) resources: IndexMap<String, Resource>,
    /// Properties that are empty unless `$expand` names them: owner and name.
    slots: HashSet<(SchemaId, String)>,
}

/// An operation as the sandbox sees it.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) segments: Vec<Segment>,
    pub(crate) action: Action,
    /// The collection that it is about, or the word of an action.
    pub(crate) resource: String,
    /// The collections above, and where in the path the id of each stands.
    pub(crate) parents: Vec<(String, usize)>,
    /// What it answers with, if that is JSON.
    pub(crate) reply: Option<SchemaId>,
    /// The status of a success.
    pub(crate) status: u16,
}

/// A part of a path template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Segment {
    Word(String),
    Parameter,
}

/// What an operation does to what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    List,
    Get,
    Create,
    Update,
    /// Several at once.
    UpdateAll,
    Delete,
    /// Gets the only one there is.
    GetOnly,
    UpdateOnly,
    /// Gets a part of a record that is no record itself.
    Part,
    /// Gets the bytes of a record.
    File,
    /// Does something to a record: `/{key}/release`.
    Act,
    /// Writes an entry into a ledger and answers with its number.
    Post,
    /// Answers with something that is not kept.
    Compute,
}

/// A collection of records.
#[derive(Debug, Clone)]
pub(crate) struct Resource {
    /// The schema of a record.
    pub(crate) entity: SchemaId,
    /// The body that makes one, if a client may.
    pub(crate) creation: Option<SchemaId>,
    /// There is one of it, at its path.
    pub(crate) only: bool,
}

impl Spec {
    /// The service's model: read once in a process.
    pub(crate) fn of(service: Api) -> &'static Self {
        static LOADED: [OnceLock<Spec>; 3] = [const { OnceLock::new() }; 3];
        LOADED[service as usize].get_or_init(|| {
            let load = move || Spec::load(service);
            let thread = std::thread::Builder::new().stack_size(STACK).spawn(load);
            let loaded = thread
                .map_err(|error| error.to_string())
                .and_then(|thread| thread.join().unwrap_or_else(|_| Err("the generator failed".to_owned())));
            // They are embedded, and generate the clients: what is wrong with them is wrong at build time.
            loaded.unwrap_or_else(|error| panic!("the specs of {service:?} cannot be read: {error}"))
        })
    }

    fn load(service: Api) -> Result<Self, String> {
        let ir = sage_codegen::model(&input(service.folder())?).map_err(|diagnostics| {
            let messages: Vec<String> = diagnostics.into_iter().map(|diagnostic| diagnostic.message).collect();
            messages.join("; ")
        })?;
        Ok(Self::new(service, ir))
    }

    fn new(service: Api, ir: ir::Api) -> Self {
        let routes: Vec<Route> = ir.operations.iter().map(|operation| derive::route(&ir, operation)).collect();
        let resources = derive::resources(&ir, &routes);
        let slots = slots(&ir);
        Self { service, ir, routes, resources, slots }
    }

    /// The operation for a method and a path, or what is wrong: no such path, or one with other methods.
    /// `beside`: below the base URL beside the service's, as [`ir::Operation::beside`].
    pub(crate) fn find(&self, method: &str, path: &str, beside: bool) -> Found {
        let parts: Vec<&str> = path.strip_prefix('/').unwrap_or(path).split('/').collect();
        let fits = |route: &Route| {
            route.segments.len() == parts.len()
                && route.segments.iter().zip(&parts).all(|(segment, part)| match segment {
                    Segment::Word(word) => word == part,
                    Segment::Parameter => !part.is_empty(),
                })
        };
        let mut other = false;
        let mut best: Option<(usize, usize)> = None;
        for (index, route) in self.routes.iter().enumerate().filter(|(_, route)| fits(route)) {
            if self.ir.operations[index].beside.is_some() != beside {
                continue;
            }
            if self.ir.operations[index].method.name() != method {
                other = true;
                continue;
            }
            let parameters = route.segments.iter().filter(|segment| **segment == Segment::Parameter).count();
            if best.is_none_or(|(_, least)| parameters < least) {
                best = Some((index, parameters));
            }
        }
        match best {
            Some((index, _)) => Found::Operation(index),
            None if other => Found::OtherMethod,
            None => Found::Nothing,
        }
    }

    /// Below how many records of others this collection is listed or made, at least; `None`: nothing but an id leads to what
    /// is in it.
    pub(crate) fn level(&self, resource: &str) -> Option<usize> {
        let finds =
            |route: &&Route| matches!(route.action, Action::List | Action::Create) && route.resource == resource;
        self.routes.iter().filter(finds).map(|route| route.parents.len()).min()
    }

    /// The properties of a schema, if it is an object.
    pub(crate) fn properties(&self, schema: SchemaId) -> &[ir::Property] {
        match &self.ir.schema(schema).kind {
            Kind::Object(object) => &object.properties,
            _ => &[],
        }
    }

    /// The property of this name.
    pub(crate) fn property(&self, schema: SchemaId, name: &str) -> Option<&ir::Property> {
        self.properties(schema).iter().find(|property| property.name == name)
    }

    /// The items of a schema, if it is a list.
    pub(crate) fn item(&self, schema: SchemaId) -> Option<SchemaId> {
        match self.ir.schema(schema).kind {
            Kind::Array(item) => Some(item),
            _ => None,
        }
    }

    pub(crate) fn is_object(&self, schema: SchemaId) -> bool {
        matches!(self.ir.schema(schema).kind, Kind::Object(_))
    }

    /// The schema of the record that an operation makes or changes.
    pub(crate) fn record(&self, index: usize) -> Option<SchemaId> {
        let route = &self.routes[index];
        let writes = matches!(route.action, Action::Create | Action::Update | Action::UpdateOnly);
        writes.then(|| self.resources.get(&route.resource)).flatten().map(|resource| resource.entity)
    }

    /// Is this property empty unless `$expand` names it?
    pub(crate) fn is_slot(&self, owner: SchemaId, name: &str) -> bool {
        self.slots.contains(&(owner, name.to_owned()))
    }

    /// The collection that ids of this name lead to: `default_sales_ledger_account` leads to `ledger_accounts`.
    pub(crate) fn target(&self, name: &str) -> Option<&str> {
        let fits = |resource: &&String| {
            let singular = singular(resource);
            name.strip_suffix(singular.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
        };
        let found = self.resources.iter().filter(|(_, resource)| !resource.only).map(|(name, _)| name).filter(fits);
        found.max_by_key(|name| name.len()).map(String::as_str)
    }

    /// The collection of records of this schema.
    pub(crate) fn home(&self, schema: SchemaId) -> Option<&str> {
        self.resources.iter().find(|(_, resource)| resource.entity == schema).map(|(name, _)| name.as_str())
    }
}

/// What [`Spec::find`] found.
pub(crate) enum Found {
    Operation(usize),
    OtherMethod,
    Nothing,
}

fn input(folder: &str) -> Result<ApiInput, String> {
    let file = |(_, name, bytes): &(&str, &str, &[u8])| InputFile { name: (*name).into(), bytes: bytes.to_vec() };
    let of_folder = || FILES.iter().filter(move |(api, ..)| *api == folder);
    let is_config = |(_, name, _): &&(&str, &str, &[u8])| name.ends_with("/api.toml");
    let config = of_folder().find(is_config).map(file).ok_or_else(|| format!("specs/{folder}/api.toml is missing"))?;
    let files = of_folder().filter(|entry| !is_config(entry)).map(file).collect();
    Ok(ApiInput { name: folder.to_owned(), config, files })
}

/// The properties whose objects, or whose items, have no properties in the documents: conventions gave them those of
/// the record that they stand for.
fn slots(ir: &ir::Api) -> HashSet<(SchemaId, String)> {
    let absorbed: HashSet<String> = ir.absorbed.iter().map(ToString::to_string).collect();
    let mut slots = HashSet::new();
    for (index, schema) in ir.schemas.iter().enumerate() {
        let Kind::Object(object) = &schema.kind else { continue };
        let owner = SchemaId(u32::try_from(index).unwrap_or(u32::MAX));
        for property in &object.properties {
            let empty = |schema: SchemaId| match &ir.schema(schema).kind {
                Kind::Object(object) => object.properties.is_empty() && object.additional.is_none(),
                _ => false,
            };
            let open = match ir.schema(property.schema).kind {
                Kind::Array(item) => empty(item),
                _ => empty(property.schema),
            };
            let place = property.place.to_string();
            if open || absorbed.contains(&place) || absorbed.contains(&format!("{place}/items")) {
                slots.insert((owner, property.name.clone()));
            }
        }
    }
    slots
}
