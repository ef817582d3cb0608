//! Path templates.

/// The names in braces, in order, each once.
pub(crate) fn parameters(template: &str) -> Result<Vec<&str>, String> {
    if !template.starts_with('/') {
        return Err("path does not start with a slash".to_owned());
    }
    if let Some(stray) = template.chars().find(|c| matches!(c, '?' | '#') || c.is_control()) {
        return Err(format!("path holds {}", stray.escape_default().collect::<String>().trim_matches('\'')));
    }
    let mut names = Vec::new();
    let mut rest = template;
    while let Some(start) = rest.find(['{', '}']) {
        let tail = &rest[start..];
        let Some(inside) = tail.strip_prefix('{') else { return Err("brace is closed that was not opened".to_owned()) };
        let Some(end) = inside.find(['{', '}', '/']) else { return Err("brace is not closed".to_owned()) };
        let name = &inside[..end];
        if !inside[end..].starts_with('}') {
            return Err("brace is not closed".to_owned());
        }
        if name.is_empty() {
            return Err("braces are empty".to_owned());
        }
        if !names.contains(&name) {
            names.push(name);
        }
        rest = &inside[end + 1..];
    }
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::parameters;

    #[test]
    fn names_in_braces_are_found() {
        let cases: &[(&str, &[&str])] =
            &[("/", &[]), ("/a/{b}", &["b"]), ("/{a}/{b}.{c}", &["a", "b", "c"]), ("/{a}/x/{a}", &["a"])];
        for (template, names) in cases {
            assert_eq!(parameters(template).as_deref(), Ok(*names), "{template}");
        }
        for bad in ["a", "/a?b={c}", "/a#b", "/{", "/}", "/{}", "/{a", "/{a/b}", "/{a{b}}", "/a\n"] {
            assert!(parameters(bad).is_err(), "{bad}");
        }
    }
}
