//! Cases from a seed: assertions, and registrations evenly among them; each mutation with each class that has it,
//! round after round.
//!
//! Guarantees: the same seed asks the same questions; a whole round has every mutation with every class. The
//! certificates' keys are new each time, and so are the signatures of ECDSA that the authority makes.

mod assertions;
mod registrations;

use anyhow::{Result, ensure};

use self::assertions::Assertions;
use self::registrations::Registrations;
use crate::case::{Asked, Case};

const RP_IDS: [&str; 2] = ["approve.example", "sign.bank.example"];

/// How many cases.
#[derive(Clone, Copy)]
pub struct Counts {
    /// Assertions.
    pub assertions: u64,
    /// Registrations.
    pub registrations: u64,
}

/// Makes cases.
pub struct Generator {
    chance: fastrand::Rng,
    assertions: Assertions,
    registrations: Registrations,
    counts: Counts,
    next: u64,
}

impl Counts {
    /// So many assertions, and one registration for two of them: there are fewer of them to a round.
    pub const fn of(assertions: u64) -> Self {
        Self { assertions, registrations: assertions / 2 }
    }

    /// Of both.
    pub const fn all(self) -> u64 {
        self.assertions + self.registrations
    }

    /// How many of the first cases are registrations. One verifier is slower with them, another with assertions:
    /// among each other they keep none waiting.
    const fn registrations_among(self, cases: u64) -> u64 {
        cases * self.registrations / self.all()
    }

    /// Whether they are whole rounds at least.
    ///
    /// # Errors
    /// When they are not.
    pub fn check(self) -> Result<()> {
        let Self { assertions, registrations } = self;
        let whole = Self { assertions: Assertions::round(), registrations: Registrations::round() };
        ensure!(
            assertions >= whole.assertions && registrations >= whole.registrations,
            "{assertions} assertions and {registrations} registrations do not meet every mutation: there are {} \
             and {} to meet",
            whole.assertions,
            whole.registrations
        );
        Ok(())
    }
}

impl Generator {
    /// The cases of this seed.
    pub fn new(seed: u64, counts: Counts) -> Self {
        let mut chance = fastrand::Rng::with_seed(seed);
        let assertions = Assertions::new(&mut chance);
        Self { assertions, registrations: Registrations::new(), chance, counts, next: 0 }
    }

    /// The next case.
    ///
    /// # Errors
    /// When there is none: a table is empty.
    pub fn case(&mut self) -> Result<Case> {
        let Self { chance, assertions, registrations, counts, next: id } = self;
        let [before, after] = [*id, *id + 1].map(|cases| counts.registrations_among(cases));
        let case = if after > before {
            registrations.case(*id, before, chance)
        } else {
            assertions.case(*id, *id - before, chance)
        };
        *id += 1;
        case
    }
}

fn asked(chance: &mut fastrand::Rng, rp_id: &str) -> Asked {
    let mut challenge = [0; 32];
    chance.fill(&mut challenge);
    // In base64url `-_`: the digits in which the two alphabets differ.
    [challenge[0], challenge[1]] = [0xfb, 0xff];
    Asked { rp_id: rp_id.to_owned(), origin: format!("https://{rp_id}"), challenge }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Brought;

    /// What a case asks: all of an assertion; of a registration, what is not chance's.
    fn question(case: &Case) -> String {
        match &case.brought {
            Brought::Assertion { .. } => case.line().unwrap(),
            Brought::Registration { anchors, registration } => format!(
                "{} with {:?} of {:?}, {}",
                case.mutation,
                case.class,
                registration.client_data_json,
                anchors.len()
            ),
        }
    }

    #[test]
    fn the_same_seed_asks_the_same_questions() {
        let questions = |seed| {
            let mut generator = Generator::new(seed, Counts { assertions: 50, registrations: 50 });
            (0..100).map(|_| question(&generator.case().unwrap())).collect::<Vec<_>>()
        };
        let [once, again, other] = [1, 1, 2].map(questions);
        assert_eq!(once, again);
        // Two questions with an empty challenge may be the same one.
        let same = once.iter().zip(&other).filter(|(one, other)| one == other).count();
        assert!(same < 3, "{same}");
    }

    #[test]
    fn less_than_a_round_is_refused() {
        assert!(Counts::of(1_000).check().is_ok());
        assert!(Counts { registrations: 1, ..Counts::of(1_000) }.check().is_err());
        assert!(Counts { assertions: 1, ..Counts::of(1_000) }.check().is_err());
    }
}
