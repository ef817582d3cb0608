//! Sending users back to the application.

use axum::response::Response;
use form_urlencoded::Serializer;
use http::{StatusCode, Uri};

use super::reply;

/// Sends the user back with these parameters, and with `state` as it came.
pub(super) fn back(status: StatusCode, redirect_uri: &str, state: Option<&str>, pairs: &[(&str, &str)]) -> Response {
    let mut query = Serializer::new(String::new());
    query.extend_pairs(pairs);
    if let Some(state) = state {
        query.append_pair("state", state);
    }
    let join = if redirect_uri.contains('?') { '&' } else { '?' };
    reply::redirect(status, &format!("{redirect_uri}{join}{}", query.finish()))
}

/// What a form of the consent page may lead to, beside the sandbox itself, in the words of a content security policy:
/// browsers hold the redirect that answers a form to it as well.
pub(super) fn source(redirect_uri: &str) -> Option<String> {
    let uri: Uri = redirect_uri.parse().ok()?;
    let scheme = uri.scheme_str()?;
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "+-.:[]_".contains(c));
    match uri.authority().map(|authority| authority.as_str()) {
        Some(authority) if plain(authority) && matches!(scheme, "http" | "https") => {
            Some(format!("{scheme}://{authority}"))
        }
        _ => plain(scheme).then(|| format!("{scheme}:")),
    }
}

/// Where the user goes back to, in few words.
pub(super) fn place(redirect_uri: &str) -> String {
    let uri: Option<Uri> = redirect_uri.parse().ok();
    match uri.as_ref().and_then(Uri::authority) {
        Some(authority) if super::clients::is_loopback(redirect_uri) => format!("{authority} (this computer)"),
        Some(authority) => authority.to_string(),
        None => redirect_uri.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::source;

    #[test]
    fn a_form_may_lead_back_to_the_application_and_nowhere_else() {
        let table = [
            ("http://127.0.0.1:8910/callback", Some("http://127.0.0.1:8910")),
            ("http://[::1]:8910/", Some("http://[::1]:8910")),
            ("https://app.example/callback?x=1", Some("https://app.example")),
            ("com.example.app://back", Some("com.example.app:")),
            ("/callback", None),
        ];
        for (uri, expected) in table {
            assert_eq!(source(uri).as_deref(), expected, "{uri}");
        }
        assert!(!source("https://a;b,c/").is_some_and(|source| source.contains([';', ',', ' '])));
    }
}
