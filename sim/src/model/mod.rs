//! The reference model: what may leave an appliance, judged by somebody who shares no code with it.
//!
//! It knows what the people did ([`Facts`]) and what left the appliance, and reads both by itself
//! (its own CBOR, its own hashes). A broken [`Rule`] is a [`Violation`]; a run with one has failed.
//!
//! It does not guarantee that it would notice a refusal for the wrong reason: the scenario table does.

mod cbor;
mod facts;
mod keys;
mod ledger;
mod possible;
mod reading;
mod release;
mod tree;

use std::collections::HashMap;

pub use facts::{Approval, Facts, Id, Key, Limits, Thing};
pub use keys::Keys;
pub use possible::Era;
pub use reading::{Activation, activation, challenge};
pub use release::Asked;

use ledger::Log;
use release::{Accepted, Prepared, Released};

/// What must hold, whatever happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Rule {
    /// No signature without one sound approval of exactly that activation by enough approvers.
    Approved,
    /// No approval, and no item of one, is used twice, over crashes and restores.
    Once,
    /// Every released signature is in the ledger, and the ledger is never rewritten.
    OnRecord,
    /// No limit of a policy, a lifetime or a table is exceeded.
    Limits,
    /// Nothing is released after a revocation was acknowledged.
    Revoked,
    /// The key of a signer who is erased is gone.
    Erased,
    /// Nothing secret is in any byte that leaves.
    Secret,
    /// Refusals cannot be told apart, and cost the same.
    Uniform,
    /// Queues and tables are bounded, and empty when nobody asks.
    Bounded,
    /// Of two copies of an appliance one alone gives anything away, and the other one stops.
    OneCopy,
    /// When the faults stop, work goes on.
    Progress,
    /// What decides is what the ledger says.
    Derived,
    /// What a scenario says that it expects.
    Expected,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 13] = [
        Self::Approved,
        Self::Once,
        Self::OnRecord,
        Self::Limits,
        Self::Revoked,
        Self::Erased,
        Self::Secret,
        Self::Uniform,
        Self::Bounded,
        Self::OneCopy,
        Self::Progress,
        Self::Derived,
        Self::Expected,
    ];
}

/// A rule that was broken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which.
    pub rule: Rule,
    /// How.
    pub how: String,
}

/// How a signature is checked: public key, message, signature.
pub type Verify = Box<dyn Fn(&[u8], &[u8], &[u8]) -> bool>;

/// The model.
pub struct Model {
    /// What the people did.
    pub facts: Facts,
    verify: Verify,
    secret: Vec<u8>,
    /// Rules that cannot hold here, because a fault takes away what they stand on.
    waived: Vec<Rule>,
    prepared: HashMap<[u8; 32], Prepared>,
    released: HashMap<Id, Released>,
    /// Device and signCount, and what they were accepted for.
    counts: HashMap<(u32, u32), Accepted>,
    log: Log,
    boot: u64,
    /// The newest start that has given a signature away.
    gave: u64,
    violations: Vec<Violation>,
}

impl Model {
    /// Of an appliance that must not let `secret` out.
    #[must_use]
    pub fn new(verify: Verify, secret: &[u8]) -> Self {
        Self {
            facts: Facts::default(),
            verify,
            secret: secret.to_vec(),
            waived: Vec::new(),
            prepared: HashMap::new(),
            released: HashMap::new(),
            counts: HashMap::new(),
            log: Log::default(),
            boot: 0,
            gave: 0,
            violations: Vec::new(),
        }
    }

    /// The appliance has started.
    pub const fn booted(&mut self) {
        self.boot += 1;
    }

    /// How often it has.
    #[must_use]
    pub const fn boots(&self) -> u64 {
        self.boot
    }

    /// This rule cannot hold any more.
    pub fn waive(&mut self, rule: Rule) {
        self.waived.push(rule);
    }

    /// Whether this rule was given up.
    #[must_use]
    pub fn is_waived(&self, rule: Rule) -> bool {
        self.waived.contains(&rule)
    }

    /// A rule is broken.
    pub fn broken(&mut self, rule: Rule, how: impl Into<String>) {
        let violation = Violation { rule, how: how.into() };
        // What is still so at the next look is told once.
        if !self.is_waived(rule) && !self.violations.contains(&violation) {
            self.violations.push(violation);
        }
    }

    /// The rule holds if `holds`.
    pub fn require(&mut self, holds: bool, rule: Rule, how: impl FnOnce() -> String) {
        if !holds {
            self.broken(rule, how());
        }
    }

    /// What was broken so far.
    #[must_use]
    pub fn violations(&self) -> &[Violation] {
        &self.violations
    }

    /// Signatures released so far.
    #[must_use]
    pub fn released(&self) -> usize {
        self.released.len()
    }

    /// A failure tells two bytes, and a reply nothing that is secret.
    fn judge_bytes(&mut self, bytes: &[u8]) {
        let tells = memchr::memmem::find(bytes, &self.secret).is_some();
        self.require(!tells, Rule::Secret, || "a reply holds the token's secret".into());
    }
}
