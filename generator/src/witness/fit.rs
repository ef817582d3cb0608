//! Does JSON fit the types, so that the generated client can read it and write it back as it was?
//!
//! The types are those that will be printed, with the IR beside them for the places. The rules are those of the runtime's
//! reader and writer; the generated tests put them to the proof.

use std::collections::{BTreeMap, BTreeSet};

use crate::infer::{StandIn, stand_in};
use crate::ir;
use crate::names::Ident;
use crate::node::{Node, Object, escape};
use crate::ordered;
use crate::rust::{Item, Package, Struct, Type, Union};
use crate::source::Place;

/// What came of comparing JSON with types. Pointers lead into the JSON.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Fit {
    /// What the types cannot carry.
    pub(super) misfits: Vec<Misfit>,
    /// What the document does not know, each once: `*` stands for every item of a list and every value of a map. It is
    /// kept as it came.
    pub(super) unknown: BTreeSet<String>,
    /// Placeholders that are evidence of their kind only, and for which nothing could be put.
    pub(super) blanks: Vec<String>,
    /// Such a placeholder stands for something that must be there.
    pub(super) is_incomplete: bool,
}

/// A value that a type cannot carry.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Misfit {
    /// Where the value stands.
    pub(super) pointer: String,
    /// What the types expect, with an article.
    pub(super) expected: &'static str,
    /// What the value is.
    pub(super) found: Found,
    /// Where the expectation comes from.
    pub(super) declared: Place,
}

/// What a value is, as far as a correction depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Found {
    Null,
    Boolean,
    Whole,
    Decimal,
    Text,
    List,
    Object,
    /// Of the right kind, but more or otherwise written than the type can hold.
    TooMuch,
    /// Not there at all.
    Missing,
}

impl Found {
    fn of(value: &Node) -> Self {
        match value {
            Node::Null => Found::Null,
            Node::Bool(_) => Found::Boolean,
            Node::Number(number) if number.as_str().contains(['.', 'e', 'E']) => Found::Decimal,
            Node::Number(_) => Found::Whole,
            Node::String(_) => Found::Text,
            Node::Array(_) => Found::List,
            Node::Object(_) => Found::Object,
        }
    }

    /// In words, for a message: "it is …".
    pub(super) fn words(self) -> &'static str {
        match self {
            Found::Null => "`null`",
            Found::Boolean => "`true` or `false`",
            Found::Whole => "a whole number",
            Found::Decimal => "a decimal number",
            Found::Text => "text",
            Found::List => "a list",
            Found::Object => "an object",
            Found::TooMuch => "written in a way that would be lost",
            Found::Missing => "missing",
        }
    }
}

/// The types of an API, to be compared with.
pub(super) struct Types<'a> {
    api: &'a ir::Api,
    items: BTreeMap<&'a Ident, &'a Item>,
}

impl<'a> Types<'a> {
    pub(super) fn new(api: &'a ir::Api, package: &'a Package) -> Self {
        let items = package.models.iter().flat_map(|file| &file.items).map(|item| (item.name(), item));
        Self { api, items: ordered::map(items) }
    }

    /// Compares a whole body. `schema` is what stands in the documents for `ty`.
    pub(super) fn fit(&self, value: &Node, ty: &Type, schema: ir::SchemaId) -> Fit {
        let mut walk = Walk { types: self, fit: Fit::default(), at: String::new(), shape: String::new() };
        let place = &self.api.schema(schema).place;
        walk.value(value, ty, Slot { schema: Some(schema), place, remembers: false });
        walk.fit
    }

    /// Compares a page of a list, in any of its forms.
    pub(super) fn fit_page(&self, value: &Node, item: &Type, list: ir::SchemaId) -> Fit {
        let mut walk = Walk { types: self, fit: Fit::default(), at: String::new(), shape: String::new() };
        let place = &self.api.schema(list).place;
        let slot = Slot { schema: self.item(Some(list)), place, remembers: false };
        let items = ["$items", "value"].iter().find_map(|key| Some((*key, value.get(key)?.as_array()?)));
        match (value.as_array(), items) {
            (Some(items), _) => walk.items(items, item, slot),
            (None, Some((key, items))) => walk.inside(key, |walk| walk.items(items, item, slot)),
            (None, None) => walk.misfit(value, "a list, or an object around one", slot),
        }
        walk.fit
    }

    /// The schema of what a list or a map holds.
    fn item(&self, schema: Option<ir::SchemaId>) -> Option<ir::SchemaId> {
        match &self.api.schema(schema?).kind {
            ir::Kind::Array(item) | ir::Kind::Map(item) => Some(*item),
            ir::Kind::Object(object) => object.additional,
            _ => None,
        }
    }
}

/// Where a value stands.
#[derive(Clone, Copy)]
struct Slot<'a> {
    /// What the documents say of it.
    schema: Option<ir::SchemaId>,
    /// Where they say it.
    place: &'a Place,
    /// It is a property, and its model remembers in which way it was written.
    remembers: bool,
}

struct Walk<'a, 'b> {
    types: &'b Types<'a>,
    fit: Fit,
    /// Where it is.
    at: String,
    /// The same with `*` for items and keys of maps.
    shape: String,
}

impl<'a> Walk<'a, '_> {
    fn value(&mut self, value: &Node, ty: &Type, slot: Slot<'a>) {
        if let Node::String(text) = value
            && let Some(stand_in) = stand_in(text)
        {
            return self.placeholder(value, &stand_in, ty, slot);
        }
        self.real(value, ty, slot);
    }

    /// A placeholder is evidence of its kind.
    fn placeholder(&mut self, value: &Node, stand_in: &StandIn, ty: &Type, slot: Slot<'a>) {
        self.fit.is_incomplete |= slot.remembers && *stand_in == StandIn::Nothing && !may_be_absent(ty);
        match (stand_in, bare(ty)) {
            (StandIn::Nothing, _) | (_, Type::Json) => {}
            (StandIn::Itself, Type::String) => {}
            (StandIn::Itself, Type::Model(name)) if matches!(self.types.items.get(name), Some(Item::Enum(_))) => {}
            (StandIn::Itself, Type::Model(name)) if matches!(self.types.items.get(name), Some(Item::Union(_))) => {
                self.real(value, ty, slot);
            }
            (StandIn::Itself, _) => {
                self.fit.blanks.push(self.at.clone());
                self.fit.is_incomplete |= slot.remembers && !may_be_absent(ty);
            }
            (StandIn::Value(stand_in), _) => {
                let before = self.fit.misfits.len();
                self.real(stand_in, ty, slot);
                if self.fit.misfits.len() > before && self.fit.misfits[before].found == Found::TooMuch {
                    self.fit.misfits.truncate(before);
                    self.fit.blanks.push(self.at.clone());
                }
            }
        }
    }

    fn real(&mut self, value: &Node, ty: &Type, slot: Slot<'a>) {
        match ty {
            Type::Json => {}
            Type::Box(inner) => self.value(value, inner, slot),
            Type::Option(inner) | Type::Update(inner) => {
                let absent = value.is_null() || (is_date(inner) && value.as_str() == Some(""));
                if !absent {
                    self.value(value, inner, slot);
                } else if !slot.remembers && !value.is_null() {
                    self.push(Found::TooMuch, "a date or `null`", slot);
                }
            }
            Type::Bool => self.expect(value, value.as_bool().is_some(), "`true` or `false`", slot),
            Type::Integer(width) => self.whole(value, *width, slot),
            Type::Float => self.float(value, slot),
            Type::Decimal => self.decimal(value, slot),
            // The last three are of queries only, where everything is text.
            Type::String | Type::When | Type::Attributes | Type::Sort(_) | Type::OData(..) => {
                self.expect(value, value.as_str().is_some(), "text", slot);
            }
            Type::Date => self.date(value, slot),
            Type::DateTime => self.moment(value, slot),
            Type::Base64 => {
                let fits = value.as_str().is_some_and(|text| is_base64(text, slot.remembers));
                self.expect(value, fits, "bytes in Base64", slot);
            }
            // Only forms have parts.
            Type::Part => self.misfit(value, "a part of a form", slot),
            Type::Vec(item) => match value.as_array() {
                Some(items) => {
                    let schema = self.types.item(slot.schema);
                    self.items(items, item, Slot { schema, remembers: false, ..slot });
                }
                None => self.misfit(value, "a list", slot),
            },
            Type::Map(inner) => match value.as_object() {
                Some(members) => {
                    let schema = self.types.item(slot.schema);
                    let slot = Slot { schema, remembers: false, ..slot };
                    let slot = Slot { place: self.place(slot), ..slot };
                    for (key, value) in members {
                        self.each(key, |walk| walk.value(value, inner, slot));
                    }
                }
                None => self.misfit(value, "an object", slot),
            },
            Type::Model(name) => match self.types.items.get(name) {
                Some(Item::Struct(model)) => match value.as_object() {
                    Some(members) => self.object(members, model, slot),
                    None => self.misfit(value, "an object", slot),
                },
                Some(Item::Enum(_)) => {
                    let scalar = matches!(value, Node::Bool(_) | Node::Number(_) | Node::String(_));
                    self.expect(value, scalar, "a value of an enumeration", slot);
                }
                Some(Item::Union(union)) => self.union(value, union, slot),
                None => {}
            },
        }
    }

    fn items(&mut self, items: &[Node], ty: &Type, slot: Slot<'a>) {
        for (index, item) in items.iter().enumerate() {
            let slot = Slot { place: self.place(slot), ..slot };
            self.each(&index.to_string(), |walk| walk.value(item, ty, slot));
        }
    }

    fn object(&mut self, members: &Object, model: &Struct, slot: Slot<'a>) {
        let object = slot.schema.and_then(|schema| match &self.types.api.schema(schema).kind {
            ir::Kind::Object(object) => Some(object),
            _ => None,
        });
        let place = self.place(slot);
        for (key, value) in members {
            let Some(field) = model.fields.iter().find(|field| field.wire == *key) else {
                self.fit.unknown.insert(format!("{}/{}", self.shape, escape(key)));
                continue;
            };
            let property = object.and_then(|object| object.properties.iter().find(|property| property.name == *key));
            let slot = Slot {
                schema: property.map(|property| property.schema),
                place: property.map_or(place, |property| &property.place),
                remembers: true,
            };
            self.inside(key, |walk| walk.value(value, &field.ty, slot));
        }
        for field in &model.fields {
            if !may_be_absent(&field.ty) && !members.contains_key(&field.wire) {
                let property =
                    object.and_then(|object| object.properties.iter().find(|property| property.name == field.wire));
                let place = property.map_or(place, |property| &property.place);
                let slot = Slot { place, ..slot };
                self.inside(&field.wire, |walk| walk.push(Found::Missing, "a property that is always there", slot));
            }
        }
    }

    /// The first choice that fits, in the order in which they are tried; what fits none is kept as it came.
    fn union(&mut self, value: &Node, union: &Union, slot: Slot<'a>) {
        let tagged = union.tag.as_ref().and_then(|tag| value.text(tag));
        let mut order: Vec<usize> = (0..union.variants.len()).collect();
        let with_tag =
            |&index: &usize| tagged.is_some_and(|tag| union.variants[index].tags.iter().any(|known| known == tag));
        match order.iter().copied().find(with_tag) {
            Some(index) => order = vec![index],
            None => {
                let all = |index: usize| union.variants[index].required.iter().all(|key| value.get(key).is_some());
                order.retain(|&index| value.as_object().is_none() || all(index));
                order.sort_by_key(|&index| std::cmp::Reverse(union.variants[index].required.len()));
            }
        }
        let schemas = slot.schema.and_then(|schema| match &self.types.api.schema(schema).kind {
            ir::Kind::Union(union) => Some(&union.variants),
            _ => None,
        });
        for index in order {
            let schema = schemas.and_then(|variants| Some(variants.get(index)?.schema));
            let mut walk =
                Walk { types: self.types, fit: Fit::default(), at: self.at.clone(), shape: self.shape.clone() };
            walk.value(value, &union.variants[index].ty, Slot { schema, remembers: false, ..slot });
            if walk.fit.misfits.is_empty() {
                self.fit.unknown.extend(walk.fit.unknown);
                self.fit.blanks.extend(walk.fit.blanks);
                return;
            }
        }
    }

    fn whole(&mut self, value: &Node, width: ir::Integer, slot: Slot<'a>) {
        let fits = |text: &str| match width {
            ir::Integer::I32 => text.parse::<i32>().is_ok(),
            ir::Integer::I64 => text.parse::<i64>().is_ok(),
            ir::Integer::U32 => text.parse::<u32>().is_ok(),
            ir::Integer::U64 => text.parse::<u64>().is_ok(),
        };
        let fits = match value {
            Node::Number(number) => fits(number.as_str()) && (slot.remembers || number.as_str() != "-0"),
            // Some services write numbers so.
            Node::String(text) => slot.remembers && fits(text),
            _ => false,
        };
        self.expect(value, fits, "a whole number", slot);
    }

    fn float(&mut self, value: &Node, slot: Slot<'a>) {
        let fits = value.as_number().is_some_and(|number| {
            let float = number.as_f64();
            float.is_finite() && (slot.remembers || format!("{float:?}") == number.as_str())
        });
        self.expect(value, fits, "a number", slot);
    }

    fn decimal(&mut self, value: &Node, slot: Slot<'a>) {
        let strings = self.types.api.client.decimals == ir::Decimals::String;
        let (text, usual) = match value {
            Node::Number(number) => (number.as_str(), !strings),
            Node::String(text) => (text.as_str(), strings),
            _ => return self.misfit(value, "a decimal number", slot),
        };
        if !is_decimal(text) {
            self.misfit(value, "a decimal number", slot);
        } else if !(slot.remembers || usual && is_plain_decimal(text)) {
            self.push(Found::TooMuch, "a decimal number as the service writes them", slot);
        }
    }

    fn date(&mut self, value: &Node, slot: Slot<'a>) {
        let fits = value.as_str().is_some_and(|text| {
            let midnight = text.get(..10).is_some_and(crate::infer::is_date) && crate::infer::is_midnight(text);
            crate::infer::is_date(text) || (slot.remembers && midnight)
        });
        self.expect(value, fits, "a date", slot);
    }

    fn moment(&mut self, value: &Node, slot: Slot<'a>) {
        let fits = value.as_str().is_some_and(|text| {
            let any = crate::infer::is_moment(text) || crate::infer::is_date(text);
            if slot.remembers { any } else { crate::infer::is_plain_moment(text) }
        });
        self.expect(value, fits, "a date and time", slot);
    }

    fn expect(&mut self, value: &Node, fits: bool, expected: &'static str, slot: Slot<'a>) {
        if !fits {
            self.misfit(value, expected, slot);
        }
    }

    fn misfit(&mut self, value: &Node, expected: &'static str, slot: Slot<'a>) {
        self.push(Found::of(value), expected, slot);
    }

    fn push(&mut self, found: Found, expected: &'static str, slot: Slot<'a>) {
        let misfit = Misfit { pointer: self.at.clone(), expected, found, declared: slot.place.clone() };
        self.fit.misfits.push(misfit);
    }

    /// In a property.
    fn inside(&mut self, key: &str, look: impl FnOnce(&mut Self)) {
        let key = escape(key);
        self.below(&key, &key, look);
    }

    /// In one of many that have the same type.
    fn each(&mut self, key: &str, look: impl FnOnce(&mut Self)) {
        self.below(&escape(key), "*", look);
    }

    fn below(&mut self, step: &str, shape: &str, look: impl FnOnce(&mut Self)) {
        let lengths = (self.at.len(), self.shape.len());
        for (path, step) in [(&mut self.at, step), (&mut self.shape, shape)] {
            path.push('/');
            path.push_str(step);
        }
        look(self);
        self.at.truncate(lengths.0);
        self.shape.truncate(lengths.1);
    }

    /// Where the documents describe what stands here.
    fn place(&self, slot: Slot<'a>) -> &'a Place {
        slot.schema.map_or(slot.place, |schema| &self.types.api.schema(schema).place)
    }
}

/// May a property of this type be left out?
fn may_be_absent(ty: &Type) -> bool {
    matches!(ty, Type::Option(_) | Type::Update(_))
}

fn bare(ty: &Type) -> &Type {
    match ty {
        Type::Option(inner) | Type::Update(inner) | Type::Box(inner) => bare(inner),
        ty => ty,
    }
}

fn is_date(ty: &Type) -> bool {
    matches!(bare(ty), Type::Date | Type::DateTime)
}

/// A decimal number that can be kept exactly: digits, perhaps a point, a sign and an exponent.
fn is_decimal(text: &str) -> bool {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let unsigned = mantissa.strip_prefix(['-', '+']).unwrap_or(mantissa);
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let digits = whole.trim_start_matches('0').len() + fraction.len();
    let exponent = exponent.parse::<i32>().is_ok_and(|exponent| exponent.unsigned_abs() as usize + digits <= 28);
    !whole.is_empty() && all(whole) && all(fraction) && digits <= 28 && exponent
}

/// Is it written as clients write it?
fn is_plain_decimal(text: &str) -> bool {
    let unsigned = text.strip_prefix('-').unwrap_or(text);
    let leading = unsigned.starts_with('0') && !unsigned.starts_with("0.") && unsigned != "0";
    let zero = unsigned.bytes().all(|byte| matches!(byte, b'0' | b'.'));
    let other = unsigned.ends_with('.') || text.contains(['e', 'E', '+']);
    !(leading || other || zero && unsigned.len() < text.len())
}

/// Base64 in the standard alphabet; as clients write it, or also in lines and without padding.
fn is_base64(text: &str, any_form: bool) -> bool {
    let letters: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r')).collect();
    let pad = letters.iter().rev().take_while(|byte| **byte == b'=').count();
    let body = &letters[..letters.len() - pad];
    let legal = body.iter().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'));
    let whole = letters.len().is_multiple_of(4) && letters.len() == text.len();
    legal && pad <= 2 && body.len() % 4 != 1 && (whole || any_form)
}
