//! How the devices of a signature were enrolled, for the front-end that has the signature.
//!
//! Guarantee: what is given are records of this ledger under the checkpoint that the front-end has; nobody is given
//! anything about a transaction whose signatures a `Fetch` would not give.

use countersign_core::port::Guarded as _;
use countersign_ledger::Entry;
use countersign_protocol::record::{Opening, SignatureContent};
use countersign_protocol::reply::{Enrolments, Failure, Reply};
use countersign_protocol::{Sequence, SlotId, canonical};

use crate::books::Books;
use crate::contents::encode;
use crate::given;
use crate::ground::Ground;

/// The reply about the devices of this receipt's signature, under the ledger's first `size` records.
pub(crate) async fn enrolments<G: Ground>(
    books: &Books<G>,
    receipt: &[u8],
    size: u64,
) -> Result<Vec<u8>, Failure> {
    let slots = slots(receipt).ok_or(Failure::Unavailable)?;
    let places: Option<Vec<u64>> =
        books.with(|state| slots.iter().map(|slot| state.registry.enrolled_at(*slot)).collect());
    let places = places.ok_or(Failure::Unavailable)?;
    let shown = places.iter().all(|index| *index < size) && size <= books.ledger().committed().size;
    // Nobody was given such a checkpoint with this receipt.
    shown.then_some(()).ok_or(Failure::Malformed)?;
    let entries = books.entries(places, size).await.ok_or(Failure::Unavailable)?;
    written(&entries).ok_or(Failure::Unavailable)
}

/// The devices that approved, in the approvals' order.
fn slots(receipt: &[u8]) -> Option<Vec<SlotId>> {
    let receipt = given::read(receipt)?;
    let opening: Opening<'_> = canonical::decode(receipt.opening.bytes()).ok()?;
    let content: SignatureContent<'_> = canonical::decode(opening.content.bytes()).ok()?;
    Some(content.approvals.iter().map(|approval| approval.slot).collect())
}

fn written(entries: &[Entry]) -> Option<Vec<u8>> {
    let mut rooms = vec![Vec::new(); entries.len()];
    let enrolled = entries.iter().zip(&mut rooms).map(|(entry, room)| entry.enrolled(room));
    let enrolled: Vec<_> = enrolled.collect::<Option<_>>()?;
    let mut room = vec![0; entries.iter().map(Entry::encoded_bytes_max).sum()];
    let enrolments = Sequence::from_values(&enrolled, &mut room).ok()?;
    Some(encode(&Reply::Enrolments(Enrolments { enrolments })))
}
