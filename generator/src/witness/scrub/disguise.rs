//! Replacements of the same shape, the same for what was the same.

use std::collections::{BTreeMap, BTreeSet};

use super::class::{Class, is_hexadecimal_id, remainder};

/// What stands for what.
#[derive(Debug, Default)]
pub(super) struct Disguise {
    /// Words, in small letters.
    words: BTreeMap<String, String>,
    /// Runs of digits.
    numbers: BTreeMap<String, String>,
    /// Ids.
    ids: BTreeMap<String, String>,
    /// How many replacements there were.
    count: u64,
    /// Whole texts that were made here.
    made: BTreeSet<String>,
}

impl Disguise {
    /// What stands for a text of this class.
    pub(super) fn text(&mut self, text: &str, class: Class) -> String {
        let new = match class {
            Class::Secret => "removed".to_owned(),
            Class::File => file(text),
            Class::Birth => birth(text),
            Class::Email => self.emails(text),
            Class::Url => self.url(text),
            Class::Id => self.id(text),
            Class::Bank if super::class::is_iban(text) => self.iban(text),
            Class::Name | Class::Phone | Class::Address | Class::Bank | Class::Tax | Class::Text => self.plain(text),
        };
        self.made.insert(new.clone());
        new
    }

    /// Was this text made here?
    pub(super) fn has_made(&self, text: &str) -> bool {
        self.made.contains(text)
    }

    /// What stands for a number: as many digits, the same sign and the same point.
    pub(super) fn digits(&mut self, text: &str) -> String {
        let new = self.plain_digits(text);
        self.made.insert(new.clone());
        new
    }

    /// Word by word and number by number.
    fn plain(&mut self, text: &str) -> String {
        let mut new = String::new();
        for (kind, run) in runs(text) {
            match kind {
                Kind::Letters => new.push_str(&self.word(run)),
                Kind::Digits => new.push_str(&self.number(run)),
                Kind::Other => new.push_str(run),
            }
        }
        new
    }

    fn plain_digits(&mut self, text: &str) -> String {
        let all: Vec<(Kind, &str)> = runs(text).collect();
        all.into_iter()
            .map(|(kind, run)| if kind == Kind::Digits { self.number(run) } else { run.to_owned() })
            .collect()
    }

    /// A word that can be spoken, as long as the one that it stands for and with the same capitals.
    fn word(&mut self, word: &str) -> String {
        let key = word.to_lowercase();
        let length = word.chars().count();
        let small = match self.words.get(&key) {
            Some(known) => known.clone(),
            None => {
                let mut dice = self.dice();
                let mut new = spoken(&mut dice, length);
                while new == key {
                    new = spoken(&mut dice, length);
                }
                self.words.insert(key, new.clone());
                new
            }
        };
        let capitals: Vec<bool> = word.chars().map(char::is_uppercase).collect();
        let letters = small.chars().zip(capitals);
        letters.map(|(letter, capital)| if capital { letter.to_ascii_uppercase() } else { letter }).collect()
    }

    /// Other digits, as many; a zero in front stays.
    fn number(&mut self, digits: &str) -> String {
        if let Some(known) = self.numbers.get(digits) {
            return known.clone();
        }
        let mut dice = self.dice();
        let zeros = digits.bytes().take_while(|byte| *byte == b'0').count();
        let mut roll = || -> String {
            digits
                .bytes()
                .enumerate()
                .map(|(index, _)| match index {
                    index if index < zeros => '0',
                    index if index == zeros => dice.pick(b"123456789"),
                    _ => dice.pick(b"0123456789"),
                })
                .collect()
        };
        let mut new = roll();
        while new == digits && zeros < digits.len() {
            new = roll();
        }
        self.numbers.insert(digits.to_owned(), new.clone());
        new
    }

    /// An id of the same form: hexadecimal ones are counted, of others the letters and digits change.
    fn id(&mut self, text: &str) -> String {
        if let Some(known) = self.ids.get(text) {
            return known.clone();
        }
        let new = if is_hexadecimal_id(text) {
            self.count += 1;
            counted(text, self.count)
        } else {
            self.plain(text)
        };
        self.ids.insert(text.to_owned(), new.clone());
        new
    }

    /// Each address in the text, at a host that cannot be.
    fn emails(&mut self, text: &str) -> String {
        let between =
            |letter: char| letter.is_whitespace() || matches!(letter, '<' | '>' | ',' | ';' | '(' | ')' | '"');
        let mut new = String::new();
        for word in text.split_inclusive(between) {
            let (word, end) = word
                .char_indices()
                .next_back()
                .filter(|(_, letter)| between(*letter))
                .map_or((word, ""), |(at, _)| word.split_at(at));
            match word.split_once('@') {
                Some((local, _)) => new.push_str(&format!("{}@example.invalid", self.plain(local))),
                None => new.push_str(&self.plain(word)),
            }
            new.push_str(end);
        }
        new
    }

    /// A path keeps its words and changes its ids; an address goes to a host that cannot be, without query.
    fn url(&mut self, text: &str) -> String {
        let (start, rest) = match text.split_once("://") {
            Some((scheme, rest)) => {
                let path = rest.find(['/', '?', '#']).unwrap_or(rest.len());
                (format!("{scheme}://example.invalid"), &rest[path..])
            }
            None => (String::new(), text),
        };
        let (path, query) = match rest.find(['?', '#']) {
            Some(at) => rest.split_at(at),
            None => (rest, ""),
        };
        let segments: Vec<String> = path.split('/').map(|segment| self.segment(segment)).collect();
        let query = if start.is_empty() { self.query(query) } else { String::new() };
        format!("{start}{}{query}", segments.join("/"))
    }

    fn query(&mut self, query: &str) -> String {
        let pairs = query.split_inclusive(['&', '?', '#']).map(|part| {
            let (pair, end) = part.strip_suffix(['&', '?', '#']).map_or((part, ""), |pair| (pair, &part[pair.len()..]));
            match pair.split_once('=') {
                Some((name, value)) => format!("{name}={}{end}", self.segment(value)),
                None => part.to_owned(),
            }
        });
        pairs.collect()
    }

    fn segment(&mut self, segment: &str) -> String {
        let digits = super::class::digits(segment);
        if is_hexadecimal_id(segment) || digits > 4 {
            self.id(segment)
        } else if super::class::is_code(segment) || digits == segment.len() {
            segment.to_owned()
        } else {
            self.plain(segment)
        }
    }

    /// Of the same country, with a right checksum.
    fn iban(&mut self, text: &str) -> String {
        let mut dice = self.dice();
        let mut letters: Vec<char> = text.chars().collect();
        let mut seen = 0;
        for letter in letters.iter_mut().filter(|letter| **letter != ' ') {
            seen += 1;
            if seen > 4 {
                *letter = if letter.is_ascii_digit() {
                    dice.pick(b"0123456789")
                } else {
                    dice.pick(b"ABCDEFGHJKLMNPQRSTUVWXYZ")
                };
            }
        }
        let compact: String = letters.iter().filter(|letter| **letter != ' ').collect();
        let check = format!("{:02}", 98 - remainder(&format!("{}{}00", &compact[4..], &compact[..2])));
        let places = letters.iter_mut().filter(|letter| **letter != ' ').skip(2);
        for (letter, digit) in places.zip(check.chars()) {
            *letter = digit;
        }
        letters.into_iter().collect()
    }

    /// Dice that fall as the number of replacements before them says, whatever is replaced.
    fn dice(&mut self) -> Dice {
        self.count += 1;
        Dice(self.count.wrapping_mul(0x9e37_79b9_7f4a_7c15))
    }
}

/// What runs a text consists of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letters,
    Digits,
    Other,
}

fn runs(text: &str) -> impl Iterator<Item = (Kind, &str)> {
    let kind = |letter: char| match letter {
        letter if letter.is_ascii_digit() => Kind::Digits,
        letter if letter.is_alphabetic() => Kind::Letters,
        _ => Kind::Other,
    };
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = kind(rest.chars().next()?);
        let end = rest.find(|letter| kind(letter) != first).unwrap_or(rest.len());
        let (run, after) = rest.split_at(end);
        rest = after;
        Some((first, run))
    })
}

/// Numbers from a seed (SplitMix64): the same on every machine.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn pick(&mut self, letters: &[u8]) -> char {
        let index = self.roll() % letters.len().max(1) as u64;
        char::from(letters.get(index as usize).copied().unwrap_or(b'0'))
    }
}

/// Consonants and vowels in turn.
fn spoken(dice: &mut Dice, length: usize) -> String {
    let turn = dice.roll() % 2;
    let letter = |index: usize| {
        if (index as u64 + turn).is_multiple_of(2) { dice.pick(b"bdfgklmnprstvz") } else { dice.pick(b"aeiou") }
    };
    (0..length).map(letter).collect()
}

/// The hexadecimal digits of an id, all zero but for a number at the end; of a UUID version and variant stay.
fn counted(text: &str, count: u64) -> String {
    let places = text.bytes().filter(u8::is_ascii_hexdigit).count();
    let number = format!("{count:0places$x}");
    let uuid = places == 32 && text.bytes().filter(|byte| *byte == b'-').count() == 4;
    let mut digits = number.chars().skip(number.len() - places).enumerate();
    let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
    text.chars()
        .map(|letter| match letter {
            '-' => '-',
            letter => match digits.next() {
                Some((12 | 16, _)) if uuid => letter,
                Some((_, digit)) if upper => digit.to_ascii_uppercase(),
                Some((_, digit)) => digit,
                None => '0',
            },
        })
        .collect()
}

/// As many zeros in Base64, with the same line ends and padding.
fn file(text: &str) -> String {
    text.chars()
        .map(|letter| if letter.is_ascii_alphanumeric() || matches!(letter, '+' | '/') { 'A' } else { letter })
        .collect()
}

/// A date of the same form.
fn birth(text: &str) -> String {
    match text.get(10..) {
        Some(time) if crate::infer::is_date(&text[..10]) => format!("1980-01-01{time}"),
        _ => text.chars().map(|letter| if letter.is_ascii_digit() { '1' } else { letter }).collect(),
    }
}
