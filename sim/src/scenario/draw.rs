//! A scenario from a seed.

use super::{Deed, Errand, Event, Scenario};
use crate::random;

/// Who is against the appliance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Adversary {
    /// Everything that can go wrong.
    #[default]
    All,
    /// Hostile front-ends and devices, on a good machine.
    Only,
}

/// The scenario of this seed.
#[must_use]
pub fn draw(seed: u64, adversary: Adversary) -> Scenario {
    let _ = (random::stream(seed, "scenario", 0), adversary);
    let events = (0..20)
        .map(|n| Event {
            at: n * 100,
            number: n,
            deed: Deed::Sign(Errand::default()),
            expect: None,
        })
        .collect();
    Scenario {
        about: String::new(),
        seed,
        layer: super::Layer::Core,
        house: super::House::default(),
        events,
    }
}
