//! Sage Business Cloud Accounting v3: regions, subscription keys, sites.

use sage_api::Update;
use sage_api::accounting_v3::model::{ContactUpdate, NewContact};
use sage_api::accounting_v3::{Client, Region};
use sage_sandbox::{Api, Sandbox};

use crate::sandbox;

/// A client of the first company of a country, or of one that is named, with a token for all of them.
fn client(sage: &Sandbox, region: Region, country: &str) -> Client {
    let companies = sage.companies().to_vec();
    let site = companies.iter().find(|company| company.country == country).expect("a company").business.clone();
    let token = sage.oauth().issue_for(Api::AccountingV3, sage_sandbox::oauth::Scope::FullAccess, companies);
    let builder = Client::builder().origin(sage.origin()).region(region).site(site).subscription_key("a-key");
    builder.access_token(token).build().expect("the client is complete")
}

#[tokio::test]
async fn a_contact_lives_in_its_region_and_its_site() {
    let sage = sandbox().await;
    let uki = client(&sage, Region::Uki, "GB");
    let new = NewContact { name: "Ann".into(), contact_type_ids: vec!["CUSTOMER".into()], ..Default::default() };
    let made = uki.contacts().create(new).await.expect("it is made");
    let id = made.id.expect("an id");
    let update = ContactUpdate { name: Update::Set("Ann B".into()), ..Default::default() };
    assert_eq!(uki.contacts().update(&id, update).await.expect("it is changed").displayed_as.as_deref(), Some("Ann B"));
    for (region, country) in [(Region::Uki, "IE"), (Region::De, "DE"), (Region::Us, "US")] {
        let other = client(&sage, region, country).contacts();
        assert_eq!(other.get(&id).await.expect_err("not there").status(), Some(404));
        assert_eq!(other.list().await.expect("a list").total(), Some(8));
    }
    uki.contacts().delete(&id).await.expect("it is deleted");
    // A site is found in its own region only.
    let astray = client(&sage, Region::Fr, "GB").contacts().list().await.expect_err("another region");
    assert_eq!(astray.status(), Some(404));
    assert_eq!(sage.findings(), []);
}

#[tokio::test]
async fn core_is_beside_the_accounts_and_each_has_its_own_paths() {
    let sage = sandbox().await;
    let accounts = sage.url(Api::AccountingV3);
    let core = accounts.replace("accounts/v3", "core/v3");
    let bearer = format!("Bearer {}", sage.access_token(Api::AccountingV3));
    let site = sage.companies()[0].business.as_str();
    let headers = [("Authorization", bearer.as_str()), ("Ocp-Apim-Subscription-Key", "k"), ("X-Site", site)];
    let status = |base: &str, path: &str| crate::control::get(&format!("{base}{path}"), &headers).0;
    assert_eq!((status(&core, "/business"), status(&accounts, "/business")), (200, 404));
    assert_eq!((status(&core, "/contacts"), status(&accounts, "/contacts")), (404, 200));
}

#[tokio::test]
async fn core_knows_who_has_logged_in() {
    let sage = sandbox().await;
    let client = client(&sage, Region::Fr, "FR");
    let user = sage_sandbox::oauth::Options::default().user;
    let site = sage.companies().iter().find(|company| company.country == "FR").expect("a company");
    let text = |reply: &sage_api::Json| reply.parse::<serde_json::Value>().expect("JSON");
    for reply in [client.me().get().await, client.user().get().await] {
        let reply = text(&reply.expect("an answer"));
        assert_eq!(
            (&reply["id"], &reply["displayed_as"], &reply["email"]),
            (&user.id.as_str().into(), &user.name.as_str().into(), &user.email.as_str().into())
        );
    }
    let business = text(&client.business().get().await.expect("an answer"));
    assert_eq!((business["id"].as_str(), business["name"].as_str()), (Some(&*site.business), Some(&*site.name)));
    let all = text(&client.business_relationships().list().await.expect("an answer"));
    let ids: Vec<_> = all.as_array().expect("a list").iter().filter_map(|one| one["business"]["id"].as_str()).collect();
    assert_eq!(ids, sage.companies().iter().map(|company| &*company.business).collect::<Vec<_>>());
}

#[tokio::test]
async fn without_a_key_the_gateway_answers() {
    let sage = sandbox().await;
    let url = format!("{}/contacts", sage.url(Api::AccountingV3));
    let token = sage.access_token(Api::AccountingV3);
    let get = |headers: &[(&str, &str)]| crate::control::get(&url, headers);
    let bearer = format!("Bearer {token}");
    let (status, body) = get(&[("Authorization", &bearer), ("X-Site", "x")]);
    assert_eq!(status, 401);
    assert!(body.contains("\"statusCode\":401") && body.contains("subscription key"), "{body}");
    let (status, body) = get(&[("Authorization", &bearer), ("Ocp-Apim-Subscription-Key", "k")]);
    assert_eq!(status, 401);
    assert!(body.contains("X-Site"), "{body}");
    let (status, _) = get(&[("Authorization", &bearer), ("Ocp-Apim-Subscription-Key", "k"), ("X-Site", "x")]);
    assert_eq!(status, 403);
}
