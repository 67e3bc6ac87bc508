//! The retry budget: retries stop when a server fails so much that they would only add to its load.

use std::sync::atomic::{AtomicU32, Ordering};

/// Tokens of a full bucket.
const CAPACITY: u32 = 500;

/// What a retry after a failing server or connection costs.
pub(crate) const TRANSIENT: u32 = 14;

/// What a retry costs after a 429 that does not promise that nothing ran.
pub(crate) const THROTTLED: u32 = 5;

/// Tokens shared by a client and its clones.
#[derive(Debug)]
pub(crate) struct Bucket {
    tokens: AtomicU32,
}

impl Bucket {
    pub(crate) fn full() -> Self {
        Self { tokens: AtomicU32::new(CAPACITY) }
    }

    /// Takes what a retry costs, or nothing where too little is left.
    pub(crate) fn borrow(&self, cost: u32) -> Option<Loan<'_>> {
        self.tokens
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |tokens| tokens.checked_sub(cost))
            .ok()
            .map(|_| Loan { bucket: self, cost })
    }

    /// Adds a token for a call that went well at the first try.
    pub(crate) fn reward(&self) {
        self.put(1);
    }

    /// The tokens that are left.
    #[cfg(test)]
    pub(crate) fn tokens(&self) -> u32 {
        self.tokens.load(Ordering::Relaxed)
    }

    fn put(&self, tokens: u32) {
        let _ = self.tokens.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |before| {
            Some((before + tokens).min(CAPACITY))
        });
    }
}

/// What a retry took from the bucket. It goes back when the retry succeeds or its call is dropped.
#[derive(Debug)]
pub(crate) struct Loan<'a> {
    bucket: &'a Bucket,
    cost: u32,
}

impl Loan<'_> {
    /// Keeps the tokens out of the bucket: the retry failed too.
    pub(crate) fn spend(mut self) {
        self.cost = 0;
    }
}

impl Drop for Loan<'_> {
    fn drop(&mut self) {
        self.bucket.put(self.cost);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn r5_a_dead_server_gets_35_retries_and_an_overloaded_one_100() {
        for (cost, retries) in [(TRANSIENT, 35), (THROTTLED, 100)] {
            let bucket = Bucket::full();
            let mut sent = 0;
            while let Some(loan) = bucket.borrow(cost) {
                loan.spend();
                sent += 1;
            }
            assert_eq!(sent, retries);
        }
    }

    #[test]
    fn a_loan_goes_back_unless_it_is_spent() {
        let bucket = Bucket::full();
        drop(bucket.borrow(TRANSIENT));
        assert_eq!(bucket.tokens(), CAPACITY);
        bucket.borrow(TRANSIENT).unwrap().spend();
        bucket.reward();
        assert_eq!(bucket.tokens(), CAPACITY - TRANSIENT + 1);
        (0..100).for_each(|_| bucket.reward());
        assert_eq!(bucket.tokens(), CAPACITY);
    }
}
