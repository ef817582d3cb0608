//! Documentation comments: wrapped, and nothing in them that could end the line.

use proc_macro2::TokenStream;
use quote::quote;

/// Lines are wrapped at this width.
const WIDTH: usize = 100;

/// Without line breaks.
pub(super) fn one_line(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}')).collect()
}

/// The lines of some paragraphs, without `///`.
pub(super) fn lines(paragraphs: &[String], indent: usize) -> Vec<String> {
    let mut out = Vec::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if index > 0 {
            out.push(String::new());
        }
        wrap(&one_line(paragraph), WIDTH.saturating_sub(indent + 4), &mut out);
    }
    out
}

/// Breaks at spaces outside of code, never where the next line would begin with what Markdown takes for a mark.
fn wrap(text: &str, width: usize, out: &mut Vec<String>) {
    let mut line = String::new();
    let mut columns = 0;
    let mut code = false;
    for word in text.split(' ') {
        let length = word.chars().count();
        let mark = word.starts_with(|c: char| c.is_ascii_digit() || "-+*#>=|:~".contains(c));
        if columns > 0 && columns + 1 + length > width && !mark && !code && !word.is_empty() {
            out.push(std::mem::take(&mut line));
            columns = 0;
        } else if !line.is_empty() {
            line.push(' ');
            columns += 1;
        }
        line.push_str(word);
        columns += length;
        code ^= word.matches('`').count() % 2 == 1;
    }
    out.push(line);
}

/// As comments, each on its line.
pub(super) fn comment(paragraphs: &[String], indent: usize, mark: &str) -> String {
    let pad = " ".repeat(indent);
    let mut out = String::new();
    for line in lines(paragraphs, indent) {
        out.push_str(&pad);
        out.push_str(mark);
        if !line.is_empty() {
            out.push(' ');
            out.push_str(&line);
        }
        out.push('\n');
    }
    out
}

/// As attributes, from which `prettyplease` makes comments.
pub(super) fn attributes(paragraphs: &[String], indent: usize) -> TokenStream {
    let lines =
        lines(paragraphs, indent).into_iter().map(|line| if line.is_empty() { line } else { format!(" {line}") });
    quote!(#(#[doc = #lines])*)
}
