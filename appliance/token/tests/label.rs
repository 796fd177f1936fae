//! A token that is wanted by its label. A program of its own: it takes the first free slot, which
//! would be another test's.

#![allow(clippy::unwrap_used, reason = "what a test did not expect has failed the test")]

use std::sync::Arc;

use countersign_token::{CALL_MAX_MS, OpenError, Pin, Token, TokenConfig, Which, initialise};
use countersign_token_fixture::{Fixture, Make, token};

fn labelled(fixture: &Fixture, label: &str) -> TokenConfig {
    TokenConfig {
        module: fixture.module.clone(),
        token: Which::Label(label.to_owned()),
        pin: Pin::from_file(&fixture.pin_file).unwrap(),
        sessions: 1,
        call_max_ms: CALL_MAX_MS,
    }
}

#[test]
fn a_label_is_given_to_a_free_slot_once_and_found_from_then_on() {
    given_once(&token(Make::Embedded));
    given_once(&token(Make::SoftHsm));
}

fn given_once(fixture: &Fixture) {
    let labelled = |label: &str| labelled(fixture, label);
    let so_pin = Pin::from_file(&fixture.so_pin_file).unwrap();
    initialise(&labelled(&fixture.label), &so_pin).unwrap();
    let open = || Token::open(labelled(&fixture.label), Arc::new(|| 0)).unwrap();
    let point = open().create_appliance_keys().unwrap();

    initialise(&labelled(&fixture.label), &so_pin).unwrap();
    open().check_appliance_keys(&point).unwrap();

    for label in ["", "ends with a space ", &"long".repeat(9)] {
        let refused = initialise(&labelled(label), &so_pin);
        assert!(matches!(refused, Err(OpenError::Label { .. })), "{label:?}");
    }
}
