//! What `api.toml` says of the client.

use crate::config::{self, ApiConfig};
use crate::ir;

/// The client's settings. Those that conventions bring are theirs to set.
pub(super) fn client(config: &ApiConfig) -> ir::Client {
    ir::Client {
        concurrency: config.server.concurrency,
        base_url: config.server.url.trim_end_matches('/').to_owned(),
        variables: config.server.variables.iter().map(variable).collect(),
        headers: config.headers.iter().map(header).collect(),
        reference: config.reference.clone(),
        oauth: config.authentication.as_ref().map(oauth),
        ..ir::Client::default()
    }
}

fn oauth(oauth: &config::Authentication) -> ir::OAuth {
    let endpoints = oauth.endpoints.iter().map(|endpoints| ir::Endpoints {
        countries: endpoints.countries.clone(),
        token_url: endpoints.token_url.clone(),
        revoke_url: endpoints.revoke_url.clone(),
    });
    ir::OAuth {
        authorize_url: oauth.authorize_url.clone(),
        endpoints: endpoints.collect(),
        basic: matches!(oauth.credentials, config::Credentials::Basic),
        parameters: oauth.parameters.clone().into_iter().collect(),
        scope: oauth.scope.clone().unwrap_or_default(),
        pkce: oauth.pkce,
    }
}

fn variable(variable: &config::Variable) -> ir::Variable {
    ir::Variable { name: variable.name.clone(), values: variable.values.clone(), default: variable.default.clone() }
}

fn header(header: &config::Header) -> ir::Header {
    ir::Header {
        name: header.name.clone(),
        setter: header.setter.clone(),
        required: header.required,
        secret: header.secret,
        integer: header.integer,
        except: header.except.clone(),
    }
}
