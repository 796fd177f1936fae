//! Assertions, on devices that stay. Which length or parameter set of a class it is, is chance.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result};
use countersign_device::{Algorithm, Authenticator};

use super::RP_IDS;
use crate::case::{Brought, Case, Class, Enrolled};
use crate::mutation::{self, Mutation};

/// Makes assertions.
pub struct Assertions {
    devices: Vec<(Algorithm, Authenticator, &'static str)>,
    plan: Vec<(&'static Mutation, Class)>,
}

impl Assertions {
    /// With devices that follow from chance.
    pub fn new(chance: &mut fastrand::Rng) -> Self {
        let all = RP_IDS.into_iter().flat_map(|rp_id| Algorithm::ALL.map(|one| (one, rp_id)));
        let devices = all.map(|(algorithm, rp_id)| {
            let mut seed = [0; 32];
            chance.fill(&mut seed);
            let origin = format!("https://{rp_id}");
            (algorithm, Authenticator::from_seed_of(algorithm, &seed, rp_id, &origin), rp_id)
        });
        Self { devices: devices.collect(), plan: plan() }
    }

    /// How many a round has.
    pub fn round() -> u64 {
        plan().len() as u64
    }

    /// The assertion of this place, under this number.
    ///
    /// # Errors
    /// When there is none: a table is empty.
    pub fn case(&self, id: u64, place: u64, chance: &mut fastrand::Rng) -> Result<Case> {
        let place = usize::try_from(place % Self::round())?;
        let (mutation, class) = *self.plan.get(place).context("there are no mutations")?;
        let of_it = self.devices.iter().filter(|(one, ..)| Class::from(*one) == class);
        let of_it: Vec<_> = of_it.collect();
        let chosen = chance.usize(..of_it.len().max(1));
        let (_, device, rp_id) = of_it.get(chosen).context("no device of this algorithm")?;
        let asked = super::asked(chance, rp_id);
        let mut enrolled = enrolled(chance, device);
        let mut approval = device.honest();
        approval.flags.be = enrolled.backup_eligible;
        approval.flags.bs = enrolled.backup_eligible && chance.bool();
        approval.sign_count = enrolled.sign_count + chance.u32(1..100);
        let assertion = mutation.asserted(device, &asked, &mut enrolled, approval);
        let brought = Brought::Assertion { enrolled, assertion };
        Ok(Case { id, class, mutation: mutation.name, asked, brought })
    }
}

/// Each mutation with each class that has it.
fn plan() -> Vec<(&'static Mutation, Class)> {
    let with = |mutation: &'static Mutation| {
        let algorithms = Algorithm::ALL.into_iter().filter(|one| mutation.exists_with(*one));
        let classes: BTreeSet<_> = algorithms.map(Class::from).collect();
        classes.into_iter().map(move |class| (mutation, class))
    };
    mutation::all().flat_map(with).collect()
}

fn enrolled(chance: &mut fastrand::Rng, device: &Authenticator) -> Enrolled {
    Enrolled {
        cose_key: device.credential().public_key_cose,
        sign_count: chance.u32(2..1_000_000),
        backup_eligible: chance.bool(),
    }
}
