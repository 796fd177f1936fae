//! What the appliance records, and what it gives as evidence.

use countersign_protocol::activation::Version;
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::evidence::Evidence;
use countersign_protocol::group::Group;
use countersign_protocol::limits::RECORD_BYTES_MAX;
use countersign_protocol::receipt::{Enrolled, Receipt};
use countersign_protocol::record::{
    Alarm, AlarmContent, Approval, Boot, Count, Kind, Leaf, Opening, Record, RefusalContent,
    RefusalsContent, Refused, Seal, SignatureContent,
};
use countersign_protocol::{Bounded, Digest, SlotId, tag};

use super::request::{
    ADA, APPLIANCE, FRONT_END, KEY, TENANT, TRANSACTION, UTC_MS, activation, assertion,
};
use super::{bounded, encode, enrolment, keys, list, registry, reply, sha256};

pub const SLOT: SlotId = SlotId(3);
/// Where the signature's record is.
const INDEX: u64 = 12;

pub fn boot() -> Boot {
    Boot {
        boot: Digest(*b"32 other random bytes of the HSM"),
        cut_bytes: 0,
        utc_lo_ms: UTC_MS - 86_400_000,
        utc_hi_ms: UTC_MS - 86_399_980,
        program: None,
        configuration: None,
        module: None,
    }
}

/// A boot of which it is known what ran.
pub fn boot_measured() -> Boot {
    Boot {
        program: Some(sha256(&[b"the program"])),
        configuration: Some(sha256(&[b"its configuration"])),
        module: Some(sha256(&[b"the token's module"])),
        ..boot()
    }
}

pub fn signature_content() -> SignatureContent<'static> {
    let approval = Approval {
        slot: SLOT,
        cose_key: bounded(keys::device().cose_key()),
        sign_count: 42,
        assertion: assertion(),
        signer: ADA,
    };
    SignatureContent {
        activation: bounded(encode(&activation())),
        approvals: list(&[approval]),
        signatures: list(&[reply::signature()]),
        public_key: bounded(keys::signing().point().0),
        utc_lo_ms: UTC_MS + 30_000,
        utc_hi_ms: UTC_MS + 30_020,
        policy: registry::policy(),
    }
}

/// A refusal because the signature of an assertion does not verify.
pub fn refusal_content() -> RefusalContent<'static> {
    RefusalContent {
        reason: 615,
        channel: registry::PORTAL_CHANNEL,
        front_end: Some(FRONT_END),
        key: Some(KEY),
        transaction: Some(TRANSACTION),
        utc_lo_ms: UTC_MS,
        utc_hi_ms: UTC_MS + 20,
        counts: list::<Count, Count, 0, 16>(&[]),
        device: Some(SLOT),
        ticket: None,
    }
}

/// A refusal because the token failed after the approval was spent.
pub fn refusal_content_spent() -> RefusalContent<'static> {
    let counts = list(&[Count { slot: SLOT, sign_count: 42 }]);
    RefusalContent { reason: 801, counts, device: None, ..refusal_content() }
}

/// A refusal because a device was registered on another page than the appliance's.
pub fn refusal_content_ticket() -> RefusalContent<'static> {
    RefusalContent {
        reason: 1004,
        key: None,
        transaction: None,
        device: None,
        ticket: Some(enrolment::TICKET),
        ..refusal_content()
    }
}

/// A refusal because nobody knows who asked.
pub fn refusal_content_unknown() -> RefusalContent<'static> {
    RefusalContent {
        reason: 201,
        front_end: None,
        key: None,
        transaction: None,
        device: None,
        ..refusal_content()
    }
}

/// Refusals past what are recorded one by one: of a device's assertions, and of unknown transactions.
pub fn refusals_content() -> RefusalsContent<'static> {
    let refused = [
        Refused { reason: 301, device: None, count: 3 },
        Refused { reason: 615, device: Some(SLOT), count: 70_000 },
    ];
    let (front_end, refused) = (Some(FRONT_END), list(&refused));
    RefusalsContent { front_end, refused, utc_lo_ms: UTC_MS, utc_hi_ms: UTC_MS + 270 }
}

/// The same of those whom nobody knows.
pub fn refusals_content_unknown() -> RefusalsContent<'static> {
    let refused = list(&[Refused { reason: 201, device: None, count: 1 }]);
    RefusalsContent { front_end: None, refused, ..refusals_content() }
}

pub fn alarm_content() -> AlarmContent {
    AlarmContent { alarm: Alarm::TokenSignatureWrong, utc_lo_ms: UTC_MS, utc_hi_ms: UTC_MS + 20 }
}

pub fn opening() -> Opening<'static> {
    Opening {
        salt: sha256(&[tag::SALT, b"a secret of the HSM"]),
        content: bounded(encode(&signature_content())),
    }
}

pub fn leaf() -> Leaf<'static> {
    Leaf {
        version: Version::V1,
        kind: Kind::Signature,
        tenant: Some(TENANT),
        public: Bounded::new(&[]).unwrap(),
        commitment: sha256(&[tag::COMMITMENT, &encode(&opening())]),
    }
}

/// The leaf of a record of the appliance's own.
pub fn leaf_boot() -> Leaf<'static> {
    let opening = Opening { content: bounded(encode(&boot())), ..opening() };
    Leaf {
        kind: Kind::Boot,
        tenant: None,
        commitment: sha256(&[tag::COMMITMENT, &encode(&opening)]),
        ..leaf()
    }
}

pub fn record() -> Record<'static> {
    let signers = Seal::Signers(list(&[registry::evidence_key()]));
    Record { leaf: bounded(encode(&leaf())), seal: signers, sealed: sealed(&opening()) }
}

/// As if it were sealed: nonce and tag are drawn by hand, and what is between them is the opening itself.
fn sealed(opening: &Opening<'_>) -> Bounded<'static, RECORD_BYTES_MAX> {
    let parts = [vec![0xa0; 12], encode(opening), vec![0xb0; 16]];
    bounded(parts.concat())
}

/// The tree before the signature's record: of its twelve records, the first eight and the last four.
fn peaks() -> [Digest; 2] {
    [sha256(&[b"eight records"]), sha256(&[b"four records"])]
}

/// The hash of the record that was committed together with the signature's.
fn beside() -> Digest {
    sha256(&[&[0], &encode(&leaf_boot())])
}

/// A Merkle tree of fourteen leaves, drawn by hand.
pub fn checkpoint() -> Checkpoint {
    let node = |left: Digest, right: Digest| sha256(&[&[1], &left.0, &right.0]);
    let [eight, four] = peaks();
    let two = node(sha256(&[&[0], &encode(&leaf())]), beside());
    Checkpoint { appliance: APPLIANCE, size: INDEX + 2, root: node(eight, node(four, two)) }
}

fn checkpoint_signature() -> [u8; 64] {
    keys::checkpoint().sign(&sha256(&[checkpoint().text().as_bytes()]))
}

pub fn receipt() -> Receipt<'static> {
    Receipt {
        index: INDEX,
        leaf: bounded(encode(&leaf())),
        opening: bounded(encode(&opening())),
        path: list(&[beside(), peaks()[1], peaks()[0]]),
        checkpoint: checkpoint(),
        signature: checkpoint_signature(),
    }
}

/// What a witness has said: as long as nobody verifies it, as good as another.
pub const COSIGNATURE: &str = "\u{2014} witness.example c2lnbmVk";

/// How the device was enrolled: under the same checkpoint, by a path that is drawn by hand.
pub fn enrolled_device() -> Enrolled<'static> {
    let content = bounded(encode(&enrolment::enrolment_content()));
    let opening = encode(&Opening { content, ..opening() });
    let commitment = sha256(&[tag::COMMITMENT, &opening]);
    let leaf = Leaf { kind: Kind::Enrolment, commitment, ..leaf() };
    let path = list(&[beside(), peaks()[1], peaks()[0], beside()]);
    Enrolled { index: 3, leaf: bounded(encode(&leaf)), opening: bounded(opening), path }
}

/// What the front-end keeps of it: the document itself was signed, and no witness has seen it.
pub fn evidence() -> Evidence<'static> {
    Evidence {
        version: Version::V1,
        exporter: bounded(keys::device().spki()),
        receipt: bounded(encode(&receipt())),
        derivations: list(&[Bounded::<65_536>::EMPTY]),
        cosignatures: list(&[Bounded::<4096>::new(COSIGNATURE.as_bytes()).unwrap()]),
        enrolments: list(&[enrolled_device()]),
        certificates: list(&[Bounded::<8192>::new(b"a certificate").unwrap()]),
    }
}

/// The group that was committed with the signature's record.
pub fn group() -> Group<'static> {
    let boot = Opening { content: bounded(encode(&boot())), ..opening() };
    let second =
        Record { leaf: bounded(encode(&leaf_boot())), seal: Seal::Own, sealed: sealed(&boot) };
    Group {
        peaks: list(&peaks()),
        records: list(&[record(), second]),
        checkpoint: checkpoint(),
        signature: checkpoint_signature(),
    }
}
