//! Conditions, with brackets where the order of the operators would change the meaning.

use std::fmt;
use std::marker::PhantomData;
use std::ops::Not;

use super::marked;
use crate::text::ToText;

/// A condition on records of the model `M`: the value of `$filter`.
///
/// Conditions are joined by [`and`](Filter::and) and [`or`](Filter::or), and turned round by `!`. Several of them, for
/// instance from a loop, are joined by `filters.into_iter().reduce(Filter::or)`.
///
/// Text that is a condition already becomes one by `into()`: `Filter::from("balance gt 100")`.
#[must_use = "a condition does nothing unless it is given to a list"]
pub struct Filter<M> {
    text: String,
    binding: Binding,
    of: PhantomData<fn() -> M>,
}

marked!(Filter<M>, text, binding);

/// What holds a condition together at its outermost place, the loosest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binding {
    /// Not known: it was given as text.
    Text,
    Or,
    And,
    /// A comparison; also `not`, which is within `and` and `or` like one.
    Comparison,
    /// The call of a function.
    Call,
}

impl<M> Filter<M> {
    fn new(text: String, binding: Binding) -> Self {
        Filter { text, binding, of: PhantomData }
    }

    pub(super) fn comparison(text: String) -> Self {
        Filter::new(text, Binding::Comparison)
    }

    pub(super) fn call(text: String) -> Self {
        Filter::new(text, Binding::Call)
    }

    /// Both hold.
    pub fn and(self, other: impl Into<Filter<M>>) -> Self {
        self.join(" and ", Binding::And, other.into())
    }

    /// One of them holds, or both.
    pub fn or(self, other: impl Into<Filter<M>>) -> Self {
        self.join(" or ", Binding::Or, other.into())
    }

    /// As it stands in the URL, before it is encoded there.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    fn join(self, operator: &str, binding: Binding, other: Self) -> Self {
        let mut text = self.within(binding);
        text.push_str(operator);
        text.push_str(&other.within(binding));
        Filter::new(text, binding)
    }

    /// The text as a part of something that binds like this.
    fn within(self, outer: Binding) -> String {
        if self.binding < outer { format!("({})", self.text) } else { self.text }
    }
}

/// It does not hold. `not` binds more tightly than comparisons, so these go in brackets.
impl<M> Not for Filter<M> {
    type Output = Self;

    fn not(self) -> Self {
        let inner = self.within(Binding::Call);
        Filter::comparison(format!("not {inner}"))
    }
}

impl<M> From<String> for Filter<M> {
    fn from(text: String) -> Self {
        Filter::new(text, Binding::Text)
    }
}

impl<M> From<&str> for Filter<M> {
    fn from(text: &str) -> Self {
        Filter::from(text.to_owned())
    }
}

impl<M> fmt::Display for Filter<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl<M> ToText for Filter<M> {
    fn to_text(&self) -> String {
        self.text.clone()
    }
}
