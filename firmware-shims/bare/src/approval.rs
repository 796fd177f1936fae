//! One real approval, made by the virtual device of seed 7, and what the core says of it.

use core::hint::black_box;

use countersign_core::assertion::device_key::{DeviceKey, KeyBytes};
use countersign_core::assertion::sign_count::SignCounts;
use countersign_core::assertion::{Enrolled, Expected, cose, verify};
use countersign_protocol::assertion::Assertion;
use countersign_protocol::{Bounded, Digest};
use countersign_soft::Soft;
use hex_literal::hex;

const CHALLENGE: [u8; 32] =
    hex!("9b828d53402d6e332ef05a2fe03063b359192571ba99fcd3b85074f46a72fd7e");
const RP_ID_HASH: [u8; 32] =
    hex!("bd99b28ab6f72234f7155d1bfb3e5bfde2beecf2963fa535210af23f52295233");
const COSE_KEY: [u8; 77] = hex!(
    "a5010203262001"
    "2158203755d12b7f2dc396f0e7ed92d38b5ab2bc6c5eeb147ba155109fc43a27db7e12"
    "2258202e53e625bf4b73f7a49b1469123d46d15cb3f25aa26a322458209985e7fe07e9"
);
const AUTHENTICATOR_DATA: [u8; 37] =
    hex!("bd99b28ab6f72234f7155d1bfb3e5bfde2beecf2963fa535210af23f52295233" "05" "00000001");
const CLIENT_DATA: &[u8] = concat!(
    r#"{"type":"webauthn.get","challenge":"m4KNU0AtbjMu8Fov4DBjs1kZJXG6mfzTuFB09Gpy_X4","#,
    r#""origin":"https://approve.example","crossOrigin":false}"#
)
.as_bytes();
const SIGNATURE: [u8; 70] = hex!(
    "3044"
    "022017ad4686faa4db57f1d5e60ae598186fa34416793154aec0a965a9936179fb9c"
    "0220745edb9cfca4286caee85147530a8ef9749a21a3226a3ce5f53c5b84ec0f44bc"
);

/// The approval as it was given.
pub(crate) fn is_accepted() -> bool {
    accepts(&SIGNATURE)
}

/// The same with one bit of the signature turned.
pub(crate) fn is_refused_when_one_bit_differs() -> bool {
    let mut signature = SIGNATURE;
    let [.., last] = &mut signature;
    *last ^= 1;
    !accepts(&signature)
}

/// The key from its COSE form, which a private part would make another one.
pub(crate) fn key_is_read() -> bool {
    let [_, longer @ ..] = &COSE_KEY;
    key(&COSE_KEY).is_some() && key(longer).is_none()
}

fn key(cose_key: &[u8]) -> Option<DeviceKey<KeyBytes>> {
    cose::read(&Soft, black_box(cose_key))
}

fn accepts(signature: &[u8]) -> bool {
    let parts = (
        key(&COSE_KEY),
        Bounded::new(black_box(&AUTHENTICATOR_DATA)),
        Bounded::new(black_box(CLIENT_DATA)),
        Bounded::new(black_box(signature)),
    );
    let (Some(key), Some(authenticator_data), Some(client_data), Some(signature)) = parts else {
        return false;
    };
    let assertion = Assertion { device: 0, authenticator_data, client_data, signature };
    let enrolled = Enrolled {
        key: key.borrowed(),
        backup_eligible: false,
        counts: SignCounts::enrolled(0),
        prepared_count: 0,
    };
    let expected = Expected {
        challenge: &Digest(CHALLENGE),
        origin: "https://approve.example",
        rp_id_hash: &Digest(RP_ID_HASH),
    };
    let outcome = verify(&Soft, &expected, &enrolled, &assertion);
    outcome.verdict.fold().is_ok() && bool::from(outcome.user_verified)
}
