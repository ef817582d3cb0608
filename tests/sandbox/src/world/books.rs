//! What the service works out: names, numbers, amounts and statuses of documents.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sage_codegen::ir::SchemaId;

use super::absorb::shown;
use super::{Record, World, time};
use crate::Api;
use crate::fault::Fault;
use crate::json::{Node, Object, decimal, given, number, object, scalar};
use crate::spec::singular;

/// Numbers that the service gives to documents: collection, property, what stands before it.
const NUMBERS: [(&str, &str, &str); 5] = [
    ("sales_invoices", "invoice_number", "SI-"),
    ("sales_corrective_invoices", "invoice_number", "SCI-"),
    ("sales_credit_notes", "credit_note_number", "SCN-"),
    ("sales_quotes", "quote_number", "SQ-"),
    ("sales_estimates", "estimate_number", "SE-"),
];

/// Where the lines of documents are.
const LINES: [&str; 4] = ["invoice_lines", "credit_note_lines", "quote_lines", "estimate_lines"];

impl World {
    /// Works out what follows from what was said.
    pub(super) fn finish(
        &mut self,
        resource: &str,
        entity: SchemaId,
        id: &str,
        value: &mut Object,
        now: DateTime<Utc>,
    ) -> Result<(), Fault> {
        match self.spec.service {
            Api::Sage200 => self.own_parts(resource, entity, id, value),
            Api::Accounting | Api::AccountingV3 => {
                self.number(resource, entity, value);
                amounts(value)?;
                self.status(entity, value)?;
                self.dates(entity, value, now);
                self.show(resource, entity, id, value);
            }
        }
        Ok(())
    }

    /// Parts of a record name it: `customer_id` of the contacts of a customer.
    fn own_parts(&mut self, resource: &str, entity: SchemaId, id: &str, value: &mut Object) {
        let owner = format!("{}_id", singular(resource));
        let spec = self.spec;
        for property in spec.properties(entity) {
            let Some(item) = spec.item(property.schema).filter(|item| spec.property(*item, &owner).is_some()) else {
                continue;
            };
            let Some(Node::Array(items)) = value.get_mut(&property.name) else { continue };
            for part in items.iter_mut().filter_map(Node::as_object_mut) {
                part.insert(owner.clone(), self.id_node(id));
                if spec.property(item, "id").is_some() && given(part, "id").is_none() {
                    let part_id = self.new_id();
                    part.insert("id".to_owned(), self.id_node(&part_id));
                }
            }
        }
    }

    /// A number of its own, once it is no draft.
    fn number(&mut self, resource: &str, entity: SchemaId, value: &mut Object) {
        let Some((_, property, prefix)) = NUMBERS.iter().find(|(name, ..)| *name == resource) else { return };
        let wanted = self.spec.property(entity, property).is_some() && given(value, property).is_none();
        if wanted && !is_draft(value) {
            let numbered = |collection: &super::Collection| {
                let deleted = collection.deleted.iter().map(|(record, _)| record);
                collection
                    .records
                    .values()
                    .chain(deleted)
                    .filter(|record| given(&record.value, property).is_some())
                    .count()
            };
            let next = self.collections.get(resource).map_or(0, numbered) + 1;
            value.insert((*property).to_owned(), Node::from(format!("{prefix}{next}")));
        }
    }

    /// Documents with amounts are unpaid, until something is paid.
    fn status(&mut self, entity: SchemaId, value: &mut Object) -> Result<(), Fault> {
        let outstanding = self.spec.property(entity, "outstanding_amount").is_some();
        if !outstanding || self.spec.property(entity, "status").is_none() || is_draft(value) || is_void(value) {
            return Ok(());
        }
        let amount = |name: &str| given(value, name).and_then(decimal).unwrap_or_default();
        let (total, paid) = (amount("total_amount"), amount("total_paid"));
        let status = match () {
            () if paid.is_zero() => "UNPAID",
            () if paid < total => "PART_PAID",
            () => "PAID",
        };
        let outstanding = total.checked_sub(paid).ok_or_else(|| too_large("total_amount"))?;
        value.insert("total_paid".to_owned(), amount_node(paid));
        value.insert("outstanding_amount".to_owned(), amount_node(outstanding));
        if given(value, "status").is_none()
            || matches!(status_id(value).as_deref(), Some("UNPAID" | "PART_PAID" | "PAID"))
        {
            self.set_status(value, status);
        }
        Ok(())
    }

    /// Sets the status of a document.
    pub(crate) fn set_status(&self, value: &mut Object, status: &str) {
        let reference =
            self.record("artefact_statuses", status).map(|record| self.reference("artefact_statuses", record));
        let plain = || {
            let path = format!("/artefact_statuses/{status}");
            object([("id", status.into()), ("displayed_as", status.into()), ("$path", path.into())])
        };
        value.insert("status".to_owned(), reference.unwrap_or_else(plain));
    }

    fn dates(&self, entity: SchemaId, value: &mut Object, now: DateTime<Utc>) {
        let today = now.format("%Y-%m-%d").to_string();
        for name in ["date", "due_date"] {
            if self.spec.property(entity, name).is_some() && given(value, name).is_none() {
                let date = given(value, "date").cloned().unwrap_or_else(|| Node::from(today.as_str()));
                value.insert(name.to_owned(), date);
            }
        }
    }

    /// How people know it, and where it is.
    fn show(&self, resource: &str, entity: SchemaId, id: &str, value: &mut Object) {
        if self.spec.property(entity, "contact_name").is_some() && given(value, "contact_name").is_none() {
            let name = value.get("contact").and_then(|contact| contact.get("displayed_as")).cloned();
            value.insert("contact_name".to_owned(), name.unwrap_or_default());
        }
        if self.spec.property(entity, "displayed_as").is_some() {
            let symbolic = given(value, "displayed_as").cloned().filter(|_| shown(value).is_none());
            let text = shown(value).map(Node::from).or(symbolic).unwrap_or_else(|| Node::from(id));
            value.insert("displayed_as".to_owned(), text);
        }
        if self.spec.property(entity, "$path").is_some() {
            value.insert("$path".to_owned(), Node::from(format!("/{resource}/{id}")));
        }
    }

    /// Sends a draft out.
    pub(crate) fn release(&mut self, resource: &str, id: &str, now: DateTime<Utc>) -> Result<(), Fault> {
        let record = self.found(resource, id)?;
        if !is_draft(&record.value) {
            return Err(Fault::invalid("status", "it has been released already"));
        }
        let mut value = record.value.clone();
        self.set_status(&mut value, "UNPAID");
        self.replace(resource, id, value, now).map(drop)
    }

    /// Voids a document that has been sent out; a draft is deleted.
    pub(crate) fn void(
        &mut self,
        resource: &str,
        id: &str,
        reason: Option<&str>,
        now: DateTime<Utc>,
    ) -> Result<Object, Fault> {
        let record = self.found(resource, id)?;
        let mut value = record.value.clone();
        if is_draft(&value) {
            self.delete(resource, id, now)?;
            value.insert("deleted_at".to_owned(), Node::from(time(now)));
            return Ok(value);
        }
        let Some(reason) = reason.filter(|reason| !reason.is_empty()) else {
            return Err(Fault::invalid("void_reason", "is needed, because it is no draft"));
        };
        value.insert("void_reason".to_owned(), Node::from(reason));
        self.set_status(&mut value, "VOID");
        self.replace(resource, id, value, now)
    }

    /// Keeps a record that has been changed; gives what is kept.
    fn replace(&mut self, resource: &str, id: &str, mut value: Object, now: DateTime<Utc>) -> Result<Object, Fault> {
        if let Some(entity) = self.spec.resources.get(resource).map(|resource| resource.entity) {
            self.stamp(entity, &mut value, now, false);
            self.finish(resource, entity, id, &mut value, now)?;
        }
        if let Some(record) = self.collections.get_mut(resource).and_then(|all| all.records.get_mut(id)) {
            record.value = value.clone();
            record.updated = now;
        }
        Ok(value)
    }

    /// Counts a payment against the documents that it is for, or takes it back: all of it, or nothing.
    pub(crate) fn allocate(&mut self, payment: &Object, back: bool, now: DateTime<Utc>) -> Result<(), Fault> {
        let lines = payment.get("allocated_artefacts").and_then(Node::as_array).unwrap_or_default();
        let mut before = Vec::new();
        for (index, line) in lines.iter().enumerate() {
            let id = line.get("artefact").and_then(|artefact| artefact.get("id")).and_then(scalar);
            let amount = line.get("amount").and_then(decimal).unwrap_or_default();
            let Some(id) = id else { continue };
            let counted = self.count(&id, if back { -amount } else { amount }, &mut before, now);
            if counted.is_err() {
                before.into_iter().rev().for_each(|(resource, record)| self.restore(resource, record));
                return Err(too_large(&format!("allocated_artefacts[{index}].amount")));
            }
        }
        Ok(())
    }

    /// Counts an amount as paid, and notes what was there before.
    fn count(
        &mut self,
        id: &str,
        amount: Decimal,
        before: &mut Vec<(&'static str, Record)>,
        now: DateTime<Utc>,
    ) -> Result<(), Fault> {
        for resource in ["sales_invoices", "purchase_invoices"] {
            let Some(record) = self.record(resource, id).cloned() else { continue };
            let mut value = record.value.clone();
            before.push((resource, record));
            let paid = given(&value, "total_paid").and_then(decimal).unwrap_or_default();
            let paid = paid.checked_add(amount).ok_or_else(|| too_large("amount"))?;
            value.insert("total_paid".to_owned(), amount_node(paid));
            self.replace(resource, id, value, now)?;
        }
        Ok(())
    }
}

/// An amount that nothing can be worked out with.
fn too_large(at: &str) -> Fault {
    Fault::invalid(at, "is too large")
}

fn status_id(value: &Object) -> Option<String> {
    value.get("status").and_then(|status| status.get("id")).and_then(scalar)
}

pub(crate) fn is_draft(value: &Object) -> bool {
    status_id(value).as_deref() == Some("DRAFT")
}

fn is_void(value: &Object) -> bool {
    status_id(value).as_deref() == Some("VOID")
}

fn amount_node(amount: Decimal) -> Node {
    number(amount.round_dp(2))
}

/// Net, tax and total of the lines, and of the whole.
fn amounts(value: &mut Object) -> Result<(), Fault> {
    let Some(name) = LINES
        .iter()
        .find(|name| value.get(**name).is_some_and(|lines| lines.as_array().is_some_and(|lines| !lines.is_empty())))
    else {
        return Ok(());
    };
    let mut sums = [Decimal::ZERO; 3];
    if let Some(Node::Array(lines)) = value.get_mut(*name) {
        for (index, line) in lines.iter_mut().enumerate() {
            let Some(line) = line.as_object_mut() else { continue };
            sums = line_amounts(line)
                .and_then(|line| added(sums, line))
                .ok_or_else(|| too_large(&format!("{name}[{index}]")))?;
        }
    }
    for (name, sum) in ["net_amount", "tax_amount", "total_amount"].into_iter().zip(sums) {
        value.insert(name.to_owned(), amount_node(sum));
    }
    Ok(())
}

fn added(a: [Decimal; 3], b: [Decimal; 3]) -> Option<[Decimal; 3]> {
    Some([a[0].checked_add(b[0])?, a[1].checked_add(b[1])?, a[2].checked_add(b[2])?])
}

/// Net, tax and total of a line; `None`: they are too large. What the request says of net and tax holds.
fn line_amounts(line: &mut Object) -> Option<[Decimal; 3]> {
    let amount = |name: &str| given(line, name).and_then(decimal);
    let quantity = amount("quantity").unwrap_or(Decimal::ONE);
    let worth = || {
        let full = quantity.checked_mul(amount("unit_price").unwrap_or_default())?;
        full.checked_sub(amount("discount_amount").unwrap_or_default())
    };
    let net = match amount("net_amount") {
        Some(net) => net,
        None => worth()?,
    };
    let net = net.round_dp(2);
    let tax = match amount("tax_amount") {
        Some(tax) => tax,
        None => net.checked_mul(rate(line))?.checked_div(Decimal::ONE_HUNDRED)?.round_dp(2),
    };
    let total = net.checked_add(tax)?;
    for (name, amount) in [("net_amount", net), ("tax_amount", tax), ("total_amount", total)] {
        line.insert(name.to_owned(), amount_node(amount));
    }
    Some([net, tax, total])
}

/// The percentage of a line's tax rate: its symbolic ids are those of the sample company.
fn rate(line: &Object) -> Decimal {
    let id = line.get("tax_rate").and_then(|rate| rate.get("id")).and_then(scalar);
    match id.as_deref() {
        Some("GB_STANDARD") => Decimal::from(20),
        Some("GB_LOWER") => Decimal::from(5),
        _ => Decimal::ZERO,
    }
}
