//! Random texts, and the proof that whoever brings a code is who asked for it (RFC 7636).

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::error::{Error, Result};
use crate::secret::Secret;

/// 43 characters that hold 256 bits from the operating system's source of randomness: a verifier, or a state.
pub(super) fn random() -> Result<Secret> {
    let mut bytes = Zeroizing::new([0; 32]);
    getrandom::getrandom(&mut *bytes)
        .map_err(|error| Error::config("the operating system gives no random bytes").because(error))?;
    Ok(Secret::new(URL_SAFE_NO_PAD.encode(*bytes)))
}

/// The challenge of a verifier: `BASE64URL(SHA256(verifier))`.
pub(super) fn challenge(verifier: &Secret) -> String {
    URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.expose()))
}

/// Are they the same? Hashes are compared, so that the time it takes tells nothing about the text.
pub(super) fn same(secret: &Secret, other: &str) -> bool {
    Sha256::digest(secret.expose()) == Sha256::digest(other)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{challenge, random, same};
    use crate::secret::Secret;

    #[test]
    fn a05_the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier = Secret::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
        assert_eq!(challenge(&verifier), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn a05_verifiers_are_43_unreserved_characters_and_differ() {
        let texts: HashSet<String> = (0..100).map(|_| random().unwrap().expose().to_owned()).collect();
        assert_eq!(texts.len(), 100);
        let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
        assert!(texts.iter().all(|text| text.len() == 43 && text.chars().all(unreserved)));
    }

    #[test]
    fn a05_states_are_compared_whole() {
        let state = Secret::new("abc");
        assert!(same(&state, "abc"));
        assert!(!same(&state, "ab") && !same(&state, "abcd") && !same(&state, ""));
    }
}
