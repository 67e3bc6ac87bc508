//! Hashed passwords.

use super::Refused;

/// As few rounds as there can be: what a sandbox guards is test data, and a test should not wait for it.
const COST: u32 = 4;

/// The hash of a password in the server's format (`$2b$…`).
pub(crate) fn hash(text: &str) -> Result<String, Refused> {
    bcrypt::hash(text, COST).map_err(|error| Refused::failure(error.to_string()))
}

/// Whether the hash is that of the password.
pub(crate) fn fits(text: &str, hash: &str) -> bool {
    bcrypt::verify(text, hash).unwrap_or_default()
}
