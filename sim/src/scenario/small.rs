//! A scenario made small, for where time is real: the same people and faults, fewer and sooner.
//!
//! Guarantee: the order of what is left is as it was.

use super::{Cut, Deed, Errand, Event, Hoard, House, Scenario, TokenTrouble, Trick};
use crate::machine::TokenFault;

/// When the last event comes, at the latest.
const HORIZON_MS: u64 = 5_000;
/// Errands, and other deeds, that are left.
const ERRANDS_MAX: usize = 40;
const OTHERS_MAX: usize = 8;
/// How long anybody reads, and how long who comes too late waits at least.
const THINK_MS_MAX: u32 = 700;
const LATE_MS: u32 = 1_000;
/// How long it is dark.
const DARK_MS_MAX: u32 = 1_500;
/// Requests of one who asks for much.
const MANY_MAX: u32 = 40;
/// Signers and front-ends.
const PEOPLE_MAX: u32 = 3;

impl Scenario {
    /// It in a few seconds.
    #[must_use]
    pub fn small(mut self) -> Self {
        let House { signers, portals, joint, .. } = self.house;
        self.house.signers = signers.min(PEOPLE_MAX);
        self.house.portals = portals.min(PEOPLE_MAX);
        self.house.joint = joint.min(self.house.signers as u8);
        self.house.crowd = 0;
        let (mut errands, mut others) = (0, 0);
        // The peace at the end stays.
        let peace = self.events.pop();
        self.events.retain(|event| {
            let (count, most) = match event.deed {
                Deed::Sign(_) => (&mut errands, ERRANDS_MAX),
                _ => (&mut others, OTHERS_MAX),
            };
            *count += 1;
            *count <= most && is_possible(&event.deed)
        });
        self.events.extend(peace);
        let last = self.events.iter().map(|event| event.at).max().unwrap_or(0);
        for event in &mut self.events {
            soon(event, last);
            shorten(&mut event.deed, &self.house);
        }
        self
    }
}

/// Whether a real program can be met with it.
const fn is_possible(deed: &Deed) -> bool {
    !matches!(
        deed,
        Deed::Disk(_)
            | Deed::Image(_)
            | Deed::Clock(_)
            | Deed::Network(_)
            | Deed::Token(TokenTrouble::BackedUp | TokenTrouble::Restored)
    )
}

/// At its part of the time that there is.
fn soon(event: &mut Event, last: u64) {
    if last > HORIZON_MS {
        event.at = event.at.saturating_mul(HORIZON_MS) / last;
    }
}

fn shorten(deed: &mut Deed, house: &House) {
    match deed {
        Deed::Sign(errand) => shorten_errand(errand, house),
        Deed::Hoard(Hoard { portal, key, count }) => {
            *portal %= house.portals;
            *key %= house.keys();
            *count = (*count).min(MANY_MAX);
        }
        Deed::Flood(flood) => flood.count = flood.count.min(MANY_MAX),
        Deed::Cut(Cut { down_ms, .. }) => *down_ms = (*down_ms).min(DARK_MS_MAX),
        Deed::Token(TokenTrouble::At { fault: TokenFault::Hangs, times, .. }) => *times = 1,
        _ => {}
    }
}

fn shorten_errand(errand: &mut Errand, house: &House) {
    errand.portal %= house.portals;
    errand.key %= house.keys();
    errand.think_ms = errand.think_ms.min(THINK_MS_MAX);
    if errand.trick == Trick::Late {
        errand.lifetime_ms = LATE_MS;
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Adversary, Layer, draw};

    #[test]
    fn what_is_drawn_for_a_real_program_takes_seconds_and_is_as_varied() {
        let drawn: Vec<_> = (0..100).map(|s| draw(s, Adversary::All, Layer::Daemon)).collect();
        for scenario in &drawn {
            assert!(scenario.events.is_sorted_by_key(|event| event.number));
            assert!(scenario.events.len() < 100 && scenario.house.signers <= 3);
            assert!(scenario.events.iter().all(|event| event.at <= 5_000));
        }
        let has = |what: &str| drawn.iter().filter(|s| s.text().contains(what)).count();
        for what in ["cut =", "token =", "order =", "flood =", "hoard =", "trick ="] {
            assert!(has(what) >= 10, "{what}: {}", has(what));
        }
    }
}
