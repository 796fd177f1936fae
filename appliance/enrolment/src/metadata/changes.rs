//! What a new BLOB changes in what is known of models.
//!
//! Guarantees: one change for each model that is new, different or gone, and none for the others; a model that
//! a BLOB leaves out keeps what was last known of it, and is marked: to be left out takes no concern away.
//! What became worse is told apart, so that its devices can be suspended.

use std::collections::{HashMap, HashSet};

use super::identity::Key;
use super::model::Model;
use super::status::Concerns;

/// What became of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It was not known.
    New,
    /// It is not as it was.
    Changed,
    /// The BLOB does not have it any more.
    Gone,
}

/// One change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change<'m> {
    /// What became of it.
    pub kind: Kind,
    /// What was known.
    pub before: Option<&'m Model>,
    /// What is known from now on; of a model that is gone, what was known, marked as not listed.
    pub after: Model,
    /// The concerns that it did not have.
    pub raised: Concerns,
    /// The compromised certificates that were not known as such, as DER.
    pub compromised: Vec<Vec<u8>>,
}

impl Change<'_> {
    /// Whether devices of the model are to be suspended: all of them if a concern that bars it is new; and
    /// those of the newly compromised certificates.
    #[must_use]
    pub fn suspends(&self) -> bool {
        self.raised.bar().is_some() || !self.compromised.is_empty()
    }
}

/// The changes from what is known to what a BLOB has, in the BLOB's order; then those that are gone.
#[must_use]
pub fn changes<'m>(known: &'m [Model], blob: &[Model]) -> Vec<Change<'m>> {
    let by_key: HashMap<Key<'_>, &'m Model> =
        known.iter().flat_map(|model| model.identity.keys().map(move |key| (key, model))).collect();
    let listed: HashSet<Key<'_>> = blob.iter().flat_map(|model| model.identity.keys()).collect();
    let of_the_blob = blob.iter().filter_map(|after| {
        // A model of attestation keys may be two that were told apart before.
        let before: Vec<_> =
            after.identity.keys().filter_map(|key| by_key.get(&key).copied()).collect();
        change(&before, after)
    });
    let is_gone =
        |model: &&Model| model.listed && !model.identity.keys().any(|key| listed.contains(&key));
    of_the_blob.chain(known.iter().filter(is_gone).map(gone)).collect()
}

fn change<'m>(known: &[&'m Model], after: &Model) -> Option<Change<'m>> {
    if known.contains(&after) {
        return None;
    }
    let held = known.iter().map(|before| before.concerns).reduce(Concerns::and);
    let is_known = |der: &Vec<u8>| known.iter().all(|before| before.compromised.contains(der));
    let is_new = |der: &&Vec<u8>| known.is_empty() || !is_known(der);
    let compromised = after.compromised.iter();
    Some(Change {
        kind: if known.is_empty() { Kind::New } else { Kind::Changed },
        before: known.first().copied(),
        after: after.clone(),
        raised: after.concerns.without(held.unwrap_or_default()),
        compromised: compromised.filter(is_new).cloned().collect(),
    })
}

fn gone(before: &Model) -> Change<'_> {
    Change {
        kind: Kind::Gone,
        before: Some(before),
        after: Model { listed: false, ..before.clone() },
        raised: Concerns::default(),
        compromised: Vec::new(),
    }
}
