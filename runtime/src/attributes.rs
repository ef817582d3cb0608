//! Properties by name: which of them a reply is to hold; and what a list is sorted by.
//!
//! Generated code has a module for each model that is asked for in parts, with a constant for each of its properties:
//! `contact::NAME`. Why these are shared between models: `docs/decisions/0013-properties-by-name.md`.

use std::fmt;
use std::marker::PhantomData;

use crate::text::ToText;

/// Every property that there is: `all`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct All;

impl AsRef<str> for All {
    fn as_ref(&self) -> &str {
        "all"
    }
}

/// The properties that a reply is to hold.
///
/// Made by `into()` from names, one or several: constants such as `contact::NAME`, or text, for what is not known yet; and
/// from [`All`]. Names are sent as they are, so one text may hold several with commas between them. With none of them the parameter is sent empty, and the service answers
/// what it answers anyway.
///
/// ```
/// # mod contact {
/// #     pub const NAME: &str = "name";
/// #     pub const BALANCE: &str = "balance";
/// # }
/// use sage_runtime::{All, Attributes};
///
/// assert_eq!(Attributes::from([contact::NAME, contact::BALANCE]).as_str(), "name,balance");
/// assert_eq!(Attributes::from(contact::NAME).as_str(), "name");
/// assert_eq!(Attributes::from(All).as_str(), "all");
/// assert_eq!(Attributes::from("name,not_yet_known").as_str(), "name,not_yet_known");
/// let with_balance = true;
/// let names = [contact::NAME].into_iter().chain(with_balance.then_some(contact::BALANCE));
/// assert_eq!(names.collect::<Attributes>().as_str(), "name,balance");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes(String);

impl Attributes {
    /// As they go over the wire, before they are encoded there.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl<T: AsRef<str>> FromIterator<T> for Attributes {
    fn from_iter<I: IntoIterator<Item = T>>(names: I) -> Self {
        let mut text = String::new();
        for name in names {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(name.as_ref());
        }
        Attributes(text)
    }
}

macro_rules! from_one {
    ($($ty:ty),*) => {$(
        impl From<$ty> for Attributes {
            fn from(name: $ty) -> Self {
                Attributes::from_iter([name])
            }
        }
    )*};
}

from_one!(All, &str, String);

impl<T: AsRef<str>, const N: usize> From<[T; N]> for Attributes {
    fn from(names: [T; N]) -> Self {
        names.into_iter().collect()
    }
}

impl<T: AsRef<str>> From<Vec<T>> for Attributes {
    fn from(names: Vec<T>) -> Self {
        names.into_iter().collect()
    }
}

impl<T: AsRef<str>> From<&[T]> for Attributes {
    fn from(names: &[T]) -> Self {
        names.iter().collect()
    }
}

impl ToText for Attributes {
    fn to_text(&self) -> String {
        self.0.clone()
    }
}

/// Something that the lists of the request `L` can be sorted by: a constant such as `sort::DUE_DATE`.
pub struct SortKey<L> {
    name: &'static str,
    descending: &'static str,
    of: PhantomData<fn() -> L>,
}

impl<L> SortKey<L> {
    #[doc(hidden)]
    pub const fn new(name: &'static str, descending: &'static str) -> Self {
        SortKey { name, descending, of: PhantomData }
    }

    /// From the first to the last, as without a direction.
    pub fn asc(self) -> Sort<L> {
        Sort::from(self.name)
    }

    /// From the last to the first.
    pub fn desc(self) -> Sort<L> {
        Sort::from(format!("{}{}", self.name, self.descending))
    }

    /// Its name over the wire.
    pub const fn as_str(self) -> &'static str {
        self.name
    }
}

impl<L> Copy for SortKey<L> {}

impl<L> Clone for SortKey<L> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<L> fmt::Debug for SortKey<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SortKey({})", self.name)
    }
}

/// What lists of the request `L` are sorted by.
///
/// Made by `into()` from a key (`sort::DATE`, the first one first), from a key with a direction (`sort::DATE.desc()`), and
/// from text, which is sent as it is.
pub struct Sort<L> {
    text: String,
    of: PhantomData<fn() -> L>,
}

impl<L> Sort<L> {
    /// As it goes over the wire, before it is encoded there.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

// By hand, as derived ones would want the same of the request, which is only a name here.
impl<L> Clone for Sort<L> {
    fn clone(&self) -> Self {
        Sort::from(self.text.clone())
    }
}

impl<L> PartialEq for Sort<L> {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl<L> Eq for Sort<L> {}

impl<L> fmt::Debug for Sort<L> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sort({})", self.text)
    }
}

impl<L> From<SortKey<L>> for Sort<L> {
    fn from(key: SortKey<L>) -> Self {
        key.asc()
    }
}

impl<L> From<String> for Sort<L> {
    fn from(text: String) -> Self {
        Sort { text, of: PhantomData }
    }
}

impl<L> From<&str> for Sort<L> {
    fn from(text: &str) -> Self {
        Sort::from(text.to_owned())
    }
}

impl<L> ToText for Sort<L> {
    fn to_text(&self) -> String {
        self.text.clone()
    }
}

#[cfg(test)]
mod tests {
    use crate::codegen as rt;

    #[test]
    fn directions() {
        enum List {}
        const DUE_DATE: rt::SortKey<List> = rt::SortKey::new("due_date", ":desc");
        let text = |sort: rt::Sort<List>| rt::ToText::to_text(&sort);
        assert_eq!(text(DUE_DATE.into()), "due_date");
        assert_eq!(text(DUE_DATE.asc()), "due_date");
        assert_eq!(text(DUE_DATE.desc()), "due_date:desc");
        assert_eq!(text("new_key:desc".into()), "new_key:desc");
        // Whatever `List` can do.
        assert_eq!(DUE_DATE.desc().clone(), DUE_DATE.desc());
        assert!(DUE_DATE.desc() != DUE_DATE.asc());
        assert_eq!(format!("{DUE_DATE:?}, {:?}", DUE_DATE.desc()), "SortKey(due_date), Sort(due_date:desc)");
    }

    #[test]
    fn names_are_joined() {
        const NAME: &str = "name";
        const PATH: &str = "$path";
        let text = |names: rt::Attributes| names.as_str().to_owned();
        assert_eq!(text([NAME, PATH].into()), "name,$path");
        assert_eq!(text(vec![PATH].into()), "$path");
        assert_eq!(text([NAME].as_slice().into()), "name");
        assert_eq!(text(["name", "x"].into()), "name,x");
        assert_eq!(text(vec!["x".to_owned()].into()), "x");
        assert_eq!(text("all".into()), "all");
        assert_eq!(text(rt::All.into()), "all");
        assert_eq!(text(Vec::<&str>::new().into()), "");
    }
}
