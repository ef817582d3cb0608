//! What a build with some features brings along.

use std::process::Command;

/// The names of all crates that a build of the runtime with just these features depends on.
fn tree(features: &str) -> Vec<String> {
    let arguments =
        "tree --offline --package sage-runtime --no-default-features --edges normal --prefix none --format {p}";
    let output = Command::new(env!("CARGO"))
        .args(arguments.split(' '))
        .args(["--features", features])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().filter_map(|line| line.split(' ').next()).map(str::to_owned).collect()
}

#[test]
fn x01_no_tokio_in_a_blocking_build() {
    let blocking = tree("blocking");
    assert!(blocking.iter().any(|name| name == "ureq"), "{blocking:?}");
    for name in ["tokio", "hyper", "reqwest"] {
        assert!(!blocking.iter().any(|known| known == name), "{name} in {blocking:?}");
        assert!(tree("reqwest").iter().any(|known| known == name), "the test would not notice {name}");
    }
}
