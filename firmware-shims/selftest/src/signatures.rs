//! One published signature of each algorithm: it must verify, and with one bit flipped, or over a message with one bit
//! flipped, it must not.

use countersign_ports::{Algorithm, Crypto};
use hex_literal::hex;

/// The longest signature, ML-DSA-87's, and the longest message, SHA-384's digest.
const SIGNATURE_BYTES_MAX: usize = 4627;
const MESSAGE_BYTES_MAX: usize = 48;

/// A published signature.
struct Answer {
    public_key: &'static [u8],
    /// The digest, where the algorithm signs digests.
    message: &'static [u8],
    signature: &'static [u8],
}

/// What people call it.
pub(crate) const fn name(algorithm: Algorithm) -> &'static str {
    match algorithm {
        Algorithm::EcdsaP256 => "ES256",
        Algorithm::EcdsaP384 => "ES384",
        Algorithm::Rsa2048Pkcs1Sha256 => "RS256 with 2048 bits",
        Algorithm::Rsa3072Pkcs1Sha256 => "RS256 with 3072 bits",
        Algorithm::Rsa4096Pkcs1Sha256 => "RS256 with 4096 bits",
        Algorithm::Rsa3072PssSha256 => "PS256 with 3072 bits",
        Algorithm::Ed25519 => "Ed25519",
        Algorithm::MlDsa44 => "ML-DSA-44",
        Algorithm::MlDsa65 => "ML-DSA-65",
        Algorithm::MlDsa87 => "ML-DSA-87",
    }
}

/// Whether the engine judges them right: of what it has not, it may accept nothing.
pub(crate) fn judges(engine: &impl Crypto, algorithm: Algorithm) -> bool {
    let Answer { public_key, message, signature } = answer(algorithm);
    let accepts =
        |message: &[u8], signature: &[u8]| engine.verify(algorithm, public_key, message, signature);
    let (mut other, mut forged) = ([0; MESSAGE_BYTES_MAX], [0; SIGNATURE_BYTES_MAX]);
    let is_key = engine.is_public_key(algorithm, public_key);
    let accepted = accepts(message, signature);
    let refused = !accepts(message, flipped(signature, &mut forged))
        & !accepts(flipped(message, &mut other), signature);
    let has = engine.has(algorithm);
    bool::from(refused) && bool::from(is_key) == has && bool::from(accepted) == has
}

/// The bytes with the first bit of the one in their middle flipped; none of them if they had no room.
fn flipped<'a>(bytes: &[u8], room: &'a mut [u8]) -> &'a [u8] {
    let Some(copy) = room.get_mut(..bytes.len()) else { return &[] };
    copy.copy_from_slice(bytes);
    if let Some(middle) = copy.get_mut(bytes.len() / 2) {
        *middle ^= 0x80;
    }
    copy
}

/// A key and a signature of the folder of vectors, whose README says where they were published.
macro_rules! published {
    ($name:literal, $message:expr) => {
        Answer {
            public_key: include_bytes!(concat!("../vectors/", $name, ".key")),
            message: $message,
            signature: include_bytes!(concat!("../vectors/", $name, ".sig")),
        }
    };
}

const fn answer(algorithm: Algorithm) -> Answer {
    match algorithm {
        Algorithm::EcdsaP256 => P256,
        Algorithm::EcdsaP384 => P384,
        Algorithm::Ed25519 => ED25519,
        Algorithm::Rsa2048Pkcs1Sha256 => published!("rs256-2048", &MESSAGE_DIGEST),
        Algorithm::Rsa3072Pkcs1Sha256 => published!("rs256-3072", &MESSAGE_DIGEST),
        Algorithm::Rsa4096Pkcs1Sha256 => published!("rs256-4096", &MESSAGE_DIGEST),
        Algorithm::Rsa3072PssSha256 => published!("ps256-3072", &MESSAGE_DIGEST),
        Algorithm::MlDsa44 => published!("ml-dsa-44", b"Hello world"),
        Algorithm::MlDsa65 => published!("ml-dsa-65", b"Hello world"),
        Algorithm::MlDsa87 => published!("ml-dsa-87", b"Hello world"),
    }
}

/// SHA-256 of "Message".
const MESSAGE_DIGEST: [u8; 32] =
    hex!("2f77668a9dfbf8d5848b9eeb4a7145ca94c6ed9236e4a773f6dcafa5132b2f91");

/// RFC 6979, A.2.5: SHA-256, message "sample".
const P256: Answer = Answer {
    public_key: &hex!(
        "0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29f"
        "b67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d44622"
        "99"
    ),
    message: &hex!("af2bdbe1aa9b6ec1e2ade1d694f41fc71a831d0268e9891562113d8a62add1bf"),
    signature: &hex!(
        "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
        "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8"
    ),
};

/// RFC 6979, A.2.6: SHA-384, message "sample".
const P384: Answer = Answer {
    public_key: &hex!(
        "04ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c"
        "64def8f0ea9055866064a254515480bc138015d9b72d7d57244ea8ef9ac0c621"
        "896708a59367f9dfb9f54ca84b3f1c9db1288b231c3ae0d4fe7344fd25332647"
        "20"
    ),
    message: &hex!(
        "9a9083505bc92276aec4be312696ef7bf3bf603f4bbd381196a029f340585312"
        "313bca4a9b5b890efee42c77b1ee25fe"
    ),
    signature: &hex!(
        "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
        "81a648152e44acf96e36dd1e80fabe4699ef4aeb15f178cea1fe40db2603138f"
        "130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8"
    ),
};

/// RFC 8032, 7.1, test 3.
const ED25519: Answer = Answer {
    public_key: &hex!("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
    message: &hex!("af82"),
    signature: &hex!(
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
    ),
};
