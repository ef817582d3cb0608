//! The table of codes: stable id, severity, title, and the paragraph that `explain CODE` prints.

use std::fmt;

use super::Severity;

macro_rules! codes {
    ($($name:ident = $id:literal, $severity:ident, $title:literal, $text:literal;)*) => {
        /// A kind of diagnostic.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $(#[doc = concat!("`", $id, "`: ", $title, ".")] $name,)*
        }

        impl Code {
            /// Every code, in the order of the table.
            pub const ALL: &[Code] = &[$(Code::$name),*];

            /// The stable id: `D101`.
            pub fn id(self) -> &'static str {
                match self { $(Code::$name => $id,)* }
            }

            /// How bad it is, unless a stage says otherwise.
            pub fn severity(self) -> Severity {
                match self { $(Code::$name => Severity::$severity,)* }
            }

            /// In a few words.
            pub fn title(self) -> &'static str {
                match self { $(Code::$name => $title,)* }
            }

            /// In a paragraph.
            pub fn explanation(self) -> &'static str {
                match self { $(Code::$name => $text,)* }
            }
        }
    };
}

// One block a stage. Numbers are never used again once they were published.
codes! {
    // Inputs, before they are read.
    Settings = "D111", Error, "the settings of an API cannot be read",
        "`api.toml` is not TOML, or holds a setting that is not known, or lacks one that is needed. The settings of \
         `specs/accounting/api.toml` are an example of all of them.";
    MissingFile = "D112", Error, "a file that the settings name does not exist",
        "`documents` and `overlay` in `api.toml` name files relative to the folder of `api.toml`. Import the document \
         with `cargo xtask specs import`, or correct the name.";
    NotText = "D113", Error, "the file is not UTF-8 text",
        "Documents and settings are read as UTF-8. Save the file in this encoding.";
    SameModule = "D114", Error, "two APIs have the same module",
        "`module` in `api.toml` is the folder of the API in the generated crate, so each API needs one of its own.";
    Failed = "B901", Error, "the generator failed",
        "A stage of the generator stopped in a way that no document should cause. Please report it, with the document if \
         you may share it.";

    // Reading.
    Syntax = "D101", Error, "the text is neither JSON nor YAML",
        "The file cannot be read as JSON or as YAML 1.2. A text that starts with `{` or `[` and goes on like JSON is \
         read as JSON, any other as YAML. The position is where reading stopped; the fault is there or just before it.";
    DuplicateKey = "D102", Error, "a key stands twice in one object",
        "Two members of one object have the same key, so one of them would be lost. Readers differ in which one they \
         keep; remove or rename one of them.";
    Nesting = "D103", Error, "the document nests too deeply",
        "Documents may nest 128 levels. No real document comes near it; this limit keeps a hostile one from exhausting \
         the stack.";
    Alias = "D104", Error, "aliases are recursive or grow beyond measure",
        "A YAML alias copies its anchor. An alias inside of its own anchor has no end, and aliases of aliases can make \
         gigabytes of a few lines; copies may take 32 MB in all.";
    SeveralDocuments = "D105", Error, "one file holds several YAML documents",
        "A line `---` starts a second YAML document. Put each document into a file of its own.";
    UnknownDialect = "D106", Error, "the document is of no known format",
        "A document says what it is: `openapi: 3.0.x` or `3.1.x`, `swagger: \"2.0\"`, `overlay: 1.0.0`, or for a Postman \
         collection the address of its schema in `info.schema`. This one says none of them.";
}

impl Code {
    /// The code with this id, in capitals or not.
    pub fn from_id(id: &str) -> Option<Code> {
        Code::ALL.iter().copied().find(|code| code.id().eq_ignore_ascii_case(id))
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_unique_and_well_formed() {
        let mut ids: Vec<_> = Code::ALL.iter().map(|code| code.id()).collect();
        assert!(ids.iter().all(|id| id.len() == 4 && "DUNB".contains(&id[..1]) && id[1..].parse::<u16>().is_ok()));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), Code::ALL.len());
        assert_eq!(Code::from_id("d101"), Some(Code::Syntax));
    }
}
