//! What keys are for: each role has its label, its kinds of keys, and the one thing that it signs.
//!
//! Guarantees: a role's keys meet nothing but that role's messages, as types. A signer's message
//! comes from a `SignOrder` only, so no signer's key meets anything that was not approved.

use std::borrow::Cow;
use std::collections::HashMap;
use std::convert::Infallible;
use std::hash::Hash;

use countersign_core::port::CheckpointMessage;
use countersign_protocol::anchor::{ANCHOR_BYTES, Anchor};
use countersign_protocol::{KeyId, Suite};
use zeroize::Zeroizing;

use crate::doors::{Cosigning, OwnCosignature, OwnCosigning, PrfUse, VaultUse};
use crate::find::{Known, RoleHandle};
use crate::kind::Kind;
use crate::ordered::Ordered;

/// A role of keys.
pub(crate) trait Role: Sized {
    /// What tells its keys apart: their CKA_ID, and what their kind depends on.
    type Id: AsRef<[u8]> + Copy + Eq + Hash;
    /// The one thing that its keys sign.
    type Message;
    /// What comes of it.
    type Output: for<'a> TryFrom<&'a [u8]>;

    /// CKA_LABEL of its keys: the role is what the label says, and nothing else.
    const LABEL: &'static str;

    /// What kind of key this one is.
    fn kind(id: Self::Id) -> Kind;

    /// The bytes of a message that the token gets.
    fn data(message: &Self::Message) -> Cow<'_, [u8]>;

    /// The role's part of what a session has found.
    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>>;
}

/// Signers' keys.
pub(crate) enum Signer {}

/// The appliance's own key for checkpoints.
pub(crate) enum Checkpoint {}

/// The appliance's own secret.
pub(crate) enum Prf {}

/// The roots of the vault's epochs: what one of them wrapped is gone for good when it is destroyed.
pub(crate) enum Vault {}

/// The appliance's own key as a witness of other logs: it signs cosignatures, and no checkpoint of its own.
pub(crate) enum Witness {}

/// The appliance's own key as a cosigner of its own checkpoints, where its token has ML-DSA.
pub(crate) enum Cosigner {}

/// Anchors: what each is of is its name. They sign nothing.
pub(crate) enum Anchored {}

/// An anchor: its bytes are its CKA_ID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct AnchorId([u8; ANCHOR_BYTES]);

impl AnchorId {
    /// Of this anchor.
    pub fn new(anchor: &Anchor) -> Self {
        Self(anchor.to_bytes())
    }
}

impl AsRef<[u8]> for AnchorId {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// A signer's key: its CKA_ID, and the suite that it was made for.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct SignerKey {
    pub id: KeyId,
    pub suite: Suite,
}

impl AsRef<[u8]> for SignerKey {
    fn as_ref(&self) -> &[u8] {
        self.id.as_ref()
    }
}

/// A signer's signature, of whatever length; zeroized when dropped.
pub(crate) struct Signature(pub Zeroizing<Vec<u8>>);

impl From<&[u8]> for Signature {
    fn from(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }
}

/// The appliance's key for checkpoints: there is one, of the suite that its token could make.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct CheckpointSuite(pub Suite);

impl AsRef<[u8]> for CheckpointSuite {
    fn as_ref(&self) -> &[u8] {
        Own.as_ref()
    }
}

/// CKA_ID of the appliance's own keys, of which there is one of each role.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Own;

impl AsRef<[u8]> for Own {
    fn as_ref(&self) -> &[u8] {
        b"countersign"
    }
}

/// The root of one epoch of the vault: its CKA_ID is the epoch, big-endian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct VaultEpoch([u8; 8]);

impl VaultEpoch {
    /// The epoch of this number.
    pub const fn new(epoch: u64) -> Self {
        Self(epoch.to_be_bytes())
    }

    /// The epoch that this CKA_ID names.
    pub fn read(id: &[u8]) -> Option<Self> {
        id.try_into().ok().map(Self)
    }

    /// Its number.
    pub const fn number(self) -> u64 {
        u64::from_be_bytes(self.0)
    }
}

impl AsRef<[u8]> for VaultEpoch {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Role for Signer {
    type Id = SignerKey;
    type Message = Ordered;
    type Output = Signature;

    const LABEL: &'static str = "countersign/signer";

    fn kind(id: SignerKey) -> Kind {
        Kind::Pair(id.suite)
    }

    fn data(message: &Ordered) -> Cow<'_, [u8]> {
        message.data()
    }

    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>> {
        &mut known.signers
    }
}

impl Role for Checkpoint {
    type Id = CheckpointSuite;
    type Message = CheckpointMessage;
    type Output = [u8; 64];

    const LABEL: &'static str = "countersign/checkpoint";

    fn kind(CheckpointSuite(suite): CheckpointSuite) -> Kind {
        Kind::Pair(suite)
    }

    fn data(message: &CheckpointMessage) -> Cow<'_, [u8]> {
        message.data().into()
    }

    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>> {
        &mut known.checkpoint
    }
}

impl Role for Prf {
    type Id = Own;
    type Message = PrfUse;
    type Output = [u8; 32];

    const LABEL: &'static str = "countersign/prf";

    fn kind(Own: Own) -> Kind {
        Kind::Secret
    }

    fn data(message: &PrfUse) -> Cow<'_, [u8]> {
        message.label().into()
    }

    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>> {
        &mut known.prf
    }
}

impl Role for Vault {
    type Id = VaultEpoch;
    type Message = VaultUse;
    type Output = [u8; 32];

    const LABEL: &'static str = "countersign/vault";

    fn kind(_: VaultEpoch) -> Kind {
        Kind::Secret
    }

    fn data(message: &VaultUse) -> Cow<'_, [u8]> {
        message.data().into()
    }

    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>> {
        &mut known.vault
    }
}

impl Role for Witness {
    type Id = Own;
    type Message = Cosigning;
    type Output = [u8; 64];

    const LABEL: &'static str = "countersign/witness";

    fn kind(Own: Own) -> Kind {
        Kind::Pair(Suite::Ed25519)
    }

    fn data(message: &Cosigning) -> Cow<'_, [u8]> {
        message.data().into()
    }

    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>> {
        &mut known.witness
    }
}

impl Role for Anchored {
    type Id = AnchorId;
    /// No door has one.
    type Message = Infallible;
    type Output = [u8; 32];

    const LABEL: &'static str = "countersign/anchor/4";

    fn kind(_: AnchorId) -> Kind {
        Kind::Secret
    }

    fn data(message: &Infallible) -> Cow<'_, [u8]> {
        match *message {}
    }

    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>> {
        &mut known.anchors
    }
}

impl Role for Cosigner {
    type Id = Own;
    type Message = OwnCosigning;
    type Output = OwnCosignature;

    const LABEL: &'static str = "countersign/cosigner";

    fn kind(Own: Own) -> Kind {
        Kind::MlDsa44
    }

    fn data(message: &OwnCosigning) -> Cow<'_, [u8]> {
        message.data().into()
    }

    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>> {
        &mut known.cosigner
    }
}
