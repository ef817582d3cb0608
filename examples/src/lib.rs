//! The code of README.md and of docs/, so that it compiles and does what is said there. The examples are beside this
//! folder; what they do is tested in `tests/`.

/// A page whose code is tested.
macro_rules! page {
    ($name:ident, $file:literal) => {
        #[cfg(doctest)]
        #[doc = include_str!(concat!("../../", $file))]
        pub struct $name;
    };
}

page!(Readme, "README.md");
