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
    for word in whole(text) {
        let length = word.chars().count();
        let mark = word.starts_with(|c: char| c.is_ascii_digit() || "-+*#>=|:~".contains(c));
        if columns > 0 && columns + 1 + length > width && !mark && !word.is_empty() {
            out.push(std::mem::take(&mut line));
            columns = 0;
        } else if !line.is_empty() {
            line.push(' ');
            columns += 1;
        }
        line.push_str(word);
        columns += length;
    }
    out.push(line);
}

/// The words of a text, code with spaces in it as one.
fn whole(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    // How many backticks code began with; as many end it.
    let (mut start, mut fence) = (0, 0);
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' if fence == 0 => drop(rest.next()),
            '`' => {
                let mut run = 1;
                while rest.next_if(|(_, c)| *c == '`').is_some() {
                    run += 1;
                }
                match fence {
                    0 => fence = run,
                    open if open == run => fence = 0,
                    _ => {}
                }
            }
            ' ' if fence == 0 => {
                words.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    words.push(&text[start..]);
    words
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

#[cfg(test)]
mod tests {
    use super::{lines, whole};

    #[test]
    fn code_is_one_word() {
        assert_eq!(whole("a `b c` d"), ["a", "`b c`", "d"]);
        assert_eq!(whole("`` b ` c `` d"), ["`` b ` c ``", "d"]);
        assert_eq!(whole("\\` b c"), ["\\`", "b", "c"]);
    }

    #[test]
    fn code_is_not_broken() {
        let text = format!("{}: `GET /a/{{key}}`.", "word ".repeat(18).trim_end());
        assert_eq!(lines(&[text], 0), [format!("{}:", "word ".repeat(18).trim_end()), "`GET /a/{key}`.".to_owned()]);
    }
}
