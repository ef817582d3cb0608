//! What was granted, and every code and token of it.

use std::collections::{BTreeSet, HashMap};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use sha2::{Digest as _, Sha256};

use super::companies::{Company, User};
use super::options::Rules;
use super::requested::{Challenge, Requested};
use super::{Denied, Scope, Session};
use crate::Api;

type Moment = DateTime<Utc>;

/// Everything that changes.
pub(super) struct State {
    random: Random,
    grants: Vec<Grant>,
    /// Consent pages that are open, by their id.
    pub(super) open: HashMap<String, Requested>,
    codes: HashMap<String, Code>,
    access: HashMap<String, Access>,
    refresh: HashMap<String, Refresh>,
    unsubscribed: BTreeSet<String>,
    /// What the next login is told.
    pub(super) fail: Option<(String, String)>,
}

/// What a user has allowed an application.
#[derive(Clone)]
pub(super) struct Grant {
    pub(super) api: Api,
    pub(super) client: String,
    /// Words with spaces between them.
    pub(super) scope: String,
    pub(super) companies: Vec<Company>,
    pub(super) revoked: bool,
}

impl Grant {
    pub(super) fn new(api: Api, client: String, scope: &str, companies: Vec<Company>) -> Self {
        Grant { api, client, scope: scope.to_owned(), companies, revoked: false }
    }

    pub(super) fn country(&self) -> &str {
        self.companies.first().map_or("", |company| &company.country)
    }

    pub(super) fn owner(&self) -> &str {
        self.companies.first().map_or("", |company| &company.business)
    }

    /// Sage 200 gives refresh tokens only if they were asked for.
    fn is_offline(&self) -> bool {
        self.api != Api::Sage200 || self.scope.split(' ').any(|word| word == "offline_access")
    }
}

/// What a code stands for.
#[derive(Clone)]
pub(super) struct Code {
    pub(super) grant: u64,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<Challenge>,
    pub(super) until: Moment,
    pub(super) spent: bool,
}

struct Access {
    grant: u64,
    scope: String,
    until: Moment,
}

#[derive(Clone)]
pub(super) struct Refresh {
    pub(super) grant: u64,
    pub(super) until: Option<Moment>,
    pub(super) spent: Option<Moment>,
}

/// New tokens.
pub(super) struct Minted {
    pub(super) access: String,
    pub(super) refresh: Option<String>,
}

impl State {
    pub(super) fn new(seed: u64) -> Self {
        State {
            random: Random { seed, count: 0 },
            grants: Vec::new(),
            open: HashMap::new(),
            codes: HashMap::new(),
            access: HashMap::new(),
            refresh: HashMap::new(),
            unsubscribed: BTreeSet::new(),
            fail: None,
        }
    }

    pub(super) fn random(&mut self) -> String {
        self.random.next()
    }

    /// Ties a consent page to a browser: nobody else knows the text.
    pub(super) fn seal(&self, browser: &str, page: &str) -> String {
        URL_SAFE_NO_PAD.encode(Sha256::digest(format!("{}\n{browser}\n{page}", self.random.seed)))
    }

    /// Grants are numbered from 1 on.
    pub(super) fn grant(&mut self, grant: Grant) -> u64 {
        self.grants.push(grant);
        self.grants.len() as u64
    }

    /// A grant, whether or not it is revoked.
    pub(super) fn find_grant(&self, grant: u64) -> Option<&Grant> {
        self.grants.get(index(grant)?)
    }

    pub(super) fn revoke(&mut self, grant: u64) {
        if let Some(grant) = index(grant).and_then(|index| self.grants.get_mut(index)) {
            grant.revoked = true;
        }
    }

    pub(super) fn revoke_all(&mut self, api: Option<Api>) {
        for grant in self.grants.iter_mut().filter(|grant| api.is_none_or(|api| grant.api == api)) {
            grant.revoked = true;
        }
    }

    pub(super) fn subscribe(&mut self, business: &str, active: bool) {
        match active {
            true => self.unsubscribed.remove(business),
            false => self.unsubscribed.insert(business.to_owned()),
        };
    }

    /// A code for a grant. Sage's own hold a slash.
    pub(super) fn code(&mut self, code: Code) -> String {
        let mut text = self.random();
        if let Some(grant) = self.find_grant(code.grant).filter(|grant| grant.api != Api::Sage200) {
            text = format!("{}/{text}", grant.country());
        }
        self.codes.insert(text.clone(), code);
        text
    }

    pub(super) fn find_code(&self, code: &str) -> Option<&Code> {
        self.codes.get(code)
    }

    pub(super) fn spend_code(&mut self, code: &str) {
        if let Some(code) = self.codes.get_mut(code) {
            code.spent = true;
        }
    }

    pub(super) fn find_refresh(&self, token: &str) -> Option<&Refresh> {
        self.refresh.get(token)
    }

    pub(super) fn is_access(&self, token: &str) -> bool {
        self.access.contains_key(token)
    }

    /// The first use counts: a spent token that is taken once more in its grace time is not made younger.
    pub(super) fn spend_refresh(&mut self, token: &str, now: Moment) {
        if let Some(refresh) = self.refresh.get_mut(token) {
            refresh.spent.get_or_insert(now);
        }
    }

    /// Tokens of a grant, with this scope, which is a part of the grant's.
    pub(super) fn mint(&mut self, grant: u64, scope: &str, rules: &Rules, now: Moment) -> Minted {
        let access = self.mint_access(grant, scope, rules, now);
        let offline = self.find_grant(grant).is_some_and(Grant::is_offline);
        let refresh = offline.then(|| {
            let token = self.random();
            let until = rules.refresh_seconds.map(|seconds| now + TimeDelta::seconds(i64::from(seconds)));
            self.refresh.insert(token.clone(), Refresh { grant, until, spent: None });
            token
        });
        Minted { access, refresh }
    }

    pub(super) fn mint_access(&mut self, grant: u64, scope: &str, rules: &Rules, now: Moment) -> String {
        let token = self.random();
        let until = now + TimeDelta::seconds(i64::from(rules.access_seconds));
        self.access.insert(token.clone(), Access { grant, scope: scope.to_owned(), until });
        token
    }

    pub(super) fn session(&self, api: Api, token: &str, now: Moment, user: &User) -> Result<Session, Denied> {
        let access = self.access.get(token).ok_or(Denied::Unknown)?;
        let grant = self.find_grant(access.grant).filter(|grant| grant.api == api).ok_or(Denied::Unknown)?;
        if grant.revoked {
            return Err(Denied::Revoked);
        }
        if access.until <= now {
            return Err(Denied::Expired);
        }
        let subscribed = |company: &&Company| !self.unsubscribed.contains(&company.business);
        let companies: Vec<Company> = grant.companies.iter().filter(subscribed).cloned().collect();
        if companies.is_empty() {
            return Err(Denied::NoSubscription);
        }
        let read_only = access.scope.split(' ').any(|word| word == "readonly");
        Ok(Session {
            grant: access.grant,
            client: grant.client.clone(),
            user: user.clone(),
            resource_owner_id: grant.owner().to_owned(),
            scope: if read_only { Scope::ReadOnly } else { Scope::FullAccess },
            companies,
        })
    }
}

/// Grants are numbered from 1 on.
fn index(grant: u64) -> Option<usize> {
    usize::try_from(grant).ok()?.checked_sub(1)
}

/// 43 characters after each other, which follow from the seed.
struct Random {
    seed: u64,
    count: u64,
}

impl Random {
    fn next(&mut self) -> String {
        self.count += 1;
        URL_SAFE_NO_PAD.encode(Sha256::digest(format!("sandbox {} {}", self.seed, self.count)))
    }
}
