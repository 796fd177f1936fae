//! The fields of a leaf that formats have rules for (RFC 5280, 4).
//!
//! Guarantees: what is read is the whole certificate, in DER; an extension or a part of the subject that is
//! there twice is no certificate at all. Signature, time and chain are [`crate::chain`]'s.

use countersign_core::assertion::device_key::DeviceKey;
use countersign_ports::Algorithm;
use x509_cert::Certificate;
use x509_cert::certificate::Version;
use x509_cert::der::Decode as _;
use x509_cert::der::oid::ObjectIdentifier;
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectAltName};

use crate::fault::Fault;

/// A leaf, read.
pub(super) struct Leaf {
    certificate: Certificate,
}

impl Leaf {
    pub(super) const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
    pub(super) const ORGANISATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
    pub(super) const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
    pub(super) const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");
    /// id-fido-gen-ce-aaguid (8.2.1).
    pub(super) const AAGUID: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");
    const TPM: [ObjectIdentifier; 3] = [
        ObjectIdentifier::new_unwrap("2.23.133.2.1"),
        ObjectIdentifier::new_unwrap("2.23.133.2.2"),
        ObjectIdentifier::new_unwrap("2.23.133.2.3"),
    ];
    const ALT_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
    const PURPOSES: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
    const AIK: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.8.3");
    /// The nonce of 8.8.
    pub(super) const APPLE_NONCE: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.2.840.113635.100.8.2");
    /// KeyDescription (8.4.1).
    pub(super) const ANDROID_KEY: ObjectIdentifier =
        ObjectIdentifier::new_unwrap("1.3.6.1.4.1.11129.2.1.17");
    const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
    const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
    const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
    const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
    const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
    const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");

    pub(super) fn read(der: &[u8]) -> Result<Self, Fault> {
        let certificate = Certificate::from_der(der).map_err(|_| Fault::CertificateMalformed)?;
        Ok(Self { certificate })
    }

    pub(super) fn is_version_3(&self) -> bool {
        self.certificate.tbs_certificate().version() == Version::V3
    }

    /// The bytes of a part of the subject.
    pub(super) fn subject_value(&self, part: ObjectIdentifier) -> Result<Option<&[u8]>, Fault> {
        let subject = self.certificate.tbs_certificate().subject();
        let values = subject.iter().filter(|attribute| attribute.oid == part);
        only(values.map(|attribute| attribute.value.value()))
    }

    /// An extension.
    pub(super) fn extension(&self, id: ObjectIdentifier) -> Result<Option<&Extension>, Fault> {
        let all = self.certificate.tbs_certificate().extensions();
        only(all.into_iter().flatten().filter(|extension| extension.extn_id == id))
    }

    /// Whether its key is one of ECDSA on P-256 (RFC 5480, 2.1.1).
    pub(super) fn has_key_of_p256(&self) -> bool {
        self.is_on_curve(Self::P256)
    }

    /// RFC 5480, 2.1.1: namedCurve.
    fn is_on_curve(&self, curve: ObjectIdentifier) -> bool {
        let key = &self.certificate.tbs_certificate().subject_public_key_info().algorithm;
        let named = key.parameters.as_ref().map(|any| any.decode_as::<ObjectIdentifier>());
        key.oid == Self::EC_PUBLIC_KEY && named == Some(Ok(curve))
    }

    /// Whether its key is this one: the kind of key, and its bytes (RFC 5280, 4.1.2.7).
    pub(super) fn has_key(&self, key: &DeviceKey<&[u8]>) -> Option<()> {
        let own = self.certificate.tbs_certificate().subject_public_key_info();
        let kind = match key.algorithm() {
            Algorithm::EcdsaP256 => self.is_on_curve(Self::P256),
            Algorithm::EcdsaP384 => self.is_on_curve(Self::P384),
            Algorithm::Ed25519 => own.algorithm.oid == Self::ED25519,
            Algorithm::Rsa2048Pkcs1Sha256
            | Algorithm::Rsa3072Pkcs1Sha256
            | Algorithm::Rsa4096Pkcs1Sha256 => own.algorithm.oid == Self::RSA,
            // No certificate of a format has such a key.
            _ => false,
        };
        (kind && own.subject_public_key.as_bytes() == Some(key.bytes())).then_some(())
    }

    pub(super) fn has_no_subject(&self) -> Option<()> {
        self.certificate.tbs_certificate().subject().is_empty().then_some(())
    }

    /// Whether a directoryName in its subjectAltName has the TPM's manufacturer, model and version (8.3.1;
    /// TCG EK Profile, 3.2.9).
    pub(super) fn names_a_tpm(&self) -> Result<Option<()>, Fault> {
        let Some(found) = self.extension(Self::ALT_NAME)? else { return Ok(None) };
        let names = SubjectAltName::from_der(found.extn_value.as_bytes())
            .map_err(|_| Fault::CertificateMalformed)?;
        let is_tpm = names.0.iter().any(|name| match name {
            GeneralName::DirectoryName(name) => {
                Self::TPM.iter().all(|part| name.iter().any(|attribute| attribute.oid == *part))
            }
            _ => false,
        });
        Ok(is_tpm.then_some(()))
    }

    /// Whether its extended key usage is that of an attestation key.
    pub(super) fn is_attestation_key(&self) -> Result<Option<()>, Fault> {
        let Some(found) = self.extension(Self::PURPOSES)? else { return Ok(None) };
        let purposes = ExtendedKeyUsage::from_der(found.extn_value.as_bytes())
            .map_err(|_| Fault::CertificateMalformed)?;
        Ok(purposes.0.contains(&Self::AIK).then_some(()))
    }

    /// Whether basicConstraints are there, and cA is not set: then they are an empty SEQUENCE (RFC 5280,
    /// 4.2.1.9; a default is not written).
    pub(super) fn says_it_is_no_ca(&self) -> Result<Option<()>, Fault> {
        let constraints = self.extension(Self::BASIC_CONSTRAINTS)?;
        Ok(constraints.and_then(|found| (found.extn_value.as_bytes() == [0x30, 0]).then_some(())))
    }

    /// Whether it is valid at this time (milliseconds since 1970).
    pub(super) fn is_in_time(&self, utc_ms: u64) -> Result<(), Fault> {
        let validity = self.certificate.tbs_certificate().validity();
        let ms = |time: &x509_cert::time::Time| time.to_unix_duration().as_millis();
        if u128::from(utc_ms) < ms(&validity.not_before) {
            return Err(Fault::CertificateNotYetValid);
        }
        // notAfter is the last second of it.
        if u128::from(utc_ms) >= ms(&validity.not_after).saturating_add(1000) {
            return Err(Fault::CertificateExpired);
        }
        Ok(())
    }
}

/// One of them, or none; never two.
fn only<T>(mut all: impl Iterator<Item = T>) -> Result<Option<T>, Fault> {
    let first = all.next();
    if all.next().is_some() { Err(Fault::CertificateMalformed) } else { Ok(first) }
}
