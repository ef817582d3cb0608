//! What settings must be, whatever the documents say.

use std::collections::BTreeSet;

use super::ApiConfig;
use crate::diagnostic::{Code, Diagnostic};
use crate::names::Words;
use crate::names::ident::is_device;
use crate::ordered;

/// Methods that may have a body.
const METHODS: [&str; 4] = ["POST", "PUT", "PATCH", "DELETE"];

/// Setters that every client builder has.
const TAKEN: [&str; 14] = [
    "access_token",
    "token_source",
    "transport",
    "base_url",
    "origin",
    "timeout",
    "timeouts",
    "limits",
    "clock",
    "build",
    "app",
    "grant",
    "credentials",
    "token_store",
];

/// All that is wrong with `config`.
pub(super) fn check(config: &ApiConfig) -> Vec<Diagnostic> {
    let mut faults = Faults { config, found: Vec::new() };
    faults.module();
    faults.documents();
    faults.server();
    faults.headers();
    faults.authentication();
    faults.operations();
    faults.conventions();
    faults.found
}

struct Faults<'a> {
    config: &'a ApiConfig,
    found: Vec<Diagnostic>,
}

impl Faults<'_> {
    fn say(&mut self, pointer: &str, message: impl Into<String>, help: impl Into<String>) {
        self.found.push(self.config.diagnostic(Code::Setting, pointer, message).help(help));
    }

    fn module(&mut self) {
        let module = &self.config.module;
        if !is_identifier(module) || is_device(module) {
            self.say(
                "/module",
                format!("`{module}` cannot be the name of a module"),
                "a module is called by lower-case letters, digits and `_`, and is no word of the language and no device \
                 of Windows",
            );
        }
    }

    fn documents(&mut self) {
        if self.config.documents.is_empty() {
            self.say("/documents", "no document is named", "name at least one, relative to the folder of this file");
        }
        for (index, document) in self.config.documents.iter().enumerate() {
            if document.starts_with('/') || document.contains('\\') || document.split('/').any(|step| step == "..") {
                let pointer = format!("/documents/{index}");
                self.say(&pointer, format!("`{document}` leads out of the folder"), "documents stand beside this file");
            }
        }
    }

    fn server(&mut self) {
        let server = &self.config.server;
        let Some(rest) = server.url.strip_prefix("https://") else {
            let message = format!("`{}` does not start with `https://`", server.url);
            return self.say("/server/url", message, "tokens are sent with every request, and need a safe way");
        };
        if rest.is_empty() || rest.contains(['?', '#', ' ', '@']) {
            let message = format!("`{}` is no base URL", server.url);
            self.say("/server/url", message, "a base URL has a host and a path, and neither user, query nor fragment");
        }
        self.beside(rest);
        let names = match crate::normalize::path_parameters(&format!("/{rest}")) {
            Ok(names) => names.into_iter().map(str::to_owned).collect(),
            Err(reason) => {
                self.say("/server/url", format!("base URL is malformed: {reason}"), "variables stand in braces");
                BTreeSet::new()
            }
        };
        let mut declared = BTreeSet::new();
        for (index, variable) in server.variables.iter().enumerate() {
            let pointer = format!("/server/variables/{index}/name");
            if !names.contains(&variable.name) {
                let message = format!("variable `{}` does not stand in the base URL", variable.name);
                self.say(&pointer, message, list("the base URL has", names.iter()));
            }
            if !declared.insert(variable.name.clone()) {
                self.say(&pointer, format!("variable `{}` is declared twice", variable.name), "take one of them out");
            }
            if !is_setter(&variable.name) {
                let message = format!("variable `{}` cannot be the name of a setter", variable.name);
                self.say(&pointer, message, "the builder gets a method of this name");
            }
            self.variable(index);
        }
        for name in names.difference(&declared) {
            let message = format!("variable `{name}` of the base URL is not declared");
            self.say("/server/url", message, "declare it under `[[server.variables]]`");
        }
    }

    /// Servers of single documents: `../../core/v3`, and never above the host.
    fn beside(&mut self, rest: &str) {
        let config = self.config;
        let depth = rest.trim_end_matches('/').matches('/').count();
        for (document, beside) in &config.server.beside {
            let pointer = format!("/server/beside/{}", crate::node::escape(document));
            if !config.documents.contains(document) {
                self.say(
                    &pointer,
                    format!("`{document}` is no document"),
                    list("the documents are", config.documents.iter()),
                );
            }
            let steps: Vec<&str> = beside.split('/').collect();
            let up = steps.iter().take_while(|step| **step == "..").count();
            let legal = |step: &&str| {
                let letter = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte);
                !matches!(*step, "" | "." | "..") && step.bytes().all(letter)
            };
            if up == 0 || up > depth || up == steps.len() || !steps[up..].iter().all(legal) {
                let message = format!("`{beside}` does not lead from the base URL to one beside it");
                self.say(
                    &pointer,
                    message,
                    "`../v3` replaces the last step of the base URL, `../../core/v3` the last two",
                );
            }
        }
    }

    fn variable(&mut self, index: usize) {
        let variable = &self.config.server.variables[index];
        let texts: Vec<&String> = variable.values.iter().map(|(_, text)| text).collect();
        if let Some(default) = variable.default.as_ref().filter(|default| !texts.is_empty() && !texts.contains(default))
        {
            let message = format!("default `{default}` is none of the values");
            self.say(&format!("/server/variables/{index}/default"), message, list("the values are", texts.into_iter()));
        }
        for (at, (name, _)) in variable.values.iter().enumerate() {
            let legal =
                name.starts_with(|c: char| c.is_ascii_uppercase()) && name.chars().all(|c| c.is_ascii_alphanumeric());
            if !legal {
                let pointer = format!("/server/variables/{index}/values/{at}");
                let help = "a value is called like a type: a capital, then letters and digits";
                self.say(&pointer, format!("`{name}` cannot be the name of a value"), help);
            }
        }
    }

    fn headers(&mut self) {
        let mut setters: BTreeSet<&str> =
            ordered::set(self.config.server.variables.iter().map(|variable| variable.name.as_str()));
        let mut names = BTreeSet::new();
        for (index, header) in self.config.headers.iter().enumerate() {
            let at = |member: &str| format!("/headers/{index}/{member}");
            if !is_token(&header.name) {
                let message = format!("`{}` is no legal name of a header", header.name);
                self.say(&at("name"), message, "letters, digits, `-` and `_` are");
            }
            if !names.insert(header.name.to_ascii_lowercase()) {
                self.say(&at("name"), format!("header `{}` is declared twice", header.name), "take one of them out");
            }
            let setter = header.setter.as_str();
            if !is_identifier(setter) || TAKEN.contains(&setter) {
                let message = format!("`{setter}` cannot be the name of a setter");
                self.say(
                    &at("setter"),
                    message,
                    list("legal are lower-case words, and these are taken:", TAKEN.iter()),
                );
            }
            if !setters.insert(setter) {
                self.say(
                    &at("setter"),
                    format!("setter `{setter}` is declared twice"),
                    "every setter has its own name",
                );
            }
        }
    }

    fn authentication(&mut self) {
        let Some(oauth) = &self.config.authentication else { return };
        if oauth.endpoints.is_empty() {
            self.say("/authentication/endpoints", "no token URL is given", "give at least one, with `token-url`");
        }
        let mut urls = vec![("/authentication/authorize-url".to_owned(), &oauth.authorize_url)];
        for (index, endpoints) in oauth.endpoints.iter().enumerate() {
            let at = format!("/authentication/endpoints/{index}");
            if endpoints.countries.is_empty() && index + 1 < oauth.endpoints.len() {
                self.say(&at, "endpoints without countries hide those after them", "put them last");
            }
            urls.push((format!("{at}/token-url"), &endpoints.token_url));
            urls.extend(endpoints.revoke_url.iter().map(|url| (format!("{at}/revoke-url"), url)));
        }
        for (pointer, url) in urls {
            let rest = url.strip_prefix("https://").unwrap_or_default();
            if rest.is_empty() || rest.contains(['?', '#', ' ', '@', '{']) {
                let help = "an address starts with `https://` and has neither user, query nor fragment";
                self.say(&pointer, format!("`{url}` is no address for secrets"), help);
            }
        }
    }

    fn operations(&mut self) {
        for (key, operation) in &self.config.operations {
            if !is_identifier(&operation.method) {
                let message = format!("`{}` cannot be the name of a method", operation.method);
                let help = "a method is called by lower-case letters, digits and `_`, and is no word of the language";
                self.say(&format!("/operations/{}/method", crate::node::escape(key)), message, help);
            }
        }
    }

    fn conventions(&mut self) {
        let conventions = &self.config.conventions;
        if let Some(ids) = &conventions.integer_ids
            && !["int32", "int64"].contains(&ids.format.as_str())
        {
            let message = format!("format `{}` is not that of a whole number", ids.format);
            self.say("/conventions/integer-ids/format", message, "the formats are `int32` and `int64`");
        }
        let required = conventions.required_bodies.iter().map(|setting| ("required-bodies", &setting.methods));
        let idempotency = conventions.idempotency.iter().map(|setting| ("idempotency", &setting.methods));
        for (convention, methods) in required.chain(idempotency) {
            for (index, method) in methods.iter().enumerate().filter(|(_, name)| !METHODS.contains(&name.as_str())) {
                let pointer = format!("/conventions/{convention}/methods/{index}");
                self.say(&pointer, format!("`{method}` is no method with a body"), list("these are", METHODS.iter()));
            }
        }
        let Some(options) = &conventions.query_options else { return };
        for (list_name, options) in [("list", &options.list), ("single", &options.single)] {
            for (index, option) in options.iter().enumerate() {
                if let Some((_, ty)) = option.split_once(':').filter(|(_, ty)| !["integer", "boolean"].contains(ty)) {
                    let pointer = format!("/conventions/query-options/{list_name}/{index}");
                    let help = "an option is text, `name:integer` or `name:boolean`";
                    self.say(&pointer, format!("type `{ty}` of a query option is unknown"), help);
                }
            }
        }
    }
}

/// A lower-case word that can be a function, a module and a file.
fn is_identifier(word: &str) -> bool {
    let legal = word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
    legal && syn::parse_str::<syn::Ident>(word).is_ok()
}

/// Can this be the name of a setter for a variable of the base URL?
fn is_setter(name: &str) -> bool {
    is_identifier(name) && !TAKEN.contains(&name)
}

/// What the setters of variables are called that documents and collections name as they like: `baseId` is `base_id`.
/// Names that are legal stay; the others are told apart.
pub fn setters<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let names: Vec<&str> = names.collect();
    let mut taken: BTreeSet<String> =
        ordered::set(names.iter().filter(|name| is_setter(name)).map(|name| (*name).to_owned()));
    let setter = |name: &&str| {
        if is_setter(name) {
            return (*name).to_owned();
        }
        let words = Words::of(name).snake();
        let base = if is_setter(&words) { words } else { format!("server_{words}") };
        let numbered = (2..).map(|number: u32| format!("{base}_{number}"));
        let mut free = std::iter::once(base.clone()).chain(numbered).filter(|name| !taken.contains(name));
        let setter = free.next().unwrap_or_else(|| base.clone());
        taken.insert(setter.clone());
        setter
    };
    names.iter().map(setter).collect()
}

/// A token of HTTP.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

fn list(intro: &str, words: impl Iterator<Item = impl AsRef<str>>) -> String {
    let words: Vec<String> = words.map(|word| format!("`{}`", word.as_ref())).collect();
    if words.is_empty() { format!("{intro} none") } else { format!("{intro} {}", words.join(", ")) }
}

#[cfg(test)]
mod tests {
    use crate::config::read;
    use crate::diagnostic::{Format, render};
    use crate::inputs::InputFile;

    fn faults(text: &str) -> String {
        let file = InputFile { name: "specs/small/api.toml".into(), bytes: text.as_bytes().to_vec() };
        match read(&file) {
            Ok(_) => "none".to_owned(),
            Err(faults) => render(&faults, [], Format::Human),
        }
    }

    #[test]
    fn all_faults_are_told_at_once() {
        insta::assert_snapshot!(faults(
            "module = 'type'
title = 'T'
documents = ['../a.yaml']

[server]
url = 'https://example.com/{region}/{other}'

[[server.variables]]
name = 'region'
values = [['uki', 'uki'], ['Us', 'us']]
default = 'de'

[[server.variables]]
name = 'product'

[[headers]]
name = 'X Site'
setter = 'build'

[[headers]]
name = 'X-Other'
setter = 'region'

[authentication]
authorize-url = 'https://example.com/login?filter=a'

[[authentication.endpoints]]
token-url = 'http://example.com/token'

[[authentication.endpoints]]
countries = ['GB']
token-url = 'https://example.com/token'
revoke-url = 'x'

[conventions.integer-ids]
format = 'int16'

[conventions.required-bodies]
methods = ['POST', 'HEAD']

[conventions.idempotency]
property = 'i'
methods = ['GET']

[conventions.query-options]
list = ['$top:number']

[operations.'GET /a']
method = 'type'
does = 'Does'
"
        ));
    }

    #[test]
    fn settings_of_the_wrong_shape_are_told_with_what_is_legal() {
        let base = "module = 'a'\ntitle = 'T'\ndocuments = ['a.yaml']\n[server]\nurl = 'http://example.com'\n";
        insta::assert_snapshot!(
            [
                faults(base),
                faults(&base.replace("http:", "https:")),
                faults(&format!("{base}[conventions.errors]\nshape = 'list'\n")),
                faults(&format!("{base}[convention]\n")),
                faults("module ="),
            ]
            .join("\n")
        );
    }
}
