//! Every algorithm: an honest assertion verifies by the public key that is enrolled, with a library that
//! nobody here wrote (ML-DSA: with the one that signed), and every wrong form does not.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what a test cannot read has failed the test"
)]

use std::collections::BTreeSet;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, RSA_PKCS1_2048_8192_SHA256,
    RsaPublicKeyComponents, UnparsedPublicKey,
};
use countersign_device::{Algorithm, Assertion, Authenticator, SignatureForm};
use ml_dsa::signature::Verifier as _;
use ml_dsa::{MlDsa44, MlDsa65, MlDsa87, MlDsaParams};
use sha2::{Digest as _, Sha256};

const CHALLENGE: [u8; 32] = [0xc4; 32];

fn device(algorithm: Algorithm) -> Authenticator {
    Authenticator::from_seed_of(algorithm, &[7; 32], "approve.example", "https://approve.example")
}

fn assertion(algorithm: Algorithm, signature: SignatureForm) -> Assertion {
    let mut device = device(algorithm);
    let mut approval = device.honest();
    approval.signature = signature;
    device.approve(&CHALLENGE, &approval)
}

/// The byte strings of the device's COSE key, in its order.
fn parameters(algorithm: Algorithm) -> Vec<Vec<u8>> {
    let cose = device(algorithm).credential().public_key_cose;
    let mut decoder = minicbor::Decoder::new(&cose);
    let mut found = Vec::new();
    for _ in 0..decoder.map().unwrap().unwrap() {
        decoder.i32().unwrap();
        match decoder.datatype().unwrap() {
            minicbor::data::Type::Bytes => found.push(decoder.bytes().unwrap().to_vec()),
            _ => drop(decoder.i32().unwrap()),
        }
    }
    assert_eq!(decoder.position(), cose.len());
    found
}

fn message(assertion: &Assertion) -> Vec<u8> {
    let hash = Sha256::digest(&assertion.client_data_json);
    [assertion.authenticator_data.as_slice(), hash.as_slice()].concat()
}

fn ml_dsa<P: MlDsaParams>(key: &[u8], message: &[u8], signature: &[u8]) -> bool {
    let key = ml_dsa::VerifyingKey::<P>::decode(&key.try_into().unwrap());
    ml_dsa::Signature::<P>::try_from(signature).is_ok_and(|s| key.verify(message, &s).is_ok())
}

fn verifies(algorithm: Algorithm, assertion: &Assertion) -> bool {
    let (key, message) = (parameters(algorithm), message(assertion));
    let signature = assertion.signature.as_slice();
    let point = || [&[4], key[0].as_slice(), &key[1]].concat();
    match algorithm {
        Algorithm::Es256 => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point())
            .verify(&message, signature)
            .is_ok(),
        Algorithm::Es384 => UnparsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, point())
            .verify(&message, signature)
            .is_ok(),
        Algorithm::EdDsa => {
            UnparsedPublicKey::new(&ED25519, &key[0]).verify(&message, signature).is_ok()
        }
        Algorithm::Rs256Modulus2048 | Algorithm::Rs256Modulus3072 | Algorithm::Rs256Modulus4096 => {
            RsaPublicKeyComponents { n: &key[0], e: &key[1] }
                .verify(&RSA_PKCS1_2048_8192_SHA256, &message, signature)
                .is_ok()
        }
        Algorithm::MlDsa44 => ml_dsa::<MlDsa44>(&key[0], &message, signature),
        Algorithm::MlDsa65 => ml_dsa::<MlDsa65>(&key[0], &message, signature),
        Algorithm::MlDsa87 => ml_dsa::<MlDsa87>(&key[0], &message, signature),
    }
}

#[test]
fn of_the_forms_that_an_algorithm_has_the_good_ones_verify() {
    let good = [SignatureForm::Honest, SignatureForm::HighS];
    for algorithm in Algorithm::ALL {
        for form in SignatureForm::of(algorithm) {
            let verifies = verifies(algorithm, &assertion(algorithm, *form));
            assert_eq!(verifies, good.contains(form), "{algorithm:?}, {form:?}");
        }
    }
}

#[test]
fn a_form_that_an_algorithm_does_not_have_is_no_signature() {
    for algorithm in Algorithm::ALL {
        let absent = |form: &SignatureForm| !SignatureForm::of(algorithm).contains(form);
        for form in SignatureForm::ALL.into_iter().filter(absent) {
            assert!(assertion(algorithm, form).signature.is_empty(), "{algorithm:?}, {form:?}");
        }
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    for algorithm in Algorithm::ALL {
        for form in SignatureForm::of(algorithm) {
            assert_eq!(assertion(algorithm, *form), assertion(algorithm, *form), "{algorithm:?}");
        }
        assert_eq!(device(algorithm).credential(), device(algorithm).credential());
    }
}

#[test]
fn a_flipped_bit_leaves_what_still_decodes() {
    let flipped = |algorithm| assertion(algorithm, SignatureForm::BitFlipped).signature;
    let decodes = [
        ml_dsa::Signature::<MlDsa44>::try_from(&*flipped(Algorithm::MlDsa44)).is_ok(),
        ml_dsa::Signature::<MlDsa65>::try_from(&*flipped(Algorithm::MlDsa65)).is_ok(),
        ml_dsa::Signature::<MlDsa87>::try_from(&*flipped(Algorithm::MlDsa87)).is_ok(),
    ];
    assert_eq!(decodes, [true; 3]);
    for (algorithm, challenge_bytes) in
        [(Algorithm::MlDsa44, 32), (Algorithm::MlDsa65, 48), (Algorithm::MlDsa87, 64)]
    {
        let honest = assertion(algorithm, SignatureForm::Honest).signature;
        assert_eq!(flipped(algorithm)[..challenge_bytes], honest[..challenge_bytes], "c-tilde");
    }
}

#[test]
fn keys_have_the_lengths_of_their_algorithms() {
    let lengths = |algorithm| parameters(algorithm).iter().map(Vec::len).collect::<Vec<_>>();
    assert_eq!(lengths(Algorithm::Es256), [32, 32]);
    assert_eq!(lengths(Algorithm::Es384), [48, 48]);
    assert_eq!(lengths(Algorithm::EdDsa), [32]);
    assert_eq!(lengths(Algorithm::Rs256Modulus2048), [256, 3]);
    assert_eq!(lengths(Algorithm::Rs256Modulus3072), [384, 3]);
    assert_eq!(lengths(Algorithm::Rs256Modulus4096), [512, 3]);
    assert_eq!(lengths(Algorithm::MlDsa44), [1312]);
    assert_eq!(lengths(Algorithm::MlDsa65), [1952]);
    assert_eq!(lengths(Algorithm::MlDsa87), [2592]);
}

#[test]
fn names_and_keys_are_of_one_algorithm_each() {
    let names: BTreeSet<_> = Algorithm::ALL.map(Algorithm::name).into();
    let keys: BTreeSet<_> =
        Algorithm::ALL.map(|one| device(one).credential().public_key_cose).into();
    assert_eq!((names.len(), keys.len()), (9, 9));
    for algorithm in Algorithm::ALL {
        assert_eq!(Algorithm::named(algorithm.name()), Some(algorithm));
    }
    assert_eq!(Algorithm::named("rs1"), None);
}
