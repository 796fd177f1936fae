//! Shrinking: fewer events, fewer people, and still the same rule is broken.
//!
//! Guarantee: what is left fails for the same rule, and no event (and no half of them) can be taken out
//! without that it holds again, as far as the budget went.

use crate::model::Rule;
use crate::run::{self, Options};
use crate::scenario::{Deed, DeviceMode, Errand, House, Scenario, Trick};

/// Runs that one shrinking may take.
const RUNS_MAX: u32 = 3_000;

/// A smaller scenario that breaks the same rule; none if this one does not break it, or comes to something
/// else each time.
#[must_use]
pub fn shrink(scenario: &Scenario, rule: Rule, options: Options) -> Option<Scenario> {
    run::repeatable(scenario.layer).ok()?;
    let mut search = Search { rule, options: Options { trace: false, ..options }, runs: 0 };
    if !search.breaks(scenario) {
        return None;
    }
    let mut smallest = scenario.clone();
    loop {
        let before = smallest.clone();
        search.fewer_events(&mut smallest);
        search.smaller_house(&mut smallest);
        search.plainer_errands(&mut smallest);
        search.sooner(&mut smallest);
        if smallest == before || search.runs >= RUNS_MAX {
            return Some(smallest);
        }
    }
}

struct Search {
    rule: Rule,
    options: Options,
    runs: u32,
}

impl Search {
    fn breaks(&mut self, scenario: &Scenario) -> bool {
        self.runs += 1;
        let run = run::run(scenario, self.options);
        let broken = |run: run::Run| run.violations.iter().any(|v| v.rule == self.rule);
        run.is_ok_and(broken)
    }

    /// Takes the smaller one if it still fails.
    fn take(&mut self, smallest: &mut Scenario, smaller: Scenario) -> bool {
        let better = self.runs < RUNS_MAX && smaller != *smallest && self.breaks(&smaller);
        if better {
            *smallest = smaller;
        }
        better
    }

    /// Delta debugging (Zeller): pieces of half the events, of a quarter, down to single ones.
    fn fewer_events(&mut self, smallest: &mut Scenario) {
        let mut piece = smallest.events.len().div_ceil(2);
        while piece > 0 {
            let mut at = 0;
            while at < smallest.events.len() {
                let mut smaller = smallest.clone();
                let end = (at + piece).min(smaller.events.len());
                smaller.events.drain(at..end);
                if !self.take(smallest, smaller) {
                    at += piece;
                }
            }
            piece = if piece == 1 { 0 } else { piece.div_ceil(2) };
        }
    }

    fn smaller_house(&mut self, smallest: &mut Scenario) {
        let house = smallest.house.clone();
        let plainer = [
            House { crowd: 0, ..house.clone() },
            House { joint: 0, ..house.clone() },
            House { tpm: false, ..house.clone() },
            House { suites: vec!["ESP256".to_owned()], ..house.clone() },
            of_signers(&house, 1),
            of_signers(&house, house.signers.div_ceil(2)),
            House { portals: 1, ..house },
        ];
        for house in plainer {
            let smaller = Scenario { house, ..smallest.clone() };
            self.take(smallest, smaller);
        }
    }

    /// What comes first comes at once.
    fn sooner(&mut self, smallest: &mut Scenario) {
        let first = smallest.events.iter().map(|event| event.at).min().unwrap_or(0);
        let mut smaller = smallest.clone();
        smaller.events.iter_mut().for_each(|event| event.at -= first);
        self.take(smallest, smaller);
    }

    /// An errand as it should be says less than one that is odd.
    fn plainer_errands(&mut self, smallest: &mut Scenario) {
        for at in 0..smallest.events.len() {
            let Some(Deed::Sign(errand)) = smallest.events.get(at).map(|e| e.deed.clone()) else {
                continue;
            };
            let plainer = [
                Errand { device: DeviceMode::Honest, ..errand.clone() },
                Errand { trick: Trick::None, ..errand.clone() },
                Errand { items: 1, ..errand },
            ];
            for errand in plainer {
                let mut smaller = smallest.clone();
                if let Some(event) = smaller.events.get_mut(at) {
                    event.deed = Deed::Sign(errand);
                }
                self.take(smallest, smaller);
            }
        }
    }
}

/// With fewer signers, who may also be asked for fewer approvals together.
fn of_signers(house: &House, signers: u32) -> House {
    let joint = house.joint.min(u8::try_from(signers).unwrap_or(u8::MAX));
    House { signers, joint, ..house.clone() }
}
