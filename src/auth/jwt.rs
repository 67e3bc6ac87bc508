//! How long an access token lives, read from the token itself. Nothing is verified: that is the server's part.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

#[derive(Deserialize)]
struct Claims {
    exp: f64,
    iat: Option<f64>,
}

/// The token's life from its issue to its expiry; where it does not say when it was issued, from `now`.
///
/// The difference of two of the server's own times does not depend on this machine's clock.
pub(super) fn lifetime(token: &str, now: SystemTime) -> Option<Duration> {
    let payload = token.split('.').nth(1)?;
    let json = URL_SAFE_NO_PAD.decode(payload.trim_end_matches('=')).ok()?;
    let claims: Claims = serde_json::from_slice(&json).ok()?;
    let start = match claims.iat {
        Some(issued) => issued,
        None => now.duration_since(UNIX_EPOCH).ok()?.as_secs_f64(),
    };
    Some(Duration::try_from_secs_f64(claims.exp - start).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> String {
        format!("e30.{}.sig", URL_SAFE_NO_PAD.encode(claims))
    }

    #[test]
    fn the_lifetime_is_read_from_the_claims() {
        let now = UNIX_EPOCH + Duration::from_secs(1_000);
        let seconds = |claims: &str| lifetime(&token(claims), now).map(|life| life.as_secs());
        assert_eq!(seconds(r#"{"sub":"a","iat":500,"exp":4100}"#), Some(3600));
        assert_eq!(seconds(r#"{"exp":1060.5}"#), Some(60));
        assert_eq!(seconds(r#"{"iat":10,"exp":5}"#), Some(0));
        assert_eq!(seconds(r#"{"exp":"soon"}"#), None);
        assert_eq!(seconds(r#"{"iat":0,"exp":1e300}"#), Some(0));
        for nonsense in ["", "a", "a.b", "a.!!.c", "opaque-token"] {
            assert_eq!(lifetime(nonsense, now), None);
        }
    }
}
