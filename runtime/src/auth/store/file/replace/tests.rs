//! T16: a disk that forgets. It keeps apart what a program sees and what a crash leaves, and as a file system may, it
//! writes down any part of what it was not told to sync.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::{Path, PathBuf};

use super::{Disk, replace};

const OLD: &str = "the old tokens";
const NEW: &str = "the new tokens, which are longer";

/// Which file has which name.
type Names = BTreeMap<PathBuf, usize>;

#[derive(Clone, Default)]
struct Forgetful {
    /// What was written to each file, and how much of it survives for sure.
    files: Vec<(Vec<u8>, usize)>,
    names: Names,
    /// What the names were after each change since the folder was synced, the synced ones first.
    history: Vec<Names>,
    /// So many steps more, and then the power fails; the last one may be done by half.
    steps: Option<usize>,
}

impl Forgetful {
    fn with_old() -> Self {
        let file = (OLD.as_bytes().to_vec(), OLD.len());
        let names = Names::from([(PathBuf::from("grant.json"), 0)]);
        Forgetful { files: vec![file], history: vec![names.clone()], names, steps: None }
    }

    fn step(&mut self) -> io::Result<()> {
        match &mut self.steps {
            Some(0) => Err(io::Error::other("the power failed")),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn renamed(&mut self) {
        self.history.push(self.names.clone());
    }

    /// Every disk that a crash may leave now.
    fn after_a_crash(&self) -> Vec<Forgetful> {
        let mut all = Vec::new();
        for names in &self.history {
            // Each file by itself: the others do not matter to who reads it, nor to who writes beside it.
            let mut kept = vec![Vec::new(); self.files.len()];
            for (at, (text, synced)) in self.files.iter().enumerate() {
                kept[at].extend((*synced..=text.len()).map(|length| text[..length].to_vec()));
                // A file system may have made room for it, and not have written it.
                kept[at].extend((*synced < text.len()).then(|| vec![0; text.len()]));
            }
            for at in 0..kept.len() {
                for text in &kept[at] {
                    let mut files: Vec<_> = kept.iter().map(|texts| (texts[0].clone(), texts[0].len())).collect();
                    files[at] = (text.clone(), text.len());
                    all.push(Forgetful { files, names: names.clone(), history: vec![names.clone()], steps: None });
                }
            }
        }
        all
    }

    fn read(&self) -> &str {
        let grant = self.names[Path::new("grant.json")];
        std::str::from_utf8(&self.files[grant].0).unwrap()
    }

    fn save(&mut self, text: &str) -> io::Result<()> {
        replace(self, Path::new(""), Path::new("grant.json"), text.as_bytes())
    }
}

impl Disk for Forgetful {
    type File = usize;

    fn remove(&mut self, file: &Path) -> io::Result<()> {
        self.step()?;
        if self.names.remove(file).is_some() {
            self.renamed();
        }
        Ok(())
    }

    fn create(&mut self, file: &Path) -> io::Result<usize> {
        self.step()?;
        if self.names.contains_key(file) {
            return Err(io::ErrorKind::AlreadyExists.into());
        }
        self.files.push((Vec::new(), 0));
        self.names.insert(file.to_owned(), self.files.len() - 1);
        self.renamed();
        Ok(self.files.len() - 1)
    }

    fn write(&mut self, file: &mut usize, text: &[u8]) -> io::Result<()> {
        // Byte by byte, as the power may fail at any of them.
        for byte in text {
            self.step()?;
            self.files[*file].0.push(*byte);
        }
        Ok(())
    }

    fn sync(&mut self, file: &usize) -> io::Result<()> {
        self.step()?;
        self.files[*file].1 = self.files[*file].0.len();
        Ok(())
    }

    fn rename(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        self.step()?;
        let file = self.names.remove(from).ok_or(io::ErrorKind::NotFound)?;
        self.names.insert(to.to_owned(), file);
        self.renamed();
        Ok(())
    }

    fn sync_folder(&mut self, _: &Path) -> io::Result<()> {
        self.step()?;
        self.history = vec![self.names.clone()];
        Ok(())
    }
}

#[test]
fn t16_the_power_may_fail_at_any_moment() {
    let mut whole = Forgetful::with_old();
    whole.steps = Some(1000);
    whole.save(NEW).unwrap();
    let steps = 1000 - whole.steps.unwrap();
    assert_eq!(steps, NEW.len() + 5, "each step is one at which the power can fail");
    let mut left = BTreeSet::new();
    for fails in 0..=steps {
        let mut disk = Forgetful::with_old();
        disk.steps = Some(fails);
        assert_eq!(disk.save(NEW).is_ok(), fails == steps);
        for mut crashed in disk.after_a_crash() {
            let text = crashed.read().to_owned();
            assert!(text == OLD || text == NEW, "after {fails} steps: {text:?}");
            assert!(fails < steps || text == NEW, "what was saved is gone");
            left.insert((fails, text));
            // What the crash left beside it is in nobody's way.
            crashed.save("newer").unwrap();
            assert!(crashed.after_a_crash().iter().all(|disk| disk.read() == "newer"));
        }
    }
    // The last but one moment is the only one at which both are possible.
    let both = (0..=steps).filter(|fails| [OLD, NEW].iter().all(|text| left.contains(&(*fails, (*text).to_owned()))));
    assert_eq!(both.collect::<Vec<_>>(), [steps - 1]);
}
