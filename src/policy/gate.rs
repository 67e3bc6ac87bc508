//! The gate that a server's "too many requests" closes for a whole client.

use crate::config::Priority;
use std::sync::Mutex;
use tokio::time::Instant;

/// For each priority, until when its calls wait.
#[derive(Debug, Default)]
pub(crate) struct Gate {
    closed_until: Mutex<[Option<Instant>; 3]>,
}

impl Gate {
    /// Holds back calls of this priority and lower ones. It never opens earlier than another close said.
    pub(crate) fn close(&self, priority: Priority, until: Instant) {
        let mut closed_until = self.closed_until.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        for slot in &mut closed_until[..=index(priority)] {
            *slot = (*slot).max(Some(until));
        }
    }

    /// When calls of this priority may go; `None` is at once.
    pub(crate) fn opens(&self, priority: Priority) -> Option<Instant> {
        let closed_until = self.closed_until.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        closed_until[index(priority)].filter(|until| *until > Instant::now())
    }
}

fn index(priority: Priority) -> usize {
    match priority {
        Priority::Low => 0,
        Priority::Medium => 1,
        Priority::High => 2,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    #[tokio::test(start_paused = true)]
    async fn r3_a_shed_holds_back_the_same_priority_and_lower_ones() {
        let gate = Gate::default();
        let until = Instant::now() + Duration::from_secs(5);
        gate.close(Priority::Medium, until);
        gate.close(Priority::Medium, until - Duration::from_secs(3));
        assert_eq!(gate.opens(Priority::Low), Some(until));
        assert_eq!(gate.opens(Priority::Medium), Some(until));
        assert_eq!(gate.opens(Priority::High), None);
        tokio::time::advance(Duration::from_secs(5)).await;
        assert_eq!(gate.opens(Priority::Low), None);
    }
}
