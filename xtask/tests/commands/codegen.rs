//! `cargo xtask codegen`, as a user and as CI meet it.

use std::fs;

use crate::common::{SETTINGS, Workspace};

const CHECK: [&str; 2] = ["codegen", "--check"];
const MOD: &str = "generated/src/pets/mod.rs";

#[test]
fn what_was_generated_is_up_to_date() {
    let workspace = Workspace::small("up-to-date");
    let before = workspace.run(&CHECK);
    assert_eq!(before.status, Some(3));
    assert!(before.stdout.contains("missing: generated/src/pets/mod.rs"), "{}", before.stdout);

    let table = workspace.done(&["codegen"]).stdout;
    assert!(table.starts_with("API   operations  models  enums"), "{table}");
    let check = workspace.done(&CHECK);
    assert!(
        check.stdout.ends_with("files are up to date\n") && check.stderr.is_empty(),
        "{}{}",
        check.stdout,
        check.stderr
    );
    assert_eq!(workspace.read("generated/src/lib.rs"), "//! By hand.\n");
    assert!(!workspace.path("generated/.codegen-staging").exists());
}

/// Breaks something; the check must name the file, its state, and the command, and that command must mend it.
fn broken(test: &str, state: &str, file: &str, damage: impl FnOnce(&Workspace)) {
    let workspace = Workspace::small(test);
    workspace.done(&["codegen"]);
    let good = workspace.files();
    damage(&workspace);
    let bad = workspace.files();
    let check = workspace.run(&CHECK);
    assert_eq!(check.status, Some(3));
    assert!(check.stdout.contains(&format!("{state}: {file}\n")), "{}", check.stdout);
    assert!(check.stdout.contains("run `cargo xtask codegen`"), "{}", check.stdout);
    assert_eq!(workspace.files(), bad, "a check writes nothing");
    workspace.done(&["codegen"]);
    assert_eq!(workspace.files(), good);
}

#[test]
fn a_byte_that_was_touched_is_stale() {
    broken("touched", "stale", MOD, |workspace| {
        let text = workspace.read(MOD);
        workspace.write(MOD, &text.replacen("//!", "//?", 1));
    });
}

#[test]
fn a_file_that_was_deleted_is_missing() {
    broken("deleted", "missing", MOD, |workspace| fs::remove_file(workspace.path(MOD)).unwrap());
}

#[test]
fn a_file_that_was_added_is_extra() {
    broken("added", "extra", "generated/src/pets/deep/own.rs", |workspace| {
        workspace.write("generated/src/pets/deep/own.rs", "mine\n");
    });
}

#[test]
fn a_folder_that_was_deleted_is_missing() {
    broken("folder", "missing", MOD, |workspace| fs::remove_dir_all(workspace.path("generated/src/pets")).unwrap());
}

#[test]
fn a_lock_that_was_touched_is_stale() {
    broken("locks", "stale", "specs/codegen.lock", |workspace| {
        let lock = workspace.read("specs/codegen.lock");
        workspace.write("specs/codegen.lock", &lock.replace('a', "b"));
    });
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_a_file_is_stale() {
    broken("link", "stale", MOD, |workspace| {
        fs::rename(workspace.path(MOD), workspace.path("elsewhere.rs")).unwrap();
        std::os::unix::fs::symlink("../../../elsewhere.rs", workspace.path(MOD)).unwrap();
        fs::remove_file(workspace.path("elsewhere.rs")).unwrap();
    });
}

#[cfg(unix)]
#[test]
fn a_link_in_place_of_a_folder_is_not_followed() {
    let workspace = Workspace::small("link-folder");
    workspace.write("precious/own.rs", "mine\n");
    std::os::unix::fs::symlink("../../precious", workspace.path("generated/src/pets")).unwrap();
    for arguments in [&["codegen"][..], &CHECK] {
        let ended = workspace.run(arguments);
        assert_eq!(ended.status, Some(1), "{}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.contains("`generated/src/pets` is a link"), "{}", ended.stderr);
        assert!(ended.stderr.contains("remove it") && ended.stdout.is_empty(), "{}{}", ended.stdout, ended.stderr);
    }
    assert_eq!(fs::read_dir(workspace.path("precious")).unwrap().count(), 1);
}

#[test]
fn an_input_that_changed_without_effect_makes_the_lock_stale() {
    let workspace = Workspace::small("lock");
    workspace.done(&["codegen"]);
    workspace.write("specs/pets/api.toml", &format!("# A remark.\n{SETTINGS}"));
    let check = workspace.run(&CHECK);
    assert_eq!(check.status, Some(3));
    assert!(check.stdout.starts_with("stale: specs/codegen.lock\n"), "{}", check.stdout);
    assert!(check.stdout.contains("1 file is not what the specifications give"), "{}", check.stdout);
}

#[test]
fn files_that_do_not_change_are_not_touched() {
    let workspace = Workspace::small("untouched");
    workspace.done(&["codegen"]);
    let time = |path: &str| fs::metadata(workspace.path(path)).unwrap().modified().unwrap();
    let (module, lock) = (time(MOD), time("specs/codegen.lock"));
    workspace.write("specs/pets/api.toml", &format!("# A remark.\n{SETTINGS}"));
    workspace.done(&["codegen"]);
    assert_eq!(time(MOD), module);
    assert_ne!(time("specs/codegen.lock"), lock);
}

#[test]
fn what_is_left_of_an_api_that_is_gone_is_deleted() {
    let workspace = Workspace::small("gone");
    workspace.api("more", &SETTINGS.replace("\"pets\"", "\"more_pets\""));
    workspace.done(&["codegen"]);
    fs::remove_dir_all(workspace.path("specs/more")).unwrap();
    let check = workspace.run(&CHECK);
    assert_eq!(check.status, Some(3));
    assert!(check.stdout.contains("extra: generated/src/more_pets/mod.rs\n"), "{}", check.stdout);
    workspace.done(&["codegen"]);
    assert!(!workspace.path("generated/src/more_pets").exists());
    assert!(!workspace.read("specs/names.lock").contains("more_pets"));
}

#[test]
fn a_folder_of_no_api_with_a_file_by_hand_is_not_touched() {
    let workspace = Workspace::small("by-hand");
    workspace.done(&["codegen"]);
    workspace.write("generated/src/old/mod.rs", &workspace.read(MOD));
    workspace.write("generated/src/old/deep/own.rs", "//! By hand.\n");
    let before = workspace.files();
    for arguments in [&["codegen"][..], &CHECK] {
        let ended = workspace.run(arguments);
        assert_eq!(ended.status, Some(1), "{}{}", ended.stdout, ended.stderr);
        assert!(ended.stderr.contains("`generated/src/old/deep/own.rs`"), "{}", ended.stderr);
        assert_eq!(workspace.files(), before);
    }
}

#[test]
fn empty_folders_are_extra() {
    let workspace = Workspace::small("empty");
    workspace.done(&["codegen"]);
    for folder in ["generated/src/pets/deep/er", "generated/src/stray"] {
        fs::create_dir_all(workspace.path(folder)).unwrap();
    }
    let check = workspace.run(&CHECK);
    assert_eq!(check.status, Some(3));
    let expected = "extra: generated/src/pets/deep/er/\nextra: generated/src/stray/\n";
    assert!(check.stdout.starts_with(expected), "{}", check.stdout);
    workspace.done(&["codegen"]);
    assert!(!workspace.path("generated/src/pets/deep").exists() && !workspace.path("generated/src/stray").exists());
    assert!(workspace.path("generated/src/lib.rs").exists());
    workspace.done(&CHECK);
}

#[test]
fn an_error_stops_the_run_before_anything_is_written() {
    let workspace = Workspace::small("error");
    workspace.done(&["codegen"]);
    let good = workspace.files();
    workspace.write("specs/pets/openapi.yaml", "openapi: 3.0.3\npaths: [\n");
    for arguments in [&["codegen"][..], &CHECK] {
        let ended = workspace.run(arguments);
        assert_eq!(ended.status, Some(1));
        assert!(ended.stderr.contains("--> specs/pets/openapi.yaml:3:1"), "{}", ended.stderr);
    }
    fs::remove_file(workspace.path("specs/pets/openapi.yaml")).unwrap();
    let ended = workspace.run(&["codegen"]);
    assert!(ended.stderr.contains("`specs/pets/openapi.yaml` does not exist"), "{}", ended.stderr);
    for file in ["generated/src/pets/mod.rs", "specs/names.lock", "specs/codegen.lock"] {
        assert_eq!(workspace.files().get(file), good.get(file));
    }
}

#[test]
fn machines_get_json_lines_and_no_color() {
    let workspace = Workspace::small("machines");
    let lines = |text: &str| -> Vec<serde_json::Value> {
        text.lines().map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{line}: {error}"))).collect()
    };
    let check = workspace.run(&["codegen", "--check", "--message-format", "json"]);
    assert_eq!(check.status, Some(3));
    let stale = lines(&check.stdout);
    assert!(stale.iter().all(|line| line["state"] == "missing" && line["help"] == "run `cargo xtask codegen`"));
    assert!(stale.iter().any(|line| line["file"] == MOD));
    let written = lines(&workspace.done(&["codegen", "--message-format=json"]).stdout);
    assert_eq!(written[0]["api"], "pets");
    workspace.write("specs/pets/openapi.yaml", "]");
    let errors = workspace.run(&["codegen", "--message-format", "json"]);
    assert_eq!(lines(&errors.stdout)[0]["severity"], "error");
    let github = workspace.run(&["codegen", "--message-format", "github"]).stdout;
    assert!(github.starts_with("::error file=specs/pets/openapi.yaml,line=1,"), "{github}");
    let human = workspace.run(&["codegen"]);
    assert!(!human.stderr.contains('\u{1b}') && !human.stdout.contains('\u{1b}'));
}

#[test]
fn a_command_line_that_is_not_understood_ends_with_2() {
    let workspace = Workspace::small("usage");
    let table: [&[&str]; 13] = [
        &[],
        &["codgen"],
        &["codegen", "--chek"],
        &["codegen", "pets"],
        &["codegen", "--message-format"],
        &["codegen", "--message-format", "xml"],
        &["coverage", "--yaml"],
        &["specs"],
        &["specs", "export"],
        &["specs", "import", "a.json"],
        &["specs", "import", "--api", "pets"],
        &["ci", "--fast"],
        // Planned, and not there.
        &["specs", "update"],
    ];
    for arguments in table {
        let ended = workspace.run(arguments);
        assert_eq!(ended.status, Some(2), "{arguments:?}");
        assert!(ended.stderr.starts_with("error: ") && ended.stdout.is_empty(), "{arguments:?}: {}", ended.stderr);
    }
    for command in ["codegen", "coverage", "ci", "specs"] {
        assert!(workspace.done(&[command, "--help"]).stdout.starts_with("Usage: cargo xtask"));
    }
}

#[test]
fn coverage_counts_and_balances() {
    let workspace = Workspace::small("coverage");
    let json = workspace.done(&["coverage", "--json"]).stdout;
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let api = &json["apis"][0];
    assert_eq!(api["name"], "pets");
    let expected = serde_json::json!({ "documented": 2, "emitted": 2, "skipped": [] });
    assert_eq!(api["operations"], expected);
    assert_eq!(api["properties"], serde_json::json!({ "documented": 3, "emitted": 3, "skipped": [] }));
}

#[test]
fn an_import_keeps_facts_and_drops_prose() {
    let workspace = Workspace::small("import");
    let vendor = crate::common::DOCUMENT.replace("maxLength: 50", "maxLength: 50, description: Call it as you like.");
    workspace.write("vendor.yaml", &vendor);
    workspace.done(&["specs", "import", "--api", "pets", "vendor.yaml"]);
    let facts = workspace.read("specs/pets/openapi.yaml");
    assert!(facts.contains("maxLength: 50") && !facts.contains("as you like"), "{facts}");
    workspace.done(&["specs", "import", "--api", "pets", "--keep-prose", "vendor.yaml"]);
    assert!(workspace.read("specs/pets/openapi.yaml").contains("as you like"));
    let missing = workspace.run(&["specs", "import", "--api", "pets", "nowhere.yaml"]);
    assert_eq!(missing.status, Some(1));
    assert!(missing.stderr.contains("cannot read `nowhere.yaml`"), "{}", missing.stderr);
    assert_eq!(workspace.run(&["specs", "import", "--api", "dogs", "vendor.yaml"]).status, Some(1));
}
