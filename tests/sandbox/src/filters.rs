//! Which records of a list a query parameter of Sage Accounting chooses. The parameter's name says what it looks at, and
//! the schema whether records have that; what is not looked at stands in a list in the tests, with the reason.

use sage_codegen::ir::SchemaId;

use crate::dates;
use crate::fault::Fault;
use crate::json::{Node, Object, decimal, given, scalar};
use crate::listing::{Row, parse_moment};
use crate::spec::{Spec, plural_of};
use crate::world::{Record, World};

/// What a query parameter looks at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Filter {
    /// When a record was changed last: then or later, then or before.
    ChangedFrom,
    ChangedTo,
    /// Its date.
    DatedFrom,
    DatedTo,
    /// Any text of it.
    Search,
    /// The address for mail, its own or that of its main contact.
    Email,
    /// Whether something is attached.
    Attached,
    /// A property that is true or false; what a record is that does not say so.
    Is(&'static str, bool),
    /// If the parameter is true, records of which this property says that are left out.
    Without(&'static str, bool),
    /// If the parameter is true, accounts of banks that are no longer used are left out.
    WithoutUnused,
    /// Where a ledger account is offered, or is not.
    Visible(bool),
    /// If the parameter is true, there is less in stock than this property says; or there is nothing.
    StockBelow(Option<&'static str>),
    /// A property that is this text.
    Text(String),
    /// A property that leads to the record with this id, or several of which one does.
    Reference(String),
    References(String),
    /// What that says of the record that a property leads to: the property, and the record's collection.
    Through(String, String, Box<Filter>),
}

impl Filter {
    /// What this parameter looks at in records of this schema; `None`: it chooses none of them.
    pub(crate) fn of(spec: &Spec, item: SchemaId, name: &str) -> Option<Self> {
        let has = |name: &str| spec.property(item, name).is_some();
        let filter = |needed: &str, filter| has(needed).then_some(filter);
        match name {
            "updated_or_created_since" | "updated_from_date" => Some(Self::ChangedFrom),
            "updated_to_date" => Some(Self::ChangedTo),
            "from_date" => filter("date", Self::DatedFrom),
            "to_date" => filter("date", Self::DatedTo),
            "search" => Some(Self::Search),
            "email" => filter("email", Self::Email).or_else(|| filter("main_contact_person", Self::Email)),
            "has_attachments" => Some(Self::Attached),
            // What was made without a word about it is in use.
            "active" => ["active", "is_active"].into_iter().find(|name| has(name)).map(|name| Self::Is(name, true)),
            "show_control_accounts" => filter("is_control_account", Self::Is("is_control_account", false)),
            "show_included_in_chart" => filter("included_in_chart", Self::Is("included_in_chart", false)),
            "exclude_system" => filter("system", Self::Without("system", true)),
            "filter_inactive_contacts" => filter("is_active", Self::Without("is_active", false)),
            "filter_inactive_bank_accounts" => {
                let own = filter("is_active", Self::Without("is_active", false));
                own.or_else(|| filter("ledger_account_type", Self::WithoutUnused))
            }
            "visible_in" => filter("visible_in_sales", Self::Visible(true)),
            "not_visible_in" => filter("visible_in_sales", Self::Visible(false)),
            "below_reorder_level" => filter("reorder_level", Self::StockBelow(Some("reorder_level"))),
            "out_of_stock" => filter("quantity_in_stock", Self::StockBelow(None)),
            "analysis_type_level" | "object_guid" => filter(name, Self::Text(name.to_owned())),
            _ => Self::of_id(spec, item, name).or_else(|| Self::through(spec, item, name)),
        }
    }

    /// `contact_id` looks at `contact`, at `contacts`, or at a `contact_id` of the record.
    fn of_id(spec: &Spec, item: SchemaId, name: &str) -> Option<Self> {
        let one = name.strip_suffix("_id")?;
        let properties = spec.properties(item).iter().map(|property| property.name.as_str());
        properties.clone().find(|name| *name == one).map(|name| Self::Reference(name.to_owned())).or_else(|| {
            let many = properties.clone().find(|name| plural_of(name, one));
            let many = many.map(|name| Self::References(name.to_owned()));
            many.or_else(|| properties.clone().find(|known| *known == name).map(|name| Self::Text(name.to_owned())))
        })
    }

    /// `transaction_type_id` of ledger entries looks at the type of their `transaction`.
    fn through(spec: &Spec, item: SchemaId, name: &str) -> Option<Self> {
        spec.properties(item).iter().filter(|property| spec.is_object(property.schema)).find_map(|property| {
            let resource = spec.target(&property.name)?;
            let there = Self::of_id(spec, spec.resources.get(resource)?.entity, name)?;
            Some(Self::Through(property.name.clone(), resource.to_owned(), Box::new(there)))
        })
    }

    /// Does a record have what an id is looked for in?
    fn leads(&self, world: &World, value: &Object, id: &str) -> bool {
        let property = |name: &str| given(value, name);
        match self {
            Self::Reference(name) => property(name).is_some_and(|one| is_id(one, id)),
            Self::References(name) => {
                property(name).and_then(Node::as_array).unwrap_or_default().iter().any(|one| is_id(one, id))
            }
            Self::Text(name) => {
                property(name).is_some_and(|text| is_id(text, id) || scalar(text).as_deref() == Some(id))
            }
            Self::Through(name, resource, there) => {
                let led = property(name).and_then(|one| one.get("id")).and_then(scalar);
                let record = led.and_then(|led| world.record(resource, &led));
                record.is_some_and(|record| there.leads(world, &record.value, id))
            }
            _ => true,
        }
    }

    /// Keeps the rows that the parameter `name` asks for by `text`.
    pub(crate) fn keep(&self, world: &World, rows: &mut Vec<Row<'_>>, name: &str, text: &str) -> Result<(), Fault> {
        let asked = text == "true";
        match self {
            Self::ChangedFrom => {
                let limit = parse_moment(name, text)?;
                rows.retain(|(record, _)| record.updated >= limit);
            }
            Self::ChangedTo => {
                let limit = parse_moment(name, text)?;
                // All of a day that is named without a time belongs to it.
                let whole = dates::day(text).is_some();
                rows.retain(|(record, _)| {
                    record.updated <= limit || whole && record.updated.date_naive() == limit.date_naive()
                });
            }
            Self::DatedFrom => {
                let limit = parse_moment(name, text)?.date_naive();
                rows.retain(|(_, value)| date(value).is_some_and(|date| date >= limit));
            }
            Self::DatedTo => {
                let limit = parse_moment(name, text)?.date_naive();
                rows.retain(|(_, value)| date(value).is_some_and(|date| date <= limit));
            }
            Self::Search => {
                let wanted = text.to_lowercase();
                rows.retain(|(_, value)| value.values().any(|value| contains(value, &wanted)));
            }
            Self::Email => rows.retain(|(_, value)| has_email(value, text)),
            Self::Attached => {
                let attached = attached(world);
                rows.retain(|(record, _)| attached.contains(&record.id) == asked);
            }
            Self::Is(property, usual) => rows.retain(|(_, value)| flag(value, property).unwrap_or(*usual) == asked),
            Self::Without(property, left_out) if asked => {
                rows.retain(|(_, value)| flag(value, property) != Some(*left_out));
            }
            Self::WithoutUnused if asked => {
                let unused = accounts_of_unused_banks(world);
                rows.retain(|(record, _)| !unused.contains(&record.id));
            }
            // The others are asked for in any case.
            Self::Without(..) | Self::WithoutUnused => {}
            Self::Visible(wanted) => {
                let property = format!("visible_in_{text}");
                rows.retain(|(_, value)| flag(value, &property).unwrap_or_default() == *wanted);
            }
            Self::StockBelow(limit) => rows.retain(|(_, value)| is_low(value, *limit) == asked),
            Self::Text(_) | Self::Reference(_) | Self::References(_) | Self::Through(..) => {
                rows.retain(|(_, value)| self.leads(world, value, text));
            }
        }
        Ok(())
    }
}

/// The ids of the records that have attachments.
fn attached(world: &World) -> Vec<String> {
    let to = |record: &Record| record.value.get("attachment_context").and_then(|to| to.get("id")).and_then(scalar);
    world.records("attachments").iter().filter_map(|(record, _)| to(record)).collect()
}

fn accounts_of_unused_banks(world: &World) -> Vec<String> {
    let banks = world.records("bank_accounts");
    let unused = banks.iter().filter(|(_, bank)| flag(bank, "is_active") == Some(false));
    unused.filter_map(|(_, bank)| bank.get("ledger_account")?.get("id").and_then(scalar)).collect()
}

fn is_id(reference: &Node, id: &str) -> bool {
    reference.get("id").and_then(scalar).as_deref() == Some(id)
}

fn flag(value: &Object, name: &str) -> Option<bool> {
    given(value, name).and_then(Node::as_bool)
}

/// Is there less in stock than the level at which more is ordered, or nothing?
fn is_low(value: &Object, limit: Option<&str>) -> bool {
    let amount = |name: &str| given(value, name).and_then(decimal).unwrap_or_default();
    let stock = amount("quantity_in_stock");
    limit.map_or_else(|| stock <= 0.into(), |limit| stock < amount(limit))
}

fn date(value: &Object) -> Option<chrono::NaiveDate> {
    let text = given(value, "date").and_then(Node::as_str)?;
    dates::day(text.get(..10).unwrap_or(text))
}

fn contains(value: &Node, wanted: &str) -> bool {
    value.as_str().is_some_and(|text| text.to_lowercase().contains(wanted))
}

fn has_email(value: &Object, wanted: &str) -> bool {
    let person = value.get("main_contact_person").and_then(|person| person.get("email"));
    [value.get("email"), person].into_iter().flatten().any(|email| email.as_str() == Some(wanted))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sage_codegen::ir::Location;

    use super::Filter;
    use crate::Api;
    use crate::spec::{Action, Spec};

    /// Parameters that change nothing here, in these collections, or in all: what they are for.
    const NOT_APPLIED: &[(&str, &[&str])] = &[
        // They show more of a record: here, it is shown in any case, or the sandbox does not know it.
        ("show_analysis_types", &["*"]),
        ("show_balance", &["contacts"]),
        ("show_balance_details", &["ledger_accounts"]),
        ("show_corrections", &["purchase_invoices", "sales_invoices"]),
        ("show_legacy_id", &["*"]),
        ("show_payments_allocations", &["*"]),
        ("show_recurring_invoice", &["sales_invoices"]),
        ("show_unfinished_recurring_invoices_status", &["contacts"]),
        ("expand_origin", &["transactions"]),
        // Balances are not worked out; these say for which time.
        ("from_date", &["ledger_accounts"]),
        ("to_date", &["ledger_accounts"]),
        ("exclude_deleted_entries", &["ledger_accounts"]),
        // Tax: rates and treatments are the same at all times, everywhere, and for all.
        ("date", &["tax_determinations", "tax_rates"]),
        ("context_date", &["contacts"]),
        ("usage", &["tax_determinations", "tax_rates"]),
        ("cis_only", &["tax_rates"]),
        ("address_region_id", &["tax_rates"]),
        ("include_destination_vat_rates", &["tax_rates"]),
        ("include_historical_data", &["tax_rates"]),
        ("tax_type_id", &["tax_return_frequencies"]),
        ("artefact_id", &["tax_determinations"]),
        ("artefact_line_amount", &["tax_determinations"]),
        ("artefact_line_description", &["tax_determinations"]),
        ("artefact_line_goods_services_type", &["tax_determinations"]),
        ("artefact_line_id", &["tax_determinations"]),
        ("artefact_line_tax_included", &["tax_determinations"]),
        ("include_destination_vat", &["tax_determinations"]),
        ("include_line_determination", &["tax_determinations"]),
        ("retailer_rates", &["tax_determinations"]),
        // The documents give these records nothing that it could be compared with.
        ("analysis_type_level", &["analysis_type_categories"]),
        ("coa_template_id", &["coa_accounts"]),
        ("contact_id", &["tax_determinations", "unallocated_artefacts"]),
        ("country_id", &["address_regions"]),
        ("ledger_account_classification_id", &["ledger_account_types"]),
        ("ledger_account_type_id", &["ledger_account_classifications"]),
        ("legacy_attachment_context_id", &["attachments"]),
        ("legacy_attachment_context_type", &["attachments"]),
        ("valid_for_business", &["transaction_types"]),
        // No bank account here is another company's product; the user has set no order.
        ("appName", &["bank_accounts"]),
        ("exclude_stripe", &["bank_accounts"]),
        ("sort_order_from_user_setting", &["ledger_accounts"]),
        // A read that writes.
        ("mark_as_sent", &["sales_corrective_invoices", "sales_credit_notes", "sales_invoices"]),
    ];

    /// Does the sandbox do something about this parameter of this operation?
    fn is_applied(spec: &Spec, index: usize, name: &str) -> bool {
        let (route, operation) = (&spec.routes[index], &spec.ir.operations[index]);
        let item = route.reply.and_then(|schema| spec.item(schema));
        match (spec.service, route.action) {
            (Api::Sage200, Action::List) => {
                ["$filter", "$select", "$orderby", "$expand", "$top", "$skip", "$count", "$metadata"].contains(&name)
            }
            (Api::Sage200, Action::Get | Action::GetOnly) => ["$select", "$expand", "$metadata"].contains(&name),
            (_, Action::List) if operation.paging.is_some() => {
                let shown = ["page", "items_per_page", "sort", "attributes", "nested_attributes", "deleted_since"];
                shown.contains(&name) || item.is_some_and(|item| Filter::of(spec, item, name).is_some())
            }
            (_, Action::Get) => ["attributes", "nested_attributes"].contains(&name),
            (_, Action::GetOnly) => name == "attributes",
            (_, Action::Delete) => name == "void_reason",
            _ => false,
        }
    }

    #[test]
    fn every_parameter_is_applied_or_known_not_to_be() {
        let mut unused: BTreeSet<(&str, &str)> = NOT_APPLIED
            .iter()
            .flat_map(|(name, resources)| resources.iter().map(move |place| (*name, *place)))
            .collect();
        let mut wrong = Vec::new();
        for api in Api::ALL {
            let spec = Spec::of(api);
            for (index, operation) in spec.ir.operations.iter().enumerate() {
                let in_query = operation.parameters.iter().filter(|parameter| parameter.location == Location::Query);
                for parameter in in_query {
                    let name = parameter.name.as_str();
                    let places = NOT_APPLIED.iter().find(|(known, _)| *known == name).map(|(_, places)| *places);
                    let resource = spec.routes[index].resource.as_str();
                    let place = places.unwrap_or_default().iter().find(|place| **place == resource || **place == "*");
                    if let Some(place) = place {
                        unused.remove(&(name, *place));
                    }
                    if is_applied(spec, index, name) == place.is_some() {
                        wrong.push(format!("{api:?} {} {}: {name}", operation.method.name(), operation.path.template));
                    }
                }
            }
        }
        assert!(wrong.is_empty(), "neither applied nor listed, or both:\n{}", wrong.join("\n"));
        assert!(unused.is_empty(), "listed, and there is no such parameter: {unused:?}");
    }
}
