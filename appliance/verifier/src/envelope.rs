//! The envelope: one COSE_Sign1 by whoever exports the evidence.
//!
//! Guarantee: an evidence file has one encoding, and nothing in it is outside the signature: whoever changes a
//! byte of it has another exporter, or none.

use coset::iana::Algorithm as Iana;
use coset::{
    CborSerializable as _, CoseSign1, CoseSign1Builder, Header, HeaderBuilder,
    TaggedCborSerializable as _,
};
use countersign_core::assertion::der::Pair;
use countersign_ports::{Algorithm, Crypto};
use countersign_protocol::canonical;
use countersign_protocol::evidence::{CONTENT_TYPE, Evidence};
use countersign_protocol::limits::EVIDENCE_BYTES_MAX;

use crate::findings::Held;

/// A SubjectPublicKeyInfo of P-256 before its point (RFC 5480, 2).
const P256_SPKI: &[u8] =
    b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
/// One of Ed25519 before its key (RFC 8410, 4).
const ED25519_SPKI: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// What an exporter signs with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Signing {
    /// ES256: `r || s` over the SHA-256 of what is signed.
    Es256,
    /// EdDSA with Ed25519.
    EdDsa,
}

impl Signing {
    const fn algorithm(self) -> Algorithm {
        match self {
            Self::Es256 => Algorithm::EcdsaP256,
            Self::EdDsa => Algorithm::Ed25519,
        }
    }

    const fn cose(self) -> Iana {
        match self {
            Self::Es256 => Iana::ES256,
            Self::EdDsa => Iana::EdDSA,
        }
    }

    /// The protected header of an envelope that is signed with it: nothing else may be in it.
    fn protected(self) -> Header {
        let content_type = CONTENT_TYPE.to_owned();
        HeaderBuilder::new().algorithm(self.cose()).content_type(content_type).build()
    }

    /// A signature as COSE has it: of ECDSA `r || s` (RFC 9053, 2.1).
    fn written(self, signature: &[u8]) -> Option<Vec<u8>> {
        if self == Self::EdDsa {
            return Some(signature.to_vec());
        }
        let pair = Pair::<32>::read(signature);
        bool::from(pair.strict).then(|| [pair.r, pair.s].concat())
    }

    /// What a key signs with, and the key itself; none if it is of another kind.
    #[must_use]
    pub fn of_spki(spki: &[u8]) -> Option<(Self, &[u8])> {
        let p256 = spki.strip_prefix(P256_SPKI).map(|point| (Self::Es256, point));
        p256.or_else(|| spki.strip_prefix(ED25519_SPKI).map(|key| (Self::EdDsa, key)))
    }
}

/// What somebody has exported, signed by the key that it names.
pub(crate) struct Exported {
    payload: Vec<u8>,
}

/// Makes a file of evidence; `sign` makes the exporter's signature over the bytes that it is given, as TLS has it
/// (ECDSA in DER). None if the exporter's key is of another kind than [`Signing`] knows, or does not sign.
pub fn seal(
    evidence: &Evidence<'_>,
    sign: impl FnOnce(&[u8]) -> Option<Vec<u8>>,
) -> Option<Vec<u8>> {
    let (signing, _) = Signing::of_spki(evidence.exporter.bytes())?;
    let payload = minicbor::to_vec(evidence).ok()?;
    let envelope = CoseSign1Builder::new()
        .protected(signing.protected())
        .payload(payload)
        .try_create_signature(&[], |bytes| {
            sign(bytes).and_then(|made| signing.written(&made)).ok_or(())
        })
        .ok()?
        .build();
    envelope.to_tagged_vec().ok()
}

/// The file is exactly one envelope, and its signature is by the key that its payload names.
pub(crate) fn open(crypto: &impl Crypto, file: &[u8]) -> Held<Exported> {
    if file.len() > EVIDENCE_BYTES_MAX {
        return Err(format!("the file is larger than {EVIDENCE_BYTES_MAX} bytes"));
    }
    let envelope = CoseSign1::from_tagged_slice(file)
        .map_err(|_| "the file is no COSE_Sign1 envelope".to_owned())?;
    let again = envelope.clone().to_tagged_vec();
    if again.ok().as_deref() != Some(file) {
        return Err("the envelope is not in the one encoding that it has".into());
    }
    let signing = declared(&envelope)?;
    let payload = envelope.payload.clone().ok_or("the envelope has no payload")?;
    let exporter = exporter(&payload).ok_or("the payload names no exporter")?;
    let (kind, key) = Signing::of_spki(exporter).ok_or("the exporter's key is of no known kind")?;
    if kind != signing {
        return Err("the envelope's algorithm is not that of the exporter's key".into());
    }
    let verify = |signature: &[u8], signed: &[u8]| {
        let digest = crypto.sha256(&[signed]);
        let message = if kind == Signing::Es256 { &digest[..] } else { signed };
        bool::from(crypto.verify(kind.algorithm(), key, message, signature)).then_some(()).ok_or(())
    };
    envelope
        .verify_signature(&[], verify)
        .map_err(|()| "the exporter's signature does not verify".to_owned())?;
    let channel = hex::encode(crypto.sha256(&[exporter]));
    Ok((Exported { payload }, format!("exported and signed by {channel}")))
}

/// What the headers say it is signed with: algorithm and content type, protected, and nothing else.
fn declared(envelope: &CoseSign1) -> Result<Signing, String> {
    let header = &envelope.protected.header;
    let declared = |signing: &Signing| signing.protected() == *header;
    let signing = [Signing::Es256, Signing::EdDsa].into_iter().find(declared);
    let bare = envelope.unprotected.clone().to_vec().is_ok_and(|header| header == [0xa0]);
    signing.filter(|_| bare).ok_or_else(|| "the envelope's headers are not as they must be".into())
}

/// The exporter that a payload names, before anything else of it is read.
fn exporter(payload: &[u8]) -> Option<&[u8]> {
    let mut decoder = minicbor::Decoder::new(payload);
    let is_evidence = decoder.map().ok()? == Some(7) && decoder.u8().ok()? == 0;
    decoder.skip().ok()?;
    let is_exporter = decoder.u8().ok()? == 1;
    decoder.bytes().ok().filter(|_| is_evidence && is_exporter)
}

impl Exported {
    /// What was exported.
    pub(crate) fn evidence(&self) -> Held<Evidence<'_>> {
        let evidence: Evidence<'_> = canonical::decode(&self.payload)
            .map_err(|_| "the payload is no evidence of version 1".to_owned())?;
        let items = evidence.derivations.len();
        Ok((evidence, format!("version 1, {items} items")))
    }
}
