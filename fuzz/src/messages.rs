//! What else crosses a boundary as one message: officers' orders, and what clients are answered.
//!
//! The property of each: no panic, and what decodes is the one encoding of what it says. Carrying out
//! an order needs a token and is not done here.

use countersign_protocol::activation::Activation;
use countersign_protocol::admin::{Answer, Order};
use countersign_protocol::enrolment::Enrolment;
use countersign_protocol::limits::{ADMIN_FRAME_BYTES_MAX, SIGNED_REPLY_BYTES_MAX};
use countersign_protocol::receipt::Receipt;
use countersign_protocol::record::{Leaf, Opening, SignatureContent};
use countersign_protocol::reply::{self, Reply, Signed};
use countersign_protocol::ticket::{Addition, Ticket};
use countersign_protocol::{Bounded, canonical};
use minicbor::{Decode, Encode};

/// An officer's frame, as the appliance reads it, or the answer, as the console does.
pub fn order(data: &[u8]) {
    // The transport reads no more than this.
    if data.len() <= ADMIN_FRAME_BYTES_MAX {
        one_encoding::<Order<'_>>(data);
        one_encoding::<Answer<'_>>(data);
    }
}

/// The reply to a front-end, as its client reads it: with all that is in the evidence, and written
/// again in the pieces in which the appliance writes it.
pub fn reply(data: &[u8]) {
    if data.len() > SIGNED_REPLY_BYTES_MAX {
        return;
    }
    match one_encoding(data) {
        Some(Reply::Prepared(prepared)) => {
            one_encoding::<Activation<'_>>(prepared.activation.bytes());
        }
        Some(Reply::Signed(signed)) => {
            assert_eq!(in_pieces(&signed), data, "the pieces are another encoding");
            evidence(signed.receipt.bytes());
        }
        Some(Reply::Enrolled(enrolled)) => {
            if let Some(invitation) = enrolled.invitation {
                one_encoding::<Addition>(invitation.addition.bytes());
            }
        }
        Some(Reply::Enrolments(enrolments)) => {
            for enrolled in enrolments.enrolments.iter() {
                enrolment(enrolled.leaf.bytes(), enrolled.opening.bytes());
            }
        }
        Some(Reply::Failed(_)) | None => {}
    }
}

fn enrolment(leaf: &[u8], opening: &[u8]) -> Option<()> {
    one_encoding::<Leaf<'_>>(leaf);
    let opening: Opening<'_> = one_encoding(opening)?;
    let enrolment: Enrolment<'_> = one_encoding(opening.content.bytes())?;
    one_encoding::<Ticket<'_>>(enrolment.ticket.bytes()).map(drop)
}

fn evidence(data: &[u8]) -> Option<()> {
    let receipt: Receipt<'_> = one_encoding(data)?;
    one_encoding::<Leaf<'_>>(receipt.leaf.bytes());
    let opening: Opening<'_> = one_encoding(receipt.opening.bytes())?;
    let content: SignatureContent<'_> = one_encoding(opening.content.bytes())?;
    one_encoding::<Activation<'_>>(content.activation.bytes()).map(drop)
}

/// What `data` says, if it decodes: then it is encoded again as the same bytes.
fn one_encoding<'b, T>(data: &'b [u8]) -> Option<T>
where
    T: Decode<'b, ()> + Encode<()>,
{
    let value: T = canonical::decode(data).ok()?;
    assert_eq!(minicbor::to_vec(&value).unwrap(), data, "another encoding was accepted");
    Some(value)
}

fn in_pieces(signed: &Signed<'_>) -> Vec<u8> {
    let mut bytes = Vec::new();
    let count = u16::try_from(signed.signatures.len()).unwrap();
    reply::head(&mut bytes, count, signed.cosignatures.is_some()).unwrap();
    signed
        .signatures
        .iter()
        .map(|s| s.bytes())
        .for_each(|s| reply::signature(&mut bytes, s).unwrap());
    reply::tail(&mut bytes, Bounded::bytes(&signed.receipt), signed.cosignatures).unwrap();
    bytes
}
