//! Anchors in the token: secrets that nobody uses, each of which says by its name what the ledger came to.
//!
//! Guarantees to whoever keeps them: an anchor that was made is there until it is destroyed, and what it says cannot
//! be changed (CKA_MODIFIABLE is read back as false); to make one takes the token's PIN.
//!
//! Does not guarantee: anything against who has the token and its PIN, nor against a token that is put back to an
//! older state of its own.

use countersign_protocol::anchor::Anchor;

use crate::KeyError;
use crate::find::ids;
use crate::keys::{create_secret, destroy_all};
use crate::role::{AnchorId, Anchored};
use crate::seat::Seat;

/// Makes an anchor that is not there yet.
pub(crate) fn create(seat: &mut Seat, anchor: &Anchor) -> Result<(), KeyError> {
    create_secret::<Anchored>(seat, AnchorId::new(anchor))
}

/// Destroys an anchor; none is destroyed.
pub(crate) fn destroy(seat: &mut Seat, anchor: &Anchor) -> Result<(), KeyError> {
    destroy_all::<Anchored>(seat, AnchorId::new(anchor))
}

/// All that there are, in their order.
pub(crate) fn all(seat: &mut Seat) -> Result<Vec<Anchor>, KeyError> {
    let no_anchor = KeyError::AttributeDrift { attribute: "CKA_ID" };
    let read = |id: Vec<u8>| Anchor::from_bytes(&id).ok_or(no_anchor);
    let found: Result<Vec<Anchor>, KeyError> =
        ids::<Anchored>(seat)?.into_iter().map(read).collect();
    let mut anchors = found?;
    anchors.sort_unstable();
    anchors.dedup();
    Ok(anchors)
}
