//! A library that says one thing and has done another.

use countersign_core::Reason;
use countersign_core::port::TokenFault;
use countersign_token::Health;

use super::house::House;

#[test]
fn a_signature_that_was_made_but_reported_as_failed_is_not_given_and_not_made_again() {
    for code in [0x30, 0xb3, 0x20, 0x150] {
        let mut house = House::new();
        house.plan.set(&format!("C_Sign fails-after-doing {code:#x} times 1"));
        let outcome = house.core.sign(2);
        assert_eq!(outcome.said, Err(TokenFault { function: "C_Sign", code }));
        assert_eq!(outcome.released, Err(Reason::TokenFailed));
        assert_eq!(house.plan.calls("C_Sign"), 1, "{code:#x}: not again, and no other item");
        house.core.signs();
    }
}

#[test]
fn a_signature_that_is_claimed_and_not_made_is_not_released() {
    let mut house = House::new();
    house.plan.set("C_Sign claims times 1");
    let outcome = house.core.sign(2);
    let said = outcome.said.unwrap();
    assert_eq!(said[0], [0; 64], "what the library left in the buffer");
    assert!(house.core.is_right(1, &said[1]));
    assert_eq!(outcome.released, Err(Reason::TokenSignatureWrong));
    assert_eq!(house.plan.calls("C_Sign"), 2);
    house.core.signs();
}

#[test]
fn a_signature_that_is_wrong_is_not_released() {
    let mut house = House::new();
    house.plan.set("C_Sign flips times 1");
    let outcome = house.core.sign(2);
    let mut said = outcome.said.unwrap();
    assert!(!house.core.is_right(0, &said[0]));
    said[0][0] ^= 1;
    assert!(house.core.is_right(0, &said[0]), "but for the bit it was the signature");
    assert_eq!(outcome.released, Err(Reason::TokenSignatureWrong));
    house.core.signs();
}

#[test]
fn a_checkpoint_that_is_claimed_or_wrong_does_not_verify() {
    let mut house = House::new();
    for lie in ["claims", "flips"] {
        house.plan.set(&format!("C_Sign {lie} times 1"));
        assert_eq!(house.checkpoint(), Ok(false), "{lie}");
        assert_eq!(house.checkpoint(), Ok(true), "{lie}");
    }
}

#[test]
fn a_session_that_is_lost_in_the_middle_of_an_order_loses_the_order_and_no_more() {
    let mut house = House::new();
    house.plan.set("C_Sign slow 1 times 1\nC_Sign fails 0xb3 times 1");
    let outcome = house.core.sign(3);
    assert_eq!(outcome.said, Err(TokenFault { function: "C_Sign", code: 0xb3 }));
    assert_eq!(outcome.released, Err(Reason::TokenFailed));
    assert_eq!(house.plan.calls("C_Sign"), 2, "the first item, the second once, the third never");
    house.core.signs();
    assert_eq!(house.core.token.health(), Health::Good);
}
