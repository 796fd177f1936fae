//! Opening and initialising, and what an operator is told when it fails.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use super::house::{config, initialise_again, initialised, open, try_to_open};
use countersign_token::{OpenError, Pin, PinError, TokenConfig, Which};

pub fn refusal(config: TokenConfig) -> OpenError {
    try_to_open(config).err().unwrap()
}

fn pin(text: &str, mode: u32) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pin");
    fs::write(&path, text).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    (folder, path)
}

#[test]
fn a_wrong_pin_is_refused_with_the_tokens_code_and_without_the_pin() {
    let fixture = initialised();
    let (_folder, wrong) = pin("not the PIN", 0o600);
    let error = refusal(TokenConfig { pin: Pin::from_file(&wrong).unwrap(), ..config(&fixture) });
    assert!(matches!(error, OpenError::PinRefused { fault } if fault.code == 0xa0), "{error:?}");
    assert!(!format!("{error} {error:?}").contains("not the PIN"));
}

#[test]
fn initialising_a_token_again_changes_nothing() {
    let fixture = initialised();
    let point = open(&fixture, 1).create_appliance_keys().unwrap();
    initialise_again(&fixture);
    open(&fixture, 1).check_appliance_keys(&point).unwrap();
}

#[test]
fn a_token_that_is_not_there_is_named_with_those_that_are() {
    let fixture = initialised();
    let token = Which::Label("nobody's".into());
    let error = refusal(TokenConfig { token, ..config(&fixture) });
    assert!(matches!(error, OpenError::NotOne { count: 0, .. }), "{error:?}");
    assert!(error.to_string().contains("nobody's"));
}

#[test]
fn a_module_that_is_not_there_or_is_none_is_said() {
    let fixture = initialised();
    for module in [PathBuf::from("/nowhere.so"), std::env::current_exe().unwrap()] {
        let error = refusal(TokenConfig { module, ..config(&fixture) });
        assert!(matches!(error, OpenError::Module { .. }), "{error:?}");
    }
}

#[test]
fn a_pool_without_sessions_or_with_too_many_is_refused() {
    let fixture = initialised();
    for sessions in [0, 65] {
        let error = refusal(TokenConfig { sessions, ..config(&fixture) });
        assert!(matches!(error, OpenError::Sessions { .. }), "{error:?}");
    }
}

#[test]
fn one_token_is_opened_by_many_at_once() {
    let fixture = initialised();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| open(&fixture, 2).random_blocking::<32>().unwrap());
        }
    });
}

#[test]
fn a_pin_that_others_can_read_is_refused() {
    for mode in [0o640, 0o604, 0o620, 0o777] {
        let (_folder, path) = pin("1234\n", mode);
        let error = Pin::from_file(&path).unwrap_err();
        assert!(matches!(error, PinError::Exposed { mode: seen, .. } if seen == mode), "{error:?}");
    }
    for mode in [0o600, 0o400] {
        let (_folder, path) = pin("1234\n", mode);
        assert_eq!(format!("{:?}", Pin::from_file(&path).unwrap()), "Pin(..)");
    }
}

#[test]
fn what_is_no_pin_is_refused() {
    for text in ["", "\n", &"1".repeat(257)] {
        let (_folder, path) = pin(text, 0o600);
        let error = Pin::from_file(&path).unwrap_err();
        assert!(matches!(error, PinError::Malformed { .. }), "{error:?}");
    }
    assert!(matches!(Pin::from_file(Path::new("/nowhere")), Err(PinError::Read { .. })));
}

#[test]
fn a_credentials_name_leads_nowhere_else() {
    for name in ["../pin", "/etc/passwd", "a/b", "", ".."] {
        assert!(matches!(Pin::from_credential(name), Err(PinError::Name { .. })), "{name}");
    }
}
