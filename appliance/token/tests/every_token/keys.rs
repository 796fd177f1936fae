//! Keys: how they are made, what cannot be done to them, and what is seen when they have changed.

use countersign_core::entry::PublicPart;
use countersign_core::port::TokenFault;
use countersign_protocol::{KeyId, Suite};
use countersign_token::KeyError;
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use super::house::{House, only, open};

const ID: KeyId = KeyId([7; 16]);
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];

/// What looking for a key says when there is none of that role.
const NO_SUCH_KEY: KeyError = KeyError::Fault(TokenFault { function: "C_FindObjects", code: 0x82 });

fn named(class: ObjectClass, label: &str, id: &[u8]) -> Vec<Attribute> {
    vec![
        Attribute::Class(class),
        Attribute::Label(label.as_bytes().to_vec()),
        Attribute::Id(id.to_vec()),
    ]
}

/// No key of the token's.
fn nobodys() -> PublicPart {
    PublicPart::from_slice(&[4; 65]).unwrap()
}

fn signers_key(session: &Session) -> ObjectHandle {
    only(session, &named(ObjectClass::PRIVATE_KEY, "countersign/signer", &ID.0))
}

/// A pair made by somebody else, like a signer's but for `changes`.
fn make_foreign_pair(session: &Session, label: &str, changes: &[Attribute]) {
    let mut public = named(ObjectClass::PUBLIC_KEY, label, &ID.0);
    public.extend([Attribute::Token(true), Attribute::EcParams(P256.to_vec())]);
    let mut private = named(ObjectClass::PRIVATE_KEY, label, &ID.0);
    private.extend([
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        // What is not said is true in some tokens.
        Attribute::Decrypt(false),
        Attribute::Unwrap(false),
        Attribute::SignRecover(false),
        Attribute::Derive(false),
        Attribute::Modifiable(false),
        Attribute::Copyable(false),
        Attribute::AllowedMechanisms(vec![MechanismType::ECDSA]),
    ]);
    private.retain(|one| changes.iter().all(|c| c.attribute_type() != one.attribute_type()));
    private.extend(changes.iter().cloned());
    session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private).unwrap();
}

fn pkcs11_code<T: std::fmt::Debug>(result: cryptoki::error::Result<T>) -> RvError {
    match result {
        Err(Error::Pkcs11(code, _)) => code,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_signers_key_is_as_it_must_be_and_stays_so_over_a_new_login() {
    let House { fixture, token } = House::new();
    let public = token.create_signer_key(ID, Suite::Esp256).unwrap();
    token.check_signer_key(ID, Suite::Esp256, &public).unwrap();
    drop(token);
    open(&fixture, 1).check_signer_key(ID, Suite::Esp256, &public).unwrap();
}

#[test]
fn every_attribute_is_in_the_token_as_asked() {
    let house = House::new();
    house.token.create_signer_key(ID, Suite::Esp256).unwrap();
    let session = house.session();
    let expected = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        Attribute::Modifiable(false),
        Attribute::Copyable(false),
        Attribute::Local(true),
        Attribute::AlwaysSensitive(true),
        Attribute::NeverExtractable(true),
        Attribute::AllowedMechanisms(vec![MechanismType::ECDSA]),
        Attribute::Derive(false),
    ];
    let types: Vec<_> = expected.iter().map(Attribute::attribute_type).collect();
    assert_eq!(session.get_attributes(signers_key(&session), &types).unwrap(), expected);
}

#[test]
fn the_private_value_cannot_be_read_nor_made_readable() {
    let house = House::new();
    house.token.create_signer_key(ID, Suite::Esp256).unwrap();
    let session = house.session();
    let key = signers_key(&session);
    assert_eq!(session.get_attributes(key, &[AttributeType::Value]).unwrap(), []);
    for change in [
        Attribute::Extractable(true),
        Attribute::Sensitive(false),
        Attribute::Decrypt(true),
        Attribute::Derive(true),
        Attribute::Label(b"countersign/checkpoint".to_vec()),
    ] {
        let refused = session.update_attributes(key, std::slice::from_ref(&change));
        assert!(refused.is_err(), "{change:?} was taken");
    }
    let copied = session.copy_object(key, &[Attribute::Token(false)]);
    assert_eq!(pkcs11_code(copied), RvError::ActionProhibited);
}

#[test]
fn the_key_signs_with_its_one_mechanism_only() {
    let house = House::new();
    house.token.create_signer_key(ID, Suite::Esp256).unwrap();
    let session = house.session();
    let other = session.sign(&Mechanism::EcdsaSha256, signers_key(&session), &[0; 32]);
    assert!(other.is_err());
}

#[test]
fn an_id_is_used_once() {
    let House { token, .. } = House::new();
    token.create_signer_key(ID, Suite::Esp256).unwrap();
    assert_eq!(token.create_signer_key(ID, Suite::Esp256), Err(KeyError::Exists));
}

/// Both halves of it, on every session; no other key.
#[test]
fn a_destroyed_key_is_gone() {
    let House { fixture, token } = House::new();
    let other = KeyId([9; 16]);
    let public = token.create_signer_key(ID, Suite::Esp256).unwrap();
    let others = token.create_signer_key(other, Suite::Esp256).unwrap();
    token.destroy_signer_key(ID, Suite::Esp256).unwrap();
    assert!(token.check_signer_key(ID, Suite::Esp256, &public).is_err());
    token.destroy_signer_key(ID, Suite::Esp256).unwrap();
    drop(token);
    let token = open(&fixture, 1);
    assert!(token.check_signer_key(ID, Suite::Esp256, &public).is_err());
    token.check_signer_key(other, Suite::Esp256, &others).unwrap();
    // Nothing of it stands in the way of a new one.
    assert_ne!(token.create_signer_key(ID, Suite::Esp256).unwrap(), public);
}

#[test]
fn an_unknown_key_is_a_fault() {
    let House { token, .. } = House::new();
    assert_eq!(token.check_signer_key(ID, Suite::Esp256, &nobodys()), Err(NO_SUCH_KEY));
}

#[test]
fn a_key_of_another_role_with_the_same_id_is_no_signers_key() {
    let house = House::new();
    for label in ["countersign/checkpoint", "countersign/prf", "countersign/signer2", ""] {
        make_foreign_pair(&house.session(), label, &[]);
        assert_eq!(
            house.token.check_signer_key(ID, Suite::Esp256, &nobodys()),
            Err(NO_SUCH_KEY),
            "{label}"
        );
    }
}

#[test]
fn two_keys_with_one_name_are_none() {
    let house = House::new();
    let public = house.token.create_signer_key(ID, Suite::Esp256).unwrap();
    make_foreign_pair(&house.session(), "countersign/signer", &[]);
    assert_eq!(house.token.check_signer_key(ID, Suite::Esp256, &public), Err(NO_SUCH_KEY));
}

#[test]
fn another_public_part_is_seen() {
    let House { token, .. } = House::new();
    token.create_signer_key(ID, Suite::Esp256).unwrap();
    assert_eq!(
        token.check_signer_key(ID, Suite::Esp256, &nobodys()),
        Err(KeyError::OtherPublicPart)
    );
}

#[test]
fn a_key_that_can_do_more_is_seen() {
    let two = vec![MechanismType::ECDSA, MechanismType::ECDSA_SHA256];
    for (change, attribute) in [
        (Attribute::Extractable(true), "CKA_EXTRACTABLE"),
        (Attribute::Sensitive(false), "CKA_SENSITIVE"),
        (Attribute::Modifiable(true), "CKA_MODIFIABLE"),
        (Attribute::Copyable(true), "CKA_COPYABLE"),
        (Attribute::Derive(true), "CKA_DERIVE"),
        (Attribute::AllowedMechanisms(two), "CKA_ALLOWED_MECHANISMS"),
    ] {
        let house = House::new();
        make_foreign_pair(&house.session(), "countersign/signer", &[change]);
        let seen = house.token.check_signer_key(ID, Suite::Esp256, &nobodys());
        assert_eq!(seen, Err(KeyError::AttributeDrift { attribute }));
    }
}
