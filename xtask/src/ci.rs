//! `cargo xtask ci`: everything that decides whether a change lands, here as on the server.
//!
//! Every step runs, whatever became of those before it, so that one run tells all. The last line is the test runner's count.

use std::ffi::OsString;
use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Instant;

use sage_codegen_host::{Exit, Fault, Root, terminal};

use crate::{Stop, help, workspace};

const USAGE: &str = "\
Usage: cargo xtask ci

Runs everything that CI runs: formatting, clippy and rustdoc with warnings denied (each
API feature alone, too), codegen --check, all tests. Uses cargo-nextest if it is there.
";

/// The features of the generated crate, one for each API.
const FEATURES: [&str; 3] = ["accounting", "accounting-v3", "sage-200"];

/// The features of the runtime, each alone, and none.
const RUNTIME_FEATURES: [&str; 7] = [
    "",
    "--features reqwest",
    "--features blocking",
    "--features stream",
    "--features tracing",
    "--features keyring",
    "--features browser",
];

/// The command.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short};
    match arguments.next()? {
        None => {}
        Some(Short('h') | Long("help")) => return Ok(help(USAGE)),
        Some(other) => return Err(other.unexpected().into()),
    }
    let root = workspace::open()?;
    let results: Vec<Finished> = steps().into_iter().map(|step| step.run(&root)).collect::<Result<_, _>>()?;
    Ok(summary(&results))
}

/// One command, and what it is called.
struct Step {
    name: String,
    program: OsString,
    arguments: Vec<String>,
    environment: Option<(&'static str, &'static str)>,
    tests: bool,
}

/// What became of a step.
struct Finished {
    name: String,
    ok: bool,
    seconds: f64,
    tests: Option<Tests>,
}

fn steps() -> Vec<Step> {
    let deny = "-- --deny warnings";
    let mut steps = vec![
        Step::cargo("format", "fmt --all --check"),
        Step::cargo(
            "clippy, all features",
            &format!("clippy --locked --workspace --all-targets --all-features {deny}"),
        ),
    ];
    for feature in FEATURES {
        let arguments = format!("clippy --locked --package sage-api --no-default-features --features {feature} {deny}");
        steps.push(Step::cargo(&format!("clippy, {feature} alone"), &arguments));
    }
    for feature in RUNTIME_FEATURES {
        let arguments = format!("clippy --locked --package sage-runtime --no-default-features {feature} {deny}");
        let name = feature.split_whitespace().last().unwrap_or("no feature");
        steps.push(Step::cargo(&format!("clippy, runtime, {name}"), &arguments));
    }
    steps.push(
        Step::cargo("rustdoc", "doc --locked --workspace --all-features --no-deps")
            .with("RUSTDOCFLAGS", "--deny warnings"),
    );
    steps.push(Step::this("codegen --check", "codegen --check"));
    steps.push(Step::cargo("doc tests", "test --locked --workspace --all-features --doc").counted());
    // A test runs them as their readers do; runners of tests would build them as tests.
    steps.push(Step::cargo("examples", "build --locked --workspace --all-features --examples"));
    let nextest =
        Command::new(cargo()).args(["nextest", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    let tests = match nextest.is_ok_and(|status| status.success()) {
        true => "nextest run --locked --workspace --all-features --no-fail-fast",
        false => "test --locked --workspace --all-features --lib --bins --tests --no-fail-fast",
    };
    // With the feature `reqwest` on, which all others have, refreshes and logins never go over the blocking transport.
    let alone = "test --locked --package sage-runtime --no-default-features --features blocking --lib --test blocking --test auth";
    steps.push(Step::cargo("tests, blocking alone", alone).counted());
    steps.push(Step::cargo("tests", tests).counted());
    steps
}

/// The cargo that runs this program.
fn cargo() -> OsString {
    std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

impl Step {
    fn cargo(name: &str, arguments: &str) -> Self {
        Self::new(name, cargo(), arguments)
    }

    fn this(name: &str, arguments: &str) -> Self {
        let program = std::env::current_exe().map_or_else(|_| "xtask".into(), OsString::from);
        Self::new(name, program, arguments)
    }

    fn new(name: &str, program: OsString, arguments: &str) -> Self {
        let arguments = arguments.split_whitespace().map(str::to_owned).collect();
        Self { name: name.to_owned(), program, arguments, environment: None, tests: false }
    }

    fn with(mut self, variable: &'static str, value: &'static str) -> Self {
        self.environment = Some((variable, value));
        self
    }

    fn counted(mut self) -> Self {
        self.tests = true;
        self
    }

    fn run(self, root: &Root) -> Result<Finished, Fault> {
        terminal::err(&format!("\n=== {}: {}\n", self.name, self.arguments.join(" ")));
        let start = Instant::now();
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).current_dir(root.path()).envs(self.environment);
        let mut tests = Tests::default();
        let ok = if self.tests {
            watched(&mut command, &mut tests)
        } else {
            command.status().map(|status| status.success())
        };
        let ok = ok.map_err(|error| Fault::new(format!("cannot run `{}`: {error}", self.program.display())))?;
        let seconds = start.elapsed().as_secs_f64();
        terminal::err(&format!("=== {}: {} in {seconds:.1} s\n", self.name, verdict(ok)));
        Ok(Finished { name: self.name, ok, seconds, tests: self.tests.then_some(tests) })
    }
}

fn verdict(ok: bool) -> &'static str {
    if ok { "ok" } else { "FAILED" }
}

/// Runs a test runner, passes on what it prints, and reads its counts.
fn watched(command: &mut Command, tests: &mut Tests) -> std::io::Result<bool> {
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let listener = std::thread::spawn(move || {
        let mut heard = Tests::default();
        stderr.into_iter().for_each(|stderr| pass_on(stderr, terminal::err, &mut heard));
        heard
    });
    stdout.into_iter().for_each(|stdout| pass_on(stdout, terminal::out, tests));
    if let Ok(heard) = listener.join() {
        tests.add(heard);
    }
    Ok(child.wait()?.success())
}

fn pass_on(output: impl std::io::Read, print: fn(&str), tests: &mut Tests) {
    let mut output = BufReader::new(output);
    let mut line = Vec::new();
    while output.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        let text = String::from_utf8_lossy(&line);
        print(&text);
        tests.read(&text);
        line.clear();
    }
}

/// What test runners say of themselves.
#[derive(Default)]
struct Tests {
    /// The summary of `cargo nextest`, as it is.
    summary: Option<String>,
    /// The sums of `cargo test`: passed, failed, ignored.
    sums: [usize; 3],
}

impl Tests {
    fn read(&mut self, line: &str) {
        let line = line.trim();
        if line.starts_with("Summary [") {
            self.summary = Some(line.to_owned());
        } else if let Some(counts) = line.strip_prefix("test result: ") {
            for (sum, word) in self.sums.iter_mut().zip(["passed", "failed", "ignored"]) {
                *sum += count_before(counts, word);
            }
        }
    }

    fn add(&mut self, other: Self) {
        self.summary = self.summary.take().or(other.summary);
        for (sum, other) in self.sums.iter_mut().zip(other.sums) {
            *sum += other;
        }
    }

    fn line(&self) -> String {
        let [passed, failed, ignored] = self.sums;
        let counted =
            || format!("Summary: {} tests run: {passed} passed, {failed} failed, {ignored} skipped", passed + failed);
        self.summary.clone().unwrap_or_else(counted)
    }
}

/// `12` in `ok. 12 passed; 0 failed`, for `passed`.
fn count_before(counts: &str, word: &str) -> usize {
    let part = counts.split([';', '.']).find(|part| part.trim_end().ends_with(word));
    part.and_then(|part| part.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

/// A line for each step, and the count of the tests as the last line.
fn summary(results: &[Finished]) -> Exit {
    terminal::out("\n");
    for result in results {
        let counts = result.tests.as_ref().map(|tests| format!("  {}", tests.line())).unwrap_or_default();
        terminal::out(&format!("{:<28} {:>7.1} s  {}{counts}\n", result.name, result.seconds, verdict(result.ok)));
    }
    let failed = results.iter().filter(|result| !result.ok).count();
    let seconds: f64 = results.iter().map(|result| result.seconds).sum();
    let all =
        if failed == 0 { "all steps passed".to_owned() } else { format!("{failed} of {} steps FAILED", results.len()) };
    terminal::out(&format!("{all} in {seconds:.0} s\n"));
    let tests = results.last().and_then(|result| result.tests.as_ref());
    terminal::out(&format!("{}\n", tests.map(Tests::line).unwrap_or_default()));
    if failed == 0 { Exit::Ok } else { Exit::Errors }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_both_runners_are_read() {
        let mut tests = Tests::default();
        tests.read("test result: ok. 13 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out; finished in 0.13s\n");
        tests.read(
            "test result: FAILED. 1 passed; 3 failed; 0 ignored; 0 measured; 0 filtered out; finished in 0.13s\n",
        );
        assert_eq!(tests.line(), "Summary: 17 tests run: 14 passed, 3 failed, 2 skipped");
        tests.read("     Summary [   0.005s] 3 tests run: 3 passed, 0 skipped\n");
        assert_eq!(tests.line(), "Summary [   0.005s] 3 tests run: 3 passed, 0 skipped");
    }
}
