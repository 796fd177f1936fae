//! The path: from bytes to a recorded signature, on one screen.
//!
//! Guarantees: stages in this order, none skipped (it would not compile); three effects are awaited;
//! every refusal is on record before the front-end hears of it, and it hears the class alone.

use countersign_protocol::Digest;

use crate::port::{Ledger, Platform, Tray};
use crate::refusal::{Class, Reason, Refusal};
use crate::stage::{Claimed, Recorded};
use crate::time::Now;
use crate::{Decision, recall};

/// What the ledger of a platform gives as evidence.
pub type Receipt<P> = <<P as Platform>::Ledger as Ledger>::Receipt;

/// Decides a `Sign` frame that came over the channel whose certificate's key hashes to `channel`.
///
/// `tray` makes an empty tray. A frame that was signed before gets the same reply from the ledger.
///
/// # Errors
/// What the front-end may know; the ledger has the reason.
pub async fn sign<P: Platform, T: Tray>(
    p: &P,
    channel: &Digest,
    frame: &[u8],
    now: Now,
    tray: fn() -> T,
) -> Result<Recorded<T, Receipt<P>>, Class> {
    let decided = match path(p, channel, frame, now, tray()).await {
        Err(stale) if stale.reason.class() == Class::Stale => {
            recall::repeated(p, frame, stale, tray()).await
        }
        decided => decided,
    };
    match decided {
        Ok(recorded) => Ok(recorded),
        Err(refusal) => Err(settle(p, &refusal).await),
    }
}

async fn path<P: Platform, T: Tray>(
    p: &P,
    channel: &Digest,
    frame: &[u8],
    now: Now,
    tray: T,
) -> Decision<Recorded<T, Receipt<P>>> {
    Claimed::decode(frame, channel, now)?
        .bind(p.state())
        .find_transaction(p.state(), p.crypto())
        .find_device(p.state())
        .verify(p.crypto())
        .evaluate()?
        .reserve(p.ledger())
        .await?
        .sign(p.token(), p.crypto(), tray)
        .await?
        .record(p.ledger())
        .await
}

/// Puts a refusal on record. What cannot be decoded is not recorded: nobody forces syncs with garbage.
pub(crate) async fn settle<P: Platform>(p: &P, refusal: &Refusal) -> Class {
    if refusal.reason == Reason::FrameMalformed {
        return Class::Malformed;
    }
    match p.ledger().refuse(refusal).await {
        Ok(()) => refusal.reason.class(),
        Err(_) => Class::Unavailable,
    }
}
