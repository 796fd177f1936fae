//! Cases from a seed: each mutation with each class of algorithms, round after round, on devices that stay.
//!
//! Guarantees: the same seed gives the same cases; a whole round has every mutation with every class. Which
//! length or parameter set of the class it is, is chance.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use countersign_device::{Algorithm, Authenticator};

use crate::case::{Case, Known, class};
use crate::mutation::{self, Mutation};

const RP_IDS: [&str; 2] = ["approve.example", "sign.bank.example"];

/// Makes cases.
pub struct Generator {
    chance: fastrand::Rng,
    devices: Vec<(Algorithm, Authenticator, &'static str)>,
    plan: Vec<(&'static Mutation, &'static str)>,
    next: u64,
}

impl Generator {
    /// The cases of this seed.
    pub fn new(seed: u64) -> Self {
        let mut chance = fastrand::Rng::with_seed(seed);
        let all = RP_IDS.into_iter().flat_map(|rp_id| Algorithm::ALL.map(|one| (one, rp_id)));
        let devices = all.map(|(algorithm, rp_id)| {
            let mut seed = [0; 32];
            chance.fill(&mut seed);
            let origin = format!("https://{rp_id}");
            (algorithm, Authenticator::from_seed_of(algorithm, &seed, rp_id, &origin), rp_id)
        });
        Self { devices: devices.collect(), chance, plan: plan(), next: 0 }
    }

    /// How many cases a round has.
    pub fn round() -> u64 {
        plan().len() as u64
    }

    /// The next case.
    ///
    /// # Errors
    /// When there is none: a table is empty.
    pub fn case(&mut self) -> Result<Case> {
        let id = self.next;
        self.next += 1;
        let place = usize::try_from(id % Self::round())?;
        let (mutation, wanted) = *self.plan.get(place).context("there are no mutations")?;
        let of_it = self.devices.iter().filter(|(one, ..)| class(*one) == wanted);
        let of_it: Vec<_> = of_it.collect();
        let chosen = self.chance.usize(..of_it.len().max(1));
        let (algorithm, device, rp_id) =
            of_it.get(chosen).context("no device of this algorithm")?;
        let mut known = known(&mut self.chance, device, rp_id);
        let mut approval = device.honest();
        approval.flags.be = known.backup_eligible;
        approval.flags.bs = known.backup_eligible && self.chance.bool();
        approval.sign_count = known.sign_count + self.chance.u32(1..100);
        let assertion = mutation.made(device, &mut known, approval);
        Ok(Case { id, algorithm: *algorithm, mutation: mutation.name, known, assertion })
    }
}

/// Each mutation with each class that has it.
fn plan() -> Vec<(&'static Mutation, &'static str)> {
    let with = |mutation: &'static Mutation| {
        let algorithms = Algorithm::ALL.into_iter().filter(|one| mutation.exists_with(*one));
        let classes: BTreeSet<_> = algorithms.map(class).collect();
        classes.into_iter().map(move |class| (mutation, class))
    };
    mutation::all().flat_map(with).collect()
}

fn known(chance: &mut fastrand::Rng, device: &Authenticator, rp_id: &str) -> Known {
    let mut challenge = [0; 32];
    chance.fill(&mut challenge);
    // In base64url `-_`: the digits in which the two alphabets differ.
    [challenge[0], challenge[1]] = [0xfb, 0xff];
    Known {
        cose_key: device.credential().public_key_cose,
        rp_id: rp_id.to_owned(),
        origin: format!("https://{rp_id}"),
        challenge,
        sign_count: chance.u32(2..1_000_000),
        backup_eligible: chance.bool(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_cases() {
        let lines = |seed| {
            let mut generator = Generator::new(seed);
            (0..50).map(|_| generator.case().unwrap().line().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(lines(1), lines(1));
        assert_ne!(lines(1), lines(2));
    }
}
