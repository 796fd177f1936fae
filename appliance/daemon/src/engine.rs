//! The crypto engine, as configured: `host`, `soft`, or `both`.
//!
//! Guarantee of `both`: a signature counts only if two independent implementations accept it. When they
//! disagree about anything, a digest included, no signature counts any more until a restart, and
//! whoever waits for [`Engine::disagreement`] raises an alarm.

use std::sync::atomic::{AtomicBool, Ordering};

use countersign_host::Host;
use countersign_ports::Crypto;
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
    /// p256 and sha2: the same as in firmware, constant time.
    Soft,
    /// Both, and they must agree.
    Both,
}

/// An engine for the daemon.
#[derive(Default)]
pub struct Engine<A = Host, B = Soft> {
    chosen: Chosen,
    first: A,
    second: B,
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

    fn agreed(&self, first: Choice, second: Choice) -> Choice {
        if bool::from(first ^ second) {
            self.distrusted.store(true, Ordering::SeqCst);
            self.disagreed.notify_one();
        }
        let trusted = !self.distrusted.load(Ordering::SeqCst);
        first & second & Choice::from(u8::from(trusted))
    }
}

impl<A: Crypto, B: Crypto> Crypto for Engine<A, B> {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        match self.chosen {
            Chosen::Host => self.first.sha256(parts),
            Chosen::Soft => self.second.sha256(parts),
            Chosen::Both => {
                let (first, second) = (self.first.sha256(parts), self.second.sha256(parts));
                self.agreed(first.ct_eq(&second[..]), Choice::from(1));
                // Either may be wrong: from here on no signature over it, or any other, counts.
                first
            }
        }
    }

    fn verify_p256(&self, key: &[u8; 65], digest: &[u8; 32], signature: &[u8; 64]) -> Choice {
        let first = || self.first.verify_p256(key, digest, signature);
        let second = || self.second.verify_p256(key, digest, signature);
        match self.chosen {
            Chosen::Host => first(),
            Chosen::Soft => second(),
            Chosen::Both => self.agreed(first(), second()),
        }
    }

    fn is_p256_point(&self, key: &[u8; 65]) -> Choice {
        match self.chosen {
            Chosen::Host => self.first.is_p256_point(key),
            Chosen::Soft => self.second.is_p256_point(key),
            Chosen::Both => {
                self.agreed(self.first.is_p256_point(key), self.second.is_p256_point(key))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOON: std::time::Duration = std::time::Duration::from_millis(50);

    /// An engine that accepts everything.
    struct Gullible;

    /// The same with another wrong digest.
    struct Forgetful;

    impl Crypto for Forgetful {
        fn sha256(&self, _: &[&[u8]]) -> [u8; 32] {
            [2; 32]
        }
        fn verify_p256(&self, _: &[u8; 65], _: &[u8; 32], _: &[u8; 64]) -> Choice {
            Choice::from(1)
        }
        fn is_p256_point(&self, _: &[u8; 65]) -> Choice {
            Choice::from(1)
        }
    }

    impl Crypto for Gullible {
        fn sha256(&self, _: &[&[u8]]) -> [u8; 32] {
            [1; 32]
        }
        fn verify_p256(&self, _: &[u8; 65], _: &[u8; 32], _: &[u8; 64]) -> Choice {
            Choice::from(1)
        }
        fn is_p256_point(&self, _: &[u8; 65]) -> Choice {
            Choice::from(1)
        }
    }

    #[tokio::test]
    async fn both_refuses_what_one_engine_alone_accepts_and_says_so() {
        let engine = Engine::new(Chosen::Both, Gullible, Soft);
        assert!(!bool::from(engine.verify_p256(&[4; 65], &[0; 32], &[0; 64])));
        assert!(!bool::from(engine.is_p256_point(&[4; 65])));
        tokio::time::timeout(SOON, engine.disagreement()).await.unwrap();
    }

    #[tokio::test]
    async fn a_digest_that_they_disagree_about_ends_all_trust() {
        let engine = Engine::new(Chosen::Both, Gullible, Gullible);
        assert!(bool::from(engine.verify_p256(&[4; 65], &[0; 32], &[0; 64])), "both say so");
        let engine = Engine::new(Chosen::Both, Gullible, Forgetful);
        assert!(bool::from(engine.verify_p256(&[4; 65], &[0; 32], &[0; 64])), "both say so");
        engine.sha256(&[b"a"]);
        assert!(!bool::from(engine.verify_p256(&[4; 65], &[0; 32], &[0; 64])), "never again");
        assert!(!bool::from(engine.is_p256_point(&[4; 65])));
    }

    #[tokio::test]
    async fn both_agrees_where_its_engines_do() {
        let engine = Engine::new(Chosen::Both, Host, Soft);
        assert_eq!(engine.sha256(&[b"a", b"b"]), Soft.sha256(&[b"ab"]));
        assert!(!bool::from(engine.verify_p256(&[4; 65], &[0; 32], &[0; 64])));
        assert!(tokio::time::timeout(SOON, engine.disagreement()).await.is_err());
    }
}
