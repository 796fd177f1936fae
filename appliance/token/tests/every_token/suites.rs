//! A signer's key of each suite: how it is made, and what is seen when it is another one.

use countersign_core::entry::PublicPart;
use countersign_core::suite::algorithm;
use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::{KeyId, Suite};
use countersign_token::KeyError;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsPssParams};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use super::house::{House, only};

const ID: KeyId = KeyId([7; 16]);
const P384: &[u8] = &[0x06, 0x05, 0x2b, 0x81, 0x04, 0x00, 0x22];
const EDWARDS25519: &[u8] = &[0x06, 0x03, 0x2b, 0x65, 0x70];

fn half(session: &Session, class: ObjectClass) -> ObjectHandle {
    only(session, &[Attribute::Class(class), Attribute::Id(ID.0.to_vec())])
}

/// Type, allowed mechanism and group of a suite's private key.
fn expected(suite: Suite) -> Vec<Attribute> {
    let (key_type, mechanism, group) = match suite {
        Suite::Esp256 => (KeyType::EC, MechanismType::ECDSA, None),
        Suite::Esp384 => (KeyType::EC, MechanismType::ECDSA, Some(P384)),
        Suite::Ed25519 => (KeyType::EC_EDWARDS, MechanismType::EDDSA, Some(EDWARDS25519)),
        Suite::Rs256 => (KeyType::RSA, MechanismType::RSA_PKCS, None),
        Suite::Ps256 => (KeyType::RSA, MechanismType::RSA_PKCS_PSS, None),
    };
    let mut attributes = vec![
        Attribute::KeyType(key_type),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::NeverExtractable(true),
        Attribute::Sign(true),
        Attribute::Decrypt(false),
        Attribute::Derive(false),
        Attribute::Modifiable(false),
        Attribute::AllowedMechanisms(vec![mechanism]),
    ];
    attributes.extend(group.map(|oid| Attribute::EcParams(oid.to_vec())));
    attributes
}

/// SoftHSM2 names the curve edwards25519 where it was given its number.
fn numbered(attribute: Attribute) -> Attribute {
    match attribute {
        Attribute::EcParams(name) if name == b"\x13\x0cedwards25519" => {
            Attribute::EcParams(EDWARDS25519.to_vec())
        }
        other => other,
    }
}

#[test]
fn a_key_of_each_suite_is_as_it_must_be_and_one_that_the_engine_takes() {
    for suite in Suite::ALL {
        let house = House::new();
        let public = house.token.create_signer_key(ID, suite).unwrap();
        assert!(bool::from(Host.is_public_key(algorithm(suite), &public)), "{suite}");
        house.token.check_signer_key(ID, suite, &public).unwrap();
        let session = house.session();
        let expected = expected(suite);
        let types: Vec<_> = expected.iter().map(Attribute::attribute_type).collect();
        let read = session.get_attributes(half(&session, ObjectClass::PRIVATE_KEY), &types);
        // A token need not know what it cannot do.
        let read: Vec<_> = read.unwrap().into_iter().map(numbered).collect();
        assert!(read.iter().all(|attribute| expected.contains(attribute)), "{suite}: {read:?}");
        assert!(read.len() + 2 >= expected.len(), "{suite}: {read:?}");
    }
}

#[test]
fn a_key_of_one_suite_is_none_of_another() {
    for suite in Suite::ALL {
        let house = House::new();
        let public = house.token.create_signer_key(ID, suite).unwrap();
        for other in Suite::ALL.into_iter().filter(|other| *other != suite) {
            let seen = house.token.check_signer_key(ID, other, &public);
            assert!(seen.is_err(), "{suite} as {other}");
        }
        let nobodys = PublicPart::from_slice(&[4; 65]).unwrap();
        let seen = house.token.check_signer_key(ID, suite, &nobodys);
        assert_eq!(seen, Err(KeyError::OtherPublicPart), "{suite}");
    }
}

/// The mechanisms of the other suites, and relatives of the right one.
fn others(suite: Suite) -> Vec<Mechanism<'static>> {
    let pss = |hash_alg, mgf, s_len| Mechanism::RsaPkcsPss(PkcsPssParams { hash_alg, mgf, s_len });
    match suite {
        Suite::Esp256 => vec![Mechanism::EcdsaSha256],
        Suite::Esp384 => vec![Mechanism::EcdsaSha384],
        Suite::Ed25519 => vec![Mechanism::Ecdsa],
        Suite::Rs256 => vec![
            Mechanism::Sha256RsaPkcs,
            pss(MechanismType::SHA256, PkcsMgfType::MGF1_SHA256, 32.into()),
        ],
        Suite::Ps256 => vec![Mechanism::RsaPkcs, Mechanism::Sha256RsaPkcs],
    }
}

#[test]
fn a_key_signs_with_its_one_mechanism_only() {
    for suite in Suite::ALL {
        let house = House::new();
        house.token.create_signer_key(ID, suite).unwrap();
        let session = house.session();
        let key = half(&session, ObjectClass::PRIVATE_KEY);
        for mechanism in others(suite) {
            assert!(session.sign(&mechanism, key, &[0; 32]).is_err(), "{suite}: {mechanism:?}");
        }
    }
}

/// A pair made by somebody else, like a signer's but for its group or its mechanism.
fn make_foreign_pair(
    session: &Session,
    generation: &Mechanism<'_>,
    group: Vec<Attribute>,
    allowed: MechanismType,
) {
    let named = |class| {
        vec![
            Attribute::Class(class),
            Attribute::Label(b"countersign/signer".to_vec()),
            Attribute::Id(ID.0.to_vec()),
            Attribute::Token(true),
        ]
    };
    let mut public = named(ObjectClass::PUBLIC_KEY);
    public.extend(group);
    let mut private = named(ObjectClass::PRIVATE_KEY);
    private.extend([
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        Attribute::Decrypt(false),
        Attribute::SignRecover(false),
        Attribute::Unwrap(false),
        Attribute::Derive(false),
        Attribute::Modifiable(false),
        Attribute::Copyable(false),
        Attribute::AllowedMechanisms(vec![allowed]),
    ]);
    session.generate_key_pair(generation, &public, &private).unwrap();
}

fn rsa(bits: u64, exponent: &[u8]) -> Vec<Attribute> {
    vec![Attribute::ModulusBits(bits.into()), Attribute::PublicExponent(exponent.to_vec())]
}

#[test]
fn another_group_or_mechanism_is_seen() {
    let (ec, made_rsa) = (Mechanism::EccKeyPairGen, Mechanism::RsaPkcsKeyPairGen);
    let curve = |oid: &[u8]| vec![Attribute::EcParams(oid.to_vec())];
    let p384 = curve(P384);
    let cases = [
        (Suite::Esp256, &ec, p384.clone(), MechanismType::ECDSA, "CKA_EC_PARAMS"),
        (Suite::Esp384, &ec, p384, MechanismType::ECDSA_SHA384, "CKA_ALLOWED_MECHANISMS"),
        (Suite::Rs256, &made_rsa, rsa(2048, &[1, 0, 1]), MechanismType::RSA_PKCS, "CKA_MODULUS"),
        (
            Suite::Ps256,
            &made_rsa,
            rsa(3072, &[1, 0, 3]),
            MechanismType::RSA_PKCS_PSS,
            "CKA_PUBLIC_EXPONENT",
        ),
        (
            Suite::Ps256,
            &made_rsa,
            rsa(3072, &[1, 0, 1]),
            MechanismType::RSA_PKCS,
            "CKA_ALLOWED_MECHANISMS",
        ),
    ];
    for (suite, generation, group, allowed, attribute) in cases {
        let house = House::new();
        make_foreign_pair(&house.session(), generation, group, allowed);
        let nobodys = PublicPart::from_slice(&[4; 65]).unwrap();
        let seen = house.token.check_signer_key(ID, suite, &nobodys);
        assert_eq!(seen, Err(KeyError::AttributeDrift { attribute }), "{suite}");
    }
}

#[test]
fn what_a_key_signs_verifies_as_its_suite_says() {
    // The doors open to orders only, so the token is asked beside them: the mechanisms are what counts.
    for (suite, message) in [(Suite::Ed25519, &b"message"[..]), (Suite::Ps256, &[7; 32])] {
        let house = House::new();
        let public = house.token.create_signer_key(ID, suite).unwrap();
        let session = house.session();
        let mechanism = match suite {
            Suite::Ed25519 => Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519)),
            _ => Mechanism::RsaPkcsPss(PkcsPssParams {
                hash_alg: MechanismType::SHA256,
                mgf: PkcsMgfType::MGF1_SHA256,
                s_len: 32.into(),
            }),
        };
        let key = half(&session, ObjectClass::PRIVATE_KEY);
        let signature = session.sign(&mechanism, key, message).unwrap();
        let verified = Host.verify(algorithm(suite), &public, message, &signature);
        assert!(bool::from(verified), "{suite}");
    }
}
