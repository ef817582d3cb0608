//! A collection as it is read: its folders opened out, so that each request stands by itself with what it inherits.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::url::Url;
use crate::ordered;
use crate::source::Place;

/// What variables are set to, where a request stands: by what it stands in, and by what is around that.
#[derive(Debug, Clone, Default)]
pub(crate) struct Scope {
    own: BTreeMap<String, String>,
    around: Option<Rc<Scope>>,
}

impl Scope {
    /// What is set here, over what is set around it.
    pub(super) fn inside(own: BTreeMap<String, String>, around: Rc<Scope>) -> Self {
        Self { own, around: Some(around) }
    }

    /// What this variable is set to.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut scope = self;
        loop {
            match (scope.own.get(name), &scope.around) {
                (Some(value), _) => return Some(value),
                (None, Some(around)) => scope = around,
                (None, None) => return None,
            }
        }
    }
}

impl FromIterator<(String, String)> for Scope {
    fn from_iter<I: IntoIterator<Item = (String, String)>>(pairs: I) -> Self {
        Self { own: ordered::map(pairs), around: None }
    }
}

/// A collection of Postman.
#[derive(Debug)]
pub(crate) struct Collection {
    /// Its requests, in order.
    pub(crate) requests: Vec<Request>,
    /// Its variables, those of its folders among them.
    pub(crate) variables: Vec<Variable>,
    /// What of it is left out when it is read, and why.
    pub(crate) odd: Vec<(Place, String)>,
    /// How many scripts it holds; none of them is run.
    pub(crate) scripts: usize,
}

/// A variable of a collection, a folder or an environment.
#[derive(Debug)]
pub(crate) struct Variable {
    /// Where it stands.
    pub(crate) place: Place,
    /// Its name.
    pub(crate) name: String,
}

/// A request, one of a collection or the one that a saved reply answers.
#[derive(Debug)]
pub(crate) struct Request {
    /// Where it stands.
    pub(crate) place: Place,
    /// What people call it.
    pub(crate) name: String,
    /// The names of the folders around it, the outermost first.
    pub(crate) folders: Rc<Vec<String>>,
    /// As it is written; `GET` if nothing is.
    pub(crate) method: String,
    /// Where it goes.
    pub(crate) url: Url,
    /// Its headers.
    pub(crate) headers: Vec<Pair>,
    /// Its body, if it has one.
    pub(crate) body: Option<Body>,
    /// Who it says it is.
    pub(crate) auth: Auth,
    /// What people say about it.
    pub(crate) description: Option<String>,
    /// The replies that were saved with it.
    pub(crate) replies: Vec<Reply>,
    /// The variables that it sees.
    pub(crate) scope: Rc<Scope>,
}

/// A reply that was saved.
#[derive(Debug)]
pub(crate) struct Reply {
    /// Where it stands.
    pub(crate) place: Place,
    /// Its status, if that can be known.
    pub(crate) status: Option<u16>,
    /// Its headers.
    pub(crate) headers: Vec<Pair>,
    /// Its body, unless it is empty.
    pub(crate) body: Option<String>,
    /// The request that it answers, where it is not the one that it stands with.
    pub(crate) original: Option<Box<Request>>,
}

/// One of a list of names and values: of a query, of headers, of a form.
#[derive(Debug, Clone)]
pub(crate) struct Pair {
    /// Where it stands.
    pub(crate) place: Place,
    /// The name.
    pub(crate) key: String,
    /// The value, as text; `None` where there is none.
    pub(crate) value: Option<String>,
    /// Is it sent? What is switched off is documented all the same.
    pub(crate) enabled: bool,
    /// In a form: is it a file?
    pub(crate) file: bool,
    /// What people say about it.
    pub(crate) description: Option<String>,
}

/// A request body.
#[derive(Debug)]
pub(crate) struct Body {
    /// Where it stands.
    pub(crate) place: Place,
    /// What it is.
    pub(crate) content: Content,
}

/// What a request body is made of.
#[derive(Debug)]
pub(crate) enum Content {
    /// Text, with the language that Postman shows it in.
    Raw {
        /// The text.
        text: String,
        /// `json`, `xml`, `html`, `javascript` or `text`.
        language: Option<String>,
    },
    /// A form in the form of a query.
    UrlEncoded(Vec<Pair>),
    /// A form of parts.
    FormData(Vec<Pair>),
    /// A file.
    File,
    /// A query in GraphQL.
    GraphQl,
}

/// How a request says who sends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Auth {
    /// Not at all, or nothing is said.
    None,
    /// By a token, as every client does: `bearer`, `oauth2`.
    Token,
    /// By a key in a header or in the query.
    Key {
        /// The name of the header or parameter.
        name: String,
        /// Does it go into the query?
        query: bool,
        /// Where it stands.
        place: Place,
    },
    /// In a way that the client does not know, by its name in Postman: `basic`, `digest`, `awsv4` …
    Other(String, Place),
}
