//! T17: two companies, each with its service, its tokens and its headers; one program, one store, one pool of connections,
//! and many tasks that call both.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sage_runtime::auth::{FileStore, Grant};
use sage_runtime::transport::Http;
use tokio::runtime::Builder;

use crate::api;
use crate::kit::{ManualClock, seed_as};
use crate::sample::model::NewContact;
use crate::sample::{Client, Region};
use crate::server::{Server, stored_at};

const NAMES: [&str; 2] = ["alpha-", "beta-"];
const ROUNDS: usize = 12;
const TASKS: u64 = 8;
const CALLS: usize = 6;

struct Company {
    whose: &'static str,
    tokens: Server,
    api: api::Server,
    /// Access tokens up to this generation are refused.
    refused: Arc<AtomicU64>,
    grant: Grant,
    client: Client,
}

fn company(whose: &'static str, store: &FileStore, http: &Http, clock: &ManualClock) -> Company {
    let tokens = Server::start();
    tokens.ledger().whose = whose;
    let own = stored_at(0, 1_000_000, "").replace("CANARY-", &format!("CANARY-{whose}"));
    seed_as(store, whose, &own);
    let app = tokens.app().secret(format!("CANARY-{whose}secret"));
    let grant = Grant::builder(app, store.clone()).name(whose).clock(clock.clone()).build().unwrap();
    let refused = Arc::new(AtomicU64::new(0));
    let limit = refused.clone();
    let api = api::Server::always(move |seen| {
        let number = seen.header("authorization").and_then(|value| value.rsplit('-').next()?.parse::<u64>().ok());
        match number {
            Some(number) if number >= limit.load(Ordering::SeqCst) => {
                api::Act::KeepAlive(200, format!(r#"{{"id":"CANARY-{whose}id"}}"#).into_bytes())
            }
            _ => api::Act::KeepAlive(401, Vec::new()),
        }
    });
    let client = Client::builder()
        .region(Region::Uki)
        .site(format!("CANARY-{whose}site"))
        .subscription_key(format!("CANARY-{whose}key"))
        .token_source(grant.clone())
        .transport(http.clone())
        .origin(&api.origin);
    Company { whose, tokens, api, refused, grant, client: client.build().unwrap() }
}

/// The next of some numbers in no order that matters (xorshift).
fn random(state: &mut u64) -> u64 {
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    *state
}

/// One call, and who has answered it.
async fn call(client: &Client, whose: &str, dice: u64) -> String {
    let contacts = client.contacts();
    let contact = || NewContact { name: format!("CANARY-{whose}name"), ..Default::default() };
    let site = format!("CANARY-{whose}other-site");
    let answer = match dice % 4 {
        0 => contacts.get(&format!("CANARY-{whose}contact")).await,
        1 => contacts.create(contact()).await,
        2 => contacts.get("1").header("X-Site", site).await,
        _ => contacts.create(contact()).header("X-Site", site).await,
    };
    answer.unwrap().id.unwrap()
}

#[test]
fn t17_two_companies_and_many_tasks_never_meet() {
    let folder = tempfile::tempdir().unwrap();
    let store = FileStore::new(folder.path().join("grants")).unwrap();
    let (http, clock) = (Http::builder().no_proxy().build().unwrap(), ManualClock::new());
    let companies = NAMES.map(|whose| company(whose, &store, &http, &clock));
    let mut sent = [0_usize; 2];
    Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap().block_on(async {
        for round in 0..ROUNDS {
            // In turn the service of one, of the other or of neither takes none of the tokens there are: a refresh amid calls.
            if let Some(company) = companies.get(round % 3) {
                let next = company.tokens.ledger().current + 1;
                company.refused.store(next, Ordering::SeqCst);
            }
            let tasks: Vec<_> = (0..TASKS)
                .map(|task| {
                    let clients = companies.each_ref().map(|company| company.client.clone());
                    tokio::spawn(async move {
                        let mut state = (round as u64 + 1) * 1_000_003 + task * 7919;
                        let mut counts = [0; 2];
                        for _ in 0..CALLS {
                            let dice = random(&mut state);
                            let at = (dice >> 20) as usize % 2;
                            let id = call(&clients[at], NAMES[at], dice >> 30).await;
                            assert_eq!(id, format!("CANARY-{}id", NAMES[at]));
                            counts[at] += 1;
                        }
                        counts
                    })
                })
                .collect();
            for task in tasks {
                let counts = task.await.unwrap();
                (sent[0], sent[1]) = (sent[0] + counts[0], sent[1] + counts[1]);
            }
            for company in &companies {
                company.grant.settled().await;
            }
            // In a while the tokens of both end by themselves, too.
            clock.advance(45.0);
        }
    });
    for (at, company) in companies.iter().enumerate() {
        let (own, other) = (format!("CANARY-{}", company.whose), format!("CANARY-{}", NAMES[1 - at]));
        let seen = company.api.seen();
        assert!(sent[at] > 200 && seen.len() >= sent[at], "{} calls, {} seen", sent[at], seen.len());
        for seen in seen {
            let (head, text) = (seen.head(), seen.text());
            assert!(!head.contains(&other) && !text.contains(&other), "{head}\n{text}");
            for header in ["authorization", "x-site", "ocp-apim-subscription-key"] {
                assert!(seen.header(header).is_some_and(|value| value.contains(&own)), "{header}: {head}");
            }
        }
        let ledger = company.tokens.ledger();
        assert!(ledger.asked.len() >= ROUNDS / 3, "{} refreshes", ledger.asked.len());
        // Each refresh token was used once, or the service had ended the grant.
        assert!(!ledger.revoked);
        let asked = format!("{:?}", ledger.asked);
        assert!(asked.contains(&own) && !asked.contains(&other), "{asked}");
        let record = sage_runtime::auth::TokenStore::lock(&store, company.grant.key(), Duration::ZERO).unwrap().load();
        let text = record.unwrap().unwrap().to_text();
        assert!(text.expose().contains(&own) && !text.expose().contains(&other));
    }
}
