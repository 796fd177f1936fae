//! The format compound: the valid case, and each rule of 8.9 broken alone.

mod registered;

use countersign_authority::{Authority, Format, NOW_MS, int, map, text};
use countersign_enrolment::Fault;
use countersign_enrolment::attestation::{self, Class};
use registered::{fault, register, verified};

fn parts(change: impl FnOnce(&mut Vec<Vec<u8>>) + 'static) -> Option<Fault> {
    fault(Format::Compound, |draft| draft.parts = Box::new(change))
}

/// A part of this format with an empty statement.
fn empty(format: &str) -> Vec<u8> {
    map(&vec![("fmt", text(format)), ("attStmt", map(&Vec::new()))])
}

#[test]
fn every_part_holds_and_leads_to_the_root() {
    let authority = Authority::new();
    let attested = verified(&register(&authority, Format::Compound, |_| ())).unwrap();
    assert_eq!(attested.format(), attestation::Format::Compound);
    assert_eq!((attested.class(), attested.parts().len()), (Class::Certified, 2));
    assert!(attested.clone().trusted(&authority.roots(), NOW_MS).is_ok());
    let foreign = attested.trusted(&Authority::new().roots(), NOW_MS);
    assert_eq!(foreign, Err(Fault::ChainInvalid));
}

#[test]
fn the_whole_is_worth_what_the_least_part_is() {
    let authority = Authority::new();
    let registration = register(&authority, Format::Compound, |draft| {
        draft.parts = Box::new(|parts| parts.push(empty("none")));
    });
    let attested = verified(&registration).unwrap();
    assert_eq!(attested.class(), Class::None);
    assert_eq!(attested.trusted(&authority.roots(), NOW_MS), Err(Fault::NothingCertified));
}

#[test]
fn there_are_two_or_more_and_not_too_many() {
    assert_eq!(parts(|parts| parts.truncate(1)), Some(Fault::CompoundTooFew));
    assert_eq!(parts(|parts| parts.resize(5, empty("none"))), Some(Fault::CompoundTooMany));
}

#[test]
fn no_part_is_compound_and_each_has_its_form() {
    assert_eq!(parts(|parts| parts[1] = empty("compound")), Some(Fault::CompoundNested));
    assert_eq!(parts(|parts| parts[1] = int(1)), Some(Fault::CompoundMalformed));
}

#[test]
fn every_part_is_verified() {
    assert_eq!(parts(|parts| parts[1] = empty("packed")), Some(Fault::StatementMemberMissing));
    let signed = fault(Format::Compound, |draft| draft.signed = Box::new(|bytes| bytes[0] ^= 1));
    assert_eq!(signed, Some(Fault::SignatureInvalid));
}
