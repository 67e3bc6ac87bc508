//! Ids in the server's format, and its clock.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::hash_map::RandomState;
use std::fmt;
use std::hash::BuildHasher;

/// The id of an object: a UUID.
///
/// The server keeps an id as the client wrote it; here every spelling of a UUID is the one in lower case with hyphens.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct NodeId(u128);

impl NodeId {
    /// The least of all ids.
    pub(crate) const MIN: Self = Self(0);

    /// Reads a UUID, in any of the forms that the server takes; `None` if it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let digits: String = text
            .replace("urn:", "")
            .replace("uuid:", "")
            .trim_matches(['{', '}'])
            .chars()
            .filter(|digit| *digit != '-')
            .collect();
        let is_uuid = digits.len() == 32 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
        is_uuid.then(|| u128::from_str_radix(&digits, 16).ok()).flatten().map(Self)
    }
}

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let digits = format!("{:032x}", self.0);
        let parts = [&digits[..8], &digits[8..12], &digits[12..16], &digits[16..20], &digits[20..]];
        f.write_str(&parts.join("-"))
    }
}

impl fmt::Debug for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl From<NodeId> for Value {
    fn from(id: NodeId) -> Self {
        Value::String(id.to_string())
    }
}

/// Gives ids and times, each above the one before.
#[derive(Debug, Clone, Default)]
pub(crate) struct Clock {
    last_id: u64,
    last_time: i64,
}

impl Clock {
    /// A new id: the time in nanoseconds, then digits that differ from one id to the next.
    pub(crate) fn id(&mut self) -> NodeId {
        let nanoseconds = u64::try_from(Timestamp::now().as_nanosecond()).unwrap_or_default();
        self.last_id = nanoseconds.max(self.last_id + 1);
        let random = RandomState::new().hash_one(self.last_id);
        NodeId(u128::from(self.last_id) << 64 | u128::from(random))
    }

    /// The time, to the microsecond.
    pub(crate) fn time(&mut self) -> Timestamp {
        self.last_time = Timestamp::now().as_microsecond().max(self.last_time + 1);
        Timestamp::from_microsecond(self.last_time).unwrap_or_default()
    }
}

/// The time as the server writes it in metadata (`2026-11-24T01:05:29.891532+00:00`); a branch has `Z` at the end.
pub(crate) fn time_text(time: Timestamp) -> String {
    format!("{}+00:00", time.strftime("%Y-%m-%dT%H:%M:%S.%6f"))
}

/// Reads a time in any of the ISO forms; one without an offset is UTC, a date alone is its midnight.
pub(crate) fn time(text: &str) -> Option<Timestamp> {
    let local = || utc(text.parse::<DateTime>().ok()?);
    text.parse::<Timestamp>().ok().or_else(local)
}

/// Reads a point in time as `?at=` has it: an ISO form, a date, which is its noon, or a distance from now such as `30m`,
/// `1h` or `45s`.
pub(crate) fn point_in_time(text: &str) -> Option<Timestamp> {
    let noon = || {
        utc(text.parse::<Date>().ok().filter(|_| text.len() == 10)?.to_datetime(Time::constant(12, 0, 0, 0)))
    };
    let ago = || Timestamp::now().checked_sub(SignedDuration::from_secs(distance(text)?)).ok();
    noon().or_else(|| time(text)).or_else(ago)
}

fn utc(time: DateTime) -> Option<Timestamp> {
    time.to_zoned_datetime(TimeZone::UTC).ok().map(|zoned| zoned.timestamp())
}

/// The seconds of a distance; its parts may stand anywhere in the text.
fn distance(text: &str) -> Option<i64> {
    let mut total = None;
    for (place, unit) in text.char_indices() {
        let seconds = match unit {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            _ => continue,
        };
        let before = &text[..place];
        let digits = before.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
        if let Ok(number) = before[digits..].parse::<i64>() {
            total = Some(total.unwrap_or_default() + number.checked_mul(seconds)?);
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_uuids_in_the_order_of_time() {
        let mut clock = Clock::default();
        let ids: Vec<String> = (0..100).map(|_| clock.id().to_string()).collect();
        assert!(ids.is_sorted_by(|a, b| a < b), "{ids:?}");
        assert!(ids.iter().all(|id| NodeId::parse(id).is_some_and(|parsed| parsed.to_string() == *id)));
        let forms = ["0188f2A0-0000-4000-8000-00000000000a", "{0188f2a000004000800000000000000a}"];
        assert_eq!(NodeId::parse(forms[0]), NodeId::parse(forms[1]));
        assert_eq!(NodeId::parse("atl1"), None);
        assert_eq!(NodeId::parse("0188f2a0-0000-4000-8000-00000000000g"), None);
    }

    #[test]
    fn times_are_written_to_the_microsecond() {
        let time: Timestamp = "2026-11-24T01:05:29.8915Z".parse().unwrap();
        assert_eq!(time_text(time), "2026-11-24T01:05:29.891500+00:00");
        let mut clock = Clock::default();
        assert!(clock.time() < clock.time());
    }
}
