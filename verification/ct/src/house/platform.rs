//! What `prepare` asks of a platform: the house's state, and a crypto engine. Nothing else is ever called.

use countersign_core::port::{Ledger, LedgerFailed, Platform, Recalled, Token, TokenFault, Tray};
use countersign_core::reserve::{Reservation, Reserved, Unreserved};
use countersign_core::{Evidence, Reason, Refusal, SignOrder};
use countersign_protocol::{FrontEndId, TransactionId};
use countersign_registry::Registry;

use super::{Behind, House};
use crate::stub::Stub;

impl Platform for House {
    type Crypto = Stub;
    type State = Behind<Registry<Stub>>;
    type Ledger = Self;
    type Token = Self;

    fn crypto(&self) -> &Stub {
        &Stub { verifies: false }
    }
    fn state(&self) -> &Self::State {
        &self.state
    }
    fn ledger(&self) -> &Self {
        self
    }
    fn token(&self) -> &Self {
        self
    }
}

impl Ledger for House {
    type Receipt = ();
    type Content = Vec<u8>;

    async fn reserve(&self, _: Reservation) -> Result<Reserved, Unreserved> {
        Err(Unreserved { reason: Reason::LedgerFailed, device: None })
    }

    async fn record<T: Tray>(&self, _: &Evidence<'_>, _: &T) -> Result<(), Reason> {
        Err(Reason::LedgerFailed)
    }

    fn is_on_record(&self, _: &TransactionId) -> bool {
        false
    }

    async fn refuse(&self, _: &Refusal) -> Result<(), LedgerFailed> {
        Err(LedgerFailed)
    }

    async fn recall(&self, _: FrontEndId, _: &TransactionId) -> Option<Recalled<Self>> {
        None
    }
}

impl Token for House {
    async fn sign<T: Tray>(&self, _: SignOrder<'_>, _: &mut T) -> Result<(), TokenFault> {
        Err(TokenFault { function: "none", code: TokenFault::NO_CODE })
    }
}
