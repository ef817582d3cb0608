//! Embeds every file of `specs/`, so that the library works wherever it is built into.

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let crate_folder =
        env::var_os("CARGO_MANIFEST_DIR").ok_or_else(|| io::Error::other("cargo names no folder of the crate"))?;
    let specs = Path::new(&crate_folder).join("../../specs").canonicalize()?;
    println!("cargo::rerun-if-changed={}", specs.display());
    let mut list = String::from("&[\n");
    for api in sorted(&specs)? {
        if !specs.join(&api).is_dir() {
            continue;
        }
        println!("cargo::rerun-if-changed={}", specs.join(&api).display());
        for file in sorted(&specs.join(&api))? {
            let path = specs.join(&api).join(&file);
            if path.is_file() {
                let _ = writeln!(list, "    (\"{api}\", \"specs/{api}/{file}\", include_bytes!({path:?})),");
            }
        }
    }
    list.push_str("]\n");
    let out = env::var_os("OUT_DIR").ok_or_else(|| io::Error::other("cargo names no folder for output"))?;
    fs::write(Path::new(&out).join("specs.rs"), list)
}

fn sorted(folder: &Path) -> io::Result<Vec<String>> {
    let names = fs::read_dir(folder)?.map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()));
    let mut names = names.collect::<io::Result<Vec<String>>>()?;
    names.sort();
    Ok(names)
}
