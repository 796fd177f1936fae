//! Finding a key by its role.
//!
//! Guarantees: a [`RoleHandle`] is made here only, for the one object that has the role's label,
//! class and type and the id that was asked for, and that the token says may sign and not leave it.

use std::marker::PhantomData;

use countersign_core::port::TokenFault;
use cryptoki::error::Error;
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::Session;

use crate::faults::NO_SUCH_KEY;
use crate::role::Role;
use crate::seat::Seat;

/// A key that has the role `R`: the private or secret one, that signs.
pub(crate) struct RoleHandle<R> {
    object: ObjectHandle,
    role: PhantomData<R>,
}

impl<R: Role> RoleHandle<R> {
    /// Finds the key: exactly one, or none is good enough.
    pub fn find(seat: &mut Seat, id: &R::Id) -> Result<Self, TokenFault> {
        let mut template = named::<R>(R::CLASS, id);
        // A key that lost one of these does not sign any more, whoever changed it.
        template.extend([
            Attribute::KeyType(R::KEY_TYPE),
            Attribute::Sign(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
        ]);
        let object = only(&seat.harmless(|session| found(session, &template))?)?;
        Ok(Self { object, role: PhantomData })
    }

    /// The object in the token.
    pub const fn object(&self) -> ObjectHandle {
        self.object
    }
}

/// The public half of a pair.
pub(crate) fn public_half<R: Role>(
    seat: &mut Seat,
    id: &R::Id,
) -> Result<ObjectHandle, TokenFault> {
    let template = named::<R>(ObjectClass::PUBLIC_KEY, id);
    only(&seat.harmless(|session| found(session, &template))?)
}

/// Whether the token has any object, of whatever class, with this role and id.
pub(crate) fn exists<R: Role>(seat: &mut Seat, id: &R::Id) -> Result<bool, TokenFault> {
    let template = [label::<R>(), Attribute::Id(id.as_ref().to_vec())];
    Ok(!seat.harmless(|session| found(session, &template))?.is_empty())
}

/// What names an object here.
pub(crate) fn named<R: Role>(class: ObjectClass, id: &R::Id) -> Vec<Attribute> {
    vec![
        Attribute::Class(class),
        Attribute::Token(true),
        label::<R>(),
        Attribute::Id(id.as_ref().to_vec()),
    ]
}

fn label<R: Role>() -> Attribute {
    Attribute::Label(R::LABEL.as_bytes().to_vec())
}

/// C_FindObjectsInit, C_FindObjects, C_FindObjectsFinal (PKCS#11 3.2, 5.7.7 to 5.7.9).
fn found(session: &Session, template: &[Attribute]) -> Result<Vec<ObjectHandle>, Error> {
    session.find_objects(template)
}

fn only(objects: &[ObjectHandle]) -> Result<ObjectHandle, TokenFault> {
    match objects {
        [object] => Ok(*object),
        _ => Err(NO_SUCH_KEY),
    }
}
