//! The witness's key: one, Ed25519, for cosignatures alone.

use countersign_core::port::TokenFault;
use countersign_host::Host;
use countersign_ports::{Algorithm, Crypto as _};
use countersign_tlog::{Head, checkpoint, cosignature};
use countersign_token::KeyError;
use cryptoki::object::Attribute;

use super::house::{House, only, open};

const NO_SUCH_KEY: TokenFault = TokenFault { function: "C_FindObjects", code: 0x82 };
const TIME_S: u64 = 1_700_000_000;

fn text() -> String {
    checkpoint::text("log.example", &Head { size: 3, root: [1; 32] }).unwrap().to_string()
}

#[test]
fn it_is_made_once_and_is_the_same_at_every_login() {
    let House { fixture, token } = House::new();
    assert_eq!(token.witness_key(), Ok(None));
    let public = token.create_witness_key().unwrap();
    assert_eq!(token.create_witness_key(), Err(KeyError::Exists));
    drop(token);
    assert_eq!(open(&fixture, 1).witness_key(), Ok(Some(public)));
}

#[test]
fn it_signs_the_cosignature_of_a_checkpoint_and_nothing_that_is_none() {
    let House { token, .. } = House::new();
    let public = token.create_witness_key().unwrap();
    let signature = token.cosign(TIME_S, &text()).unwrap();
    let good = |message: &[u8]| -> bool {
        Host.verify(Algorithm::Ed25519, &public, message, &signature).into()
    };
    assert!(good(&cosignature::ed25519(TIME_S, &text()).unwrap()));
    assert!(!good(text().as_bytes()) && !good(&cosignature::ed25519(TIME_S + 1, &text()).unwrap()));
    assert!(token.cosign(TIME_S, "no checkpoint\n").is_err());
    assert!(token.cosign(u64::MAX, &text()).is_err());
}

#[test]
fn no_other_key_of_the_appliances_cosigns() {
    let House { token, .. } = House::new();
    token.create_appliance_keys().unwrap();
    assert_eq!(token.cosign(TIME_S, &text()), Err(NO_SUCH_KEY));
    assert_eq!(token.witness_key(), Ok(None));
    token.create_witness_key().unwrap();
    assert!(token.cosign(TIME_S, &text()).is_ok());
}

#[test]
fn a_key_that_was_changed_is_seen_or_cannot_be_changed() {
    let house = House::new();
    house.token.create_witness_key().unwrap();
    let session = house.session();
    let named = Attribute::Label(b"countersign/witness".to_vec());
    let key = only(&session, &[named, Attribute::Private(true), Attribute::Sign(true)]);
    for change in
        [Attribute::Extractable(true), Attribute::Label(b"countersign/checkpoint".to_vec())]
    {
        assert!(
            session.update_attributes(key, std::slice::from_ref(&change)).is_err(),
            "{change:?}"
        );
    }
}
