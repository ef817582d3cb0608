//! Diagnostics as text: for people, as JSON lines, and as commands of GitHub's workflow log.
//!
//! Text of documents goes through [`clean`]: it may hold control characters that would move a terminal's cursor, or
//! turn text around.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::{Diagnostic, Severity};
use crate::position::{Index, Position, from_character};
use crate::source::{Place, Source};

/// How diagnostics are printed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Format {
    /// For people, like rustc's.
    #[default]
    Human,
    /// For people, with ANSI colors: for terminals only.
    Color,
    /// One JSON object a line.
    Json,
    /// `::error file=…,line=…::…`
    Github,
}

/// Prints diagnostics. `sources` give lines and columns; a file that is not among them goes without.
pub fn render<'a>(diagnostics: &[Diagnostic], sources: impl IntoIterator<Item = &'a Source>, format: Format) -> String {
    print(diagnostics, &Texts::new(sources.into_iter().collect(), diagnostics), format)
}

fn print(diagnostics: &[Diagnostic], texts: &Texts<'_>, format: Format) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let spot = texts.spot(diagnostic);
        let related = diagnostic.related.iter().map(|(label, place)| (label.as_str(), texts.place(place))).collect();
        let print = Print { diagnostic, spot, related };
        match format {
            Format::Human => print.human(&mut out, false),
            Format::Color => print.human(&mut out, true),
            Format::Json => print.json(&mut out),
            Format::Github => print.github(&mut out),
        }
    }
    out
}

/// Where a diagnostic is, in the file on disk.
struct Spot<'a> {
    file: String,
    pointer: String,
    position: Option<Position>,
    line: Option<Cow<'a, str>>,
}

impl Spot<'_> {
    fn nowhere() -> Self {
        Spot { file: String::new(), pointer: String::new(), position: None, line: None }
    }

    /// `file:line:column`, as far as known.
    fn name(&self) -> String {
        let at = self.position.map(|at| format!(":{}:{}", at.line, at.column)).unwrap_or_default();
        format!("{}{at}", clean(&self.file))
    }
}

/// The texts of the sources, each read again for its places if a diagnostic is in it.
struct Texts<'a>(BTreeMap<&'a str, (&'a Source, Index<'a>)>);

impl<'a> Texts<'a> {
    fn new(sources: Vec<&'a Source>, diagnostics: &[Diagnostic]) -> Self {
        let places = || diagnostics.iter().flat_map(places);
        let texts = sources.into_iter().filter_map(|source| {
            let here: Vec<_> = places().filter(|place| place.file == source.file).collect();
            let pointers: Vec<_> = here.into_iter().map(|place| source.on_disk(place).pointer).collect();
            let index = || Index::new(&source.text, pointers.iter().map(String::as_str));
            (!pointers.is_empty()).then(|| (&*source.file, (source, index())))
        });
        Self(texts.collect())
    }

    fn spot(&self, diagnostic: &'a Diagnostic) -> Spot<'a> {
        let Some(place) = &diagnostic.place else { return Spot::nowhere() };
        let Some(position) = diagnostic.position else { return self.place(place) };
        let text = || Some(&*self.0.get(&*place.file)?.0.text);
        let line = diagnostic.line.as_deref().or_else(|| line(text()?, position)).map(Cow::Borrowed);
        Spot { file: place.file.to_string(), pointer: place.pointer.clone(), position: Some(position), line }
    }

    fn place(&self, place: &Place) -> Spot<'a> {
        let file = place.file.to_string();
        let Some((source, index)) = self.0.get(&*place.file) else {
            return Spot { file, pointer: place.pointer.clone(), ..Spot::nowhere() };
        };
        let pointer = source.on_disk(place).pointer;
        let position = index.find(&pointer);
        let line = index.line(position.line).map(Cow::Borrowed);
        Spot { file, pointer, position: Some(position), line }
    }
}

/// All places that a diagnostic names.
fn places(diagnostic: &Diagnostic) -> impl Iterator<Item = &Place> {
    diagnostic.place.iter().chain(diagnostic.related.iter().map(|(_, place)| place))
}

fn line(text: &str, position: Position) -> Option<&str> {
    text.lines().nth(position.line - 1)
}

/// A diagnostic and all its places.
struct Print<'a> {
    diagnostic: &'a Diagnostic,
    spot: Spot<'a>,
    related: Vec<(&'a str, Spot<'a>)>,
}

impl Print<'_> {
    fn human(&self, out: &mut String, color: bool) {
        let Print { diagnostic, spot, .. } = self;
        let (bold, accent, reset) = match (color, diagnostic.severity) {
            (false, _) => ("", "", ""),
            (true, Severity::Error) => ("\x1b[1m", "\x1b[1;31m", "\x1b[0m"),
            (true, Severity::Warning) => ("\x1b[1m", "\x1b[1;33m", "\x1b[0m"),
            (true, Severity::Note) => ("\x1b[1m", "\x1b[1;36m", "\x1b[0m"),
        };
        let (severity, code, message) = (diagnostic.severity.name(), diagnostic.code, clean(&diagnostic.message));
        let _ = writeln!(out, "{accent}{severity}[{code}]{reset}{bold}: {message}{reset}");
        let number = spot.position.map(|position| position.line.to_string()).unwrap_or_default();
        let margin = " ".repeat(number.len().max(1));
        if !spot.file.is_empty() {
            let _ = writeln!(out, "{margin}--> {}", spot.name());
        }
        if let (Some(line), Some(position)) = (&spot.line, spot.position) {
            let (line, before, length) = excerpt(line, position);
            let carets = format!("{}{accent}{}{reset}", " ".repeat(before), "^".repeat(length));
            let _ = writeln!(out, "{margin} |\n{number} | {line}\n{margin} | {carets}");
        }
        if !spot.pointer.is_empty() {
            let _ = writeln!(out, "{margin} = pointer: `#{}`", clean(&spot.pointer));
        }
        for (label, text) in &diagnostic.facts {
            let _ = writeln!(out, "{margin} = {}: {}", clean(label), clean(text));
        }
        for (label, spot) in &self.related {
            let _ = writeln!(out, "{margin} = {}: {} (`#{}`)", clean(label), spot.name(), clean(&spot.pointer));
        }
        if let Some(help) = &diagnostic.help {
            let _ = writeln!(out, "{margin} = help: {}", clean(help));
        }
        out.push('\n');
    }

    fn json(&self, out: &mut String) {
        let Print { diagnostic, spot, .. } = self;
        let facts: serde_json::Map<_, _> =
            diagnostic.facts.iter().map(|(label, text)| (label.clone(), text.as_str().into())).collect();
        let related: Vec<_> = self.related.iter().map(|(label, spot)| place_json(Some(label), spot)).collect();
        let mut object = place_json(None, spot);
        object.insert("code".into(), diagnostic.code.id().into());
        object.insert("severity".into(), diagnostic.severity.name().into());
        object.insert("message".into(), diagnostic.message.as_str().into());
        object.insert("facts".into(), facts.into());
        object.insert("related".into(), related.into());
        object.insert("help".into(), diagnostic.help.clone().into());
        let text = serde_json::Value::Object(object).to_string();
        for c in text.chars() {
            // JSON escapes only some of what a terminal would act on.
            if is_active(c) {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            } else {
                out.push(c);
            }
        }
        out.push('\n');
    }

    fn github(&self, out: &mut String) {
        let Print { diagnostic, spot, .. } = self;
        let command = match diagnostic.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Note => "notice",
        };
        let mut properties = Vec::new();
        if !spot.file.is_empty() {
            properties.push(format!("file={}", property(&spot.file)));
        }
        if let Some(position) = spot.position {
            properties.push(format!("line={},col={}", position.line, position.column));
        }
        properties.push(format!("title={}", diagnostic.code.id()));
        let mut message = diagnostic.message.clone();
        for (label, text) in &diagnostic.facts {
            let _ = write!(message, "\n{label}: {text}");
        }
        for (label, spot) in &self.related {
            let _ = write!(message, "\n{label}: {}", spot.name());
        }
        if let Some(help) = &diagnostic.help {
            let _ = write!(message, "\nhelp: {help}");
        }
        let _ = writeln!(out, "::{command} {}::{}", properties.join(","), command_text(&message));
    }
}

fn place_json(label: Option<&str>, spot: &Spot<'_>) -> serde_json::Map<String, serde_json::Value> {
    let file = Some(&spot.file).filter(|file| !file.is_empty());
    let mut object = serde_json::Map::new();
    object.extend(label.map(|label| ("label".to_owned(), label.into())));
    object.insert("file".into(), file.cloned().into());
    object.insert("line".into(), spot.position.map(|position| position.line).into());
    object.insert("column".into(), spot.position.map(|position| position.column).into());
    object.insert("pointer".into(), file.map(|_| spot.pointer.clone()).into());
    object
}

/// At most this many characters of a line are shown: a document may be one line of a megabyte.
const WIDTH: usize = 120;

/// The part of a line around a position, what stands before the marked part, and how long that is.
fn excerpt(line: &str, position: Position) -> (String, usize, usize) {
    let column = position.column - 1;
    let skip = if column > WIDTH * 2 / 3 { column - WIDTH / 3 } else { 0 };
    let shown: Vec<String> = from_character(line, skip).chars().take(WIDTH).map(|c| clean(&c.to_string())).collect();
    let before = column - skip;
    let length = |range: &[String]| range.iter().map(|text| text.chars().count()).sum::<usize>();
    let (head, tail) = shown.split_at(before.min(shown.len()));
    let marked = length(&tail[..position.length.min(tail.len())]).max(1);
    let (cut, offset) = if skip > 0 { ("…", 1) } else { ("", 0) };
    (format!("{cut}{}", shown.concat().trim_end()), length(head) + offset, marked)
}

/// The text of a workflow command: its own line ends would end the command.
fn command_text(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(clean).collect();
    lines.join("\n").replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    command_text(text).replace(':', "%3A").replace(',', "%2C")
}

/// Text that a terminal prints as it stands: control characters, and those that change the direction of text, are
/// shown as escapes; tabs as one space, so that carets stay below their text.
pub(super) fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\t' => out.push(' '),
            '\n' | '\r' => out.extend(c.escape_default()),
            c if is_active(c) => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// Does a terminal act on this character rather than show it?
fn is_active(c: char) -> bool {
    let invisible = '\u{200b}'..='\u{200f}';
    let direction = '\u{2028}'..='\u{202e}';
    let format = '\u{2060}'..='\u{206f}';
    c.is_control() || invisible.contains(&c) || direction.contains(&c) || format.contains(&c) || c == '\u{feff}'
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Code;

    #[test]
    fn one_diagnostic_in_all_formats() {
        let wide = format!(
            "{{\"openapi\": \"3.0.0\", {}\"tag\\u001b[31m\": [1]}}",
            "\"x\": {}, ".replace('x', &"x".repeat(150))
        );
        let source = Source::read("specs/a,b/open%api.json", &wide).unwrap();
        let place = source.root().child("tag\u{1b}[31m");
        let diagnostics = [
            Diagnostic::new(Code::Syntax, "first: 100%\u{202e}\u{7}")
                .at(&place.child(0))
                .fact("reference", "`#/a\nb`")
                .also("the other", &source.root())
                .help("mend it"),
            Diagnostic::new(Code::Webhooks, "no place"),
            Diagnostic::new(Code::Keyword, "an unknown file").at(&Place::root(&"other.yaml".into())),
        ];
        for format in [Format::Human, Format::Color, Format::Json, Format::Github] {
            let printed = render(&diagnostics, [&source], format).replace("\u{1b}", "<ESC>");
            insta::assert_snapshot!(format!("{format:?}"), printed);
        }
    }
}
