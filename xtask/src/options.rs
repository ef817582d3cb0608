//! What several commands' options have in common.

use lexopt::ValueExt as _;
use sage_codegen::diagnostic::Format;
use sage_codegen_host::terminal;

use crate::Stop;

/// The value of `--message-format`.
pub(crate) fn format(arguments: &mut lexopt::Parser) -> Result<Format, Stop> {
    match arguments.value()?.string()?.as_str() {
        "human" => Ok(Format::Human),
        "json" => Ok(Format::Json),
        "github" => Ok(Format::Github),
        other => Err(Stop::Usage(format!("`{other}` is no message format; `human`, `json` and `github` are"))),
    }
}

/// Prints diagnostics: for people to standard error, in color if that can be; for machines to standard output.
pub(crate) fn messages(format: Format, render: impl FnOnce(Format) -> String) {
    match format {
        Format::Human | Format::Color if terminal::color() => terminal::err(&render(Format::Color)),
        Format::Human | Format::Color => terminal::err(&render(Format::Human)),
        Format::Json | Format::Github => terminal::out(&render(format)),
    }
}
