//! What is asked for known answers before anything is decided: the engine, and what hashes and opens beside it.
//!
//! Guarantees: [`engine`] is where this program gets its engine from, and it gives none that answers wrongly; each
//! engine that is configured is asked by itself, and what it has not is in the log's line. [`salt_secret`] is an answer
//! that the token gives twice.
//!
//! It does not ask again what is checked whenever it is used: each signature of the token's (a signer's, a checkpoint's,
//! a cosignature) is verified before it is let out, and what its other secrets make (the vault's roots, the key of own
//! records) opens what they sealed, or the boot stops. TLS and the chains of attestations are aws-lc-rs's, as the engine
//! `host` is, and a random number has no known answer.

use std::sync::Arc;
use std::time::Instant;

use countersign_host::Host;
use countersign_ports::{Crypto, Sealing};
use countersign_selftest::{Failure, Passed, SelfTest, Tested, known_answers};
use countersign_soft::Soft;
use countersign_tlog::{Hash, leaf_hash, node_hash};
use countersign_token::PrfUse;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::boot::BootError;
use crate::engine::{Chosen, Engine};
use crate::ground::Hsm;

/// The engine that is configured, once all is as it should be.
pub(crate) fn engine(chosen: Chosen) -> Result<Tested<Arc<Engine>>, Failure> {
    let engine = Tested::new(Arc::new(Engine::new(chosen, Host, Soft)))?;
    let right = |name, algorithm, right: bool| {
        if right { Ok(()) } else { Err(Failure { engine: name, algorithm }) }
    };
    right("tree", "SHA-256", grows_the_known_tree(leaf_hash, node_hash))?;
    right("wrapping", "HPKE", countersign_recovery::opens_the_known_answer())?;
    Ok(engine)
}

/// Of two engines each is asked: neither hides what the other does wrong.
impl<A: Crypto + Sealing, B: Crypto + Sealing> SelfTest for Engine<A, B> {
    fn self_test(&self) -> Result<Passed, Failure> {
        let (host, soft) = (|| told("host", &self.first), || told("soft", &self.second));
        match self.chosen {
            Chosen::Host => host(),
            Chosen::Soft => soft(),
            Chosen::Both => Ok(host()?.and(soft()?)),
        }
    }
}

/// Asks one, and says in the log how it went.
fn told(name: &'static str, engine: &(impl Crypto + Sealing)) -> Result<Passed, Failure> {
    let begun = Instant::now();
    let passed = known_answers(name, engine)?;
    let us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    let not_there: Vec<_> = passed.lacking().collect();
    tracing::info!(engine = name, us, ?not_there, "self-test");
    Ok(passed)
}

/// The tree over three of the entries with which Certificate Transparency's reference implementation tests its own
/// (github.com/google/certificate-transparency, `merkle_tree_test.cc`).
fn grows_the_known_tree(leaf: fn(&[u8]) -> Hash, node: fn(&Hash, &Hash) -> Hash) -> bool {
    const ROOT: Hash = [
        0xae, 0xb6, 0xbc, 0xfe, 0x27, 0x4b, 0x70, 0xa1, 0x4f, 0xb0, 0x67, 0xa5, 0xe5, 0x57, 0x82,
        0x64, 0xdb, 0x0f, 0xa9, 0xb5, 0x1a, 0xf5, 0xe0, 0xba, 0x15, 0x91, 0x58, 0xf3, 0x29, 0xe0,
        0x6e, 0x77,
    ];
    node(&node(&leaf(&[]), &leaf(&[0])), &leaf(&[0x10])) == ROOT
}

/// The secret of the ledger's salts: nothing that is sealed shows whether it is always the same, so it is asked twice,
/// and beside another use.
pub(crate) fn salt_secret(token: &impl Hsm) -> Result<Zeroizing<[u8; 32]>, BootError> {
    let secret = token.prf(PrfUse::LedgerSalt)?;
    let again = token.prf(PrfUse::LedgerSalt)?.ct_eq(&*secret);
    let other = !token.prf(PrfUse::OwnRecords)?.ct_eq(&*secret);
    if bool::from(again & other) { Ok(secret) } else { Err(BootError::Unsteady) }
}

#[cfg(test)]
mod tests {
    use countersign_ports::{Algorithm, NotAuthentic, NotSealed};
    use subtle::Choice;

    use super::*;

    /// The engine of the host, which says yes to every signature of one algorithm.
    struct Credulous(Algorithm);

    impl Crypto for Credulous {
        fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
            Host.sha256(parts)
        }
        fn sha384(&self, parts: &[&[u8]]) -> [u8; 48] {
            Host.sha384(parts)
        }
        fn has(&self, algorithm: Algorithm) -> bool {
            Host.has(algorithm)
        }
        fn verify(&self, algorithm: Algorithm, key: &[u8], message: &[u8], by: &[u8]) -> Choice {
            let always = Choice::from(u8::from(algorithm == self.0));
            Host.verify(algorithm, key, message, by) | always
        }
        fn is_public_key(&self, algorithm: Algorithm, key: &[u8]) -> Choice {
            Host.is_public_key(algorithm, key)
        }
    }

    impl Sealing for Credulous {
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

    #[test]
    fn every_choice_passes_on_this_machine() {
        for chosen in [Chosen::Host, Chosen::Soft, Chosen::Both] {
            assert!(engine(chosen).is_ok(), "{chosen:?}");
        }
    }

    #[test]
    fn each_engine_that_is_configured_is_asked_and_no_other() {
        let wrong = || Credulous(Algorithm::MlDsa65);
        let named = |chosen, first: bool| {
            let engine = match first {
                true => Engine::new(chosen, wrong(), Credulous(Algorithm::Ed25519)).self_test(),
                false => Engine::new(chosen, Host, wrong()).self_test(),
            };
            engine.err().map(|Failure { engine, algorithm }| (engine, algorithm))
        };
        assert_eq!(named(Chosen::Host, true), Some(("host", "ML-DSA-65")));
        assert_eq!(named(Chosen::Soft, true), Some(("soft", "Ed25519")));
        assert_eq!(named(Chosen::Both, true), Some(("host", "ML-DSA-65")));
        assert_eq!(named(Chosen::Host, false), None);
        assert_eq!(named(Chosen::Soft, false), Some(("soft", "ML-DSA-65")));
        assert_eq!(named(Chosen::Both, false), Some(("soft", "ML-DSA-65")));
    }

    #[test]
    fn a_boot_that_is_stopped_by_it_says_which_algorithm_of_which_engine_and_what_to_do() {
        let engine = Arc::new(Engine::new(Chosen::Both, Host, Credulous(Algorithm::EcdsaP384)));
        let why = BootError::from(Tested::new(engine).err().unwrap()).to_string();
        assert_eq!(
            why,
            "self-test: ES384 of the engine `soft` gives another answer than the published one; do not use this build \
             on this machine"
        );
    }

    #[test]
    fn a_tree_with_a_wrong_hash_is_not_the_known_one() {
        let leaf: fn(&[u8]) -> Hash = |data| node_hash(&leaf_hash(data), &[0; 32]);
        let node: fn(&Hash, &Hash) -> Hash = |left, right| node_hash(right, left);
        assert!(grows_the_known_tree(leaf_hash, node_hash));
        assert!(!grows_the_known_tree(leaf, node_hash));
        assert!(!grows_the_known_tree(leaf_hash, node));
    }
}
