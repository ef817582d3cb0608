//! What a schema describes: scalars, lists, and the way to the others.

use openapiv3::{Schema, SchemaKind, Type};

use super::at::At;
use super::{Code, Ctx, limits};
use crate::ir::{Integer, Kind, Limits, Text};
use crate::node::Node;

/// A schema's description, without what stands beside it.
pub(super) struct Described {
    pub(super) kind: Kind,
    pub(super) nullable: bool,
    pub(super) limits: Limits,
}

impl<'a> Ctx<'a> {
    /// What the schema at `at` describes. It stands for itself: references have been followed.
    pub(super) fn describe(&mut self, at: &At<'a>, parsed: &Schema) -> Described {
        let (mut not, mut all_of, mut choice) = (false, false, false);
        for (key, _) in at.node.as_object().into_iter().flatten() {
            match key.as_str() {
                "not" => not = true,
                "allOf" => all_of = true,
                "oneOf" | "anyOf" => choice = true,
                _ => {}
            }
        }
        if not {
            self.report.say(Code::Ignored, &at.place, "`not` has no counterpart in the types and is left out");
            self.skip(&at.place.child("not"), "`not` has no counterpart in the types".to_owned());
        }
        if all_of {
            return self.describe_all_of(at, parsed);
        }
        if choice && super::unions::is_choice(at) {
            return self.describe_choice(at, parsed);
        }
        self.describe_plain(at, parsed)
    }

    /// A schema without `allOf`, `oneOf` and `anyOf`.
    pub(super) fn describe_plain(&mut self, at: &At<'a>, parsed: &Schema) -> Described {
        let ty = type_of(&parsed.schema_kind).or_else(|| inferred_type(at.node));
        let mut described = Described { kind: Kind::Any, nullable: false, limits: limits::read(at.node) };
        if at.node.get("enum").is_some() && self.describe_enum(at, ty, &mut described) {
            return described;
        }
        described.kind = match ty {
            None => Kind::Any,
            Some("string") => self.text(at, &mut described.limits),
            Some("integer") => self.integer(at, &mut described.limits),
            Some("number") => self.number(at, &mut described.limits),
            Some("boolean") => {
                self.unexpected_format(at, &mut described.limits);
                Kind::Boolean
            }
            Some("array") => self.list(at, &mut described.limits),
            Some("object") if at.node.text("format") == Some("boolean") && at.node.get("properties").is_none() => {
                self.report.say(Code::Format, &at.place, "object of format `boolean` is read as a boolean");
                Kind::Boolean
            }
            Some("object") => self.object(std::slice::from_ref(at)),
            Some("file") => Kind::String(Text::Binary),
            Some("null") => {
                described.nullable = true;
                Kind::Any
            }
            Some(other) => {
                let message = format!("type `{other}` is unknown; any JSON value is taken");
                let help = "the types are `string`, `number`, `integer`, `boolean`, `array` and `object`";
                self.report.say_with(Code::UnknownType, &at.place, message, Some(help.to_owned()));
                Kind::Any
            }
        };
        self.leave_out_foreign(at, ty, &described.kind);
        described
    }

    /// Members that belong to another type than the schema's are left out with a reason.
    fn leave_out_foreign(&mut self, at: &At<'a>, ty: Option<&str>, kind: &Kind) {
        let (object, list) = (matches!(kind, Kind::Object(_) | Kind::Map(_)), matches!(kind, Kind::Array(_)));
        for (key, value) in at.node.as_object().into_iter().flatten() {
            let foreign = match key.as_str() {
                "properties" => !object,
                "additionalProperties" => !object && value.as_bool().is_none(),
                "items" => !list,
                _ => false,
            };
            if foreign {
                let place = at.place.child(key);
                let reason = format!("`{key}` has no meaning for type `{}`", ty.unwrap_or("any"));
                self.report.say(Code::UnknownKey, &place, reason.clone());
                self.skip(&place, reason);
            }
        }
    }

    /// `string`, by its format.
    fn text(&mut self, at: &At<'a>, limits: &mut Limits) -> Kind {
        Kind::String(match at.node.text("format") {
            Some("date") => Text::Date,
            Some("date-time") => Text::DateTime,
            Some("byte" | "base64") => Text::Base64,
            Some("binary") => Text::Binary,
            // A number as format is a length in the wrong place.
            Some(length) if !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit()) => {
                let message = format!("format `{length}` of a string is read as its greatest length");
                self.report.say(Code::Format, &at.place, message);
                limits.max_length = limits.max_length.or_else(|| length.parse().ok());
                Text::Plain
            }
            Some(format) => {
                limits.other.push(format!("format `{format}`"));
                Text::Plain
            }
            None => Text::Plain,
        })
    }

    /// `integer`, by its format. Without one it takes 64 bits, which are enough for every id seen in the wild.
    fn integer(&mut self, at: &At<'a>, limits: &mut Limits) -> Kind {
        match at.node.text("format") {
            Some(format) => whole(format).or_else(|| self.decimal(at, format)).unwrap_or_else(|| {
                limits.other.push(format!("format `{format}`"));
                widest(limits)
            }),
            None => widest(limits),
        }
    }

    /// `number`: an exact decimal, unless the format says that it is a binary float or whole.
    fn number(&mut self, at: &At<'a>, limits: &mut Limits) -> Kind {
        match at.node.text("format") {
            None => Kind::Decimal { scale: None },
            Some("float" | "double") => Kind::Float,
            Some("decimal" | "decimal128" | "currency" | "money") => Kind::Decimal { scale: None },
            Some(format) => whole(format).or_else(|| scale(format)).unwrap_or_else(|| {
                limits.other.push(format!("format `{format}`"));
                Kind::Decimal { scale: None }
            }),
        }
    }

    /// `integer` with a decimal format: the format knows better.
    fn decimal(&mut self, at: &At<'a>, format: &str) -> Option<Kind> {
        let kind = scale(format)?;
        let message = format!("format `{format}` of an integer is read as that of a decimal number");
        self.report.say(Code::Format, &at.place, message);
        Some(kind)
    }

    fn unexpected_format(&mut self, at: &At<'a>, limits: &mut Limits) {
        if let Some(format) = at.node.text("format") {
            limits.other.push(format!("format `{format}`"));
        }
    }

    fn list(&mut self, at: &At<'a>, limits: &mut Limits) -> Kind {
        let item = match at.child("items") {
            Some(items) => self.schema(&items).ok(),
            None => {
                self.report.say(Code::NoItems, &at.place, "list without `items`: any JSON value is taken");
                None
            }
        };
        let Some(item) = item else { return Kind::Array(self.invent(&at.place, Kind::Any, None)) };
        let own = self.schemas.done[item.id.0 as usize].nullable;
        if item.beside.nullable && !own {
            limits.other.push("items may be `null`".to_owned());
        }
        Kind::Array(item.id)
    }
}

/// 64 bits; without a sign where the limits ask for what fits in no other way.
fn widest(limits: &Limits) -> Kind {
    let number = |limit: &Option<String>| limit.as_deref().and_then(|text| text.parse::<f64>().ok());
    let never_negative = number(&limits.minimum).is_some_and(|least| least >= 0.0);
    let exact = limits.maximum.as_deref().and_then(|text| text.parse::<i128>().ok());
    let above = match exact {
        Some(most) => most > i128::from(i64::MAX),
        // Written with an exponent.
        None => number(&limits.maximum).is_some_and(|most| most > i64::MAX as f64),
    };
    Kind::Integer(if never_negative && above { Integer::U64 } else { Integer::I64 })
}

/// The whole-number formats.
fn whole(format: &str) -> Option<Kind> {
    Some(Kind::Integer(match format {
        "int8" | "uint8" | "int16" | "uint16" | "short" | "int32" | "byte" => Integer::I32,
        "int64" | "long" | "timestamp" | "unix-time" => Integer::I64,
        "uint32" => Integer::U32,
        "uint64" => Integer::U64,
        _ => return None,
    }))
}

/// `decimal 2dp` to `decimal 9dp`.
fn scale(format: &str) -> Option<Kind> {
    let digits = format.strip_prefix("decimal ")?.strip_suffix("dp")?;
    Some(Kind::Decimal { scale: Some(digits.trim().parse().ok()?) })
}

/// The type as `openapiv3` read it.
pub(super) fn type_of(kind: &SchemaKind) -> Option<&str> {
    match kind {
        SchemaKind::Type(Type::String(_)) => Some("string"),
        SchemaKind::Type(Type::Number(_)) => Some("number"),
        SchemaKind::Type(Type::Integer(_)) => Some("integer"),
        SchemaKind::Type(Type::Object(_)) => Some("object"),
        SchemaKind::Type(Type::Array(_)) => Some("array"),
        SchemaKind::Type(Type::Boolean(_)) => Some("boolean"),
        SchemaKind::Any(any) => any.typ.as_deref(),
        SchemaKind::OneOf { .. } | SchemaKind::AllOf { .. } | SchemaKind::AnyOf { .. } | SchemaKind::Not { .. } => None,
    }
}

/// The type of a schema that names none but has members that only one type has.
pub(super) fn inferred_type(node: &Node) -> Option<&'static str> {
    let has = |keys: &[&str]| keys.iter().any(|key| node.get(key).is_some());
    if has(&["properties", "additionalProperties", "required", "minProperties", "maxProperties"]) {
        Some("object")
    } else if has(&["items", "minItems", "maxItems", "uniqueItems"]) {
        Some("array")
    } else if has(&["pattern", "minLength", "maxLength"]) {
        Some("string")
    } else if has(&["minimum", "maximum", "multipleOf", "exclusiveMinimum", "exclusiveMaximum"]) {
        Some("number")
    } else {
        match node.text("format")? {
            "date" | "date-time" | "byte" | "binary" | "password" | "uuid" | "uri" | "email" => Some("string"),
            "int32" | "int64" => Some("integer"),
            "float" | "double" => Some("number"),
            _ => None,
        }
    }
}
