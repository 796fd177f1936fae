//! A case from the documents to the file of evidence, by somebody who holds every key and so can lie at any
//! step, and do all later steps right.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign_authority::{Draft, Format};
use countersign_device::{Algorithm, Approval as Says};
use countersign_protocol::activation::Activation;
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey};
use countersign_protocol::enrolment::Enrolment;
use countersign_protocol::evidence::Evidence;
use countersign_protocol::item::{Form, Item};
use countersign_protocol::minicbor::{self, Encode};
use countersign_protocol::policy::Policy;
use countersign_protocol::receipt::{Enrolled, Receipt};
use countersign_protocol::record::{Approval, Leaf, SignatureContent};
use countersign_protocol::ticket::Ticket;
use countersign_protocol::{ApplianceId, SignerId, Suite, TenantId};
use countersign_tlog::key::{self, Kind};
use countersign_verifier::Appliance;

use crate::keys::{Key, sha256, sha384};
use crate::told::told;
use crate::{attested, certified, cosigned};

pub const APPLIANCE: ApplianceId = ApplianceId([0xa1; 16]);
pub const TENANT: TenantId = TenantId(7);
pub const ADA: SignerId = SignerId(3);
pub const BEN: SignerId = SignerId(4);
pub const RP_ID: &str = "approve.example";
pub const ORIGIN: &str = "https://approve.example";
pub const WITNESS: &str = "witness.example/w";
pub const DECIDED_MS: u64 = 1_800_000_000_000;
pub const ROOM: usize = 64 * 1024;

/// Where somebody can lie: what is made at each step, before the next one builds on it.
#[derive(Clone, Copy, Default)]
pub struct Lies {
    pub items: Option<fn(&mut Vec<Item<'_>>)>,
    pub policy: Option<fn(&mut Policy<'_>)>,
    pub activation: Option<fn(&mut Activation<'_>)>,
    pub says: Option<fn(&mut Says)>,
    pub approvals: Option<fn(&mut Vec<Approval<'_>>)>,
    pub content: Option<fn(&mut SignatureContent<'_>)>,
    pub opening: Option<fn(&mut Vec<u8>)>,
    pub leaf: Option<fn(&mut Leaf<'_>)>,
    pub receipt: Option<fn(&mut Receipt<'_>)>,
    pub places: Option<fn(&mut Vec<u64>)>,
    pub ticket: Option<fn(&mut Ticket<'_>)>,
    pub draft: Option<fn(&mut Draft)>,
    pub enrolment: Option<fn(&mut Enrolment<'_>)>,
    pub enrolment_content: Option<fn(&mut Vec<u8>)>,
    pub enrolment_leaf: Option<fn(&mut Leaf<'_>)>,
    pub enrolled: Option<fn(&mut Vec<Enrolled<'_>>)>,
    pub certificates: Option<fn(&mut Vec<Vec<u8>>)>,
    pub checkpoint: Option<fn(&mut Checkpoint)>,
    pub cosigned: Option<fn(&mut String)>,
    pub own: Option<fn(&mut String, &Checkpoint)>,
    pub evidence: Option<fn(&mut Evidence<'_>)>,
    pub payload: Option<fn(&mut Vec<u8>)>,
    pub file: Option<fn(&mut Vec<u8>)>,
    pub documents: Option<fn(&mut Vec<Vec<u8>>)>,
    pub trust: Option<fn(&mut String)>,
}

/// What the verifiers are given.
#[derive(Clone)]
pub struct Files {
    pub trust: String,
    pub evidence: Vec<u8>,
    pub documents: Vec<Vec<u8>>,
    pub item: Option<usize>,
}

/// A good case.
pub struct Story {
    pub name: String,
    pub documents: Vec<Vec<u8>>,
    pub form: Form,
    pub suite: Suite,
    pub devices: Vec<(SignerId, Algorithm)>,
    pub checkpoint: Key,
    pub exporter: Key,
    pub hybrid: bool,
    pub witnesses: u8,
    pub certified: bool,
    pub attested: Format,
    /// The appliance cosigns, and the trust file asks for it.
    pub cosigner: bool,
}

impl Story {
    /// Two documents, two people.
    pub fn usual() -> Self {
        Self {
            name: "usual".into(),
            documents: vec![b"Dear E.".to_vec(), b"None.".to_vec()],
            form: Form::Raw,
            suite: Suite::Esp256,
            devices: vec![(ADA, Algorithm::Es256), (BEN, Algorithm::EdDsa)],
            checkpoint: Key::ed25519(1),
            exporter: Key::p256(2),
            hybrid: false,
            witnesses: 0,
            certified: true,
            attested: Format::None,
            cosigner: false,
        }
    }

    /// Each person has two devices: one that a quantum computer could break, and one of a lattice.
    pub fn hybrid() -> Self {
        let devices = vec![
            (ADA, Algorithm::Es256),
            (BEN, Algorithm::Rs256Modulus2048),
            (ADA, Algorithm::MlDsa44),
            (BEN, Algorithm::MlDsa65),
        ];
        Self { name: "hybrid".into(), devices, hybrid: true, ..Self::usual() }
    }

    /// The appliance's own cosignature is asked for.
    pub fn cosigned() -> Self {
        Self { name: "cosigned".into(), cosigner: true, ..Self::usual() }
    }

    /// CMS attributes are signed.
    pub fn cms() -> Self {
        Self { name: "cms".into(), form: Form::CmsAttrs, ..Self::usual() }
    }

    /// An XML SignedInfo is signed.
    pub fn xml() -> Self {
        Self { name: "xml".into(), form: Form::SignedInfo, ..Self::usual() }
    }

    /// Every way of doing it once.
    pub fn all() -> Vec<Self> {
        let of = |suite: Suite| Self { name: suite.to_string(), suite, ..Self::usual() };
        let mut all: Vec<_> = [Suite::Esp256, Suite::Esp384, Suite::Ed25519].map(of).into();
        all.extend([Self::cms(), Self::xml(), Self::hybrid(), Self::cosigned()]);
        all.push(Self { name: "witnesses".into(), witnesses: 1, ..Self::usual() });
        let es384 = vec![(ADA, Algorithm::Es384), (BEN, Algorithm::Rs256Modulus3072)];
        all.push(Self { name: "es384".into(), devices: es384, ..Self::usual() });
        all.push(Self { name: "uncertified".into(), certified: false, ..Self::usual() });
        all.push(Self {
            name: "other keys".into(),
            checkpoint: Key::p256(1),
            exporter: Key::ed25519(2),
            ..Self::usual()
        });
        all.extend(Self::all_attested());
        all
    }

    pub fn files(&self) -> Files {
        Files::of(self, Lies::default())
    }

    /// What a document's DTBS/R is made of, if it is not the document.
    pub fn derivation(&self, document: &[u8]) -> Vec<u8> {
        let digest = sha256(&[document]).0;
        match self.form {
            Form::Raw => Vec::new(),
            // SET OF Attribute with messageDigest alone, written by hand.
            Form::CmsAttrs => [
                &b"\x31\x31\x30\x2f\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x09\x04\x31\x22\x04\x20"[..],
                &digest,
            ]
            .concat(),
            Form::SignedInfo => {
                let digest = BASE64_STANDARD.encode(digest);
                format!("<SignedInfo><ds:DigestValue>{digest}</ds:DigestValue></SignedInfo>").into()
            }
        }
    }

    pub fn dtbsr(&self, source: &[u8]) -> Vec<u8> {
        match self.suite {
            Suite::Ed25519 => source.to_vec(),
            Suite::Esp384 => sha384(source),
            _ => sha256(&[source]).0.to_vec(),
        }
    }
}

impl Files {
    /// The files of a story in which somebody lies.
    pub fn of(story: &Story, lies: Lies) -> Self {
        let mut files = Self {
            trust: trust(story),
            evidence: told(story, &lies),
            documents: story.documents.clone(),
            item: None,
        };
        if let Some(lie) = lies.file {
            lie(&mut files.evidence);
        }
        if let Some(lie) = lies.documents {
            lie(&mut files.documents);
        }
        if let Some(lie) = lies.trust {
            lie(&mut files.trust);
        }
        files
    }
}

fn trust(story: &Story) -> String {
    let appliance = Appliance {
        id: APPLIANCE,
        checkpoint_key: CheckpointKey::from_bytes(&story.checkpoint.public()).unwrap(),
        cosigner_key: story.cosigner.then(|| cosigned::public(cosigned::OWN)),
        rp_id: RP_ID.into(),
        origin: ORIGIN.into(),
    };
    let witness = Key::ed25519(3).public();
    let witness = key::Key::new(WITNESS, Kind::Ed25519Cosignature, &witness).unwrap();
    let roots = if story.certified { certified::trusted() } else { String::new() };
    let makers = attested::makers(story);
    let witnesses = format!("[witnesses]\nneeded = 1\nkeys = [\"{witness}\"]");
    format!("{}\n{witnesses}\n{roots}{makers}", appliance.table())
}

pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap()
}
