//! The tray: where signatures wait in the daemon's memory until they are on record.

use countersign_core::port::{Tray, TrayFull};
use countersign_protocol::limits::ITEMS_MAX;
use zeroize::{ZeroizeOnDrop, Zeroizing};

/// Signatures in order; zeroized when dropped, so that what is not recorded is not left behind.
#[derive(Default)]
pub struct Signatures(Vec<Zeroizing<Vec<u8>>>);

impl Signatures {
    /// The signatures, in the items' order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.0.iter().map(|signature| signature.as_slice())
    }
}

impl ZeroizeOnDrop for Signatures {}

impl Tray for Signatures {
    fn put(&mut self, signature: &[u8]) -> Result<(), TrayFull> {
        if self.0.len() == ITEMS_MAX {
            return Err(TrayFull);
        }
        self.0.push(Zeroizing::new(signature.to_vec()));
        Ok(())
    }

    fn signature(&self, index: usize) -> Option<&[u8]> {
        self.0.get(index).map(|signature| signature.as_slice())
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}
