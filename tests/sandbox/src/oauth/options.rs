//! What the servers know and how long things last.

use super::clients::{self, Client};
use super::companies::{self, Company, User};
use crate::Api;

/// Settings of the OAuth servers.
#[derive(Clone, Debug)]
pub struct Options {
    /// All random values follow from it.
    pub seed: u64,
    /// Registered applications. At first, of each API: `sandbox-accounting` with the secret `sandbox-accounting-secret`,
    /// and `sandbox-accounting-public` without one; likewise `sandbox-accounting-v3…` and `sandbox-sage-200…`.
    pub clients: Vec<Client>,
    /// Takes client ids that nobody has registered, with any secret or none.
    pub any_client: bool,
    /// The companies that the user can choose among.
    pub companies: Vec<Company>,
    /// Who logs in.
    pub user: User,
    /// Seconds that a code lasts.
    pub code_seconds: u32,
    /// Lifetimes of Accounting v3.1.
    pub accounting: Rules,
    /// Lifetimes of v3.
    pub accounting_v3: Rules,
    /// Lifetimes of Sage 200.
    pub sage_200: Rules,
}

/// How long the tokens of an API last, in seconds, and what a refresh does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rules {
    /// An access token.
    pub access_seconds: u32,
    /// A refresh token; `None`: for ever.
    pub refresh_seconds: Option<u32>,
    /// Each refresh gives a new refresh token, and the old one is spent: using it again revokes the grant. If not, a
    /// refresh token stays as it is.
    pub rotate: bool,
    /// How long a spent refresh token is still taken, for clients whose answer got lost. Sage names no such time.
    pub grace_seconds: u32,
}

impl Default for Options {
    fn default() -> Self {
        let rules =
            |access_seconds, refresh_seconds| Rules { access_seconds, refresh_seconds, rotate: true, grace_seconds: 0 };
        Options {
            seed: 0,
            clients: clients::samples(),
            any_client: false,
            companies: companies::samples(),
            user: User::new("Sam Sample", "sam.sample@example.com"),
            code_seconds: 60,
            accounting: rules(300, Some(31 * 86_400)),
            accounting_v3: rules(3600, None),
            sage_200: rules(3600, Some(180 * 86_400)),
        }
    }
}

impl Options {
    /// The rules of an API.
    pub fn rules(&self, api: Api) -> &Rules {
        match api {
            Api::Accounting => &self.accounting,
            Api::AccountingV3 => &self.accounting_v3,
            Api::Sage200 => &self.sage_200,
        }
    }

    /// The countries of an API in which there are companies, in the order of the companies.
    pub(super) fn countries(&self, api: Api) -> Vec<String> {
        let mut countries: Vec<String> = Vec::new();
        for company in &self.companies {
            if served(api).contains(&company.country.as_str()) && !countries.contains(&company.country) {
                countries.push(company.country.clone());
            }
        }
        countries
    }

    pub(super) fn companies_of(&self, api: Api, country: &str) -> Vec<Company> {
        let here = served(api).contains(&country);
        self.companies.iter().filter(|company| here && company.country == country).cloned().collect()
    }

    pub(super) fn client(&self, id: &str) -> Option<Client> {
        let known = self.clients.iter().find(|client| client.id() == id).cloned();
        known.or_else(|| (self.any_client && !id.is_empty()).then(|| Client::unregistered(id)))
    }
}

/// Where an API is offered.
fn served(api: Api) -> &'static [&'static str] {
    match api {
        Api::Accounting => &["CA", "GB", "IE"],
        Api::AccountingV3 => &["CA", "DE", "ES", "FR", "GB", "IE", "US"],
        Api::Sage200 => &["GB"],
    }
}
