//! Officers' orders, one function each: from names to the whole new value of one thing.
//!
//! Pre-quorum: one officer's certificate is enough, until officers' orders exist. The registry checks
//! each change against what is there; officers are told why one is declined.

use countersign_core::entry::Key;
use countersign_core::port::{Crypto, TokenFault};
use countersign_core::suite;
use countersign_protocol::admin::{
    Answer, Declined, DeviceEnrol, Done, FrontEndAdd, Grant, KeyCreate, KeyCreated, KeyPolicy,
    Order, SetStanding, SignerAdd,
};
use countersign_protocol::approvers::Approvers;
use countersign_protocol::change::{self, Place, Standing};
use countersign_protocol::limits::{APPROVERS_MAX, HEAD_BYTES_MAX};
use countersign_protocol::policy::{Policy, Suites};
use countersign_protocol::record::Kind;
use countersign_protocol::{Bounded, KeyId, Name, Sequence, SignerId, Suite, TenantId};
use countersign_registry::{Change, Conflict, Registry, Table};
use countersign_token::KeyError;

use crate::appliance::Appliance;
use crate::books::ChangeError;
use crate::contents::encode;
use crate::ground::{Ground, Hsm};

/// The tenant of everything that officers add, until tenants are administered.
pub(crate) const DEFAULT_TENANT: TenantId = TenantId(1);

/// Why an order is declined.
#[derive(Debug, thiserror::Error)]
pub(crate) enum OrderError {
    #[error(transparent)]
    Change(#[from] ChangeError),
    #[error("the token does not answer: {0}; see the appliance's log")]
    Token(#[from] TokenFault),
    #[error("the token did not make the key: {0}")]
    Key(#[from] KeyError),
    #[error("the credential was made for another rpId than this appliance's; enrol at its page")]
    RpId,
    #[error("a revoked {0} stays revoked; add another one")]
    Revoked(Table),
    #[error("only a device is pending, and only until it is activated; suspend it instead")]
    Pending,
    #[error("the key signs with {0} alone; let its policy allow exactly that (--suite {0})")]
    Suite(Suite),
    #[error("the threshold must be between 1 and the number of different signers")]
    Approvers,
}

impl From<Conflict> for OrderError {
    fn from(conflict: Conflict) -> Self {
        ChangeError::from(conflict).into()
    }
}

type Proposed = Result<(Kind, Vec<u8>), OrderError>;

/// Carries out an order and encodes the answer.
pub(crate) async fn carry_out<G: Ground>(
    appliance: &Appliance<G>,
    order: &Order<'_>,
) -> Option<Vec<u8>> {
    let books = &appliance.books;
    let done = match order {
        Order::Status(_) => return appliance.status(),
        Order::KeyCreate(order) => {
            return Some(key_create(appliance, order).await.unwrap_or_else(|why| declined(&why)));
        }
        Order::SignerAdd(order) => books.change(|r| signer_add(r, order)).await,
        Order::DeviceEnrol(order) => books.change(|r| device_enrol(r, order)).await,
        Order::DeviceStanding(order) => books.change(|r| device_standing(r, order)).await,
        Order::KeyStanding(order) => books.change(|r| key_standing(r, order)).await,
        Order::KeyPolicy(order) => books.change(|r| key_policy(r, order)).await,
        Order::FrontEndAdd(order) => books.change(|r| front_end_add(r, order)).await,
        Order::FrontEndStanding(order) => books.change(|r| front_end_standing(r, order)).await,
        Order::Grant(order) => books.change(|r| grant(r, order)).await,
    };
    Some(match done {
        Ok(index) => encode(&Answer::Done(Done { index })),
        Err(why) => declined(&why),
    })
}

fn declined(why: &OrderError) -> Vec<u8> {
    encode(&Answer::Declined(Declined { why: &why.to_string() }))
}

fn proposed(change: &Change<'_>) -> Proposed {
    Ok((change.kind(), change.content()))
}

fn signer_add<C: Crypto>(registry: &Registry<C>, order: &SignerAdd<'_>) -> Proposed {
    let (id, tenant, name) = (registry.next_signer(), DEFAULT_TENANT, order.name);
    proposed(&Change::Signer(change::Signer { id, tenant, name }))
}

fn device_enrol<C: Crypto>(registry: &Registry<C>, order: &DeviceEnrol<'_>) -> Proposed {
    let appliance = registry.identity().ok_or(Conflict::Tenant)?.0;
    if appliance.rp_id != *order.rp_id.as_str() {
        return Err(OrderError::RpId);
    }
    proposed(&Change::Device(change::Device {
        slot: registry.next_slot(),
        signer: signer(registry, order.signer)?,
        name: order.name,
        credential: order.credential,
        cose_key: order.cose_key,
        backup_eligible: order.backup_eligible,
        sign_count: order.sign_count,
        standing: if order.pending { Standing::Pending } else { Standing::Active },
    }))
}

fn device_standing<C: Crypto>(registry: &Registry<C>, order: &SetStanding<'_>) -> Proposed {
    let device = registry.device_named(order.name.as_str());
    let device = device.ok_or(Conflict::Unknown(Table::Devices))?;
    if device.standing == Standing::Revoked {
        return Err(OrderError::Revoked(Table::Devices));
    }
    not_pending(order.standing)?;
    let change = registry.with_standing(device.slot, order.standing);
    proposed(&change.ok_or(Conflict::NotCanonical)?)
}

/// Only a new device is pending.
fn not_pending(standing: Standing) -> Result<(), OrderError> {
    (standing != Standing::Pending).then_some(()).ok_or(OrderError::Pending)
}

fn key_standing<C: Crypto>(registry: &Registry<C>, order: &SetStanding<'_>) -> Proposed {
    let key = active_key(registry, order.name)?;
    let standing = order.standing;
    not_pending(standing)?;
    with_policy(&key, |policy| key_change(order.name, &Key { standing, ..key.clone() }, policy))
}

fn key_policy<C: Crypto>(registry: &Registry<C>, order: &KeyPolicy<'_>) -> Proposed {
    let key = active_key(registry, order.name)?;
    key_change(order.name, &key, order.policy)
}

/// The key of this name, unless it is revoked.
fn active_key<C: Crypto>(registry: &Registry<C>, name: Name<'_>) -> Result<Key, OrderError> {
    let key = registry.key_named(name.as_str()).ok_or(Conflict::Unknown(Table::Keys))?;
    let revoked = key.standing == Standing::Revoked;
    if revoked { Err(OrderError::Revoked(Table::Keys)) } else { Ok(key) }
}

/// Hands the key's policy on in its wire form.
fn with_policy(key: &Key, then: impl FnOnce(Policy<'_>) -> Proposed) -> Proposed {
    let allowed = |suite: &&Suite| key.policy.suites & (1 << (**suite as u32)) != 0;
    let mut room = [0; 64];
    let suites = Suites::from_values(Suite::ALL.iter().filter(allowed), &mut room);
    then(Policy {
        suites: suites.map_err(Conflict::from)?,
        items_max: key.policy.items_max,
        valid_from_ms: key.policy.valid_from_ms,
        valid_to_ms: key.policy.valid_to_ms,
        hybrid: key.policy.hybrid,
    })
}

/// A policy allows nothing that its key cannot do.
fn fits(policy: &Policy<'_>, suite: Suite) -> Result<(), OrderError> {
    let own = policy.suites.iter().all(|allowed| allowed == suite);
    own.then_some(()).ok_or(OrderError::Suite(suite))
}

/// The record of a key with this policy.
fn key_change(name: Name<'_>, key: &Key, policy: Policy<'_>) -> Proposed {
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
async fn key_create<G: Ground>(
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
    let index = books.change(|_| key_change(order.name, &key, order.policy)).await?;
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

fn front_end_add<C: Crypto>(registry: &Registry<C>, order: &FrontEndAdd<'_>) -> Proposed {
    proposed(&Change::FrontEnd(change::FrontEnd {
        id: registry.next_front_end(),
        tenant: DEFAULT_TENANT,
        name: order.name,
        channel: order.channel,
        standing: Standing::Active,
    }))
}

fn front_end_standing<C: Crypto>(registry: &Registry<C>, order: &SetStanding<'_>) -> Proposed {
    let front_end = registry.front_end_named(order.name.as_str());
    let (front_end, channel) = front_end.ok_or(Conflict::Unknown(Table::FrontEnds))?;
    if front_end.standing == Standing::Revoked {
        return Err(OrderError::Revoked(Table::FrontEnds));
    }
    not_pending(order.standing)?;
    proposed(&Change::FrontEnd(change::FrontEnd {
        id: front_end.id,
        tenant: front_end.tenant,
        name: order.name,
        channel,
        standing: order.standing,
    }))
}

fn grant<C: Crypto>(registry: &Registry<C>, order: &Grant<'_>) -> Proposed {
    let front_end = registry.front_end_named(order.front_end.as_str());
    let key = registry.key_named(order.key.as_str());
    proposed(&Change::Grant(change::Grant {
        front_end: front_end.ok_or(Conflict::Unknown(Table::FrontEnds))?.0.id,
        key: key.ok_or(Conflict::Unknown(Table::Keys))?.id,
        granted: order.granted,
    }))
}

fn signer<C: Crypto>(registry: &Registry<C>, name: Name<'_>) -> Result<SignerId, OrderError> {
    registry.signer_named(name.as_str()).ok_or(Conflict::Unknown(Table::Signers).into())
}
