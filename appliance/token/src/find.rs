//! Finding a key by its role.
//!
//! Guarantees: a [`RoleHandle`] is made here only, for the one object that has the role's label,
//! class and type and the id that was asked for, and that the token says may sign and not leave it.
//! It is good for the session it was found on, and forgotten with it.

use std::collections::HashMap;

use countersign_core::port::TokenFault;
use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};
use cryptoki::object::{Attribute, AttributeType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, SessionState};

use crate::faults::NO_SUCH_KEY;
use crate::role::{
    AnchorId, Anchored, Checkpoint, CheckpointSuite, Cosigner, Own, Prf, Role, Signer, SignerKey,
    Vault, VaultEpoch, Witness,
};
use crate::seat::Seat;

/// Handles that a session remembers of each role; past it, it begins anew.
const KNOWN_MAX: usize = 4096;

/// A key that has the role `R`: the private or secret one, that signs.
pub(crate) struct RoleHandle<R: Role> {
    object: ObjectHandle,
    id: R::Id,
}

// Derived, they would ask the same of the role.
impl<R: Role> Clone for RoleHandle<R> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<R: Role> Copy for RoleHandle<R> {}

/// What a session has found: tokens search for a long time.
#[derive(Default)]
pub(crate) struct Known {
    pub signers: HashMap<SignerKey, RoleHandle<Signer>>,
    pub checkpoint: HashMap<CheckpointSuite, RoleHandle<Checkpoint>>,
    pub prf: HashMap<Own, RoleHandle<Prf>>,
    pub witness: HashMap<Own, RoleHandle<Witness>>,
    pub cosigner: HashMap<Own, RoleHandle<Cosigner>>,
    /// Empty: its door finds the root anew each time.
    pub vault: HashMap<VaultEpoch, RoleHandle<Vault>>,
    /// Empty: they have no door.
    pub anchors: HashMap<AnchorId, RoleHandle<Anchored>>,
}

impl<R: Role> RoleHandle<R> {
    /// The key, for use: remembered, or found. Afterwards the session is known to be logged in, as
    /// far as can be known, so that the use itself does not meet a login that was lost long ago.
    pub fn of(seat: &mut Seat, id: R::Id) -> Result<Self, TokenFault> {
        seat.harmless(Function::GetSessionInfo, logged_in)?;
        if let Some(key) = seat.known().and_then(|known| R::known(known).get(&id)) {
            return Ok(*key);
        }
        let key = Self::find(seat, id)?;
        if let Some(known) = seat.known().map(R::known) {
            if known.len() >= KNOWN_MAX {
                known.clear();
            }
            known.insert(id, key);
        }
        Ok(key)
    }

    /// Finds the key anew: exactly one, or none is good enough.
    pub fn find(seat: &mut Seat, id: R::Id) -> Result<Self, TokenFault> {
        let kind = R::kind(id);
        let expected = [
            label::<R>(),
            Attribute::Class(kind.class()),
            Attribute::KeyType(kind.key_type()),
            Attribute::Token(true),
            // A key that lost one of these does not sign any more, whoever changed it.
            Attribute::Sign(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
        ];
        let object = only(&objects::<R>(seat, id, &expected)?)?;
        Ok(Self { object, id })
    }

    /// The object in the token.
    pub const fn object(&self) -> ObjectHandle {
        self.object
    }

    /// Which of the role's keys it is.
    pub const fn id(&self) -> R::Id {
        self.id
    }
}

/// The one object of this class with this role and id, whatever else it is.
pub(crate) fn named<R: Role>(
    seat: &mut Seat,
    id: R::Id,
    class: ObjectClass,
) -> Result<ObjectHandle, TokenFault> {
    let expected = [label::<R>(), Attribute::Class(class), Attribute::Token(true)];
    only(&objects::<R>(seat, id, &expected)?)
}

/// Every object, of whatever class, with this role and id.
pub(crate) fn all<R: Role>(seat: &mut Seat, id: R::Id) -> Result<Vec<ObjectHandle>, TokenFault> {
    objects::<R>(seat, id, &[label::<R>()])
}

/// The CKA_ID of every object with this role, whatever else it is.
pub(crate) fn ids<R: Role>(seat: &mut Seat) -> Result<Vec<Vec<u8>>, TokenFault> {
    seat.harmless(Function::FindObjects, |session| {
        logged_in(session)?;
        let objects = session.find_objects(&[label::<R>()])?;
        let of_each = objects.iter().map(|object| id_of::<R>(session, *object));
        of_each.filter_map(Result::transpose).collect()
    })
}

/// What a token finds is compared here too.
fn id_of<R: Role>(session: &Session, object: ObjectHandle) -> Result<Option<Vec<u8>>, Error> {
    let read = session.get_attributes(object, &[AttributeType::Label, AttributeType::Id])?;
    Ok(match <[Attribute; 2]>::try_from(read) {
        Ok([named, Attribute::Id(id)]) if named == label::<R>() => Some(id),
        _ => None,
    })
}

fn objects<R: Role>(
    seat: &mut Seat,
    id: R::Id,
    expected: &[Attribute],
) -> Result<Vec<ObjectHandle>, TokenFault> {
    seat.harmless(Function::FindObjects, |session| having(session, id.as_ref(), expected))
}

fn label<R: Role>() -> Attribute {
    Attribute::Label(R::LABEL.as_bytes().to_vec())
}

/// Objects with this CKA_ID that have exactly these attributes (C_FindObjects and
/// C_GetAttributeValue; PKCS#11 3.1, 5.7.5 and 5.7.8). The token looks for the id only, and what it
/// finds is compared here.
fn having(
    session: &Session,
    id: &[u8],
    expected: &[Attribute],
) -> Result<Vec<ObjectHandle>, Error> {
    logged_in(session)?;
    let types: Vec<_> = expected.iter().map(Attribute::attribute_type).collect();
    let mut objects = session.find_objects(&[Attribute::Id(id.to_vec())])?;
    let mut compared = Ok(());
    objects.retain(|object| match session.get_attributes(*object, &types) {
        Ok(read) => read == expected,
        Err(error) => {
            compared = Err(error);
            false
        }
    });
    compared.map(|()| objects)
}

/// To a session that is no longer logged in, private keys are not refused but invisible: so look
/// first (C_GetSessionInfo; PKCS#11 3.1, 5.6.4).
fn logged_in(session: &Session) -> Result<(), Error> {
    match session.get_session_info()?.session_state() {
        SessionState::RwUser => Ok(()),
        _ => Err(Error::Pkcs11(RvError::UserNotLoggedIn, Function::GetSessionInfo)),
    }
}

fn only(objects: &[ObjectHandle]) -> Result<ObjectHandle, TokenFault> {
    match objects {
        [object] => Ok(*object),
        _ => Err(NO_SUCH_KEY),
    }
}
