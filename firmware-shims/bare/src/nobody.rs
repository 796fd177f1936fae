//! A platform that knows nobody: as little as the core's path needs around it to be linked whole.

use countersign_core::assertion::device_key::{DeviceKey, KeyBytes};
use countersign_core::entry::{Appliance, Device, FrontEnd, Key};
use countersign_core::policy::Rules;
use countersign_core::port::{
    Guarded, Ledger, LedgerFailed, Platform, Recalled, Registry, Token, TokenFault, Tray, TrayFull,
};
use countersign_core::reserve::{Reservation, Reserved, Unreserved};
use countersign_core::state::State;
use countersign_core::transactions::Place;
use countersign_core::{Evidence, Reason, Refusal, SignOrder};
use countersign_protocol::change::Profile;
use countersign_protocol::{
    ApplianceId, Digest, FrontEndId, KeyId, SignerId, SlotId, TenantId, TransactionId,
};
use countersign_soft::Soft;

/// All ports of the core at once.
pub(crate) struct Nobody;

/// The registry of nobody.
pub(crate) struct Empty(Appliance);

/// A tray that takes nothing.
pub(crate) struct NoTray;

impl Platform for Nobody {
    type Crypto = Soft;
    type State = Self;
    type Ledger = Self;
    type Token = Self;

    fn crypto(&self) -> &Soft {
        &Soft
    }
    fn state(&self) -> &Self {
        self
    }
    fn ledger(&self) -> &Self {
        self
    }
    fn token(&self) -> &Self {
        self
    }
}

impl Guarded for Nobody {
    type Registry = Empty;
    type Memory = [Place; 16];

    /// Nothing is kept, so every section finds a new state.
    fn with<T>(&self, section: impl FnOnce(&mut State<Empty, Self::Memory>) -> T) -> T {
        let appliance = Appliance {
            id: ApplianceId([0; 16]),
            profile: Profile::Production,
            rp_id: Default::default(),
            rp_id_hash: Digest([0; 32]),
            origin: Default::default(),
        };
        section(&mut State::new(Empty(appliance), [None; 16]))
    }
}

impl Registry for Empty {
    type KeyBytes = KeyBytes;

    fn appliance(&self) -> &Appliance {
        &self.0
    }
    fn front_end(&self, _: &Digest) -> Option<FrontEnd> {
        None
    }
    fn key(&self, _: &KeyId) -> Option<Key> {
        None
    }
    fn policy(&self, _: &KeyId) -> Option<Rules> {
        None
    }
    fn is_granted(&self, _: FrontEndId, _: &KeyId) -> bool {
        false
    }
    fn has_signer(&self, _: TenantId, _: SignerId) -> bool {
        false
    }
    fn device(&self, _: SlotId) -> Option<Device> {
        None
    }
    fn device_key(&self, _: SlotId) -> Option<DeviceKey<KeyBytes>> {
        None
    }
    fn devices_of(&self, _: SignerId) -> impl Iterator<Item = Device> {
        core::iter::empty()
    }
    fn credential(&self, _: SlotId) -> Option<&[u8]> {
        None
    }
    fn accept_sign_count(&mut self, _: SlotId, _: u32) {}
    fn count_refused(&mut self, _: SlotId, _: FrontEndId, _: u64) {}
}

impl Ledger for Nobody {
    type Receipt = ();
    type Content = [u8; 0];

    async fn reserve(&self, reservation: Reservation) -> Result<Reserved, Unreserved> {
        self.with(|state| state.reserve(reservation))
    }
    async fn record<T: Tray>(&self, evidence: &Evidence<'_>, _: &T) -> Result<(), Reason> {
        self.with(|state| state.confirm(evidence))
    }
    fn is_on_record(&self, _: &TransactionId) -> bool {
        false
    }
    async fn refuse(&self, _: &Refusal) -> Result<(), LedgerFailed> {
        Ok(())
    }
    async fn recall(&self, _: FrontEndId, _: &TransactionId) -> Option<Recalled<Self>> {
        None
    }
}

impl Token for Nobody {
    async fn sign<T: Tray>(&self, _: SignOrder<'_>, _: &mut T) -> Result<(), TokenFault> {
        Err(TokenFault { function: "none", code: TokenFault::NO_CODE })
    }
}

impl zeroize::ZeroizeOnDrop for NoTray {}

impl Tray for NoTray {
    fn put(&mut self, _: &[u8]) -> Result<(), TrayFull> {
        Err(TrayFull)
    }
    fn signature(&self, _: usize) -> Option<&[u8]> {
        None
    }
    fn len(&self) -> usize {
        0
    }
}
