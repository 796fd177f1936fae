//! The format android-key: the valid case, and each rule of 8.4 broken alone.

mod registered;

use countersign_authority::{Authority, Description, Draft, Format, NOW_MS};
use countersign_enrolment::Fault;
use countersign_enrolment::attestation::{self, KeyStorage};
use registered::{fault, register, verified};

fn described(change: impl FnOnce(&mut Description) + 'static) -> Option<Fault> {
    fault(Format::AndroidKey, |draft| draft.description = Box::new(change))
}

#[test]
fn a_good_statement_says_where_the_key_is() {
    let authority = Authority::new();
    let levels = [(1, KeyStorage::TrustedEnvironment), (2, KeyStorage::StrongBox)];
    for (level, storage) in levels {
        let registration = register(&authority, Format::AndroidKey, |draft| {
            draft.description = Box::new(move |description| {
                (description.attesting, description.level) = (level, level);
            });
        });
        let attested = verified(&registration).unwrap();
        assert_eq!(attested.format(), attestation::Format::AndroidKey);
        assert_eq!(attested.storage(), storage);
        assert!(attested.trusted(&authority.roots(), NOW_MS).is_ok());
    }
}

#[test]
fn a_key_in_software_is_judged_by_the_list_of_software() {
    let registration = register(&Authority::new(), Format::AndroidKey, |draft| {
        draft.description = Box::new(|description| {
            description.level = 0;
            description.software = std::mem::take(&mut description.hardware);
        });
    });
    let attested = verified(&registration).unwrap();
    assert_eq!(attested.storage(), KeyStorage::Software);
}

/// Software that says of itself that it is hardware has said nothing.
#[test]
fn the_lower_of_two_levels_counts() {
    for (attesting, level) in [(0, 1), (1, 0)] {
        let registration = register(&Authority::new(), Format::AndroidKey, |draft| {
            draft.description = Box::new(move |description| {
                (description.attesting, description.level) = (attesting, level);
                description.software = std::mem::take(&mut description.hardware);
            });
        });
        assert_eq!(verified(&registration).unwrap().storage(), KeyStorage::Software);
    }
}

/// What software says of a key in hardware is not what enforces it.
#[test]
fn a_key_in_hardware_is_judged_by_the_list_of_hardware() {
    let swapped = described(|description| {
        std::mem::swap(&mut description.software, &mut description.hardware);
    });
    assert_eq!(swapped, Some(Fault::AndroidOrigin));
}

#[test]
fn each_rule_of_the_description_is_checked() {
    assert_eq!(described(|d| d.challenge[0] ^= 1), Some(Fault::AndroidChallengeDiffers));
    let all = Some(Fault::AndroidAllApplications);
    assert_eq!(described(|d| d.software.insert(0, Description::all_applications())), all);
    assert_eq!(described(|d| d.hardware.insert(1, Description::all_applications())), all);
    // Derived, imported, unknown, imported securely; and not said.
    for origin in 1..=4 {
        let found = described(move |d| d.hardware[1] = Description::origin(origin));
        assert_eq!(found, Some(Fault::AndroidOrigin), "{origin}");
    }
    assert_eq!(described(|d| drop(d.hardware.pop())), Some(Fault::AndroidOrigin));
    // To verify; to sign and to verify; for nothing; and not said.
    for purposes in [vec![0x31, 3, 2, 1, 3], vec![0x31, 6, 2, 1, 2, 2, 1, 3], vec![0x31, 0]] {
        let found = described(move |d| d.hardware[0].1 = purposes);
        assert_eq!(found, Some(Fault::AndroidPurpose));
    }
    assert_eq!(described(|d| drop(d.hardware.remove(0))), Some(Fault::AndroidPurpose));
}

#[test]
fn a_description_is_there_and_readable() {
    let missing = fault(Format::AndroidKey, |draft| {
        draft.extension = Box::new(|content| *content = None);
    });
    assert_eq!(missing, Some(Fault::AndroidDescriptionMissing));
    let malformed = Some(Fault::AndroidDescriptionMalformed);
    let trailing = fault(Format::AndroidKey, |draft| {
        draft.extension = Box::new(|content| content.as_mut().unwrap().push(0));
    });
    assert_eq!(trailing, malformed);
    assert_eq!(described(|d| d.level = 3), malformed);
    assert_eq!(described(|d| d.hardware.push(Description::origin(0))), malformed);
}

#[test]
fn the_leafs_key_is_the_credentials_and_signed_this_registration() {
    let other = fault(Format::AndroidKey, |draft| draft.credential_of_leaf = false);
    assert_eq!(other, Some(Fault::AndroidKeyDiffers));
    let signed = |draft: &mut Draft| draft.signed = Box::new(|bytes| bytes[0] ^= 1);
    assert_eq!(fault(Format::AndroidKey, signed), Some(Fault::SignatureInvalid));
}

/// SimpleWebAuthn 14.1 (#821): whether the root is one of ours is asked of the anchors, whatever the device
/// sends as the end of its chain.
#[test]
fn android_root_before_chain() {
    let (attacker, ours) = (Authority::new(), Authority::new());
    let roots = ours.roots();
    let sent = roots.clone();
    let registration = register(&attacker, Format::AndroidKey, |draft| {
        draft.x5c = Box::new(move |x5c| x5c.extend(sent));
    });
    let found = verified(&registration).unwrap().trusted(&roots, NOW_MS);
    assert_eq!(found, Err(Fault::ChainInvalid));
}
