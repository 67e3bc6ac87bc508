//! `MacAddress` attributes.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// A 48-bit MAC address, shown as the server does: `00:25:96:FF:FE:12`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MacAddress([u8; 6]);

/// Text that is not a 48-bit MAC address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a MAC address such as 00:25:96:FF:FE:12, 00-25-96-ff-fe-12 or 0025.96ff.fe12")]
pub struct ParseMacError(String);

impl MacAddress {
    /// An address from its six bytes.
    pub const fn new(bytes: [u8; 6]) -> Self {
        Self(bytes)
    }

    /// The six bytes.
    pub const fn bytes(self) -> [u8; 6] {
        self.0
    }
}

impl FromStr for MacAddress {
    type Err = ParseMacError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || ParseMacError(text.to_owned());
        let mut bytes = [0_u8; 6];
        let mut digits = 0;
        for character in text.chars() {
            match character.to_digit(16) {
                Some(digit) if digits < 12 => {
                    bytes[digits / 2] = (bytes[digits / 2] << 4) | digit as u8;
                    digits += 1;
                }
                None if matches!(character, ':' | '-' | '.') => {}
                _ => return Err(error()),
            }
        }
        if digits == 12 { Ok(Self(bytes)) } else { Err(error()) }
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02X}:{b:02X}:{c:02X}:{d:02X}:{e:02X}:{g:02X}")
    }
}

impl Serialize for MacAddress {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for MacAddress {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        crate::decode::from_text(deserializer)
    }
}

#[cfg(test)]
mod tests {
    use super::MacAddress;

    #[test]
    fn reads_every_notation_and_shows_one() {
        for text in ["00:25:96:FF:FE:12", "00-25-96-ff-fe-12", "0025.96ff.fe12", "002596fffe12"] {
            assert_eq!(text.parse::<MacAddress>().expect(text).to_string(), "00:25:96:FF:FE:12");
        }
        for text in ["", "00:25", "zz:25:96:FF:FE:12", "00:25:96:FF:FE:12:34:56"] {
            assert!(text.parse::<MacAddress>().is_err(), "{text}");
        }
    }
}
