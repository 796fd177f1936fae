//! What the story's devices say of themselves when they are enrolled, under a maker that the trust file names.

use std::sync::LazyLock;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use countersign_authority::rcgen::KeyPair;
use countersign_authority::{Authority, Draft, Format, Registration};
use countersign_device::Algorithm;
use countersign_protocol::tag;
use p256::elliptic_curve::ops::Reduce as _;

use crate::keys::{Key, sha256};
use crate::story::{ADA, BEN, Lies, ORIGIN, RP_ID, Story};

/// Whom the trust file names.
static TRUSTED: LazyLock<Authority> = LazyLock::new(Authority::new);
/// Whom it does not name.
static OTHER: LazyLock<Authority> = LazyLock::new(Authority::new);

/// A device's registration over its ticket, in the story's format.
pub fn registered(
    story: &Story,
    algorithm: Algorithm,
    seed: [u8; 32],
    ticket: &[u8],
    lies: &Lies,
) -> Registration {
    let challenge = sha256(&[tag::ENROLMENT, ticket]).0;
    TRUSTED.register(story.attested, &challenge, ORIGIN, RP_ID, |draft| {
        (draft.seed, draft.algorithm) = (seed, algorithm);
        if draft.credential_of_leaf {
            draft.leaf_key = key_of(&seed);
        }
        if story.attested == Format::Packed {
            // It ends no way: the trust file's does.
            draft.x5c = Box::new(|x5c| x5c.extend(TRUSTED.roots()));
        }
        if let Some(lie) = lies.draft {
            lie(draft);
        }
    })
}

/// The key of a device of ES256, made as `countersign_device` makes it, to be certified.
fn key_of(seed: &[u8; 32]) -> KeyPair {
    let bytes = p256::FieldBytes::from(sha256(&[seed, b"key"]).0);
    let key = p256::ecdsa::SigningKey::from(p256::NonZeroScalar::reduce(&bytes));
    // PKCS #8, written by hand.
    let head = "308187020100301306072a8648ce3d020106082a8648ce3d030107046d306b0201010420";
    let (head, public) = (hex::decode(head).unwrap(), Key::P256(key.clone()).public());
    let pkcs8 = [&head, &key.to_bytes()[..], b"\xa1\x44\x03\x42\x00", &public].concat();
    KeyPair::try_from(pkcs8).unwrap()
}

/// The maker's root, for the trust file.
pub fn trusted() -> String {
    table(&TRUSTED.roots()[0])
}

/// That of somebody else.
pub fn by_others() -> String {
    table(&OTHER.roots()[0])
}

/// Whom the story's trust file names. Devices of fido-u2f give their leaf alone: what made it is named, a root or not.
pub fn makers(story: &Story) -> String {
    match story.attested {
        Format::None | Format::SelfMade => String::new(),
        Format::FidoU2f => table(&TRUSTED.intermediate()),
        _ => trusted(),
    }
}

fn table(der: &[u8]) -> String {
    let base64 = BASE64_STANDARD.encode(der);
    let pem = format!("-----BEGIN CERTIFICATE-----\n{base64}\n-----END CERTIFICATE-----\n");
    format!("[attestation]\nroots = [\"\"\"\n{pem}\"\"\"]\n")
}

/// A certificate between leaf and root that is somebody else's of the same name.
pub fn others_intermediate(draft: &mut Draft) {
    draft.x5c = Box::new(|x5c| x5c[1] = OTHER.intermediate());
}

/// The statement's key is not the credential's.
pub fn of_another_key(draft: &mut Draft) {
    (draft.credential_of_leaf, draft.leaf_key) = (false, KeyPair::generate().unwrap());
}

impl Story {
    /// Two devices of ES256 whose statements are of this format.
    fn attested(name: &str, attested: Format) -> Self {
        let devices = [ADA, BEN].map(|signer| (signer, Algorithm::Es256)).into();
        Self { name: name.into(), attested, devices, ..Self::usual() }
    }

    pub fn packed() -> Self {
        Self { attested: Format::Packed, name: "packed".into(), ..Self::usual() }
    }

    pub fn self_made() -> Self {
        Self::attested("self-made", Format::SelfMade)
    }

    pub fn tpm() -> Self {
        Self::attested("tpm", Format::Tpm)
    }

    pub fn android_key() -> Self {
        Self::attested("android-key", Format::AndroidKey)
    }

    pub fn apple() -> Self {
        Self::attested("apple", Format::Apple)
    }

    pub fn fido_u2f() -> Self {
        Self::attested("fido-u2f", Format::FidoU2f)
    }

    pub fn compound() -> Self {
        Self::attested("compound", Format::Compound)
    }

    /// Each format once; a TPM has keys of RSA too.
    pub fn all_attested() -> Vec<Self> {
        let mut rsa = Self { name: "tpm of RSA".into(), ..Self::tpm() };
        rsa.devices[1].1 = Algorithm::Rs256Modulus2048;
        vec![
            Self::packed(),
            Self::self_made(),
            Self::tpm(),
            rsa,
            Self::android_key(),
            Self::apple(),
            Self::fido_u2f(),
            Self::compound(),
        ]
    }
}
