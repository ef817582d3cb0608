//! As much of a browser as a consent page needs: requests, one cookie, hidden fields.

use std::collections::BTreeMap;

use crate::http;
pub(crate) use crate::http::Answer;

/// Somebody with a browser.
#[derive(Default)]
pub(crate) struct Visitor {
    pub(crate) cookie: Option<String>,
    /// Sent with forms.
    pub(crate) origin: Option<String>,
}

impl Answer {
    pub(crate) fn location(&self) -> &str {
        self.headers.get("location").unwrap_or_else(|| panic!("{}: no redirect: {}", self.status, self.body))
    }

    /// The parameters that the user is sent back with.
    pub(crate) fn told(&self) -> BTreeMap<String, String> {
        pairs(self.location().split_once('?').expect("a query").1)
    }

    /// The value of a hidden field.
    pub(crate) fn field(&self, name: &str) -> String {
        let marked = format!("name=\"{name}\" value=\"");
        let rest = self.body.split_once(&marked).unwrap_or_else(|| panic!("no field `{name}`: {}", self.body)).1;
        rest.split_once('"').expect("it ends").0.to_owned()
    }

    /// Name and id of each company on offer.
    pub(crate) fn companies(&self) -> Vec<(String, String)> {
        let choices = self.body.split("name=\"company\" value=\"").skip(1);
        let choice = |text: &str| {
            let (id, rest) = text.split_once('"').expect("it ends");
            let name = rest.split_once('>').expect("it ends").1.split_once('<').expect("it ends").0;
            (name.trim().to_owned(), id.to_owned())
        };
        choices.map(choice).collect()
    }
}

impl Visitor {
    pub(crate) fn get(&mut self, url: &str) -> Answer {
        self.send(url, "GET", &[], "")
    }

    pub(crate) fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Answer {
        self.post_with(url, form, None)
    }

    pub(crate) fn post_with(&mut self, url: &str, form: &[(&str, &str)], authorization: Option<&str>) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let mut headers = vec![("Content-Type", "application/x-www-form-urlencoded")];
        headers.extend(authorization.map(|value| ("Authorization", value)));
        self.send(url, "POST", &headers, &body)
    }

    /// Answers the consent page for the named companies, or for what is on offer first.
    pub(crate) fn decide(&mut self, url: &str, page: &Answer, decision: &str, companies: &[&str]) -> Answer {
        let offered = page.companies();
        let wanted = |name: &&str| offered.iter().find(|(known, _)| known == name).expect("on offer").1.clone();
        let mut ids: Vec<String> = companies.iter().map(wanted).collect();
        if ids.is_empty() {
            ids.push(offered.first().expect("a company").1.clone());
        }
        let (request, seal, country) = (page.field("request"), page.field("seal"), page.field("country"));
        let mut form = vec![("request", request.as_str()), ("seal", &seal), ("country", &country)];
        form.extend(ids.iter().map(|id| ("company", id.as_str())));
        form.push(("decision", decision));
        self.post(&format!("{}/oauth2/consent", origin(url)), &form)
    }

    /// Opens an authorize URL, allows, and goes back to the program.
    pub(crate) fn allow(&mut self, url: &str, companies: &[&str]) -> String {
        self.answer(url, "allow", companies)
    }

    pub(crate) fn answer(&mut self, url: &str, decision: &str, companies: &[&str]) -> String {
        let page = self.get(url);
        assert_eq!(page.status, 200, "{}", page.body);
        let answer = self.decide(url, &page, decision, companies);
        assert_eq!(answer.status, 303, "{}", answer.body);
        let back = self.get(answer.location());
        assert_eq!(back.status, 200, "{}", back.body);
        back.body
    }

    fn send(&mut self, url: &str, method: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        let mut headers = headers.to_vec();
        headers.extend(self.cookie.as_deref().map(|cookie| ("Cookie", cookie)));
        headers.extend(self.origin.as_deref().map(|origin| ("Origin", origin)));
        let answer = http::send(method, url, &headers, body);
        if let Some(cookie) = answer.headers.get("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }
}

pub(crate) fn pairs(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// Scheme, host and port of a URL.
pub(crate) fn origin(url: &str) -> &str {
    let end = url.match_indices('/').nth(2).map_or(url.len(), |(end, _)| end);
    &url[..end]
}
