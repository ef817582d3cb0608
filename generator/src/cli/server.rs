//! Where the service is, for documents that come without settings.

use std::collections::BTreeMap;

use sage_codegen::InputFile;
use sage_codegen::adapt;
use sage_codegen::config;
use sage_codegen::diagnostic::{Code, Diagnostic, Diagnostics};
use sage_codegen::node::{Node, Object};
use sage_codegen::postman;
use sage_codegen::source::{Dialect, Source};

use super::Stop;
use super::arguments::quoted;

/// Stands in for a server that no document names, so that there is a client; its user sets the real one.
const PLACEHOLDER: &str = "https://localhost";

/// What makes a document large, in Swagger 2.0 and in OpenAPI 3, and says nothing of servers.
const LARGE: [&str; 3] = ["paths", "definitions", "components"];

/// The settings of the first server that tokens may be sent to, or of a stand-in, with a warning that says so.
pub(super) fn settings(documents: &[InputFile]) -> (String, Option<Diagnostic>) {
    let read = |file: &InputFile| Source::read(&file.name, file.text().ok()?).ok();
    let (collections, others): (Vec<Source>, Vec<Source>) =
        documents.iter().filter_map(read).partition(|source| source.dialect().is_postman());
    let mut sources: Vec<Source> = others.into_iter().filter_map(document).collect();
    sources.extend(in_collections(collections));
    let each =
        sources.iter().flat_map(|source| servers(source).enumerate().map(move |(at, server)| (source, at, server)));
    if let Some((source, at, server, text)) =
        each.into_iter().find_map(|(source, at, server)| Some((source, at, server, secure(server)?)))
    {
        return match fault(source, at, server, &text) {
            None => (text, None),
            // Not of the settings, which nobody wrote.
            Some(fault) => (url(PLACEHOLDER), Some(fault)),
        };
    }
    let relative = sources.iter().flat_map(servers).filter_map(address).find(|url| is_path(url));
    let base = format!("{PLACEHOLDER}{}", relative.unwrap_or_default().trim_end_matches('/'));
    // A document that cannot be read has worse to report, and may well name a server.
    let sound = sources.len() == documents.len();
    let warning = sources.first().filter(|_| sound).map(|first| {
        let odd = sources.iter().find(|source| servers(source).next().is_some());
        stand_in(odd.unwrap_or(first), &base)
    });
    (url(&base), warning)
}

/// The settings of the server that the command line names.
pub(super) fn given(address: &str) -> Result<String, Stop> {
    let rest = address.strip_prefix("https://").unwrap_or_default();
    let legal = !rest.starts_with('/') && !rest.contains(|c: char| "?#@{}".contains(c) || c.is_whitespace());
    if rest.is_empty() || !legal {
        let what = "`https://`, a host and perhaps a path, without user, query, fragment and variables";
        return Err(Stop::Usage(format!("`{address}` is no base URL: {what}")));
    }
    Ok(url(address.trim_end_matches('/')))
}

/// A document whose servers can be looked at. What is wrong with any other is reported when it is read for good.
fn document(mut source: Source) -> Option<Source> {
    let dialect = source.dialect();
    for key in LARGE {
        if let Some(part) = source.tree.get_mut(key) {
            *part = Node::Object(Object::default());
        }
    }
    match dialect {
        Dialect::OpenApi30 | Dialect::OpenApi31 => Some(source),
        Dialect::Swagger20 => {
            let mut diagnostics = Diagnostics::new();
            source = adapt::to_openapi_30(source, &mut diagnostics);
            drop(diagnostics.into_vec());
            source.origins.moved("/servers", "/host");
            Some(source)
        }
        Dialect::Overlay | Dialect::Postman | Dialect::PostmanV1 | Dialect::PostmanEnvironment | Dialect::Unknown => {
            None
        }
    }
}

/// Collections name no server; what most of their requests share is one.
fn in_collections(mut collections: Vec<Source>) -> Vec<Source> {
    let server = postman::server(&collections);
    for source in &mut collections {
        let own = server.iter().find(|(_, request)| request.file == source.file);
        source.tree = Node::from([("servers", Node::Array(own.iter().map(|(server, _)| server.clone()).collect()))]);
        // Whatever is wrong with it is in the address of a request.
        let place = own.map_or("/item", |(_, request)| request.pointer.as_str()).to_owned();
        for part in ["", "/0/url", "/0/variables"] {
            source.origins.moved(format!("/servers{part}"), &place);
        }
    }
    collections
}

fn servers(source: &Source) -> impl Iterator<Item = &Node> {
    source.tree.get("servers").and_then(Node::as_array).into_iter().flatten()
}

fn address(server: &Node) -> Option<&str> {
    server.get("url")?.as_str()
}

/// An absolute path, to be resolved against the address of the document, which is not known here.
fn is_path(url: &str) -> bool {
    url.starts_with('/') && !url.starts_with("//") && !url.contains(['?', '#', ' ', '@', '{', '}'])
}

/// A server as settings, if tokens may be sent to it.
fn secure(server: &Node) -> Option<String> {
    let address = address(server).filter(|url| url.starts_with("https://"))?.trim_end_matches('/');
    let variables: Vec<(&String, &Node)> =
        server.get("variables").and_then(Node::as_object).into_iter().flatten().collect();
    let names = config::setters(variables.iter().map(|(name, _)| name.as_str()));
    let known: BTreeMap<&str, &String> = variables.iter().map(|(name, _)| name.as_str()).zip(&names).collect();
    let mut text = url(&renamed(address, &known));
    for ((_, variable), setter) in variables.iter().zip(&names) {
        text.push_str(&format!("\n[[server.variables]]\nname = {}\n", quoted(setter)));
        if let Some(default) = variable.get("default").and_then(Node::as_str) {
            text.push_str(&format!("default = {}\n", quoted(default)));
        }
    }
    Some(text)
}

/// An address with other names for its variables.
fn renamed(address: &str, names: &BTreeMap<&str, &String>) -> String {
    let mut out = String::with_capacity(address.len());
    let mut rest = address;
    while let Some((before, inside)) = rest.split_once('{') {
        let Some((name, after)) = inside.split_once('}') else { break };
        let name = names.get(name).map_or(name, |known| known.as_str());
        out.extend([before, "{", name, "}"]);
        rest = after;
    }
    out + rest
}

/// What is wrong with a server of a document, which would be wrong with settings, too.
fn fault(source: &Source, at: usize, server: &Node, text: &str) -> Option<Diagnostic> {
    let settings = format!("module = 'm'\ntitle = 'm'\ndocuments = ['m']\n[server]\n{text}");
    let fault =
        config::read(&InputFile { name: "api.toml".into(), bytes: settings.into() }).err()?.into_iter().next()?;
    let pointer = fault.place.as_ref().map_or("", |place| place.pointer.as_str());
    let number = pointer.strip_prefix("/server/variables/").and_then(|rest| rest.split('/').next()?.parse().ok());
    let variables = server.get("variables").and_then(Node::as_object);
    let place = source.root().child("servers").child(at);
    let place = match number.and_then(|number| variables?.get_index(number)) {
        Some((name, _)) => place.child("variables").child(name),
        None => place.child("url"),
    };
    let help = "correct it in the document, or name the server with `--server URL`";
    Some(Diagnostic::new(fault.code, fault.message).at(&source.on_disk(&place)).help(help))
}

fn url(address: &str) -> String {
    format!("url = {}\n", quoted(address))
}

fn stand_in(source: &Source, base: &str) -> Diagnostic {
    let message = match servers(source).find_map(address) {
        Some(found) => {
            format!("server `{found}` is no base URL that starts with `https://`; `{base}` stands in for it")
        }
        None => format!("the document names no server; `{base}` stands in for it"),
    };
    Diagnostic::new(Code::NoServer, message)
        .at(&source.on_disk(&source.root().join("/servers")))
        .help("name it with `--server URL`, or set it with `base_url` of the client's builder")
}
