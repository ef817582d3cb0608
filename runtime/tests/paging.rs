//! Lists over a real connection, page by page.

mod kit;
mod sample;
mod server;

use std::sync::atomic::{AtomicUsize, Ordering};

use sage_runtime::{Delivery, Items, Kind, Limits, PageCursor};
use sample::contacts::Contacts;
use sample::model::Contact;
use sample::{Client, Region};
use server::{Act, Server, json};

fn contacts(server: &Server) -> Contacts {
    let mut limits = Limits::default();
    limits.attempts = 1;
    Client::builder()
        .limits(limits)
        .region(Region::Uki)
        .site("s")
        .access_token("t")
        .origin(&server.origin)
        .build()
        .unwrap()
        .contacts()
}

fn page(ids: &[&str], next: &str) -> Act {
    let items: Vec<_> = ids.iter().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect();
    let next = if next.is_empty() { "null".to_owned() } else { format!("{next:?}") };
    json(200, &format!(r#"{{"$total":9,"$next":{next},"$items":[{}]}}"#, items.join(",")))
}

async fn ids(mut items: Items<Contact>) -> (Vec<String>, Option<sage_runtime::Error>) {
    let mut ids = Vec::new();
    while let Some(item) = items.next().await {
        match item {
            Ok(item) => ids.push(item.id.unwrap_or_default()),
            Err(error) => return (ids, Some(error)),
        }
    }
    (ids, None)
}

#[tokio::test]
async fn p01_an_empty_page_in_the_middle_is_not_the_end() {
    let server = Server::start(vec![
        page(&["1", "2"], "/contacts?page=2&items_per_page=2"),
        page(&[], "/uki/sageone/accounts/v3/contacts?page=3"),
        page(&["3"], "?page=4"),
        page(&["4"], ""),
    ]);
    let (ids, error) = ids(contacts(&server).list().items_per_page(2).items()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(ids, ["1", "2", "3", "4"]);
    let base = "GET /uki/sageone/accounts/v3/contacts";
    let expected =
        ["items_per_page=2", "page=2&items_per_page=2", "page=3", "page=4"].map(|query| format!("{base}?{query}"));
    assert_eq!(server.lines(), expected);
    assert!(server.seen().iter().all(|seen| seen.header("x-site") == Some("s")));
}

#[tokio::test]
async fn p03_links_elsewhere_are_not_followed() {
    let other = Server::start(vec![page(&["stolen"], "")]);
    for link in
        [format!("{}/uki/sageone/accounts/v3/contacts", other.origin), "//127.0.0.1/x".into(), "/../v4/contacts".into()]
    {
        let server = Server::start(vec![page(&["1"], &link)]);
        let (ids, error) = ids(contacts(&server).list().items()).await;
        assert_eq!(ids, ["1"]);
        let error = error.unwrap();
        assert_eq!(
            (error.kind(), error.delivery(), error.operation()),
            (Kind::Paging, Delivery::NotSent, Some("contacts.list"))
        );
        assert_eq!(server.seen().len(), 1);
    }
    assert!(other.seen().is_empty());
}

#[tokio::test]
async fn p02_a_circle_is_noticed() {
    let server = Server::start(vec![
        page(&["1"], "/contacts?page=2"),
        page(&["2"], "/contacts?page=3"),
        page(&["3"], "/contacts?page=2"),
    ]);
    let (ids, error) = ids(contacts(&server).list().items()).await;
    assert_eq!((ids.len(), error.map(|error| error.kind())), (3, Some(Kind::Paging)));
    assert_eq!(server.seen().len(), 3);
}

#[tokio::test]
async fn p04_after_an_error_the_same_page_is_asked_for() {
    let server =
        Server::start(vec![page(&["1"], "/contacts?page=2"), json(503, ""), json(200, "nonsense"), page(&["2"], "")]);
    let mut items = contacts(&server).list().items();
    let mut seen = Vec::new();
    while let Some(item) = items.next().await {
        seen.push(item.map(|contact| contact.id.unwrap_or_default()).map_err(|error| error.kind()));
    }
    assert_eq!(seen, [Ok("1".into()), Err(Kind::Api), Err(Kind::Decode), Ok("2".into())]);
    assert_eq!(server.lines()[1..].iter().collect::<std::collections::HashSet<_>>().len(), 1);
}

#[tokio::test]
async fn offsets_go_on_until_a_page_is_short() {
    let items = |ids: &str| {
        json(200, &format!("[{}]", ids.chars().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect::<Vec<_>>().join(",")))
    };
    let base = "GET /uki/sageone/accounts/v3/contacts_by_offset?";

    let server = Server::start(vec![items("abc"), items("def"), items("g")]);
    let all = contacts(&server).list_by_offset().items().collect().await.unwrap();
    assert_eq!(all.len(), 7);
    let expected = ["$orderby=id", "$orderby=id&$skip=3", "$orderby=id&$skip=6"].map(|query| format!("{base}{query}"));
    assert_eq!(server.lines(), expected);

    // The service gives three at most: that the page is shorter than what was asked for does not end the list.
    let server = Server::start(vec![items("abc"), items("def"), json(200, r#"{"value":[]}"#)]);
    let all =
        contacts(&server).list_by_offset().top(1000).query("$orderby", "name desc").items().collect().await.unwrap();
    assert_eq!(all.len(), 6);
    assert_eq!(server.lines()[1], format!("{base}$top=1000&$orderby=name%20desc&$skip=3"));

    let server = Server::start(vec![items("ab"), items("c")]);
    let mut pages = contacts(&server).list_by_offset().top(2).query("$skip", 10).pages();
    let mut sizes = Vec::new();
    while let Some(page) = pages.next().await {
        sizes.push(page.unwrap().items.len());
    }
    assert_eq!(sizes, [2, 1]);
    assert_eq!(server.lines()[1], format!("{base}$top=2&$orderby=id&$skip=12"));
}

#[tokio::test]
async fn p02_a_service_that_does_not_know_where_to_go_on_is_noticed() {
    let items = |ids: &str| {
        let items = ids.chars().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect::<Vec<_>>().join(",");
        Act::KeepAlive(200, format!(r#"{{"@now":"{ids:p}","value":[{items}]}}"#).into_bytes())
    };
    // One that does not look at the offset, and one that begins again after the last page.
    for (pages, count) in [(&["abc"][..], 3), (&["abc", "def"][..], 6)] {
        let asked = AtomicUsize::new(0);
        let server = Server::always(move |_| items(pages[asked.fetch_add(1, Ordering::SeqCst) % pages.len()]));
        let mut list = contacts(&server).list_by_offset().items();
        let mut read = 0;
        let error = loop {
            assert!(read <= count, "it goes on and on");
            match list.next().await.expect("it is no end") {
                Ok(_) => read += 1,
                Err(error) => break error,
            }
        };
        assert_eq!((read, error.kind(), error.delivery()), (count, Kind::Paging, Delivery::Answered));
        assert_eq!((error.operation(), server.seen().len()), (Some("contacts.list_by_offset"), pages.len() + 1));
    }
}

#[tokio::test]
async fn p02_pages_of_chosen_properties_may_be_alike() {
    async fn list(chosen: &str) -> Result<usize, Kind> {
        let alike = || json(200, r#"[{"name":"n"},{"name":"n"},{"name":"n"}]"#);
        let server = Server::start(vec![alike(), alike(), json(200, "[]")]);
        let items = contacts(&server).list_by_offset().query("$select", chosen).items();
        items.collect().await.map(|all| all.len()).map_err(|error| error.kind())
    }
    assert_eq!(list("name").await, Ok(6));
    // With their ids they may not.
    assert_eq!(list("name, id").await, Err(Kind::Paging));
}

#[tokio::test]
async fn a_wrong_request_fails_once() {
    let server = Server::start(vec![]);
    let mut items = contacts(&server).list().header("a b", 1).items();
    assert_eq!(items.next().await.unwrap().unwrap_err().kind(), Kind::Config);
    assert!(items.next().await.is_none());
}

#[tokio::test]
async fn p04_a_list_goes_on_in_another_process() {
    // Pages by a link and by an absolute link.
    let server = Server::always(|seen| match seen.line.split("page=").nth(1) {
        None => page(&["1", "2"], "/contacts?page=2"),
        Some("2") => {
            let host = seen.header("host").unwrap();
            page(&["3", "4"], &format!("http://{host}/uki/sageone/accounts/v3/contacts?page=3"))
        }
        Some(_) => page(&["5"], ""),
    });
    for cut in 0..=5 {
        let mut items = contacts(&server).list().items();
        let mut seen = Vec::new();
        for _ in 0..cut {
            seen.push(items.next().await.unwrap().unwrap().id.unwrap());
        }
        let saved = serde_json::to_string(&items.cursor()).unwrap();
        assert!(!saved.contains("127.0.0.1"), "{saved}");
        drop(items);
        let cursor: PageCursor = serde_json::from_str(&saved).unwrap();
        let (rest, error) = ids(contacts(&server).list().items().resume(cursor)).await;
        seen.extend(rest);
        assert!(error.is_none() && seen == ["1", "2", "3", "4", "5"], "{cut} {saved}: {seen:?} {error:?}");
    }
    let items = |ids: &str| {
        json(200, &format!("[{}]", ids.chars().map(|id| format!(r#"{{"id":"{id}"}}"#)).collect::<Vec<_>>().join(",")))
    };
    let server = Server::start(vec![items("abc"), items("def"), items("def"), items("g")]);
    let list = contacts(&server).list_by_offset().items();
    let mut first = list;
    let mut seen = String::new();
    for _ in 0..4 {
        seen.push_str(&first.next().await.unwrap().unwrap().id.unwrap());
    }
    let (rest, _) = ids(contacts(&server).list_by_offset().items().resume(first.cursor())).await;
    assert_eq!(seen + &rest.concat(), "abcdefg");
    let lines = server.lines();
    assert_eq!(lines[1], lines[2]);
}

#[tokio::test]
async fn p03_a_cursor_that_was_tampered_with_leads_nowhere() {
    let other = Server::start(vec![page(&["stolen"], "")]);
    for link in [format!("{}/x", other.origin), "//127.0.0.1/x".into(), "/../x".into(), "javascript:x".into()] {
        let server = Server::start(vec![]);
        let cursor: PageCursor = serde_json::from_str(&format!(r#"{{"page":{{"link":{link:?}}}}}"#)).unwrap();
        let (ids, error) = ids(contacts(&server).list().items().resume(cursor)).await;
        assert_eq!((ids.len(), error.map(|error| error.kind())), (0, Some(Kind::Paging)), "{link}");
        assert!(server.seen().is_empty() && other.seen().is_empty());
    }
}

#[tokio::test]
async fn p05_nothing_is_asked_for_before_it_is_needed() {
    let server = Server::start(vec![page(&["1", "2"], "/contacts?page=2"), page(&["3"], "")]);
    let mut items = contacts(&server).list().items();
    items.next().await.unwrap().unwrap();
    items.next().await.unwrap().unwrap();
    assert_eq!(server.seen().len(), 1);
    drop(items);
    tokio::time::sleep(std::time::Duration::from_millis(20)).await;
    assert_eq!(server.seen().len(), 1);
}

#[tokio::test]
async fn p07_pauses_and_new_tokens_are_not_seen() {
    let tokens = std::sync::Arc::new(kit::Tokens::default());
    let pause = Act::Reply(429, vec![("retry-after", "0".into())], Vec::new());
    let server = Server::start(vec![page(&["1"], "/contacts?page=2"), json(401, ""), pause, page(&["2"], "")]);
    let set = kit::builder(&server.origin).token_source(kit::Shared(tokens));
    let (ids, error) = ids(set.build().unwrap().contacts().list().items()).await;
    assert!(error.is_none(), "{error:?}");
    assert_eq!(ids, ["1", "2"]);
    assert_eq!(server.seen()[3].header("authorization"), Some("Bearer token-1"));
}
