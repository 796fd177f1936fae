//! Who signs the files of evidence that are recovered: a key for one recovery, that nobody has afterwards.
//!
//! Guarantee: what is exported is a file of evidence as docs/evidence.md has it. Its signature says no more than that it was
//! not changed since: whoever exports is not believed anyway. It does not say how a DTBS/R came from a document, which only
//! the front-end knew, where that is not the document itself; nor what witnesses have said.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use countersign_ledger::Entry;
use countersign_protocol::activation::Version;
use countersign_protocol::evidence::Evidence;
use countersign_protocol::limits::{DTBSR_BYTES_MAX, HEAD_BYTES_MAX};
use countersign_protocol::record::SignatureContent;
use countersign_protocol::{Bounded, Sequence, canonical};
use countersign_verifier::envelope::seal;

use crate::Proof;

/// A SubjectPublicKeyInfo of Ed25519 before its key (RFC 8410, 4).
const ED25519_SPKI: &[u8] = b"\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00";

/// Whoever signs recovered evidence.
pub struct Exporter {
    pair: Ed25519KeyPair,
    spki: Vec<u8>,
}

impl Exporter {
    /// A new one; none if this machine has no random bytes.
    #[must_use]
    pub fn generate() -> Option<Self> {
        let pair = Ed25519KeyPair::generate().ok()?;
        let spki = [ED25519_SPKI, pair.public_key().as_ref()].concat();
        Some(Self { pair, spki })
    }

    /// Its public key, as evidence names it: a SubjectPublicKeyInfo in DER.
    #[must_use]
    pub fn public_key(&self) -> &[u8] {
        &self.spki
    }

    /// The file of evidence of a signature with this content and this proof.
    #[must_use]
    pub fn evidence(&self, content: &[u8], proof: &Proof) -> Option<Vec<u8>> {
        let content: SignatureContent<'_> = canonical::decode(content).ok()?;
        let none: Vec<Bounded<'_, DTBSR_BYTES_MAX>> =
            vec![Bounded::EMPTY; content.signatures.len()];
        let mut room = vec![0; none.len() * HEAD_BYTES_MAX];
        let mut rooms = vec![Vec::new(); proof.enrolments.len()];
        let enrolled =
            proof.enrolments.iter().zip(&mut rooms).map(|(one, room)| one.enrolled(room));
        let enrolled: Vec<_> = enrolled.collect::<Option<_>>()?;
        let mut enrolled_room =
            vec![0; proof.enrolments.iter().map(Entry::encoded_bytes_max).sum()];
        let evidence = Evidence {
            version: Version::V1,
            exporter: Bounded::new(&self.spki)?,
            receipt: Bounded::new(&proof.receipt)?,
            derivations: Sequence::from_values(&none, &mut room).ok()?,
            cosignatures: Sequence::EMPTY,
            enrolments: Sequence::from_values(&enrolled, &mut enrolled_room).ok()?,
            certificates: Sequence::EMPTY,
        };
        seal(&evidence, |bytes| Some(self.pair.sign(bytes).as_ref().to_vec()))
    }
}
