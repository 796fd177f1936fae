//! What a TPM makes (TPM 2.0 Library, part 2), byte by byte.

use rcgen::{CertificateParams, CustomExtension, ExtendedKeyUsagePurpose, IsCa};

use crate::description::element;

/// TPMT_PUBLIC of the key in a COSE key of ES256 or of RS256 with 2048 bits.
pub(crate) fn pub_area(cose_key: &[u8]) -> Vec<u8> {
    // SHA-256; fixedTPM, fixedParent, sensitiveDataOrigin, userWithAuth, sign; no policy.
    let common = [0, 0x0b, 0, 4, 0, 0x72, 0, 0];
    // symmetric and scheme are null.
    let null = [0, 0x10, 0, 0x10];
    if cose_key.len() == 77 {
        // P-256, no kdf.
        let curve = [0, 3, 0, 0x10];
        let (x, y) = (sized(&cose_key[10..42]), sized(&cose_key[45..77]));
        [&[0, 0x23], &common[..], &null, &curve, &x, &y].concat()
    } else {
        // 2048 bits, the default exponent.
        let rsa = [8, 0, 0, 0, 0, 0];
        [&[0, 1], &common[..], &null, &rsa, &sized(&cose_key[11..267])].concat()
    }
}

/// TPMS_ATTEST of TPM2_Certify.
pub(crate) fn cert_info(extra_data: &[u8], name: &[u8]) -> Vec<u8> {
    let magic = [0xff, 0x54, 0x43, 0x47];
    let (clock_info, firmware) = ([1; 17], [2; 8]);
    [
        &magic,
        &[0x80, 0x17, 0, 0][..],
        &sized(extra_data),
        &clock_info,
        &firmware,
        &sized(name),
        &[0, 0],
    ]
    .concat()
}

/// TPM2B.
fn sized(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("short").to_be_bytes();
    [&length, bytes].concat()
}

/// A leaf as 8.3.1 wants it: no subject, and the TPM in subjectAltName.
pub(crate) fn leaf(mut params: CertificateParams, aaguid: &[u8; 16]) -> CertificateParams {
    params.is_ca = IsCa::ExplicitNoCa;
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(vec![2, 23, 133, 8, 3])];
    params.custom_extensions = vec![alt_name(3), crate::aaguid_extension(aaguid)];
    params
}

/// subjectAltName with the first `parts` of manufacturer, model and version.
#[must_use]
pub fn alt_name(parts: usize) -> CustomExtension {
    // Of the manufacturers that TCG lists, since other verifiers look it up: Intel.
    let values: [&[u8]; 3] = [b"id:494E5443", b"test", b"id:13"];
    let names: Vec<_> =
        (1..).zip(values).take(parts).map(|(number, value)| name(number, value)).collect();
    let directory = element(&[0xa4], &element(&[0x30], &names.concat()));
    let content = element(&[0x30], &directory);
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 17], content);
    extension.set_criticality(true);
    extension
}

/// An RDN of 2.23.133.2.
fn name(number: u8, value: &[u8]) -> Vec<u8> {
    let oid = element(&[0x06], &[0x67, 0x81, 0x05, 0x02, number]);
    element(&[0x31], &element(&[0x30], &[oid, element(&[0x0c], value)].concat()))
}
