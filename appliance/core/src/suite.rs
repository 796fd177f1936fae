//! The algorithm that checks a suite's signatures.

use countersign_ports::Algorithm;
use countersign_protocol::Suite;
use countersign_protocol::limits::{SIGNATURE_BYTES_MAX, SIGNING_KEY_BYTES_MAX};

/// What a crypto engine is asked about a suite.
#[must_use]
pub const fn algorithm(suite: Suite) -> Algorithm {
    match suite {
        Suite::Esp256 => Algorithm::EcdsaP256,
        Suite::Esp384 => Algorithm::EcdsaP384,
        Suite::Rs256 => Algorithm::Rsa3072Pkcs1Sha256,
        Suite::Ps256 => Algorithm::Rsa3072PssSha256,
        Suite::Ed25519 => Algorithm::Ed25519,
    }
}

// A suite and its algorithm have one length of everything, and the wire has room for it.
const _: () = {
    let mut left: &[Suite] = &Suite::ALL;
    while let [suite, rest @ ..] = left {
        let algorithm = algorithm(*suite);
        assert!(suite.signature_bytes() == algorithm.signature_bytes());
        assert!(algorithm.signature_bytes() <= SIGNATURE_BYTES_MAX);
        assert!(algorithm.public_key_bytes() <= SIGNING_KEY_BYTES_MAX);
        match (suite.digest_bytes(), algorithm.digest_bytes()) {
            (Some(one), Some(other)) => assert!(one == other),
            (one, other) => assert!(one.is_none() && other.is_none()),
        }
        left = rest;
    }
};
