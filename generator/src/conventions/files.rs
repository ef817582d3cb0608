//! Files that travel in bodies as base64.

use super::Ctx;
use crate::config;
use crate::ir::{Content, File, Kind, Object, Text};

impl Ctx<'_> {
    /// Bodies with a file know how large it may be.
    pub(super) fn files(&mut self) {
        for (index, setting) in self.config.files.iter().enumerate() {
            for (at, key) in setting.operations.iter().enumerate() {
                if let Err(message) = self.file(key, setting) {
                    self.unused(&format!("/files/{index}/operations/{at}"), message);
                }
            }
        }
        let count = self.api.operations.iter().map(|operation| operation.files.len()).sum();
        if count > 0 {
            self.counts.insert("files".to_owned(), count);
        }
    }

    fn file(&mut self, key: &str, setting: &config::File) -> Result<(), String> {
        let at = self.operation_called(key)?;
        let told = [&setting.property, &setting.size, &setting.name, &setting.media_type];
        if let Some(twice) = (1..told.len()).find(|&index| told[..index].contains(&told[index])) {
            return Err(format!("one property of `{key}`, `{}`, cannot say two things of a file", told[twice]));
        }
        let object = self.body_of(at).ok_or_else(|| format!("the body of `{key}` is no object"))?;
        let property = |name: &String| {
            let found = object.properties.iter().find(|property| property.name == *name);
            found.ok_or_else(|| format!("the body of `{key}` has no property `{name}`"))
        };
        if !matches!(self.api.schema(property(&setting.property)?.schema).kind, Kind::String(Text::Base64)) {
            return Err(format!("`{}` of `{key}` has not the format `byte`", setting.property));
        }
        let size = property(&setting.size)?;
        let most = size.limits.maximum.as_ref().or(self.api.schema(size.schema).limits.maximum.as_ref());
        let most = most.and_then(|most| most.parse().ok());
        let most = most.ok_or_else(|| format!("`{}` of `{key}` has no maximum", setting.size))?;
        property(&setting.name)?;
        property(&setting.media_type)?;
        let file = File {
            property: setting.property.clone(),
            most,
            name: setting.name.clone(),
            media_type: setting.media_type.clone(),
        };
        self.api.operations[at].files.push(file);
        Ok(())
    }

    fn body_of(&self, operation: usize) -> Option<&Object> {
        let body = self.api.operations[operation].body.as_ref()?;
        let Content::Json(schema) = body.content else { return None };
        match &self.api.schema(schema).kind {
            Kind::Object(object) => Some(object),
            _ => None,
        }
    }
}
