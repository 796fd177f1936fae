//! The engine keeps the contract of its port.

use countersign_soft::Soft;

#[test]
fn soft_keeps_the_contract() {
    assert_eq!(countersign_contract::crypto(&Soft), [] as [&str; 0]);
}
