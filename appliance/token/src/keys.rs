//! Making keys in the token, and looking whether they are still as they were made.
//!
//! Guarantees: a key that is returned was made in the token and has every attribute that it must
//! have; one that has not is destroyed again.

use countersign_protocol::{KeyId, Point, Suite};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType};
use cryptoki::session::Session;

use crate::KeyError;
use crate::attributes::{Shape, public};
use crate::find::{RoleHandle, exists, public_half};
use crate::point;
use crate::role::{Checkpoint, Own, Prf, Role, Signer};
use crate::seat::Seat;

/// What a token may refuse to be told when a key is made; tried in this order.
const LEFT_OUT: [&[AttributeType]; 4] = [
    &[],
    &[AttributeType::AllowedMechanisms],
    &[AttributeType::Copyable],
    &[AttributeType::AllowedMechanisms, AttributeType::Copyable],
];

/// Makes a signer's key pair.
pub(crate) fn create_signer(seat: &mut Seat, id: KeyId, suite: Suite) -> Result<Point, KeyError> {
    match suite {
        Suite::Esp256 => create_pair::<Signer>(seat, id),
    }
}

/// Makes the appliance's own keys: both, or none.
pub(crate) fn create_appliance(seat: &mut Seat) -> Result<Point, KeyError> {
    if exists::<Prf>(seat, Own)? {
        return Err(KeyError::Exists);
    }
    let point = create_pair::<Checkpoint>(seat, Own)?;
    if let Err(error) = create_secret::<Prf>(seat, Own) {
        destroy::<Checkpoint>(seat, Own);
        return Err(error);
    }
    Ok(point)
}

/// Looks at a signer's key pair again.
pub(crate) fn check_signer(seat: &mut Seat, id: &KeyId, expected: &Point) -> Result<(), KeyError> {
    check_pair::<Signer>(seat, *id, expected)
}

/// Looks at the appliance's own keys again.
pub(crate) fn check_appliance(seat: &mut Seat, expected: &Point) -> Result<(), KeyError> {
    check::<Prf>(seat, Own)?;
    check_pair::<Checkpoint>(seat, Own, expected)
}

/// CKM_EC_KEY_PAIR_GEN (PKCS#11 3.1, 6.3.9).
fn create_pair<R: Role>(seat: &mut Seat, id: R::Id) -> Result<Point, KeyError> {
    let (shape, public) = (Shape::signing::<R>(id), public::<R>(id));
    create::<R>(seat, id, |session, left_out| {
        let private = shape.template(left_out);
        session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private).map(drop)
    })?;
    let made = check::<R>(seat, id).and_then(|()| point_of::<R>(seat, id));
    made.inspect_err(|_| destroy::<R>(seat, id))
}

/// CKM_GENERIC_SECRET_KEY_GEN (PKCS#11 3.1, 6.8.3).
fn create_secret<R: Role>(seat: &mut Seat, id: R::Id) -> Result<(), KeyError> {
    let shape = Shape::signing::<R>(id);
    create::<R>(seat, id, |session, left_out| {
        session.generate_key(&Mechanism::GenericSecretKeyGen, &shape.template(left_out)).map(drop)
    })?;
    check::<R>(seat, id).inspect_err(|_| destroy::<R>(seat, id))
}

/// Generates with as many of the wishes as the token takes, if there is no such key yet.
fn create<R: Role>(
    seat: &mut Seat,
    id: R::Id,
    generate: impl Fn(&Session, &[AttributeType]) -> Result<(), Error>,
) -> Result<(), KeyError> {
    if exists::<R>(seat, id)? {
        return Err(KeyError::Exists);
    }
    let made = seat.once(|session| {
        let [first, others @ ..] = LEFT_OUT;
        let mut result = generate(session, first);
        for left_out in others {
            if !result.as_ref().is_err_and(refuses_an_attribute) {
                break;
            }
            result = generate(session, left_out);
        }
        result
    });
    Ok(made?)
}

const fn refuses_an_attribute(error: &Error) -> bool {
    matches!(
        error,
        Error::Pkcs11(
            RvError::AttributeTypeInvalid
                | RvError::AttributeValueInvalid
                | RvError::TemplateInconsistent,
            _
        )
    )
}

/// Reads every attribute back and compares.
fn check<R: Role>(seat: &mut Seat, id: R::Id) -> Result<(), KeyError> {
    let shape = Shape::signing::<R>(id);
    let object = RoleHandle::<R>::find(seat, id)?.object();
    let read = seat.harmless(|session| session.get_attributes(object, &shape.types()))?;
    shape.drift(&read).map_or(Ok(()), |attribute| Err(KeyError::AttributeDrift { attribute }))
}

fn check_pair<R: Role>(seat: &mut Seat, id: R::Id, expected: &Point) -> Result<(), KeyError> {
    check::<R>(seat, id)?;
    // Points are public, and the operator's to see.
    if point_of::<R>(seat, id)? == *expected { Ok(()) } else { Err(KeyError::OtherPoint) }
}

fn point_of<R: Role>(seat: &mut Seat, id: R::Id) -> Result<Point, KeyError> {
    let object = public_half::<R>(seat, id)?;
    let read =
        seat.harmless(|session| session.get_attributes(object, &[AttributeType::EcPoint]))?;
    let point = match read.as_slice() {
        [Attribute::EcPoint(bytes)] => point::read(bytes),
        _ => None,
    };
    point.ok_or(KeyError::AttributeDrift { attribute: "CKA_EC_POINT" })
}

/// Destroys both halves of what was just made, as far as the token lets: the error that led here
/// is the one to report.
fn destroy<R: Role>(seat: &mut Seat, id: R::Id) {
    let halves =
        [RoleHandle::<R>::find(seat, id).map(|key| key.object()), public_half::<R>(seat, id)];
    for object in halves.into_iter().flatten() {
        let _ = seat.once(|session| session.destroy_object(object));
    }
}
