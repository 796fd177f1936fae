//! Whom a statement's certificates lead to: anchors of every kind, and each way not to reach one.

mod registered;

use countersign_authority::rcgen::{ExtendedKeyUsagePurpose, date_time_ymd};
use countersign_authority::{Authority, Draft, Format, NOW_MS};
use countersign_enrolment::Fault;
use countersign_enrolment::attestation::Class;
use registered::{register, verified};

/// What comes of a change to a packed registration, at the authority's own root.
fn trusted(change: impl FnOnce(&mut Draft)) -> Result<Class, Fault> {
    let authority = Authority::new();
    let attested = verified(&register(&authority, Format::Packed, change))?;
    attested.trusted(&authority.roots(), NOW_MS).map(|trusted| trusted.attested().class())
}

#[test]
fn a_chain_leads_to_the_root() {
    assert_eq!(trusted(|_| ()), Ok(Class::Certified));
}

/// SimpleWebAuthn took a self-signed certificate in x5c for the end of the chain.
#[test]
fn ghsa_6hxq_p678_4hr2() {
    let (attacker, ours) = (Authority::new(), Authority::new());
    let root = attacker.roots().remove(0);
    let registration = register(&attacker, Format::Packed, |draft| {
        draft.x5c = Box::new(|x5c| x5c.push(root));
    });
    let attested = verified(&registration).unwrap();
    let found = attested.clone().trusted(&ours.roots(), NOW_MS).err();
    // Its names are ours, so the chain reaches for our root, whose key did not sign it.
    assert_eq!(found, Some(Fault::ChainInvalid));
    assert_eq!(attested.trusted::<Vec<u8>>(&[], NOW_MS), Err(Fault::AnchorUnknown));
}

/// Validators that ask for a self-signed root refuse devices whose published anchor is an intermediate.
#[test]
fn nitrokey_574() {
    let authority = Authority::new();
    let attested = verified(&register(&authority, Format::Packed, |_| ())).unwrap();
    assert!(attested.trusted(&[authority.intermediate()], NOW_MS).is_ok());
}

#[test]
fn a_leaf_may_be_an_anchor_itself_within_its_time() {
    let authority = Authority::new();
    let attested = verified(&register(&authority, Format::Packed, |_| ())).unwrap();
    let leaf = [attested.chain()[0].clone()];
    assert!(attested.clone().trusted(&leaf, NOW_MS).is_ok());
    assert_eq!(attested.clone().trusted(&leaf, 0), Err(Fault::CertificateNotYetValid));
    assert_eq!(attested.trusted(&leaf, NOW_MS * 2), Err(Fault::CertificateExpired));
}

#[test]
fn a_foreign_root_anchors_nothing() {
    let attested = verified(&register(&Authority::new(), Format::Packed, |_| ())).unwrap();
    let found = attested.trusted(&Authority::new().roots(), NOW_MS);
    assert_eq!(found, Err(Fault::ChainInvalid));
}

#[test]
fn a_chain_without_its_intermediate_leads_nowhere() {
    let found = trusted(|draft| draft.x5c = Box::new(|x5c| x5c.truncate(1)));
    assert_eq!(found, Err(Fault::AnchorUnknown));
}

#[test]
fn leaves_are_within_their_time() {
    let expired = trusted(|draft| draft.leaf.not_after = date_time_ymd(2026, 5, 31));
    assert_eq!(expired, Err(Fault::CertificateExpired));
    let early = trusted(|draft| draft.leaf.not_before = date_time_ymd(2026, 6, 2));
    assert_eq!(early, Err(Fault::CertificateNotYetValid));
}

#[test]
fn a_leaf_of_another_purpose_attests_nothing() {
    let found = trusted(|draft| {
        draft.leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    });
    assert_eq!(found, Err(Fault::ChainInvalid));
}

#[test]
fn nothing_certified_is_never_trusted() {
    let authority = Authority::new();
    for format in [Format::None, Format::SelfMade] {
        let attested = verified(&register(&authority, format, |_| ())).unwrap();
        assert_eq!(attested.trusted(&authority.roots(), NOW_MS), Err(Fault::NothingCertified));
    }
}
