//! The OAuth servers of the three APIs, on one origin.
//!
//! They stand at the paths of the real ones, so that clients which are pointed here (`App::origin`) find them:
//!
//! | API | users agree at | tokens come from | grants are given back at |
//! |---|---|---|---|
//! | Accounting v3.1 | `/oauth2/auth/central?filter=apiv3.1` | `/token` | `/revoke` |
//! | v3, CA US DE ES FR | `/oauth2/auth/central` | `/token` | `/revoke` |
//! | v3, GB IE | `/oauth2/auth/central` | `/oauth2/token` | `/oauth2/revoke` |
//! | Sage 200 | `/authorize` | `/oauth/token` | `/oauth/revoke` |
//!
//! Where two share a path, `filter` or the client and its code decide. Rules are RFC 6749, 7009 and 7636, and what Sage
//! says beside them. This is for tests, on loopback: everybody may agree for the sample user, and all random values follow
//! from [`Options::seed`], so somebody who knows it can guess them.

mod clients;
mod companies;
mod consent;
mod credentials;
mod options;
mod page;
mod redirect;
mod reply;
mod requested;
mod state;
mod token;

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::routing::{get, post};

use crate::Api;
use crate::clock::Clock;
use state::State;
use token::Place;

pub use clients::Client;
pub use companies::{Company, User};
pub(crate) use consent::PATH as CONSENT;
pub use options::{Options, Rules};

/// The OAuth servers, and all that they have granted.
pub struct Oauth {
    options: Options,
    clock: Clock,
    state: Mutex<State>,
}

/// Who a request comes from, and what it may do: see [`Oauth::session`].
#[derive(Clone, Debug)]
pub struct Session {
    /// The number of the grant; refreshes do not change it.
    pub grant: u64,
    /// The client id of the application.
    pub client: String,
    /// Who has agreed.
    pub user: User,
    /// v3: the value of `X-Site`. Elsewhere the same id, of the first company.
    pub resource_owner_id: String,
    /// Reading only, or writing too.
    pub scope: Scope,
    /// What the user chose, the leading one first; never empty. Those without a subscription are left out.
    pub companies: Vec<Company>,
}

impl Session {
    /// Is this business granted (the value of `X-Business`, in v3 of `X-Site`)?
    pub fn business(&self, id: &str) -> Option<&Company> {
        self.companies.iter().find(|company| company.business.eq_ignore_ascii_case(id))
    }

    /// Is this company of this site granted (Sage 200: the values of `X-Site` and `X-Company`)?
    pub fn company(&self, site: &str, number: i64) -> Option<&Company> {
        self.companies.iter().find(|company| company.site.eq_ignore_ascii_case(site) && company.number == number)
    }
}

/// What a grant allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Deserialize)]
pub enum Scope {
    /// Everything that the user may do.
    #[default]
    #[serde(rename = "full_access")]
    FullAccess,
    /// `readonly`: writes are refused.
    #[serde(rename = "readonly")]
    ReadOnly,
}

/// Why a request has no session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Denied {
    /// There is no `Authorization: Bearer …`.
    Missing,
    /// The token is none of this API.
    Unknown,
    /// The token has ended; a refresh gives a newer one.
    Expired,
    /// The grant was given back, or a refresh token or a code of it was used twice.
    Revoked,
    /// The companies of the grant have no active subscription; a refresh does not cure that.
    NoSubscription,
}

impl fmt::Display for Denied {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Denied::Missing => "no access token was sent",
            Denied::Unknown => "the access token is not known",
            Denied::Expired => "the access token has expired",
            Denied::Revoked => "the grant has been revoked",
            Denied::NoSubscription => "No active subscription",
        })
    }
}

impl std::error::Error for Denied {}

impl Oauth {
    /// The servers, with nothing granted yet.
    pub fn new(options: Options, clock: Clock) -> Arc<Self> {
        let state = Mutex::new(State::new(options.seed));
        Arc::new(Oauth { options, clock, state })
    }

    /// All their paths.
    pub fn router(self: Arc<Self>) -> Router {
        Router::new()
            .route("/oauth2/auth/central", get(consent::central))
            .route("/authorize", get(consent::sage_id))
            .route(consent::PATH, get(consent::show).post(consent::decide))
            .route("/token", post(|oauth, headers, body| token::exchange(Place::Central, oauth, headers, body)))
            .route("/oauth2/token", post(|oauth, headers, body| token::exchange(Place::Uki, oauth, headers, body)))
            .route("/oauth/token", post(|oauth, headers, body| token::exchange(Place::SageId, oauth, headers, body)))
            .route("/revoke", post(|oauth, headers, body| token::revoke(Place::Central, oauth, headers, body)))
            .route("/oauth2/revoke", post(|oauth, headers, body| token::revoke(Place::Uki, oauth, headers, body)))
            .route("/oauth/revoke", post(|oauth, headers, body| token::revoke(Place::SageId, oauth, headers, body)))
            .with_state(self)
    }

    /// Whose request this is, by the value of its header `Authorization`.
    ///
    /// # Errors
    /// The request may not be served: 401.
    pub fn session(&self, api: Api, authorization: Option<&str>) -> Result<Session, Denied> {
        let token = authorization.and_then(bearer).ok_or(Denied::Missing)?;
        let now = self.clock.now();
        self.state().session(api, token, now, &self.options.user)
    }

    /// An access token without a login: full access, for all companies of the first country that the API has.
    pub fn issue(&self, api: Api) -> String {
        self.issue_for(api, Scope::FullAccess, self.companies_of_first_country(api))
    }

    pub(crate) fn companies_of_first_country(&self, api: Api) -> Vec<Company> {
        let countries = self.options.countries(api);
        countries.first().map(|country| self.companies_of(api, country)).unwrap_or_default()
    }

    pub(crate) fn companies_of(&self, api: Api, country: &str) -> Vec<Company> {
        self.options.companies_of(api, country)
    }

    /// An access token without a login, for these companies. It lasts as long as others of the API.
    pub fn issue_for(&self, api: Api, scope: Scope, companies: Vec<Company>) -> String {
        let words = match (scope, api) {
            (Scope::ReadOnly, _) => "readonly",
            (Scope::FullAccess, Api::Sage200) => "openid profile email offline_access",
            (Scope::FullAccess, _) => "full_access",
        };
        let client = self.options.clients.iter().find(|client| client.api() == Some(api));
        let client = client.map_or("sandbox", Client::id).to_owned();
        let now = self.clock.now();
        let mut state = self.state();
        let grant = state.grant(state::Grant::new(api, client, words, companies));
        state.mint(grant, words, self.options.rules(api), now).access
    }

    /// Ends a grant: its tokens are refused from now on.
    pub fn revoke(&self, grant: u64) {
        self.state().revoke(grant);
    }

    /// Ends every grant, or those of one API.
    pub fn revoke_all(&self, api: Option<Api>) {
        self.state().revoke_all(api);
    }

    /// Says whether a company, named by its `business`, has an active subscription; at first all have.
    pub fn subscribe(&self, business: &str, active: bool) {
        self.state().subscribe(business, active);
    }

    /// The next login comes back with this error in place of a page, as Sage does with `Invalid request` and a `reason`
    /// such as `Email already in use`.
    pub fn fail_next_login(&self, error: impl Into<String>, reason: impl Into<String>) {
        self.state().fail = Some((error.into(), reason.into()));
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing in there panics between two changes that belong together.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Oauth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Oauth").field("options", &self.options).finish_non_exhaustive()
    }
}

/// The token of `Bearer …`, whatever the case of that word (RFC 7235, section 2.1).
fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    let token = token.trim();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}
