//! `DateTime` attributes.

use serde::{Deserialize, Serialize};
use std::fmt;

/// The value of a `DateTime` attribute: a point in time, kept in the server's own words.
///
/// The server stores the text as it was written, offset included, and accepts a bare date and even an
/// empty text; so the text is never lost and [`DateTime::timestamp`] says whether it is a time.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DateTime(String);

impl DateTime {
    /// A value in the server's words, sent as it is.
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text as the server stores it.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The point in time; midnight UTC for a bare date; `None` where the text is no time.
    pub fn timestamp(&self) -> Option<jiff::Timestamp> {
        let text = self.0.trim();
        text.parse().ok().or_else(|| {
            let time: jiff::civil::DateTime = text.parse().ok()?;
            jiff::tz::TimeZone::UTC.to_timestamp(time).ok()
        })
    }
}

impl From<jiff::Timestamp> for DateTime {
    fn from(timestamp: jiff::Timestamp) -> Self {
        Self(timestamp.to_string())
    }
}

impl fmt::Display for DateTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::DateTime;

    #[test]
    fn keeps_the_text_and_finds_the_time() {
        let offset = DateTime::from_text("2026-01-02T03:04:05+02:00");
        assert_eq!(offset.as_str(), "2026-01-02T03:04:05+02:00");
        assert_eq!(offset.timestamp().map(|t| t.to_string()).as_deref(), Some("2026-01-02T01:04:05Z"));
        let date = DateTime::from_text("2024-01-02");
        assert_eq!(date.timestamp().map(|t| t.to_string()).as_deref(), Some("2024-01-02T00:00:00Z"));
        assert_eq!(DateTime::from_text("").timestamp(), None);
    }
}
