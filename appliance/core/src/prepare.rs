//! `Prepare`: makes an activation that devices can approve, and keeps its place.
//!
//! Guarantees: what a policy would refuse anyway is refused before anybody is asked; the activation
//! is made here, from the registry, and never by the front-end.

use countersign_protocol::activation::{Activation, Lifetime, Version};
use countersign_protocol::approvers::Approvers;
use countersign_protocol::limits::{
    ACTIVATION_BYTES_MAX, ACTIVATION_HEADER_BYTES_MAX, APPROVERS_MAX, CREDENTIAL_ID_BYTES_MAX,
    DEVICES_MAX, HEAD_BYTES_MAX, LIFETIME_MS_MAX, LIFETIME_MS_MIN, PREPARE_FRAME_BYTES_MAX,
};
use countersign_protocol::reply::Prepared;
use countersign_protocol::request::{Prepare, Request};
use countersign_protocol::{Bounded, Digest, Sequence, SignerId, TransactionId, canonical, tag};
use subtle::Choice;

use crate::Decision;
use crate::assertion::device_key::{Family, family};
use crate::entry::{Appliance, Device, Found, Key, is_active};
use crate::policy::{self, Asked, Rules};
use crate::port::{Algorithm, Crypto, Guarded, Ledger, Platform, Registry};
use crate::refusal::{About, Class, Reason};
use crate::settle::settle;
use crate::stage::{Bound, Claimed};
use crate::state::State;
use crate::time::Now;
use crate::transactions::{Listed, Place, Transaction};
use crate::verdict::{Verdict, choice};

/// Room for the parts of a reply, for the platform to provide.
pub struct Room<'r> {
    /// [`activation_bytes`] of the frame.
    pub activation: &'r mut [u8],
    /// [`CREDENTIALS_BYTES`].
    pub credentials: &'r mut [u8],
}

/// Room for the credential ids of any reply.
pub const CREDENTIALS_BYTES: usize = DEVICES_MAX * (CREDENTIAL_ID_BYTES_MAX + HEAD_BYTES_MAX);

/// Room for the activation that a `Prepare` frame of so many bytes leads to: its items, and a header.
#[must_use]
pub const fn activation_bytes(frame: usize) -> usize {
    let bytes = frame.saturating_add(ACTIVATION_HEADER_BYTES_MAX);
    if bytes < ACTIVATION_BYTES_MAX { bytes } else { ACTIVATION_BYTES_MAX }
}

/// Answers a `Prepare` frame. `nonce` is 32 fresh random bytes of the HSM.
///
/// # Errors
/// What the front-end may know; the ledger has the reason.
pub async fn prepare<'r, P: Platform>(
    p: &P,
    channel: &Digest,
    frame: &[u8],
    now: Now,
    nonce: TransactionId,
    room: Room<'r>,
) -> Result<Prepared<'r>, Class> {
    match path(p, channel, frame, now, nonce, room) {
        Ok(prepared) => Ok(prepared),
        Err(refusal) => Err(settle(p, &refusal).await),
    }
}

fn path<'r, P: Platform>(
    p: &P,
    channel: &Digest,
    frame: &[u8],
    now: Now,
    nonce: TransactionId,
    room: Room<'r>,
) -> Decision<Prepared<'r>> {
    Claimed::<Prepare<'_>>::decode(frame, channel, now)?
        .bind(p.state())
        .find_key(p.state())
        .evaluate()?
        .reserve_slot(p, nonce, room)
}

impl<'f> Claimed<Prepare<'f>> {
    fn decode(frame: &'f [u8], channel: &Digest, now: Now) -> Decision<Self> {
        let about = About::channel(*channel);
        match canonical::decode(frame) {
            Ok(Request::Prepare(body)) if frame.len() <= PREPARE_FRAME_BYTES_MAX => {
                Ok(Self { about: About { key: Some(body.key), ..about }, body, now })
            }
            _ => Err(about.refuse(Reason::FrameMalformed, now)),
        }
    }
}

/// Which key is asked for, what it may do, and who could approve.
struct Wanted<'f> {
    bound: Bound<Prepare<'f>>,
    appliance: Appliance,
    key: Found<Key>,
    rules: Rules,
    granted: Choice,
    initiator_known: Choice,
    approvers_with_device: usize,
    devices: [Listed; DEVICES_MAX],
    algorithm: Algorithm,
}

impl<'f> Bound<Prepare<'f>> {
    fn find_key(self, state: &impl Guarded) -> Wanted<'f> {
        let Prepare { key, initiator, .. } = self.claimed.body;
        let front_end = self.front_end.entry;
        state.with(|s| {
            let registry = &s.registry;
            let own = registry.key(&key).filter(|k| k.tenant == front_end.tenant);
            let known = initiator.is_none_or(|id| registry.has_signer(front_end.tenant, id));
            let key = Found::or(own, Key::dummy());
            let rules = registry.policy(&key.entry.id).unwrap_or(Rules::NOTHING);
            let (listed, approvers_with_device) =
                candidates(registry, &key.entry, &rules, initiator);
            let first = listed.first().map_or(Algorithm::EcdsaP256, |device| device.algorithm);
            Wanted {
                appliance: registry.appliance().clone(),
                granted: choice(registry.is_granted(front_end.id, &self.claimed.body.key)),
                initiator_known: choice(known),
                approvers_with_device,
                devices: places(&listed),
                algorithm: first,
                key,
                rules,
                bound: self,
            }
        })
    }
}

type Candidates = heapless::Vec<Device, DEVICES_MAX>;

/// The active devices of the key's approvers, and how many approvers have what they need. When there are
/// more than fit, each approver's earlier devices of each family go first. Whoever asks is none of them where the policy wants that.
fn candidates(
    registry: &impl Registry,
    key: &Key,
    rules: &Rules,
    initiator: Option<SignerId>,
) -> (Candidates, usize) {
    let approves = |id: &&SignerId| !rules.initiator_apart || initiator != Some(**id);
    let approvers = || key.approvers.ids.iter().filter(approves);
    let of =
        |id: &SignerId| registry.devices_of(*id).filter(|device| is_active(device.standing).into());
    let of_family =
        |id: &SignerId, wanted| of(id).filter(move |device| family(device.algorithm) == wanted);
    let nth = |n: usize| {
        let both = [Family::Classical, Family::PostQuantum].into_iter();
        both.flat_map(move |wanted| approvers().filter_map(move |id| of_family(id, wanted).nth(n)))
    };
    let listed = (0..DEVICES_MAX).flat_map(nth).take(DEVICES_MAX).collect();
    let has = |id: &&SignerId, wanted| of_family(id, wanted).next().is_some();
    let able = |id: &&SignerId| match rules.hybrid {
        true => has(id, Family::Classical) && has(id, Family::PostQuantum),
        false => of(id).next().is_some(),
    };
    (listed, approvers().filter(able).count())
}

/// The devices as a transaction keeps them.
fn places(devices: &Candidates) -> [Listed; DEVICES_MAX] {
    let mut places = [Listed::NOBODY; DEVICES_MAX];
    for (place, device) in places.iter_mut().zip(devices) {
        *place = Listed { slot: device.slot, sign_count: device.counts.last() };
    }
    places
}

struct PrepareChecks {
    key: Choice,
    initiator: Choice,
    lifetime: Choice,
    devices: Choice,
}

impl<'f> Wanted<'f> {
    fn evaluate(self) -> Decision<Allowed<'f>> {
        let Claimed { body, about, now } = &self.bound.claimed;
        let key = &self.key.entry;
        let items = u16::try_from(body.items.len()).unwrap_or(u16::MAX);
        let rules = &self.rules;
        let Prepare { suite, lifetime_ms, initiator, .. } = *body;
        let front_end = self.bound.front_end.entry.id;
        let asked = Asked { suite, items, lifetime_ms, front_end, initiator };
        let threshold = usize::from(key.approvers.threshold);
        let checks = PrepareChecks {
            key: self.key.found,
            initiator: self.initiator_known,
            lifetime: choice((LIFETIME_MS_MIN..=LIFETIME_MS_MAX).contains(&body.lifetime_ms)),
            devices: choice(self.approvers_with_device >= threshold),
        };
        let verdict = (self.bound.verdict)
            .and(fold(checks))
            .and(policy::judge_request(key, rules, &asked, self.granted, now))
            .and(policy::allows_items(rules, &body.items))
            // Nobody has approved yet; whether anybody asked can be judged.
            .and(policy::allows_approvers(rules, initiator, &[]))
            .and(policy::judge_items(body.suite, &body.items));
        verdict.fold().map_err(|reason| about.refuse(reason, *now))?;
        Ok(Allowed(self))
    }
}

fn fold(checks: PrepareChecks) -> Verdict {
    let PrepareChecks { key, initiator, lifetime, devices } = checks;
    Verdict::new()
        .require(key, Reason::KeyUnknown)
        .require(initiator, Reason::InitiatorUnknown)
        .require(lifetime, Reason::LifetimeOutOfRange)
        .require(devices, Reason::TooFewDevices)
}

/// Nothing that can be judged now speaks against it.
struct Allowed<'f>(Wanted<'f>);

impl Allowed<'_> {
    /// Makes the activation and keeps its place in the table.
    fn reserve_slot<'r, P: Platform>(
        self,
        p: &P,
        nonce: TransactionId,
        room: Room<'r>,
    ) -> Decision<Prepared<'r>> {
        let Claimed { about, now, .. } = self.0.bound.claimed;
        let about = About { transaction: Some(nonce), ..about };
        // What was spent under this name may have left the table.
        if p.ledger().is_on_record(&nonce) {
            return Err(about.refuse(Reason::NonceRepeated, now));
        }
        let malformed = |_| about.refuse(Reason::FrameMalformed, now);
        let activation = self.encode(nonce, room.activation).map_err(malformed)?;
        let challenge = Digest(p.crypto().sha256(&[tag::ACTIVATION, activation]));
        let transaction = self.transaction(nonce, challenge);
        let credentials = p.state().with(|s| {
            s.transactions.insert(transaction, now.boot_ms)?;
            Ok(credentials(s, &transaction, room.credentials))
        });
        let credentials = credentials.map_err(|reason| about.refuse(reason, now))?;
        let activation = Bounded::new(activation).ok_or(canonical::NotCanonical);
        Ok(Prepared {
            activation: activation.map_err(malformed)?,
            challenge,
            credentials: credentials.map_err(malformed)?,
        })
    }

    fn encode<'r>(
        &self,
        nonce: TransactionId,
        room: &'r mut [u8],
    ) -> Result<&'r [u8], canonical::NotCanonical> {
        let Wanted { bound, appliance, key, .. } = &self.0;
        let key = &key.entry;
        let Prepare { suite, lifetime_ms, initiator, items, .. } = bound.claimed.body;
        let Now { utc_lo_ms, utc_hi_ms, .. } = bound.claimed.now;
        let mut ids = [0; APPROVERS_MAX * HEAD_BYTES_MAX];
        let ids = Sequence::from_values(&key.approvers.ids, &mut ids)?;
        let approvers = Approvers::new(ids, key.approvers.threshold);
        let activation = Activation {
            version: Version::V1,
            appliance: appliance.id,
            tenant: key.tenant,
            transaction: nonce,
            key: key.id,
            public_key: key.public_key_digest,
            suite,
            policy: key.policy_digest,
            approvers: approvers.ok_or(canonical::NotCanonical)?,
            initiator,
            front_end: bound.front_end.entry.id,
            lifetime: Lifetime { utc_lo_ms, utc_hi_ms, lifetime_ms },
            items,
        };
        canonical::encode_into(&activation, room)
    }

    fn transaction(&self, nonce: TransactionId, challenge: Digest) -> Transaction {
        let Wanted { bound, key, devices, algorithm, .. } = &self.0;
        let Claimed { body, now, .. } = &bound.claimed;
        Transaction {
            id: nonce,
            challenge,
            expires_boot_ms: now.boot_ms.saturating_add(u64::from(body.lifetime_ms)),
            front_end: bound.front_end.entry.id,
            tenant: key.entry.tenant,
            key: key.entry.id,
            key_generation: key.entry.generation,
            policy: key.entry.policy_digest,
            suite: body.suite,
            items: u16::try_from(body.items.len()).unwrap_or(u16::MAX),
            lifetime_ms: body.lifetime_ms,
            initiator: body.initiator,
            devices: *devices,
            algorithm: *algorithm,
            spent: false,
        }
    }
}

type Credentials<'r> = Sequence<'r, Bounded<'r, CREDENTIAL_ID_BYTES_MAX>, 1, DEVICES_MAX>;

/// The credential ids of a transaction's devices, in their order.
fn credentials<'r, R: Registry, M: AsRef<[Place]> + AsMut<[Place]>>(
    state: &State<R, M>,
    transaction: &Transaction,
    room: &'r mut [u8],
) -> Result<Credentials<'r>, canonical::NotCanonical> {
    let id = |listed: &Listed| state.registry.credential(listed.slot);
    let ids = transaction.listed().filter_map(id).filter_map(Bounded::new);
    let ids: heapless::Vec<Bounded<'_, CREDENTIAL_ID_BYTES_MAX>, DEVICES_MAX> = ids.collect();
    Sequence::from_values(&ids, room)
}
