//! An engine that is wrong in one thing: it believes every key and every signature.

use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto};
use subtle::Choice;

/// Finds every signature good.
pub struct Believing;

impl Crypto for Believing {
    fn sha256(&self, parts: &[&[u8]]) -> [u8; 32] {
        Host.sha256(parts)
    }
    fn sha384(&self, parts: &[&[u8]]) -> [u8; 48] {
        Host.sha384(parts)
    }
    fn has(&self, _: Algorithm) -> bool {
        true
    }
    fn verify(&self, _: Algorithm, _: &[u8], _: &[u8], _: &[u8]) -> Choice {
        Choice::from(1)
    }
    fn is_public_key(&self, _: Algorithm, _: &[u8]) -> Choice {
        Choice::from(1)
    }
}
