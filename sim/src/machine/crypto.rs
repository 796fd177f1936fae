//! The crypto engine of a simulated appliance: real hashes, and signatures that are real or cheap.

use std::sync::atomic::{AtomicU64, Ordering};

use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto, NotAuthentic, NotSealed, Sealing};
use countersign_selftest::{Failure, Passed, SelfTest, known_answers};
use sha2::{Digest as _, Sha256, Sha384};
use subtle::Choice;

use super::{Bug, cheap};

/// Which signatures there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Chosen {
    /// Those that cost a hash.
    #[default]
    Cheap,
    /// ECDSA on P-256, checked by the daemon's own engine.
    Host,
}

/// The engine.
pub struct SimCrypto {
    chosen: Chosen,
    bug: Bug,
    verified: AtomicU64,
}

impl SimCrypto {
    pub(super) const fn new(chosen: Chosen, bug: Bug) -> Self {
        Self { chosen, bug, verified: AtomicU64::new(0) }
    }

    /// Which signatures it checks.
    #[must_use]
    pub const fn chosen(&self) -> Chosen {
        self.chosen
    }

    /// How many signatures it has checked.
    pub fn verified(&self) -> u64 {
        self.verified.load(Ordering::Relaxed)
    }
}

impl Crypto for SimCrypto {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        match self.chosen {
            Chosen::Cheap => {
                let hash = parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part));
                hash.finalize().into()
            }
            Chosen::Host => Host.sha256(parts),
        }
    }

    fn sha384(&self, parts: &[&[u8]]) -> [u8; 48] {
        match self.chosen {
            Chosen::Cheap => {
                let hash = parts.iter().fold(Sha384::new(), |hash, part| hash.chain_update(part));
                hash.finalize().into()
            }
            Chosen::Host => Host.sha384(parts),
        }
    }

    fn has(&self, algorithm: Algorithm) -> bool {
        self.chosen == Chosen::Cheap || Host.has(algorithm)
    }

    fn verify(
        &self,
        algorithm: Algorithm,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Choice {
        let hopeless = signature.iter().take(32).all(|byte| *byte == 0);
        if self.bug == Bug::ChecksLess && hopeless {
            return Choice::from(0);
        }
        self.verified.fetch_add(1, Ordering::Relaxed);
        if self.bug == Bug::AnySignature {
            return Choice::from(1);
        }
        let fits = signature.len() == algorithm.signature_bytes();
        match self.chosen {
            Chosen::Cheap => {
                Choice::from(u8::from(fits && cheap::verifies(public_key, message, signature)))
            }
            Chosen::Host => Host.verify(algorithm, public_key, message, signature),
        }
    }

    fn is_public_key(&self, algorithm: Algorithm, public_key: &[u8]) -> Choice {
        match self.chosen {
            Chosen::Cheap => {
                Choice::from(u8::from(public_key.len() == algorithm.public_key_bytes()))
            }
            Chosen::Host => Host.is_public_key(algorithm, public_key),
        }
    }
}

/// Real, whichever signatures there are.
impl Sealing for SimCrypto {
    fn seal_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; 16], NotSealed> {
        Host.seal_in_place(key, nonce, associated, bytes)
    }

    fn open_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; 16],
    ) -> Result<(), NotAuthentic> {
        Host.open_in_place(key, nonce, associated, bytes, tag)
    }
}

/// What of it is real gives its known answers at every start; of cheap signatures nobody has published any, and the
/// mistakes that are planted are for the judge to find.
impl SelfTest for SimCrypto {
    fn self_test(&self) -> Result<Passed, Failure> {
        known_answers("simulated", &Real(self))
    }
}

/// What of the engine is real.
struct Real<'a>(&'a SimCrypto);

impl Crypto for Real<'_> {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.0.sha256(parts)
    }

    fn sha384(&self, parts: &[&[u8]]) -> [u8; 48] {
        self.0.sha384(parts)
    }

    fn has(&self, algorithm: Algorithm) -> bool {
        self.0.chosen == Chosen::Host && Host.has(algorithm)
    }

    fn verify(&self, algorithm: Algorithm, key: &[u8], message: &[u8], signature: &[u8]) -> Choice {
        if !self.has(algorithm) {
            return Choice::from(0);
        }
        Host.verify(algorithm, key, message, signature)
    }

    fn is_public_key(&self, algorithm: Algorithm, public_key: &[u8]) -> Choice {
        if !self.has(algorithm) {
            return Choice::from(0);
        }
        Host.is_public_key(algorithm, public_key)
    }
}

impl Sealing for Real<'_> {
    fn seal_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; 16], NotSealed> {
        self.0.seal_in_place(key, nonce, associated, bytes)
    }

    fn open_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; 16],
    ) -> Result<(), NotAuthentic> {
        self.0.open_in_place(key, nonce, associated, bytes, tag)
    }
}

/// Whether a signature is good, as somebody outside the appliance finds. ECDSA on P-256 where it is
/// real.
#[must_use]
pub fn verifies(chosen: Chosen, public_key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    use p256::ecdsa::signature::hazmat::PrehashVerifier as _;
    match chosen {
        Chosen::Cheap => cheap::verifies(public_key, message, signature),
        Chosen::Host => {
            let key = p256::ecdsa::VerifyingKey::from_sec1_bytes(public_key);
            let signature = p256::ecdsa::Signature::from_slice(signature);
            key.ok()
                .zip(signature.ok())
                .is_some_and(|(key, signature)| key.verify_prehash(message, &signature).is_ok())
        }
    }
}
