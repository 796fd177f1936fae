//! A block of bytes, sealed and opened.
//!
//! Guarantee to `run`: the engine's answer is that of GCM's own test vectors, and one other bit is refused.

use core::hint::black_box;

use countersign_ports::Sealing as _;
use countersign_soft::Soft;
use hex_literal::hex;

/// McGrew and Viega, *The Galois/Counter Mode of Operation*, appendix B, case 14: all else is zeros.
const SEALED: [u8; 16] = hex!("cea7403d4d606b6e074ec5d3baf39d18");
const TAG: [u8; 16] = hex!("d0d1c8a799996bf0265b98b5d48ab919");

/// Sealing gives the answer, and the answer opens; with another bit it does not, and nothing is left.
pub(crate) fn opens_what_was_sealed_and_nothing_else() -> bool {
    let (key, nonce) = (black_box([0; 32]), black_box([0; 12]));
    let (mut bytes, mut other) = ([0; 16], SEALED);
    let sealed = Soft.seal_in_place(&key, &nonce, &[], &mut bytes) == Ok(TAG) && bytes == SEALED;
    let opened = Soft.open_in_place(&key, &nonce, &[], &mut bytes, &TAG).is_ok();
    other[0] ^= 1;
    let refused = Soft.open_in_place(&key, &nonce, &[], &mut other, &TAG).is_err();
    sealed && opened && bytes == [0; 16] && refused && other == [0; 16]
}
