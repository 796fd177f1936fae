//! The formats packed, self-made and none: the valid case, and each rule of 8.2, 8.2.1 and 8.7 broken alone.

mod registered;

use countersign_authority::rcgen::{self, DnType, IsCa, KeyPair};
use countersign_authority::{Algorithm, Authority, Draft, Format, aaguid_extension};
use countersign_enrolment::Fault;
use countersign_enrolment::attestation::{self, Class};
use registered::{fault, register, verified};

#[test]
fn a_good_statement_holds_whatever_its_leaf_signs_with() {
    let algorithms = [
        (&rcgen::PKCS_ECDSA_P256_SHA256, -7),
        (&rcgen::PKCS_ECDSA_P384_SHA384, -35),
        (&rcgen::PKCS_ED25519, -8),
        (&rcgen::PKCS_RSA_SHA256, -257),
    ];
    for (algorithm, cose) in algorithms {
        let registration = register(&Authority::new(), Format::Packed, |draft| {
            draft.leaf_key = KeyPair::generate_for(algorithm).unwrap();
            draft.alg = Some(cose);
        });
        let attested = verified(&registration).unwrap();
        assert_eq!(attested.format(), attestation::Format::Packed);
        assert_eq!(attested.class(), Class::Certified);
        assert_eq!(attested.chain().len(), 2);
    }
}

#[test]
fn a_leaf_need_not_name_its_model() {
    let registration =
        register(&Authority::new(), Format::Packed, |draft| draft.leaf.custom_extensions.clear());
    assert!(verified(&registration).is_ok());
}

#[test]
fn each_rule_of_leaves_is_checked() {
    let without = |part: DnType| {
        move |draft: &mut Draft| {
            draft.leaf.distinguished_name.remove(part);
        }
    };
    let found = |fault: Fault| Some(fault);
    assert_eq!(fault(Format::Packed, without(DnType::CountryName)), found(Fault::PackedCountry));
    assert_eq!(
        fault(Format::Packed, without(DnType::OrganizationName)),
        found(Fault::PackedOrganisation)
    );
    assert_eq!(
        fault(Format::Packed, without(DnType::OrganizationalUnitName)),
        found(Fault::PackedUnit)
    );
    assert_eq!(fault(Format::Packed, without(DnType::CommonName)), found(Fault::PackedCommonName));
    let other_unit = fault(Format::Packed, |draft| {
        draft.leaf.distinguished_name.push(DnType::OrganizationalUnitName, "Other");
    });
    assert_eq!(other_unit, found(Fault::PackedUnit));
    let unconstrained = fault(Format::Packed, |draft| draft.leaf.is_ca = IsCa::NoCa);
    assert_eq!(unconstrained, found(Fault::PackedBasicConstraints));
    let authority = fault(Format::Packed, |draft| {
        draft.leaf.is_ca = IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    });
    assert_eq!(authority, found(Fault::PackedBasicConstraints));
}

#[test]
fn a_leaf_is_of_version_3() {
    let version_2 = fault(Format::Packed, |draft| {
        draft.x5c = Box::new(|x5c| {
            let version = [0xa0, 3, 2, 1, 2];
            let at = x5c[0].windows(5).position(|bytes| bytes == version).unwrap();
            x5c[0][at + 4] = 1;
        });
    });
    assert_eq!(version_2, Some(Fault::PackedVersion));
}

#[test]
fn a_wrong_aaguid_extension_is_another_models() {
    let other = fault(Format::Packed, |draft| {
        draft.leaf.custom_extensions = vec![aaguid_extension(b"another model...")];
    });
    assert_eq!(other, Some(Fault::PackedAaguidDiffers));
    let critical = fault(Format::Packed, |draft| {
        draft.leaf.custom_extensions[0].set_criticality(true);
    });
    assert_eq!(critical, Some(Fault::PackedAaguidCritical));
}

#[test]
fn what_is_signed_is_this_registration() {
    let other = fault(Format::Packed, |draft| draft.signed = Box::new(|bytes| bytes[0] ^= 1));
    assert_eq!(other, Some(Fault::SignatureInvalid));
    let mut hash = register(&Authority::new(), Format::Packed, |_| ());
    hash.client_data_hash[0] ^= 1;
    assert_eq!(verified(&hash).err(), Some(Fault::SignatureInvalid));
}

#[test]
fn the_algorithm_is_one_of_the_list_and_of_the_leafs_key() {
    // RS1, PS256, ES256K.
    for alg in [-65535, -37, -47, 0] {
        let refused = fault(Format::Packed, |draft| draft.alg = Some(alg));
        assert_eq!(refused, Some(Fault::AlgorithmRefused), "{alg}");
    }
    for alg in [-8, -35, -257] {
        let other = fault(Format::Packed, |draft| draft.alg = Some(alg));
        assert_eq!(other, Some(Fault::AlgorithmNotOfKey), "{alg}");
    }
}

#[test]
fn every_algorithm_attests_itself() {
    for algorithm in Algorithm::ALL {
        let registration =
            register(&Authority::new(), Format::SelfMade, |draft| draft.algorithm = algorithm);
        let attested = verified(&registration);
        assert_eq!(attested.map(|attested| attested.class()), Ok(Class::SelfMade), "{algorithm:?}");
    }
}

#[test]
fn every_algorithm_signs_this_registration_itself() {
    for algorithm in Algorithm::ALL {
        let other = fault(Format::SelfMade, |draft| {
            draft.algorithm = algorithm;
            draft.signed = Box::new(|bytes| bytes[0] ^= 1);
        });
        assert_eq!(other, Some(Fault::SelfSignatureInvalid), "{algorithm:?}");
    }
}

#[test]
fn self_attestation_names_the_credentials_algorithm() {
    let other = fault(Format::SelfMade, |draft| draft.alg = Some(-35));
    assert_eq!(other, Some(Fault::SelfAlgorithmDiffers));
}

#[test]
fn self_attestation_is_by_a_known_kind_of_key() {
    let mut registration = register(&Authority::new(), Format::SelfMade, |_| ());
    registration.cose_key.push(0);
    assert_eq!(verified(&registration).err(), Some(Fault::CredentialKeyUnknown));
}

#[test]
fn none_says_nothing() {
    let attested = verified(&register(&Authority::new(), Format::None, |_| ())).unwrap();
    assert_eq!((attested.format(), attested.class()), (attestation::Format::None, Class::None));
}
