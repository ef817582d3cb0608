//! The records of a collection, and of those collections that show others.

use std::borrow::Cow;

use super::{Record, World};
use crate::json::{Node, Object, given};
use crate::spec::singular;

impl World {
    /// The records of a collection, in the order in which they were made. A view shows the records that it is of.
    pub(crate) fn records<'a>(&'a self, resource: &str) -> Vec<(&'a Record, Cow<'a, Object>)> {
        if let Some(base) = self.shown_by(resource) {
            let all = self.collections.get(&base).into_iter().flat_map(|all| all.records.values());
            return all.map(|record| (record, Cow::Owned(self.as_shown(resource, &base, &record.value)))).collect();
        }
        let all = self.collections.get(resource).into_iter().flat_map(|all| all.records.values());
        all.map(|record| (record, Cow::Borrowed(&record.value))).collect()
    }

    /// What a view or a lookup shows: `customer_views` and `lookup_customers` show `customers`.
    pub(super) fn shown_by(&self, resource: &str) -> Option<String> {
        let of_view = resource
            .strip_suffix("_views")
            .and_then(|one| self.spec.resources.keys().find(|name| singular(name) == one && name.as_str() != resource));
        let of_lookup = resource.strip_prefix("lookup_").and_then(|name| self.spec.resources.get_key_value(name));
        of_view.cloned().or_else(|| of_lookup.map(|(name, _)| name.clone()))
    }

    /// The properties of a view, by the names that it has for them: `customer_name` is the `name` of a customer.
    fn as_shown(&self, resource: &str, base: &str, value: &Object) -> Object {
        let Some(view) = self.spec.resources.get(resource) else { return Object::default() };
        let prefix = format!("{}_", singular(base));
        let properties = self.spec.properties(view.entity).iter();
        let shown = |name: &String| {
            let found = given(value, name).or_else(|| given(value, name.strip_prefix(&prefix)?));
            found.or_else(|| self.through(value, name)).cloned().map(|found| (name.clone(), found))
        };
        properties.filter_map(|property| shown(&property.name)).collect()
    }

    /// `currency_name` is the name of what `currency_id` leads to.
    fn through<'a>(&'a self, value: &Object, name: &str) -> Option<&'a Node> {
        let (id, of) = value.iter().find_map(|(key, id)| {
            let stem = key.strip_suffix("_id")?;
            Some((id, (stem, name.strip_prefix(stem)?.strip_prefix('_')?)))
        })?;
        let (stem, property) = of;
        let record = self.record(self.spec.target(stem)?, &crate::json::scalar(id)?)?;
        given(&record.value, property)
    }

    /// Is this record one of those below the parents that the path names?
    pub(crate) fn is_below(
        &self,
        resource: &str,
        record: &Record,
        value: &Object,
        parents: &[(String, String)],
    ) -> bool {
        let entity = self.spec.resources.get(resource).map(|known| known.entity);
        parents.iter().all(|(parent, id)| {
            if record.parents.iter().any(|(name, _)| name == parent) {
                return record.parents.iter().any(|(name, other)| name == parent && other == id);
            }
            let link = format!("{}_id", singular(parent));
            match entity.is_some_and(|entity| self.spec.property(entity, &link).is_some()) {
                true => given(value, &link).and_then(crate::json::scalar).as_ref() == Some(id),
                // The documents do not say how they belong together.
                false => true,
            }
        })
    }
}
