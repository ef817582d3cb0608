//! The real `sage-codegen`, run on documents of one's own.
#![allow(clippy::disallowed_methods, reason = "the tests make and read files; the generator does not")]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const DOCUMENT: &str = "\
openapi: 3.0.3
info: { title: Pets, version: '1' }
servers: [{ url: 'https://{region}.pets.example/v1', variables: { region: { default: eu } } }]
paths:
  /pets/{id}:
    get:
      tags: [Pets]
      parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
      responses:
        '200':
          description: A pet
          content: { application/json: { schema: { $ref: '#/components/schemas/Pet' } } }
components:
  schemas:
    Pet: { type: object, properties: { name: { type: string }, price: { type: number, format: double } } }
";

const OVERLAY: &str = "\
overlay: 1.0.0
info: { title: Corrections, version: 1.0.0 }
actions:
  - target: $.components.schemas.Pet.properties.name
    x-reason: Seen in replies.
    x-expect: { type: string, nullable: null }
    update: { nullable: true }
";

struct Folder(PathBuf);

struct Ended {
    status: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Folder {
    fn new(test: &str) -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("cli-{test}"));
        let _ = fs::remove_dir_all(&path);
        fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        folder.write("pets.yaml", DOCUMENT);
        folder.write("overlay.yaml", OVERLAY);
        folder
    }

    fn write(&self, path: &str, text: &str) {
        let path = self.0.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    fn read(&self, path: &str) -> String {
        fs::read_to_string(self.0.join(path)).unwrap()
    }

    fn run(&self, arguments: &str) -> Ended {
        self.run_all(&arguments.split_whitespace().collect::<Vec<_>>())
    }

    fn run_all(&self, arguments: &[&str]) -> Ended {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sage-codegen"));
        let output = command.args(arguments).current_dir(&self.0).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ended { status: output.status.code(), stdout: text(output.stdout), stderr: text(output.stderr) }
    }

    fn done(&self, arguments: &str) -> Ended {
        let ended = self.run(arguments);
        assert_eq!(ended.status, Some(0), "{arguments}\n{}{}", ended.stdout, ended.stderr);
        ended
    }

    /// Every file of a crate.
    fn files(&self, folder: &str) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.0.join(folder)];
        while let Some(path) = folders.pop() {
            for entry in fs::read_dir(&path).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).unwrap();
                    files.insert(path.strip_prefix(self.0.join(folder)).unwrap().to_path_buf(), bytes);
                }
            }
        }
        files
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = fs::remove_dir_all(&self.0);
        }
    }
}

#[test]
fn a_crate_is_written_and_compared() {
    let folder = Folder::new("crate");
    folder.done("generate --document pets.yaml --overlay overlay.yaml --name pet-shop --out out --runtime ../runtime");
    let manifest = folder.read("out/Cargo.toml");
    assert!(
        manifest.contains("name = \"pet-shop\"") && manifest.contains("sage-runtime = { path = \"../runtime\" }"),
        "{manifest}"
    );
    assert!(folder.read("out/src/lib.rs").contains("https://{region}.pets.example/v1"));
    assert!(folder.read("out/src/lib.rs").contains("\n#![recursion_limit = \"1024\"]\n"));
    assert!(folder.read("out/codegen.lock").contains("\"overlay.yaml\" = "));

    let check = "check --document pets.yaml --overlay overlay.yaml --name pet-shop --out out --runtime ../runtime";
    assert!(folder.done(check).stdout.ends_with("files are up to date\n"));
    folder.write("out/src/own.rs", "mine\n");
    let stale = folder.run(check);
    assert_eq!(stale.status, Some(3));
    assert!(stale.stdout.contains("extra: src/own.rs\n"), "{}", stale.stdout);
    let mending = "generate --document pets.yaml --overlay overlay.yaml --name pet-shop --runtime ../runtime --out out";
    assert!(stale.stdout.contains(&format!("run `sage-codegen {mending}`")), "{}", stale.stdout);
    folder.done(mending);
    folder.done(check);
}

#[test]
fn the_folder_and_the_order_of_options_leave_no_trace() {
    let folder = Folder::new("same");
    fs::create_dir(folder.0.join("deep")).unwrap();
    folder.write("deep/pets.yaml", DOCUMENT);
    folder.done("generate --document pets.yaml --name pets --out one");
    let absolute = folder.0.join("deep/pets.yaml").display().to_string();
    folder.done(&format!("generate --out two --name pets --document {absolute}"));
    assert!(folder.files("one") == folder.files("two"));
}

#[test]
fn a_folder_of_someone_else_is_left_alone() {
    let folder = Folder::new("foreign");
    folder.write("home/letter.txt", "dear");
    let refused = folder.run("generate --document pets.yaml --name pets --out home");
    assert_eq!(refused.status, Some(1));
    assert!(refused.stderr.contains("holds `letter.txt`"), "{}", refused.stderr);
    assert_eq!(folder.files("home").len(), 1);
    // What stands beside the crate's own files stays, once it is ours.
    folder.done("generate --document pets.yaml --name pets --out out");
    folder.write("out/README.md", "mine");
    folder.done("generate --document pets.yaml --name pets --out out");
    assert_eq!(folder.read("out/README.md"), "mine");
}

#[test]
fn documents_are_checked_by_themselves() {
    let folder = Folder::new("check");
    folder.done("check --document pets.yaml --overlay overlay.yaml");
    folder.write("broken.yaml", &DOCUMENT.replace("schemas/Pet'", "schemas/Pest'"));
    let broken = folder.run("check --document broken.yaml");
    assert_eq!(broken.status, Some(1));
    assert!(broken.stderr.contains("--> broken.yaml:12:"), "{}", broken.stderr);
    let json = folder.run("check --document broken.yaml --message-format json").stdout;
    let first: serde_json::Value = serde_json::from_str(json.lines().next().unwrap()).unwrap();
    assert_eq!((first["file"].as_str(), first["line"].as_u64()), (Some("broken.yaml"), Some(12)));
}

#[test]
fn what_is_wrong_with_documents_is_told_of_them() {
    let folder = Folder::new("faults");
    folder.write("syntax.json", "{\"openapi\": \"3.0.3\",\n \"paths\": tru}");
    folder.write("twice.yaml", "openapi: 3.0.3\nopenapi: 3.0.3\n");
    folder.write("letter.yaml", "dear: reader\n");
    let table = [
        ("check --document syntax.json", vec!["error[D101]", "--> syntax.json:2:11"]),
        ("generate --document syntax.json --name pets --out out", vec!["error[D101]", "--> syntax.json:2:11"]),
        ("generate --document twice.yaml --name pets --out out", vec!["error[D102]", "--> twice.yaml:2:1"]),
        ("generate --document letter.yaml --name pets --out out", vec!["error[D106]", "--> letter.yaml:1:1"]),
        ("check --document pets.yaml syntax.json twice.yaml", vec!["--> syntax.json:2:11", "--> twice.yaml:2:1"]),
        ("inspect --document syntax.json --stage ir", vec!["error[D101]", "--> syntax.json:2:11"]),
    ];
    for (command, signs) in table {
        let ended = folder.run(command);
        assert_eq!(ended.status, Some(1), "{command}\n{}", ended.stderr);
        assert!(signs.iter().all(|sign| ended.stderr.contains(sign)), "{command}\n{}", ended.stderr);
        assert!(!ended.stderr.contains("api.toml") && !ended.stderr.contains("D116"), "{command}\n{}", ended.stderr);
    }
    // A file may be called like a word of Rust: nobody wrote the settings in which that would be wrong.
    folder.write("type.yaml", DOCUMENT);
    folder.done("check --document type.yaml");
}

#[test]
fn variables_of_a_server_may_be_called_anything() {
    let folder = Folder::new("server-variables");
    let (head, tail) = DOCUMENT.split_once("servers:").unwrap();
    let tail = tail.split_once('\n').unwrap().1;
    let variables =
        "variables: { type: { default: eu }, baseId: { default: a }, base_id: { default: b }, a-b: { default: c } }";
    let url = "https://{type}.pets.example/{baseId}/{base_id}/{a-b}";
    folder.write("odd.yaml", &format!("{head}servers: [{{ url: '{url}', {variables} }}]\n{tail}"));
    folder.done("generate --document odd.yaml --name odd --out out");
    let client = folder.read("out/src/lib.rs");
    assert!(client.contains("https://{server_type}.pets.example/{base_id_2}/{base_id}/{a_b}"), "{client}");

    let collection = r#"{"info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"}, "item": [
        {"name": "a", "request": "https://{{subDomain}}.example.com/{{TenantId}}/a"},
        {"name": "b", "request": "https://{{subDomain}}.example.com/{{TenantId}}/b"}]}"#;
    folder.write("odd.json", collection);
    folder.done("generate --document odd.json --name other --out other");
    let client = folder.read("other/src/lib.rs");
    assert!(client.contains("https://{sub_domain}.example.com/{tenant_id}"), "{client}");
    folder.write("odd.json", &collection.replace("{{subDomain}}.example", "{{x}}{y.example"));
    let ended = folder.run("generate --document odd.json --name third --out third");
    assert!(ended.stderr.contains("#/item/0/request") && ended.stderr.contains("D115"), "{}", ended.stderr);
}

#[test]
fn an_environment_alone_is_no_api() {
    let folder = Folder::new("environment");
    folder.write("test.json", r#"{"name": "Test", "values": [{"key": "base", "value": "https://example.com"}]}"#);
    let ended = folder.run("generate --document test.json --name alone --out out");
    assert_eq!(ended.status, Some(1), "{}", ended.stderr);
    assert!(ended.stderr.contains("error[D136]"), "{}", ended.stderr);
    assert!(!folder.0.join("out").exists());
}

#[test]
fn what_is_wrong_with_a_server_is_said_of_the_document() {
    let folder = Folder::new("odd-server");
    let odd = [
        ("https://pets.example", "variables: { a: { default: eu } }", "#/servers/0/variables/a"),
        ("https://{a}.pets.example", "x-a: 1", "#/servers/0/url"),
    ];
    for (url, variables, place) in odd {
        let (head, tail) = DOCUMENT.split_once("servers:").unwrap();
        let tail = tail.split_once('\n').unwrap().1;
        folder.write("odd.yaml", &format!("{head}servers: [{{ url: '{url}', {variables} }}]\n{tail}"));
        let ended = folder.run("generate --document odd.yaml --name odd --out out");
        assert_eq!(ended.status, Some(1), "{}", ended.stderr);
        assert!(ended.stderr.contains("error[D115]") && ended.stderr.contains(place), "{}", ended.stderr);
        assert!(ended.stderr.contains("--> odd.yaml:3:") && !ended.stderr.contains("api.toml"), "{}", ended.stderr);
        assert!(!folder.0.join("out").exists());
        folder.done("check --document odd.yaml --server https://pets.example");
    }
}

#[test]
fn a_run_that_fails_leaves_nothing_behind() {
    let folder = Folder::new("failed");
    for info in ["null", "5", "[]", "'s'"] {
        let text = DOCUMENT.replace("info: { title: Pets, version: '1' }", &format!("info: {info}"));
        folder.write("bad.yaml", &text);
        let ended = folder.run("generate --document bad.yaml --name bad --out deep/out");
        assert_eq!(ended.status, Some(1), "{info}");
        let place = ended.stderr.contains("error[D121]") && ended.stderr.contains("--> bad.yaml:2:");
        assert!(place && ended.stderr.contains("pointer: `#/info`"), "{info} {}", ended.stderr);
        assert!(!folder.0.join("deep").exists());
    }
    assert_eq!(folder.run("generate --document none.yaml --name bad --out deep/out").status, Some(1));
    assert!(!folder.0.join("deep").exists());
}

#[test]
fn a_server_that_no_document_names_has_a_stand_in() {
    let folder = Folder::new("server");
    let head = "info: { title: Small, version: '1' }\npaths: {}\n";
    let small = format!("openapi: 3.0.3\n{head}");
    let table = [
        (small.clone(), "https://localhost", "#/servers"),
        (format!("{small}servers: []\n"), "https://localhost", "#/servers"),
        (format!("{small}servers: [{{ url: / }}]\n"), "https://localhost", "#/servers"),
        (format!("{small}servers: [{{ url: /v1/ }}]\n"), "https://localhost/v1", "#/servers"),
        (format!("{small}servers: [{{ url: 'http://pets.example' }}]\n"), "https://localhost", "#/servers"),
        (format!("swagger: '2.0'\n{head}"), "https://localhost", "#/host"),
        (format!("swagger: '2.0'\nbasePath: /v2\n{head}"), "https://localhost/v2", "#/host"),
    ];
    for (document, base, pointer) in table {
        folder.write("small.yaml", &document);
        let ended = folder.done("generate --document small.yaml --name small --out out");
        assert!(ended.stderr.contains("warning[D116]") && ended.stderr.contains("small.yaml:"), "{}", ended.stderr);
        assert!(ended.stderr.contains(pointer), "{document}\n{}", ended.stderr);
        assert!(folder.read("out/src/lib.rs").contains(&format!("base_url: \"{base}\"")), "{document}");
        let given = folder.done("generate --document small.yaml --name small --out out --server https://pets.example/");
        assert!(given.stderr.is_empty(), "{}", given.stderr);
        assert!(folder.read("out/src/lib.rs").contains("base_url: \"https://pets.example\""), "{document}");
    }
    folder.write("swagger.yaml", &format!("swagger: '2.0'\nhost: pets.example\nschemes: [http, https]\n{head}"));
    let ended = folder.done("generate --document swagger.yaml --name small --out out");
    assert!(ended.stderr.is_empty(), "{}", ended.stderr);
    assert!(folder.read("out/src/lib.rs").contains("base_url: \"https://pets.example\""));
}

#[test]
fn a_crate_is_not_called_like_another_or_like_a_word_of_rust() {
    let folder = Folder::new("names");
    let words = "std core alloc test proc_macro proc-macro sage-runtime sage_runtime type Self async gen";
    for name in words.split(' ') {
        for command in ["generate", "check"] {
            let ended = folder.run(&format!("{command} --document pets.yaml --name {name} --out out"));
            assert_eq!(ended.status, Some(2), "{name}");
            let start = format!("error: `{name}` is no name for a crate: ");
            assert!(ended.stderr.starts_with(&start), "{}", ended.stderr);
        }
    }
    assert!(folder.files("").len() == 2, "nothing was written");
}

#[test]
fn each_stage_can_be_looked_at() {
    let folder = Folder::new("inspect");
    let table = [
        ("source", "price: {type: number"),
        ("adapted", "nullable: true"),
        ("ir", "\"template\": \"/pets/{id}\""),
        ("rust", "Package {"),
        ("files", "==> pets/model/"),
    ];
    for (stage, sign) in table {
        let text = folder.done(&format!("inspect --document pets.yaml --overlay overlay.yaml --stage {stage}")).stdout;
        assert!(
            text.replace("price:\n          type: number", "price: {type: number").contains(sign),
            "{stage}: {text}"
        );
    }
}

#[test]
fn what_the_settings_name_stands_beside_them() {
    let folder = Folder::new("beside");
    let settings = "module = 'pets'\ntitle = 'Pets'\ndocuments = ['pets.yaml']\noverlay = 'overlay.yaml'\n\
                    [server]\nurl = 'https://pets.example'\n";
    folder.write("deep/api.toml", settings);
    folder.write("deep/overlay.yaml", OVERLAY);
    let check = "check --document pets.yaml --config deep/api.toml";
    folder.done(check);
    folder.done("check --document pets.yaml --overlay overlay.yaml --config deep/api.toml");
    let table = [
        ("overlay.yaml", check, "take `overlay` out"),
        ("pets.yaml", "check --config deep/api.toml", "correct `documents`"),
    ];
    for (file, command, help) in table {
        folder.write("deep/pets.yaml", DOCUMENT);
        fs::remove_file(folder.0.join("deep").join(file)).unwrap();
        let missing = folder.run(command);
        assert_eq!(missing.status, Some(1), "{}", missing.stderr);
        let told = missing.stderr.contains(&format!("error[D112]: `{file}` does not exist"));
        assert!(told && missing.stderr.contains(help) && !missing.stderr.contains("xtask"), "{}", missing.stderr);
        folder.write("deep/overlay.yaml", OVERLAY);
    }
    // What is given and not named would be left out.
    folder.write("other.yaml", DOCUMENT);
    let other = folder.run("check --document other.yaml --config deep/api.toml");
    assert_eq!(other.status, Some(2));
    assert!(other.stderr.contains("does not name `other.yaml`"), "{}", other.stderr);
}

#[test]
fn codes_are_explained() {
    let folder = Folder::new("explain");
    assert!(folder.done("explain d101").stdout.starts_with("error[D101]: the text is neither JSON nor YAML\n\n"));
    let unknown = folder.run("explain D999");
    assert_eq!(unknown.status, Some(2));
    assert!(unknown.stderr.contains("there are D1"), "{}", unknown.stderr);
}

const SETTINGS: &str =
    "module = 'pets'\ntitle = 'Pets'\ndocuments = ['pets.yaml']\n[server]\nurl = 'https://pets.example/v1'\n";

#[test]
fn a_recording_becomes_a_witness_without_what_is_personal() {
    let folder = Folder::new("witness");
    folder.write("api.toml", SETTINGS);
    folder.write("reply.json", r#"{"name": "Ann Archer", "price": 12.50, "owner_email": "ann@archer.example", "id": "4d63c5a1b2c3d4e5f60718293a4b5c6d"}"#);
    let add = "witness add --config api.toml --operation pets.get --status 200 reply.json";
    let ended = folder.done(add);
    assert!(ended.stdout.contains("written ./witness/pets.get.json"), "{}", ended.stdout);
    assert!(ended.stderr.contains("1 name: /reply/body/name") && !ended.stderr.contains("Archer"), "{}", ended.stderr);
    let filed = folder.read("witness/pets.get.json");
    for canary in ["Ann", "Archer", "archer.example", "4d63c5a1b2c3"] {
        assert!(!filed.contains(canary), "{filed}");
    }
    assert!(filed.contains(r#""operation": "GET /pets/{id}""#) && filed.contains(r#""price": 12.50"#), "{filed}");
    // It is there already, and is not overwritten.
    let again = folder.run(add);
    assert_eq!(again.status, Some(1));
    assert!(again.stderr.contains("--name WORDS") && folder.read("witness/pets.get.json") == filed, "{}", again.stderr);
    folder.done(&format!("{add} --name again"));
    assert_eq!(folder.read("witness/pets.get.again.json"), filed);
    let dry = folder.done(&format!("{add} --dry-run"));
    assert_eq!(dry.stdout, filed);
}

#[test]
fn an_archive_says_itself_what_was_sent() {
    let folder = Folder::new("archive");
    folder.write("api.toml", SETTINGS);
    let entry = |url: &str, text: &str| {
        format!(
            r#"{{"request": {{"method": "GET", "url": "{url}", "headers": [{{"name": "Authorization", "value": "Bearer 0123456789abcdef"}}],
                "queryString": [{{"name": "page", "value": "2"}}]}}, "response": {{"status": 200, "content": {{"text": "{text}"}}}}}}"#
        )
    };
    let entries = [
        entry("https://pets.example/v1/pets/471199?page=2", r#"{\"name\": \"Rex\", \"price\": 1.0}"#),
        entry("https://pets.example/v1/other", "x"),
    ];
    folder.write("a.har", &format!(r#"{{"log": {{"entries": [{}]}}}}"#, entries.join(",")));
    let which = folder.run("witness add --config api.toml a.har");
    assert_eq!(which.status, Some(2));
    assert!(which.stderr.contains("1  GET https://pets.example/v1/pets/471199"), "{}", which.stderr);
    let ended = folder.run("witness add --config api.toml --entry 1 --name archived a.har");
    let filed = folder.read("witness/pets.get.archived.json");
    assert!(!filed.contains("Bearer") && !filed.contains("471199") && !filed.contains("Rex"), "{filed}");
    assert!(
        filed.contains(r#""operation": "GET /pets/{id}""#)
            && filed.contains(r#""page": "2""#)
            && filed.contains(r#""status": 200"#)
            && filed.contains(r#""price": 1.0"#),
        "{filed}"
    );
    // The document does not know `page`.
    assert!(ended.status == Some(0) && ended.stderr.contains("warning[D163]"), "{}", ended.stderr);
    assert_eq!(folder.run("witness add --config api.toml --entry 2 a.har").status, Some(2));
}

#[test]
fn a_recording_of_one_of_several_operations_says_which() {
    let folder = Folder::new("which");
    folder.write(
        "api.toml",
        "module = 'm'\ntitle = 'M'\ndocuments = ['a.yaml', 'b.yaml']\n\
         [server]\nurl = 'https://a.example/v1'\nbeside = { 'b.yaml' = '../core' }\n",
    );
    for name in ["a", "b"] {
        let document = "openapi: 3.0.3\ninfo: {title: t, version: '1'}\npaths: {/me: {get: {responses: {'200': {description: d, \
             content: {application/json: {schema: {type: object, properties: {N: {type: string}}}}}}}}}}\n";
        folder.write(&format!("{name}.yaml"), &document.replace('N', name));
    }
    folder.write("reply.json", r#"{"b": "x"}"#);
    let add = |operation: &str| {
        folder.run_all(&[
            "witness",
            "add",
            "--config",
            "api.toml",
            "--operation",
            operation,
            "--name",
            "one",
            "reply.json",
        ])
    };
    let said = add("GET /me").stderr;
    assert!(
        said.contains("`GET /me` is an operation at several base URLs: say which, as `GET ./me` or `GET ../core/me`"),
        "{said}"
    );
    let ended = add("GET ../core/me");
    assert_eq!(ended.status, Some(0), "{}", ended.stderr);
}

#[test]
fn what_looks_secret_or_contradicts_is_not_filed_quietly() {
    let folder = Folder::new("refused");
    folder.write("api.toml", SETTINGS);
    folder.write("odd.json", r#"{"name": "Rex", "x": "9aF3kLmQ27xZpR5tYb8w"}"#);
    let add = "witness add --config api.toml --operation pets.get odd.json";
    let refused = folder.run(add);
    assert_eq!(refused.status, Some(1));
    assert!(
        refused.stderr.contains("`/reply/body/x` looks like a token") && !refused.stderr.contains("9aF3k"),
        "{}",
        refused.stderr
    );
    assert!(!folder.0.join("witness").exists());
    folder.done(&format!("{add} --secret x"));
    assert!(folder.read("witness/pets.get.json").contains(r#""x": "removed""#));
    folder.write("wrong.json", r#"{"name": ["Rex"]}"#);
    let wrong = folder.run("witness add --config api.toml --operation pets.get --name wrong wrong.json");
    assert_eq!(wrong.status, Some(1));
    assert!(
        wrong.stderr.contains("error[D163]: `/name` of the reply is a list; the types expect text"),
        "{}",
        wrong.stderr
    );
}

#[test]
fn a_recording_that_cannot_be_read_is_refused_with_the_place() {
    let folder = Folder::new("unread");
    folder.write("api.toml", SETTINGS);
    let tree = || -> Vec<String> {
        let mut names: Vec<String> = std::fs::read_dir(&folder.0)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    for (text, place) in [
        ("{\n  \"name\": \"Rex\",\n  \"price\": 12.}\n", "odd.json:3:"),
        ("{\"name\": \"Rex\", \"name\": \"Max\"}", "odd.json:1:"),
        ("{\"name\": \"Rex\"", "odd.json:2:1"),
    ] {
        folder.write("odd.json", text);
        let before = tree();
        let ended = folder.run("witness add --config api.toml --operation pets.get odd.json");
        assert_eq!(ended.status, Some(1), "{text}: {}", ended.stderr);
        assert!(ended.stderr.contains("error[D1") && ended.stderr.contains(place), "{text}: {}", ended.stderr);
        // Nothing was written, and nothing half.
        assert_eq!(tree(), before, "{text}");
    }
}

#[test]
fn a_command_line_that_is_not_understood_ends_with_2() {
    let folder = Folder::new("usage");
    let table = [
        "",
        "make",
        "generate",
        "generate --document pets.yaml --out out",
        "generate --document pets.yaml --name 1st --out out",
        "generate --document pets.yaml --name pets --out out --stage ir",
        "generate --document pets.yaml --name pets --out out --server http://pets.example",
        "generate --document pets.yaml --name pets --out out --server https://{region}.example",
        "check --config api.toml --server https://pets.example",
        "inspect --document pets.yaml",
        "inspect --document pets.yaml --stage tokens",
        "check --document",
        "check --document pets.yaml --message-format xml",
        "explain",
        "witness",
        "witness take",
        "witness add",
        "witness add --config api.toml --name a/b",
        "diff pets.yaml pets.yaml",
    ];
    for arguments in table {
        let ended = folder.run(arguments);
        assert_eq!(ended.status, Some(2), "{arguments}");
        assert!(ended.stderr.starts_with("error: ") && ended.stdout.is_empty(), "{arguments}: {}", ended.stderr);
    }
    let missing = folder.run("check --document nowhere.yaml");
    assert_eq!(missing.status, Some(1));
    assert!(missing.stderr.starts_with("error: cannot read `nowhere.yaml`: no such file"), "{}", missing.stderr);
}

const COLLECTION: &str = r#"{
  "info": { "name": "Pets", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json" },
  "item": [
    {
      "name": "One pet",
      "request": { "method": "GET", "url": "https://pets.example/v1/pets/{{id}}?since=2024-02-29" },
      "response": [
        { "code": 200, "body": "{\"name\": \"Rex\", \"price\": 12.50, \"tags\": [\"a\", null]}" },
        { "code": 404, "body": "{\"error\": {\"code\": 404, \"message\": \"no pet\"}}" }
      ]
    },
    {
      "name": "New pet",
      "request": { "method": "POST", "url": "https://pets.example/v1/pets", "body": { "mode": "raw", "raw": "{\"name\": \"Rex\"}" } }
    }
  ]
}"#;

#[test]
fn a_crate_has_tests_of_what_its_collection_holds() {
    let folder = Folder::new("tests");
    folder.write("pets.json", COLLECTION);
    let runtime = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("runtime");
    let command = format!("--document pets.json --name pets --out out --runtime {} --tests", runtime.display());
    folder.done(&format!("generate {command}"));
    assert_eq!(folder.run(&format!("check {command}")).status, Some(0));
    // Without a transport of its own: there is nothing to be sent.
    let manifest = folder.read("out/Cargo.toml");
    let plain = manifest.replace("runtime\" }", "runtime\", default-features = false }");
    assert_ne!(plain, manifest);
    folder.write("out/Cargo.toml", &plain);
    fs::copy(runtime.join("../Cargo.lock"), folder.0.join("out/Cargo.lock")).unwrap();
    let test = || {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["test", "--offline", "--test", "witnesses"]).current_dir(folder.0.join("out"));
        let target = Path::new(env!("CARGO_TARGET_TMPDIR")).join("witnesses/target");
        let output = cargo.env("CARGO_TARGET_DIR", target).output().unwrap();
        (
            output.status.success(),
            [output.stdout, output.stderr].map(|text| String::from_utf8(text).unwrap()).join("\n"),
        )
    };
    let (passed, said) = test();
    assert!(passed && said.contains("3 passed"), "{said}");
    // What was refused is tested as well, and so is each digit.
    let table = "out/tests/witnesses/generated/pets.rs";
    assert!(folder.read(table).contains("Answer::Refused(404, "), "{}", folder.read(table));
    let document = "out/tests/witnesses/documents/pets.json";
    folder.write(document, &COLLECTION.replace("12.50", "true"));
    let (passed, said) = test();
    assert!(!passed && said.contains("`pets.json` has changed") && said.contains("request `one_pet` of"), "{said}");
    // The tests go with what they were made by; those of users stay.
    folder.write("out/tests/mine.rs", "");
    folder.write("out/tests/witnesses/old.rs", "");
    folder.done(&format!("generate {command}"));
    assert_eq!(folder.read(document), COLLECTION);
    assert!(folder.0.join("out/tests/mine.rs").exists() && !folder.0.join("out/tests/witnesses/old.rs").exists());
}
