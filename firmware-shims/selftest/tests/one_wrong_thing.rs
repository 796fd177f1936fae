//! Both engines pass; the same engine with one wrong answer does not, and the failure names what is wrong.

#![allow(clippy::indexing_slicing, reason = "what a test did not expect has failed the test")]

use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto, NotAuthentic, NotSealed, Sealing};
use countersign_selftest::{Failure, Passed, SelfTest, Tested, known_answers};
use countersign_soft::Soft;
use subtle::Choice;

/// What a good engine does wrong.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    /// A bit of its digests.
    Sha256,
    Sha384,
    /// It refuses every signature of this algorithm.
    Refuses(Algorithm),
    /// It accepts every signature of this algorithm, whoever gave it for whatever.
    Accepts(Algorithm),
    /// It says no to the algorithm's keys.
    HasNoKeys(Algorithm),
    /// It says that it has not the algorithm, and accepts its signatures all the same.
    Hides(Algorithm),
    /// A bit of its ciphertexts, or of its tags.
    Ciphertext,
    Tag,
    /// It opens whatever it is given, or nothing.
    OpensAll,
    OpensNothing,
}

struct Mistaken<E>(E, Wrong);

impl<E: Crypto> Crypto for Mistaken<E> {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut digest = self.0.sha256(parts);
        digest[31] ^= u8::from(self.1 == Wrong::Sha256);
        digest
    }

    fn sha384(&self, parts: &[&[u8]]) -> [u8; 48] {
        let mut digest = self.0.sha384(parts);
        digest[47] ^= u8::from(self.1 == Wrong::Sha384);
        digest
    }

    fn has(&self, algorithm: Algorithm) -> bool {
        self.0.has(algorithm) && self.1 != Wrong::Hides(algorithm)
    }

    fn verify(&self, algorithm: Algorithm, key: &[u8], message: &[u8], signature: &[u8]) -> Choice {
        if self.1 == Wrong::Refuses(algorithm) {
            return Choice::from(0);
        }
        let honest = self.0.verify(algorithm, key, message, signature);
        honest | Choice::from(u8::from(self.1 == Wrong::Accepts(algorithm)))
    }

    fn is_public_key(&self, algorithm: Algorithm, key: &[u8]) -> Choice {
        let none = Choice::from(u8::from(self.1 == Wrong::HasNoKeys(algorithm)));
        self.0.is_public_key(algorithm, key) & !none
    }
}

impl<E: Sealing> Sealing for Mistaken<E> {
    fn seal_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; 16], NotSealed> {
        let mut tag = self.0.seal_in_place(key, nonce, associated, bytes)?;
        tag[0] ^= u8::from(self.1 == Wrong::Tag);
        bytes[0] ^= u8::from(self.1 == Wrong::Ciphertext);
        Ok(tag)
    }

    fn open_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; 16],
    ) -> Result<(), NotAuthentic> {
        let opened = self.0.open_in_place(key, nonce, associated, bytes, tag);
        match self.1 {
            Wrong::OpensAll => Ok(()),
            Wrong::OpensNothing => Err(NotAuthentic),
            _ => opened,
        }
    }
}

impl<E: Crypto + Sealing> SelfTest for Mistaken<E> {
    fn self_test(&self) -> Result<Passed, Failure> {
        known_answers("engine", self)
    }
}

/// What is named; nothing if all is well.
fn named(engine: impl Crypto + Sealing, wrong: Wrong) -> Option<&'static str> {
    let failure = Tested::new(&Mistaken(engine, wrong)).err()?;
    assert_eq!(failure.engine, "engine");
    Some(failure.algorithm)
}

/// What the algorithms are called.
const NAMES: [(Algorithm, &str); 10] = [
    (Algorithm::EcdsaP256, "ES256"),
    (Algorithm::EcdsaP384, "ES384"),
    (Algorithm::Rsa2048Pkcs1Sha256, "RS256 with 2048 bits"),
    (Algorithm::Rsa3072Pkcs1Sha256, "RS256 with 3072 bits"),
    (Algorithm::Rsa4096Pkcs1Sha256, "RS256 with 4096 bits"),
    (Algorithm::Rsa3072PssSha256, "PS256 with 3072 bits"),
    (Algorithm::Ed25519, "Ed25519"),
    (Algorithm::MlDsa44, "ML-DSA-44"),
    (Algorithm::MlDsa65, "ML-DSA-65"),
    (Algorithm::MlDsa87, "ML-DSA-87"),
];

#[test]
fn good_engines_pass_and_say_what_they_have_not() {
    assert_eq!(named(Host, Wrong::Nothing), None);
    assert_eq!(named(Soft, Wrong::Nothing), None);
    let lacking = |passed: Passed| passed.lacking().collect::<Vec<_>>();
    let (host, soft) =
        (known_answers("host", &Host).unwrap(), known_answers("soft", &Soft).unwrap());
    assert_eq!(lacking(host), [""; 0]);
    let rsa = NAMES.iter().map(|(_, name)| *name).filter(|name| name.contains("bits"));
    assert_eq!(lacking(soft), rsa.collect::<Vec<_>>());
    assert_eq!(lacking(soft.and(host)), [""; 0]);
    assert_eq!(lacking(soft.and(soft)).len(), 4);
}

#[test]
fn a_wrong_digest_is_named() {
    for (wrong, name) in [(Wrong::Sha256, "SHA-256"), (Wrong::Sha384, "SHA-384")] {
        assert_eq!(named(Host, wrong), Some(name));
        assert_eq!(named(Soft, wrong), Some(name));
    }
}

#[test]
fn wrong_sealing_is_named() {
    for wrong in [Wrong::Ciphertext, Wrong::Tag, Wrong::OpensAll, Wrong::OpensNothing] {
        assert_eq!(named(Host, wrong), Some("AES-256-GCM"));
        assert_eq!(named(Soft, wrong), Some("AES-256-GCM"));
    }
}

#[test]
fn each_algorithm_that_is_judged_wrong_is_named() {
    for (algorithm, name) in NAMES {
        let accepts = Wrong::Accepts(algorithm);
        assert_eq!(named(Host, accepts), Some(name));
        // Also of what it says it has not: it may accept nothing of it.
        assert_eq!(named(Soft, accepts), Some(name));
        for wrong in [Wrong::Refuses(algorithm), Wrong::HasNoKeys(algorithm)] {
            assert_eq!(named(Host, wrong), Some(name));
            assert_eq!(named(Soft, wrong), Soft.has(algorithm).then_some(name));
        }
        assert_eq!(named(Host, Wrong::Hides(algorithm)), Some(name));
    }
}

#[test]
fn the_failure_is_one_line_that_names_algorithm_and_engine_and_says_what_to_do() {
    let failure = Failure { engine: "soft", algorithm: "ML-DSA-65" };
    assert_eq!(
        failure.to_string(),
        "self-test: ML-DSA-65 of the engine `soft` gives another answer than the published one; do not use this \
         build on this machine"
    );
}
