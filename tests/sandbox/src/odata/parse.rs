//! `$filter` from text.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;

use crate::dates;

/// How deep a condition may nest.
const DEPTH: usize = 64;

/// How many records a path may go through.
pub(super) const STEPS: usize = 8;

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Filter {
    /// Side by side, so that a long condition is no deep one.
    And(Vec<Filter>),
    Or(Vec<Filter>),
    Not(Box<Filter>),
    Compare(Operand, Comparison, Operand),
    Text(Function, Operand, Operand),
    /// A property that is true or false.
    Is(Operand),
}

/// One side of a comparison.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Operand {
    /// A property; more steps lead through related records.
    Property(Vec<String>),
    Literal(Literal),
}

/// A value as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Literal {
    Null,
    Boolean(bool),
    Number(Decimal),
    Text(String),
    /// A date is its beginning.
    Moment(DateTime<Utc>),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Comparison {
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Function {
    Contains,
    StartsWith,
    EndsWith,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Open,
    Close,
    Comma,
    Word(String),
    Text(String),
}

/// Reads a condition, or says what is wrong with it.
pub(super) fn filter(text: &str) -> Result<Filter, String> {
    let mut parser = Parser { tokens: tokens(text)?, at: 0 };
    let filter = parser.or(0)?;
    match parser.peek() {
        None => Ok(filter),
        Some(token) => Err(format!("{} is not expected here", name(token))),
    }
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        tokens.push(match letter {
            letter if letter.is_whitespace() => continue,
            '(' => Token::Open,
            ')' => Token::Close,
            ',' => Token::Comma,
            '\'' => {
                let mut inside = String::new();
                loop {
                    match letters.next() {
                        None => return Err("a text has no closing quote".to_owned()),
                        Some('\'') if letters.peek() == Some(&'\'') => inside.extend(letters.next()),
                        Some('\'') => break,
                        Some(other) => inside.push(other),
                    }
                }
                Token::Text(inside)
            }
            first => {
                let mut word = String::from(first);
                while let Some(next) = letters.next_if(|next| !next.is_whitespace() && !"(),'".contains(*next)) {
                    word.push(next);
                }
                Token::Word(word)
            }
        });
    }
    Ok(tokens)
}

fn name(token: &Token) -> String {
    match token {
        Token::Open => "`(`".to_owned(),
        Token::Close => "`)`".to_owned(),
        Token::Comma => "`,`".to_owned(),
        Token::Word(word) => format!("`{word}`"),
        Token::Text(text) => format!("'{text}'"),
    }
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
}

impl Parser {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn next(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        token
    }

    fn takes(&mut self, word: &str) -> bool {
        let is_it = matches!(self.peek(), Some(Token::Word(next)) if next == word);
        self.at += usize::from(is_it);
        is_it
    }

    fn expect(&mut self, wanted: &Token) -> Result<(), String> {
        match self.next() {
            Some(token) if token == *wanted => Ok(()),
            Some(token) => Err(format!("{} stands where {} is expected", name(&token), name(wanted))),
            None => Err(format!("{} is missing at the end", name(wanted))),
        }
    }

    fn or(&mut self, depth: usize) -> Result<Filter, String> {
        if depth > DEPTH {
            return Err("the condition is nested too deeply".to_owned());
        }
        let first = self.and(depth)?;
        let mut terms = vec![first];
        while self.takes("or") {
            terms.push(self.and(depth)?);
        }
        Ok(several(terms, Filter::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Filter, String> {
        let first = self.not(depth)?;
        let mut terms = vec![first];
        while self.takes("and") {
            terms.push(self.not(depth)?);
        }
        Ok(several(terms, Filter::And))
    }

    fn not(&mut self, depth: usize) -> Result<Filter, String> {
        if depth > DEPTH {
            return Err("the condition is nested too deeply".to_owned());
        }
        if self.takes("not") {
            return Ok(Filter::Not(Box::new(self.not(depth + 1)?)));
        }
        if self.peek() == Some(&Token::Open) {
            self.at += 1;
            let inside = self.or(depth + 1)?;
            self.expect(&Token::Close)?;
            return Ok(inside);
        }
        match self.function()? {
            Some(text) => self.truth(text),
            None => self.comparison(),
        }
    }

    fn function(&mut self) -> Result<Option<Filter>, String> {
        let Some(Token::Word(word)) = self.peek() else { return Ok(None) };
        if self.tokens.get(self.at + 1) != Some(&Token::Open) {
            return Ok(None);
        }
        let function = match word.as_str() {
            "contains" => Function::Contains,
            "startswith" => Function::StartsWith,
            "endswith" => Function::EndsWith,
            other => return Err(format!("`{other}` is no function; `contains`, `startswith` and `endswith` are")),
        };
        self.at += 2;
        let first = self.operand()?;
        self.expect(&Token::Comma)?;
        let second = self.operand()?;
        self.expect(&Token::Close)?;
        Ok(Some(Filter::Text(function, first, second)))
    }

    /// `contains(…) eq true` is `contains(…)`.
    fn truth(&mut self, filter: Filter) -> Result<Filter, String> {
        let Some(comparison) = self.compares() else { return Ok(filter) };
        match (comparison, self.operand()?) {
            (Comparison::Equal, Operand::Literal(Literal::Boolean(true)))
            | (Comparison::NotEqual, Operand::Literal(Literal::Boolean(false))) => Ok(filter),
            (Comparison::Equal, Operand::Literal(Literal::Boolean(false)))
            | (Comparison::NotEqual, Operand::Literal(Literal::Boolean(true))) => Ok(Filter::Not(Box::new(filter))),
            _ => Err("a function is true or false, and is compared with something else".to_owned()),
        }
    }

    fn comparison(&mut self) -> Result<Filter, String> {
        let left = self.operand()?;
        match self.compares() {
            Some(comparison) => Ok(Filter::Compare(left, comparison, self.operand()?)),
            None => Ok(Filter::Is(left)),
        }
    }

    fn compares(&mut self) -> Option<Comparison> {
        let Some(Token::Word(word)) = self.peek() else { return None };
        let comparison = match word.as_str() {
            "eq" => Comparison::Equal,
            "ne" => Comparison::NotEqual,
            "gt" => Comparison::Greater,
            "ge" => Comparison::GreaterOrEqual,
            "lt" => Comparison::Less,
            "le" => Comparison::LessOrEqual,
            _ => return None,
        };
        self.at += 1;
        Some(comparison)
    }

    fn operand(&mut self) -> Result<Operand, String> {
        match self.next() {
            Some(Token::Text(text)) => Ok(Operand::Literal(Literal::Text(text))),
            Some(Token::Word(word)) => operand(&word),
            Some(token) => Err(format!("{} stands where a property or a value is expected", name(&token))),
            None => Err("a property or a value is missing at the end".to_owned()),
        }
    }
}

/// One term stands for itself.
fn several(mut terms: Vec<Filter>, of: fn(Vec<Filter>) -> Filter) -> Filter {
    match (terms.pop(), terms.is_empty()) {
        (Some(only), true) => only,
        (last, _) => {
            terms.extend(last);
            of(terms)
        }
    }
}

/// What a word means.
fn operand(word: &str) -> Result<Operand, String> {
    let literal = match word {
        "null" => Some(Literal::Null),
        "true" => Some(Literal::Boolean(true)),
        "false" => Some(Literal::Boolean(false)),
        "eq" | "ne" | "gt" | "ge" | "lt" | "le" | "and" | "or" | "not" => {
            return Err(format!("`{word}` stands where a property or a value is expected"));
        }
        _ => None,
    };
    if let Some(literal) = literal {
        return Ok(Operand::Literal(literal));
    }
    if word.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_') {
        let sound = word.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_/".contains(&byte));
        let steps: Vec<String> = word.split('/').map(str::to_owned).collect();
        return match sound && steps.iter().all(|step| !step.is_empty()) {
            true if steps.len() > STEPS => Err(format!("a path goes through more than {STEPS} properties")),
            true => Ok(Operand::Property(steps)),
            false => Err(format!("`{word}` is no property; texts stand in single quotes")),
        };
    }
    if let Ok(number) = word.parse() {
        return Ok(Operand::Literal(Literal::Number(number)));
    }
    match dates::local(word) {
        Some(moment) if word.ends_with('Z') || dates::day(word).is_some() => {
            Ok(Operand::Literal(Literal::Moment(moment)))
        }
        Some(_) => Err(format!("the time `{word}` does not end in `Z`")),
        None => Err(format!("`{word}` is neither a property nor a value; texts stand in single quotes")),
    }
}

#[cfg(test)]
mod tests {
    use super::{Comparison, Filter, Literal, Operand, filter};

    #[test]
    fn and_binds_closer_than_or_and_not_closer_than_both() {
        let read = |text| filter(text).unwrap_or_else(|error| panic!("{text}: {error}"));
        assert_eq!(read("a or b and not c"), read("a or (b and (not c))"));
        assert_ne!(read("a or b and c"), read("(a or b) and c"));
    }

    #[test]
    fn quotes_are_doubled_in_texts() {
        let name = Operand::Property(vec!["name".to_owned()]);
        let text = Operand::Literal(Literal::Text("O'Brien's Wheels".to_owned()));
        assert_eq!(filter("name eq 'O''Brien''s Wheels'"), Ok(Filter::Compare(name, Comparison::Equal, text)));
    }

    #[test]
    fn nonsense_is_told_apart() {
        for (text, part) in [
            ("", "missing at the end"),
            ("name eq", "missing at the end"),
            ("name eq Ann", "not expected"),
            ("name eq 'Ann", "closing quote"),
            ("name like 'Ann'", "not expected"),
            ("(name eq 'Ann'", "`)` is missing"),
            ("name eq 'Ann')", "not expected"),
            ("tolower(name) eq 'ann'", "no function"),
            ("opened gt 2024-01-01T10:00:00", "does not end in `Z`"),
            ("opened gt 2024-01-01T10:00:00+01:00", "does not end in `Z`"),
            ("balance gt 1,5", "not expected"),
            ("contains(name)", "`)` stands where `,`"),
            ("and eq 1", "where a property"),
            ("a//b eq 1", "no property"),
        ] {
            match filter(text) {
                Err(message) => assert!(message.contains(part), "{text}: {message}"),
                // A word that could be a property is read as one: whether it is, only the schema knows.
                Ok(read) => assert_eq!((text, matches!(read, Filter::Compare(..))), ("name eq Ann", true)),
            }
        }
        let deep = format!("{}a{}", "(".repeat(100_000), ")".repeat(100_000));
        assert!(filter(&deep).is_err());
        assert!(filter(&"not ".repeat(100_000)).is_err());
        assert!(filter(&format!("a{} eq 1", "/a".repeat(100_000))).is_err());
    }

    #[test]
    fn a_long_condition_is_no_deep_one() {
        for word in ["or", "and"] {
            let read = filter(&format!("a{}", format!(" {word} a").repeat(100_000)));
            let Ok(Filter::Or(terms) | Filter::And(terms)) = read else { panic!("{word}: {read:?}") };
            assert_eq!(terms.len(), 100_001);
        }
    }
}
