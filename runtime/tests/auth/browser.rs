//! S6: the browser is told where to go, and nothing else. The child is this test binary again, running `child` below.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use sage_runtime::auth::{App, Grant, Login, MemoryStore};
use tokio::runtime::Builder;

use crate::server::{OAUTH, Server};

/// Not a test: logs in with a browser. Without the variable it does nothing.
#[test]
fn child() {
    let Ok(order) = std::env::var("SAGE_TEST_BROWSER") else { return };
    let (port, origin) = order.split_once(' ').unwrap();
    let app = App::new(&OAUTH, "client-id").secret("CANARY-secret").origin(origin);
    let grant = Grant::new(app, MemoryStore::lost_on_exit()).unwrap();
    let login = Login::loopback(port.parse().unwrap()).show(|url| {
        let mut out = std::io::stdout();
        writeln!(out, "\nchild: {url}").unwrap();
        out.flush().unwrap();
    });
    let runtime = Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(grant.login(login.open_browser())).unwrap();
    assert!(runtime.block_on(grant.is_authorized()).unwrap());
}

/// A program that logs in, with just this environment.
struct Program {
    child: Child,
    environment: BTreeMap<String, String>,
    port: u16,
    /// What it has shown to its user.
    url: String,
    _out: BufReader<ChildStdout>,
}

impl Program {
    fn start(server: &Server, variables: &[(&str, &str)]) -> Self {
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut environment = BTreeMap::from([("SAGE_TEST_BROWSER".to_owned(), format!("{port} {}", server.origin))]);
        environment.extend(variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["browser::child", "--exact", "--nocapture", "--test-threads=1"])
            .env_clear()
            .envs(&environment)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut out = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        while !line.starts_with("child: ") {
            line.clear();
            assert!(out.read_line(&mut line).unwrap() > 0, "it has shown nothing");
        }
        let url = line.trim_start_matches("child: ").trim_end().to_owned();
        Program { child, environment, port, url, _out: out }
    }

    /// Does what a browser does once the user has agreed, and sees the program end well.
    fn agree(mut self) {
        let query = form_urlencoded::parse(self.url.split_once('?').unwrap().1.as_bytes());
        let state = query.into_owned().find(|(name, _)| name == "state").unwrap().1;
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        let target = format!("/callback?code=CANARY-code&state={state}");
        write!(stream, "GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{}\r\n\r\n", self.port).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        assert!(page.starts_with("HTTP/1.1 200 "), "{page}");
        assert!(self.child.wait().unwrap().success());
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn server() -> Server {
    let server = Server::start();
    server.ledger().codes = vec!["CANARY-code".into()];
    server
}

/// Waits for a file that is there as a whole once it is there.
fn written(path: &Path) -> String {
    let began = Instant::now();
    while !path.exists() && began.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(5));
    }
    fs::read_to_string(path).unwrap()
}

#[test]
fn s06_the_browser_gets_the_address_and_nothing_secret() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    let (script, dump) = (folder.path().join("browser"), folder.path().join("dump"));
    // What it is started with, and what it finds in its environment.
    let text = format!("{{ printf '%s\\n' \"$#\" \"$@\"; env; }} > '{0}.new' && mv '{0}.new' '{0}'\n", dump.display());
    fs::write(&script, text).unwrap();
    let browser = format!("/bin/sh {}", script.display());
    let program = Program::start(&server, &[("PATH", "/usr/bin:/bin"), ("BROWSER", &browser)]);
    let dump = written(&dump);
    let mut lines = dump.lines();
    assert_eq!((lines.next(), lines.next()), (Some("1"), Some(program.url.as_str())));
    let mut environment: BTreeMap<String, String> =
        lines.map(|line| line.split_once('=').unwrap()).map(|(name, value)| (name.into(), value.into())).collect();
    // The shell's own.
    for name in ["PWD", "OLDPWD", "SHLVL", "_"] {
        environment.remove(name);
    }
    assert_eq!(environment, program.environment);
    assert!(!dump.contains("CANARY"), "{dump}");
    let began = program.url.clone();
    program.agree();
    // What was secret is known only now.
    let asked = &server.ledger().asked[0].form;
    for secret in [&asked["code_verifier"], &asked["client_secret"]] {
        assert!(!dump.contains(secret.as_str()) && !began.contains(secret.as_str()));
    }
}

#[test]
fn s06_without_a_browser_the_address_is_shown() {
    let server = server();
    Program::start(&server, &[("PATH", "/nonexistent")]).agree();
    assert_eq!(server.hits(), 1);
}

#[test]
fn s06_a_browser_in_the_terminal_does_not_hold_the_answer_up() {
    let (server, folder) = (server(), tempfile::tempdir().unwrap());
    // By its name it is one that the opener waits for. It ends when the folder goes.
    let (browser, started) = (folder.path().join("lynx"), folder.path().join("started"));
    fs::write(&browser, format!("#!/bin/sh\n: > '{0}'\nwhile [ -e '{0}' ]; do sleep 0.1; done\n", started.display()))
        .unwrap();
    fs::set_permissions(&browser, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    let program = Program::start(&server, &[("PATH", "/usr/bin:/bin"), ("BROWSER", &browser.display().to_string())]);
    written(&started);
    program.agree();
}
