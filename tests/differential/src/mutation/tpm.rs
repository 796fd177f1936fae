//! The format tpm (WebAuthn Level 3, 8.3): pubArea, certInfo, and the leaf of an attestation key.

use countersign_authority::rcgen::{CustomExtension, DnType, ExtendedKeyUsagePurpose};
use countersign_authority::{Algorithm, Draft, Format, alt_name, text};

use super::Change::Registration;
use super::{Mutation, flip};

const fn mutation(name: &'static str, change: fn(&mut Draft)) -> Mutation {
    Mutation { name, change: Registration(&[Format::Tpm], change) }
}

/// tcg-kp-AIKCertificate.
const AIK: [u64; 5] = [2, 23, 133, 8, 3];

pub(super) const TABLE: &[Mutation] = &[
    mutation("tpm-version-1-2", |draft| {
        draft.statement = Box::new(|all| {
            all.iter_mut()
                .filter(|(name, _)| *name == "ver")
                .for_each(|(_, ver)| *ver = text("1.2"));
        });
    }),
    // TPMT_PUBLIC of ES256: type, nameAlg, objectAttributes, authPolicy, symmetric, scheme, curve, kdf,
    // and x and y from 18 and 52 on, each after its length.
    mutation("tpm-key-other", |draft| area(draft, |bytes| flip(bytes, 85))),
    mutation("tpm-curve-other", |draft| area(draft, |bytes| set(bytes, 15, 4))),
    mutation("tpm-curve-unknown", |draft| area(draft, |bytes| set(bytes, 15, 0x77))),
    mutation("tpm-area-trailing", |draft| area(draft, |bytes| bytes.push(0))),
    mutation("tpm-area-cut", |draft| area(draft, |bytes| bytes.truncate(80))),
    mutation("tpm-area-empty", |draft| area(draft, Vec::clear)),
    mutation("tpm-name-sha-1", |draft| area(draft, |bytes| set(bytes, 3, 4))),
    mutation("tpm-name-unknown", |draft| area(draft, |bytes| set(bytes, 3, 0x77))),
    mutation("tpm-type-other", |draft| area(draft, |bytes| set(bytes, 1, 8))),
    mutation("tpm-symmetric", |draft| area(draft, |bytes| set(bytes, 11, 6))),
    // TPM_ALG_ECDSA and TPM_ALG_RSASSA, each without the hash that it has.
    mutation("tpm-scheme-cut", |draft| area(draft, |bytes| set(bytes, 13, 0x18))),
    mutation("tpm-scheme-cut-rsa", |draft| rsa_area(draft, |bytes| set(bytes, 13, 0x14))),
    mutation("tpm-kdf", |draft| area(draft, |bytes| set(bytes, 17, 0x22))),
    mutation("tpm-attributes-reserved", |draft| area(draft, |bytes| set(bytes, 4, 0x80))),
    mutation("tpm-attributes-none", |draft| area(draft, |bytes| set(bytes, 5, 0))),
    mutation("tpm-exponent-other", |draft| {
        rsa_area(draft, |bytes| set(bytes, 19, 3));
    }),
    mutation("tpm-bits-other", |draft| {
        rsa_area(draft, |bytes| set(bytes, 14, 4));
    }),
    // TPMS_ATTEST: magic, type, qualifiedSigner, extraData, clockInfo, firmwareVersion, name, qualifiedName.
    mutation("tpm-magic", |draft| info(draft, |bytes| flip(bytes, 3))),
    mutation("tpm-quote", |draft| info(draft, |bytes| set(bytes, 5, 0x18))),
    mutation("tpm-extra-data", |draft| info(draft, |bytes| flip(bytes, 10))),
    mutation("tpm-name", |draft| info(draft, |bytes| flip(bytes, 71))),
    mutation("tpm-name-alg", |draft| info(draft, |bytes| set(bytes, 70, 0x0c))),
    mutation("tpm-info-trailing", |draft| info(draft, |bytes| bytes.push(0))),
    mutation("tpm-info-cut", |draft| info(draft, |bytes| bytes.truncate(40))),
    mutation("tpm-clock-safe", |draft| info(draft, |bytes| set(bytes, 58, 2))),
    // 8.3.1.
    mutation("tpm-leaf-subject", |draft| {
        draft.leaf.distinguished_name.push(DnType::CommonName, "TPM");
    }),
    mutation("tpm-without-alt-name", |draft| drop(draft.leaf.custom_extensions.remove(0))),
    mutation("tpm-without-manufacturer", |draft| names(draft, alt_name(0))),
    mutation("tpm-without-model", |draft| names(draft, alt_name(1))),
    mutation("tpm-without-tpm-version", |draft| names(draft, alt_name(2))),
    mutation("tpm-manufacturer-unknown", |draft| names(draft, of_nobody())),
    mutation("tpm-without-purpose", |draft| draft.leaf.extended_key_usages.clear()),
    mutation("tpm-purpose-second", |draft| {
        draft.leaf.extended_key_usages.insert(0, ExtendedKeyUsagePurpose::ServerAuth);
    }),
    mutation("tpm-purpose-first", |draft| {
        draft.leaf.extended_key_usages.push(ExtendedKeyUsagePurpose::ServerAuth);
    }),
    mutation("tpm-purpose-other", |draft| {
        let [others @ .., _] = AIK;
        let purpose = [&others[..], &[1]].concat();
        draft.leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::Other(purpose)];
    }),
];

/// Of ES256, so that the bytes are where they are.
fn area(draft: &mut Draft, change: fn(&mut Vec<u8>)) {
    (draft.algorithm, draft.pub_area) = (Algorithm::Es256, Box::new(change));
}

/// Of RS256: type, nameAlg, objectAttributes, authPolicy, symmetric, scheme, keyBits, exponent, n.
fn rsa_area(draft: &mut Draft, change: fn(&mut Vec<u8>)) {
    (draft.algorithm, draft.pub_area) = (Algorithm::Rs256Modulus2048, Box::new(change));
}

fn info(draft: &mut Draft, change: fn(&mut Vec<u8>)) {
    draft.cert_info = Box::new(change);
}

fn set(bytes: &mut [u8], at: usize, value: u8) {
    if let Some(byte) = bytes.get_mut(at) {
        *byte = value;
    }
}

/// subjectAltName is the first extension.
fn names(draft: &mut Draft, extension: CustomExtension) {
    draft.leaf.custom_extensions.splice(..1, [extension]);
}

/// A manufacturer that TCG does not list.
fn of_nobody() -> CustomExtension {
    let listed = alt_name(3);
    let mut content = listed.content().to_vec();
    let id = content.windows(8).position(|bytes| bytes == b"494E5443");
    for digit in id.and_then(|at| content.get_mut(at..at + 8)).into_iter().flatten() {
        *digit = b'0';
    }
    let mut extension = CustomExtension::from_oid_content(&[2, 5, 29, 17], content);
    extension.set_criticality(true);
    extension
}
