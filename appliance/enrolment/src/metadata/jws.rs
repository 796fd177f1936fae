//! The envelope of a BLOB: a compact JWS with its signer's certificates (RFC 7515; FIDO MDS 3.1, 3.1.7 and
//! 3.2).
//!
//! Guarantees: a payload comes out only if the signer that the caller expects has signed it, with a
//! certificate that leads to a root that the caller pinned. Certificates in the header make a way to that root
//! and are never its end: a reader that took the last of them for it has accepted anybody's BLOB
//! (GHSA-p653-gg6c-rrjw).
//!
//! Does not guarantee that no certificate on the way is revoked: nothing here asks a network.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use countersign_protocol::limits::{MDS_BLOB_BYTES_MAX, MDS_CHAIN_MAX};
use rustls_pki_types::{CertificateDer, ServerName};
use serde::de::{Deserialize as _, Deserializer, IgnoredAny};
use webpki::EndEntityCert;

use super::bounded::Bounded;
use super::fault::BlobFault;
use super::signature::Algorithm;
use super::{MdsRoot, certificate};
use crate::chain::{self, ChainFault, Purpose};

/// id-kp-serverAuth (RFC 5280, 4.2.1.12): the service signs with the certificate of its host.
const SERVER_AUTH: Purpose = Purpose(&[0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x03, 0x01]);

/// The members that are used (RFC 7515, 4.1). A key that comes along (`jwk`, `jku`) is passed over.
#[derive(serde::Deserialize)]
struct Header {
    alg: String,
    x5c: Option<Bounded<String, MDS_CHAIN_MAX>>,
    #[serde(default, deserialize_with = "is_there")]
    x5u: bool,
    #[serde(default, deserialize_with = "is_there")]
    crit: bool,
}

fn is_there<'de, D: Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    IgnoredAny::deserialize(from).map(|_| true)
}

/// The three parts, decoded.
struct Parts<'j> {
    header: Vec<u8>,
    payload: Vec<u8>,
    signature: Vec<u8>,
    /// What is signed (RFC 7515, 5.2 step 8).
    signed: &'j [u8],
}

/// The payload, if it is signed as it must be.
pub(super) fn open<A: AsRef<[u8]>>(
    jws: &[u8],
    root: &MdsRoot<'_, A>,
    utc_ms: u64,
) -> Result<Vec<u8>, BlobFault> {
    let Parts { header, payload, signature, signed } = split(jws)?;
    let header: Header =
        serde_json::from_slice(&header).map_err(|why| BlobFault::Header(why.to_string()))?;
    let algorithm = algorithm(&header)?;
    let certificates = certificates(&header)?;
    let (leaf, intermediates) = certificates.split_first().ok_or(BlobFault::Bare)?;
    let intermediates: Vec<_> = intermediates.iter().map(Vec::as_slice).collect();
    chain::verify(leaf, &intermediates, root.anchors, utc_ms, SERVER_AUTH)
        .map_err(BlobFault::Chain)?;
    let leaf = CertificateDer::from(leaf.as_slice());
    let signer = EndEntityCert::try_from(&leaf).map_err(|_| BlobFault::Chain(ChainFault::Leaf))?;
    expect(&signer, root.signer)?;
    algorithm.verify(&signer, signed, &signature)?;
    Ok(payload)
}

fn split(jws: &[u8]) -> Result<Parts<'_>, BlobFault> {
    if jws.len() > MDS_BLOB_BYTES_MAX {
        return Err(BlobFault::Long);
    }
    let parts: Vec<_> = jws.splitn(4, |byte| *byte == b'.').collect();
    let [header, payload, signature] = parts.as_slice() else {
        return Err(BlobFault::Parts);
    };
    Ok(Parts {
        header: decode("header", header)?,
        payload: decode("payload", payload)?,
        signature: decode("signature", signature)?,
        signed: jws.get(..header.len() + 1 + payload.len()).unwrap_or_default(),
    })
}

fn decode(part: &'static str, text: &[u8]) -> Result<Vec<u8>, BlobFault> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| BlobFault::Encoding(part))
}

fn algorithm(header: &Header) -> Result<Algorithm, BlobFault> {
    if header.crit {
        return Err(BlobFault::Critical);
    }
    Algorithm::named(&header.alg).ok_or_else(|| BlobFault::Algorithm(header.alg.clone()))
}

fn certificates(header: &Header) -> Result<Vec<Vec<u8>>, BlobFault> {
    if header.x5u {
        return Err(BlobFault::Elsewhere);
    }
    let texts = &header.x5c.as_ref().ok_or(BlobFault::Bare)?.0;
    let read = |(place, text): (usize, &String)| {
        certificate::read(text).ok_or(BlobFault::Certificate(place + 1))
    };
    texts.iter().enumerate().map(read).collect()
}

/// The roots of the public service are those of the web: anybody has a certificate that leads there. Who
/// signed is the name in it.
fn expect(signer: &EndEntityCert<'_>, name: &str) -> Result<(), BlobFault> {
    let expected = ServerName::try_from(name).ok();
    let is_named = |name| signer.verify_is_valid_for_subject_name(&name).is_ok();
    expected.is_some_and(is_named).then_some(()).ok_or_else(|| BlobFault::Signer(name.to_owned()))
}
