//! The authority's own certificates, and those that it gives to devices.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, IsCa, Issuer,
    KeyPair, PublicKeyData, date_time_ymd,
};

/// The time at which all valid certificates are valid: 2026-06-01, in milliseconds since 1970.
pub const NOW_MS: u64 = 1_780_272_000_000;

/// A root and an intermediate, which signs the leaves.
pub struct Authority {
    root: Vec<u8>,
    intermediate: Vec<u8>,
    issuer: Issuer<'static, KeyPair>,
}

impl Default for Authority {
    fn default() -> Self {
        Self::new()
    }
}

impl Authority {
    /// An authority with new keys, whose names are those of every other one.
    #[must_use]
    pub fn new() -> Self {
        let root_key = KeyPair::generate().expect("a key");
        let root_params = ca("Root");
        let root = root_params.self_signed(&root_key).expect("a root");
        let root_issuer = Issuer::new(root_params, root_key);
        let key = KeyPair::generate().expect("a key");
        let params = ca("Intermediate");
        let intermediate = params.signed_by(&key, &root_issuer).expect("an intermediate");
        Self {
            root: root.der().to_vec(),
            intermediate: intermediate.der().to_vec(),
            issuer: Issuer::new(params, key),
        }
    }

    /// What to anchor on.
    #[must_use]
    pub fn roots(&self) -> Vec<Vec<u8>> {
        vec![self.root.clone()]
    }

    /// The certificate between root and leaves.
    #[must_use]
    pub fn intermediate(&self) -> Vec<u8> {
        self.intermediate.clone()
    }

    /// What whoever has one of its leaves would be, if a leaf could sign: its intermediate is that leaf.
    #[must_use]
    pub fn of_a_leaf(&self) -> Self {
        let key = KeyPair::generate().expect("a key");
        let mut params = plain_leaf();
        params.is_ca = IsCa::ExplicitNoCa;
        let leaf = params.signed_by(&key, &self.issuer).expect("a leaf");
        Self {
            root: self.root.clone(),
            intermediate: leaf.der().to_vec(),
            issuer: Issuer::new(params, key),
        }
    }

    /// The certificate of somebody's key between these years, and what leads from it to the root, without that.
    #[must_use]
    pub fn certify(&self, key: &impl PublicKeyData, years: (i32, i32)) -> Vec<Vec<u8>> {
        let mut params = within_time();
        params.not_before = date_time_ymd(years.0, 1, 1);
        params.not_after = date_time_ymd(years.1, 1, 1);
        params.distinguished_name.push(DnType::CommonName, "Dr E. Example");
        params.is_ca = IsCa::ExplicitNoCa;
        let leaf = params.signed_by(key, &self.issuer).expect("a leaf");
        vec![leaf.der().to_vec(), self.intermediate.clone()]
    }

    /// A leaf and what leads to the root, without that.
    pub(crate) fn chain(&self, leaf: &CertificateParams, key: &KeyPair) -> Vec<Vec<u8>> {
        let leaf = leaf.signed_by(key, &self.issuer).expect("a leaf");
        vec![leaf.der().to_vec(), self.intermediate.clone()]
    }
}

fn ca(name: &str) -> CertificateParams {
    let mut params = within_time();
    params.distinguished_name.push(DnType::CommonName, format!("Authority {name}"));
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

pub(crate) fn within_time() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.not_before = date_time_ymd(2025, 1, 1);
    params.not_after = date_time_ymd(2045, 1, 1);
    params.distinguished_name = DistinguishedName::new();
    params
}

/// A leaf of a format without rules for its subject.
pub(crate) fn plain_leaf() -> CertificateParams {
    let mut params = within_time();
    params.distinguished_name.push(DnType::CommonName, "Test Device Key");
    params
}

/// A leaf as 8.2.1 wants it.
pub(crate) fn packed_leaf(aaguid: &[u8; 16]) -> CertificateParams {
    let mut params = within_time();
    let name = &mut params.distinguished_name;
    name.push(DnType::CountryName, "SE");
    name.push(DnType::OrganizationName, "Test Devices");
    name.push(DnType::OrganizationalUnitName, "Authenticator Attestation");
    name.push(DnType::CommonName, "Test Device Attestation");
    params.is_ca = IsCa::ExplicitNoCa;
    params.custom_extensions = vec![aaguid_extension(aaguid)];
    params
}

/// id-fido-gen-ce-aaguid: an OCTET STRING in the extension's own one.
#[must_use]
pub fn aaguid_extension(aaguid: &[u8; 16]) -> CustomExtension {
    let content = [&[0x04, 0x10], aaguid.as_slice()].concat();
    CustomExtension::from_oid_content(&[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4], content)
}
