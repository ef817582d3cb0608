//! The second balance: what of the IR is in the package that is printed.

use std::collections::{BTreeMap, BTreeSet};

use super::requests::Kept;
use super::{Coverage, Part, Skipped, location};
use crate::ir::{self, Kind, Location, SchemaId};
use crate::lower::Lowered;
use crate::normalize::path_parameters;
use crate::ordered;
use crate::rust::{Item, Method, Package, Target};
use crate::source::Place;

/// Why most is left out.
const UNREACHED: &str = "no parameter, body or success of an operation reaches it";

/// Balances what of the documents is in the IR against what was made of the IR. Of schemas and properties that no
/// operation reaches nothing is made, and they are counted as skipped; whatever else is missing is unaccounted.
pub fn settle(coverage: &mut Coverage, api: &ir::Api, lowered: &Lowered) {
    let held = std::mem::take(&mut coverage.held);
    let methods = Methods::of(&lowered.package);
    let operation =
        |place: &Place| if methods.0.contains_key(place.to_string().as_str()) { Fate::Made } else { Fate::Lost };
    settle_part(&mut coverage.operations, held.operations.into_iter().map(|place| (operation(&place), place)));
    let parameters = held.parameters.into_iter().map(|((operation, location, name), place)| {
        (if methods.takes(&operation, location, &name) { Fate::Made } else { Fate::Lost }, place)
    });
    settle_part(&mut coverage.parameters, parameters);
    let mut collections: [Vec<(Fate, Place)>; 6] = Default::default();
    for (which, place, kept) in held.kept {
        let made = match kept {
            Kept::Operation(place) => methods.0.contains_key(place.to_string().as_str()),
            Kept::Parameter((operation, location, name)) => methods.takes(&operation, location, &name),
            Kept::Body(place) => methods.take_body(&place),
        };
        collections[which].push((if made { Fate::Made } else { Fate::Lost }, place));
    }
    for (part, held) in coverage.collections_mut().into_iter().zip(collections) {
        settle_part(part, held.into_iter());
    }
    let fates = Fates::of(api, lowered);
    settle_part(&mut coverage.schemas, held.schemas.into_iter().map(|place| (fates.schema(&place), place)));
    settle_part(&mut coverage.properties, held.properties.into_iter().map(|place| (fates.property(&place), place)));
}

/// What became of something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is in the package.
    Made,
    /// It is not, for a reason.
    Left(&'static str),
    /// It is not, and should be.
    Lost,
}

impl Fate {
    /// Of several occurrences of one place the luckiest counts; a loss is told before a reason.
    fn rank(self) -> u8 {
        match self {
            Fate::Made => 0,
            Fate::Lost => 1,
            Fate::Left(_) => 2,
        }
    }
}

fn settle_part(part: &mut Part, held: impl Iterator<Item = (Fate, Place)>) {
    for (fate, place) in held {
        match fate {
            Fate::Made => continue,
            Fate::Left(reason) => part.skipped.push(Skipped { place, reason: reason.to_owned() }),
            Fate::Lost => part.unaccounted.push(place),
        }
        part.emitted -= 1;
    }
}

/// The methods, by the places of their operations.
struct Methods<'a>(BTreeMap<&'a str, &'a Method>);

impl<'a> Methods<'a> {
    fn of(package: &'a Package) -> Self {
        let methods = package.resources.iter().flat_map(|resource| &resource.methods);
        Self(ordered::map(methods.map(|method| (method.operation.place.as_str(), method))))
    }

    /// Can a body be given, if there may be something in it?
    fn take_body(&self, operation: &Place) -> bool {
        let given = |target: &Target| matches!(target, Target::Body(_));
        self.0
            .get(operation.to_string().as_str())
            .is_some_and(|method| method.empty_body || method.arguments.iter().any(|argument| given(&argument.target)))
    }

    /// Can this parameter be given? Parts of the path have no names in the package: there must be an argument for each.
    fn takes(&self, operation: &Place, place: &'static str, name: &str) -> bool {
        let Some(method) = self.0.get(operation.to_string().as_str()) else { return false };
        let arguments = method.arguments.iter().map(|argument| &argument.target);
        if place == location(Location::Path) {
            let given = arguments.filter(|target| matches!(target, Target::Path(_))).count();
            // What stands at several places of a path is given once.
            let names = path_parameters(&method.operation.path).map(|names| names.len());
            return names == Ok(given);
        }
        let setters = method.request.iter().flat_map(|request| &request.setters).map(|setter| &setter.target);
        arguments.chain(setters).any(|target| match target {
            Target::Query { wire, .. } | Target::Deep { wire, .. } => {
                place == location(Location::Query) && wire == name
            }
            Target::Header { wire, .. } => place == location(Location::Header) && wire == name,
            Target::Cookie { wire, .. } => place == location(Location::Cookie) && wire == name,
            Target::Path(_) | Target::Body(_) => false,
        })
    }
}

/// What became of schemas and their properties, by place.
struct Fates<'a> {
    schemas: BTreeMap<&'a Place, Fate>,
    properties: BTreeMap<&'a Place, Fate>,
    /// Those that a convention made a part of something else.
    absorbed: BTreeSet<&'a Place>,
}

impl<'a> Fates<'a> {
    fn of(api: &'a ir::Api, lowered: &Lowered) -> Self {
        let mut items: BTreeMap<&str, &Item> = BTreeMap::new();
        for item in lowered.package.models.iter().flat_map(|file| &file.items) {
            items.insert(item.name().as_str(), item);
        }
        let mut fates =
            Self { schemas: BTreeMap::new(), properties: BTreeMap::new(), absorbed: ordered::set(&api.absorbed) };
        for (schema, id) in api.schemas.iter().zip((0..).map(SchemaId)) {
            let names = lowered.models.get(&id).map(Vec::as_slice).unwrap_or_default();
            let made: Vec<&Item> = names.iter().filter_map(|name| items.get(name.as_str()).copied()).collect();
            let reached = lowered.reached.contains(&id);
            keep(&mut fates.schemas, &schema.place, schema_fate(schema, reached, made.len(), names.len()));
            if let Kind::Object(object) = &schema.kind {
                let wires: BTreeSet<&str> = ordered::set(made.iter().flat_map(|item| wires(item)));
                for property in &object.properties {
                    keep(&mut fates.properties, &property.place, property_fate(property, reached, &wires));
                }
            }
        }
        fates.join(api);
        fates
    }

    /// A schema that others join (`allOf`) is in the package with them.
    fn join(&mut self, api: &'a ir::Api) {
        for schema in &api.schemas {
            let Kind::Object(object) = &schema.kind else { continue };
            let mut properties = object.properties.iter().map(|property| self.properties.get(&property.place));
            if !object.properties.is_empty() && properties.all(|fate| fate == Some(&Fate::Made)) {
                keep(&mut self.schemas, &schema.place, Fate::Made);
            }
        }
    }

    fn schema(&self, place: &Place) -> Fate {
        if self.absorbed.contains(place) {
            return Fate::Made;
        }
        self.schemas.get(place).copied().unwrap_or_else(|| self.around(place))
    }

    fn property(&self, place: &Place) -> Fate {
        if self.absorbed.contains(place) {
            return Fate::Made;
        }
        self.properties.get(place).copied().unwrap_or_else(|| self.around(place))
    }

    /// What normalizing made a part of something else shares the fate of that.
    fn around(&self, place: &Place) -> Fate {
        let mut around = place.clone();
        while let Some(slash) = around.pointer.rfind('/') {
            around.pointer.truncate(slash);
            if let Some(fate) = self.schemas.get(&around) {
                return *fate;
            }
        }
        Fate::Made
    }
}

fn keep<'a>(fates: &mut BTreeMap<&'a Place, Fate>, place: &'a Place, fate: Fate) {
    let known = fates.entry(place).or_insert(fate);
    if fate.rank() < known.rank() {
        *known = fate;
    }
}

/// Values without a name of their own are types of fields and arguments; the others are models.
fn schema_fate(schema: &ir::Schema, reached: bool, made: usize, named: usize) -> Fate {
    let is_model = match &schema.kind {
        Kind::Enum(_) | Kind::Union(_) => true,
        Kind::Object(object) => !object.properties.is_empty(),
        _ => false,
    };
    match (reached, is_model) {
        (false, _) => Fate::Left(UNREACHED),
        (true, true) if made == 0 || made < named => Fate::Lost,
        (true, _) => Fate::Made,
    }
}

fn property_fate(property: &ir::Property, reached: bool, wires: &BTreeSet<&str>) -> Fate {
    if wires.contains(property.name.as_str()) {
        return Fate::Made;
    }
    match (reached, property.read_only, property.write_only) {
        (false, ..) => Fate::Left(UNREACHED),
        (true, true, _) => Fate::Left("it is read-only, and its object is only sent"),
        (true, _, true) => Fate::Left("it is write-only, and its object is only answered"),
        (true, false, false) => Fate::Lost,
    }
}

/// The properties that a model has.
fn wires(item: &Item) -> Vec<&str> {
    match item {
        Item::Struct(item) => item.fields.iter().map(|field| field.wire.as_str()).collect(),
        Item::Enum(_) | Item::Union(_) => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::settle;
    use crate::conventions;
    use crate::coverage::Coverage;
    use crate::diagnostic::Diagnostics;
    use crate::lower::{Lowered, lower};
    use crate::names::Lock;
    use crate::normalize::tests::{run, settings};
    use crate::rust::Item;

    const DOCUMENT: &str = "
openapi: 3.0.3
paths:
  /pets:
    parameters: [{name: h, in: header, schema: {type: string}}]
    get:
      parameters: [{name: q, in: query, schema: {type: string}}]
      responses: {'200': {content: {application/json: {schema: {$ref: '#/components/schemas/Pet'}}}}}
    post:
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/New'}}}}
      responses: {'204': {description: d}}
components:
  schemas:
    Base: {type: object, properties: {id: {type: string}}}
    Pet:
      allOf:
        - {$ref: '#/components/schemas/Base'}
        - {properties: {kind: {$ref: '#/components/schemas/Kind'}, secret: {type: string, writeOnly: true}}}
    Kind: {type: string, enum: [cat, dog]}
    New: {type: object, properties: {pet: {type: object, properties: {name: {type: string}, at: {type: string, readOnly: true}}}}}
    Loose: {type: object, properties: {inner: {type: object, properties: {a: {type: string}}}}}
";

    fn settled(conventions: &str, change: impl FnOnce(&mut Lowered)) -> Coverage {
        settled_of(DOCUMENT, conventions, change)
    }

    fn settled_of(document: &str, conventions: &str, change: impl FnOnce(&mut Lowered)) -> Coverage {
        let mut run = run(&[document]);
        let mut diagnostics = Diagnostics::new();
        conventions::apply(&mut run.api, &settings(conventions), &mut diagnostics);
        let mut lowered = lower(&run.api, &Lock::default(), &mut diagnostics);
        diagnostics.into_vec();
        change(&mut lowered);
        let mut coverage = run.coverage;
        settle(&mut coverage, &run.api, &lowered);
        coverage
    }

    fn counts(coverage: &Coverage) -> Vec<(usize, usize, usize)> {
        coverage.documents().map(|(_, part)| (part.emitted, part.skipped.len(), part.unaccounted.len())).to_vec()
    }

    #[test]
    fn what_no_operation_reaches_is_skipped() {
        let coverage = settled("", |_| {});
        assert!(coverage.balances(), "{coverage:#?}");
        let skipped = coverage.schemas.skipped.iter().chain(&coverage.properties.skipped);
        let skipped: Vec<String> = skipped
            .map(|skipped| format!("{}: {}", skipped.place.pointer.rsplit('/').next().unwrap(), skipped.reason))
            .collect();
        let unreached = super::UNREACHED;
        let expected = [
            format!("Loose: {unreached}"),
            format!("inner: {unreached}"),
            "secret: it is write-only, and its object is only answered".to_owned(),
            "at: it is read-only, and its object is only sent".to_owned(),
            format!("inner: {unreached}"),
            format!("a: {unreached}"),
        ];
        assert_eq!(skipped, expected);
    }

    #[test]
    fn what_stands_twice_in_a_path_is_given_once() {
        let document = "
openapi: 3.0.3
paths:
  /a/{x}/b/{x}/c/{y}:
    get:
      parameters:
        - {name: x, in: path, required: true, schema: {type: string}}
        - {name: y, in: path, required: true, schema: {type: string}}
      responses: {'204': {description: d}}
";
        let coverage = settled_of(document, "", |lowered| {
            assert_eq!(lowered.package.resources[0].methods[0].arguments.len(), 2);
        });
        assert!(coverage.balances(), "{coverage:#?}");
        assert_eq!((coverage.parameters.documented, coverage.parameters.emitted), (2, 2));
    }

    #[test]
    fn a_wrapper_is_a_part_of_the_operation() {
        let coverage = settled("[conventions.body-wrapper]\n", |_| {});
        assert_eq!(counts(&coverage), counts(&settled("", |_| {})));
    }

    #[test]
    fn what_lowering_loses_is_found() {
        let whole = counts(&settled("", |_| {}));
        let lost = |change: fn(&mut Lowered)| {
            let coverage = settled("", change);
            assert!(!coverage.balances());
            let lost = counts(&coverage);
            let lost: Vec<usize> = whole.iter().zip(&lost).map(|(whole, lost)| lost.2 - whole.2).collect();
            lost
        };
        assert_eq!(lost(|lowered| lowered.package.resources[0].methods.truncate(1)), [1, 1, 0, 0]);
        let no_setter = |lowered: &mut Lowered| {
            lowered.package.resources[0].methods[0]
                .request
                .as_mut()
                .unwrap()
                .setters
                .retain(|setter| setter.name.as_str() != "q");
        };
        assert_eq!(lost(no_setter), [0, 1, 0, 0]);
        let no_field = |lowered: &mut Lowered| {
            for item in lowered.package.models.iter_mut().flat_map(|file| &mut file.items) {
                if let Item::Struct(item) = item {
                    item.fields.retain(|field| field.wire != "kind");
                }
            }
        };
        assert_eq!(lost(no_field), [0, 0, 0, 1]);
        let no_kind = |lowered: &mut Lowered| {
            lowered.package.models.iter_mut().for_each(|file| file.items.retain(|item| item.name().as_str() != "Kind"));
        };
        assert_eq!(lost(no_kind), [0, 0, 1, 0]);
    }
}
