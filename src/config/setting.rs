//! The types that a setting can have, and how each is read from text.

use super::Priority;
use crate::schema::SchemaPolicy;
use secrecy::SecretString;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::time::Duration;

/// A time limit, or none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Limit {
    /// As long as this.
    After(Duration),
    /// For ever: only for programs that have a limit of their own.
    None,
}

impl Limit {
    pub(crate) fn duration(self) -> Option<Duration> {
        match self {
            Self::After(duration) => Some(duration),
            Self::None => None,
        }
    }
}

impl From<Duration> for Limit {
    fn from(duration: Duration) -> Self {
        Self::After(duration)
    }
}

/// A type of setting.
pub(super) trait Setting: Sized {
    /// What a valid value is, for errors.
    const EXPECTED: &'static str;

    /// Reads the text of an environment variable.
    fn parse(text: &str) -> Option<Self>;
}

impl Setting for String {
    const EXPECTED: &'static str = "a text that is not empty";

    fn parse(text: &str) -> Option<Self> {
        (!text.trim().is_empty()).then(|| text.trim().to_owned())
    }
}

impl Setting for SecretString {
    const EXPECTED: &'static str = "a text that is not empty";

    fn parse(text: &str) -> Option<Self> {
        String::parse(text).map(Self::from)
    }
}

impl Setting for PathBuf {
    const EXPECTED: &'static str = "the path of a file";

    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| text.into())
    }
}

impl Setting for bool {
    const EXPECTED: &'static str = "true or false";

    fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "true" | "1" | "yes" | "on" => Some(true),
            "false" | "0" | "no" | "off" => Some(false),
            _ => None,
        }
    }
}

impl Setting for u32 {
    const EXPECTED: &'static str = "a whole number";

    fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
}

impl Setting for usize {
    const EXPECTED: &'static str = "a whole number";

    fn parse(text: &str) -> Option<Self> {
        text.trim().parse().ok()
    }
}

impl Setting for Duration {
    const EXPECTED: &'static str = "a number of seconds";

    fn parse(text: &str) -> Option<Self> {
        Self::try_from_secs_f64(text.trim().parse().ok()?).ok()
    }
}

impl Setting for Limit {
    const EXPECTED: &'static str = "a number of seconds, or none";

    fn parse(text: &str) -> Option<Self> {
        if text.trim().eq_ignore_ascii_case("none") {
            Some(Self::None)
        } else {
            Duration::parse(text).map(Self::After)
        }
    }
}

impl Setting for Priority {
    const EXPECTED: &'static str = "high, medium or low";

    fn parse(text: &str) -> Option<Self> {
        [Self::High, Self::Medium, Self::Low]
            .into_iter()
            .find(|priority| priority.as_str().eq_ignore_ascii_case(text.trim()))
    }
}

impl Setting for SchemaPolicy {
    const EXPECTED: &'static str = "ignore, warn or refuse";

    fn parse(text: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|(_, name)| name.eq_ignore_ascii_case(text.trim()))
            .map(|(policy, _)| policy)
    }
}

impl Setting for Vec<u16> {
    const EXPECTED: &'static str = "a list of HTTP status codes, such as [500, 502, 503, 504]";

    fn parse(text: &str) -> Option<Self> {
        let codes: Self = serde_json::from_str(text).ok()?;
        codes.iter().all(|code| (400..600).contains(code)).then_some(codes)
    }
}

impl Setting for BTreeMap<String, SecretString> {
    const EXPECTED: &'static str = "a table of header names and texts";

    fn parse(text: &str) -> Option<Self> {
        serde_json::from_str(text).ok()
    }
}

/// Reads a setting from a value of a file, by way of its text, so that files and environment agree.
pub(super) fn optional<'de, D: Deserializer<'de>, T: Setting>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    deserializer.deserialize_any(AsText(PhantomData)).map(Some)
}

struct AsText<T>(PhantomData<T>);

fn parsed<T: Setting, E: Error>(text: &str) -> Result<T, E> {
    T::parse(text).ok_or_else(|| E::custom(format_args!("must be {}", T::EXPECTED)))
}

impl<'de, T: Setting> Visitor<'de> for AsText<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<T, E> {
        parsed(text)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<T, E> {
        parsed(&value.to_string())
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<T, E> {
        parsed(&value.to_string())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<T, E> {
        parsed(&value.to_string())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<T, A::Error> {
        let mut items: Vec<i64> = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        parsed(&format!("{items:?}"))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<T, A::Error> {
        let mut entries: BTreeMap<String, String> = BTreeMap::new();
        while let Some((key, value)) = map.next_entry()? {
            entries.insert(key, value);
        }
        parsed(&serde_json::to_string(&entries).map_err(A::Error::custom)?)
    }
}

/// Declares the settings: each is a key of `[sdk]` and an `INFRAHUB_*` variable of the same name.
macro_rules! settings {
    ($($name:ident: $type:ty,)*) => {
        /// The settings that one source gives.
        #[derive(Default, Deserialize)]
        #[serde(deny_unknown_fields, default)]
        pub(super) struct Settings {
            $(
                #[serde(deserialize_with = "optional")]
                pub(super) $name: Option<$type>,
            )*
        }

        impl Settings {
            /// Reads `INFRAHUB_*`. The error names the variable, not its value.
            pub(super) fn from_environment(variable: &super::Variable<'_>) -> Result<Self, crate::error::Error> {
                let mut settings = Self::default();
                $(
                    let name = concat!("INFRAHUB_", stringify!($name)).to_ascii_uppercase();
                    if let Some(text) = variable(&name) {
                        let value = text.to_str().and_then(<$type as Setting>::parse).ok_or_else(|| {
                            crate::error::Error::configuration(format!(
                                "the environment variable {name} must be {}",
                                <$type as Setting>::EXPECTED,
                            ))
                        })?;
                        settings.$name = Some(value);
                    }
                )*
                Ok(settings)
            }
        }
    };
}

settings! {
    address: String,
    api_token: SecretString,
    username: String,
    password: SecretString,
    default_branch: String,
    protect_default_branch: bool,
    insert_tracker: bool,
    max_concurrent_execution: usize,
    pagination_size: u32,
    priority: Priority,
    timeout: Limit,
    connect_timeout: Limit,
    idle_timeout: Limit,
    operation_timeout: Limit,
    schema_converge_timeout: Duration,
    max_response_bytes: usize,
    retry_on_failure: bool,
    retry_delay: Duration,
    retry_max_delay: Duration,
    max_retry_duration: Limit,
    retry_status_codes: Vec<u16>,
    rate_limit_retry_enabled: bool,
    rate_limit_max_retries: u32,
    rate_limit_backoff_base: Duration,
    rate_limit_backoff_max: Duration,
    proxy: SecretString,
    proxy_mounts_http: SecretString,
    proxy_mounts_https: SecretString,
    tls_insecure: bool,
    tls_ca_file: PathBuf,
    require_tls: bool,
    headers: BTreeMap<String, SecretString>,
    schema_policy: SchemaPolicy,
}
