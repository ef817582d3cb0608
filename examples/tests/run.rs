//! The examples, run as their readers run them.

use std::path::PathBuf;
use std::process::Command;

use sage_sandbox::{Api, Sandbox};

// Two of them have tests of their own, which run here.
#[cfg(feature = "sqlite")]
#[expect(dead_code, reason = "nothing calls its `main` here")]
#[path = "../sqlite_store.rs"]
mod sqlite_store;
#[expect(dead_code, reason = "nothing calls its `main` here")]
#[path = "../testing.rs"]
mod testing;

/// An example that has been built; cargo builds all of them for a run of tests.
fn built(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test is a file");
    let folder = test.parent().and_then(|deps| deps.parent()).expect("…/debug/deps/run-…");
    let example = folder.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let modified = |path: &PathBuf| path.metadata().and_then(|found| found.modified()).ok();
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let sources = [folder.join(format!("{name}.rs")), folder.join("src/local.rs")];
    let is_older = |built| sources.iter().all(|source| modified(source).is_some_and(|source| source <= built));
    let is_new = modified(&example).is_some_and(is_older);
    assert!(
        is_new,
        "`{name}` is not built, or was changed since: run `cargo build -p sage-examples --examples --all-features`"
    );
    example
}

/// What an example prints.
fn run(name: &str, arguments: &[&str]) -> String {
    let output = Command::new(built(name)).args(arguments).env_remove("SAGE_ORIGIN").output().expect("it starts");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name}: {errors}");
    assert_eq!(errors, "", "{name}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn contacts_logs_in_and_lists() {
    let printed = run("contacts", &["--agree"]);
    assert_eq!(printed.lines().count(), 8, "{printed}");
    assert!(printed.starts_with("Ann Archer Cycles    ARC01    ann@archer.example\n"), "{printed}");
}

/// Which operation each example calls, and how often, at the least.
const CALLED: &[(&str, Api, &str, usize)] = &[
    ("contacts", Api::Accounting, "GET /contacts", 1),
    ("invoice", Api::Accounting, "POST /sales_invoices", 2),
    ("changes", Api::Accounting, "GET /contacts", 2),
    ("debtors", Api::Sage200, "GET /customers", 1),
    ("v3", Api::AccountingV3, "GET /sales_invoices", 1),
    #[cfg(feature = "sqlite")]
    ("sqlite_store", Api::Accounting, "GET /contacts", 2),
    ("blocking", Api::Accounting, "POST /contacts", 1),
    ("testing", Api::Accounting, "GET /sales_invoices", 1),
];

#[test]
fn each_takes_the_sandbox_that_is_running() {
    let sandbox = Sandbox::builder().start_blocking().expect("a free port");
    for (name, api, operation, times) in CALLED {
        let output = Command::new(built(name)).arg("--agree").env("SAGE_ORIGIN", sandbox.origin()).output();
        let output = output.expect("it starts");
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
        let counts = sandbox.counts(*api);
        assert!(counts.get(*operation).is_some_and(|count| count >= times), "{name}: {counts:?}");
        assert_eq!(sandbox.findings(), [], "{name}");
        sandbox.reset();
    }
}

#[test]
fn none_is_left_out() {
    let manifest = include_str!("../Cargo.toml");
    let examples = manifest.split("[[example]]").skip(1).filter_map(|entry| entry.split('"').nth(1));
    let named = |name: &&str| CALLED.iter().any(|(known, ..)| known == name);
    let missing: Vec<&str> = examples.filter(|name| !named(name)).collect();
    let not_built: &[&str] = if cfg!(feature = "sqlite") { &[] } else { &["sqlite_store"] };
    assert_eq!(missing, not_built);
}

#[test]
fn an_invoice_is_made_once() {
    let printed = run("invoice", &[]);
    assert_eq!(printed, "SI-4 of 71.96, after 2 attempts\ninvoices of order 4711: 1\n");
}

#[test]
fn changes_go_on_from_the_cursor() {
    let printed = run("changes", &[]);
    let lines: Vec<&str> = printed.lines().collect();
    assert_eq!(lines.iter().position(|line| *line == "going on from the cursor"), Some(5), "{printed}");
    let mut names = lines.clone();
    names.retain(|line| *line != "going on from the cursor");
    names.sort_unstable();
    names.dedup();
    assert_eq!((lines.len(), names.len()), (9, 8), "each of the eight once: {printed}");
}

#[test]
fn debtors_are_chosen_and_sorted_by_the_service() {
    let printed = run("debtors", &[]);
    let names: Vec<&str> = printed.lines().filter_map(|line| Some(line.rsplit_once(' ')?.0.trim())).collect();
    assert_eq!(names, ["Ann Archer Cycles", "Müller & Söhne"], "{printed}");
}

#[test]
fn v3_lists_invoices_of_its_region() {
    let printed = run("v3", &[]);
    assert_eq!(printed.lines().count(), 4, "{printed}");
    assert!(printed.contains("Northern Couriers"), "{printed}");
}

#[test]
fn blocking_waits_without_a_runtime() {
    let printed = run("blocking", &[]);
    assert_eq!(printed.lines().count(), 9, "{printed}");
    assert!(printed.lines().any(|line| line.split_whitespace().eq(["Ann", "ANN01"])), "{printed}");
}

#[test]
fn testing_sums_what_is_owed() {
    assert_eq!(run("testing", &[]), "owed: 762.00\n");
}

#[test]
#[cfg(feature = "sqlite")]
fn a_login_in_sqlite_outlives_the_program() {
    let printed = run("sqlite_store", &[]);
    let expected = "logged in, and sees 8 contacts\n8 contacts without a login\ngeneration 1 is stored, in ";
    assert!(printed.starts_with(expected), "{printed}");
}
