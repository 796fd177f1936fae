//! TPMT_PUBLIC and TPMS_ATTEST (TPM 2.0 Library, part 2, 12.2.4 and 10.12.12), as far as WebAuthn reads them.
//!
//! Guarantees: a structure is read whole, with no byte after it; a selector that a signing key has no use for
//! is not read at all.

use countersign_core::assertion::device_key::DeviceKey;
use countersign_ports::{Algorithm, Crypto};

use crate::fault::Fault;

/// TPM_ALG_NULL.
const NULL: u16 = 0x0010;
/// TPM_ALG_SHA256, TPM_ALG_SHA384.
const SHA256: u16 = 0x000b;
const SHA384: u16 = 0x000c;

/// Big-endian numbers and sized buffers, one after the other.
struct Bytes<'b>(&'b [u8]);

impl<'b> Bytes<'b> {
    fn take(&mut self, length: usize) -> Option<&'b [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    fn u16(&mut self) -> Option<u16> {
        self.take(2)?.try_into().ok().map(u16::from_be_bytes)
    }

    fn u32(&mut self) -> Option<u32> {
        self.take(4)?.try_into().ok().map(u32::from_be_bytes)
    }

    /// TPM2B.
    fn sized(&mut self) -> Option<&'b [u8]> {
        let length = self.u16()?;
        self.take(length.into())
    }

    fn end(self) -> Option<()> {
        self.0.is_empty().then_some(())
    }
}

/// TPMT_PUBLIC of a key that signs.
pub(super) struct PubArea<'p> {
    name_alg: u16,
    unique: Unique<'p>,
}

enum Unique<'p> {
    Rsa { exponent: u32, modulus: &'p [u8] },
    Ecc { curve: u16, x: &'p [u8], y: &'p [u8] },
}

impl<'p> PubArea<'p> {
    pub(super) fn read(bytes: &'p [u8]) -> Option<Self> {
        let mut bytes = Bytes(bytes);
        let (kind, name_alg) = (bytes.u16()?, bytes.u16()?);
        // objectAttributes, authPolicy.
        bytes.u32()?;
        bytes.sized()?;
        // symmetric: only a storage key has one.
        (bytes.u16()? == NULL).then_some(())?;
        // scheme, with its hash.
        if bytes.u16()? != NULL {
            bytes.u16()?;
        }
        let unique = match kind {
            // TPM_ALG_RSA: keyBits, exponent.
            0x0001 => {
                bytes.u16()?;
                Unique::Rsa { exponent: bytes.u32()?, modulus: bytes.sized()? }
            }
            // TPM_ALG_ECC: curveID, kdf.
            0x0023 => {
                let curve = bytes.u16()?;
                (bytes.u16()? == NULL).then_some(())?;
                Unique::Ecc { curve, x: bytes.sized()?, y: bytes.sized()? }
            }
            _ => return None,
        };
        bytes.end()?;
        Some(Self { name_alg, unique })
    }

    /// Whether it is this key.
    pub(super) fn is_of(&self, key: &DeviceKey<&[u8]>) -> Option<()> {
        let same = match (&self.unique, key.algorithm()) {
            (Unique::Ecc { curve: 3, x, y }, Algorithm::EcdsaP256)
            | (Unique::Ecc { curve: 4, x, y }, Algorithm::EcdsaP384) => {
                key.bytes() == [&[0x04], *x, *y].concat()
            }
            (
                Unique::Rsa { exponent: 0 | 65537, modulus },
                Algorithm::Rsa2048Pkcs1Sha256
                | Algorithm::Rsa3072Pkcs1Sha256
                | Algorithm::Rsa4096Pkcs1Sha256,
            ) => modulus_of(key.bytes()) == Some(*modulus),
            _ => false,
        };
        same.then_some(())
    }

    /// nameAlg || hash of the whole (TPM 2.0 Library, part 1, 16).
    pub(super) fn name(&self, crypto: &impl Crypto, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        let hash = match self.name_alg {
            SHA256 => crypto.sha256(&[bytes]).to_vec(),
            SHA384 => crypto.sha384(&[bytes]).to_vec(),
            _ => return Err(Fault::TpmNameAlgorithm),
        };
        Ok([self.name_alg.to_be_bytes().as_slice(), &hash].concat())
    }
}

/// The modulus of the port's RSAPublicKey, after its heads and a zero, before the exponent 65537.
fn modulus_of(port: &[u8]) -> Option<&[u8]> {
    port.strip_suffix(&[0x02, 0x03, 0x01, 0x00, 0x01])?.get(9..)
}

/// TPMS_ATTEST.
pub(super) struct CertInfo<'c> {
    pub(super) magic: u32,
    pub(super) kind: u16,
    pub(super) extra_data: &'c [u8],
    attested: &'c [u8],
}

impl<'c> CertInfo<'c> {
    /// TPM_GENERATED_VALUE.
    pub(super) const GENERATED: u32 = 0xff54_4347;
    /// TPM_ST_ATTEST_CERTIFY.
    pub(super) const CERTIFY: u16 = 0x8017;

    pub(super) fn read(bytes: &'c [u8]) -> Option<Self> {
        let mut bytes = Bytes(bytes);
        let (magic, kind) = (bytes.u32()?, bytes.u16()?);
        // qualifiedSigner.
        bytes.sized()?;
        let extra_data = bytes.sized()?;
        // clockInfo, firmwareVersion.
        bytes.take(17 + 8)?;
        Some(Self { magic, kind, extra_data, attested: bytes.0 })
    }

    /// The name in TPMS_CERTIFY_INFO; its qualifiedName is not judged.
    pub(super) fn certified(&self) -> Option<&'c [u8]> {
        let mut bytes = Bytes(self.attested);
        let name = bytes.sized()?;
        bytes.sized()?;
        bytes.end()?;
        Some(name)
    }
}
