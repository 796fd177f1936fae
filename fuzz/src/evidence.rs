//! A file of evidence, as anyone may hand one to a verifier.
//!
//! The property: no panic; links are looked at in their order, up to the first that is broken; and nothing is
//! proved of a file that nobody signed. The mutants go into the envelope's payload, and the engine believes
//! every signature, so that they come further than the first link.

use countersign_host::Host;
use countersign_protocol::evidence::CONTENT_TYPE;
use countersign_protocol::limits::EVIDENCE_BYTES_MAX;
use countersign_verifier::{Choice, Document, Findings, Link, Trust, verify};
use minicbor::Encoder;
use minicbor::data::Tag;

use crate::Believing;

/// The appliance of the golden messages.
const TRUST: &str = "[[appliance]]\nid = \"6170706c69616e63652d6e6f2d303031\"\n\
    checkpoint_key = \"5866666666666666666666666666666666666666666666666666666666666666\"\n\
    rp_id = \"approve.example\"\norigin = \"https://approve.example\"\n";

/// The payload of an envelope.
pub fn evidence(data: &[u8]) {
    if data.len() > EVIDENCE_BYTES_MAX {
        return;
    }
    let (file, trust) = (around(data), Trust::parse(TRUST).unwrap());
    let documents = [Document(b"a document")];
    in_order(&verify(&Believing, &trust, &documents, Choice::All, &file));
    let honest = verify(&Host, &trust, &documents, Choice::All, &file);
    assert!(honest.broken().is_some_and(|(link, _)| link == Link::Envelope), "nobody signed it");
    in_order(&verify(&Host, &trust, &documents, Choice::All, data));
}

/// One envelope of the payload, signed by nobody.
fn around(payload: &[u8]) -> Vec<u8> {
    let mut protected = Encoder::new(Vec::new());
    protected.map(2).unwrap().u8(1).unwrap().i8(-7).unwrap();
    protected.u8(3).unwrap().str(CONTENT_TYPE).unwrap();
    let mut file = Encoder::new(Vec::new());
    file.tag(Tag::new(18)).unwrap().array(4).unwrap().bytes(protected.writer()).unwrap();
    file.map(0).unwrap().bytes(payload).unwrap().bytes(&[0x5a; 64]).unwrap();
    file.into_writer()
}

fn in_order(findings: &Findings) {
    let place = |link: Link| Link::ALL.iter().position(|other| *other == link).unwrap();
    let found: Vec<_> = findings.iter().map(|finding| place(finding.link)).collect();
    // The links of an approval come again for the next one.
    let (first, last) = (place(Link::ClientData), place(Link::DeviceSignature));
    let follows = |pair: &[usize]| pair[1] == pair[0] + 1 || (pair[0], pair[1]) == (last, first);
    assert!(found.first() == Some(&0) && found.windows(2).all(follows), "{found:?}");
    let broken = findings.iter().filter(|finding| finding.said.is_err()).count();
    assert!(broken <= 1 && (broken == 1) == findings.broken().is_some());
}
