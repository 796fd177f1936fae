//! The keys of the story: the token's two, and those of Dr Ada's phones.

use countersign_protocol::Digest;
use countersign_protocol::checkpoint::CheckpointKey;
use p256::ecdsa::signature::hazmat::{PrehashSigner as _, PrehashVerifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};

/// An uncompressed P-256 point, `0x04 || X || Y` (SEC 1, 2.3.3).
#[derive(Clone, Copy)]
pub struct Point(pub [u8; 65]);

impl From<Point> for CheckpointKey {
    fn from(Point(point): Point) -> Self {
        Self::Esp256(point)
    }
}

/// A key pair that signs the same bytes the same way each time (RFC 6979).
pub struct Pair(SigningKey);

/// Dr Ada's signing key.
pub fn signing() -> Pair {
    Pair::from_seed(1)
}

/// The key that the appliance signs checkpoints with.
pub fn checkpoint() -> Pair {
    Pair::from_seed(2)
}

/// The key of Dr Ada's phone.
pub fn device() -> Pair {
    Pair::from_seed(3)
}

/// The key of the phone that she gets next.
pub fn new_device() -> Pair {
    Pair::from_seed(4)
}

impl Pair {
    fn from_seed(seed: u8) -> Self {
        Self(SigningKey::from_bytes(&[seed; 32].into()).unwrap())
    }

    /// The public point.
    pub fn point(&self) -> Point {
        Point(self.0.verifying_key().to_sec1_point(false).as_bytes().try_into().unwrap())
    }

    /// `r || s` over a digest.
    pub fn sign(&self, digest: &Digest) -> [u8; 64] {
        let signature: Signature = self.0.sign_prehash(&digest.0).unwrap();
        signature.to_bytes().into()
    }

    /// The same in DER, as FIDO2 devices write it.
    pub fn sign_der(&self, digest: &Digest) -> Vec<u8> {
        Signature::from_slice(&self.sign(digest)).unwrap().to_der().as_bytes().to_vec()
    }

    /// The public part as SubjectPublicKeyInfo in DER (RFC 5480, 2).
    pub fn spki(&self) -> Vec<u8> {
        let curve = b"\x30\x59\x30\x13\x06\x07\x2a\x86\x48\xce\x3d\x02\x01\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07\x03\x42\x00";
        [&curve[..], &self.point().0].concat()
    }

    /// The public part as a COSE_Key: `{1: 2, 3: -7, -1: 1, -2: x, -3: y}`.
    pub fn cose_key(&self) -> Vec<u8> {
        let Point(point) = self.point();
        let up_to_x = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        [&up_to_x, &point[1..33], &[0x22, 0x58, 0x20], &point[33..]].concat()
    }
}

/// Whether `signature`, `r || s`, over `digest` is by the holder of `public_key`.
pub fn verifies(public_key: &Point, digest: &Digest, signature: &[u8]) -> bool {
    let key = VerifyingKey::from_sec1_bytes(&public_key.0).unwrap();
    Signature::from_slice(signature).is_ok_and(|s| key.verify_prehash(&digest.0, &s).is_ok())
}

/// Whether `signature`, in DER, over `digest` is by the holder of `public_key`.
pub fn verifies_der(public_key: &Point, digest: &Digest, signature: &[u8]) -> bool {
    Signature::from_der(signature).is_ok_and(|s| verifies(public_key, digest, &s.to_bytes()))
}
