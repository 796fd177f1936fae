//! The key of a new device, as its attestation object has it: what the signer's words are about.
//!
//! It is read from what the registering command gave, and from nothing that the appliance sends.

use aws_lc_rs::digest::{Context, SHA256};
use countersign_enrolment::attestation::AttestationObject;
use countersign_protocol::fingerprint::Fingerprint;
use countersign_protocol::minicbor::Decoder;
use countersign_protocol::{Digest, tag};

use crate::webauthn::Registration;

/// What is before the credential id's length in authenticatorData: rpIdHash, flags, signCount, AAGUID
/// (WebAuthn L3, 6.1 and 6.5.2).
const BEFORE_LENGTH_BYTES: usize = 32 + 1 + 4 + 16;

/// `SHA-256(tag::FINGERPRINT || COSE_Key)` of a new device's key.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NewKey(Digest);

impl NewKey {
    /// The key that was registered.
    pub(super) fn of(registration: &Registration) -> Result<Self, String> {
        let object = AttestationObject::read(&registration.attestation_object)
            .map_err(|fault| format!("its attestation object is none: {fault}"))?;
        let key = cose_key(object.auth_data());
        let key = key.ok_or("its authenticator data has no key; use another device")?;
        Ok(Self(digest(key)))
    }

    /// Its digest, as an invitation to vouch for it has it.
    pub(super) const fn digest(&self) -> &Digest {
        &self.0
    }

    /// Its words.
    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.0)
    }

    /// The key with this digest, for tests.
    #[cfg(test)]
    pub(super) const fn with(digest: Digest) -> Self {
        Self(digest)
    }
}

/// The COSE_Key: the first item after the credential's id.
fn cose_key(auth_data: &[u8]) -> Option<&[u8]> {
    let (length, rest) = auth_data.get(BEFORE_LENGTH_BYTES..)?.split_first_chunk::<2>()?;
    let rest = rest.get(usize::from(u16::from_be_bytes(*length))..)?;
    let mut key = Decoder::new(rest);
    key.skip().ok()?;
    rest.get(..key.position())
}

fn digest(cose_key: &[u8]) -> Digest {
    let mut context = Context::new(&SHA256);
    context.update(tag::FINGERPRINT);
    context.update(cose_key);
    let mut digest = Digest([0; 32]);
    digest.0.copy_from_slice(context.finish().as_ref());
    digest
}

#[cfg(test)]
mod tests {
    use countersign_device::{Algorithm, Authenticator};

    use super::*;

    #[test]
    fn the_key_is_found_whatever_its_algorithm() {
        for algorithm in Algorithm::ALL {
            let device = Authenticator::from_seed_of(algorithm, &[7; 32], "a.example", "https://a");
            let made = device.register(b"challenge");
            let (attestation_object, client_data) =
                (made.attestation_object, made.client_data_json);
            let registration = Registration { attestation_object, client_data };
            let expected = NewKey(digest(&device.credential().public_key_cose));
            assert_eq!(NewKey::of(&registration), Ok(expected), "{algorithm:?}");
        }
    }

    #[test]
    fn what_follows_the_key_is_not_part_of_it() {
        let id_and_key = [&[0, 2, 8, 9][..], &[0xa1, 1, 2], &[0xa0]].concat();
        let data = [vec![0; BEFORE_LENGTH_BYTES], id_and_key].concat();
        assert_eq!(cose_key(&data), Some(&[0xa1, 1, 2][..]));
        for cut in 0..data.len() - 1 {
            assert_eq!(cose_key(&data[..cut]), None, "{cut} bytes");
        }
    }

    #[test]
    fn what_is_no_attestation_object_has_no_key() {
        let nothing = Registration { attestation_object: vec![0xa0], client_data: vec![] };
        assert!(NewKey::of(&nothing).unwrap_err().contains("attestation object"));
    }
}
