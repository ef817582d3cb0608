//! A headless Chromium, spoken to over its pipes in the DevTools protocol.
//!
//! Chromium reads commands from descriptor 3 and writes answers to descriptor 4 (`--remote-debugging-pipe`), JSON with a
//! zero byte behind each: no port, no WebSocket, no driver program, and no crate for either.

use std::env;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Only so that a browser that hangs does not hang the tests.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running browser with one page.
pub(crate) struct Chromium {
    child: Child,
    to: ChildStdin,
    from: Receiver<Value>,
    session: Option<String>,
    last: u64,
    /// What the page has complained of: blocked by its policy, not found, …
    complaints: Vec<String>,
    _profile: TempDir,
}

/// The browser of this machine: what `CHROMIUM` names, or one of the usual programs. `Err` says what was looked for.
pub(crate) fn find() -> Result<PathBuf, String> {
    if let Some(named) = env::var_os("CHROMIUM") {
        let found = on_path(Path::new(&named));
        return Ok(found.unwrap_or_else(|| panic!("CHROMIUM names {}, which is not there", named.display())));
    }
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let found = names.iter().find_map(|name| on_path(Path::new(name)));
    found.ok_or_else(|| format!("no browser is installed: none of {}, and CHROMIUM is not set", names.join(", ")))
}

fn on_path(name: &Path) -> Option<PathBuf> {
    let path = env::var_os("PATH").unwrap_or_default();
    env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

impl Chromium {
    pub(crate) fn start(program: &Path) -> Self {
        let profile = tempfile::tempdir().expect("a folder");
        let mut child = Command::new("sh")
            // Its input and output become the descriptors 3 and 4.
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null"])
            .arg(program)
            .args(["--headless", "--remote-debugging-pipe", "--disable-gpu", "--disable-dev-shm-usage"])
            // It shows pages of this test only, often as root in a container, where its sandbox can not be had.
            .args(["--no-sandbox", "--no-first-run", "--disable-background-networking", "--disable-component-update"])
            .arg("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("it starts");
        let to = child.stdin.take().expect("piped");
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        let (sender, from) = mpsc::channel();
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            while out.read_until(0, &mut bytes).is_ok_and(|read| read > 0) {
                bytes.pop();
                let message = serde_json::from_slice(&bytes).expect("JSON");
                bytes.clear();
                if sender.send(message).is_err() {
                    return;
                }
            }
        });
        let complaints = Vec::new();
        let mut browser = Chromium { child, to, from, session: None, last: 0, complaints, _profile: profile };
        let target = browser.call("Target.createTarget", json!({ "url": "about:blank" }));
        let attach = json!({ "targetId": target["targetId"], "flatten": true });
        let attached = browser.call("Target.attachToTarget", attach);
        browser.session = attached["sessionId"].as_str().map(str::to_owned);
        for domain in ["Page.enable", "Log.enable", "Runtime.enable"] {
            browser.call(domain, json!({}));
        }
        browser
    }

    /// Opens an address, or is told that there is none.
    pub(crate) fn open(&mut self, url: &str) {
        let opened = self.call("Page.navigate", json!({ "url": url }));
        assert_eq!(opened.get("errorText"), None, "{url}");
        self.wait_for("document.readyState === 'complete'");
    }

    /// The value of an expression; null while one page gives way to another.
    pub(crate) fn evaluate(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true });
        self.ask("Runtime.evaluate", asked).map_or(Value::Null, |reply| reply["result"]["value"].clone())
    }

    pub(crate) fn text(&mut self, expression: &str) -> String {
        self.evaluate(expression).as_str().unwrap_or_default().to_owned()
    }

    /// Waits until an expression is true.
    pub(crate) fn wait_for(&mut self, expression: &str) {
        let began = Instant::now();
        while self.evaluate(expression) != Value::Bool(true) {
            let page = self.text("document.documentElement.outerHTML");
            assert!(began.elapsed() < PATIENCE, "never: {expression}\n{page}\n{:?}", self.complaints);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Presses the left button in the middle of an element, as a person would: what is covered is not pressed.
    pub(crate) fn click(&mut self, selector: &str) {
        let selector = Value::from(selector).to_string();
        let place = self.evaluate(&format!(
            "(() => {{ const element = document.querySelector({selector}); element.scrollIntoView({{ block: 'center' }}); \
             const box = element.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})()"
        ));
        assert!(place.is_array(), "{selector} is not there");
        for kind in ["mousePressed", "mouseReleased"] {
            let event = json!({ "type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1 });
            self.call("Input.dispatchMouseEvent", event);
        }
    }

    /// Keeps what the page looks like, at a width and in a color scheme (`light`, `dark`).
    pub(crate) fn shoot(&mut self, file: &Path, width: u32, height: u32, scheme: &str) {
        let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
        self.call("Emulation.setDeviceMetricsOverride", size);
        let scheme = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        self.call("Emulation.setEmulatedMedia", scheme);
        assert_eq!(self.evaluate("document.documentElement.scrollWidth <= innerWidth"), true, "it is too wide");
        let shot = self.call("Page.captureScreenshot", json!({ "captureBeyondViewport": true }));
        let image = STANDARD.decode(shot["data"].as_str().expect("an image")).expect("base64");
        std::fs::write(file, image).expect("it is kept");
        self.call("Emulation.clearDeviceMetricsOverride", json!({}));
    }

    /// What the pages have complained of so far.
    pub(crate) fn complaints(&mut self) -> Vec<String> {
        self.evaluate("0");
        std::mem::take(&mut self.complaints)
    }

    fn call(&mut self, method: &str, parameters: Value) -> Value {
        self.ask(method, parameters).unwrap_or_else(|error| panic!("{method}: {error}"))
    }

    fn ask(&mut self, method: &str, parameters: Value) -> Result<Value, Value> {
        self.last += 1;
        let mut message = json!({ "id": self.last, "method": method, "params": parameters });
        if let Some(session) = &self.session {
            message["sessionId"] = session.as_str().into();
        }
        self.to.write_all(format!("{message}\0").as_bytes()).expect("it listens");
        loop {
            let mut message = self.from.recv_timeout(PATIENCE).expect("it answers");
            if message["id"] == self.last {
                return match message.get_mut("error") {
                    Some(error) => Err(error.take()),
                    None => Ok(message["result"].take()),
                };
            }
            if message["method"] == "Log.entryAdded" || message["method"] == "Runtime.exceptionThrown" {
                self.complaints.push(message["params"].to_string());
            }
        }
    }
}

impl Drop for Chromium {
    fn drop(&mut self) {
        // `sh` has become the browser.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
