//! Products: what one has and the other has not.

use super::Ctx;
use crate::config;
use crate::ir::Kind;

impl Ctx<'_> {
    /// The product without what is marked as professional-only is known by a variable of the base URL.
    pub(super) fn professional_only(&mut self, setting: &config::ProfessionalOnly) {
        let variables = &self.api.client.variables;
        let Some(variable) = variables.iter().find(|variable| variable.name == setting.variable) else {
            let message = format!("the base URL has no variable `{}`", setting.variable);
            return self.unused("/conventions/professional-only/variable", message);
        };
        let Some((_, text)) = variable.values.iter().find(|(name, _)| *name == setting.standard) else {
            let message = format!("variable `{}` has no value called `{}`", setting.variable, setting.standard);
            return self.unused("/conventions/professional-only/standard", message);
        };
        self.api.client.standard = Some((setting.variable.clone(), text.clone()));
        let operations = self.api.operations.iter().filter(|operation| operation.terms.professional_only).count();
        let properties = self.api.schemas.iter().map(|schema| match &schema.kind {
            Kind::Object(object) => object.properties.iter().filter(|p| p.terms.professional_only).count(),
            _ => 0,
        });
        let count = operations + properties.sum::<usize>();
        self.applied("professional-only", count, "no operation and no property is marked so");
    }
}
