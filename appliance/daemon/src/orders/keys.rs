//! Orders about signing keys: made in the token first, then recorded.

use countersign_core::entry::Key;
use countersign_core::port::{Crypto, TokenFault};
use countersign_core::suite;
use countersign_protocol::admin::{Answer, KeyCreate, KeyCreated, KeyPolicy, SetStanding};
use countersign_protocol::approvers::Approvers;
use countersign_protocol::change::{self, Place, Standing};
use countersign_protocol::limits::{APPROVERS_MAX, HEAD_BYTES_MAX};
use countersign_protocol::policy::{Policy, WitnessCount};
use countersign_protocol::{Bounded, KeyId, Name, Sequence, SignerId, Suite, canonical};
use countersign_registry::{Change, Conflict, Registry, Table};

use super::{DEFAULT_TENANT, OrderError, Proposed, not_pending, proposed, signer};
use crate::appliance::Appliance;
use crate::contents::encode;
use crate::ground::{Ground, Hsm};

pub(super) fn standing<C: Crypto>(registry: &Registry<C>, order: &SetStanding<'_>) -> Proposed {
    let key = active_key(registry, order.name)?;
    let standing = order.standing;
    not_pending(standing)?;
    let policy = policy_of(registry, &key)?;
    changed(order.name, &Key { standing, ..key }, policy)
}

pub(super) fn policy<C: Crypto>(
    registry: &Registry<C>,
    order: &KeyPolicy<'_>,
    witnesses: usize,
) -> Proposed {
    witnessed(&order.policy, witnesses)?;
    let key = active_key(registry, order.name)?;
    changed(order.name, &key, order.policy)
}

/// The key of this name, unless it is revoked.
fn active_key<C: Crypto>(registry: &Registry<C>, name: Name<'_>) -> Result<Key, OrderError> {
    let key = registry.key_named(name.as_str()).ok_or(Conflict::Unknown(Table::Keys))?;
    let revoked = key.standing == Standing::Revoked;
    if revoked { Err(OrderError::Revoked(Table::Keys)) } else { Ok(key) }
}

/// The key's policy, as it is on record.
pub(super) fn policy_of<'r, C: Crypto>(
    registry: &'r Registry<C>,
    key: &Key,
) -> Result<Policy<'r>, OrderError> {
    let written = registry.written_policy(&key.id).unwrap_or_default();
    Ok(canonical::decode(written).map_err(Conflict::from)?)
}

/// A policy allows nothing that its key cannot do.
fn fits(policy: &Policy<'_>, suite: Suite) -> Result<(), OrderError> {
    let own = policy.suites.iter().all(|allowed| allowed == suite);
    own.then_some(()).ok_or(OrderError::Suite(suite))
}

/// It asks for no more witnesses than the appliance asks: else its key's signatures would never be given.
pub(super) fn witnessed(policy: &Policy<'_>, configured: usize) -> Result<(), OrderError> {
    let needed = usize::from(policy.witnesses.map_or(0, WitnessCount::get));
    if needed <= configured { Ok(()) } else { Err(OrderError::Witnesses { needed, configured }) }
}

/// The record of a key with this policy.
pub(super) fn changed(name: Name<'_>, key: &Key, policy: Policy<'_>) -> Proposed {
    fits(&policy, key.suite)?;
    let mut room = [0; APPROVERS_MAX * HEAD_BYTES_MAX];
    let ids = Sequence::from_values(&key.approvers.ids, &mut room).map_err(Conflict::from)?;
    let approvers = Approvers::new(ids, key.approvers.threshold).ok_or(OrderError::Approvers)?;
    proposed(&Change::Key(change::Key {
        id: key.id,
        tenant: key.tenant,
        name,
        suite: key.suite,
        place: key.place,
        public_key: Bounded::new(&key.public_key).ok_or(Conflict::NotCanonical)?,
        approvers,
        policy,
        standing: key.standing,
    }))
}

/// Makes the key in the token first, then its record: a key without record signs nothing. Gives the
/// encoded answer.
pub(super) async fn create<G: Ground>(
    appliance: &Appliance<G>,
    order: &KeyCreate<'_>,
) -> Result<Vec<u8>, OrderError> {
    use countersign_core::port::Guarded;
    let books = &appliance.books;
    let ids = books.with(|state| approvers(&state.registry, order))?;
    if !appliance.crypto.has(suite::algorithm(order.suite)) {
        return Err(Conflict::Algorithm(order.suite).into());
    }
    // Before the token makes what nobody would use.
    fits(&order.policy, order.suite)?;
    witnessed(&order.policy, appliance.witnesses_configured())?;
    let id = KeyId(appliance.token.random::<16>().await?);
    let token = appliance.token.clone();
    let suite = order.suite;
    let made = G::apart(move || token.create_signer_key(id, suite)).await;
    let interrupted = TokenFault { function: "C_GenerateKeyPair", code: TokenFault::NO_CODE };
    let public_key = made.ok_or(interrupted)??;
    let key = Key {
        id,
        tenant: DEFAULT_TENANT,
        suite,
        place: Place::Resident(id),
        public_key,
        approvers: countersign_core::entry::ApproverSet { ids, threshold: order.threshold },
        standing: Standing::Active,
        ..Key::dummy()
    };
    let index = books.change(|_| changed(order.name, &key, order.policy)).await?;
    let public_key = Bounded::new(&key.public_key).ok_or(Conflict::NotCanonical)?;
    Ok(encode(&Answer::KeyCreated(KeyCreated { index, key: id, public_key })))
}

/// The approvers of a new key, ascending; checked before the token makes anything.
fn approvers<C: Crypto>(
    registry: &Registry<C>,
    order: &KeyCreate<'_>,
) -> Result<heapless::Vec<SignerId, APPROVERS_MAX>, OrderError> {
    if registry.key_named(order.name.as_str()).is_some() {
        return Err(Conflict::NameTaken(Table::Keys).into());
    }
    let ids: Result<std::collections::BTreeSet<_>, _> =
        order.signers.iter().map(|name| signer(registry, name)).collect();
    let ids = ids?;
    let reachable = (1..=ids.len()).contains(&usize::from(order.threshold));
    reachable.then(|| ids.into_iter().collect()).ok_or(OrderError::Approvers)
}

/// The record that revokes a key.
pub(super) fn revoked<C: Crypto>(registry: &Registry<C>, name: Name<'_>, key: &Key) -> Proposed {
    let revoked = Key { standing: Standing::Revoked, ..key.clone() };
    changed(name, &revoked, policy_of(registry, key)?)
}
