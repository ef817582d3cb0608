//! The services as their users meet them, over HTTP, through the generated clients.

#[path = "services/accounting.rs"]
mod accounting;
#[path = "services/accounting_v3.rs"]
mod accounting_v3;
#[path = "services/control.rs"]
mod control;
#[path = "services/faults.rs"]
mod faults;
#[path = "support/http.rs"]
mod http;
#[path = "services/sage_200.rs"]
mod sage_200;

use sage_api::Decimal;
use sage_sandbox::{Api, Sandbox};

async fn sandbox() -> Sandbox {
    Sandbox::builder().seed(7).start().await.expect("a free port on loopback")
}

/// A client of the first company.
fn accounting(sage: &Sandbox) -> sage_api::accounting::Client {
    let builder = sage_api::accounting::Client::builder().origin(sage.origin());
    builder.access_token(sage.access_token(Api::Accounting)).build().expect("the client is complete")
}

/// A client of the nth company of Sage 200.
fn sage_200(sage: &Sandbox, index: usize) -> sage_api::sage_200::Client {
    let company = &sage.companies()[index];
    let builder = sage_api::sage_200::Client::builder().origin(sage.origin());
    let builder = builder.product(sage_api::sage_200::Product::Professional);
    let builder = builder.site(&*company.site).company(company.number);
    builder.access_token(sage.access_token(Api::Sage200)).build().expect("the client is complete")
}

fn decimal(text: &str) -> Decimal {
    text.parse().expect("a decimal")
}
