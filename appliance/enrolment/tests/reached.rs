//! Every fault of the table is expected by a test of this crate, by its name.

use countersign_enrolment::Fault;

#[test]
fn every_fault_is_expected_by_a_test() {
    let tests = [
        include_str!("assurance.rs"),
        include_str!("object.rs"),
        include_str!("packed.rs"),
        include_str!("chains.rs"),
        include_str!("fido_u2f.rs"),
        include_str!("android_key.rs"),
        include_str!("apple.rs"),
        include_str!("tpm.rs"),
        include_str!("compound.rs"),
    ];
    let expected = |fault: &Fault| {
        let name = format!("Fault::{fault:?}");
        let is_end = |rest: &str| !rest.starts_with(|next: char| next.is_ascii_alphanumeric());
        tests.iter().any(|text| text.split(&name).skip(1).any(is_end))
    };
    let forgotten: Vec<_> = Fault::ALL.iter().filter(|fault| !expected(fault)).collect();
    assert!(forgotten.is_empty(), "{forgotten:?}");
}
