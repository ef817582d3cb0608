//! Every operation of the three APIs is called once, with every parameter set and every property of its body filled, by
//! the generated clients; the sandbox checks each request against the documents and finds nothing wrong.
//!
//! The calls are generated, `cargo xtask codegen` writes them; what they send comes from the sandbox's examples.

#[rustfmt::skip]
#[path = "operations/accounting.rs"]
mod accounting;
#[rustfmt::skip]
#[path = "operations/accounting_v3.rs"]
mod accounting_v3;
#[rustfmt::skip]
#[path = "operations/sage_200.rs"]
mod sage_200;

#[path = "support/queries.rs"]
mod queries;

use std::future::{Future, IntoFuture};
use std::io::Write as _;
use std::pin::Pin;
use std::str::FromStr;

use sage_api::{Result, Value};
use sage_sandbox::{Api, Example, Sandbox};

/// The operations of an API, and how each is called.
type Calls<C> = &'static [(&'static str, fn(&C, &Values) -> Vec<Sent>)];

/// A call on its way; its reply has been decoded when it ends.
type Sent = Pin<Box<dyn Future<Output = Result<()>>>>;

/// What a call sends.
struct Values(Example);

impl Values {
    /// The nth parameter of the path.
    fn path<T: FromStr>(&self, index: usize) -> T {
        self.0.path[index].parse().unwrap_or_else(|_| panic!("`{}` is no such id", self.0.path[index]))
    }

    /// A parameter.
    fn of<T: Value>(&self, name: &str) -> T {
        let found = self.0.parameters.iter().find(|(known, _)| known == name);
        let (_, json) = found.unwrap_or_else(|| panic!("`{name}` is not in the example"));
        sage_api::json::from_str(json).unwrap_or_else(|fault| panic!("{name}: {fault} in {json}"))
    }

    /// The body.
    fn body<T: Value>(&self) -> T {
        let json = self.0.body.as_ref().expect("the example has a body");
        sage_api::json::from_str(json).unwrap_or_else(|fault| panic!("{fault} in {json}"))
    }

    fn one<T: 'static, F>(&self, call: impl IntoFuture<Output = Result<T>, IntoFuture = F>) -> Vec<Sent>
    where
        F: Future<Output = Result<T>> + 'static,
    {
        vec![sent(call.into_future())]
    }

    /// As it is, and with everything set.
    fn both<T: 'static, F, R>(&self, plain: R, all: R) -> Vec<Sent>
    where
        R: IntoFuture<Output = Result<T>, IntoFuture = F>,
        F: Future<Output = Result<T>> + 'static,
    {
        vec![sent(plain.into_future()), sent(all.into_future())]
    }
}

fn sent<T: 'static>(call: impl Future<Output = Result<T>> + 'static) -> Sent {
    Box::pin(async move { call.await.map(drop) })
}

const ACCOUNTING: &str = include_str!("../../../specs/accounting/openapi.yaml");
const ACCOUNTING_V3: &str = include_str!("../../../specs/accounting-v3/accounts.openapi.yaml");

/// The documents of Sage 200.
const SAGE_200: &[&str] = &[
    include_str!("../../../specs/sage-200/cash-book.openapi.yaml"),
    include_str!("../../../specs/sage-200/commercials.openapi.yaml"),
    include_str!("../../../specs/sage-200/financials.openapi.yaml"),
    include_str!("../../../specs/sage-200/general.openapi.yaml"),
    include_str!("../../../specs/sage-200/nominal.openapi.yaml"),
    include_str!("../../../specs/sage-200/pop.openapi.yaml"),
    include_str!("../../../specs/sage-200/price-book.openapi.yaml"),
    include_str!("../../../specs/sage-200/purchases.openapi.yaml"),
    include_str!("../../../specs/sage-200/sales.openapi.yaml"),
    include_str!("../../../specs/sage-200/sop.openapi.yaml"),
    include_str!("../../../specs/sage-200/stock.openapi.yaml"),
];

/// Calls every operation: what is made or changed before what is deleted, and parts before what they are parts of.
async fn call_all<C>(api: Api, client: &C, calls: Calls<C>, sage: &Sandbox, documents: &[&str]) {
    let rank = |name: &str| ["GET", "PUT", "POST", "DELETE"].iter().position(|method| name.starts_with(method));
    let mut calls: Vec<_> = calls.iter().collect();
    calls.sort_by_key(|(name, _)| (rank(name), std::cmp::Reverse(name.matches('/').count())));
    let mut failed = Vec::new();
    for (name, call) in &calls {
        let example = sage.example(api, name).unwrap_or_else(|| panic!("the sandbox does not know `{name}`"));
        for sent in call(client, &Values(example)) {
            if let Err(error) = sent.await {
                failed.push(format!("{name}: {error}: {:?}", error.api()));
            }
        }
    }
    assert!(failed.is_empty(), "{} calls failed:\n{}", failed.len(), failed.join("\n"));
    let findings: Vec<String> = sage
        .findings()
        .into_iter()
        .map(|finding| format!("{}: {}: {}", finding.operation, finding.at, finding.message))
        .collect();
    assert!(findings.is_empty(), "{} findings:\n{}", findings.len(), findings.join("\n"));
    let unsent = sage.unsent(api);
    assert!(unsent.is_empty(), "{} things were not sent:\n{}", unsent.len(), unsent.join("\n"));
    let counts = sage.counts(api);
    assert_eq!(counts.len(), calls.len(), "operations of the documents and of the client");
    // Core of v3 is described by a collection only.
    let of_core = if api == Api::AccountingV3 { 4 } else { 0 };
    let names = queries::compare(sage, api, documents, of_core);
    assert!(names > 500, "{names} query parameters");
    let requests: usize = counts.values().sum();
    // Past the capture of tests: the count is told in every run.
    let _ = writeln!(
        std::io::stderr(),
        "{}: {} operations called in {requests} requests, no finding",
        api.folder(),
        counts.len()
    );
}

async fn sandbox() -> Sandbox {
    Sandbox::builder().seed(7).start().await.expect("a free port on loopback")
}

#[tokio::test]
async fn accounting() {
    let sage = sandbox().await;
    let builder = sage_api::accounting::Client::builder().origin(sage.origin());
    let builder = builder.access_token(sage.access_token(Api::Accounting)).business(&*sage.companies()[0].business);
    let client = builder.build().expect("the client is complete");
    call_all(Api::Accounting, &client, accounting::CALLS, &sage, &[ACCOUNTING]).await;
}

#[tokio::test]
async fn accounting_v3() {
    let sage = sandbox().await;
    let builder = sage_api::accounting_v3::Client::builder().origin(sage.origin());
    let builder = builder.region(sage_api::accounting_v3::Region::Uki).subscription_key("a-key");
    let builder = builder.access_token(sage.access_token(Api::AccountingV3)).site(&*sage.companies()[0].business);
    let client = builder.build().expect("the client is complete");
    call_all(Api::AccountingV3, &client, accounting_v3::CALLS, &sage, &[ACCOUNTING_V3]).await;
}

#[tokio::test]
async fn sage_200() {
    let sage = sandbox().await;
    let company = &sage.companies()[0];
    let builder = sage_api::sage_200::Client::builder().origin(sage.origin());
    let builder =
        builder.product(sage_api::sage_200::Product::Professional).access_token(sage.access_token(Api::Sage200));
    let builder = builder.site(&*company.site).company(company.number);
    let client = builder.build().expect("the client is complete");
    call_all(Api::Sage200, &client, sage_200::CALLS, &sage, SAGE_200).await;
}
