//! What a verified statement is worth, and the proof that it is trusted.
//!
//! Guarantees: an [`Attested`] comes only from a verified statement, and a [`Trusted`] only from one that
//! certificates stand behind, whose chain ends at an anchor that the caller gave. A certificate that came
//! with the statement is never an anchor for it (GHSA-6hxq-p678-4hr2).

use countersign_protocol::attestation::{Class, Format};

use super::certificate::Leaf;
use crate::chain::{self, ChainFault, Purpose};
use crate::fault::Fault;

/// Where the statement says that the credential's key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyStorage {
    /// The format says nothing of it; the metadata of the model may.
    Unsaid,
    /// In the operating system (android-key).
    Software,
    /// In the processor's trusted environment (android-key).
    TrustedEnvironment,
    /// In a secure element (android-key).
    StrongBox,
}

/// A statement that holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    format: Format,
    class: Class,
    /// The leaf first, in DER; of [`Class::Certified`] never empty.
    chain: Vec<Vec<u8>>,
    storage: KeyStorage,
    /// Of [`Format::Compound`], and then never empty.
    parts: Vec<Self>,
}

/// A statement that holds, by a device whose model the anchors vouch for.
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Trusted(Attested);

/// anyExtendedKeyUsage (RFC 5280, 4.2.1.12): the leaves of most formats restrict nothing.
const ANY: Purpose = Purpose(&[0x55, 0x1d, 0x25, 0x00]);

/// tcg-kp-AIKCertificate, 2.23.133.8.3 (8.3.1).
const AIK: Purpose = Purpose(&[0x67, 0x81, 0x05, 0x08, 0x03]);

impl Attested {
    pub(super) const fn nothing(format: Format) -> Self {
        Self {
            format,
            class: Class::None,
            chain: Vec::new(),
            storage: KeyStorage::Unsaid,
            parts: Vec::new(),
        }
    }

    pub(super) const fn by_itself(format: Format) -> Self {
        Self {
            format,
            class: Class::SelfMade,
            chain: Vec::new(),
            storage: KeyStorage::Unsaid,
            parts: Vec::new(),
        }
    }

    pub(super) const fn certified(format: Format, chain: Vec<Vec<u8>>) -> Self {
        Self::stored(format, chain, KeyStorage::Unsaid)
    }

    pub(super) const fn stored(format: Format, chain: Vec<Vec<u8>>, storage: KeyStorage) -> Self {
        Self { format, class: Class::Certified, chain, storage, parts: Vec::new() }
    }

    /// Worth what the least of its parts is.
    pub(super) fn compound(parts: Vec<Self>) -> Self {
        let class = parts.iter().map(Self::class).min().unwrap_or(Class::None);
        let (format, storage) = (Format::Compound, KeyStorage::Unsaid);
        Self { format, class, chain: Vec::new(), storage, parts }
    }

    /// The statements of a compound one, each with its own format, class, chain and storage.
    #[must_use]
    pub fn parts(&self) -> &[Self] {
        &self.parts
    }

    /// Where the key is, as far as the statement says.
    #[must_use]
    pub const fn storage(&self) -> KeyStorage {
        self.storage
    }

    /// The statement's format.
    #[must_use]
    pub const fn format(&self) -> Format {
        self.format
    }

    /// What stands behind it.
    #[must_use]
    pub const fn class(&self) -> Class {
        self.class
    }

    /// The certificates that came with it, the leaf first, in DER.
    #[must_use]
    pub fn chain(&self) -> &[Vec<u8>] {
        &self.chain
    }

    /// The same, if its chain ends at one of `anchors` (DER) at this time, in milliseconds since 1970
    /// (7.1, steps 23 and 24). An anchor may be a root, an intermediate, or the leaf itself.
    ///
    /// # Errors
    /// [`Fault::NothingCertified`] and those of chains.
    pub fn trusted<A: AsRef<[u8]>>(self, anchors: &[A], utc_ms: u64) -> Result<Trusted, Fault> {
        if self.parts.is_empty() {
            self.leads_to(anchors, utc_ms)?;
        }
        // Of a compound statement each part.
        self.parts.iter().try_for_each(|part| part.leads_to(anchors, utc_ms))?;
        Ok(Trusted(self))
    }

    fn leads_to<A: AsRef<[u8]>>(&self, anchors: &[A], utc_ms: u64) -> Result<(), Fault> {
        // Certified is what has a leaf.
        let (leaf, others) = self.chain.split_first().ok_or(Fault::NothingCertified)?;
        let others: Vec<&[u8]> = others.iter().map(Vec::as_slice).collect();
        if anchors.iter().any(|anchor| anchor.as_ref() == leaf) {
            Leaf::read(leaf)?.is_in_time(utc_ms)?;
        } else {
            let purpose = if self.format == Format::Tpm { AIK } else { ANY };
            chain::verify(leaf, &others, anchors, utc_ms, purpose)
                .map_err(|fault| of_chain(&fault))?;
        }
        Ok(())
    }
}

impl Trusted {
    /// What is trusted.
    #[must_use]
    pub const fn attested(&self) -> &Attested {
        &self.0
    }

    /// The same, to keep.
    pub(crate) fn into_attested(self) -> Attested {
        self.0
    }
}

fn of_chain(fault: &ChainFault) -> Fault {
    match fault {
        ChainFault::Chain(webpki::Error::UnknownIssuer) => Fault::AnchorUnknown,
        ChainFault::Chain(webpki::Error::CertExpired { .. }) => Fault::CertificateExpired,
        ChainFault::Chain(webpki::Error::CertNotValidYet { .. }) => Fault::CertificateNotYetValid,
        ChainFault::Chain(webpki::Error::CaUsedAsEndEntity) => Fault::LeafIsAuthority,
        _ => Fault::ChainInvalid,
    }
}
