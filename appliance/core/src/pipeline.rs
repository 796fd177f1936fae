//! The path: from bytes to a recorded signature, on one screen.
//!
//! Guarantees: stages in this order, none skipped (it would not compile); three effects are awaited;
//! every refusal is on record before the front-end hears of it, and it hears the class alone.

use countersign_protocol::Digest;

use crate::port::{Platform, Receipt, Tray};
use crate::refusal::Class;
use crate::settle::settle;
use crate::stage::{Claimed, Recorded};
use crate::time::Now;
use crate::{Decision, recall};

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
        Err(refusal) => recall::repeated(p, frame, refusal, tray()).await,
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
        .verify(p.state(), p.crypto())
        .evaluate(p.state())
        .fold()?
        .reserve(p.ledger())
        .await?
        .sign(p.token(), p.crypto(), tray)
        .await?
        .record(p.ledger())
        .await
}
