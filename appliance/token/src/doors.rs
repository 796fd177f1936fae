//! The six doors to the token's keys, and behind them the one call of C_Sign.
//!
//! Guarantees: each door takes its role's message and finds its role's key; the call is made once
//! for a message, and never again whatever becomes of it.

use std::array::TryFromSliceError;

use countersign_core::port::{CheckpointMessage, TokenFault};
use countersign_protocol::checkpoint::{Checkpoint as LedgerCheckpoint, log_name};
use countersign_protocol::{ApplianceId, tag};
use countersign_tlog::TextError;
use countersign_tlog::cosignature::{self, Cosigned};
use cryptoki::context::Function;
use zeroize::Zeroizing;

use crate::faults::{DATA_LENGTH, SIGNATURE_LENGTH, TOO_LATE};
use crate::find::RoleHandle;
use crate::ordered::Ordered;
use crate::role::{
    Checkpoint, CheckpointSuite, Cosigner, Own, Prf, Role, Signature, Signer, Vault, VaultEpoch,
    Witness,
};
use crate::seat::Seat;

/// What the appliance's own secret is used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PrfUse {
    /// The secret that the salts of the ledger's commitments are made from.
    LedgerSalt,
    /// The key of records that are the appliance's own.
    OwnRecords,
    /// What the registry's root is made with.
    RegistryRoot,
}

impl PrfUse {
    pub(crate) const fn label(&self) -> &'static [u8] {
        match self {
            Self::LedgerSalt => tag::SALT,
            Self::OwnRecords => tag::OWN_KEY,
            Self::RegistryRoot => tag::ROOT_KEY,
        }
    }
}

/// The one thing that the root of a vault epoch is used for: that epoch's key, in this appliance.
pub(crate) struct VaultUse {
    epoch: VaultEpoch,
    data: Vec<u8>,
}

impl VaultUse {
    pub fn new(epoch: VaultEpoch, appliance: &ApplianceId) -> Self {
        Self { epoch, data: [tag::VAULT, appliance.as_ref(), epoch.as_ref()].concat() }
    }

    pub fn data(&self) -> &[u8] {
        &self.data
    }
}

/// The one thing that the witness's key signs: that it has seen a log's checkpoint at a time.
pub(crate) struct Cosigning(Box<Cosigned>);

impl Cosigning {
    /// Over the checkpoint of this text, if it is one.
    pub fn new(time_s: u64, checkpoint: &str) -> Result<Self, TextError> {
        cosignature::ed25519(time_s, checkpoint).map(Box::new).map(Self)
    }

    pub fn data(&self) -> &[u8] {
        &self.0
    }
}

/// A signature of ML-DSA-44 (FIPS 204, table 2).
pub(crate) struct OwnCosignature(pub Box<[u8; OWN_COSIGNATURE_BYTES]>);

/// Bytes of it.
pub const OWN_COSIGNATURE_BYTES: usize = 2420;

impl TryFrom<&[u8]> for OwnCosignature {
    type Error = TryFromSliceError;

    fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
        bytes.try_into().map(Box::new).map(Self)
    }
}

/// The one thing that the cosigner's key signs: a checkpoint of the appliance's own ledger, under that ledger's name and
/// at no time: it does not say that there is no larger tree, and so is as true of an older checkpoint.
pub(crate) struct OwnCosigning(Box<Cosigned>);

impl OwnCosigning {
    /// Over this checkpoint.
    pub fn new(checkpoint: &LedgerCheckpoint) -> Result<Self, TextError> {
        let name = log_name(&checkpoint.appliance);
        cosignature::ml_dsa_44(&name, 0, &checkpoint.text()).map(Box::new).map(Self)
    }

    pub fn data(&self) -> &[u8] {
        &self.0
    }
}

/// The first door: a signer's key, for one message of an order, in time.
pub(crate) fn sign(
    seat: &mut Seat,
    message: &Ordered,
    clock: &dyn Fn() -> u64,
) -> Result<Zeroizing<Vec<u8>>, TokenFault> {
    // CKM_ECDSA would cut or pad a digest of another length without a word.
    if !message.fits() {
        return Err(DATA_LENGTH);
    }
    let id = message.key();
    let key = RoleHandle::<Signer>::of(seat, id)?;
    // As late as possible: finding the key may have taken a new login.
    if clock() > message.deadline_boot_ms() {
        return Err(TOO_LATE);
    }
    let Signature(signature) = c_sign(seat, &key, message)?;
    let right = signature.len() == id.suite.signature_bytes();
    if right { Ok(signature) } else { Err(SIGNATURE_LENGTH) }
}

/// The second door: the appliance's checkpoint key, for a checkpoint.
pub(crate) fn checkpoint(
    seat: &mut Seat,
    message: &CheckpointMessage,
) -> Result<[u8; 64], TokenFault> {
    let key = RoleHandle::<Checkpoint>::of(seat, CheckpointSuite(message.suite()))?;
    c_sign(seat, &key, message)
}

/// The third door: the appliance's secret, for one of its uses.
pub(crate) fn prf(seat: &mut Seat, purpose: PrfUse) -> Result<Zeroizing<[u8; 32]>, TokenFault> {
    let key = RoleHandle::<Prf>::of(seat, Own)?;
    c_sign(seat, &key, &purpose).map(Zeroizing::new)
}

/// The fourth door: the root of a vault epoch, for the key of that epoch.
pub(crate) fn vault(
    seat: &mut Seat,
    purpose: &VaultUse,
) -> Result<Zeroizing<[u8; 32]>, TokenFault> {
    // Found anew each time: an epoch that was taken back gets another root, and a handle to the one before is stale.
    let root = RoleHandle::<Vault>::find(seat, purpose.epoch)?;
    c_sign(seat, &root, purpose).map(Zeroizing::new)
}

/// The fifth door: the witness's key, for a cosignature.
pub(crate) fn cosign(seat: &mut Seat, message: &Cosigning) -> Result<[u8; 64], TokenFault> {
    let key = RoleHandle::<Witness>::of(seat, Own)?;
    c_sign(seat, &key, message)
}

/// The sixth door: the cosigner's key, for a checkpoint of the appliance's own.
pub(crate) fn cosign_own(
    seat: &mut Seat,
    message: &OwnCosigning,
) -> Result<Box<[u8; OWN_COSIGNATURE_BYTES]>, TokenFault> {
    let key = RoleHandle::<Cosigner>::of(seat, Own)?;
    c_sign(seat, &key, message).map(|OwnCosignature(signature)| signature)
}

/// C_SignInit and C_Sign (PKCS#11 3.1, 5.13.1 and 5.13.2). Nothing else in this house signs.
fn c_sign<R: Role>(
    seat: &mut Seat,
    key: &RoleHandle<R>,
    message: &R::Message,
) -> Result<R::Output, TokenFault> {
    let (mechanism, data) = (R::kind(key.id()).mechanism(), R::data(message));
    // Zeroized also if it comes too late, which only the seat sees.
    let signature = seat.once(Function::Sign, |session| {
        session.sign(&mechanism, key.object(), &data).map(Zeroizing::new)
    })?;
    R::Output::try_from(&signature).map_err(|_| SIGNATURE_LENGTH)
}
