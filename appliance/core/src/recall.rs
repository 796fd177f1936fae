//! A reply once more: to a `Fetch`, and to a `Sign` that comes again with the same bytes.
//!
//! Guarantees: nothing is signed and nothing is spent; what is released was on record before, for
//! this very front-end, and its front-end, key, grant and devices are active now.

use countersign_protocol::activation::Activation;
use countersign_protocol::change::Standing;
use countersign_protocol::record::SignatureContent;
use countersign_protocol::request::{Fetch, Request, Sign};
use countersign_protocol::{Digest, canonical};

use crate::Decision;
use crate::port::{Guarded, Ledger, Platform, Recalled, Receipt, Registry, Tray};
use crate::refusal::{About, Class, Reason, Refusal};
use crate::settle::settle;
use crate::stage::{Bound, Claimed, Recorded};
use crate::state::State;
use crate::time::Now;
use crate::transactions::Place;

/// What is found on record, if anything is.
type Found<P> = Option<Recalled<<P as Platform>::Ledger>>;

/// Answers a `Fetch` frame.
///
/// # Errors
/// What the front-end may know; the ledger has the reason.
pub async fn fetch<P: Platform, T: Tray>(
    p: &P,
    channel: &Digest,
    frame: &[u8],
    now: Now,
    tray: T,
) -> Result<Recorded<T, Receipt<P>>, Class> {
    match fetched(p, channel, frame, now, tray).await {
        Ok(recorded) => Ok(recorded),
        // Still being signed, or it failed: not to be prepared again before that is known.
        Err(Refusal { reason: Reason::TransactionSpent, .. }) => Err(Class::Unavailable),
        Err(refusal) => Err(settle(p, &refusal).await),
    }
}

async fn fetched<P: Platform, T: Tray>(
    p: &P,
    channel: &Digest,
    frame: &[u8],
    now: Now,
    tray: T,
) -> Decision<Recorded<T, Receipt<P>>> {
    let bound = Claimed::<Fetch>::decode(frame, channel, now)?.bind(p.state());
    let about = bound.known()?;
    // First, for a transaction leaves the table only after its record can be found.
    let nothing = p.state().with(|state| nothing(state, &about));
    match found(p, &about).await {
        Some(recalled) => recalled.release(p.state(), &about, tray),
        None => Err(nothing),
    }
    .map_err(|reason| about.refuse(reason, now))
}

impl Claimed<Fetch> {
    fn decode(frame: &[u8], channel: &Digest, now: Now) -> Decision<Self> {
        let about = About::channel(*channel);
        match canonical::decode(frame) {
            Ok(Request::Fetch(body)) => Ok(Self {
                about: About { transaction: Some(body.transaction), ..about },
                body,
                now,
            }),
            _ => Err(about.refuse(Reason::FrameMalformed, now)),
        }
    }
}

impl Bound<Fetch> {
    /// Whom and what it concerns, if the front-end may ask at all.
    fn known(self) -> Decision<About> {
        let Claimed { about, now, .. } = self.claimed;
        self.verdict.fold().map_err(|reason| about.refuse(reason, now))?;
        Ok(about)
    }
}

/// Why there is nothing on record.
fn nothing<R, M>(state: &State<R, M>, about: &About) -> Reason
where
    M: AsRef<[Place]> + AsMut<[Place]>,
{
    let transaction = about.transaction.and_then(|id| state.transactions.find(&id));
    match transaction.filter(|t| Some(t.front_end) == about.front_end && t.spent) {
        Some(_) => Reason::TransactionSpent,
        None => Reason::TransactionUnknown,
    }
}

/// Answers a `Sign` frame that was refused as stale, if these very bytes are on record.
///
/// # Errors
/// The refusal as it was, or why the record is not released. Other bytes than those on record: the
/// transaction is spent, also where this boot does not know it.
pub(crate) async fn repeated<P: Platform, T: Tray>(
    p: &P,
    frame: &[u8],
    refusal: Refusal,
    tray: T,
) -> Decision<Recorded<T, Receipt<P>>> {
    let refused = overtaken(p, refusal);
    if refused.reason.class() != Class::Stale {
        return Err(refused);
    }
    let about = refused.about;
    let Some(recalled) = found(p, &about).await else { return Err(refused) };
    let refuse = |reason| about.refuse(reason, refused.now);
    if !recalled.is_of(frame) {
        return Err(refuse(Reason::TransactionSpent));
    }
    recalled.release(p.state(), &about, tray).map_err(refuse)
}

/// The same `Sign` a moment before has moved the signCount, and spent the transaction with it: that the
/// transaction is spent is why this one is refused, and no sign of a cloned device.
fn overtaken<P: Platform>(p: &P, refusal: Refusal) -> Refusal {
    let live = |id| p.state().with(|s| s.transactions.find(&id).is_some_and(|t| !t.spent));
    let is_live = refusal.about.transaction.is_some_and(live);
    match refusal.reason {
        Reason::SignCountCloned | Reason::SignCountLate if !is_live => {
            refusal.about.refuse(Reason::TransactionSpent, refusal.now)
        }
        _ => refusal,
    }
}

/// What is on record of the front-end's transaction.
async fn found<P: Platform>(p: &P, about: &About) -> Found<P> {
    let (front_end, transaction) = about.front_end.zip(about.transaction)?;
    p.ledger().recall(front_end, &transaction).await
}

impl<L: Ledger> Recalled<L> {
    fn content(&self) -> Result<SignatureContent<'_>, Reason> {
        canonical::decode(self.content.as_ref()).map_err(|_| Reason::LedgerFailed)
    }

    /// Whether the record is of exactly this `Sign` frame.
    fn is_of(&self, frame: &[u8]) -> bool {
        let (Ok(Request::Sign(sign)), Ok(content)) = (canonical::decode(frame), self.content())
        else {
            return false;
        };
        let Sign { transaction: _, activation, assertions } = sign;
        let approved = content.approvals.iter().map(|approval| approval.assertion);
        activation == content.activation && assertions.iter().eq(approved)
    }

    /// Gives what is on record, unless something that it stands on is not active any more.
    fn release<T: Tray>(
        self,
        state: &impl Guarded,
        about: &About,
        mut tray: T,
    ) -> Result<Recorded<T, L::Receipt>, Reason> {
        let content = self.content()?;
        state.with(|state| still_active(&state.registry, &about.channel, &content))?;
        for signature in content.signatures.iter() {
            tray.put(signature.bytes()).map_err(|_| Reason::LedgerFailed)?;
        }
        Ok(Recorded::again(tray, self.receipt))
    }
}

/// Nothing is released to a front-end, or for a key, a grant or a device, that is not active any more.
fn still_active(
    registry: &impl Registry,
    channel: &Digest,
    content: &SignatureContent<'_>,
) -> Result<(), Reason> {
    let damaged = |_| Reason::LedgerFailed;
    let activation: Activation<'_> =
        canonical::decode(content.activation.bytes()).map_err(damaged)?;
    let active = |standing| standing == Some(Standing::Active);
    let device = |slot| registry.device(slot).map(|device| device.standing);
    if !active(registry.front_end(channel).map(|front_end| front_end.standing)) {
        return Err(Reason::FrontEndInactive);
    }
    if !active(registry.key(&activation.key).map(|key| key.standing)) {
        return Err(Reason::KeyInactive);
    }
    if !registry.is_granted(activation.front_end, &activation.key) {
        return Err(Reason::KeyNotGranted);
    }
    if !content.approvals.iter().all(|approval| active(device(approval.slot))) {
        return Err(Reason::DeviceInactive);
    }
    Ok(())
}
