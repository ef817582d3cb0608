//! Examples, and the code of README.md and of docs/: all of it is compiled and run by tests. The examples are the files
//! beside this folder; what they have in common is [`Local`].

mod local;

pub use local::Local;

/// A page whose code is tested.
macro_rules! page {
    ($name:ident, $file:literal) => {
        #[cfg(doctest)]
        #[doc = include_str!(concat!("../../", $file))]
        pub struct $name;
    };
}

page!(Readme, "README.md");
page!(Accounting, "docs/accounting.md");
page!(Errors, "docs/errors.md");
page!(FromPostmanToRust, "docs/from-postman-to-rust.md");
page!(Sage200, "docs/sage-200.md");
page!(Testing, "docs/testing.md");
