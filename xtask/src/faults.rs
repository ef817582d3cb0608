//! `cargo xtask faults`: plants faults in the runtime, one after the other, and sees that a named test catches each.
//!
//! A test that can not fail is worth nothing; this shows that the important ones can. The faults are planted in a copy
//! below `target/`, never in the files that you work on.

mod auth;
mod exchange;
mod json;

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};
use std::thread::sleep;
use std::time::{Duration, Instant};

use sage_codegen_host::{Exit, Fault as Stopped, terminal};

use crate::{Stop, help, workspace};

const USAGE: &str = "\
Usage: cargo xtask faults [WORDS]...

Plants each fault whose name contains one of WORDS (all if there are none) in a copy of the
runtime, and runs the test that has to catch it. Exit status 1 if one is not caught, 2 if a
word is in no name.
";

/// A fault, and the test that has to catch it.
struct Fault {
    /// What would be wrong.
    name: &'static str,
    file: &'static str,
    /// Stands there once.
    find: &'static str,
    replace: &'static str,
    /// The test binary, as cargo is told.
    target: &'static str,
    test: &'static str,
}

const ALL: &[&[Fault]] = &[auth::FAULTS, exchange::FAULTS, json::FAULTS];

/// How long a test may take, with its build. A fault may make a test wait for ever.
const LONGEST: Duration = Duration::from_secs(600);

/// What a fault led to.
enum Found {
    Caught,
    Missed,
    /// The text is not there, or there twice; it does not compile; the test is not there, or fails by itself. With what cargo
    /// and the test said.
    Broken(&'static str, String),
}

/// The command.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<Exit, Stop> {
    use lexopt::prelude::{Long, Short, Value};
    let mut words: Vec<String> = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            Short('h') | Long("help") => return Ok(help(USAGE)),
            Value(value) => words.push(value.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    let chosen = choose(&words)?;
    let root = workspace::open()?;
    let began = Instant::now();
    let copy = Copy::of(root.path())?;
    // All tests without any fault first: nothing is built between them.
    let mut sound = BTreeMap::new();
    for fault in &chosen {
        if let Entry::Vacant(place) = sound.entry((fault.target, fault.test)) {
            let ran = copy.test(fault)?;
            place.insert(if ran.says(fault, "ok") { Ok(()) } else { Err(ran.whole()) });
        }
    }
    let mut caught = 0;
    for fault in &chosen {
        let found = match sound.get(&(fault.target, fault.test)) {
            Some(Err(said)) => Found::Broken("BROKEN, without the fault it fails or is not there:", said.clone()),
            _ => copy.plant(fault)?,
        };
        let (verdict, said) = match &found {
            Found::Caught => ("caught by", ""),
            Found::Missed => ("MISSED by", ""),
            Found::Broken(why, said) => (*why, said.as_str()),
        };
        caught += usize::from(matches!(found, Found::Caught));
        terminal::out(&format!("{:<52} {verdict} {}\n", fault.name, fault.test));
        for line in said.lines() {
            terminal::out(&format!("    {line}\n"));
        }
    }
    let count = chosen.len();
    terminal::out(&format!("{caught} of {count} caught, in {} s\n", began.elapsed().as_secs()));
    Ok(if caught == count { Exit::Ok } else { Exit::Errors })
}

/// The faults that are meant. A word that means none is a mistake, and not a success.
fn choose(words: &[String]) -> Result<Vec<&'static Fault>, Stop> {
    let all = || ALL.iter().copied().flatten();
    let means = |word: &str, fault: &Fault| fault.name.contains(word);
    match words.iter().find(|word| !all().any(|fault| means(word, fault))) {
        Some(word) => Err(Stop::Usage(format!("no fault has `{word}` in its name"))),
        None => Ok(all().filter(|fault| words.is_empty() || words.iter().any(|word| means(word, fault))).collect()),
    }
}

/// A test that has run, or has been ended.
struct Ran {
    status: Option<ExitStatus>,
    said: String,
    /// What cargo said, apart: it would break the lines of the test's own.
    built: String,
}

impl Ran {
    /// Did the test of this fault run, and end so?
    fn says(&self, fault: &Fault, how: &str) -> bool {
        self.said.contains(&format!("test {} ... {how}\n", fault.test))
    }

    /// Has the test ended its process? So do those that see a secret in a log.
    fn is_aborted(&self) -> bool {
        self.said.contains("running 1 test\n") && !self.said.contains("test result:")
    }

    /// All that was said.
    fn whole(self) -> String {
        self.built + &self.said
    }
}

/// A copy of the workspace's files.
struct Copy {
    root: PathBuf,
    target: PathBuf,
}

impl Copy {
    /// The files that git knows in `root`, as they are there; what else the copy had from before is removed.
    fn of(root: &Path) -> Result<Self, Stopped> {
        let folder = root.join("target/faults");
        let copy = Copy { root: folder.join("tree"), target: folder.join("target") };
        let listed = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output();
        let listed = listed.map_err(|error| Stopped::new(format!("cannot run `git`: {error}")))?;
        if !listed.status.success() {
            return Err(Stopped::new(format!(
                "`git ls-files` {}: {}",
                listed.status,
                String::from_utf8_lossy(&listed.stderr)
            )));
        }
        let mut names = BTreeSet::new();
        for name in String::from_utf8_lossy(&listed.stdout).split('\0').filter(|name| !name.is_empty()) {
            match fs::read(root.join(name)) {
                Ok(bytes) => copy.write(name, &bytes)?,
                // It was removed, and git has not been told.
                Err(error) if error.kind() == ErrorKind::NotFound => continue,
                Err(error) => return Err(Stopped::new(format!("cannot read `{name}`: {error}"))),
            }
            names.insert(copy.root.join(name));
        }
        copy.keep(&copy.root, &names)?;
        Ok(copy)
    }

    /// Removes all files of a folder but these: a test that is no longer there must not be found.
    fn keep(&self, folder: &Path, names: &BTreeSet<PathBuf>) -> Result<(), Stopped> {
        let trouble = |error| Stopped::new(format!("cannot clear `{}`: {error}", folder.display()));
        for entry in fs::read_dir(folder).map_err(trouble)? {
            let entry = entry.map_err(trouble)?;
            let path = entry.path();
            if entry.file_type().map_err(trouble)?.is_dir() {
                self.keep(&path, names)?;
            } else if !names.contains(&path) {
                fs::remove_file(&path).map_err(trouble)?;
            }
        }
        Ok(())
    }

    /// Writes a file if it differs, so that cargo builds no more than it has to.
    fn write(&self, name: &str, bytes: &[u8]) -> Result<(), Stopped> {
        let path = self.root.join(name);
        if fs::read(&path).is_ok_and(|known| known == bytes) {
            return Ok(());
        }
        let folder = path.parent().map_or(Ok(()), fs::create_dir_all);
        let written = folder.and_then(|()| fs::write(&path, bytes));
        written.map_err(|error| Stopped::new(format!("cannot write `{}`: {error}", path.display())))
    }

    fn plant(&self, fault: &Fault) -> Result<Found, Stopped> {
        let path = self.root.join(fault.file);
        let text = fs::read_to_string(&path)
            .map_err(|error| Stopped::new(format!("cannot read `{}`: {error}", path.display())))?;
        if text.matches(fault.find).count() != 1 {
            return Ok(Found::Broken("BROKEN, its place has changed:", String::new()));
        }
        self.write(fault.file, text.replacen(fault.find, fault.replace, 1).as_bytes())?;
        let ran = self.test(fault);
        self.write(fault.file, text.as_bytes())?;
        let ran = ran?;
        Ok(match ran.status {
            None => Found::Broken("BROKEN, it does not end:", ran.whole()),
            Some(status) if status.success() => Found::Missed,
            Some(_) if ran.says(fault, "FAILED") || ran.is_aborted() => Found::Caught,
            Some(_) => Found::Broken("BROKEN, it does not compile:", ran.whole()),
        })
    }

    fn test(&self, fault: &Fault) -> Result<Ran, Stopped> {
        let trouble = |error| Stopped::new(format!("cannot run `cargo`: {error}"));
        let [said, built] = ["said.txt", "built.txt"].map(|name| self.root.with_file_name(name));
        let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = Command::new(cargo);
        command.args(["test", "--quiet", "--package", "sage-runtime", "--all-features"]);
        command.args(fault.target.split(' ')).args(["--", "--exact", fault.test, "--format", "pretty"]);
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", &self.target).env("RUST_BACKTRACE", "0");
        // With a group of its own, so that what it has started can be ended with it.
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(&mut command, 0);
        command.stdout(File::create(&said).map_err(trouble)?).stderr(File::create(&built).map_err(trouble)?);
        let mut child = command.spawn().map_err(trouble)?;
        let end = Instant::now() + LONGEST;
        let status = loop {
            let status = child.try_wait().map_err(trouble)?;
            if status.is_some() || Instant::now() >= end {
                break status;
            }
            sleep(Duration::from_millis(50));
        };
        if status.is_none() {
            stop(&mut child);
        }
        let text = |path: &Path| fs::read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
        Ok(Ran { status, said: text(&said).map_err(trouble)?, built: text(&built).map_err(trouble)? })
    }
}

/// Ends a child, and where groups are known what it has started.
fn stop(child: &mut Child) {
    #[cfg(unix)]
    let _ = Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status();
    // If it has ended meanwhile, so much the better.
    let _ = child.kill();
    let _ = child.wait();
}

#[cfg(test)]
mod tests {
    use std::fs::{self, read_to_string};
    use std::path::Path;
    use std::process::Command;

    use super::{ALL, Copy, Ran, choose};
    use crate::Stop;

    #[test]
    fn a_word_that_is_in_no_name_is_a_mistake() {
        let words = |words: &[&str]| choose(&words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>());
        assert_eq!(words(&[]).ok().unwrap().len(), ALL.iter().map(|faults| faults.len()).sum::<usize>());
        assert_eq!(words(&["redirects are"]).ok().unwrap().len(), 1);
        for wrong in [&["no such fault"][..], &["redirects are", "no such fault"]] {
            assert!(matches!(words(wrong), Err(Stop::Usage(said)) if said.contains("`no such fault`")));
        }
    }

    #[test]
    fn a_test_may_fail_by_ending_its_process() {
        let aborted = |said: &str| Ran { status: None, said: said.to_owned(), built: String::new() }.is_aborted();
        assert!(aborted("\nrunning 1 test\n"));
        assert!(!aborted("") && !aborted("\nrunning 0 tests\n\ntest result: ok."));
        assert!(!aborted("\nrunning 1 test\ntest a::b ... ok\n\ntest result: ok. 1 passed"));
    }

    #[test]
    fn the_copy_has_what_git_has_and_nothing_else() {
        let root = std::env::temp_dir().join(format!("sage-faults-{}", std::process::id()));
        let _ = fs::remove_dir_all(&root);
        fs::create_dir_all(root.join("a")).unwrap();
        // Not a repository of its own: `git` would look above it.
        let git = |arguments: &[&str]| {
            let done = Command::new("git").args(arguments).current_dir(&root).output().unwrap();
            assert!(done.status.success(), "{done:?}");
        };
        fs::write(root.join(".git"), "gitdir: nowhere\n").unwrap();
        assert!(Copy::of(&root).is_err_and(|error| error.to_string().contains("`git ls-files`")));
        fs::remove_file(root.join(".git")).unwrap();
        git(&["init", "--quiet"]);
        for name in ["a/one.rs", "a/two.rs", "three.rs"] {
            fs::write(root.join(name), name).unwrap();
        }
        git(&["add", "a", "three.rs"]);
        let copy = Copy::of(&root).ok().unwrap();
        assert!(["a/one.rs", "a/two.rs", "three.rs"].iter().all(|name| copy.root.join(name).is_file()));
        fs::write(root.join("three.rs"), "changed").unwrap();
        fs::remove_file(root.join("a/one.rs")).unwrap();
        git(&["rm", "--quiet", "--cached", "a/two.rs"]);
        let copy = Copy::of(&root).ok().unwrap();
        assert_eq!(read_to_string(copy.root.join("three.rs")).unwrap(), "changed");
        assert!(!copy.root.join("a/one.rs").exists() && !copy.root.join("a/two.rs").exists());
        fs::remove_dir_all(&root).unwrap();
    }

    /// Planting takes minutes; that each fault still has its place and its test is known at once.
    #[test]
    fn each_fault_has_its_place_and_its_test() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        for fault in ALL.iter().copied().flatten() {
            let text = read_to_string(root.join(fault.file)).unwrap();
            assert_eq!(text.matches(fault.find).count(), 1, "{}: {}", fault.name, fault.file);
            let (modules, name) = fault.test.rsplit_once("::").unwrap_or(("", fault.test));
            let modules = modules.replace("::", "/");
            let files = match fault.target.strip_prefix("--test ") {
                Some(binary) if modules.is_empty() => vec![format!("runtime/tests/{binary}.rs")],
                Some(binary) => vec![format!("runtime/tests/{binary}/{modules}.rs")],
                None => vec![
                    format!("runtime/src/{modules}.rs"),
                    format!("runtime/src/{}.rs", modules.trim_end_matches("/tests")),
                ],
            };
            let function = format!("fn {name}(");
            let found = files.iter().filter_map(|file| read_to_string(root.join(file)).ok());
            assert_eq!(found.filter(|text| text.contains(&function)).count(), 1, "{}: {}", fault.name, fault.test);
        }
        let mut names: Vec<_> = ALL.iter().copied().flatten().map(|fault| fault.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "a name stands for two faults");
    }
}
