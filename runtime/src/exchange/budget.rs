//! How many resends after a failure of the service a client can afford: each costs, each success earns a little. A service
//! that is down is not asked thrice by everybody. What it has refused for now (429), and what it never got, is not charged.

use std::sync::atomic::{AtomicU32, Ordering};

const FULL: u32 = 500;
const COST: u32 = 5;
const EARNED: u32 = 1;

/// What is left for resends; shared by all calls of a client.
#[derive(Debug)]
pub(crate) struct Budget(AtomicU32);

impl Budget {
    pub(crate) fn new() -> Self {
        Budget(AtomicU32::new(FULL))
    }

    /// Pays for a resend, if there is enough.
    pub(crate) fn pay(&self) -> bool {
        self.0.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(COST)).is_ok()
    }

    /// A call has succeeded.
    pub(crate) fn earn(&self) {
        if self.0.load(Ordering::Relaxed) < FULL {
            let _ =
                self.0.try_update(Ordering::Relaxed, Ordering::Relaxed, |left| (left < FULL).then_some(left + EARNED));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Budget, COST, FULL};

    #[test]
    fn r07_it_is_spent_and_earned_back() {
        let budget = Budget::new();
        budget.earn();
        let paid = (0..1000).filter(|_| budget.pay()).count() as u32;
        assert_eq!(paid, FULL / COST);
        for _ in 0..COST {
            assert!(!budget.pay());
            budget.earn();
        }
        assert!(budget.pay());
        assert!(!budget.pay());
    }
}
