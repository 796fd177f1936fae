//! Each type keeps the contract of its port.

use countersign_host::Host;

#[test]
fn host_keeps_the_contract_of_crypto() {
    assert_eq!(countersign_contract::crypto(&Host), [] as [&str; 0]);
}
