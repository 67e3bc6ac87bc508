//! How long to wait before the next attempt.

use std::time::Duration;

/// The longest wait that a server's `Retry-After` may ask for.
pub(crate) const LONGEST_HINT: Duration = Duration::from_secs(60);

/// The most jitter on top of a server's hint.
const HINT_JITTER: Duration = Duration::from_secs(5);

/// Waits that double from `base` up to `cap`, each spread evenly from zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Backoff {
    pub(crate) base: Duration,
    pub(crate) cap: Duration,
}

impl Backoff {
    /// The wait after `failures` failures (from 1), for a random number in 0..1.
    pub(crate) fn delay(self, failures: u32, random: f64) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.base.saturating_mul(1 << doublings).min(self.cap).mul_f64(random)
    }
}

/// The wait that a server asked for, plus up to half of it and at most 5 s so that clients do not come back
/// all at once; never more than 60 s.
pub(crate) fn hinted(hint: Duration, random: f64) -> Duration {
    let hint = hint.min(LONGEST_HINT);
    let jitter = (hint / 2).min(HINT_JITTER).mul_f64(random);
    (hint + jitter).min(LONGEST_HINT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(20) };

    #[test]
    fn r4_backoff_doubles_up_to_its_cap_with_full_jitter() {
        let longest = |failures| BACKOFF.delay(failures, 1.0);
        assert_eq!(longest(1), Duration::from_millis(100));
        assert_eq!(longest(2), Duration::from_millis(200));
        assert_eq!(longest(8), Duration::from_millis(12_800));
        assert_eq!(longest(9), Duration::from_secs(20));
        assert_eq!(longest(u32::MAX), Duration::from_secs(20));
        let mut random = fastrand::Rng::with_seed(4);
        for failures in 0..2_000 {
            let at = random.f64();
            let delay = BACKOFF.delay(failures, at);
            assert!(delay <= longest(failures), "{failures} {at}");
        }
        assert_eq!(BACKOFF.delay(5, 0.0), Duration::ZERO);
    }

    #[test]
    fn r3_a_hint_is_the_floor_and_60_s_the_ceiling() {
        let mut random = fastrand::Rng::with_seed(3);
        for _ in 0..10_000 {
            let hint = Duration::from_millis(random.u64(0..200_000));
            let wait = hinted(hint, random.f64());
            assert!(wait >= hint.min(LONGEST_HINT) && wait <= LONGEST_HINT);
            assert!(wait <= hint + (hint / 2).min(HINT_JITTER));
        }
    }

    #[test]
    fn r3_100_clients_with_the_same_hint_come_back_over_more_than_a_second() {
        let mut random = fastrand::Rng::with_seed(100);
        let waits: Vec<_> = (0..100).map(|_| hinted(Duration::from_secs(5), random.f64())).collect();
        let spread = *waits.iter().max().unwrap() - *waits.iter().min().unwrap();
        assert!(spread >= Duration::from_secs(1), "{spread:?}");
    }
}
