//! The cosigner's key: made with the appliance's own where the token has ML-DSA, for cosignatures of its own
//! checkpoints alone.

use countersign_core::port::TokenFault;
use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto as _};
use countersign_protocol::checkpoint::{Checkpoint, log_name};
use countersign_protocol::{ApplianceId, Digest};
use countersign_tlog::cosignature;
use countersign_token::Token;
use cryptoki::mechanism::MechanismType;
use cryptoki::object::{
    Attribute, AttributeType, KeyType, MlDsaParameterSetType, ObjectClass, ObjectHandle,
};
use cryptoki::session::Session;

use super::house::{House, only, open};
use crate::HAS_ML_DSA;

const NO_SUCH_KEY: TokenFault = TokenFault { function: "C_FindObjects", code: 0x82 };

fn checkpoint(size: u64) -> Checkpoint {
    Checkpoint { appliance: ApplianceId([1; 16]), size, root: Digest([2; 32]) }
}

fn message(time_s: u64, checkpoint: &Checkpoint) -> cosignature::Cosigned {
    let name = log_name(&checkpoint.appliance);
    cosignature::ml_dsa_44(&name, time_s, &checkpoint.text()).unwrap()
}

fn cosign(token: &Token) -> Result<Vec<u8>, TokenFault> {
    pollster::block_on(token.cosign_own(&checkpoint(3))).map(|bytes| bytes.to_vec())
}

fn private(session: &Session) -> ObjectHandle {
    let named = Attribute::Label(b"countersign/cosigner".to_vec());
    only(session, &[named, Attribute::Class(ObjectClass::PRIVATE_KEY)])
}

#[test]
fn it_is_made_with_the_others_where_the_token_can_and_is_the_same_at_every_login() {
    let House { fixture, token } = House::new();
    assert_eq!(token.cosigner_key(), Ok(None));
    let own = token.create_appliance_keys().unwrap();
    let made = token.cosigner_key().unwrap();
    assert_eq!(made.is_some(), HAS_ML_DSA);
    drop(token);
    let token = open(&fixture, 1);
    assert_eq!(token.cosigner_key(), Ok(made));
    token.check_appliance_keys(&own).unwrap();
}

#[test]
fn it_signs_the_cosignature_of_an_own_checkpoint() {
    let House { token, .. } = House::new();
    token.create_appliance_keys().unwrap();
    let Some(public) = token.cosigner_key().unwrap() else {
        assert_eq!(cosign(&token), Err(NO_SUCH_KEY));
        return;
    };
    let signature = cosign(&token).unwrap();
    let good = |message: &[u8]| -> bool {
        Host.verify(Algorithm::MlDsa44, &*public, message, &signature).into()
    };
    assert!(good(&message(0, &checkpoint(3))));
    assert!(!good(&message(0, &checkpoint(4))) && !good(&message(1, &checkpoint(3))));
}

#[test]
fn no_other_key_of_the_appliances_does() {
    let House { token, .. } = House::new();
    assert_eq!(cosign(&token), Err(NO_SUCH_KEY));
    let _ = token.create_witness_key().unwrap();
    assert_eq!(cosign(&token), Err(NO_SUCH_KEY));
    assert_eq!(token.cosigner_key(), Ok(None));
}

#[test]
fn it_is_in_the_token_as_asked_and_cannot_be_changed() {
    let house = House::new();
    house.token.create_appliance_keys().unwrap();
    if !HAS_ML_DSA {
        return;
    }
    let session = house.session();
    let expected = [
        Attribute::KeyType(KeyType::ML_DSA),
        Attribute::ParameterSet(MlDsaParameterSetType::ML_DSA_44.into()),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::NeverExtractable(true),
        Attribute::Sign(true),
        Attribute::Derive(false),
        Attribute::Modifiable(false),
        Attribute::AllowedMechanisms(vec![MechanismType::ML_DSA]),
    ];
    let types: Vec<AttributeType> = expected.iter().map(Attribute::attribute_type).collect();
    assert_eq!(session.get_attributes(private(&session), &types).unwrap(), expected);
    for change in
        [Attribute::Extractable(true), Attribute::Label(b"countersign/checkpoint".to_vec())]
    {
        let changed = session.update_attributes(private(&session), std::slice::from_ref(&change));
        assert!(changed.is_err(), "{change:?}");
    }
}

#[test]
fn half_of_it_is_none() {
    let house = House::new();
    house.token.create_appliance_keys().unwrap();
    if !HAS_ML_DSA {
        return;
    }
    let session = house.session();
    session.destroy_object(private(&session)).unwrap();
    // What is left is the public half: it is no key to cosign with, and no key of an appliance that has none.
    assert_eq!(cosign(&house.token), Err(NO_SUCH_KEY));
    assert!(house.token.cosigner_key().is_err());
}
