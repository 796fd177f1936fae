//! Epochs' keys sealed to a recovery key: HPKE (RFC 9180) in base mode, with X25519, HKDF-SHA256 and AES-256-GCM.
//!
//! Guarantees: what is sealed for one appliance, epoch and recovery key opens as that of no other; only the private key opens
//! it. There is no sender to be known: that it was the appliance, the vault's own marks say.

use countersign_protocol::recovery::{Hpke as Suite, RecoveryKey};
use countersign_protocol::{ApplianceId, Digest, tag};
use countersign_vault::{EpochName, NotWrapped, Wrapping};
use rustls::crypto::aws_lc_rs::hpke::DH_KEM_X25519_HKDF_SHA256_AES_256;
use rustls::crypto::hpke::{
    EncapsulatedSecret, Hpke, HpkeOpener, HpkePrivateKey, HpkePublicKey, HpkeSealer,
};
use zeroize::{Zeroize as _, Zeroizing};

use crate::sharing::Secret;

/// Bytes of the sender's public key, which come first (RFC 9180, 7.1: Nenc).
const ENCAPSULATED_BYTES: usize = 32;

/// Whom the appliance wraps for.
#[derive(Clone, Debug)]
pub struct Recipient {
    fingerprint: Digest,
    public: [u8; 32],
}

impl Recipient {
    /// The owner of a recovery key with this fingerprint; none if nothing can be sealed to the key.
    #[must_use]
    pub fn of(fingerprint: Digest, key: &RecoveryKey<'_>) -> Option<Self> {
        let Suite::X25519Aes256 = key.suite;
        let recipient = Self { fingerprint, public: key.public };
        // A key of small order is refused by whoever agrees with it (RFC 9180, 7.1.4).
        let somewhere = EpochName { appliance: ApplianceId([0; 16]), epoch: 0 };
        recipient.wrap(&somewhere, &[0; 32]).ok().map(|_| recipient)
    }

    /// What their recovery key is known by.
    #[must_use]
    pub const fn fingerprint(&self) -> Digest {
        self.fingerprint
    }

    /// The beginning of a stream: the sender's public key, and whoever seals what follows.
    pub(crate) fn stream(&self) -> Option<(Vec<u8>, Box<dyn HpkeSealer>)> {
        let public = HpkePublicKey(self.public.to_vec());
        let (EncapsulatedSecret(encapsulated), sealer) =
            suite().setup_sealer(&stream_info(&self.fingerprint), &public).ok()?;
        (encapsulated.len() == ENCAPSULATED_BYTES).then_some((encapsulated, sealer))
    }
}

impl Wrapping for Recipient {
    fn recipient(&self) -> Digest {
        self.fingerprint
    }

    fn wrap(&self, epoch: &EpochName, key: &[u8; 32]) -> Result<Vec<u8>, NotWrapped> {
        let (info, public) = (info(epoch, &self.fingerprint), HpkePublicKey(self.public.to_vec()));
        let sealed = suite().seal(&info, &[], key, &public);
        let (EncapsulatedSecret(encapsulated), sealed) = sealed.map_err(|_| NotWrapped)?;
        Ok([encapsulated, sealed].concat())
    }
}

/// What [`Recipient::wrap`] has sealed for this epoch, with the private key; nothing if that is another one.
pub(crate) fn unwrap(
    private: &Secret,
    fingerprint: &Digest,
    epoch: &EpochName,
    sealed: &[u8],
) -> Option<Secret> {
    let (encapsulated, sealed) = sealed.split_at_checked(ENCAPSULATED_BYTES)?;
    let encapsulated = EncapsulatedSecret(encapsulated.to_vec());
    // It clears itself.
    let private = HpkePrivateKey::from(private.to_vec());
    let opened = suite().open(&encapsulated, &info(epoch, fingerprint), &[], sealed, &private);
    let mut opened = opened.ok()?;
    let key = <[u8; 32]>::try_from(opened.as_slice()).ok().map(Zeroizing::new);
    opened.zeroize();
    key
}

/// Whoever opens a stream that begins with this sender's public key.
pub(crate) fn opener(
    private: &Secret,
    fingerprint: &Digest,
    encapsulated: &[u8; ENCAPSULATED_BYTES],
) -> Option<Box<dyn HpkeOpener>> {
    let encapsulated = EncapsulatedSecret(encapsulated.to_vec());
    let private = HpkePrivateKey::from(private.to_vec());
    suite().setup_opener(&encapsulated, &stream_info(fingerprint), &private).ok()
}

/// A new pair: public, private.
pub(crate) fn generate() -> Option<([u8; 32], Secret)> {
    let (HpkePublicKey(public), private) = suite().generate_key_pair().ok()?;
    let private = <[u8; 32]>::try_from(private.secret_bytes()).ok()?;
    Some((public.try_into().ok()?, Zeroizing::new(private)))
}

fn suite() -> &'static dyn Hpke {
    DH_KEM_X25519_HKDF_SHA256_AES_256
}

/// What it is sealed for: all of it is of fixed length.
fn info(epoch: &EpochName, fingerprint: &Digest) -> Vec<u8> {
    let EpochName { appliance, epoch } = epoch;
    [tag::WRAPPED_EPOCH, &appliance.0, &epoch.to_be_bytes(), &fingerprint.0].concat()
}

fn stream_info(fingerprint: &Digest) -> Vec<u8> {
    [tag::BACKUP, &fingerprint.0].concat()
}

/// What was sealed to the private key that is all of it 7, from the sender's that is 5: made from RFC 9180 alone, in
/// another language.
const KNOWN: [u8; 80] = hex_literal::hex!(
    "50a61409b1ddd0325e9b16b700e719e9772c07000b1bd7786e907c653d20495d"
    "1bea8d1ef6f757840a24d041667dea7b39c77608133b164ab54b0ac9d2bb1569"
    "2cb4762329ac8f895a73ac78dc4f66a0"
);
/// What it was sealed for.
const HERE: EpochName = EpochName { appliance: ApplianceId([1; 16]), epoch: 7 };
const WE: Digest = Digest([2; 32]);

/// Whether the suite opens a known answer, on this machine: X25519, HKDF with HMAC-SHA-256, and AES-256-GCM are what they
/// are elsewhere.
#[must_use]
pub fn opens_the_known_answer() -> bool {
    opens_as_known(&[7; 32], &KNOWN)
}

fn opens_as_known(private: &[u8; 32], sealed: &[u8]) -> bool {
    let opened = unwrap(&Zeroizing::new(*private), &WE, &HERE, sealed);
    opened.is_some_and(|key| *key == [9; 32])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair() -> (Recipient, Secret) {
        let (public, private) = generate().unwrap();
        (Recipient { fingerprint: WE, public }, private)
    }

    #[test]
    fn what_is_wrapped_is_opened_for_this_place_alone_and_by_this_key_alone() {
        let (recipient, private) = pair();
        let sealed = recipient.wrap(&HERE, &[9; 32]).unwrap();
        let opened = |private: &Secret, we: &Digest, epoch: &EpochName, sealed: &[u8]| {
            unwrap(private, we, epoch, sealed).map(|key| *key)
        };
        assert_eq!(opened(&private, &WE, &HERE, &sealed), Some([9; 32]));
        let other = EpochName { epoch: 8, ..HERE };
        assert_eq!(opened(&private, &WE, &other, &sealed), None);
        let other = EpochName { appliance: ApplianceId([3; 16]), ..HERE };
        assert_eq!(opened(&private, &WE, &other, &sealed), None);
        assert_eq!(opened(&private, &Digest([3; 32]), &HERE, &sealed), None);
        assert_eq!(opened(&pair().1, &WE, &HERE, &sealed), None);
        for at in 0..sealed.len() {
            let mut bad = sealed.clone();
            // X25519 does not look at the highest bit of a point (RFC 7748, 5): the KEM's context does.
            bad[at] ^= 0x80;
            assert_eq!(opened(&private, &WE, &HERE, &bad), None, "byte {at}");
        }
        for length in 0..sealed.len() {
            assert_eq!(opened(&private, &WE, &HERE, &sealed[..length]), None);
        }
    }

    #[test]
    fn it_is_sealed_anew_each_time() {
        let (recipient, _) = pair();
        let [one, two] = [(); 2].map(|()| recipient.wrap(&HERE, &[9; 32]).unwrap());
        assert_ne!(one, two);
        assert_eq!(one.len(), ENCAPSULATED_BYTES + 32 + 16);
    }

    #[test]
    fn it_is_what_the_rfc_says_and_nothing_else() {
        assert!(opens_the_known_answer());
        assert!(!opens_as_known(&[8; 32], &KNOWN));
        for at in [0, 40, 79] {
            let mut other = KNOWN;
            other[at] ^= 1;
            assert!(!opens_as_known(&[7; 32], &other), "byte {at}");
        }
    }

    #[test]
    fn a_public_key_of_small_order_is_none() {
        let small = Recipient { fingerprint: WE, public: [0; 32] };
        assert_eq!(small.wrap(&HERE, &[9; 32]), Err(NotWrapped));
    }
}
