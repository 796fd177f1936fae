//! KeyDescription, the extension 1.3.6.1.4.1.11129.2.1.17 of Android's key attestation (WebAuthn L3, 8.4.1).
//!
//! Guarantees: what is read is in DER, whole, and an authorisation that is there twice is none at all. What
//! it is worth is [`super::android_key`]'s. Authorisations that WebAuthn has no rule for are passed over.

use x509_cert::der::{Decode as _, Header, Reader, SliceReader, Tag, TagNumber};

use super::attested::KeyStorage;
use crate::fault::Fault;

/// The parts that have rules.
pub(super) struct KeyDescription<'k> {
    pub(super) storage: KeyStorage,
    pub(super) challenge: &'k [u8],
    pub(super) software: Authorisations<'k>,
    /// teeEnforced: what the key's hardware enforces.
    pub(super) hardware: Authorisations<'k>,
}

/// An AuthorizationList.
#[derive(Default)]
pub(super) struct Authorisations<'k> {
    /// The content of the SET OF INTEGER.
    pub(super) purposes: Option<&'k [u8]>,
    pub(super) origin: Option<u8>,
    pub(super) all_applications: bool,
}

type Read<T> = x509_cert::der::Result<T>;

impl<'k> KeyDescription<'k> {
    /// KM_ORIGIN_GENERATED.
    pub(super) const GENERATED: u8 = 0;
    /// KM_PURPOSE_SIGN (2), and nothing else.
    pub(super) const ONLY_SIGN: [u8; 3] = [0x02, 0x01, 0x02];

    pub(super) fn read(bytes: &'k [u8]) -> Result<Self, Fault> {
        let read = || {
            let mut outer = SliceReader::new(bytes)?;
            let content = element(&mut outer, Tag::Sequence)?;
            outer.finish()?;
            Self::content(content)
        };
        read().map_err(|_: x509_cert::der::Error| Fault::AndroidDescriptionMalformed)
    }

    /// attestationVersion, attestationSecurityLevel, keymasterVersion, keymasterSecurityLevel,
    /// attestationChallenge, uniqueId, softwareEnforced, teeEnforced.
    fn content(bytes: &'k [u8]) -> Read<Self> {
        let mut fields = SliceReader::new(bytes)?;
        element(&mut fields, Tag::Integer)?;
        let attesting = element(&mut fields, Tag::Enumerated)?;
        element(&mut fields, Tag::Integer)?;
        let keeping = element(&mut fields, Tag::Enumerated)?;
        // What software says of hardware is software's word.
        let storage = match level(attesting)?.min(level(keeping)?) {
            0 => KeyStorage::Software,
            1 => KeyStorage::TrustedEnvironment,
            _ => KeyStorage::StrongBox,
        };
        let challenge = element(&mut fields, Tag::OctetString)?;
        element(&mut fields, Tag::OctetString)?;
        let software = Authorisations::read(element(&mut fields, Tag::Sequence)?)?;
        let hardware = Authorisations::read(element(&mut fields, Tag::Sequence)?)?;
        fields.finish()?;
        Ok(Self { storage, challenge, software, hardware })
    }

    /// The list that counts for this key.
    pub(super) const fn enforced(&self) -> &Authorisations<'k> {
        match self.storage {
            KeyStorage::Software => &self.software,
            _ => &self.hardware,
        }
    }
}

/// SecurityLevel: software, TEE, StrongBox.
fn level(content: &[u8]) -> Read<u8> {
    match content {
        [level @ 0..=2] => Ok(*level),
        _ => Err(Tag::Enumerated.value_error().into()),
    }
}

impl<'k> Authorisations<'k> {
    fn read(bytes: &'k [u8]) -> Read<Self> {
        let mut list = SliceReader::new(bytes)?;
        let mut all = Self::default();
        let mut last = None;
        while !list.is_finished() {
            let header = Header::decode(&mut list)?;
            let content = list.read_slice(header.length())?;
            let Tag::ContextSpecific { number, .. } = header.tag() else {
                return Err(header.tag().value_error().into());
            };
            // In the order of the tags, so none is there twice.
            if last.replace(number) >= Some(number) {
                return Err(header.tag().value_error().into());
            }
            all.take(number, content)?;
        }
        Ok(all)
    }

    /// The content of an EXPLICIT tag.
    fn take(&mut self, number: TagNumber, content: &'k [u8]) -> Read<()> {
        let mut inner = SliceReader::new(content)?;
        match number.value() {
            // purpose
            1 => self.purposes = Some(element(&mut inner, Tag::Set)?),
            // allApplications: NULL; that it is there is what counts.
            600 => {
                self.all_applications = true;
                element(&mut inner, Tag::Null)?;
            }
            // origin
            702 => self.origin = Some(u8::decode(&mut inner)?),
            _ => return Ok(()),
        }
        // An EXPLICIT tag has one element.
        inner.finish()
    }
}

/// The content of the next element, which has this tag.
fn element<'k>(reader: &mut SliceReader<'k>, tag: Tag) -> Read<&'k [u8]> {
    let header = Header::decode(reader)?;
    header.tag().assert_eq(tag)?;
    reader.read_slice(header.length())
}
