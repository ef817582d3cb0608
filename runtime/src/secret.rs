//! Text that never shows itself.

use std::fmt;
use std::sync::Arc;

use zeroize::Zeroizing;

/// A secret text: not printed by `Debug`, without `Display`, wiped when its last clone is dropped. Clones share it.
#[derive(Clone)]
pub struct Secret(Arc<Zeroizing<Box<str>>>);

impl Secret {
    /// Hides a text.
    pub fn new(text: impl Into<String>) -> Self {
        Secret(Arc::new(Zeroizing::new(text.into().into_boxed_str())))
    }

    /// The text itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("[secret]")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Secret::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Secret::new(text)
    }
}

/// What was secret in one request.
#[derive(Default)]
pub(crate) struct Secrets {
    /// In every request of the client.
    pub(crate) client: Arc<[Secret]>,
    pub(crate) token: Option<Secret>,
    /// In this request alone.
    pub(crate) own: Vec<Secret>,
}

impl Secrets {
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Secret> {
        self.client.iter().chain(&self.token).chain(&self.own)
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Display;
    use std::hash::Hash;

    use serde::Serialize;

    use super::Secret;

    /// Fails to compile if the type has the trait: then there are two ways to name the function.
    macro_rules! lacks {
        ($type:ty: $($missing:path),+) => {$(
            const _: fn() = || {
                trait Either<T> {
                    fn function() {}
                }
                struct Has;
                impl<T: ?Sized> Either<()> for T {}
                impl<T: ?Sized + $missing> Either<Has> for T {}
                let _ = <$type as Either<_>>::function;
            };
        )+};
    }

    lacks!(Secret: Display, PartialEq, Hash, Serialize, AsRef<str>, std::ops::Deref);
    lacks!(crate::token::Token: Display, PartialEq, Serialize);
    lacks!(crate::token::StaticToken: Display, PartialEq, Serialize);

    lacks!(crate::auth::Record: Display, PartialEq, Serialize);
    lacks!(crate::auth::Pending: Display, PartialEq, Serialize);
    lacks!(crate::auth::App: Display, PartialEq, Serialize);

    #[test]
    fn s05_a_secret_is_shown_by_its_name_only() {
        let secret = Secret::new("CANARY");
        assert_eq!((format!("{secret:?}").as_str(), secret.expose()), ("[secret]", "CANARY"));
        assert!(!format!("{:?}", crate::token::StaticToken::new("CANARY")).contains("CANARY"));
    }
}
