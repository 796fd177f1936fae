//! The engine keeps the contracts of its ports.

use countersign_soft::Soft;

#[test]
fn soft_keeps_the_contract_of_crypto() {
    assert_eq!(countersign_contract::crypto(&Soft), [] as [&str; 0]);
}

#[test]
fn soft_keeps_the_contract_of_sealing() {
    assert_eq!(countersign_contract::sealing(&Soft), [] as [&str; 0]);
}
