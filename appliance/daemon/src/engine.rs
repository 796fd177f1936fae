//! The crypto engine, as configured: `host`, `soft`, or `both`.
//!
//! Guarantee of `both`: a signature counts only if two independent implementations accept it. When they
//! disagree about anything, a digest included, no signature counts any more until a restart, and
//! whoever waits for [`Engine::disagreement`] raises an alarm. It does not guarantee a second opinion on
//! an algorithm that only one of them has (RSA): there that one decides.

use std::sync::atomic::{AtomicBool, Ordering};

use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto, NotAuthentic, NotSealed, Sealing};
use countersign_soft::Soft;
use serde::Deserialize;
use subtle::{Choice, ConstantTimeEq};
use tokio::sync::Notify;

/// Which engine checks signatures.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Chosen {
    /// aws-lc-rs: the fastest here.
    #[default]
    Host,
    /// Portable Rust: the same as in firmware, constant time. It has no RSA.
    Soft,
    /// Both, and they must agree where both have the algorithm.
    Both,
}

/// An engine for the daemon.
#[derive(Default)]
pub struct Engine<A = Host, B = Soft> {
    pub(crate) chosen: Chosen,
    pub(crate) first: A,
    pub(crate) second: B,
    distrusted: AtomicBool,
    disagreed: Notify,
}

impl<A, B> Engine<A, B> {
    /// The chosen one of two engines.
    pub const fn new(chosen: Chosen, first: A, second: B) -> Self {
        let (distrusted, disagreed) = (AtomicBool::new(false), Notify::const_new());
        Self { chosen, first, second, distrusted, disagreed }
    }

    /// Resolves when the engines have disagreed since this was last awaited.
    pub async fn disagreement(&self) {
        self.disagreed.notified().await;
    }

    /// The chosen engine's digest; of both, the first one's, once it has been compared.
    fn digest<const N: usize>(
        &self,
        first: impl FnOnce() -> [u8; N],
        second: impl FnOnce() -> [u8; N],
    ) -> [u8; N] {
        match self.chosen {
            Chosen::Host => first(),
            Chosen::Soft => second(),
            Chosen::Both => {
                let (first, second) = (first(), second());
                self.agreed(first.ct_eq(&second[..]), Choice::from(1));
                // Either may be wrong: from here on no signature over it, or any other, counts.
                first
            }
        }
    }

    fn agreed(&self, first: Choice, second: Choice) -> Choice {
        if bool::from(first ^ second) {
            self.distrusted.store(true, Ordering::SeqCst);
            self.disagreed.notify_one();
        }
        first & second & self.trusted()
    }

    /// Whether they never disagreed.
    fn trusted(&self) -> Choice {
        Choice::from(u8::from(!self.distrusted.load(Ordering::SeqCst)))
    }
}

impl<A: Crypto, B: Crypto> Crypto for Engine<A, B> {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        self.digest(|| self.first.sha256(parts), || self.second.sha256(parts))
    }

    fn sha384(&self, parts: &[&[u8]]) -> [u8; 48] {
        self.digest(|| self.first.sha384(parts), || self.second.sha384(parts))
    }

    fn has(&self, algorithm: Algorithm) -> bool {
        match self.chosen {
            Chosen::Host => self.first.has(algorithm),
            Chosen::Soft => self.second.has(algorithm),
            Chosen::Both => self.first.has(algorithm) || self.second.has(algorithm),
        }
    }

    fn verify(
        &self,
        algorithm: Algorithm,
        public_key: &[u8],
        message: &[u8],
        signature: &[u8],
    ) -> Choice {
        let first = || self.first.verify(algorithm, public_key, message, signature);
        let second = || self.second.verify(algorithm, public_key, message, signature);
        self.decided(algorithm, first, second)
    }

    fn is_public_key(&self, algorithm: Algorithm, public_key: &[u8]) -> Choice {
        let first = || self.first.is_public_key(algorithm, public_key);
        let second = || self.second.is_public_key(algorithm, public_key);
        self.decided(algorithm, first, second)
    }
}

/// Where there are two, the first one seals: what is sealed decides nothing, and what does not open says so.
impl<A: Sealing, B: Sealing> Sealing for Engine<A, B> {
    fn seal_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
    ) -> Result<[u8; 16], NotSealed> {
        match self.chosen {
            Chosen::Host | Chosen::Both => self.first.seal_in_place(key, nonce, associated, bytes),
            Chosen::Soft => self.second.seal_in_place(key, nonce, associated, bytes),
        }
    }

    fn open_in_place(
        &self,
        key: &[u8; 32],
        nonce: &[u8; 12],
        associated: &[u8],
        bytes: &mut [u8],
        tag: &[u8; 16],
    ) -> Result<(), NotAuthentic> {
        match self.chosen {
            Chosen::Host | Chosen::Both => {
                self.first.open_in_place(key, nonce, associated, bytes, tag)
            }
            Chosen::Soft => self.second.open_in_place(key, nonce, associated, bytes, tag),
        }
    }
}

impl<A: Crypto, B: Crypto> Engine<A, B> {
    /// The chosen engine's verdict; of both, what they agree on, or what the one says that has the
    /// algorithm. After a disagreement about anything, neither is trusted alone.
    fn decided(
        &self,
        algorithm: Algorithm,
        first: impl FnOnce() -> Choice,
        second: impl FnOnce() -> Choice,
    ) -> Choice {
        let (has_first, has_second) = (self.first.has(algorithm), self.second.has(algorithm));
        match self.chosen {
            Chosen::Host => first(),
            Chosen::Soft => second(),
            Chosen::Both if has_first && has_second => self.agreed(first(), second()),
            Chosen::Both if has_first => first() & self.trusted(),
            Chosen::Both => second() & self.trusted(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: std::time::Duration = std::time::Duration::from_millis(50);

    const P256: Algorithm = Algorithm::EcdsaP256;
    const RSA: Algorithm = Algorithm::Rsa3072PssSha256;

    /// An engine that accepts everything, and gives the same wrong digest of everything.
    struct Gullible {
        digest: u8,
        has_rsa: bool,
    }

    impl Crypto for Gullible {
        fn sha256(&self, _: &[&[u8]]) -> [u8; 32] {
            [self.digest; 32]
        }
        fn sha384(&self, _: &[&[u8]]) -> [u8; 48] {
            [self.digest; 48]
        }
        fn has(&self, algorithm: Algorithm) -> bool {
            self.has_rsa || algorithm != RSA
        }
        fn verify(&self, algorithm: Algorithm, _: &[u8], _: &[u8], _: &[u8]) -> Choice {
            Choice::from(u8::from(self.has(algorithm)))
        }
        fn is_public_key(&self, algorithm: Algorithm, _: &[u8]) -> Choice {
            Choice::from(u8::from(self.has(algorithm)))
        }
    }

    const GULLIBLE: Gullible = Gullible { digest: 1, has_rsa: true };
    const FORGETFUL: Gullible = Gullible { digest: 2, has_rsa: true };
    const WITHOUT_RSA: Gullible = Gullible { digest: 1, has_rsa: false };

    /// Whether the engine accepts anything at all.
    fn accepts(engine: &impl Crypto, algorithm: Algorithm) -> bool {
        let verified = engine.verify(algorithm, &[4; 65], &[0; 32], &[0; 64]);
        let is_key = engine.is_public_key(algorithm, &[4; 65]);
        assert_eq!(bool::from(verified), bool::from(is_key));
        verified.into()
    }

    #[tokio::test]
    async fn both_refuses_what_one_engine_alone_accepts_and_says_so() {
        let engine = Engine::new(Chosen::Both, GULLIBLE, Soft);
        assert!(!accepts(&engine, P256));
        tokio::time::timeout(SOON, engine.disagreement()).await.unwrap();
    }

    #[tokio::test]
    async fn a_digest_that_they_disagree_about_ends_all_trust() {
        type Asked = Engine<Gullible, Gullible>;
        let sha256: fn(&Asked) = |engine| {
            let _ = engine.sha256(&[b"a"]);
        };
        let sha384: fn(&Asked) = |engine| {
            let _ = engine.sha384(&[b"a"]);
        };
        for digest in [sha256, sha384] {
            let engine = Engine::new(Chosen::Both, GULLIBLE, GULLIBLE);
            digest(&engine);
            assert!(accepts(&engine, P256), "both say so");
            let engine = Engine::new(Chosen::Both, GULLIBLE, FORGETFUL);
            assert!(accepts(&engine, P256), "both say so");
            digest(&engine);
            assert!(!accepts(&engine, P256) && !accepts(&engine, RSA), "never again");
        }
    }

    #[tokio::test]
    async fn what_only_one_engine_has_it_decides_without_disagreement() {
        for engine in [
            Engine::new(Chosen::Both, GULLIBLE, WITHOUT_RSA),
            Engine::new(Chosen::Both, WITHOUT_RSA, GULLIBLE),
        ] {
            assert!(engine.has(RSA) && accepts(&engine, RSA) && accepts(&engine, P256));
            assert!(tokio::time::timeout(SOON, engine.disagreement()).await.is_err());
        }
        let neither = Engine::new(Chosen::Both, WITHOUT_RSA, WITHOUT_RSA);
        assert!(!neither.has(RSA) && !accepts(&neither, RSA));
        let soft = Engine::new(Chosen::Soft, GULLIBLE, WITHOUT_RSA);
        assert!(!soft.has(RSA) && !accepts(&soft, RSA));
    }

    #[tokio::test]
    async fn both_agrees_where_its_engines_do() {
        let engine = Engine::new(Chosen::Both, Host, Soft);
        assert_eq!(engine.sha256(&[b"a", b"b"]), Soft.sha256(&[b"ab"]));
        assert_eq!(engine.sha384(&[b"a", b"b"]), Soft.sha384(&[b"ab"]));
        for algorithm in Algorithm::ALL {
            assert!(engine.has(algorithm) && !accepts(&engine, algorithm));
        }
        assert!(tokio::time::timeout(SOON, engine.disagreement()).await.is_err());
    }
}
