//! Whether a request is sent again.

use super::backoff::{self, Backoff};
use super::bucket;
use crate::operation::Effect;
use std::time::Duration;

/// What one attempt came to, other than an answer to give back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The request did not leave: no name, connection or TLS session.
    NotSent,
    /// The connection broke, or a time limit passed, after the request may have arrived.
    NoAnswer,
    /// A status, or GraphQL errors throughout, that say that the server failed.
    Failing,
    /// HTTP 429.
    Throttled {
        /// Whether the server says that the request did not reach any handler.
        shed: bool,
        /// The wait that it asks for.
        wait: Option<Duration>,
    },
    /// The server refuses every part of a write while a merge runs, and says that this passes.
    Blocked,
    /// HTTP 401 on a login's access token.
    Unauthenticated {
        /// Whether the server says that the token expired.
        expired: bool,
    },
    /// Sending the same again would not help.
    Final,
}

impl Failure {
    /// Whether the server cannot have run the request.
    pub(crate) fn proves_not_run(&self) -> bool {
        matches!(
            self,
            Self::NotSent
                | Self::Throttled { shed: true, .. }
                | Self::Blocked
                | Self::Unauthenticated { expired: true }
        )
    }

    /// A word for logs.
    pub(crate) fn class(&self) -> &'static str {
        match self {
            Self::NotSent => "not_sent",
            Self::NoAnswer => "no_answer",
            Self::Failing => "failing",
            Self::Throttled { shed: true, .. } => "shed",
            Self::Throttled { shed: false, .. } => "throttled",
            Self::Blocked => "blocked",
            Self::Unauthenticated { .. } => "unauthenticated",
            Self::Final => "final",
        }
    }
}

/// How a client retries.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RetryPolicy {
    /// Retries after a failing server or connection; `None` is until the call's time is over.
    pub(crate) transient_retries: Option<u32>,
    /// Waits between those.
    pub(crate) transient: Backoff,
    /// Retries after a 429, or while a merge blocks writes.
    pub(crate) throttled_retries: u32,
    /// Waits between those where the server gives none.
    pub(crate) throttled: Backoff,
}

/// What a call has used up.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Used {
    pub(crate) transient: u32,
    pub(crate) throttled: u32,
    pub(crate) logins: u32,
}

/// What to do after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Decision {
    /// Give the failure to the caller.
    Stop,
    /// Send again after `delay`, if the bucket has `cost` tokens.
    Again {
        /// The wait before it.
        delay: Duration,
        /// Tokens of the retry budget.
        cost: u32,
    },
}

impl RetryPolicy {
    /// Decides, and counts what the decision uses up. `left` is the call's remaining time; `random` is in 0..1.
    pub(crate) fn decide(
        &self,
        failure: &Failure,
        effect: Effect,
        used: &mut Used,
        left: Option<Duration>,
        random: f64,
    ) -> Decision {
        if !failure.proves_not_run() && !effect.is_repeatable() {
            return Decision::Stop;
        }
        let (delay, cost) = match failure {
            Failure::NotSent | Failure::NoAnswer | Failure::Failing => {
                if self.transient_retries.is_some_and(|most| used.transient >= most) {
                    return Decision::Stop;
                }
                used.transient += 1;
                let cost = if self.transient_retries.is_some() { bucket::TRANSIENT } else { 0 };
                (self.transient.delay(used.transient, random), cost)
            }
            Failure::Throttled { shed, wait } => {
                if used.throttled >= self.throttled_retries {
                    return Decision::Stop;
                }
                used.throttled += 1;
                let delay = match wait {
                    Some(hint) => backoff::hinted(*hint, random),
                    None => self.throttled.delay(used.throttled, random),
                };
                (delay, if *shed { 0 } else { bucket::THROTTLED })
            }
            Failure::Blocked => {
                if used.throttled >= self.throttled_retries {
                    return Decision::Stop;
                }
                used.throttled += 1;
                (self.throttled.delay(used.throttled, random), 0)
            }
            Failure::Unauthenticated { .. } => {
                if used.logins > 0 {
                    return Decision::Stop;
                }
                used.logins += 1;
                (Duration::ZERO, 0)
            }
            Failure::Final => return Decision::Stop,
        };
        if left.is_some_and(|left| left <= delay) {
            return Decision::Stop;
        }
        Decision::Again { delay, cost }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const POLICY: RetryPolicy = RetryPolicy {
        transient_retries: Some(2),
        transient: Backoff { base: Duration::from_millis(100), cap: Duration::from_secs(20) },
        throttled_retries: 10,
        throttled: Backoff { base: Duration::from_millis(500), cap: Duration::from_secs(60) },
    };

    const FAILURES: [Failure; 10] = [
        Failure::NotSent,
        Failure::NoAnswer,
        Failure::Failing,
        Failure::Throttled { shed: true, wait: None },
        Failure::Throttled { shed: true, wait: Some(Duration::from_secs(5)) },
        Failure::Throttled { shed: false, wait: None },
        Failure::Blocked,
        Failure::Unauthenticated { expired: true },
        Failure::Unauthenticated { expired: false },
        Failure::Final,
    ];

    #[test]
    fn r1_a_write_is_sent_again_only_after_proof_that_it_did_not_run() {
        for failure in &FAILURES {
            let decision = POLICY.decide(failure, Effect::Write, &mut Used::default(), None, 0.5);
            let again = matches!(decision, Decision::Again { .. });
            let proven = matches!(
                failure,
                Failure::NotSent
                    | Failure::Throttled { shed: true, .. }
                    | Failure::Blocked
                    | Failure::Unauthenticated { expired: true }
            );
            assert_eq!(again, proven, "{failure:?}");
        }
    }

    #[test]
    fn r2_r3_a_read_is_sent_three_times_and_after_sheds_eleven_times() {
        let attempts = |failure: &Failure, effect| {
            let mut used = Used::default();
            let mut attempts = 1;
            while POLICY.decide(failure, effect, &mut used, None, 0.5) != Decision::Stop {
                attempts += 1;
            }
            attempts
        };
        for effect in [Effect::Read, Effect::RepeatableWrite, Effect::NewObject] {
            let counts: Vec<u32> = FAILURES.iter().map(|failure| attempts(failure, effect)).collect();
            assert_eq!(counts, [3, 3, 3, 11, 11, 11, 11, 2, 2, 1]);
        }
    }

    #[test]
    fn r4_no_wait_passes_the_deadline() {
        let mut random = fastrand::Rng::with_seed(44);
        for _ in 0..20_000 {
            let failure = &FAILURES[random.usize(..FAILURES.len())];
            let left = Duration::from_millis(random.u64(0..10_000));
            let mut used =
                Used { transient: random.u32(0..3), throttled: random.u32(0..11), logins: random.u32(0..2) };
            let decision = POLICY.decide(failure, Effect::Read, &mut used, Some(left), random.f64());
            if let Decision::Again { delay, .. } = decision {
                assert!(delay < left, "{failure:?}");
            }
        }
    }

    #[test]
    fn r5_only_a_marked_shed_a_merge_and_a_new_login_are_free() {
        let costs: Vec<Option<u32>> = FAILURES
            .iter()
            .map(|failure| match POLICY.decide(failure, Effect::Read, &mut Used::default(), None, 0.5) {
                Decision::Again { cost, .. } => Some(cost),
                Decision::Stop => None,
            })
            .collect();
        let expected =
            [Some(14), Some(14), Some(14), Some(0), Some(0), Some(5), Some(0), Some(0), Some(0), None];
        assert_eq!(costs, expected);
    }
}
