//! The format apple: the valid case, and each rule of 8.8 broken alone.

mod registered;

use countersign_authority::{Authority, Format, NOW_MS};
use countersign_enrolment::Fault;
use countersign_enrolment::attestation;
use registered::{fault, register, verified};

#[test]
fn a_good_statement_leads_to_the_root() {
    let authority = Authority::new();
    let attested = verified(&register(&authority, Format::Apple, |_| ())).unwrap();
    assert_eq!(attested.format(), attestation::Format::Apple);
    assert!(attested.trusted(&authority.roots(), NOW_MS).is_ok());
}

#[test]
fn the_nonce_is_this_registrations() {
    let missing =
        fault(Format::Apple, |draft| draft.extension = Box::new(|content| *content = None));
    assert_eq!(missing, Some(Fault::AppleNonceMissing));
    // The heads, the nonce's first byte and its last.
    for at in [0, 1, 2, 4, 6, 37] {
        let other = fault(Format::Apple, |draft| {
            draft.extension = Box::new(move |content| content.as_mut().unwrap()[at] ^= 1);
        });
        assert_eq!(other, Some(Fault::AppleNonceDiffers), "{at}");
    }
}

#[test]
fn the_leafs_key_is_the_credentials() {
    let other = fault(Format::Apple, |draft| draft.credential_of_leaf = false);
    assert_eq!(other, Some(Fault::AppleKeyDiffers));
}
