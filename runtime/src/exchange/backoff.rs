//! How long to wait before the next attempt: full jitter, so that clients which failed together do not return together.

use std::time::Duration;

/// The most that the wait after so many failures can be: doubled each time, and capped.
pub(crate) fn ceiling(base: Duration, cap: Duration, failures: u32) -> Duration {
    let factor = 1_u32.checked_shl(failures).filter(|factor| *factor > 0);
    factor.map_or(cap, |factor| base.saturating_mul(factor)).min(cap)
}

/// Random numbers, good enough to spread waits (SplitMix64).
#[derive(Debug, Clone)]
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Any time up to this one, each as likely as any other.
    pub(crate) fn up_to(&mut self, most: Duration) -> Duration {
        let nanos = u64::try_from(most.as_nanos()).unwrap_or(u64::MAX);
        let share = (u128::from(nanos) + 1) * u128::from(self.roll());
        // The upper half of the product is at most `nanos`.
        Duration::from_nanos((share >> 64) as u64)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Dice, ceiling};

    proptest! {
        #[test]
        fn r06_a_wait_is_between_nothing_and_its_ceiling(
            base in 1_u64..=3_600_000_000_000,
            cap in 1_u64..=u64::MAX,
            failures in prop_oneof![0_u32..80, Just(u32::MAX), any::<u32>()],
            seed: u64,
        ) {
            let (base, cap) = (Duration::from_nanos(base), Duration::from_nanos(cap));
            let most = ceiling(base, cap, failures);
            let exact = base.as_nanos().saturating_mul(1_u128.checked_shl(failures.min(120)).unwrap_or(u128::MAX));
            // From 2^32 on it is the cap, whatever the base.
            let expected = if failures < 32 { exact.min(cap.as_nanos()) } else { cap.as_nanos() };
            prop_assert_eq!(most.as_nanos(), expected);
            prop_assert!(Dice::new(seed).up_to(most) <= most);
        }
    }

    #[test]
    fn r06_waits_are_spread() {
        let mut dice = Dice::new(1);
        let most = Duration::from_millis(1000);
        let waits: Vec<_> = (0..1000).map(|_| dice.up_to(most).as_millis()).collect();
        for tenth in 0..10 {
            let count = waits.iter().filter(|wait| **wait / 100 == tenth).count();
            assert!((50..150).contains(&count), "{count} of 1000 waits in the tenth {tenth}");
        }
    }
}
