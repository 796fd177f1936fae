//! A registration before it is made: what a test may change in it.

use countersign_device::Algorithm;
use rcgen::{CertificateParams, KeyPair};

use crate::cbor::Members;
use crate::certificates;
use crate::description::Description;

/// What statement a device makes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// 8.2, with certificates.
    Packed,
    /// 8.2, by the credential's own key.
    SelfMade,
    /// 8.3.
    Tpm,
    /// 8.4.
    AndroidKey,
    /// 8.8.
    Apple,
    /// 8.6.
    FidoU2f,
    /// 8.9: packed, twice.
    Compound,
    /// 8.7.
    None,
}

/// A change to something that is made on the way.
pub type Edit<T> = Box<dyn FnOnce(&mut T)>;

/// A registration before it is made.
pub struct Draft {
    /// fmt.
    pub fmt: &'static str,
    /// What the device's own key and the credential's id follow from.
    pub seed: [u8; 32],
    /// Of the credential.
    pub algorithm: Algorithm,
    /// The model, in the authenticator data.
    pub aaguid: [u8; 16],
    /// alg of the statement, where it is not that of the key that signs.
    pub alg: Option<i64>,
    /// The leaf.
    pub leaf: CertificateParams,
    /// The leaf's key.
    pub leaf_key: KeyPair,
    /// Whether the leaf's key is the credential's, as in android-key and apple.
    pub credential_of_leaf: bool,
    /// clientDataJSON, before anything is said of it.
    pub client_data: Edit<Vec<u8>>,
    /// authData, likewise.
    pub auth_data: Edit<Vec<u8>>,
    /// What the leaf of android-key says of the key.
    pub description: Edit<Description>,
    /// What the leaf of android-key or apple has in its format's extension, if it has that.
    pub extension: Edit<Option<Vec<u8>>>,
    /// The parts of compound, each encoded.
    pub parts: Edit<Vec<Vec<u8>>>,
    /// pubArea of tpm, before it is named.
    pub pub_area: Edit<Vec<u8>>,
    /// certInfo of tpm, before it is signed.
    pub cert_info: Edit<Vec<u8>>,
    /// The bytes that are signed, before they are.
    pub signed: Edit<Vec<u8>>,
    /// The certificates, before they are in the statement: leaf, intermediate.
    pub x5c: Edit<Vec<Vec<u8>>>,
    /// The statement's members.
    pub statement: Edit<Members>,
    /// The object's members.
    pub object: Edit<Members>,
}

impl Draft {
    pub(crate) fn of(format: Format) -> Self {
        let aaguid = if format == Format::FidoU2f { [0; 16] } else { *b"a model of tests" };
        Self {
            fmt: match format {
                Format::Packed | Format::SelfMade => "packed",
                Format::Compound => "compound",
                Format::Tpm => "tpm",
                Format::AndroidKey => "android-key",
                Format::Apple => "apple",
                Format::FidoU2f => "fido-u2f",
                Format::None => "none",
            },
            seed: [7; 32],
            algorithm: Algorithm::Es256,
            aaguid,
            alg: None,
            leaf: match format {
                Format::Tpm => crate::tpm::leaf(certificates::within_time(), &aaguid),
                Format::AndroidKey | Format::Apple | Format::FidoU2f => certificates::plain_leaf(),
                _ => certificates::packed_leaf(&aaguid),
            },
            leaf_key: KeyPair::generate().expect("a key"),
            credential_of_leaf: matches!(format, Format::AndroidKey | Format::Apple),
            client_data: Box::new(|_| ()),
            auth_data: Box::new(|_| ()),
            description: Box::new(|_| ()),
            extension: Box::new(|_| ()),
            parts: Box::new(|_| ()),
            pub_area: Box::new(|_| ()),
            cert_info: Box::new(|_| ()),
            signed: Box::new(|_| ()),
            x5c: Box::new(|_| ()),
            statement: Box::new(|_| ()),
            object: Box::new(|_| ()),
        }
    }
}
