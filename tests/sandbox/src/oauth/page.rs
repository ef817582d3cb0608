//! The pages as HTML: no scripts, nothing from elsewhere, one style that the policy names by its hash.

use std::fmt::Write as _;

use axum::response::Response;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::StatusCode;
use sha2::{Digest as _, Sha256};

use super::companies::{Company, User, country_name};
use super::consent::PATH;
use super::requested::Requested;
use super::{redirect, reply};
use crate::Api;

const STYLE: &str = include_str!("page.css");

/// What the consent page shows.
pub(super) struct Page<'a> {
    pub(super) requested: &'a Requested,
    pub(super) user: &'a User,
    pub(super) country: &'a str,
    pub(super) countries: &'a [String],
    /// Of the country; never empty.
    pub(super) companies: &'a [Company],
    /// Of the login, and of the form that answers it.
    pub(super) id: &'a str,
    pub(super) seal: &'a str,
    /// What was wrong with the answer before.
    pub(super) problem: Option<&'a str>,
}

/// The consent page.
pub(super) fn consent(page: &Page<'_>) -> Response {
    let client = escape(page.requested.client.shown());
    let product = product(page.requested.api);
    let mut main = format!("<h1>Allow “{client}” to use your data in {product}?</h1>\n");
    let (name, email) = (escape(&page.user.name), escape(&page.user.email));
    main.push_str(&format!("<p class=\"soft\">Signed in: {name} ({email})</p>\n"));
    main.push_str("<section><h2>It will be able to</h2><ul>");
    for line in abilities(page.requested.api, &page.requested.scope) {
        main.push_str(&format!("<li>{line}</li>"));
    }
    main.push_str("</ul></section>\n");
    main.push_str(&countries(page));
    main.push_str(&answer(page));
    let place = escape(&redirect::place(&page.requested.redirect_uri));
    let id = escape(page.requested.client.id());
    main.push_str(&format!(
        "<p class=\"soft end\">Either way you go back to {place}.<br>The application’s client id is {id}.</p>\n"
    ));
    let status = if page.problem.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
    let back = redirect::source(&page.requested.redirect_uri);
    respond(status, "Allow access", &main, back.as_deref())
}

/// A page that says why there is no other.
pub(super) fn stop(status: StatusCode, title: &str, what: &str) -> Response {
    let main = format!("<h1>{}</h1>\n<p>{}</p>\n", escape(title), escape(what));
    respond(status, title, &main, None)
}

fn respond(status: StatusCode, title: &str, main: &str, back: Option<&str>) -> Response {
    let title = escape(title);
    let html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title} – Sage sandbox</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <p class=\"notice\"><strong>Sage sandbox</strong> – a test service on this computer, with made-up companies.</p>\n\
         <main>\n{main}</main>\n</body>\n</html>\n"
    );
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let back = back.map(|back| format!(" {back}")).unwrap_or_default();
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'{back}; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    reply::page(status, html, &policy)
}

fn product(api: Api) -> &'static str {
    match api {
        Api::Accounting => "Sage Accounting",
        Api::AccountingV3 => "Sage Accounting (v3)",
        Api::Sage200 => "Sage 200",
    }
}

/// What the words of a scope mean.
fn abilities(api: Api, scope: &str) -> Vec<&'static str> {
    let asks = |word: &str| scope.split(' ').any(|known| known == word);
    if api != Api::Sage200 {
        let reads = "see contacts, invoices, payments, bank accounts and reports";
        return match asks("readonly") {
            true => vec![
                reads,
                "<strong>not</strong> create, change or delete anything",
                "stay connected while you are away",
            ],
            false => vec![reads, "create, change and delete them", "stay connected while you are away"],
        };
    }
    let words = [
        ("profile", "see your name"),
        ("email", "see your e-mail address"),
        ("offline_access", "stay connected while you are away"),
    ];
    let mut lines = vec!["see, create, change and delete what you can yourself"];
    lines.extend(words.into_iter().filter(|(word, _)| asks(word)).map(|(_, line)| line));
    lines
}

/// The choice of the country, where there is one.
fn countries(page: &Page<'_>) -> String {
    if page.countries.len() < 2 {
        return String::new();
    }
    let mut options = String::new();
    for code in page.countries {
        let selected = if code == page.country { " selected" } else { "" };
        let (code, name) = (escape(code), escape(country_name(code)));
        let _ = write!(options, "<option value=\"{code}\"{selected}>{name}</option>");
    }
    let id = escape(page.id);
    format!(
        "<form method=\"get\" action=\"{PATH}\" class=\"row\"><input type=\"hidden\" name=\"request\" value=\"{id}\">\
         <label for=\"country\">Country</label><select id=\"country\" name=\"country\">{options}</select>\
         <button>Change</button></form>\n"
    )
}

/// The choice of the company, and the two buttons. `Deny` is the first, so it is what the Enter key presses.
fn answer(page: &Page<'_>) -> String {
    let (kind, legend) = match page.requested.api {
        Api::AccountingV3 => ("radio", "For which company?"),
        Api::Accounting | Api::Sage200 => ("checkbox", "For which companies?"),
    };
    let mut choices = String::new();
    for (number, company) in page.companies.iter().enumerate() {
        let checked = if number == 0 && page.problem.is_none() { " checked" } else { "" };
        let (id, name) = (escape(&company.business), escape(&company.name));
        let _ = write!(
            choices,
            "<label class=\"choice\"><input type=\"{kind}\" name=\"company\" value=\"{id}\"{checked}> {name}</label>"
        );
    }
    let problem = page.problem.map(|what| format!("<p class=\"wrong\" role=\"alert\">{}</p>", escape(what)));
    let problem = problem.unwrap_or_default();
    let hidden = [("request", page.id), ("seal", page.seal), ("country", page.country)];
    let hidden =
        hidden.map(|(name, value)| format!("<input type=\"hidden\" name=\"{name}\" value=\"{}\">", escape(value)));
    format!(
        "<form method=\"post\" action=\"{PATH}\">{}<fieldset><legend>{legend}</legend>{choices}</fieldset>{problem}\
         <div class=\"answer\"><button name=\"decision\" value=\"deny\">Deny</button>\
         <button name=\"decision\" value=\"allow\" class=\"allow\">Allow</button></div></form>\n",
        hidden.concat()
    )
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::escape;

    #[test]
    fn text_stays_text() {
        assert_eq!(escape("<a href=\"x\" title='y'>&"), "&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;");
    }
}
