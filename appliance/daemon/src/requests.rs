//! `countersign/1`: one request of a front-end on one stream.
//!
//! Guarantees: a large reply is written in pieces, and never held twice.

use std::time::Instant;

use countersign_core::prepare::{CREDENTIALS_BYTES, Room, activation_bytes};
use countersign_core::{Recorded, pipeline, prepare, recall};
use countersign_protocol::limits::HEAD_BYTES_MAX;
use countersign_protocol::reply::{self, Failure, Reply};
use countersign_protocol::request::{Claim, Enrolments, Fetch, Request};
use countersign_protocol::{Digest, canonical};
use quinn::SendStream;

use crate::contents::encode;
use crate::given::{Given, Release};
use crate::platform::Surroundings;
use crate::tray::Signatures;

/// What goes back, in the daemon's memory.
pub enum Outcome {
    /// One piece.
    Whole(Vec<u8>),
    /// Signatures and their receipt.
    Signed(Signatures, Given),
}

impl Outcome {
    /// All its bytes in one piece, as the peer will have them.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        match self {
            Self::Whole(bytes) => bytes,
            Self::Signed(signatures, given) => {
                pieces(&signatures, &given).collect::<Vec<_>>().concat()
            }
        }
    }

    pub(crate) fn failed(failure: Failure) -> Self {
        Self::Whole(encode(&Reply::Failed(failure)))
    }
}

/// Decides one frame. Must run to its end: nobody may drop it.
pub async fn answer<P: Surroundings>(platform: &P, channel: Digest, frame: &[u8]) -> Outcome {
    let begun = Instant::now();
    // The core reads all of it, and says what it is not.
    let (kind, outcome) = match Claim::of(frame) {
        Some(Claim::Prepare) => ("prepare", prepared(platform, &channel, frame).await),
        Some(Claim::Sign) => ("sign", signed(platform, &channel, frame).await),
        Some(Claim::Fetch) => ("fetch", fetched(platform, &channel, frame).await),
        Some(Claim::Enrol) => ("enrol", platform.enrol(&channel, frame).await.map(Outcome::Whole)),
        Some(Claim::Vouch) => ("vouch", platform.vouch(&channel, frame).await.map(Outcome::Whole)),
        Some(Claim::Enrolments) => ("enrolments", enrolments(platform, &channel, frame).await),
        None => ("unreadable", Err(Failure::Malformed)),
    };
    if matches!(outcome, Err(Failure::Malformed)) {
        platform.count_malformed();
    }
    let status = outcome.as_ref().err().map_or_else(|| "given".to_owned(), Failure::to_string);
    let us = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    tracing::info!(request = kind, status, us, "answered");
    outcome.unwrap_or_else(Outcome::failed)
}

async fn prepared<P: Surroundings>(
    platform: &P,
    channel: &Digest,
    frame: &[u8],
) -> Result<Outcome, Failure> {
    // Nobody takes nonces out of the token with garbage.
    canonical::decode::<Request<'_>>(frame).map_err(|_| Failure::Malformed)?;
    let nonce = platform.nonce().await.map_err(|fault| {
        tracing::error!(%fault, "no nonce");
        Failure::Unavailable
    })?;
    let mut activation = vec![0; activation_bytes(frame.len())];
    let mut credentials = vec![0; CREDENTIALS_BYTES];
    let room = Room { activation: &mut activation, credentials: &mut credentials };
    let now = platform.now();
    let prepared = prepare::prepare(platform, channel, frame, now, nonce, room).await?;
    Ok(Outcome::Whole(encode(&Reply::Prepared(prepared))))
}

async fn signed<P: Surroundings>(
    platform: &P,
    channel: &Digest,
    frame: &[u8],
) -> Result<Outcome, Failure> {
    let (now, _expected) = (platform.now(), platform.expect_record());
    // On the heap at once: the path's state is 16 kB, and tasks that hold it are moved about.
    let path = Box::pin(pipeline::sign(platform, channel, frame, now, Signatures::default));
    released(platform, channel, path.await?).await
}

async fn fetched<P: Surroundings>(
    platform: &P,
    channel: &Digest,
    frame: &[u8],
) -> Result<Outcome, Failure> {
    let recorded = recalled(platform, channel, frame).await?;
    released(platform, channel, recorded).await
}

/// Judged as a `Fetch` of the same is.
async fn enrolments<P: Surroundings>(
    platform: &P,
    channel: &Digest,
    frame: &[u8],
) -> Result<Outcome, Failure> {
    let Ok(Request::Enrolments(Enrolments { transaction, size })) = canonical::decode(frame) else {
        return Err(Failure::Malformed);
    };
    let fetch = encode(&Request::Fetch(Fetch { transaction }));
    let (_, given) = recalled(platform, channel, &fetch).await?.release();
    platform.enrolments(&given.receipt, size).await.map(Outcome::Whole)
}

async fn recalled<P: Surroundings>(
    platform: &P,
    channel: &Digest,
    frame: &[u8],
) -> Result<Recorded<Signatures, Given>, Failure> {
    let tray = Signatures::default();
    Box::pin(recall::fetch(platform, channel, frame, platform.now(), tray)).await
}

/// What is on record, once as many witnesses have seen it as its key's policy asks for. If that took time, it
/// is judged again by who may be active now, as a `Fetch` is. If they have not in time, a later `Fetch` gives it.
async fn released<P: Surroundings>(
    platform: &P,
    channel: &Digest,
    recorded: Recorded<Signatures, Given>,
) -> Result<Outcome, Failure> {
    let (signatures, given) = recorded.release();
    let transaction = match platform.release(given).await {
        Release::Now(given) => return Ok(Outcome::Signed(signatures, given)),
        Release::NotYet => return Err(Failure::Unavailable),
        Release::Later(transaction) => transaction,
    };
    drop(signatures);
    let frame = encode(&Request::Fetch(Fetch { transaction }));
    let (signatures, given) = recalled(platform, channel, &frame).await?.release();
    match platform.release(given).await {
        Release::Now(given) => Ok(Outcome::Signed(signatures, given)),
        Release::Later(_) | Release::NotYet => Err(Failure::Unavailable),
    }
}

/// Writes a reply; a peer that does not want it any more is no fault of ours.
pub(crate) async fn write(
    stream: &mut SendStream,
    outcome: &Outcome,
) -> Result<(), quinn::WriteError> {
    match outcome {
        Outcome::Whole(bytes) => stream.write_all(bytes).await?,
        Outcome::Signed(signatures, given) => {
            for piece in pieces(signatures, given) {
                stream.write_all(&piece).await?;
            }
        }
    }
    // Already finished or stopped: nothing more to say.
    let _ = stream.finish();
    Ok(())
}

/// The pieces of a signed reply, one after the other: head, each signature, receipt.
fn pieces<'s>(
    signatures: &'s Signatures,
    given: &'s Given,
) -> impl Iterator<Item = Vec<u8>> + use<'s> {
    let count = u16::try_from(signatures.iter().len()).unwrap_or(u16::MAX);
    let cosigned = given.lines().next().is_some();
    let head = piece(0, |piece| reply::head(piece, count, cosigned));
    let each = signatures.iter().map(|s| piece(s.len(), |piece| reply::signature(piece, s)));
    std::iter::once(head).chain(each).chain(std::iter::once_with(|| given.tail()))
}

fn piece<E>(bytes: usize, write: impl FnOnce(&mut Vec<u8>) -> Result<(), E>) -> Vec<u8> {
    let mut piece = Vec::with_capacity(bytes + 2 * HEAD_BYTES_MAX);
    // Writing into a `Vec` cannot fail.
    let _ = write(&mut piece);
    piece
}
