//! Who publishes BLOBs for the tests: a root, a signer under it, and the JWS that it signs.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    PKCS_RSA_SHA256, SignatureAlgorithm, date_time_ymd,
};
use serde_json::{Value, json};

use crate::certificates::Authority;

/// The host name in the signer's certificate.
pub const SIGNER: &str = "mds.example";

/// A root, and a signer's key with its certificate.
pub struct Publisher {
    /// The root's certificate.
    pub root: Vec<u8>,
    /// The signer's.
    pub certificate: Vec<u8>,
    key: KeyPair,
}

impl Publisher {
    /// One whose signer's certificate is changed like this.
    #[must_use]
    pub fn with(
        algorithm: &'static SignatureAlgorithm,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let root_key = KeyPair::generate().expect("what a publisher needs");
        let mut root = CertificateParams::new(Vec::new()).expect("what a publisher needs");
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = root.self_signed(&root_key).expect("what a publisher needs");
        let key = KeyPair::generate_for(algorithm).expect("what a publisher needs");
        let mut signer =
            CertificateParams::new(vec![SIGNER.to_owned()]).expect("what a publisher needs");
        signer.not_before = date_time_ymd(2026, 8, 21);
        signer.not_after = date_time_ymd(2027, 3, 8);
        signer.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        change(&mut signer);
        let signer =
            signer.signed_by(&key, &Issuer::new(root, root_key)).expect("what a publisher needs");
        Self { root: certificate.der().to_vec(), certificate: signer.der().to_vec(), key }
    }

    /// Its BLOB with this payload, and the algorithm that fits its key.
    #[must_use]
    pub fn blob(&self, payload: &Value) -> Jws<'_> {
        let is_rsa = self.key.is_compatible(&PKCS_RSA_SHA256);
        let header = json!({
            "alg": if is_rsa { "RS256" } else { "ES256" },
            "typ": "JWT",
            "x5c": [STANDARD.encode(&self.certificate)],
        });
        Jws { header, payload: payload.to_string().into_bytes(), publisher: self }
    }

    fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let key = self.key.serialize_der();
        let random = SystemRandom::new();
        if !self.key.is_compatible(&PKCS_RSA_SHA256) {
            let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key)
                .expect("what a publisher needs");
            return key.sign(&random, message).expect("a signature").as_ref().to_vec();
        }
        let key = RsaKeyPair::from_pkcs8(&key).expect("what a publisher needs");
        let mut signature = vec![0; key.public_modulus_len()];
        match algorithm {
            "PS256" => {
                key.sign(&RSA_PSS_SHA256, &random, message, &mut signature).expect("a signature")
            }
            _ => {
                key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).expect("a signature")
            }
        }
        signature
    }
}

/// A BLOB before it is signed: what is changed in it is signed too.
pub struct Jws<'p> {
    /// The header.
    pub header: Value,
    /// The payload.
    pub payload: Vec<u8>,
    publisher: &'p Publisher,
}

impl Jws<'_> {
    /// In its compact form.
    #[must_use]
    pub fn signed(&self) -> Vec<u8> {
        let header = URL_SAFE_NO_PAD.encode(self.header.to_string());
        let signed = header + "." + &URL_SAFE_NO_PAD.encode(&self.payload);
        let algorithm = self.header["alg"].as_str().unwrap_or_default();
        let signature = self.publisher.sign(algorithm, signed.as_bytes());
        (signed + "." + &URL_SAFE_NO_PAD.encode(signature)).into_bytes()
    }
}

/// A payload of number 7 with these entries.
#[must_use]
pub fn payload(entries: &[Value]) -> Value {
    json!({
        "legalHeader": "Read it.",
        "no": 7,
        "nextUpdate": "2026-11-01",
        "entries": entries,
    })
}

/// The entry of the FIDO2 model of devices that this authority attests, certified at level 1.
#[must_use]
pub fn entry_of(authority: &Authority, aaguid: &[u8; 16]) -> Value {
    let roots: Vec<_> = authority.roots().iter().map(|der| STANDARD.encode(der)).collect();
    entry(aaguid, "A model of tests", &roots)
}

/// An entry of a FIDO2 model with these anchors, in base64.
#[must_use]
pub fn entry(aaguid: &[u8; 16], description: &str, anchors: &[String]) -> Value {
    json!({
        "aaguid": hyphenated(aaguid),
        "metadataStatement": {
            "description": description,
            "attestationRootCertificates": anchors,
            "keyProtection": ["hardware", "secure_element"],
            "icon": "data:,",
        },
        "statusReports": [report("FIDO_CERTIFIED_L1", "2020-01-01")],
        "timeOfLastStatusChange": "2020-01-01",
    })
}

/// 8-4-4-4-12 digits (RFC 9562, 4).
fn hyphenated(aaguid: &[u8; 16]) -> String {
    let digits: String = aaguid.iter().map(|byte| format!("{byte:02x}")).collect();
    let [a, b, c, d, e] = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digits[part]);
    format!("{a}-{b}-{c}-{d}-{e}")
}

/// A report of this day.
#[must_use]
pub fn report(status: &str, date: &str) -> Value {
    json!({ "status": status, "effectiveDate": date })
}
