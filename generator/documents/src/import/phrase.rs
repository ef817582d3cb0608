//! Availability of a property, said in a few words of its description.
//!
//! Three forms are read: countries before the word "only", countries after "only" with words such as "applicable in"
//! between, and "not applicable to" a tier. Whatever else a description says is left alone: a fact that is missing costs
//! a line of documentation, a fact that is wrong misleads.

use super::terms::Facts;

/// What the words say: `{"all": ["CA"]}` for all tiers in one country, `{"start": []}` for a tier without it.
pub(super) fn read(description: &str) -> Facts {
    let words = words(description);
    let mut facts = Facts::new();
    let mut countries = Vec::new();
    for (at, word) in words.iter().enumerate() {
        if !word.eq_ignore_ascii_case("only") {
            continue;
        }
        countries.extend(before(&words[..at]));
        countries.extend(after(&words[at + 1..]));
    }
    countries.sort_unstable();
    countries.dedup();
    if !countries.is_empty() {
        facts.insert("all".into(), countries.into_iter().map(str::to_owned).collect());
    }
    for tier in ["Start", "Standard", "Plus"] {
        if words.windows(4).any(|words| matches!(words, ["not", "applicable", "to", name] if *name == tier)) {
            facts.insert(tier.to_lowercase(), Vec::new());
        }
    }
    facts
}

/// Words and the punctuation that matters, without HTML tags and what stands in parentheses behind a word.
fn words(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let end = match c {
            '<' => rest.find('>').map_or(rest.len(), |end| end + 1),
            c if c.is_alphanumeric() => {
                let end = rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len());
                words.push(&rest[..end]);
                end
            }
            c => {
                if ".:;()".contains(c) {
                    words.push(&rest[..1]);
                }
                c.len_utf8()
            }
        };
        rest = &rest[end..];
    }
    words
}

/// A list of countries at the end of the words.
fn before(words: &[&str]) -> Vec<&'static str> {
    let count = words.iter().rev().take_while(|word| **word == "and" || country(word).is_some()).count();
    let (rest, list) = words.split_at(words.len() - count);
    // Northern Ireland is a part of a country.
    if rest.last() == Some(&"Northern") {
        return Vec::new();
    }
    list.iter().filter_map(|word| country(word)).collect()
}

/// A list of countries after words that lead to it; what stands between in parentheses is skipped.
fn after(words: &[&str]) -> Vec<&'static str> {
    const LEADING: [&str; 11] =
        ["applicable", "available", "used", "in", "to", "for", "a", "an", "the", "suppliers", "and"];
    let lead = words.iter().take_while(|word| LEADING.contains(&word.to_lowercase().as_str())).count();
    if lead == 0 {
        return Vec::new();
    }
    let mut found = Vec::new();
    let mut depth = 0;
    for word in &words[lead..] {
        match *word {
            "(" => depth += 1,
            ")" if depth == 0 => break,
            ")" => depth -= 1,
            _ if depth > 0 => {}
            "and" => {}
            word => match country(word) {
                Some(country) => found.push(country),
                None => break,
            },
        }
    }
    found
}

/// Names in any case; codes in capitals, for `us` and `de` are words too.
fn country(word: &str) -> Option<&'static str> {
    const CODES: [(&str, &str); 8] = [
        ("CA", "CA"),
        ("DE", "DE"),
        ("ES", "ES"),
        ("FR", "FR"),
        ("GB", "GB"),
        ("UK", "GB"),
        ("IE", "IE"),
        ("US", "US"),
    ];
    const NAMES: [(&str, &str); 5] =
        [("canada", "CA"), ("germany", "DE"), ("spain", "ES"), ("france", "FR"), ("ireland", "IE")];
    let code = CODES.iter().find(|(code, _)| *code == word);
    code.or_else(|| NAMES.iter().find(|(name, _)| word.eq_ignore_ascii_case(name))).map(|(_, code)| *code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_become_facts() {
        let table = [
            ("Some code (Canada Only)", "all=CA"),
            ("Rate - UK only", "all=GB"),
            ("Spain and France only.", "all=ES+FR"),
            ("Type (Northern Ireland only)", ""),
            ("Only used for an IE shop", "all=IE"),
            ("Mark - only applicable in Canada (because) and Germany (as well)", "all=CA+DE"),
            ("<b>Usable</b> <i>only in Germany and Canada</i>", "all=CA+DE"),
            ("Only for a US firm, if it likes", "all=US"),
            ("Only for suppliers and CA, DE, US and FR firms", "all=CA+DE+FR+US"),
            ("Bound: <u>not applicable to Plus</u>", "plus="),
            ("<i>Buyers only</i> <b>Canada:</b> words", ""),
            ("The only one for us in de facto use", ""),
            ("Free in Germany, bound anywhere else", ""),
        ];
        for (text, expected) in table {
            let facts = read(text);
            let show = |(name, countries): (&String, &Vec<String>)| format!("{name}={}", countries.join("+"));
            let shown: Vec<_> = facts.iter().map(show).collect();
            assert_eq!(shown.join("; "), expected, "{text}");
        }
    }
}
