//! The leaf: the rules of 8.2.1, what every chain asks of a leaf, and its time.

use countersign_authority::rcgen::{
    BasicConstraints, CustomExtension, DnType, ExtendedKeyUsagePurpose, IsCa, KeyPair,
    PKCS_ECDSA_P384_SHA384, PKCS_ED25519, date_time_ymd,
};
use countersign_authority::{Draft, Format, aaguid_extension};

use super::Change::Registration;
use super::{CERTIFIED, Mutation, PACKED};

const fn packed(name: &'static str, change: fn(&mut Draft)) -> Mutation {
    of(name, PACKED, change)
}

const fn of(name: &'static str, formats: &'static [Format], change: fn(&mut Draft)) -> Mutation {
    Mutation { name, change: Registration(formats, change) }
}

/// The formats whose leaf may name its model.
const MODEL: &[Format] = &[Format::Packed, Format::Tpm];

pub(super) const TABLE: &[Mutation] = &[
    // 8.2.1.
    packed("leaf-version-2", |draft| draft.x5c = Box::new(|x5c| as_version_2(x5c))),
    packed("leaf-without-country", |draft| without(draft, DnType::CountryName)),
    packed("leaf-country-lower-case", |draft| name(draft, DnType::CountryName, "se")),
    packed("leaf-country-long", |draft| name(draft, DnType::CountryName, "SWE")),
    packed("leaf-country-digits", |draft| name(draft, DnType::CountryName, "46")),
    packed("leaf-without-organisation", |draft| without(draft, DnType::OrganizationName)),
    packed("leaf-organisation-empty", |draft| name(draft, DnType::OrganizationName, "")),
    packed("leaf-without-unit", |draft| without(draft, DnType::OrganizationalUnitName)),
    packed("leaf-unit-other", |draft| name(draft, DnType::OrganizationalUnitName, "Other")),
    packed("leaf-unit-lower-case", |draft| {
        name(draft, DnType::OrganizationalUnitName, "authenticator attestation");
    }),
    packed("leaf-without-name", |draft| without(draft, DnType::CommonName)),
    packed("leaf-name-empty", |draft| name(draft, DnType::CommonName, "")),
    of("leaf-without-constraints", MODEL, |draft| draft.leaf.is_ca = IsCa::NoCa),
    // The model.
    of("leaf-aaguid-other", MODEL, |draft| aaguid(draft, aaguid_extension(b"another model..."))),
    packed("leaf-aaguid-critical", |draft| {
        let mut extension = aaguid_extension(&draft.aaguid);
        extension.set_criticality(true);
        aaguid(draft, extension);
    }),
    packed("leaf-aaguid-bare", |draft| {
        let bare = CustomExtension::from_oid_content(AAGUID, draft.aaguid.to_vec());
        aaguid(draft, bare);
    }),
    packed("leaf-aaguid-trailing", |draft| {
        let content = [&[4, 0x10], &draft.aaguid[..], &[0]].concat();
        aaguid(draft, CustomExtension::from_oid_content(AAGUID, content));
    }),
    packed("leaf-without-aaguid", |draft| draft.leaf.custom_extensions.clear()),
    // Any leaf. The others go by the machine's clock: both times hold from 2026 to 2043.
    of("leaf-ca", CERTIFIED, |draft| {
        draft.leaf.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    }),
    of("leaf-expired", CERTIFIED, |draft| {
        draft.leaf.not_after = date_time_ymd(2026, 1, 1);
    }),
    of("leaf-early", CERTIFIED, |draft| draft.leaf.not_before = date_time_ymd(2044, 1, 1)),
    of("leaf-of-a-server", CERTIFIED, |draft| {
        draft.leaf.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    }),
    of("leaf-critical-unknown", CERTIFIED, |draft| {
        let mut extension =
            CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999], vec![5, 0]);
        extension.set_criticality(true);
        draft.leaf.custom_extensions.push(extension);
    }),
    of("leaf-other-unknown", CERTIFIED, |draft| {
        let extension = CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 99999], vec![5, 0]);
        draft.leaf.custom_extensions.push(extension);
    }),
    // Keys of leaves.
    of("leaf-p384", &[Format::Packed, Format::FidoU2f], |draft| {
        key(draft, KeyPair::generate_for(&PKCS_ECDSA_P384_SHA384).ok(), -35);
    }),
    packed("leaf-ed25519", |draft| key(draft, KeyPair::generate_for(&PKCS_ED25519).ok(), -8)),
];

/// id-fido-gen-ce-aaguid.
const AAGUID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];

fn without(draft: &mut Draft, part: DnType) {
    draft.leaf.distinguished_name.remove(part);
}

fn name(draft: &mut Draft, part: DnType, value: &str) {
    draft.leaf.distinguished_name.push(part, value);
}

/// With another extension for the model, which is the last one.
fn aaguid(draft: &mut Draft, extension: CustomExtension) {
    draft.leaf.custom_extensions.pop();
    draft.leaf.custom_extensions.push(extension);
}

fn key(draft: &mut Draft, key: Option<KeyPair>, alg: i64) {
    draft.alg = Some(alg);
    if let Some(key) = key {
        draft.leaf_key = key;
    }
}

/// The version is `[0] EXPLICIT INTEGER 2`; 1 says version 2. The authority did not sign that.
fn as_version_2(x5c: &mut [Vec<u8>]) {
    const VERSION: [u8; 5] = [0xa0, 3, 2, 1, 2];
    for leaf in x5c.iter_mut().take(1) {
        let at = leaf.windows(VERSION.len()).position(|bytes| bytes == VERSION);
        if let Some(byte) = at.and_then(|at| leaf.get_mut(at + 4)) {
            *byte = 1;
        }
    }
}
