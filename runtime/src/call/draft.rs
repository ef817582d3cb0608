//! A request while it is being put together.

use std::borrow::Cow;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderValue};
use percent_encoding::percent_decode_str;

use crate::api::{ListStyle, Operation, Paging};
use crate::base::Base;
use crate::body;
use crate::client::{self, Client};
use crate::error::Error;
use crate::model::Model;
use crate::path;
use crate::value::Value;

/// Everything that a request is made of.
pub(crate) struct Draft {
    pub(crate) client: Client,
    pub(crate) operation: &'static Operation,
    /// The values of the path template, in order.
    pub(crate) path: Vec<String>,
    /// Names as they are, values encoded.
    query: Vec<(String, String)>,
    pub(super) headers: HeaderMap,
    pub(super) media_type: Option<HeaderValue>,
    pub(super) body: Bytes,
    /// An id in the body by which the service knows it again.
    pub(super) id: Option<Arc<str>>,
    /// The first thing that went wrong.
    problem: Option<Error>,
}

/// The query parameter that chooses properties (OData 4.01, URL Conventions, 5.1.3).
const SELECT: &str = "$select";

impl Draft {
    pub(super) fn new(client: Client, operation: &'static Operation) -> Self {
        Draft {
            client,
            operation,
            path: Vec::new(),
            query: Vec::new(),
            headers: HeaderMap::new(),
            media_type: None,
            body: Bytes::new(),
            id: None,
            problem: None,
        }
    }

    pub(crate) fn has_query(&self, name: &str) -> bool {
        self.query.iter().any(|(known, _)| known == name)
    }

    /// The number that a query parameter was set to.
    pub(crate) fn query_number(&self, name: &str) -> Option<u64> {
        self.query.iter().find(|(known, _)| known == name)?.1.parse().ok()
    }

    pub(crate) fn set_query(&mut self, name: String, value: &str) {
        self.query.retain(|(known, _)| *known != name);
        self.query.push((name, path::query(value)));
    }

    /// An offset means something only in an order that stays: sets the operation's own unless there is one.
    pub(crate) fn settle_order(&mut self) {
        if let Paging::Offset { order: Some((name, value)), .. } = self.operation.paging
            && !self.has_query(name)
        {
            self.set_query(name.to_owned(), value);
        }
    }

    /// Does it leave items out at the beginning?
    pub(super) fn has_offset(&self) -> bool {
        matches!(self.operation.paging, Paging::Offset { skip, .. } if self.has_query(skip))
    }

    /// Are no two items of the list equal? They may be where properties are chosen without the one they are in order of, as of
    /// a flag without the ids.
    pub(crate) fn tells_items_apart(&self) -> bool {
        let Some((_, chosen)) = self.query.iter().find(|(name, _)| name == SELECT) else { return true };
        let chosen = percent_decode_str(chosen).decode_utf8_lossy();
        let Paging::Offset { order: Some((_, key)), .. } = self.operation.paging else { return false };
        chosen.split(',').any(|property| property.trim() == key)
    }

    pub(super) fn set_query_list(&mut self, name: String, style: ListStyle, values: &[String]) {
        self.query.retain(|(known, _)| *known != name);
        let encoded = values.iter().map(|value| path::query(value));
        let separator = match style {
            ListStyle::Repeat => {
                self.query.extend(encoded.map(|value| (name.clone(), value)));
                return;
            }
            ListStyle::Comma => ",",
            ListStyle::Space => "%20",
            ListStyle::Pipe => "%7C",
        };
        if !values.is_empty() {
            self.query.push((name, encoded.collect::<Vec<_>>().join(separator)));
        }
    }

    pub(super) fn set_query_deep(&mut self, name: &str, value: &dyn Model) {
        for (property, text) in body::texts(value) {
            self.set_query(format!("{name}[{property}]"), &text);
        }
    }

    pub(super) fn set_header(&mut self, name: &str, value: &str) {
        let secret =
            self.client.0.api.headers.iter().any(|header| header.secret && header.name.eq_ignore_ascii_case(name));
        match client::header(name, value, secret) {
            Ok((name, value)) => drop(self.headers.insert(name, value)),
            Err(problem) => self.fail(problem),
        }
    }

    pub(super) fn add_cookie(&mut self, name: &str, value: &str) {
        let before = self.headers.get(http::header::COOKIE).and_then(|value| value.to_str().ok());
        let cookie = format!("{name}={}", path::query(value));
        let all = before.map_or(cookie.clone(), |before| format!("{before}; {cookie}"));
        self.set_header("cookie", &all);
    }

    pub(super) fn check_size(&mut self, name: &str, size: usize, most: usize) {
        if size > most {
            let problem = format!("`{name}` has {size} bytes, and the service takes at most {most}");
            self.fail(Error::config(problem));
        }
    }

    pub(super) fn set_json<B: Value>(&mut self, value: &B) {
        let id = self.client.0.api.idempotency.filter(|_| self.operation.idempotent_by_id);
        match body::json(value, self.operation.wrapper, id) {
            Ok(written) => {
                if let Some(property) = written.professional.filter(|_| self.client.0.is_standard) {
                    self.fail(Error::unavailable(format!(
                        "the property `{property}` of the request is only in Professional, and the client is for Standard"
                    )));
                }
                self.set_body("application/json", written.text);
                self.id = written.id.map(Into::into);
            }
            Err(problem) => self.fail(Error::config(problem)),
        }
    }

    pub(super) fn set_multipart(&mut self, value: &dyn Model) {
        match body::multipart(value) {
            Ok((media_type, body)) => self.set_body(&media_type, body),
            Err(problem) => self.fail(Error::config(problem)),
        }
    }

    pub(super) fn set_body(&mut self, media_type: &str, body: impl Into<Bytes>) {
        match HeaderValue::from_str(media_type) {
            Ok(media_type) => self.media_type = Some(media_type),
            Err(_) => self.fail(Error::config("the media type of the body can not be sent")),
        }
        self.body = body.into();
        self.id = None;
    }

    fn fail(&mut self, problem: Error) {
        self.problem.get_or_insert(problem);
    }

    pub(crate) fn take_problem(&mut self) -> Option<Error> {
        self.problem.take()
    }

    /// The base URL that it goes to.
    pub(crate) fn base(&self) -> Cow<'_, Base> {
        self.client.0.base.beside(self.operation.beside)
    }

    /// The path of the template with its values, below the base.
    pub(crate) fn local_path(&self) -> Result<String, Error> {
        let mut path = String::new();
        path::fill(&mut path, self.operation.path, &self.path).map_err(Error::config)?;
        Ok(path)
    }

    /// The URL with its query.
    pub(crate) fn url(&self) -> Result<String, Error> {
        let path: usize = self.path.iter().map(String::len).sum();
        let query: usize = self.query.iter().map(|(name, value)| name.len() + value.len() + 2).sum();
        let mut url = self.base().begin(self.operation.path.len() + path + query);
        path::fill(&mut url, self.operation.path, &self.path).map_err(Error::config)?;
        for (index, (name, value)) in self.query.iter().enumerate() {
            url.push(if index == 0 { '?' } else { '&' });
            url.push_str(&path::query(name));
            url.push('=');
            url.push_str(value);
        }
        Ok(url)
    }
}
