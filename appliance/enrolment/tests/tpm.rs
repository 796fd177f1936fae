//! The format tpm: the valid case of both kinds of key, and each rule of 8.3 and 8.3.1 broken alone.

mod registered;

use countersign_authority::rcgen::{BasicConstraints, DnType, ExtendedKeyUsagePurpose, IsCa};
use countersign_authority::{
    Algorithm, Authority, Draft, Format, NOW_MS, aaguid_extension, alt_name,
};
use countersign_enrolment::Fault;
use countersign_enrolment::attestation;
use registered::{fault, register, verified};

fn area(change: impl FnOnce(&mut Vec<u8>) + 'static) -> Option<Fault> {
    fault(Format::Tpm, |draft| draft.pub_area = Box::new(change))
}

fn info(change: impl FnOnce(&mut Vec<u8>) + 'static) -> Option<Fault> {
    fault(Format::Tpm, |draft| draft.cert_info = Box::new(change))
}

fn tpm(change: impl FnOnce(&mut Draft)) -> Option<Fault> {
    fault(Format::Tpm, change)
}

#[test]
fn a_good_statement_leads_to_the_root() {
    for algorithm in [Algorithm::Es256, Algorithm::Rs256Modulus2048] {
        let authority = Authority::new();
        let registration = register(&authority, Format::Tpm, |draft| draft.algorithm = algorithm);
        let attested = verified(&registration).unwrap();
        assert_eq!(attested.format(), attestation::Format::Tpm);
        assert!(attested.trusted(&authority.roots(), NOW_MS).is_ok());
    }
}

#[test]
fn the_version_is_2_0() {
    // The last byte of the text.
    let other = tpm(|draft| draft.statement = Box::new(|m| *m[0].1.last_mut().unwrap() = b'1'));
    assert_eq!(other, Some(Fault::TpmVersion));
}

#[test]
fn the_certified_key_is_the_credentials() {
    assert_eq!(area(|bytes| *bytes.last_mut().unwrap() ^= 1), Some(Fault::TpmKeyDiffers));
    // The curve.
    assert_eq!(area(|bytes| bytes[15] = 4), Some(Fault::TpmKeyDiffers));
    assert_eq!(area(|bytes| bytes.push(0)), Some(Fault::TpmPubAreaMalformed));
    let exponent = tpm(|draft| {
        draft.algorithm = Algorithm::Rs256Modulus2048;
        draft.pub_area = Box::new(|bytes| bytes[19] = 3);
    });
    assert_eq!(exponent, Some(Fault::TpmKeyDiffers));
}

#[test]
fn names_are_not_by_sha_1() {
    assert_eq!(area(|bytes| bytes[3] = 4), Some(Fault::TpmNameAlgorithm));
}

#[test]
fn each_rule_of_cert_info_is_checked() {
    assert_eq!(info(|bytes| bytes[3] ^= 1), Some(Fault::TpmMagic));
    // TPM_ST_ATTEST_QUOTE.
    assert_eq!(info(|bytes| bytes[5] = 0x18), Some(Fault::TpmType));
    assert_eq!(info(|bytes| bytes[10] ^= 1), Some(Fault::TpmExtraDataDiffers));
    assert_eq!(info(|bytes| bytes[71] ^= 1), Some(Fault::TpmNameDiffers));
    assert_eq!(info(|bytes| bytes.push(0)), Some(Fault::TpmCertInfoMalformed));
    assert_eq!(info(|bytes| bytes.truncate(40)), Some(Fault::TpmCertInfoMalformed));
}

#[test]
fn the_leafs_key_signed_it_and_not_with_sha_1() {
    let other = tpm(|draft| draft.signed = Box::new(|bytes| bytes[60] ^= 1));
    assert_eq!(other, Some(Fault::SignatureInvalid));
    assert_eq!(tpm(|draft| draft.alg = Some(-65535)), Some(Fault::AlgorithmRefused));
}

#[test]
fn each_rule_of_leaves_is_checked() {
    let named = tpm(|draft| draft.leaf.distinguished_name.push(DnType::CommonName, "TPM"));
    assert_eq!(named, Some(Fault::TpmSubject));
    for parts in 0..3 {
        let less = tpm(|draft| draft.leaf.custom_extensions[0] = alt_name(parts));
        assert_eq!(less, Some(Fault::TpmAltName), "{parts}");
    }
    let other = tpm(|draft| {
        draft.leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    });
    assert_eq!(other, Some(Fault::TpmPurpose));
    assert_eq!(tpm(|draft| draft.leaf.extended_key_usages.clear()), Some(Fault::TpmPurpose));
    let authority = tpm(|draft| draft.leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained));
    assert_eq!(authority, Some(Fault::TpmBasicConstraints));
    let model = tpm(|draft| {
        draft.leaf.custom_extensions[1] = aaguid_extension(b"another model...");
    });
    assert_eq!(model, Some(Fault::TpmAaguidDiffers));
}

#[test]
fn a_leaf_is_of_version_3() {
    let version_2 = tpm(|draft| {
        draft.x5c = Box::new(|x5c| {
            let version = [0xa0, 3, 2, 1, 2];
            let at = x5c[0].windows(5).position(|bytes| bytes == version).unwrap();
            x5c[0][at + 4] = 1;
        });
    });
    assert_eq!(version_2, Some(Fault::TpmLeafVersion));
}
