//! Each type keeps the contract of its port.

use countersign_host::{FileStorage, Host};

#[test]
fn host_keeps_the_contract_of_crypto() {
    assert_eq!(countersign_contract::crypto(&Host), [] as [&str; 0]);
}

#[test]
fn host_keeps_the_contract_of_sealing() {
    assert_eq!(countersign_contract::sealing(&Host), [] as [&str; 0]);
}

#[test]
fn file_storage_keeps_the_contract_of_storage() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("ledger");
    let broken = countersign_contract::storage(|| FileStorage::open(&path).unwrap());
    assert_eq!(broken, [] as [&str; 0]);
}
