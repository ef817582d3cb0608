//! `sage-codegen explain CODE`.

use lexopt::ValueExt as _;
use sage_codegen::diagnostic::Code;
use sage_codegen_host::{Exit, terminal};

use super::{Stop, help};

/// The command.
pub(crate) fn run(mut parser: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short, Value};
    let id = match parser.next()? {
        Some(Value(id)) => id.string()?,
        Some(Short('h') | Long("help")) => return Ok(help()),
        Some(other) => return Err(other.unexpected().into()),
        None => return Err(Stop::Usage("which code? They look like `D101`".to_owned())),
    };
    let code = Code::from_id(&id).ok_or_else(|| Stop::Usage(format!("there is no code `{id}`; {}", known(&id))))?;
    terminal::out(&format!("{}[{code}]: {}\n\n{}", code.severity().name(), code.title(), wrap(code.explanation())));
    Ok(Exit::Ok)
}

/// The codes that begin like this one, or else all.
fn known(id: &str) -> String {
    let family: Vec<_> = Code::ALL.iter().map(|code| code.id()).filter(|code| code.get(..1) == id.get(..1)).collect();
    let all = || Code::ALL.iter().map(|code| code.id()).collect::<Vec<_>>();
    let list = if family.is_empty() { all() } else { family };
    format!("there are {}", list.join(", "))
}

/// Lines of at most 80 characters.
fn wrap(text: &str) -> String {
    let mut lines = String::new();
    let mut width = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if width + 1 + length > 80 && width > 0 {
            lines.push('\n');
            width = 0;
        }
        if width > 0 {
            lines.push(' ');
            width += 1;
        }
        lines.push_str(word);
        width += length;
    }
    lines + "\n"
}
