//! The key's certificate: whose the key is, as an authority says that the trust file names.

use countersign_enrolment::chain;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use crate::activation::Approved;
use crate::findings::Held;
use crate::log::Logged;
use crate::trust::Trust;

/// If the trust file names roots: the first certificate is the key's, it was valid when the signature was made, and
/// leads to one of them.
pub(crate) fn issued(trust: &Trust, logged: &Logged<'_>, approved: &Approved<'_>) -> Held<()> {
    if trust.roots.is_empty() {
        return Ok(((), "nobody's: the trust file names no roots".into()));
    }
    let certificates: Vec<_> = logged.evidence.certificates.iter().map(|one| one.bytes()).collect();
    let (leaf, others) = certificates.split_first().ok_or("there is none")?;
    let read = Certificate::from_der(leaf).map_err(|_| "it cannot be read".to_owned())?;
    let certified = read.tbs_certificate().subject_public_key_info().subject_public_key.raw_bytes();
    if certified != approved.content.public_key.bytes() {
        return Err("it is another key's".into());
    }
    let content = &approved.content;
    for utc_ms in [content.utc_lo_ms, content.utc_hi_ms] {
        let way = chain::verify_any(leaf, others, &trust.roots, utc_ms);
        way.map_err(|why| why.to_string())?;
    }
    Ok((
        (),
        format!("of {}, by {}", read.tbs_certificate().subject(), read.tbs_certificate().issuer()),
    ))
}
