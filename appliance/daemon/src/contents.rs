//! The contents of the records that decisions leave.

use countersign_core::port::Tray;
use countersign_core::refusal::About;
use countersign_core::{Evidence, Now, Refusal, stage};
use countersign_protocol::assertion::Assertion;
use countersign_protocol::limits::{DEVICES_MAX, HEAD_BYTES_MAX};
use countersign_protocol::minicbor;
use countersign_protocol::record::{
    Alarm, AlarmContent, Approval, Count, RefusalContent, RefusalsContent, Refused,
    SignatureContent,
};
use countersign_protocol::{Bounded, Sequence, TicketId, canonical};

use crate::floods::Gathering;

/// What the registry says of what a signature rests on.
pub(crate) struct Basis {
    /// The COSE_Keys of the devices that approved, in the approvals' order.
    pub(crate) cose_keys: Vec<Vec<u8>>,
    /// The key's policy.
    pub(crate) policy: Vec<u8>,
}

/// What a signature leaves, where this stood in the registry; none if a part is past its limit, which the
/// wire has ruled out.
pub(crate) fn signature<T: Tray>(
    evidence: &Evidence<'_>,
    basis: &Basis,
    tray: &T,
) -> Option<Vec<u8>> {
    let approvals = evidence.approvals().iter().zip(&basis.cose_keys).map(approval);
    let approvals: Vec<_> = approvals.collect::<Option<_>>()?;
    let signatures: Option<Vec<_>> =
        (0..tray.len()).map(|at| tray.signature(at).and_then(Bounded::new)).collect();
    let signatures: Vec<countersign_protocol::reply::Signature<'_>> = signatures?;
    let bytes: usize = signatures.iter().map(|s| s.bytes().len() + HEAD_BYTES_MAX).sum();
    let mut signatures_room = vec![0; bytes];
    let mut approvals_room = vec![0; approvals.iter().map(approval_bytes).sum()];
    let Now { utc_lo_ms, utc_hi_ms, .. } = evidence.now();
    Some(encode(&SignatureContent {
        activation: Bounded::new(evidence.activation_bytes())?,
        approvals: Sequence::from_values(&approvals, &mut approvals_room).ok()?,
        signatures: Sequence::from_values(&signatures, &mut signatures_room).ok()?,
        public_key: Bounded::new(evidence.public_key())?,
        utc_lo_ms,
        utc_hi_ms,
        policy: canonical::decode(&basis.policy).ok()?,
    }))
}

fn approval<'f>((of, cose_key): (&stage::Approval<'f>, &'f Vec<u8>)) -> Option<Approval<'f>> {
    let stage::Approval { slot, signer, sign_count, assertion } = *of;
    Some(Approval { slot, cose_key: Bounded::new(cose_key)?, sign_count, assertion, signer })
}

/// Room for an approval: its assertion's parts, and as much for what is around them as can be.
fn approval_bytes(approval: &Approval<'_>) -> usize {
    let Assertion { authenticator_data, client_data, signature, .. } = approval.assertion;
    let parts = authenticator_data.bytes().len() + client_data.bytes().len();
    parts + signature.bytes().len() + approval.cose_key.bytes().len() + 128
}

/// What a refusal leaves, with `counts` that must not be accepted again; none if there are more of them
/// than devices of a transaction.
pub(crate) fn refusal(refusal: &Refusal, counts: &[Count]) -> Option<Vec<u8>> {
    let Refusal { reason, about, now } = refusal;
    let mut room = [0; DEVICES_MAX * 16];
    let counts = Sequence::from_values(counts, &mut room).ok()?;
    Some(encode(&RefusalContent { counts, ..refused(reason.number(), about, *now) }))
}

/// What refusals leave that share a record; none if they are more than the wire allows, which the caller rules out.
pub(crate) fn refusals(gathering: &Gathering) -> Option<Vec<u8>> {
    let Gathering { front_end, refused, utc_lo_ms, utc_hi_ms, .. } = gathering;
    let alike = |(&(reason, device), &count)| Refused { reason, device, count };
    let refused: Vec<_> = refused.iter().map(alike).collect();
    let mut room = vec![0; refused.len() * 4 * HEAD_BYTES_MAX];
    let refused = Sequence::from_values(&refused, &mut room).ok()?;
    let (front_end, utc_lo_ms, utc_hi_ms) = (*front_end, *utc_lo_ms, *utc_hi_ms);
    Some(encode(&RefusalsContent { front_end, refused, utc_lo_ms, utc_hi_ms }))
}

/// What it leaves that a new device is turned away.
pub(crate) fn turned_away(
    number: u16,
    about: &About,
    ticket: Option<TicketId>,
    now: Now,
) -> Vec<u8> {
    encode(&RefusalContent { ticket, ..refused(number, about, now) })
}

fn refused(number: u16, about: &About, now: Now) -> RefusalContent<'static> {
    RefusalContent {
        reason: number,
        channel: about.channel,
        front_end: about.front_end,
        key: about.key,
        transaction: about.transaction,
        utc_lo_ms: now.utc_lo_ms,
        utc_hi_ms: now.utc_hi_ms,
        counts: Sequence::EMPTY,
        device: about.device,
        ticket: None,
    }
}

/// What an alarm leaves.
pub(crate) fn alarm(alarm: Alarm, now: Now) -> Vec<u8> {
    encode(&AlarmContent { alarm, utc_lo_ms: now.utc_lo_ms, utc_hi_ms: now.utc_hi_ms })
}

/// Into memory that grows: only an encoder of our own could fail, and none of them does.
pub(crate) fn encode<T: minicbor::Encode<()>>(value: &T) -> Vec<u8> {
    minicbor::to_vec(value).unwrap_or_default()
}
