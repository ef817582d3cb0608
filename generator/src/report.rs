//! What the commands print, as text: the table of a run, and the files that are not as they should be.

use std::fmt::Write as _;

use serde_json::json;

use crate::ApiOutcome;
use crate::config::Counts;
use crate::coverage::Coverage;
use crate::diagnostic::Format;
use crate::plan::{Action, Change, Plan};

/// One line of the table.
#[derive(Debug, Clone)]
pub struct Row {
    /// The API.
    pub name: String,
    /// How many operations were emitted.
    pub operations: usize,
    /// How many structs.
    pub models: usize,
    /// How many enumerations.
    pub enums: usize,
    /// How often corrections applied: each convention, and the actions of the overlay.
    pub corrections: Counts,
    /// How many things were left out, with a reason.
    pub skipped: usize,
    /// How long it took.
    pub seconds: f64,
}

impl Row {
    /// The line of one API.
    pub fn new(api: &ApiOutcome, seconds: f64) -> Self {
        Self {
            name: api.name.clone(),
            operations: api.coverage.operations.emitted,
            models: api.models,
            enums: api.enums,
            corrections: api.corrections.clone(),
            skipped: {
                let documents = api.coverage.documents().iter().map(|(_, part)| part.skipped.len()).sum::<usize>();
                documents + api.coverage.requests.skipped.len()
            },
            seconds,
        }
    }
}

const HEAD: [&str; 7] = ["API", "operations", "models", "enums", "corrections", "skipped", "seconds"];

/// The table of a run: for people with aligned columns, for machines one object a line.
pub fn table(rows: &[Row], format: Format) -> String {
    match format {
        Format::Json => rows.iter().map(|row| format!("{}\n", json_row(row))).collect(),
        Format::Human | Format::Color | Format::Github => {
            let mut lines = vec![HEAD.map(str::to_owned)];
            lines.extend(rows.iter().map(cells));
            align(&lines)
        }
    }
}

fn json_row(row: &Row) -> serde_json::Value {
    json!({
        "api": row.name, "operations": row.operations, "models": row.models, "enums": row.enums,
        "corrections": row.corrections, "skipped": row.skipped, "seconds": (row.seconds * 1000.0).round() / 1000.0,
    })
}

fn cells(row: &Row) -> [String; 7] {
    let counts = [row.operations, row.models, row.enums, row.corrections.values().sum(), row.skipped]
        .map(|count| count.to_string());
    let [operations, models, enums, corrections, skipped] = counts;
    [row.name.clone(), operations, models, enums, corrections, skipped, format!("{:.2}", row.seconds)]
}

/// The first column to the left, numbers to the right.
fn align<const N: usize>(lines: &[[String; N]]) -> String {
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for line in lines {
        let _ = write!(text, "{:<1$}", line[0], width(0));
        for (column, cell) in line.iter().enumerate().skip(1) {
            let _ = write!(text, "  {cell:>0$}", width(column));
        }
        text.push('\n');
    }
    text
}

/// The books of coverage, for people.
pub fn coverage(apis: &[Coverage]) -> String {
    let mut lines = vec![["", "documented", "emitted", "skipped"].map(str::to_owned)];
    for api in apis {
        for (name, part) in api.parts() {
            let counts = [part.documented, part.emitted, part.skipped.len()].map(|count| count.to_string());
            let [documented, emitted, skipped] = counts;
            lines.push([format!("{} {name}", api.name), documented, emitted, skipped]);
        }
    }
    let mut text = align(&lines);
    for skipped in apis.iter().flat_map(|api| api.parts()).flat_map(|(_, part)| &part.skipped) {
        let _ = write!(text, "\nskipped: {}\n  {}\n", clean(&skipped.place.to_string()), clean(&skipped.reason));
    }
    text
}

/// What was written: for people the first few files, for machines all.
pub fn written(plan: &Plan, format: Format) -> String {
    if format == Format::Json {
        let line = |change: &Change| format!("{}\n", json!({ "written": verb(change), "file": change.path }));
        return plan.changes.iter().map(line).collect();
    }
    let [created, updated, deleted] = plan.counts();
    let mut text = format!("{created} created, {updated} updated, {deleted} deleted, {} unchanged\n", plan.unchanged);
    for change in plan.changes.iter().take(LISTED) {
        let _ = writeln!(text, "  {} {}", verb(change), clean(&change.path));
    }
    if plan.changes.len() > LISTED {
        let _ = writeln!(text, "  … {} more", plan.changes.len() - LISTED);
    }
    text
}

/// So many written files are listed for people.
const LISTED: usize = 20;

fn verb(change: &Change) -> &'static str {
    match &change.action {
        Action::Create(_) => "created",
        Action::Update { .. } => "updated",
        Action::Delete => "deleted",
    }
}

/// The files that are not as they should be, and the command that mends it.
pub fn check(plan: &Plan, command: &str, format: Format) -> String {
    let mut text = String::new();
    for change in &plan.changes {
        match format {
            Format::Human | Format::Color => human(&mut text, change),
            Format::Json => json(&mut text, change, command),
            Format::Github => github(&mut text, change, command),
        }
    }
    if matches!(format, Format::Human | Format::Color) {
        human_end(&mut text, plan, command);
    }
    text
}

fn human(text: &mut String, change: &Change) {
    let _ = writeln!(text, "{}: {}", change.state(), clean(&change.path));
    if let Some(difference) = change.difference() {
        let _ = writeln!(text, "  line {}", difference.line);
        for line in difference.text.lines() {
            let _ = writeln!(text, "  {line}");
        }
    }
}

fn human_end(text: &mut String, plan: &Plan, command: &str) {
    let [missing, stale, extra] = plan.counts();
    let files = |count: usize| if count == 1 { "1 file is".to_owned() } else { format!("{count} files are") };
    if plan.is_empty() {
        let _ = writeln!(text, "{} up to date", files(plan.unchanged));
    } else {
        let _ = writeln!(
            text,
            "\n{} not what the specifications give: {stale} stale, {missing} missing, {extra} extra",
            files(plan.changes.len())
        );
        let _ = writeln!(text, "help: run `{command}`");
    }
}

fn json(text: &mut String, change: &Change, command: &str) {
    let difference = change.difference();
    let object = json!({
        "severity": "error",
        "message": sentence(change),
        "state": change.state(),
        "file": change.path,
        "line": difference.as_ref().map(|difference| difference.line),
        "difference": difference.map(|difference| difference.text),
        "help": format!("run `{command}`"),
    });
    let _ = writeln!(text, "{object}");
}

fn github(text: &mut String, change: &Change, command: &str) {
    let difference = change.difference();
    let line = difference.as_ref().map(|difference| format!(",line={}", difference.line)).unwrap_or_default();
    let shown = difference.map(|difference| difference.text).unwrap_or_default();
    let message = format!("{}; run `{command}`\n{shown}", sentence(change));
    let message = escape(message.trim_end());
    let file = escape(&change.path).replace(':', "%3A").replace(',', "%2C");
    let _ = writeln!(text, "::error file={file}{line},title={} generated file::{message}", change.state());
}

fn sentence(change: &Change) -> &'static str {
    match change.state() {
        "missing" => "the specifications give this file, and it is missing",
        "extra" => "the specifications do not give this file",
        _ => "this file is not what the specifications give",
    }
}

/// Line ends would end the command.
fn escape(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The name of a file may hold what moves the cursor.
fn clean(path: &str) -> String {
    path.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan() -> Plan {
        let stale = Action::Update { old: Some(b"a\n".to_vec()), new: "b\n".into() };
        let change = |path: &str, action| Change { path: path.into(), action };
        Plan {
            changes: vec![change("src/a.rs", stale), change("src/b.rs", Action::Delete)],
            unchanged: 7,
            ..Plan::default()
        }
    }

    #[test]
    fn people_see_the_lines_and_the_command() {
        let expected = "stale: src/a.rs\n  line 1\n  -a\n  +b\nextra: src/b.rs\n\n\
                        2 files are not what the specifications give: 1 stale, 0 missing, 1 extra\nhelp: run `cargo x`\n";
        assert_eq!(check(&plan(), "cargo x", Format::Human), expected);
        assert_eq!(
            check(&Plan { changes: vec![], unchanged: 7, ..Plan::default() }, "cargo x", Format::Human),
            "7 files are up to date\n"
        );
    }

    #[test]
    fn github_gets_one_command_a_file() {
        let expected = "::error file=src/a.rs,line=1,title=stale generated file::this file is not what the specifications give; run `cargo x`%0A-a%0A+b\n\
                        ::error file=src/b.rs,title=extra generated file::the specifications do not give this file; run `cargo x`\n";
        assert_eq!(check(&plan(), "cargo x", Format::Github), expected);
    }

    #[test]
    fn machines_get_one_object_a_line() {
        let text = check(&plan(), "cargo x", Format::Json);
        let states: Vec<_> = text
            .lines()
            .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["state"].clone())
            .collect();
        assert_eq!(states, ["stale", "extra"]);
    }

    #[test]
    fn the_table_is_aligned() {
        let row = |name: &str, operations| Row {
            name: name.into(),
            operations,
            models: 1,
            enums: 2,
            corrections: [("overlay".to_owned(), 1), ("decimals".to_owned(), 2)].into(),
            skipped: 0,
            seconds: 0.123,
        };
        let expected = "API         operations  models  enums  corrections  skipped  seconds\n\
                        accounting         292       1      2            3        0     0.12\n\
                        b                    1       1      2            3        0     0.12\n";
        assert_eq!(table(&[row("accounting", 292), row("b", 1)], Format::Human), expected);
    }
}
