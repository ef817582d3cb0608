//! Who uses the sample companies, and what they are called in each API.

use sha2::{Digest as _, Sha256};

use crate::Api;

/// The user who logs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// The token reply's `requested_by_id`.
    pub id: String,
    /// As the consent page shows it.
    pub name: String,
    /// Likewise.
    pub email: String,
}

impl User {
    /// A user whose id follows from the address.
    pub fn new(name: &str, email: &str) -> Self {
        User { id: hex("user", email), name: name.to_owned(), email: email.to_owned() }
    }
}

/// A sample company, with its ids in the three APIs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Company {
    /// As the consent page shows it.
    pub name: String,
    /// Two capital letters, as the callback names them.
    pub country: String,
    /// 32 hex digits: the value of `X-Business`, and in v3 of `X-Site`.
    pub business: String,
    /// Sage 200: the value of `X-Site`; companies of one installation share it.
    pub site: String,
    /// Sage 200: the value of `X-Company`.
    pub number: i64,
}

impl Company {
    /// A company whose ids follow from its name; those of one country share the site of Sage 200.
    pub fn new(name: &str, country: &str, number: i64) -> Self {
        let site = hex("site", country);
        let parts = [&site[..8], &site[8..12], &site[12..16], &site[16..20], &site[20..]];
        Company {
            name: name.to_owned(),
            country: country.to_owned(),
            business: hex("business", name),
            site: parts.join("-"),
            number,
        }
    }

    /// Site and number: which one it is in Sage 200.
    pub(crate) fn key(&self) -> String {
        format!("{}/{}", self.site, self.number)
    }

    /// Whose books it has in an API.
    pub(crate) fn tenant(&self, api: Api) -> String {
        match api {
            Api::Accounting | Api::AccountingV3 => self.business.clone(),
            Api::Sage200 => self.key(),
        }
    }
}

/// 32 hex digits that are always the same for the same words.
fn hex(kind: &str, name: &str) -> String {
    let digest = Sha256::digest(format!("{kind}\n{name}"));
    digest.iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

/// One or two companies of each country that v3 knows.
pub(super) fn samples() -> Vec<Company> {
    vec![
        Company::new("Harbour Lane Cycles Ltd", "GB", 1),
        Company::new("Harbour Lane Repairs Ltd", "GB", 2),
        Company::new("Quayside Cycles Ltd", "IE", 1),
        Company::new("Maple Row Bikes Inc.", "CA", 1),
        Company::new("Prairie Wheel Co.", "US", 1),
        Company::new("Lindenhof Radwerkstatt GmbH", "DE", 1),
        Company::new("Bicicletas del Puerto SL", "ES", 1),
        Company::new("Cycles du Canal SARL", "FR", 1),
    ]
}

/// The country in words.
pub(super) fn country_name(code: &str) -> &str {
    match code {
        "CA" => "Canada",
        "DE" => "Germany",
        "ES" => "Spain",
        "FR" => "France",
        "GB" => "United Kingdom",
        "IE" => "Ireland",
        "US" => "United States",
        other => other,
    }
}
