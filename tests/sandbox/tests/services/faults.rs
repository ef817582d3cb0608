//! What goes wrong on demand, and what clients make of it.

use std::time::Duration;

use sage_api::accounting::model::NewContact;
use sage_api::{Delivery, Limits};
use sage_sandbox::{Api, Effect, Sandbox, When};

use crate::{accounting, sandbox};

fn contact(name: &str) -> NewContact {
    NewContact { name: name.into(), contact_type_ids: vec!["CUSTOMER".into()], ..Default::default() }
}

fn posts() -> When {
    When { method: Some("POST".into()), path: Some("/v3.1/*".into()) }
}

/// A client that sends everything once.
fn patient(sage: &Sandbox) -> sage_api::accounting::Client {
    let builder = sage_api::accounting::Client::builder().origin(sage.origin());
    let mut limits = Limits::default();
    limits.attempts = 1;
    limits.resend_when_limited = false;
    let builder = builder.limits(limits);
    builder.access_token(sage.access_token(Api::Accounting)).build().expect("the client is complete")
}

async fn count(sage: &Sandbox, name: &str) -> Option<u64> {
    accounting(sage).contacts().list().search(name).await.expect("a list").total()
}

#[tokio::test]
async fn a_lost_reply_is_asked_for_again_and_nothing_is_doubled() {
    let sage = sandbox().await;
    sage.inject(posts(), 1, Effect::DropAfter);
    let made = accounting(&sage).contacts().create(contact("Lost")).await.expect("the second time");
    assert_eq!(made.name.as_deref(), Some("Lost"));
    assert_eq!(count(&sage, "Lost").await, Some(1));
    let posts = sage.requests().into_iter().filter(|entry| entry.method == "POST").count();
    assert_eq!(posts, 2);
}

#[tokio::test]
async fn a_dropped_connection_before_and_after_differ_in_what_is_kept() {
    let sage = sandbox().await;
    for (effect, kept) in [(Effect::DropBefore, 0), (Effect::DropAfter, 1)] {
        sage.inject(posts(), 1, effect.clone());
        let error = patient(&sage).contacts().create(contact("Dropped")).await.expect_err("no reply");
        assert_eq!((error.status(), error.delivery()), (None, Delivery::Unknown), "{effect:?}");
        assert_eq!(count(&sage, "Dropped").await, Some(kept), "{effect:?}");
    }
}

#[tokio::test]
async fn replies_can_be_replaced_cut_and_late() {
    let sage = sandbox().await;
    let client = patient(&sage);
    let headers = vec![("Retry-After".to_owned(), "7".to_owned())];
    sage.inject(When::default(), 1, Effect::Reply { status: 503, headers, body: "<h1>Down</h1>".into() });
    let error = client.contacts().list().await.expect_err("503");
    assert_eq!((error.status(), error.retry_after()), (Some(503), Some(Duration::from_secs(7))));
    sage.inject(When::default(), 1, Effect::Truncate { bytes: 20 });
    let error = client.contacts().list().await.expect_err("only a part came");
    assert_eq!(error.delivery(), Delivery::Unknown, "{error:?}");
    // An hour late is too late for everybody.
    sage.inject(posts(), 1, Effect::Delay { milliseconds: 3_600_000 });
    let builder = sage_api::accounting::Client::builder().origin(sage.origin()).timeout(Duration::from_secs(2));
    let hasty = builder.access_token(sage.access_token(Api::Accounting)).build().expect("the client is complete");
    let made = hasty.contacts().create(contact("Late")).await.expect("when it is sent again");
    assert_eq!((made.name.as_deref(), count(&sage, "Late").await), (Some("Late"), Some(1)));
    client.contacts().list().await.expect("all faults are spent");
}

#[tokio::test]
async fn limits_refuse_and_say_when_to_come_again_if_asked_to() {
    let sage = sandbox().await;
    for retry_after in [true, false] {
        sage.limit(Some(sage_sandbox::Limits { per_minute: Some(2), retry_after, ..Default::default() }));
        let client = patient(&sage);
        let mut codes = Vec::new();
        let mut wait = None;
        for _ in 0..3 {
            match client.contacts().list().await {
                Ok(_) => codes.push(200),
                Err(error) => {
                    wait = error.retry_after();
                    codes.extend(error.status());
                }
            }
        }
        assert_eq!(codes, [200, 200, 429]);
        assert_eq!(wait.is_some(), retry_after);
        sage.limit(None);
        // A client that was refused waits by itself; this is another.
        patient(&sage).contacts().list().await.expect("no limit");
        sage.clock().advance(60);
    }
}

#[tokio::test]
async fn an_application_has_so_many_requests_on_their_way_and_in_a_day() {
    let sage = sandbox().await;
    sage.limit(Some(sage_sandbox::Limits { at_once: Some(2), ..Default::default() }));
    let late = When { method: Some("GET".into()), path: Some("/v3.1/products".into()) };
    sage.inject(late, 2, Effect::Delay { milliseconds: 3_600_000 });
    let waiting: Vec<_> = (0..2)
        .map(|_| {
            let client = patient(&sage);
            tokio::spawn(async move { client.products().list().await })
        })
        .collect();
    while sage.requests().len() < 2 {
        tokio::task::yield_now().await;
    }
    let error = patient(&sage).contacts().list().await.expect_err("a third one");
    assert_eq!((error.status(), error.api()[0].code.as_deref()), (Some(429), Some("TooManyRequests")));
    // Those who wait give up; their requests are over when the sandbox has noticed.
    waiting.iter().for_each(tokio::task::JoinHandle::abort);
    while patient(&sage).contacts().list().await.is_err() {}

    sage.limit(Some(sage_sandbox::Limits { per_day: Some(1), ..Default::default() }));
    patient(&sage).contacts().list().await.expect("one is allowed");
    let error = patient(&sage).contacts().list().await.expect_err("a second one");
    assert_eq!(error.status(), Some(429));
    sage.clock().advance(86_400);
    patient(&sage).contacts().list().await.expect("another day");
}

#[tokio::test]
async fn tokens_that_may_only_read_or_are_none_are_refused() {
    let sage = sandbox().await;
    let companies = sage.companies()[..1].to_vec();
    let token = sage.oauth().issue_for(Api::Accounting, sage_sandbox::oauth::Scope::ReadOnly, companies);
    let with = |token: &str| {
        let builder = sage_api::accounting::Client::builder().origin(sage.origin());
        builder.access_token(token).build().expect("the client is complete")
    };
    with(&token).contacts().list().await.expect("reading is allowed");
    let error = with(&token).contacts().create(contact("No")).await.expect_err("writing is not");
    assert_eq!((error.status(), error.api()[0].code.as_deref()), (Some(403), Some("MultiUserAccessDenied")));
    let error = with("nonsense").contacts().list().await.expect_err("no such token");
    assert_eq!((error.status(), error.api()[0].code.as_deref()), (Some(401), Some("AuthorizationFailure")));
    let of_sage_200 = sage.access_token(Api::Sage200);
    assert_eq!(with(&of_sage_200).contacts().list().await.expect_err("another service").status(), Some(401));
}
