//! The roots of the vault's epochs: a secret in the token for each epoch, and nothing else of its kind.
//!
//! Guarantees to the vault: a root is made in the token, cannot leave it, and is one of its own for its
//! epoch; once [`destroy`] has answered, the token says that it has nothing of it any more.
//!
//! Does not guarantee: that a token which says so has forgotten it. What an HSM's own backup keeps, it keeps.

use crate::KeyError;
use crate::find::ids;
use crate::keys::{check as check_secret, create_secret, destroy_all};
use crate::role::{Vault, VaultEpoch};
use crate::seat::Seat;

/// Makes the root of an epoch that has none.
pub(crate) fn create(seat: &mut Seat, epoch: VaultEpoch) -> Result<(), KeyError> {
    create_secret::<Vault>(seat, epoch)
}

/// Looks at a root again.
pub(crate) fn check(seat: &mut Seat, epoch: VaultEpoch) -> Result<(), KeyError> {
    check_secret::<Vault>(seat, epoch)
}

/// Destroys a root: every object of it; none left is destroyed.
pub(crate) fn destroy(seat: &mut Seat, epoch: VaultEpoch) -> Result<(), KeyError> {
    destroy_all::<Vault>(seat, epoch)
}

/// The epochs that have a root, in their order.
pub(crate) fn epochs(seat: &mut Seat) -> Result<Vec<u64>, KeyError> {
    let no_epoch = KeyError::AttributeDrift { attribute: "CKA_ID" };
    let read = |id: Vec<u8>| VaultEpoch::read(&id).map(VaultEpoch::number).ok_or(no_epoch);
    let found: Result<Vec<u64>, KeyError> = ids::<Vault>(seat)?.into_iter().map(read).collect();
    let mut epochs = found?;
    epochs.sort_unstable();
    epochs.dedup();
    Ok(epochs)
}
