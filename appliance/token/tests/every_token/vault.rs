//! The roots of the vault's epochs: one of its own for each, which makes one key and is gone when destroyed.

use countersign_core::port::TokenFault;
use countersign_protocol::ApplianceId;
use countersign_token::{KeyError, PrfUse};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType};
use cryptoki::session::Session;

use super::house::{House, only, open};

const US: ApplianceId = ApplianceId([1; 16]);
const NO_SUCH_KEY: TokenFault = TokenFault { function: "C_FindObjects", code: 0x82 };

fn named(epoch: u64) -> [Attribute; 2] {
    let id = epoch.to_be_bytes().to_vec();
    [Attribute::Label(b"countersign/vault".to_vec()), Attribute::Id(id)]
}

/// A root made by somebody else, right but for `changes`.
fn make_foreign_root(session: &Session, epoch: u64, changes: &[Attribute]) {
    let mut root = named(epoch).to_vec();
    root.extend([
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::Sign(true),
        Attribute::ValueLen(32.into()),
        Attribute::Modifiable(false),
        Attribute::Copyable(false),
        Attribute::Verify(false),
        Attribute::Encrypt(false),
        Attribute::Decrypt(false),
        Attribute::Wrap(false),
        Attribute::Unwrap(false),
        Attribute::Derive(false),
        Attribute::AllowedMechanisms(vec![MechanismType::SHA256_HMAC]),
    ]);
    root.retain(|one| changes.iter().all(|c| c.attribute_type() != one.attribute_type()));
    root.extend(changes.iter().cloned());
    session.generate_key(&Mechanism::GenericSecretKeyGen, &root).unwrap();
}

#[test]
fn an_epochs_key_is_the_same_at_every_login_and_another_for_any_other_epoch_or_appliance() {
    let House { fixture, token } = House::new();
    token.create_vault_root(1).unwrap();
    token.create_vault_root(2).unwrap();
    let key = token.vault_key(1, &US).unwrap();
    assert_ne!(key, token.vault_key(2, &US).unwrap());
    assert_ne!(key, token.vault_key(1, &ApplianceId([2; 16])).unwrap());
    drop(token);
    assert_eq!(key, open(&fixture, 1).vault_key(1, &US).unwrap());
    let other = House::new().token;
    other.create_vault_root(1).unwrap();
    assert_ne!(key, other.vault_key(1, &US).unwrap());
}

#[test]
fn a_root_is_made_once_and_is_as_it_must_be() {
    let House { token, .. } = House::new();
    token.create_vault_root(u64::MAX).unwrap();
    assert_eq!(token.create_vault_root(u64::MAX), Err(KeyError::Exists));
    token.check_vault_root(u64::MAX).unwrap();
    assert_eq!(token.check_vault_root(1), Err(NO_SUCH_KEY.into()));
}

#[test]
fn the_epochs_that_have_a_root_are_listed_in_their_order() {
    let House { token, .. } = House::new();
    assert_eq!(token.vault_epochs(), Ok(vec![]));
    token.create_appliance_keys().unwrap();
    for epoch in [256, 3, 4] {
        token.create_vault_root(epoch).unwrap();
    }
    assert_eq!(token.vault_epochs(), Ok(vec![3, 4, 256]));
    token.destroy_vault_root(4).unwrap();
    assert_eq!(token.vault_epochs(), Ok(vec![3, 256]));
}

#[test]
fn a_name_that_no_epoch_has_is_said() {
    let house = House::new();
    make_foreign_root(&house.session(), 1, &[Attribute::Id(b"first".to_vec())]);
    let expected = KeyError::AttributeDrift { attribute: "CKA_ID" };
    assert_eq!(house.token.vault_epochs(), Err(expected));
}

#[test]
fn what_is_destroyed_makes_no_key_any_more_and_neither_does_its_successor_make_that_one() {
    let House { token, .. } = House::with_sessions(3);
    token.create_vault_root(1).unwrap();
    let key = token.vault_key(1, &US).unwrap();
    token.destroy_vault_root(1).unwrap();
    // Whatever session asks, also one that had found it.
    for _ in 0..8 {
        assert!(token.vault_key(1, &US).is_err());
    }
    token.destroy_vault_root(1).unwrap();
    token.create_vault_root(1).unwrap();
    for _ in 0..8 {
        assert_ne!(key, token.vault_key(1, &US).unwrap());
    }
}

#[test]
fn the_doors_of_the_vault_and_of_the_prf_do_not_open_to_each_others_keys() {
    let House { token, .. } = House::new();
    token.create_vault_root(1).unwrap();
    assert_eq!(token.prf(PrfUse::LedgerSalt).unwrap_err(), NO_SUCH_KEY);
    let House { token, .. } = House::new();
    token.create_appliance_keys().unwrap();
    assert_eq!(token.vault_key(1, &US).unwrap_err(), NO_SUCH_KEY);
}

#[test]
fn a_roots_value_cannot_be_read_and_it_cannot_be_changed() {
    let house = House::new();
    house.token.create_vault_root(1).unwrap();
    let session = house.session();
    let root = only(&session, &named(1));
    assert_eq!(session.get_attributes(root, &[AttributeType::Value]).unwrap(), []);
    for change in [
        Attribute::Extractable(true),
        Attribute::Sensitive(false),
        Attribute::Derive(true),
        Attribute::Label(b"countersign/prf".to_vec()),
    ] {
        let refused = session.update_attributes(root, std::slice::from_ref(&change));
        assert!(refused.is_err(), "{change:?} was taken");
    }
}

#[test]
fn a_root_that_can_do_more_is_seen() {
    let house = House::new();
    make_foreign_root(&house.session(), 1, &[]);
    house.token.check_vault_root(1).unwrap();
    for (change, attribute) in [
        (Attribute::Extractable(true), "CKA_EXTRACTABLE"),
        (Attribute::Sensitive(false), "CKA_SENSITIVE"),
        (Attribute::Modifiable(true), "CKA_MODIFIABLE"),
        (Attribute::Derive(true), "CKA_DERIVE"),
        (Attribute::ValueLen(16.into()), "CKA_VALUE_LEN"),
    ] {
        let house = House::new();
        make_foreign_root(&house.session(), 1, &[change]);
        let seen = house.token.check_vault_root(1);
        assert_eq!(seen, Err(KeyError::AttributeDrift { attribute }));
    }
}

#[test]
fn two_roots_of_one_epoch_are_none() {
    let house = House::new();
    house.token.create_vault_root(1).unwrap();
    make_foreign_root(&house.session(), 1, &[]);
    assert_eq!(house.token.vault_epochs(), Ok(vec![1]));
    assert_eq!(house.token.vault_key(1, &US).unwrap_err(), NO_SUCH_KEY);
    house.token.destroy_vault_root(1).unwrap();
    assert_eq!(house.token.vault_epochs(), Ok(vec![]));
}
