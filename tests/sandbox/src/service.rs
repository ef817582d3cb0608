//! Which service a URL leads to, and whose books.

use crate::Api;
use crate::fault::Fault;
use crate::json::{Node, object};
use crate::oauth::{Company, Session};
use crate::reply::Reply;

/// The regions of Sage Business Cloud Accounting v3.
const REGIONS: [&str; 6] = ["uki", "us", "ca", "de", "es", "fr"];

/// The product of Sage 200 that has a little less than the other.
pub(crate) const STANDARD: &str = "sage200";

/// Where a request goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Destination<'a> {
    pub(crate) api: Api,
    /// The region or product of the URL; empty: the service has none.
    pub(crate) part: &'a str,
    /// The path below the base URL.
    pub(crate) path: &'a str,
    /// The base URL is one beside that of the service: Core's.
    pub(crate) beside: bool,
}

/// Where this path leads.
pub(crate) fn destination(path: &str) -> Option<Destination<'_>> {
    let below = |rest: &str| rest.starts_with('/');
    if let Some(path) = path.strip_prefix("/v3.1").filter(|rest| below(rest)) {
        return Some(Destination { api: Api::Accounting, part: "", path, beside: false });
    }
    for (prefix, product) in [("/uk/sage200extra/accounts/v1", "sage200extra"), ("/uk/sage200/accounts/v1", STANDARD)] {
        if let Some(path) = path.strip_prefix(prefix).filter(|rest| below(rest)) {
            return Some(Destination { api: Api::Sage200, part: product, path, beside: false });
        }
    }
    let (part, rest) = path.strip_prefix('/')?.split_once('/')?;
    let part = REGIONS.iter().find(|region| **region == part)?;
    let rest = rest.strip_prefix("sageone/")?;
    let core = rest.strip_prefix("core/v3");
    let path = core.or_else(|| rest.strip_prefix("accounts/v3"))?;
    below(path).then_some(Destination { api: Api::AccountingV3, part, path, beside: core.is_some() })
}

/// The code of a refusal by the gateway.
pub(crate) const GATEWAY: &str = "Gateway";

/// The only reply to who is not let in, as the gateway in front of the service words it.
pub(crate) fn gateway(message: &str) -> Reply {
    let body = object([("statusCode", Node::from(401)), ("message", Node::from(message))]);
    Reply::json(401, &body)
}

/// Whose books; `None`: nobody's in particular. What is not granted to the session is refused.
pub(crate) fn tenant<'a>(
    to: &Destination<'_>,
    headers: &http::HeaderMap,
    session: &'a Session,
) -> Result<Option<&'a Company>, Fault> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).filter(|value| !value.is_empty());
    match to.api {
        Api::Accounting => {
            let lead = session.companies.first().map(|company| company.business.as_str());
            let id = header("x-business").or(lead).unwrap_or_default();
            let company = session.business(id).ok_or_else(|| Fault::denied("this business is not among yours"))?;
            Ok(Some(company))
        }
        Api::AccountingV3 => {
            let site = header("x-site").ok_or_else(|| Fault::unauthorized("X-Site is missing"))?;
            let company = session.business(site).ok_or_else(|| Fault::denied("this site is not yours"))?;
            if !countries(to.part).contains(&company.country.as_str()) {
                let message = format!("this site is not in the region `{}`", to.part);
                return Err(Fault::new(404, "RecordNotFound", message));
            }
            Ok(Some(company))
        }
        // The list of sites belongs to none.
        Api::Sage200 if to.path == "/sites" => Ok(None),
        Api::Sage200 => {
            let number = header("x-company").and_then(|number| number.parse().ok());
            let company = header("x-site").zip(number).and_then(|(site, number)| session.company(site, number));
            let company =
                company.ok_or_else(|| Fault::unauthorized("X-Site and X-Company are missing, or not yours"))?;
            Ok(Some(company))
        }
    }
}

/// The countries of a region.
fn countries(region: &str) -> &'static [&'static str] {
    match region {
        "uki" => &["GB", "IE"],
        "us" => &["US"],
        "ca" => &["CA"],
        "de" => &["DE"],
        "es" => &["ES"],
        "fr" => &["FR"],
        _ => &[],
    }
}

#[cfg(test)]
mod tests {
    use super::destination;
    use crate::Api;

    #[test]
    fn where_urls_lead() {
        for (path, expected) in [
            ("/v3.1/contacts", Some((Api::Accounting, "", "/contacts"))),
            ("/v3.10/contacts", None),
            ("/uki/sageone/accounts/v3/contacts/1", Some((Api::AccountingV3, "uki", "/contacts/1"))),
            ("/fr/sageone/core/v3/business", Some((Api::AccountingV3, "fr", "/business"))),
            ("/xx/sageone/accounts/v3/contacts", None),
            ("/uk/sage200extra/accounts/v1/customers", Some((Api::Sage200, "sage200extra", "/customers"))),
            ("/uk/sage200/accounts/v1/sites", Some((Api::Sage200, "sage200", "/sites"))),
            ("/", None),
        ] {
            let found = destination(path).map(|to| (to.api, to.part, to.path));
            assert_eq!(found, expected, "{path}");
        }
    }
}
