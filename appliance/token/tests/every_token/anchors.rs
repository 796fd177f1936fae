//! Anchors: what each says is its name, which nobody changes.

use countersign_protocol::Digest;
use countersign_protocol::anchor::Anchor;
use countersign_token::KeyError;
use cryptoki::mechanism::Mechanism;
use cryptoki::object::Attribute;

use super::house::{House, only, open};

fn anchor(epoch: u64, number: u64) -> Anchor {
    Anchor {
        epoch,
        number,
        nonce: [7; 8],
        size: 99,
        root: Digest([5; 32]),
        registry: Digest([6; 32]),
        counted: 0,
        floor: 0,
        utc_ms: 1,
    }
}

fn label() -> Attribute {
    Attribute::Label(b"countersign/anchor/4".to_vec())
}

#[test]
fn anchors_are_listed_in_their_order_as_they_were_made_at_every_login() {
    let House { fixture, token } = House::new();
    assert_eq!(token.anchors(), Ok(vec![]));
    token.create_appliance_keys().unwrap();
    let made = [anchor(1, 255), anchor(1, 256), anchor(2, 3)];
    made.iter().rev().for_each(|one| token.create_anchor(one).unwrap());
    assert_eq!(token.anchors(), Ok(made.to_vec()));
    assert_eq!(token.create_anchor(&made[1]), Err(KeyError::Exists));
    token.destroy_anchor(&made[1]).unwrap();
    token.destroy_anchor(&made[1]).unwrap();
    drop(token);
    assert_eq!(open(&fixture, 1).anchors(), Ok(vec![made[0], made[2]]));
}

#[test]
fn what_an_anchor_says_cannot_be_changed() {
    let house = House::new();
    house.token.create_anchor(&anchor(1, 1)).unwrap();
    let session = house.session();
    let object = only(&session, &[label()]);
    let other = Attribute::Id(anchor(1, 2).to_bytes().to_vec());
    assert!(session.update_attributes(object, &[other]).is_err());
    assert_eq!(house.token.anchors(), Ok(vec![anchor(1, 1)]));
}

#[test]
fn something_else_under_their_label_is_no_anchor() {
    let house = House::new();
    let session = house.session();
    let foreign = [
        label(),
        Attribute::Id(b"short".to_vec()),
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::ValueLen(32.into()),
    ];
    session.generate_key(&Mechanism::GenericSecretKeyGen, &foreign).unwrap();
    let drift = KeyError::AttributeDrift { attribute: "CKA_ID" };
    assert_eq!(house.token.anchors(), Err(drift));
}
