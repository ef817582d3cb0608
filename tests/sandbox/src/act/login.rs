//! Core of v3: who has logged in, and to which company. No document says what these replies hold; they hold the ids that the
//! token reply and the headers have, and the names that the consent page shows.

use crate::json::{Node, object};
use crate::oauth::Company;

use super::Call;

impl Call<'_> {
    /// The reply of Core's resource of this name; `None`: it is another.
    pub(super) fn login(&self, resource: &str) -> Option<Node> {
        let user = &self.session.user;
        match resource {
            "me" | "user" => Some(object([
                ("id", Node::from(user.id.as_str())),
                ("displayed_as", Node::from(user.name.as_str())),
                ("email", Node::from(user.email.as_str())),
            ])),
            "business" => self.company.map(business),
            "business_relationships" => {
                let relationship = |company: &Company| {
                    object([("user_id", Node::from(user.id.as_str())), ("business", business(company))])
                };
                Some(Node::Array(self.session.companies.iter().map(relationship).collect()))
            }
            _ => None,
        }
    }
}

fn business(company: &Company) -> Node {
    object([
        ("id", Node::from(company.business.as_str())),
        ("displayed_as", Node::from(company.name.as_str())),
        ("name", Node::from(company.name.as_str())),
        ("country", object([("id", Node::from(company.country.as_str()))])),
    ])
}
