//! `Password` and `HashedPassword` attributes.

use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, Serializer};
use std::fmt;

/// The value of a `Password` or `HashedPassword` attribute. It never shows in `Debug`, has no `Display`,
/// and is wiped when dropped.
///
/// The server gives a `Password` back in clear, so a program that does not need it should not select it.
#[derive(Clone, Deserialize)]
#[serde(transparent)]
pub struct Password(SecretString);

impl Password {
    /// A password to write.
    pub fn new(password: impl Into<String>) -> Self {
        Self(SecretString::from(password.into()))
    }

    /// The password itself.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password([redacted])")
    }
}

impl PartialEq for Password {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Password {}

impl Serialize for Password {
    /// Writes the password itself: an input to the server is the only thing that serialises one.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::Password;

    #[test]
    fn never_shows() {
        let password = Password::new("hunter2");
        assert_eq!(format!("{password:?}"), "Password([redacted])");
        assert_eq!(password.expose(), "hunter2");
    }
}
