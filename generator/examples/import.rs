//! Imports vendor documents: `import TARGETS(,) OUT FILE…`.
use sage_codegen::{diagnostic, import, source::Source};
#[allow(clippy::print_stderr)]
fn main() {
    let mut args = std::env::args().skip(1);
    let targets: Vec<String> = args.next().unwrap_or_default().split(',').map(str::to_owned).collect();
    let out = args.next().unwrap_or_default();
    let mut sources = Vec::new();
    for file in args {
        let text = std::fs::read_to_string(&file).unwrap_or_default();
        let start = std::time::Instant::now();
        match Source::read(&file, &text) {
            Ok(source) => sources.push(source),
            Err(error) => eprintln!("{}", diagnostic::render(&[error], [], diagnostic::Format::Human)),
        }
        eprintln!("{file}: read in {:?}", start.elapsed());
    }
    let mut diagnostics = diagnostic::Diagnostics::new();
    let start = std::time::Instant::now();
    let (files, counts) = import::import(sources.clone(), &targets, import::Prose::Drop, &mut diagnostics);
    eprintln!("{counts:?} in {:?}", start.elapsed());
    let diagnostics = diagnostics.into_vec();
    eprintln!("{}", diagnostic::render(&diagnostics, &sources, diagnostic::Format::Human));
    for file in files {
        let start = std::time::Instant::now();
        let read = Source::read(&file.name, &file.text).unwrap();
        eprintln!("{}: {} bytes read again in {:?}, {}", file.name, file.text.len(), start.elapsed(), read.tree.kind());
        let start = std::time::Instant::now();
        let node: sage_codegen::node::Node = serde_yaml::from_str(&file.text).unwrap();
        eprintln!("  by serde_yaml in {:?}, same: {}", start.elapsed(), node == read.tree);
        std::fs::write(format!("{out}/{}", file.name), file.text).unwrap();
    }
}
