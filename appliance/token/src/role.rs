//! What keys are for: each role has its label, its mechanism, and the one thing that it signs.
//!
//! Guarantees: a role's keys meet nothing but that role's messages, as types. A signer's message
//! comes from a `SignOrder` only, so no signer's key meets anything that was not approved.

use std::collections::HashMap;
use std::hash::Hash;

use countersign_core::SignMessage;
use countersign_core::port::CheckpointMessage;
use countersign_protocol::KeyId;
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{KeyType, ObjectClass};

use crate::doors::PrfUse;
use crate::find::{Known, RoleHandle};

/// A role of keys.
pub(crate) trait Role: Sized {
    /// What tells its keys apart: their CKA_ID.
    type Id: AsRef<[u8]> + Copy + Eq + Hash;
    /// The one thing that its keys sign.
    type Message;
    /// What comes of it.
    type Output: for<'a> TryFrom<&'a [u8]>;

    /// CKA_LABEL of its keys: the role is what the label says, and nothing else.
    const LABEL: &'static str;
    /// CKA_CLASS of the key that signs.
    const CLASS: ObjectClass;
    /// CKA_KEY_TYPE.
    const KEY_TYPE: KeyType;
    /// The one entry of CKA_ALLOWED_MECHANISMS.
    const ALLOWED: MechanismType;
    /// What it signs with.
    const MECHANISM: Mechanism<'static>;

    /// The bytes of a message that the token gets.
    fn data(message: &Self::Message) -> &[u8];

    /// The role's part of what a session has found.
    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>>;
}

/// Signers' keys.
pub(crate) enum Signer {}

/// The appliance's own key for checkpoints.
pub(crate) enum Checkpoint {}

/// The appliance's own secret.
pub(crate) enum Prf {}

/// CKA_ID of the appliance's own keys, of which there is one of each role.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Own;

impl AsRef<[u8]> for Own {
    fn as_ref(&self) -> &[u8] {
        b"countersign"
    }
}

// CKM_ECDSA signs a digest as it is given, and answers r || s (PKCS#11 3.1, 6.3.12).
impl Role for Signer {
    type Id = KeyId;
    type Message = SignMessage;
    type Output = [u8; 64];

    const LABEL: &'static str = "countersign/signer";
    const CLASS: ObjectClass = ObjectClass::PRIVATE_KEY;
    const KEY_TYPE: KeyType = KeyType::EC;
    const ALLOWED: MechanismType = MechanismType::ECDSA;
    const MECHANISM: Mechanism<'static> = Mechanism::Ecdsa;

    fn data(message: &SignMessage) -> &[u8] {
        message.dtbsr()
    }

    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>> {
        &mut known.signers
    }
}

impl Role for Checkpoint {
    type Id = Own;
    type Message = CheckpointMessage;
    type Output = [u8; 64];

    const LABEL: &'static str = "countersign/checkpoint";
    const CLASS: ObjectClass = ObjectClass::PRIVATE_KEY;
    const KEY_TYPE: KeyType = KeyType::EC;
    const ALLOWED: MechanismType = MechanismType::ECDSA;
    const MECHANISM: Mechanism<'static> = Mechanism::Ecdsa;

    fn data(message: &CheckpointMessage) -> &[u8] {
        message.digest()
    }

    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>> {
        &mut known.checkpoint
    }
}

// CKM_SHA256_HMAC (PKCS#11 3.1, "SHA-256-HMAC"): a MAC is a signature to PKCS#11.
impl Role for Prf {
    type Id = Own;
    type Message = PrfUse;
    type Output = [u8; 32];

    const LABEL: &'static str = "countersign/prf";
    const CLASS: ObjectClass = ObjectClass::SECRET_KEY;
    const KEY_TYPE: KeyType = KeyType::GENERIC_SECRET;
    const ALLOWED: MechanismType = MechanismType::SHA256_HMAC;
    const MECHANISM: Mechanism<'static> = Mechanism::Sha256Hmac;

    fn data(message: &PrfUse) -> &[u8] {
        message.label()
    }

    fn known(known: &mut Known) -> &mut HashMap<Self::Id, RoleHandle<Self>> {
        &mut known.prf
    }
}
