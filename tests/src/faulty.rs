//! The real token and ledger, going wrong once for one transaction.

use std::collections::HashMap;
use std::sync::Mutex;

use countersign_core::SignOrder;
use countersign_core::port::{Token, TokenFault, Tray, TrayFull};
use countersign_protocol::TransactionId;
use zeroize::ZeroizeOnDrop;

/// How it goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It signs, and reports a device error all the same (CKR_DEVICE_ERROR).
    DoneButReported,
    /// It returns a signature with a bit flipped.
    BitFlipped,
    /// It signs, but the ledger cannot record it.
    NotRecorded,
    /// It returns one signature less than was asked for.
    OneMissing,
}

/// A token in front of the real one.
pub struct MeddledToken<K> {
    inner: K,
    faults: Mutex<HashMap<TransactionId, Fault>>,
}

impl<K> MeddledToken<K> {
    /// Without faults yet.
    pub fn before(inner: K) -> Self {
        Self { inner, faults: Mutex::new(HashMap::new()) }
    }

    /// Whether the ledger shall not record this transaction.
    pub fn loses(&self, transaction: &TransactionId) -> bool {
        self.faults.lock().unwrap().get(transaction) == Some(&Fault::NotRecorded)
    }

    /// Goes wrong when this transaction's order comes.
    pub fn fails(&self, transaction: TransactionId, fault: Fault) {
        self.faults.lock().unwrap().insert(transaction, fault);
    }
}

impl<K: Token> Token for MeddledToken<K> {
    async fn sign<T: Tray>(&self, order: SignOrder<'_>, tray: &mut T) -> Result<(), TokenFault> {
        let fault = self.faults.lock().unwrap().get(&order.transaction()).copied();
        let mut taken = 0;
        let mut tray = Meddling { tray, fault, taken: &mut taken };
        self.inner.sign(order, &mut tray).await?;
        match fault {
            Some(Fault::DoneButReported) => Err(TokenFault { function: "C_Sign", code: 0x30 }),
            _ => Ok(()),
        }
    }
}

/// A tray that loses or changes what is put into it.
struct Meddling<'t, T> {
    tray: &'t mut T,
    fault: Option<Fault>,
    taken: &'t mut usize,
}

/// It only lends: what it lends from is zeroized.
impl<T> ZeroizeOnDrop for Meddling<'_, T> {}

impl<T: Tray> Tray for Meddling<'_, T> {
    fn put(&mut self, signature: &[u8]) -> Result<(), TrayFull> {
        *self.taken += 1;
        let mut bytes = signature.to_vec();
        match self.fault {
            Some(Fault::BitFlipped) => bytes[40] ^= 1,
            Some(Fault::OneMissing) if *self.taken == 1 => return Ok(()),
            _ => {}
        }
        self.tray.put(&bytes)
    }

    fn signature(&self, index: usize) -> Option<&[u8]> {
        self.tray.signature(index)
    }

    fn len(&self) -> usize {
        self.tray.len()
    }
}
