//! Checks a signature's evidence: each link from the document's digest to the HSM's signature.
//!
//! Guarantees to whoever checks: nothing is believed but the trust file; a document's owner approved it only
//! if every [`Link`] holds, and the first that does not is named. What the device approved needs no trust in
//! the appliance's operator. It reads files and no network, and needs no appliance.
//!
//! It does not guarantee: that the device is the signer's (that rests on how the device was enrolled, which is a
//! record of the same ledger and told: it was registered over a ticket for this signer, and its maker says which model
//! it is, but nobody says who held it), or that a browser showed what was approved. docs/evidence.md is the
//! specification; a second verifier is written from it alone.

#![forbid(unsafe_code)]

mod activation;
mod approvals;
mod attestation;
mod certificate;
mod documents;
mod enrolments;
pub mod envelope;
mod findings;
mod html;
mod link;
mod log;
mod published;
mod record;
mod signatures;
mod ticket;
mod trust;

use countersign_ports::Crypto;

pub use documents::{Choice, Document};
pub use findings::{Finding, Findings};
pub use html::page;
pub use link::Link;
pub use published::published;
pub use trust::{Appliance, BadTrust, Trust};

use crate::findings::Broken;

/// Checks a file of evidence for these documents, link by link, up to the first that does not hold.
pub fn verify<C: Crypto>(
    crypto: &C,
    trust: &Trust,
    documents: &[Document<'_>],
    choice: Choice,
    file: &[u8],
) -> Findings {
    let mut findings = Findings::default();
    // The findings say it all: the path ends at the first broken link.
    let _ = follow(crypto, trust, documents, choice, file, &mut findings);
    findings
}

/// The path, one link a line.
fn follow<C: Crypto>(
    crypto: &C,
    trust: &Trust,
    documents: &[Document<'_>],
    choice: Choice,
    file: &[u8],
    findings: &mut Findings,
) -> Result<(), Broken> {
    let exported = findings.hold(Link::Envelope, envelope::open(crypto, file))?;
    let evidence = findings.hold(Link::Evidence, exported.evidence())?;
    let logged = findings.hold(Link::Checkpoint, log::signed(crypto, trust, &evidence))?;
    findings.hold(Link::Cosignature, log::cosigned(crypto, &logged))?;
    findings.hold(Link::Witnesses, log::witnessed(crypto, trust, &logged))?;
    findings.hold(Link::Inclusion, log::included(&logged))?;
    let recorded = findings.hold(Link::Record, record::opened(crypto, &logged))?;
    let approved = findings.hold(Link::Activation, activation::read(&recorded))?;
    let named = documents::named(crypto, &approved, documents, choice);
    let named = findings.hold(Link::Documents, named)?;
    findings.hold(Link::Derivation, documents::derived(crypto, &named))?;
    findings.hold(Link::Policy, activation::permitted(crypto, &approved))?;
    let approvals = findings.hold(Link::Approvers, approvals::counted(crypto, &approved))?;
    let enrolled = enrolments::recorded(crypto, &logged, &approved);
    let enrolled = findings.hold(Link::Enrolments, enrolled)?;
    findings.hold(Link::Attestation, attestation::made(crypto, trust, &enrolled))?;
    for (link, held) in approvals::judged(crypto, &approved, &approvals, &enrolled) {
        findings.hold(link, held)?;
    }
    findings.hold(Link::Key, signatures::key(crypto, &approved))?;
    findings.hold(Link::Certificate, certificate::issued(trust, &logged, &approved))?;
    findings.hold(Link::Signatures, signatures::verified(crypto, &approved))?;
    Ok(())
}
