//! The story step by step: each step is right but for a lie that is told in it.

use coset::{CoseSign1, TaggedCborSerializable as _};
use countersign_device::{Assertion as Made, Authenticator};
use countersign_protocol::activation::{Activation, Lifetime, Version};
use countersign_protocol::approvers::Approvers;
use countersign_protocol::assertion::Assertion;
use countersign_protocol::checkpoint::Checkpoint;
use countersign_protocol::evidence::Evidence;
use countersign_protocol::item::Item;
use countersign_protocol::limits::{CERTIFICATE_BYTES_MAX, DTBSR_BYTES_MAX};
use countersign_protocol::policy::{Policy, Suites, WitnessCount};
use countersign_protocol::receipt::{Enrolled, Receipt};
use countersign_protocol::record::{Approval, Kind, Leaf, Opening, SignatureContent};
use countersign_protocol::{
    Bounded, Digest, FrontEndId, KeyId, Label, Sequence, SignerId, SlotId, TransactionId, reply,
    tag,
};
use countersign_tlog::cosignature;
use countersign_tlog::key::{self, Kind as KeyKind};
use countersign_tlog::note::Line;
use countersign_verifier::envelope::seal;

use crate::keys::{Key, sha256};
use crate::rules;
use crate::story::{
    ADA, APPLIANCE, BEN, DECIDED_MS, Lies, ORIGIN, ROOM, RP_ID, Story, TENANT, WITNESS, encode,
};
use crate::tree::{self, Tree};
use crate::{certified, cosigned, enrolled};

/// When the witness saw the checkpoint.
const SEEN_S: u64 = 1_800_000_000;

/// The file of evidence.
pub fn told(story: &Story, lies: &Lies) -> Vec<u8> {
    let signing = Key::of(story.suite, 9);
    let derivations: Vec<_> = story.documents.iter().map(|d| story.derivation(d)).collect();
    let sources = story.documents.iter().zip(&derivations);
    let sources = sources.map(|(d, made)| if made.is_empty() { d } else { made });
    let dtbsrs: Vec<_> = sources.map(|source| story.dtbsr(source)).collect();

    let mut suites = [0; 16];
    let items = items(story, &dtbsrs, lies);
    let policy = policy(story, &mut suites, lies);
    let activation = activation(story, &items, &policy, &signing, lies);
    let approved = approved(story, &activation, lies);
    let signatures: Vec<_> = items.iter().map(|item| signing.sign(item.dtbsr.bytes())).collect();
    let content = content(&activation, &approved, &signatures, (&signing, policy), lies);
    let record = record(&content, lies);
    let devices = enrolled::recorded(story, lies);
    let leaves = devices.iter().map(|device| (device.place, device.leaf.clone()));
    let tree = Tree::around(&leaves.chain([(tree::INDEX, record.0.clone())]).collect());
    let (receipt, lines) = receipt(story, &record, &tree, lies);
    let mut rooms = vec![Vec::new(); devices.len()];
    let enrolled = devices.iter().zip(&mut rooms).map(|(device, room)| device.under(&tree, room));
    exported(story, (&receipt, enrolled.collect()), &derivations, &lines, lies)
}

fn items<'d>(story: &Story, dtbsrs: &'d [Vec<u8>], lies: &Lies) -> Vec<Item<'d>> {
    let item = |(document, dtbsr): (&Vec<u8>, &'d Vec<u8>)| Item {
        dtbsr: Bounded::new(dtbsr).unwrap(),
        content: sha256(&[document]),
        shown: sha256(&[document]),
        label: Label::new("a document").unwrap(),
        form: story.form,
    };
    let mut items = story.documents.iter().zip(dtbsrs).map(item).collect();
    if let Some(lie) = lies.items {
        lie(&mut items);
    }
    items
}

/// Who asked, and how long for.
pub const FRONT_END: FrontEndId = FrontEndId(1);
const LIFETIME_MS: u32 = 1_000;

fn policy<'r>(story: &Story, room: &'r mut [u8], lies: &Lies) -> Policy<'r> {
    let mut policy = Policy {
        items_max: 8,
        hybrid: story.hybrid,
        witnesses: WitnessCount::new(story.witnesses),
        lifetime_ms_max: LIFETIME_MS,
        ..rules::satisfied(Suites::from_values(&[story.suite], room).unwrap())
    };
    if let Some(lie) = lies.policy {
        lie(&mut policy);
    }
    policy
}

fn activation(
    story: &Story,
    items: &[Item<'_>],
    policy: &Policy<'_>,
    signing: &Key,
    lies: &Lies,
) -> Vec<u8> {
    let (mut people, mut room) = ([0; 64], vec![0; ROOM]);
    let people = Sequence::from_values(&[ADA, BEN], &mut people).unwrap();
    let mut activation = Activation {
        version: Version::V1,
        appliance: APPLIANCE,
        tenant: TENANT,
        transaction: TransactionId([0x77; 32]),
        key: KeyId([0x4b; 16]),
        public_key: sha256(&[&signing.public()]),
        suite: story.suite,
        policy: sha256(&[tag::POLICY, &encode(policy)]),
        approvers: Approvers::new(people, 2).unwrap(),
        initiator: None,
        front_end: FRONT_END,
        lifetime: Lifetime {
            utc_lo_ms: DECIDED_MS,
            utc_hi_ms: DECIDED_MS,
            lifetime_ms: LIFETIME_MS,
        },
        items: Sequence::from_values(items, &mut room).unwrap(),
    };
    if let Some(lie) = lies.activation {
        lie(&mut activation);
    }
    encode(&activation)
}

/// What a person's device made.
struct Approved {
    signer: SignerId,
    cose_key: Vec<u8>,
    made: Made,
}

fn approved(story: &Story, activation: &[u8], lies: &Lies) -> Vec<Approved> {
    let challenge = sha256(&[tag::ACTIVATION, activation]);
    let approve = |(place, (signer, algorithm)): (u8, &(SignerId, _))| {
        let seed = [place + 1; 32];
        let mut device = Authenticator::from_seed_of(*algorithm, &seed, RP_ID, ORIGIN);
        let mut says = device.honest();
        if let Some(lie) = lies.says.filter(|_| place == 0) {
            lie(&mut says);
        }
        let cose_key = device.credential().public_key_cose;
        Approved { signer: *signer, cose_key, made: device.approve(&challenge.0, &says) }
    };
    (0..).zip(&story.devices).map(approve).collect()
}

fn approval((slot, of): (u32, &Approved)) -> Approval<'_> {
    Approval {
        slot: SlotId(slot),
        cose_key: Bounded::new(&of.cose_key).unwrap(),
        sign_count: 1,
        assertion: Assertion {
            device: 0,
            authenticator_data: Bounded::new(&of.made.authenticator_data).unwrap(),
            client_data: Bounded::new(&of.made.client_data_json).unwrap(),
            signature: Bounded::new(&of.made.signature).unwrap(),
        },
        signer: of.signer,
    }
}

fn content(
    activation: &[u8],
    approved: &[Approved],
    signatures: &[Vec<u8>],
    (signing, policy): (&Key, Policy<'_>),
    lies: &Lies,
) -> Vec<u8> {
    let mut approvals: Vec<_> = (0..).zip(approved).map(approval).collect();
    if let Some(lie) = lies.approvals {
        lie(&mut approvals);
    }
    let signatures: Vec<reply::Signature<'_>> =
        signatures.iter().map(|signature| Bounded::new(signature).unwrap()).collect();
    let (mut approvals_room, mut signatures_room) = (vec![0; ROOM], vec![0; ROOM]);
    let public_key = signing.public();
    let mut content = SignatureContent {
        activation: Bounded::new(activation).unwrap(),
        approvals: Sequence::from_values(&approvals, &mut approvals_room).unwrap(),
        signatures: Sequence::from_values(&signatures, &mut signatures_room).unwrap(),
        public_key: Bounded::new(&public_key).unwrap(),
        utc_lo_ms: DECIDED_MS,
        utc_hi_ms: DECIDED_MS + 20,
        policy,
    };
    if let Some(lie) = lies.content {
        lie(&mut content);
    }
    encode(&content)
}

/// A record of the tenant's: its leaf, and the opening that this commits to.
pub fn committed(kind: Kind, content: &[u8]) -> (Leaf<'static>, Vec<u8>) {
    let content = Bounded::new(content).unwrap();
    let opening = encode(&Opening { salt: Digest([0x5a; 32]), content });
    let (version, tenant, public) = (Version::V1, Some(TENANT), Bounded::EMPTY);
    let commitment = sha256(&[tag::COMMITMENT, &opening]);
    (Leaf { version, kind, tenant, public, commitment }, opening)
}

/// Leaf and opening of the record.
fn record(content: &[u8], lies: &Lies) -> (Vec<u8>, Vec<u8>) {
    let (mut leaf, mut opening) = committed(Kind::Signature, content);
    if let Some(lie) = lies.leaf {
        lie(&mut leaf);
    }
    if let Some(lie) = lies.opening {
        lie(&mut opening);
    }
    (encode(&leaf), opening)
}

/// The record in the ledger, under a signed checkpoint, and what others say of that.
fn receipt(
    story: &Story,
    (leaf, opening): &(Vec<u8>, Vec<u8>),
    tree: &Tree,
    lies: &Lies,
) -> (Vec<u8>, Vec<String>) {
    let (head, path) = (tree.head(), tree.path(tree::INDEX));
    let root = Digest(head.root);
    let mut checkpoint = Checkpoint { appliance: APPLIANCE, size: head.size, root };
    if let Some(lie) = lies.checkpoint {
        lie(&mut checkpoint);
    }
    let path: Vec<_> = path.into_iter().map(Digest).collect();
    let mut room = [0; 64 * 34];
    let mut receipt = Receipt {
        index: tree::INDEX,
        leaf: Bounded::new(leaf).unwrap(),
        opening: Bounded::new(opening).unwrap(),
        path: Sequence::from_values(&path, &mut room).unwrap(),
        checkpoint,
        signature: story.checkpoint.sign_text(&checkpoint.text()),
    };
    if let Some(lie) = lies.receipt {
        lie(&mut receipt);
    }
    (encode(&receipt), lines(story, &checkpoint, lies))
}

/// What the witness says of the checkpoint, and the appliance's own cosigner.
fn lines(story: &Story, checkpoint: &Checkpoint, lies: &Lies) -> Vec<String> {
    let mut lines = vec![witnessed(checkpoint)];
    if let Some(lie) = lies.cosigned {
        lie(&mut lines[0]);
    }
    if story.cosigner {
        let mut own = cosigned::line(cosigned::OWN, 0, checkpoint);
        if let Some(lie) = lies.own {
            lie(&mut own, checkpoint);
        }
        lines.push(own);
    }
    lines
}

fn exported(
    story: &Story,
    (receipt, mut enrolled): (&[u8], Vec<Enrolled<'_>>),
    derivations: &[Vec<u8>],
    lines: &[String],
    lies: &Lies,
) -> Vec<u8> {
    if let Some(lie) = lies.enrolled {
        lie(&mut enrolled);
    }
    let mut enrolled_room = vec![0; ROOM];
    let mut certificates = Vec::new();
    if story.certified {
        certificates = certified::certificates(&Key::of(story.suite, 9));
    }
    if let Some(lie) = lies.certificates {
        lie(&mut certificates);
    }
    let certificates: Vec<Bounded<'_, CERTIFICATE_BYTES_MAX>> =
        certificates.iter().map(|der| Bounded::new(der).unwrap()).collect();
    let mut certificates_room = vec![0; ROOM];
    let exporter = story.exporter.spki();
    let derivations: Vec<Bounded<'_, DTBSR_BYTES_MAX>> =
        derivations.iter().map(|bytes| Bounded::new(bytes).unwrap()).collect();
    let (mut derivations_room, mut lines_room) = (vec![0; ROOM], vec![0; 16 * 1024]);
    let lines: Vec<Bounded<'_, 4096>> =
        lines.iter().map(|line| Bounded::new(line.as_bytes()).unwrap()).collect();
    let mut evidence = Evidence {
        version: Version::V1,
        exporter: Bounded::new(&exporter).unwrap(),
        receipt: Bounded::new(receipt).unwrap(),
        derivations: Sequence::from_values(&derivations, &mut derivations_room).unwrap(),
        cosignatures: Sequence::from_values(&lines, &mut lines_room).unwrap(),
        enrolments: Sequence::from_values(&enrolled, &mut enrolled_room).unwrap(),
        certificates: Sequence::from_values(&certificates, &mut certificates_room).unwrap(),
    };
    if let Some(lie) = lies.evidence {
        lie(&mut evidence);
    }
    let sign = |bytes: &[u8]| Some(story.exporter.sign_message(bytes));
    let file = seal(&evidence, sign).unwrap();
    lies.payload.map_or(file.clone(), |lie| resealed(&file, &story.exporter, lie))
}

/// The same envelope around a changed payload, signed again.
fn resealed(file: &[u8], exporter: &Key, lie: fn(&mut Vec<u8>)) -> Vec<u8> {
    let mut envelope = CoseSign1::from_tagged_slice(file).unwrap();
    lie(envelope.payload.as_mut().unwrap());
    let digest = sha256(&[&envelope.tbs_data(&[])]).0;
    envelope.signature = exporter.sign(&digest);
    envelope.to_tagged_vec().unwrap()
}

/// What the witness says of a checkpoint.
fn witnessed(checkpoint: &Checkpoint) -> String {
    let witness = Key::ed25519(3);
    let key = key::Key::new(WITNESS, KeyKind::Ed25519Cosignature, &witness.public()).unwrap();
    let signature = witness.sign(&cosignature::ed25519(SEEN_S, &checkpoint.text()).unwrap());
    Line::new(&key, SEEN_S, &signature).unwrap().to_string().trim_end().to_owned()
}
