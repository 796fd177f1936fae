//! The appliance's own doors. That of signers opens to orders only: the scenarios go through it.

use super::house::{House, open};
use countersign_core::port::{CheckpointMessage, Notary as _, TokenFault};
use countersign_protocol::checkpoint::{Checkpoint, CheckpointKey};
use countersign_protocol::{ApplianceId, Digest, Suite};
use countersign_soft::Soft;
use countersign_token::{Health, KeyError, PrfUse};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, ObjectClass};

const NO_SUCH_KEY: TokenFault = TokenFault { function: "C_FindObjects", code: 0x82 };

/// The checkpoint of a ledger of so many records, for a token that has Ed25519.
fn checkpoint(size: u64) -> CheckpointMessage {
    let of = Checkpoint { appliance: ApplianceId([1; 16]), size, root: Digest([2; 32]) };
    CheckpointMessage::new(&Soft, Suite::Ed25519, &of)
}

#[test]
fn a_checkpoint_verifies_with_the_public_key_and_no_other_does() {
    let House { token, .. } = House::new();
    let key = token.create_appliance_keys().unwrap();
    assert!(matches!(key, CheckpointKey::Ed25519(_)), "both tokens have it");
    let signature = token.checkpoint(&checkpoint(1)).unwrap();
    let verifies = |size| checkpoint(size).is_signed(&Soft, &key, &signature);
    assert!(verifies(1));
    assert!(!verifies(2));
}

#[test]
fn the_secret_is_the_same_at_every_login_and_another_in_another_token() {
    let House { fixture, token } = House::new();
    token.create_appliance_keys().unwrap();
    let first = token.prf(PrfUse::LedgerSalt).unwrap();
    drop(token);
    assert_eq!(first, open(&fixture, 1).prf(PrfUse::LedgerSalt).unwrap());
    let other = House::new().token;
    other.create_appliance_keys().unwrap();
    assert_ne!(first, other.prf(PrfUse::LedgerSalt).unwrap());
}

#[test]
fn the_appliances_keys_are_made_once_and_are_as_they_must_be() {
    let House { token, .. } = House::new();
    let key = token.create_appliance_keys().unwrap();
    assert_eq!(token.create_appliance_keys(), Err(KeyError::Exists));
    token.check_appliance_keys(&key).unwrap();
}

#[test]
fn without_its_keys_a_door_stays_shut() {
    let House { token, .. } = House::new();
    assert_eq!(token.checkpoint(&checkpoint(1)), Err(NO_SUCH_KEY));
    assert_eq!(token.prf(PrfUse::LedgerSalt).unwrap_err(), NO_SUCH_KEY);
}

#[test]
fn a_door_does_not_open_to_another_roles_key() {
    let house = House::new();
    house.token.create_appliance_keys().unwrap();
    let session = house.session();
    let of_class = |class| session.find_objects(&[Attribute::Class(class)]).unwrap();
    for key in of_class(ObjectClass::PRIVATE_KEY) {
        session.destroy_object(key).unwrap();
    }
    // What is left is the secret: it makes no checkpoint.
    assert_eq!(house.token.checkpoint(&checkpoint(1)), Err(NO_SUCH_KEY));
    assert!(house.token.prf(PrfUse::LedgerSalt).is_ok());
}

#[test]
fn a_door_does_not_open_to_a_key_that_can_leave_the_token() {
    for (sensitive, extractable, opens) in
        [(true, false, true), (true, true, false), (false, false, false)]
    {
        let house = House::new();
        let secret = [
            Attribute::Label(b"countersign/prf".to_vec()),
            Attribute::Id(b"countersign".to_vec()),
            Attribute::Token(true),
            Attribute::Sign(true),
            Attribute::ValueLen(32.into()),
            Attribute::Sensitive(sensitive),
            Attribute::Extractable(extractable),
        ];
        house.session().generate_key(&Mechanism::GenericSecretKeyGen, &secret).unwrap();
        let answer = house.token.prf(PrfUse::LedgerSalt);
        assert_eq!(answer.is_ok(), opens, "{sensitive} {extractable} {answer:?}");
    }
}

#[test]
fn random_bytes_differ_and_come_in_the_length_asked_for() {
    let House { token, .. } = House::new();
    let one: [u8; 32] = token.random_blocking().unwrap();
    let other: [u8; 32] = pollster::block_on(token.random()).unwrap();
    assert_ne!(one, other);
    assert_ne!(token.random_blocking::<16>().unwrap(), [0; 16]);
}

#[test]
fn a_lost_login_is_made_again() {
    let house = House::new();
    house.token.create_appliance_keys().unwrap();
    let before = house.token.prf(PrfUse::LedgerSalt).unwrap();
    house.session().logout().unwrap();
    assert_eq!(before, house.token.prf(PrfUse::LedgerSalt).unwrap());
    assert_eq!(house.token.health(), Health::Good);
}

#[test]
fn many_ask_at_once_and_each_is_answered() {
    let House { token, .. } = House::with_sessions(3);
    let key = token.create_appliance_keys().unwrap();
    std::thread::scope(|scope| {
        for number in 0..8 {
            let token = token.clone();
            scope.spawn(move || {
                let message = checkpoint(number);
                let signature = token.checkpoint(&message).unwrap();
                assert!(message.is_signed(&Soft, &key, &signature));
            });
        }
    });
}
