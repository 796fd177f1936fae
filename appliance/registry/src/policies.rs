//! Keys' policies, as they are on record and as they are evaluated: keys that have the same one share it.
//!
//! Guarantee to whoever asks for one: it is read once, when it comes on record; to look at it later costs the same whatever it says.

use std::collections::BTreeMap;
use std::sync::{Arc, Weak};

use countersign_core::policy::Rules;
use countersign_protocol::policy::Policy;
use countersign_protocol::{Digest, minicbor};

/// A policy.
pub(crate) struct Stated {
    /// As it is on record.
    pub(crate) written: Box<[u8]>,
    /// As it is evaluated.
    pub(crate) rules: Rules,
}

/// Those that keys have, by their digests.
#[derive(Default)]
pub(crate) struct Policies(BTreeMap<Digest, Weak<Stated>>);

impl Policies {
    /// The policy with this digest: the one that another key has, if there is one.
    pub(crate) fn share(&mut self, digest: Digest, policy: &Policy<'_>) -> Arc<Stated> {
        if let Some(shared) = self.0.get(&digest).and_then(Weak::upgrade) {
            return shared;
        }
        // Those that no key has any more go when there would be twice as many.
        if self.0.len().is_power_of_two() {
            self.0.retain(|_, policy| policy.strong_count() > 0);
        }
        let written = minicbor::to_vec(policy).unwrap_or_default().into();
        let stated = Arc::new(Stated { written, rules: Rules::from(policy) });
        self.0.insert(digest, Arc::downgrade(&stated));
        stated
    }
}
