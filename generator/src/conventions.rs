//! Rules for a whole API, which no document states and the service keeps: each is switched on in `api.toml`, counts
//! where it applied, and is an error where it applied nowhere, because then it is out of date.

use crate::config::{self, ApiConfig, Counts};
use crate::diagnostic::{Code, Diagnostic, Diagnostics};
use crate::ir::{self, Api, Content, Kind, SchemaId};

mod asked;
mod bodies;
mod files;
mod lists;
mod names;
mod numbers;
mod products;
mod queries;
mod readonly;
mod slots;
mod values;

/// What a rule works with.
struct Ctx<'a> {
    api: &'a mut Api,
    config: &'a ApiConfig,
    diagnostics: &'a mut Diagnostics,
    counts: Counts,
}

/// Applies the conventions of `config` to `api`, and says how often each applied.
pub fn apply(api: &mut Api, config: &ApiConfig, diagnostics: &mut Diagnostics) -> Counts {
    // Documents that could not be read say nothing about conventions.
    if api.operations.is_empty() && diagnostics.has_errors() {
        return Counts::new();
    }
    let mut ctx = Ctx { api, config, diagnostics, counts: Counts::new() };
    let conventions = &config.conventions;
    if let Some(setting) = &conventions.body_wrapper {
        ctx.body_wrapper(setting);
    }
    if let Some(setting) = &conventions.required_bodies {
        ctx.required_bodies(setting);
    }
    if let Some(setting) = &conventions.idempotency {
        ctx.idempotency(setting);
    }
    if let Some(setting) = &conventions.sequential_writes {
        ctx.sequential_writes(setting);
    }
    if let Some(setting) = &conventions.non_atomic_updates {
        ctx.non_atomic_updates(setting);
    }
    if let Some(setting) = &conventions.expand_slots {
        ctx.expand_slots(setting);
    }
    if let Some(setting) = &conventions.integer_ids {
        ctx.integer_ids(setting);
    }
    if let Some(setting) = &conventions.decimals {
        ctx.decimals(setting);
    }
    if let Some(setting) = &conventions.list_envelope {
        ctx.list_envelope(setting);
    }
    if let Some(setting) = &conventions.offset_paging {
        ctx.offset_paging(setting);
    }
    if let Some(setting) = &conventions.query_options {
        ctx.query_options(setting);
    }
    ctx.paging_counts();
    if conventions.any_success.is_some() {
        ctx.any_success();
    }
    if conventions.optional_replies.is_some() {
        ctx.optional_replies();
    }
    if let Some(setting) = &conventions.optional_requests {
        ctx.optional_requests(setting);
    }
    if let Some(setting) = &conventions.errors {
        ctx.errors(setting);
    }
    if let Some(setting) = &conventions.attributes {
        ctx.attributes(setting);
    }
    if let Some(setting) = &conventions.sort {
        ctx.sort(setting);
    }
    if conventions.dates_for_moments.is_some() {
        ctx.dates_for_moments();
    }
    if let Some(setting) = &conventions.professional_only {
        ctx.professional_only(setting);
    }
    ctx.read_only_parts();
    ctx.header_exceptions();
    ctx.named_operations();
    ctx.tried_operations();
    ctx.named_types();
    ctx.meanings();
    ctx.files();
    ctx.values();
    ctx.counts
}

impl Ctx<'_> {
    /// Records how often a convention applied; never is an error.
    fn applied(&mut self, name: &str, count: usize, looked_for: &str) {
        self.counts.insert(name.to_owned(), count);
        if count == 0 {
            let message = format!("convention `{name}` applied nowhere: {looked_for}");
            self.unused(&format!("/conventions/{name}"), message);
        }
    }

    fn unused(&mut self, pointer: &str, message: String) {
        let diagnostic = self.config.diagnostic(Code::UnusedConvention, pointer, message);
        self.diagnostics.push(diagnostic.help("take it out, or correct it"));
    }

    fn note(&mut self, code: Code, place: &crate::source::Place, message: String) {
        self.diagnostics.push(Diagnostic::new(code, message).at(place));
    }

    /// The schema of an operation's first reply with JSON.
    fn reply(&self, operation: &ir::Operation) -> Option<SchemaId> {
        operation.replies.iter().find_map(|reply| match reply.content {
            Some(Content::Json(schema)) => Some(schema),
            _ => None,
        })
    }

    fn replies_with(&self, operation: &ir::Operation, is: impl Fn(&Kind) -> bool) -> bool {
        self.reply(operation).is_some_and(|schema| is(&self.api.schema(schema).kind))
    }

    /// Any 2xx is a success, and brings what the declared success brings.
    fn any_success(&mut self) {
        let mut count = 0;
        for operation in &mut self.api.operations {
            if operation.replies.iter().any(|reply| reply.status == ir::Status::AnySuccess) {
                continue;
            }
            match operation.replies.as_mut_slice() {
                [only] => only.status = ir::Status::AnySuccess,
                [first, ..] => {
                    let any = ir::Reply { status: ir::Status::AnySuccess, ..first.clone() };
                    operation.replies.push(any);
                }
                [] => continue,
            }
            count += 1;
        }
        self.applied("any-success", count, "every operation takes any success already");
    }

    fn optional_replies(&mut self) {
        self.api.client.optional_replies = true;
        let count = self.api.operations.iter().filter(|operation| self.reply(operation).is_some()).count();
        self.applied("optional-replies", count, "no operation answers with JSON");
    }

    fn errors(&mut self, setting: &config::Errors) {
        self.api.client.errors = match setting.shape {
            config::ErrorShape::SageList => ir::Errors::SageList,
            config::ErrorShape::Message => ir::Errors::Message,
        };
        self.applied("errors", self.api.operations.len(), "there is no operation");
    }

    /// Operations that go without a header of the client.
    fn header_exceptions(&mut self) {
        for (index, header) in self.config.headers.iter().enumerate() {
            for (at, path) in header.except.iter().enumerate() {
                let mut found = false;
                let meant = |operation: &&mut ir::Operation| {
                    operation.path.template == *path && !operation.without_headers.contains(&header.name)
                };
                for operation in self.api.operations.iter_mut().filter(meant) {
                    operation.without_headers.push(header.name.clone());
                    found = true;
                }
                if !found {
                    let (name, already) = (&header.name, "or it is named already");
                    let message = format!("no operation has the path `{path}`, which goes without `{name}`, {already}");
                    self.unused(&format!("/headers/{index}/except/{at}"), message);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests;
