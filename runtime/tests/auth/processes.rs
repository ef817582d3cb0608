//! T4 to T6: several processes and one folder. The children are this test binary again, running `child` below.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sage_runtime::auth::{FileStore, Grant, GrantKey, TokenStore as _};
use sage_runtime::{Cause, Kind};
use tokio::runtime::Builder;

use crate::kit::{get, name, peek, seed};
use crate::server::{OAUTH, Server, stored};

fn run<T>(future: impl Future<Output = T>) -> T {
    Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
}

/// Not a test: what the children do. Without the variable it does nothing.
#[test]
fn child() {
    let Ok(order) = std::env::var("SAGE_TEST_CHILD") else { return };
    let parts: Vec<&str> = order.split(' ').collect();
    let [role, folder, origin] = parts[..] else { panic!("{order}") };
    let store = FileStore::new(folder).unwrap();
    let app = sage_runtime::auth::App::new(&OAUTH, "client-id").origin(origin);
    let grant = || Grant::new(app.clone(), store.clone()).unwrap();
    say("ready");
    match role {
        "callers" => {
            wait_for_word();
            let grant = grant();
            let tokens = run(async {
                let callers: Vec<_> = (0..50)
                    .map(|_| {
                        let grant = grant.clone();
                        tokio::spawn(async move { name(&get(&grant, None).await.unwrap()).to_owned() })
                    })
                    .collect();
                let mut tokens = Vec::new();
                for caller in callers {
                    tokens.push(caller.await.unwrap());
                }
                grant.settled().await;
                tokens
            });
            assert!(tokens.iter().all(|token| *token == tokens[0]));
            say(&tokens[0]);
        }
        "holder" => {
            let _guard = store.lock(&GrantKey::new("client-id", "default"), Duration::ZERO).unwrap();
            say("locked");
            wait_for_word();
        }
        "once" => drop(run(get(&grant(), None))),
        "short" => {
            // The token lasts for a while, so it is given at once and refreshed beside that.
            let grant = grant();
            assert_eq!(name(&run(get(&grant, None)).unwrap()), "access-0");
            say("done");
        }
        "spin" => loop {
            // As many refreshes as there is time for, each by a program that has just begun.
            let grant = grant();
            run(async {
                let generation = get(&grant, None).await.unwrap().generation.get();
                get(&grant, Some(generation)).await.unwrap();
            });
        },
        other => panic!("{other}"),
    }
}

fn say(word: &str) {
    let mut out = std::io::stdout();
    writeln!(out, "\nchild: {word}").unwrap();
    out.flush().unwrap();
}

fn wait_for_word() {
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

struct Spawned {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
}

impl Spawned {
    fn new(role: &str, folder: &Path, origin: &str) -> Self {
        Spawned::with(role, folder, origin, &[])
    }

    fn with(role: &str, folder: &Path, origin: &str, variables: &[(&str, &str)]) -> Self {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["processes::child", "--exact", "--nocapture", "--test-threads=1"])
            .env("SAGE_TEST_CHILD", format!("{role} {} {origin}", folder.display()))
            .envs(variables.iter().copied())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut spawned = Spawned { child, lines };
        assert_eq!(spawned.hear().as_deref(), Some("ready"));
        spawned
    }

    fn hear(&mut self) -> Option<String> {
        self.lines.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix("child: ").map(str::to_owned))
    }

    fn go_on(&mut self) {
        self.child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
    }

    fn signal(&self, signal: &str) {
        assert!(Command::new("kill").args([signal, &self.child.id().to_string()]).status().unwrap().success());
    }
}

impl Drop for Spawned {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn t04_eight_processes_of_fifty_callers_refresh_once() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let folder = folder.path().join("grants");
    seed(&FileStore::new(&folder).unwrap(), &stored(0, 400, ""));
    let mut children: Vec<_> = (0..8).map(|_| Spawned::new("callers", &folder, &server.origin)).collect();
    children.iter_mut().for_each(Spawned::go_on);
    for child in &mut children {
        assert_eq!(child.hear().as_deref(), Some("access-1"));
    }
    assert_eq!((server.hits(), server.ledger().revoked), (1, false));
}

#[test]
fn t05_nobody_refreshes_without_the_lock() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let folder = folder.path().join("grants");
    let store = FileStore::new(&folder).unwrap();
    seed(&store, &stored(0, 400, ""));
    let mut holder = Spawned::new("holder", &folder, &server.origin);
    assert_eq!(holder.hear().as_deref(), Some("locked"));
    holder.signal("-STOP");
    let wait = Duration::from_millis(200);
    let grant = Grant::builder(server.app(), store).lock_wait(wait).build().unwrap();
    let began = Instant::now();
    let error = run(get(&grant, None)).unwrap_err();
    assert!(began.elapsed() >= wait);
    assert_eq!((error.kind(), error.to_string().as_str()), (Kind::Store, "the token store is busy"));
    assert_eq!(server.hits(), 0);
    holder.signal("-CONT");
    holder.go_on();
    holder.child.wait().unwrap();
    let grant = Grant::new(server.app(), FileStore::new(&folder).unwrap()).unwrap();
    assert_eq!(name(&run(get(&grant, None)).unwrap()), "access-1");
}

#[test]
fn t06_a_hundred_and_fifty_kills_cost_nothing() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let folder = folder.path().join("grants");
    let store = FileStore::new(&folder).unwrap();
    server.ledger().grace = true;
    seed(&store, &stored(0, 0, ""));
    let (mut cut_off, mut last) = (0, 0);
    for kill in 0..150_u64 {
        let before = server.hits();
        let mut child = Spawned::new("spin", &folder, &server.origin);
        let limit = Instant::now() + Duration::from_secs(60);
        while server.hits() == before && Instant::now() < limit {
            std::thread::yield_now();
        }
        std::thread::sleep(Duration::from_micros(kill * 7919 % 12_000));
        child.child.kill().unwrap();
        child.child.wait().unwrap();
        // The lock is free, and the store holds the old tokens or the new ones.
        let mut guard = store.lock(&GrantKey::new("client-id", "default"), Duration::ZERO).unwrap();
        let record = guard.load().unwrap().unwrap();
        drop(guard);
        assert!(record.generation().get() >= last, "{record:?}");
        last = record.generation().get();
        cut_off += usize::from(record.to_text().expose().contains("refreshing_since"));
        // And the grant can be used.
        let grant = Grant::new(server.app(), store.clone()).unwrap();
        run(async {
            get(&grant, None).await.unwrap();
            assert!(get(&grant, Some(last)).await.unwrap().generation.get() > last);
            grant.settled().await;
        });
    }
    assert!(cut_off > 0, "no kill came in the middle of a refresh");
    assert!(!server.ledger().revoked);
}

#[test]
fn t06_a_strict_service_and_a_kill_at_the_worst_moment() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let folder = folder.path().join("grants");
    let store = FileStore::new(&folder).unwrap();
    seed(&store, &stored(0, 400, ""));
    server.ledger().closed = true;
    let mut child = Spawned::new("once", &folder, &server.origin);
    server.wait_for_held(1);
    child.child.kill().unwrap();
    child.child.wait().unwrap();
    server.open();
    assert!(peek(&store).contains("CANARY-refresh-0"));
    let grant = Grant::new(server.app(), store).unwrap();
    let error = run(get(&grant, None)).unwrap_err();
    assert_eq!((error.kind(), error.reauthorize()), (Kind::Auth, Some(Cause::RotationMayBeLost)));
}

#[test]
fn t03_a_program_that_ends_waits_for_the_refresh_that_it_began() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let store = FileStore::new(folder.path().join("grants")).unwrap();
    seed(&store, &stored(0, 270, ""));
    server.ledger().closed = true;
    let mut child = Spawned::new("short", &folder.path().join("grants"), &server.origin);
    assert_eq!(child.hear().as_deref(), Some("done"));
    server.wait_for_held(1);
    // Time enough to end, for a program that does not wait.
    std::thread::sleep(Duration::from_millis(300));
    server.open();
    assert!(child.child.wait().unwrap().success());
    let record = peek(&store);
    assert!(record.contains("CANARY-refresh-1") && !record.contains("refreshing_since"), "{record}");
}

#[test]
fn h09_tokens_of_this_machine_are_asked_for_without_a_proxy() {
    let (server, folder) = (Server::start(), tempfile::tempdir().unwrap());
    let store = FileStore::new(folder.path().join("grants")).unwrap();
    seed(&store, &stored(0, 400, ""));
    let proxy = ["ALL_PROXY", "HTTP_PROXY", "http_proxy"].map(|name| (name, "http://127.0.0.1:1"));
    let mut child = Spawned::with("once", &folder.path().join("grants"), &server.origin, &proxy);
    assert!(child.child.wait().unwrap().success());
    assert_eq!(server.hits(), 1);
    assert!(peek(&store).contains("CANARY-refresh-1"));
}
