use std::sync::Arc;

use countersign_host::Host;
use countersign_protocol::Origin;
use countersign_protocol::change::{Appliance as Identity, Profile};
use countersign_registry::{Change, RootKey};
use countersign_token::{CALL_MAX_MS, Pin, Token, TokenConfig, Which};

use super::*;

/// A token with an appliance's keys.
fn token() -> Token {
    let fixture = countersign_token_fixture::embedded();
    let pin = |path| Pin::from_file(path).unwrap();
    let config = TokenConfig {
        module: fixture.module,
        token: Which::Slot(fixture.slot.unwrap()),
        pin: pin(&fixture.pin_file),
        sessions: 1,
        call_max_ms: CALL_MAX_MS,
    };
    countersign_token::initialise(&config, &pin(&fixture.so_pin_file)).unwrap();
    Token::open(config, Arc::new(|| 0)).unwrap()
}

/// A registry that says what the appliance's keys are.
fn registry(checkpoint_key: CheckpointKey, cosigner: Option<&[u8; 1312]>) -> Registry<Host> {
    let mut registry = Registry::new(Arc::new(Host), RootKey::nobodys());
    let identity = Identity {
        id: ApplianceId([1; 16]),
        profile: Profile::Development,
        rp_id: Origin::new("sign.example").unwrap(),
        origin: Origin::new("https://sign.example").unwrap(),
        checkpoint_key,
        cosigner_key: cosigner.map(CosignerKey),
    };
    registry.apply(0, &Change::Appliance(identity)).unwrap();
    registry
}

#[test]
fn a_token_whose_cosigner_is_not_the_one_on_record_is_refused() {
    let token = token();
    let key = token.create_appliance_keys().unwrap();
    let cosigner = token.cosigner_key().unwrap().unwrap();
    let mut other = cosigner.clone();
    other[0] ^= 1;
    let check = |on_record| check_keys(&registry(key, on_record), &token);
    assert_eq!(check(Some(&cosigner)).unwrap(), key);
    assert!(matches!(check(None), Err(BootError::Cosigner)));
    assert!(matches!(check(Some(&other)), Err(BootError::Cosigner)));
}
