//! Making keys in the token, and looking whether they are still as they were made.
//!
//! Guarantees: a key that is returned was made in the token and has every attribute that it must
//! have; one that has not is destroyed again.

use countersign_protocol::{KeyId, Point, Suite};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::object::{Attribute, AttributeType, ObjectClass};
use cryptoki::session::Session;

use crate::KeyError;
use crate::attributes::{Shape, public};
use crate::find::{all, named};
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
    if !all::<Prf>(seat, Own)?.is_empty() {
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
    point_of::<R>(seat, id).inspect_err(|_| destroy::<R>(seat, id))
}

/// CKM_GENERIC_SECRET_KEY_GEN (PKCS#11 3.1, 6.8.3).
fn create_secret<R: Role>(seat: &mut Seat, id: R::Id) -> Result<(), KeyError> {
    let shape = Shape::signing::<R>(id);
    create::<R>(seat, id, |session, left_out| {
        session.generate_key(&Mechanism::GenericSecretKeyGen, &shape.template(left_out)).map(drop)
    })
}

/// Makes a key that is not there yet, and reads it back.
fn create<R: Role>(
    seat: &mut Seat,
    id: R::Id,
    generate: impl Fn(&Session, &[AttributeType]) -> Result<(), Error>,
) -> Result<(), KeyError> {
    if !all::<R>(seat, id)?.is_empty() {
        return Err(KeyError::Exists);
    }
    let made = seat.once(|session| with_most_wishes(|left_out| generate(session, left_out)));
    let checked = made.map_err(KeyError::from).and_then(|()| check::<R>(seat, id));
    // Also after a fault: it does not say that nothing was made.
    checked.inspect_err(|_| destroy::<R>(seat, id))
}

/// Tries with fewer wishes as long as the token refuses one.
fn with_most_wishes(generate: impl Fn(&[AttributeType]) -> Result<(), Error>) -> Result<(), Error> {
    let [all, fewer @ ..] = LEFT_OUT;
    fewer.iter().fold(generate(all), |result, left_out| match result {
        Err(error) if refuses_an_attribute(&error) => generate(left_out),
        settled => settled,
    })
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
    let object = named::<R>(seat, id, R::CLASS)?;
    let read = seat.harmless(|session| session.get_attributes(object, &shape.types()))?;
    shape.drift(&read).map_or(Ok(()), |attribute| Err(KeyError::AttributeDrift { attribute }))
}

fn check_pair<R: Role>(seat: &mut Seat, id: R::Id, expected: &Point) -> Result<(), KeyError> {
    check::<R>(seat, id)?;
    // Points are public, and the operator's to see.
    if point_of::<R>(seat, id)? == *expected { Ok(()) } else { Err(KeyError::OtherPoint) }
}

fn point_of<R: Role>(seat: &mut Seat, id: R::Id) -> Result<Point, KeyError> {
    let object = named::<R>(seat, id, ObjectClass::PUBLIC_KEY)?;
    let read =
        seat.harmless(|session| session.get_attributes(object, &[AttributeType::EcPoint]))?;
    let point = match read.as_slice() {
        [Attribute::EcPoint(bytes)] => point::read(bytes),
        _ => None,
    };
    point.ok_or(KeyError::AttributeDrift { attribute: "CKA_EC_POINT" })
}

/// C_DestroyObject (PKCS#11 3.1, 5.7.3) for all of what was just made, as far as the token lets: the
/// error that led here is the one to report.
fn destroy<R: Role>(seat: &mut Seat, id: R::Id) {
    for object in all::<R>(seat, id).unwrap_or_default() {
        let _ = seat.once(|session| session.destroy_object(object));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::seat::tests::seat;

    const ID: KeyId = KeyId([7; 16]);

    #[test]
    fn a_key_that_is_not_as_it_must_be_is_destroyed_with_its_other_half() {
        let mut seat = seat();
        let made = create::<Signer>(&mut seat, ID, |session, _| {
            let mut private = Shape::signing::<Signer>(ID).template(&[]);
            private.retain(|attribute| *attribute != Attribute::Modifiable(false));
            let public = public::<Signer>(ID);
            session.generate_key_pair(&Mechanism::EccKeyPairGen, &public, &private).map(drop)
        });
        assert_eq!(made, Err(KeyError::AttributeDrift { attribute: "CKA_MODIFIABLE" }));
        assert!(all::<Signer>(&mut seat, ID).unwrap().is_empty());
    }

    #[test]
    fn of_the_appliances_keys_there_are_both_or_none() {
        let mut seat = seat();
        create_secret::<Prf>(&mut seat, Own).unwrap();
        assert_eq!(create_appliance(&mut seat), Err(KeyError::Exists));
        assert!(all::<Checkpoint>(&mut seat, Own).unwrap().is_empty());
    }

    #[test]
    fn wishes_are_given_up_one_by_one_and_other_refusals_end_it() {
        let refusal = |code| Err(Error::Pkcs11(code, cryptoki::context::Function::GenerateKeyPair));
        let tried = std::cell::Cell::new(0);
        let made = with_most_wishes(|left_out| {
            tried.set(tried.get() + 1);
            match left_out {
                [AttributeType::Copyable] => Ok(()),
                _ => refusal(RvError::AttributeTypeInvalid),
            }
        });
        assert!(made.is_ok());
        assert_eq!(tried.replace(0), 3);
        let made = with_most_wishes(|_| {
            tried.set(tried.get() + 1);
            refusal(RvError::DeviceError)
        });
        assert!(made.is_err());
        assert_eq!(tried.get(), 1);
    }
}
