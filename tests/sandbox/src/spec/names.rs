//! Words of paths and properties: plural and singular, and as people write them.

/// The singular of a word of a path: `currencies` is of `currency`.
pub(crate) fn singular(word: &str) -> String {
    let change = |ending: &str, by: &str| word.strip_suffix(ending).map(|stem| format!("{stem}{by}"));
    let irregular = match word {
        "countries_of_registration" => Some("country_of_registration".to_owned()),
        _ => None,
    };
    let same = ["business", "details", "settings", "terms"].iter().any(|end| word.ends_with(end));
    let kept = || same.then(|| word.to_owned());
    irregular
        .or_else(kept)
        .or_else(|| change("ies", "y"))
        .or_else(|| {
            ["sses", "xes", "ches", "shes", "tuses"]
                .iter()
                .any(|end| word.ends_with(end))
                .then(|| word[..word.len() - 2].to_owned())
        })
        .or_else(|| change("s", ""))
        .unwrap_or_else(|| word.to_owned())
}

/// Is `plural` the plural of `word`?
pub(crate) fn plural_of(plural: &str, word: &str) -> bool {
    plural != word && singular(plural) == word
}

/// As people write it: `sales_invoices` is "Sales invoices".
pub(crate) fn words(name: &str) -> String {
    let mut text = name.replace('_', " ");
    if let Some(first) = text.get_mut(0..1) {
        first.make_ascii_uppercase();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{singular, words};

    #[test]
    fn singulars_of_the_words_in_paths() {
        for (plural, one) in [
            ("contacts", "contact"),
            ("currencies", "currency"),
            ("addresses", "address"),
            ("businesses", "business"),
            ("artefact_statuses", "artefact_status"),
            ("tax_codes", "tax_code"),
            ("tax_offices", "tax_office"),
            ("email_settings", "email_settings"),
            ("countries_of_registration", "country_of_registration"),
            ("nominal_report_categories", "nominal_report_category"),
            ("supplier_faxes", "supplier_fax"),
            ("sales_invoices", "sales_invoice"),
        ] {
            assert_eq!(singular(plural), one);
        }
        assert_eq!(words("sales_invoices"), "Sales invoices");
    }
}
