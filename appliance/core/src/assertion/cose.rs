//! COSE_Key of an enrolled device (RFC 9052, 7; WebAuthn L3, 5.8.5): ES256 on P-256.
//!
//! Guarantee: kty, alg, curve and lengths are bound together; exactly the canonical encoding (CTAP2)
//! of an uncompressed key without private part is accepted.

use countersign_ports::{Algorithm, Crypto};
use countersign_protocol::Point;

/// `{1: 2 (EC2), 3: -7 (ES256), -1: 1 (P-256), -2: 32 bytes x, -3: 32 bytes y}`.
const UP_TO_X: &[u8] = &[0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
const UP_TO_Y: &[u8] = &[0x22, 0x58, 0x20];

/// A key that may be enrolled, or nothing.
pub fn read_es256<C: Crypto>(crypto: &C, cose_key: &[u8]) -> Option<Point> {
    let (x, rest) = cose_key.strip_prefix(UP_TO_X)?.split_first_chunk::<32>()?;
    let y: &[u8; 32] = rest.strip_prefix(UP_TO_Y)?.try_into().ok()?;
    let mut point = [0x04; 65];
    let (x_place, y_place) = point.split_at_mut(33);
    x_place.get_mut(1..)?.copy_from_slice(x);
    y_place.copy_from_slice(y);
    let is_point = crypto.is_public_key(Algorithm::EcdsaP256, &point);
    bool::from(is_point).then_some(Point(point))
}
