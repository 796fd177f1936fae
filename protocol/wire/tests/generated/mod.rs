//! Any message that can be sent: values within the limits, at random.

#![allow(clippy::unwrap_used, reason = "what is generated is within its limits")]

mod enrolment;
mod model;
mod officer;
mod policy;

use countersign_protocol::activation::{Activation, Lifetime, Version};
use countersign_protocol::approvers::Approvers;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::item::{Form, Item};
use countersign_protocol::receipt::Receipt;
use countersign_protocol::reply::{Failure, Prepared, Reply, Signature, Signed};
use countersign_protocol::request::{Fetch, Prepare, Request, Sign};
use countersign_protocol::{
    ApplianceId, Bounded, Digest, FrontEndId, KeyId, Label, Name, Origin, SignerId, Suite,
    TenantId, TransactionId,
};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;

pub use self::enrolment::{
    addition, confirmation_content, device, enrolment_content, ticket, vouch_content,
};
pub use self::model::{metadata, model, trust};
pub use self::officer::{answer, order};
pub use self::policy::policy;
use crate::story::{bounded, list};

/// Any request.
pub fn request() -> impl Strategy<Value = Request<'static>> {
    prop_oneof![
        prepare().prop_map(Request::Prepare),
        sign().prop_map(Request::Sign),
        any::<[u8; 32]>().prop_map(|id| Request::Fetch(Fetch { transaction: TransactionId(id) })),
        enrolment::enrol().prop_map(Request::Enrol),
        enrolment::vouch().prop_map(Request::Vouch),
    ]
}

/// Any reply.
pub fn reply() -> impl Strategy<Value = Reply<'static>> {
    prop_oneof![
        prepared().prop_map(Reply::Prepared),
        signed().prop_map(Reply::Signed),
        enrolment::enrolled().prop_map(Reply::Enrolled),
        failure().prop_map(Reply::Failed),
    ]
}

/// Any activation.
pub fn activation() -> impl Strategy<Value = Activation<'static>> {
    let ids = (any::<[u8; 16]>(), any::<[u8; 32]>(), any::<[u8; 16]>());
    let digests = (digest(), digest());
    let numbers = (any::<u32>(), any::<u32>(), lifetime());
    let rest = (approvers(), proptest::option::of(signer()), vec(item(), 1..=250), suite());
    (ids, digests, numbers, rest).prop_map(|(ids, digests, numbers, rest)| Activation {
        version: Version::V1,
        appliance: ApplianceId(ids.0),
        tenant: TenantId(numbers.0),
        transaction: TransactionId(ids.1),
        key: KeyId(ids.2),
        public_key: digests.0,
        suite: rest.3,
        policy: digests.1,
        approvers: rest.0,
        initiator: rest.1,
        front_end: FrontEndId(numbers.1),
        lifetime: numbers.2,
        items: list(&rest.2),
    })
}

/// Any receipt.
pub fn receipt() -> impl Strategy<Value = Receipt<'static>> {
    let parts = (bytes(4096), bytes(8192), vec(digest(), 0..=64));
    let checkpoint = (any::<[u8; 16]>(), any::<u64>(), digest());
    (any::<u64>(), parts, checkpoint, any::<u8>()).prop_map(
        |(index, (leaf, opening, path), (appliance, size, root), byte)| Receipt {
            index,
            leaf,
            opening,
            path: list(&path),
            checkpoint: Checkpoint { appliance: ApplianceId(appliance), size, root },
            signature: [byte; 64],
        },
    )
}

/// Any signatures, as many as there may be.
pub fn signatures() -> impl Strategy<Value = Vec<Signature<'static>>> {
    vec(bytes(80), 1..=250)
}

fn prepare() -> impl Strategy<Value = Prepare<'static>> {
    let items = vec(item(), 1..=250);
    (any::<[u8; 16]>(), suite(), any::<u32>(), proptest::option::of(signer()), items).prop_map(
        |(key, suite, lifetime_ms, initiator, items)| Prepare {
            key: KeyId(key),
            suite,
            lifetime_ms,
            initiator,
            items: list(&items),
        },
    )
}

fn sign() -> impl Strategy<Value = Sign<'static>> {
    (any::<[u8; 32]>(), bytes(8192), vec(assertion(), 1..=8)).prop_map(
        |(transaction, activation, assertions)| Sign {
            transaction: TransactionId(transaction),
            activation,
            assertions: list(&assertions),
        },
    )
}

fn prepared() -> impl Strategy<Value = Prepared<'static>> {
    (bytes(8192), digest(), vec(bytes::<1023>(1023), 1..=16)).prop_map(
        |(activation, challenge, credentials)| Prepared {
            activation,
            challenge,
            credentials: list(&credentials),
        },
    )
}

fn signed() -> impl Strategy<Value = Signed<'static>> {
    (signatures(), bytes(8192), vec(bytes::<4096>(300), 0..=16)).prop_map(
        |(signatures, receipt, lines)| Signed {
            signatures: list(&signatures),
            receipt,
            cosignatures: (!lines.is_empty()).then(|| list(&lines)),
        },
    )
}

fn failure() -> impl Strategy<Value = Failure> {
    prop_oneof![
        Just(Failure::Refused),
        Just(Failure::Stale),
        Just(Failure::Malformed),
        Just(Failure::Busy),
        Just(Failure::Unavailable),
    ]
}

fn item() -> impl Strategy<Value = Item<'static>> {
    let form = prop_oneof![Just(Form::Raw), Just(Form::CmsAttrs), Just(Form::SignedInfo)];
    (bytes(300), digest(), digest(), label(), form).prop_map(
        |(dtbsr, content, shown, label, form)| Item { dtbsr, content, shown, label, form },
    )
}

fn assertion() -> impl Strategy<Value = Assertion<'static>> {
    (any::<u8>(), bytes(1024), bytes(2048), bytes(4627)).prop_map(
        |(device, authenticator_data, client_data, signature)| Assertion {
            device,
            authenticator_data,
            client_data,
            signature,
        },
    )
}

fn approvers() -> impl Strategy<Value = Approvers<'static>> {
    (btree_set(signer(), 1..=8), any::<prop::sample::Index>()).prop_map(|(ids, threshold)| {
        let ids: Vec<_> = ids.into_iter().collect();
        let threshold = u8::try_from(threshold.index(ids.len()) + 1).unwrap();
        Approvers::new(list(&ids), threshold).unwrap()
    })
}

fn suite() -> impl Strategy<Value = Suite> {
    prop::sample::select(&Suite::ALL[..])
}

fn lifetime() -> impl Strategy<Value = Lifetime> {
    (any::<u64>(), any::<u64>(), any::<u32>()).prop_map(|(utc_lo_ms, utc_hi_ms, lifetime_ms)| {
        Lifetime { utc_lo_ms, utc_hi_ms, lifetime_ms }
    })
}

fn signer() -> impl Strategy<Value = SignerId> {
    any::<u32>().prop_map(SignerId)
}

fn digest() -> impl Strategy<Value = Digest> {
    any::<[u8; 32]>().prop_map(Digest)
}

/// Up to `up_to` bytes: one value over and over, since what counts is their number.
fn bytes<const MAX: usize>(up_to: usize) -> impl Strategy<Value = Bounded<'static, MAX>> {
    (any::<u8>(), 0..=up_to).prop_map(|(byte, length)| bounded(vec![byte; length]))
}

fn label() -> impl Strategy<Value = Label<'static>> {
    text().prop_map(|text| Label::new(text).unwrap())
}

fn origin() -> impl Strategy<Value = Origin<'static>> {
    text().prop_map(|text| Origin::new(text).unwrap())
}

fn name() -> impl Strategy<Value = Name<'static>> {
    text().prop_map(|text| Name::new(text).unwrap())
}

/// Text of one to 16 characters that neither control nor break anything.
fn text() -> impl Strategy<Value = &'static str> {
    "[\\PC&&[^\u{2028}\u{2029}]]{1,16}".prop_map(|text| &*text.leak())
}
