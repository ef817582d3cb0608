//! Whole logins in a real browser, from the consent page to the first call.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

use sage_api::auth::{FileStore, Grant, Login, MemoryStore};
use sage_api::{accounting, accounting_v3, sage_200};
use sage_sandbox::free_port;
use sage_sandbox::oauth::Options;

use super::chromium::{self, Chromium};
use super::start;

/// Only so that a user who fails does not hang the tests.
const PATIENCE: Duration = Duration::from_secs(90);

/// The browser of this machine, or a line that says why this test did nothing.
fn browser(test: &str) -> Option<Chromium> {
    match chromium::find() {
        Ok(program) => Some(Chromium::start(&program)),
        Err(reason) => {
            // Not by `eprintln`, which the test runner keeps to itself; at once, as other tests run beside it.
            let _ = std::io::stderr().write_all(format!("\nskipped {test}: {reason}\n").as_bytes());
            None
        }
    }
}

/// Where screenshots go, to be looked at: nothing compares them.
fn shot(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("shots");
    std::fs::create_dir_all(&folder).expect("a folder");
    folder.join(name)
}

fn shoot(chromium: &mut Chromium, page: &str) {
    chromium.shoot(&shot(&format!("{page}-desktop.png")), 1280, 900, "light");
    chromium.shoot(&shot(&format!("{page}-dark.png")), 1280, 900, "dark");
    chromium.shoot(&shot(&format!("{page}-phone.png")), 390, 844, "light");
}

/// Logs in, with the user's part done by `user` in the browser; gives the browser back.
async fn log_in(
    grant: &Grant,
    mut chromium: Chromium,
    user: impl FnOnce(&mut Chromium) + Send + 'static,
) -> (sage_api::Result<()>, Chromium) {
    let (sender, back) = mpsc::channel();
    let show = move |url: &str| {
        let url = url.to_owned();
        std::thread::spawn(move || {
            chromium.open(&url);
            user(&mut chromium);
            chromium.wait_for("location.pathname === '/callback' && document.readyState === 'complete'");
            sender.send(chromium)
        });
    };
    let result = grant.login(Login::loopback(free_port().expect("a port")).show(show).wait(PATIENCE)).await;
    (result, back.recv().expect("the user has done their part"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_allows_in_a_real_browser() {
    let Some(chromium) = browser("a_user_allows_in_a_real_browser") else { return };
    let sandbox = start(Options::default());
    let folder = tempfile::tempdir().expect("a folder");
    let client = || {
        let app = accounting::Client::app("sandbox-accounting").secret("sandbox-accounting-secret");
        let store = FileStore::new(folder.path().join("grants")).expect("a store");
        let builder = accounting::Client::builder().app(app.origin(sandbox.origin())).token_store(store);
        builder.origin(sandbox.origin()).build().expect("it is complete")
    };
    let first = client();
    let user = |chromium: &mut Chromium| {
        assert_eq!(chromium.text("document.title"), "Allow access – Sage sandbox");
        assert_eq!(
            chromium.text("document.querySelector('h1').innerText"),
            "Allow “Sandbox example” to use your data in Sage Accounting?"
        );
        // The policy lets its own style through.
        assert_eq!(chromium.text("getComputedStyle(document.querySelector('.answer')).display"), "grid");
        shoot(chromium, "consent-accounting");
        chromium.click("label.choice:nth-of-type(2)");
        assert_eq!(chromium.evaluate("document.querySelectorAll(':checked[name=company]').length"), 2);
        chromium.click("button[value=allow]");
    };
    let (result, mut chromium) = log_in(first.grant().expect("its own"), chromium, user).await;
    result.expect("the user has allowed");
    assert_eq!(chromium.text("document.querySelector('h1').innerText"), "Access to Sage was given");
    assert_eq!(chromium.text("getComputedStyle(document.querySelector('main')).borderRadius"), "12px");
    shoot(&mut chromium, "callback-allowed");
    assert_eq!(chromium.complaints(), Vec::<String>::new());

    let businesses = first.businesses().list().await.expect("the first call is answered");
    let names: Vec<_> = businesses.items.iter().filter_map(|business| business.displayed_as.as_deref()).collect();
    assert_eq!(names, ["Harbour Lane Cycles Ltd", "Harbour Lane Repairs Ltd"], "the companies that were ticked");
    drop(first);
    // The tokens are stored: the next run goes on.
    let second = client();
    assert!(second.grant().expect("its own").is_authorized().await.expect("the store works"));
    second.businesses().list().await.expect("a list");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_user_chooses_another_country_and_another_denies() {
    let Some(chromium) = browser("a_user_chooses_another_country_and_another_denies") else { return };
    let sandbox = start(Options::default());
    let store = MemoryStore::lost_on_exit;

    let app = accounting_v3::Client::app("sandbox-accounting-v3").secret("sandbox-accounting-v3-secret");
    let grant = Grant::new(app.origin(sandbox.origin()), store()).expect("it is complete");
    let user = |chromium: &mut Chromium| {
        shoot(chromium, "consent-v3");
        chromium.evaluate("document.querySelector('#country').value = 'FR'");
        chromium.click("form[method=get] button");
        chromium.wait_for("document.querySelector('.choice')?.innerText.trim() === 'Cycles du Canal SARL'");
        chromium.click("button[value=allow]");
    };
    let (result, chromium) = log_in(&grant, chromium, user).await;
    result.expect("the user has allowed");
    let builder = accounting_v3::Client::builder().region(accounting_v3::Region::Fr).subscription_key("a key");
    let client = builder.grant(grant).origin(sandbox.origin()).build().expect("it is complete");
    assert_eq!(client.contacts().list().await.expect("the first call is answered").total(), Some(8));

    let app = sage_200::Client::app("sandbox-sage-200").secret("sandbox-sage-200-secret");
    let grant = Grant::new(app.origin(sandbox.origin()), store()).expect("it is complete");
    let user = |chromium: &mut Chromium| {
        shoot(chromium, "consent-sage-200");
        // Nothing chosen: the page asks again.
        chromium.click("label.choice:nth-of-type(1)");
        chromium.click("button[value=allow]");
        chromium.wait_for("document.querySelector('[role=alert]')?.innerText === 'Choose a company first.'");
        shoot(chromium, "consent-again");
        chromium.click("button[value=deny]");
    };
    let (result, mut chromium) = log_in(&grant, chromium, user).await;
    assert!(result.expect_err("denied").to_string().contains("access_denied"));
    assert_eq!(chromium.text("document.querySelector('h1').innerText"), "Access to Sage was not given");
    shoot(&mut chromium, "callback-denied");
    chromium.open(&format!("{}/oauth2/auth/central", sandbox.origin()));
    shoot(&mut chromium, "stop");
}
