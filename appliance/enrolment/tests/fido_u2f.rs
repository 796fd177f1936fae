//! The format fido-u2f: the valid case, and each rule of 8.6 broken alone.

mod registered;

use countersign_authority::rcgen::{self, BasicConstraints, IsCa, KeyPair};
use countersign_authority::{Algorithm, Authority, Format, NOW_MS};
use countersign_enrolment::Fault;
use countersign_enrolment::attestation;
use registered::{fault, register, verified};

#[test]
fn a_good_statement_leads_to_the_intermediate() {
    let authority = Authority::new();
    let attested = verified(&register(&authority, Format::FidoU2f, |_| ())).unwrap();
    assert_eq!(attested.format(), attestation::Format::FidoU2f);
    assert!(attested.trusted(&[authority.intermediate()], NOW_MS).is_ok());
}

#[test]
fn there_is_one_certificate() {
    let two = fault(Format::FidoU2f, |draft| draft.x5c = Box::new(|x5c| x5c.push(x5c[0].clone())));
    assert_eq!(two, Some(Fault::U2fCertificates));
}

#[test]
fn both_keys_are_of_p256() {
    let leaf = fault(Format::FidoU2f, |draft| {
        draft.leaf_key = KeyPair::generate_for(&rcgen::PKCS_ECDSA_P384_SHA384).unwrap();
    });
    assert_eq!(leaf, Some(Fault::U2fLeafKey));
    let credential = fault(Format::FidoU2f, |draft| draft.algorithm = Algorithm::Es384);
    assert_eq!(credential, Some(Fault::U2fCredentialKey));
}

#[test]
fn the_aaguid_is_zero() {
    let model = fault(Format::FidoU2f, |draft| draft.aaguid[15] = 1);
    assert_eq!(model, Some(Fault::U2fAaguid));
}

#[test]
fn what_is_signed_is_this_registration() {
    // The prefix, rpIdHash, clientDataHash, the id and the key.
    for at in [0, 1, 33, 65, 97] {
        let other = fault(Format::FidoU2f, |draft| {
            draft.signed = Box::new(move |bytes| bytes[at] ^= 1);
        });
        assert_eq!(other, Some(Fault::SignatureInvalid), "{at}");
    }
}

#[test]
fn a_leaf_that_is_a_ca_attests_nothing() {
    let authority = Authority::new();
    let registration = register(&authority, Format::FidoU2f, |draft| {
        draft.leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    });
    let found = verified(&registration).unwrap().trusted(&[authority.intermediate()], NOW_MS);
    assert_eq!(found, Err(Fault::LeafIsAuthority));
}
