//! A signature of each algorithm that the engine has besides P-256, and what it says of it.
//!
//! Guarantees to `run`: each is accepted as what it is, and as nothing else. Those on curves are examples
//! of a standard; those of ML-DSA are too long to stand here and are made from a seed.

use core::hint::black_box;

use countersign_core::port::{Algorithm, Crypto as _};
use countersign_soft::Soft;
use hex_literal::hex;
use ml_dsa::{ExpandedSigningKey, MlDsa44, MlDsa65, MlDsa87, MlDsaParams, Seed, Signer as _};

/// RFC 6979, A.2.6: SHA-384, message "sample".
const P384_KEY: [u8; 97] = hex!(
    "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c"
    "64def8f0ea9055866064a254515480bc138015d9b72d7d57244ea8ef9ac0c621"
    "896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd25332647"
    "20"
);
const P384_DIGEST: [u8; 48] = hex!(
    "9a9083505bc92276aec4be312696ef7bf3bf603f4bbd381196a029f340585312"
    "313bca4a9b5b890efee42c77b1ee25fe"
);
const P384_SIGNATURE: [u8; 96] = hex!(
    "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
    "81a648152e44acf96e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603138f"
    "130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"
);
/// RFC 8032, 7.1, test 3.
const ED25519_KEY: [u8; 32] =
    hex!("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025");
const ED25519_MESSAGE: [u8; 2] = hex!("af82");
const ED25519_SIGNATURE: [u8; 64] = hex!(
    "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
    "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
);

/// A seed of ML-DSA, and what is signed with its keys.
const SEED: [u8; 32] = [7; 32];
const MESSAGE: &[u8] = b"Countersign";

/// Both are accepted, and neither as one of the other.
pub(crate) fn on_curves_are_accepted() -> bool {
    let p384 = |algorithm| accepts(algorithm, &P384_KEY, &P384_DIGEST, &P384_SIGNATURE);
    let ed25519 =
        |algorithm| accepts(algorithm, &ED25519_KEY, &ED25519_MESSAGE, &ED25519_SIGNATURE);
    let right = p384(Algorithm::EcdsaP384) && ed25519(Algorithm::Ed25519);
    right && !p384(Algorithm::Ed25519) && !ed25519(Algorithm::EcdsaP384)
}

/// Each parameter set's is accepted, of this message and as this set's only.
pub(crate) fn on_lattices_are_accepted() -> bool {
    is_judged_right::<MlDsa44>(Algorithm::MlDsa44, Algorithm::MlDsa65)
        && is_judged_right::<MlDsa65>(Algorithm::MlDsa65, Algorithm::MlDsa87)
        && is_judged_right::<MlDsa87>(Algorithm::MlDsa87, Algorithm::MlDsa44)
}

fn is_judged_right<P: MlDsaParams>(algorithm: Algorithm, other: Algorithm) -> bool {
    let key = ExpandedSigningKey::<P>::from_seed(&Seed::from(black_box(SEED)));
    let (public_key, signature) = (key.verifying_key().encode(), key.sign(MESSAGE).encode());
    let accepts = |algorithm, message| accepts(algorithm, &public_key, message, &signature);
    accepts(algorithm, MESSAGE) && !accepts(algorithm, b"countersign") && !accepts(other, MESSAGE)
}

/// What the engine says; the compiler cannot know which algorithm is asked for.
fn accepts(algorithm: Algorithm, key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let verified = Soft.verify(black_box(algorithm), key, message, black_box(signature));
    let is_key = Soft.is_public_key(black_box(algorithm), black_box(key));
    (verified & is_key).into()
}
