//! Expressions and signatures in rustfmt's layout.
//!
//! rustfmt has a width for lines and narrower ones for the arguments of a call, for a chain of methods and for arrays.
//! What does not fit is broken, one argument or one method a line.

/// The width of a line.
const LINE: usize = 100;
/// The width of the arguments of a call, of a chain, and of an array.
const NARROW: usize = 60;

/// An expression.
#[derive(Debug, Clone)]
pub(super) enum Expr {
    /// Something without parts.
    Atom(String),
    /// A call of a function.
    Call(String, Vec<Expr>),
    /// Fields and methods behind an expression.
    Chain(Box<Expr>, Vec<Link>),
}

/// A field, or a method with its arguments.
#[derive(Debug, Clone)]
pub(super) enum Link {
    Field(&'static str),
    Method(String, Vec<Expr>),
}

impl Expr {
    pub(super) fn atom(text: impl Into<String>) -> Self {
        Self::Atom(text.into())
    }

    pub(super) fn call(name: impl Into<String>, arguments: Vec<Expr>) -> Self {
        Self::Call(name.into(), arguments)
    }

    /// Calls a method on this.
    pub(super) fn method(self, name: &str, arguments: Vec<Expr>) -> Self {
        let link = Link::Method(name.to_owned(), arguments);
        match self {
            Self::Chain(base, mut links) => {
                links.push(link);
                Self::Chain(base, links)
            }
            base => Self::Chain(Box::new(base), vec![link]),
        }
    }

    /// `self.0`
    pub(super) fn inner() -> Self {
        Self::Chain(Box::new(Self::atom("self")), vec![Link::Field("0")])
    }

    /// On one line.
    fn flat(&self) -> String {
        match self {
            Expr::Atom(text) => text.clone(),
            Expr::Call(name, arguments) => format!("{name}({})", flat(arguments)),
            Expr::Chain(base, links) => links.iter().fold(base.flat(), |text, link| text + &link.flat()),
        }
    }

    /// May it stand on one line?
    fn narrow(&self) -> bool {
        match self {
            Expr::Atom(_) => true,
            // Only the line limits what a single call is passed to.
            Expr::Call(_, arguments) => match arguments.as_slice() {
                [one @ (Expr::Call(..) | Expr::Chain(..))] => one.narrow(),
                several => several.iter().all(Expr::narrow) && flat(several).len() <= NARROW,
            },
            Expr::Chain(base, links) => {
                let inside = links.iter().all(|link| match link {
                    Link::Field(_) => true,
                    Link::Method(_, arguments) => arguments.iter().all(Expr::narrow) && flat(arguments).len() <= NARROW,
                });
                base.narrow() && inside && (links.len() < 2 || self.flat().len() <= NARROW)
            }
        }
    }

    /// As it is laid out, from the column `indent` on, with `behind` columns needed after it.
    pub(super) fn lay(&self, indent: usize, behind: usize) -> String {
        let flat = self.flat();
        if self.narrow() && indent + flat.len() + behind <= LINE {
            return flat;
        }
        match self {
            Expr::Atom(text) => text.clone(),
            Expr::Call(name, arguments) => lay_call(name, arguments, indent),
            Expr::Chain(base, links) => lay_chain(base, links, indent),
        }
    }
}

impl Link {
    fn flat(&self) -> String {
        match self {
            Link::Field(name) => format!(".{name}"),
            Link::Method(name, arguments) => format!(".{name}({})", flat(arguments)),
        }
    }
}

fn flat(list: &[Expr]) -> String {
    list.iter().map(Expr::flat).collect::<Vec<_>>().join(", ")
}

fn lay_call(name: &str, arguments: &[Expr], indent: usize) -> String {
    // A single call stays with its caller, and so does a chain whose last call is broken.
    if let [Expr::Call(inner, arguments)] = arguments {
        return format!("{name}({})", lay_call(inner, arguments, indent));
    }
    if let [Expr::Chain(base, links)] = arguments
        && let Some(chain) = overflow(base, links, indent)
    {
        return format!("{name}({chain})");
    }
    let pad = " ".repeat(indent + 4);
    let lines: String = arguments.iter().map(|argument| format!("{pad}{},\n", argument.lay(indent + 4, 1))).collect();
    format!("{name}(\n{lines}{})", " ".repeat(indent))
}

/// All on one line but the arguments of the last call, if those have to be broken anyway.
fn overflow(base: &Expr, links: &[Link], indent: usize) -> Option<String> {
    let (Link::Method(name, arguments), before) = links.split_last()? else { return None };
    if flat(arguments).len() <= NARROW && arguments.iter().all(Expr::narrow) {
        return None;
    }
    let head = before.iter().fold(base.flat(), |text, link| text + &link.flat());
    let head = format!("{head}.{name}");
    (base.narrow() && indent + head.len() < LINE).then(|| lay_call(&head, arguments, indent))
}

fn lay_chain(base: &Expr, links: &[Link], indent: usize) -> String {
    if let Some(text) = overflow(base, links, indent) {
        return text;
    }
    let mut out = base.lay(indent, 0);
    let pad = " ".repeat(indent + 4);
    for link in links {
        match link {
            // `self` is so short that its field stays with it.
            Link::Field(_) => out.push_str(&link.flat()),
            Link::Method(name, arguments) => {
                let call = Expr::Call(name.clone(), arguments.clone());
                let flat = call.flat();
                // The dot takes a column, and what is broken behind it stands as if there were none.
                let fits = call.narrow() && indent + 5 + flat.len() <= LINE;
                let call = if fits { flat } else { lay_call(name, arguments, indent + 4) };
                out.push_str(&format!("\n{pad}.{call}"));
            }
        }
    }
    out
}

/// A function with one expression for a body, each line indented.
pub(super) fn function(head: &str, arguments: &[String], output: &str, body: &Expr, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let flat = format!("{pad}{head}({}) -> {output} {{\n", arguments.join(", "));
    let mut out = if flat.len() <= LINE + 1 {
        flat
    } else {
        let lines: String = arguments.iter().map(|argument| format!("{pad}    {argument},\n")).collect();
        let last = format!("{pad}) -> {output} {{\n");
        let last = if last.len() <= LINE + 1 { last } else { format!("{pad}) -> {output}\n{pad}{{\n") };
        format!("{pad}{head}(\n{lines}{last}")
    };
    out.push_str(&format!("{pad}    {}\n{pad}}}\n", body.lay(indent + 4, 0)));
    out
}

/// A public constant.
pub(super) fn constant(name: &str, ty: &str, value: &Expr, indent: usize) -> String {
    let pad = " ".repeat(indent);
    let head = format!("{pad}pub const {name}: {ty} =");
    let flat = format!("{head} {};\n", value.flat());
    if value.narrow() && flat.len() <= LINE + 1 {
        return flat;
    }
    format!("{head}\n{pad}    {};\n", value.lay(indent + 4, 1))
}

/// `Some` of a pair of literals.
pub(super) fn some_pair(first: &str, second: &str, indent: usize) -> String {
    let flat = format!("{first}, {second}");
    if flat.len() <= NARROW {
        return format!("Some(({flat}))");
    }
    let pad = " ".repeat(indent + 4);
    format!("Some((\n{pad}{first},\n{pad}{second},\n{}))", " ".repeat(indent))
}

/// A list of literals between brackets.
pub(super) fn array(items: &[String], indent: usize) -> String {
    let flat = items.join(", ");
    if flat.len() <= NARROW {
        return format!("&[{flat}]");
    }
    let pad = " ".repeat(indent + 4);
    let lines: String = items.iter().map(|item| format!("{pad}{item},\n")).collect();
    format!("&[\n{lines}{}]", " ".repeat(indent))
}

/// A statement of macro call whose arguments are plain.
pub(super) fn macro_call(name: &str, arguments: &[&str]) -> String {
    let flat = arguments.join(", ");
    if flat.len() <= NARROW && name.len() + flat.len() + 3 <= LINE {
        return format!("{name}({flat});\n");
    }
    let lines: String = arguments.iter().map(|argument| format!("    {argument},\n")).collect();
    format!("{name}(\n{}\n);\n", lines.trim_end_matches([',', '\n']))
}

#[cfg(test)]
mod tests {
    use super::{Expr, function};

    fn call() -> Expr {
        Expr::call("rt::Call::json", vec![Expr::atom("&self.client"), Expr::atom("&UPDATE")])
    }

    #[test]
    fn what_fits_stands_on_one_line() {
        let body = call().method("path", vec![Expr::atom("key")]);
        let text = function("pub fn get", &["&self".into(), "key: &str".into()], "rt::Call<Contact>", &body, 0);
        assert_eq!(
            text,
            "pub fn get(&self, key: &str) -> rt::Call<Contact> {\n    rt::Call::json(&self.client, &UPDATE).path(key)\n}\n"
        );
    }

    #[test]
    fn long_chains_are_broken_at_each_method() {
        let body = call().method("path", vec![Expr::atom("key")]).method("body", vec![Expr::atom("&contact")]);
        assert_eq!(
            body.lay(4, 0),
            "rt::Call::json(&self.client, &UPDATE)\n        .path(key)\n        .body(&contact)"
        );
    }
}
