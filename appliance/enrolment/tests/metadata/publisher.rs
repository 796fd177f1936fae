//! Who publishes BLOBs for the tests: a root, a signer under it, and the JWS that it signs.

use std::sync::LazyLock;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256, RsaKeyPair,
};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use countersign_enrolment::metadata::{Blob, BlobFault, MdsRoot};
use rcgen::{
    BasicConstraints, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair,
    PKCS_ECDSA_P256_SHA256, PKCS_RSA_SHA256, SignatureAlgorithm, date_time_ymd,
};
use serde_json::{Value, json};

/// 2026-10-15, noon.
pub const NOW: u64 = DAY * 20_741 + DAY / 2;
/// Milliseconds of a day.
pub const DAY: u64 = 86_400_000;
/// Whose BLOBs are read.
pub const SIGNER: &str = "mds.example";

/// A signer with a key on P-256, as most tests want one.
pub static HOUSE: LazyLock<Publisher> =
    LazyLock::new(|| Publisher::with(&PKCS_ECDSA_P256_SHA256, |_| {}));
/// One with an RSA key.
pub static RSA: LazyLock<Publisher> = LazyLock::new(|| Publisher::with(&PKCS_RSA_SHA256, |_| {}));

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
    pub fn with(
        algorithm: &'static SignatureAlgorithm,
        change: impl FnOnce(&mut CertificateParams),
    ) -> Self {
        let root_key = KeyPair::generate().unwrap();
        let mut root = CertificateParams::new(Vec::new()).unwrap();
        root.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = root.self_signed(&root_key).unwrap();
        let key = KeyPair::generate_for(algorithm).unwrap();
        let mut signer = CertificateParams::new(vec![SIGNER.to_owned()]).unwrap();
        signer.not_before = date_time_ymd(2026, 8, 21);
        signer.not_after = date_time_ymd(2027, 3, 8);
        signer.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        change(&mut signer);
        let signer = signer.signed_by(&key, &Issuer::new(root, root_key)).unwrap();
        Self { root: certificate.der().to_vec(), certificate: signer.der().to_vec(), key }
    }

    /// Its BLOB with this payload, and the algorithm that fits its key.
    pub fn blob(&self, payload: &Value) -> Jws<'_> {
        let is_rsa = self.key.is_compatible(&PKCS_RSA_SHA256);
        let header = json!({
            "alg": if is_rsa { "RS256" } else { "ES256" },
            "typ": "JWT",
            "x5c": [STANDARD.encode(&self.certificate)],
        });
        Jws { header, payload: payload.to_string().into_bytes(), publisher: self }
    }

    /// Reads a BLOB as its own.
    pub fn read(&self, jws: &[u8], utc_ms: u64) -> Result<Blob, BlobFault> {
        let root = MdsRoot { anchors: &[self.root.as_slice()], signer: SIGNER };
        Blob::read(jws, &root, utc_ms)
    }

    /// Publishes this payload, and reads it again.
    pub fn publish(&self, payload: &Value) -> Result<Blob, BlobFault> {
        self.read(&self.blob(payload).signed(), NOW)
    }

    fn sign(&self, algorithm: &str, message: &[u8]) -> Vec<u8> {
        let key = self.key.serialize_der();
        let random = SystemRandom::new();
        if !self.key.is_compatible(&PKCS_RSA_SHA256) {
            let key = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &key).unwrap();
            return key.sign(&random, message).unwrap().as_ref().to_vec();
        }
        let key = RsaKeyPair::from_pkcs8(&key).unwrap();
        let mut signature = vec![0; key.public_modulus_len()];
        match algorithm {
            "PS256" => key.sign(&RSA_PSS_SHA256, &random, message, &mut signature).unwrap(),
            _ => key.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature).unwrap(),
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
    pub fn signed(&self) -> Vec<u8> {
        let header = URL_SAFE_NO_PAD.encode(self.header.to_string());
        let signed = header + "." + &URL_SAFE_NO_PAD.encode(&self.payload);
        let algorithm = self.header["alg"].as_str().unwrap_or_default();
        let signature = self.publisher.sign(algorithm, signed.as_bytes());
        (signed + "." + &URL_SAFE_NO_PAD.encode(signature)).into_bytes()
    }
}

/// A payload of number 7 with these entries.
pub fn payload(entries: &[Value]) -> Value {
    json!({
        "legalHeader": "Read it.",
        "no": 7,
        "nextUpdate": "2026-11-01",
        "entries": entries,
    })
}

/// The entry of a FIDO2 model whose AAGUID ends with this byte, certified at level 1.
pub fn entry(last: u8) -> Value {
    json!({
        "aaguid": format!("01020304-0506-0708-090a-0b0c0d0e0f{last:02x}"),
        "metadataStatement": {
            "description": format!("Token {last}"),
            "attestationRootCertificates": [STANDARD.encode(&HOUSE.root)],
            "icon": "data:,",
        },
        "statusReports": [report("FIDO_CERTIFIED_L1", "2020-01-01")],
        "timeOfLastStatusChange": "2020-01-01",
    })
}

/// A report of this day.
pub fn report(status: &str, date: &str) -> Value {
    json!({ "status": status, "effectiveDate": date })
}
