//! As much of a browser as a consent page needs: requests, one cookie, hidden fields.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::net::TcpStream;

/// Somebody with a browser.
#[derive(Default)]
pub(crate) struct Visitor {
    pub(crate) cookie: Option<String>,
    /// Sent with forms.
    pub(crate) origin: Option<String>,
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
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
        self.send(url, "GET", "", "")
    }

    pub(crate) fn post(&mut self, url: &str, form: &[(&str, &str)]) -> Answer {
        self.post_with(url, form, "")
    }

    pub(crate) fn post_with(&mut self, url: &str, form: &[(&str, &str)], headers: &str) -> Answer {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers = format!("Content-Type: application/x-www-form-urlencoded\r\n{headers}");
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

    fn send(&mut self, url: &str, method: &str, headers: &str, body: &str) -> Answer {
        let rest = url.strip_prefix("http://").expect("loopback");
        let (host, target) = rest.split_once('/').expect("a path");
        let cookie = self.cookie.as_ref().map(|cookie| format!("Cookie: {cookie}\r\n")).unwrap_or_default();
        let origin = self.origin.as_ref().map(|origin| format!("Origin: {origin}\r\n")).unwrap_or_default();
        let mut stream = TcpStream::connect(host).expect("somebody listens");
        write!(
            stream,
            "{method} /{target} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {}\r\n\
             {cookie}{origin}{headers}\r\n{body}",
            body.len()
        )
        .expect("it is taken");
        let mut text = String::new();
        stream.read_to_string(&mut text).expect("it answers");
        let answer = read(&text);
        if let Some(cookie) = answer.headers.get("set-cookie") {
            self.cookie = cookie.split(';').next().map(str::to_owned);
        }
        answer
    }
}

fn read(text: &str) -> Answer {
    let (head, body) = text.split_once("\r\n\r\n").expect("a head");
    let mut lines = head.lines();
    let status = lines.next().and_then(|line| line.split(' ').nth(1)).and_then(|code| code.parse().ok());
    let header = |line: &str| line.split_once(':').map(|(name, value)| (name.to_lowercase(), value.trim().to_owned()));
    Answer { status: status.expect("a status"), headers: lines.filter_map(header).collect(), body: body.to_owned() }
}

pub(crate) fn pairs(text: &str) -> BTreeMap<String, String> {
    form_urlencoded::parse(text.as_bytes()).into_owned().collect()
}

/// Scheme, host and port of a URL.
pub(crate) fn origin(url: &str) -> &str {
    let end = url.match_indices('/').nth(2).map_or(url.len(), |(end, _)| end);
    &url[..end]
}
