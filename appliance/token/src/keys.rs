//! Making keys in the token, and looking whether they are still as they were made.
//!
//! Guarantees: a key that is returned was made in the token and has every attribute that it must
//! have; one that has not is destroyed again.

use countersign_core::entry::PublicPart;
use countersign_protocol::Suite;
use countersign_protocol::checkpoint::CheckpointKey;
use cryptoki::context::Function;
use cryptoki::error::{Error, RvError};
use cryptoki::object::{AttributeType, ObjectClass};
use cryptoki::session::Session;

use crate::KeyError;
use crate::attributes::{self, Shape};
use crate::find::{all, named};
use crate::kind::{Group, Kind};
use crate::public;
use crate::role::{
    Checkpoint, CheckpointSuite, Cosigner, Own, Prf, Role, Signer, SignerKey, Witness,
};
use crate::seat::Seat;

/// The public part of the cosigner's key, ML-DSA-44 (FIPS 204, table 2).
pub(crate) type CosignerPublic = Box<[u8; 1312]>;

/// What a token may refuse to be told when a key is made; tried in this order.
const LEFT_OUT: [&[AttributeType]; 4] = [
    &[],
    &[AttributeType::AllowedMechanisms],
    &[AttributeType::Copyable],
    &[AttributeType::AllowedMechanisms, AttributeType::Copyable],
];

/// Makes a signer's key pair, if the token can sign with its suite.
pub(crate) fn create_signer(seat: &mut Seat, key: SignerKey) -> Result<PublicPart, KeyError> {
    let suite = key.suite;
    if let Some(mechanism) = Kind::Pair(suite).lacking(&seat.mechanisms()?) {
        return Err(KeyError::Unsupported { suite, mechanism });
    }
    let public = create_pair::<Signer>(seat, key)?;
    // As long as its suite has them, which is never longer than there is room.
    PublicPart::from_slice(&public).map_err(|_| KeyError::OtherPublicPart)
}

/// Destroys a signer's key pair: every object of it, wherever it was left; none left is destroyed.
pub(crate) fn destroy_signer(seat: &mut Seat, key: SignerKey) -> Result<(), KeyError> {
    destroy_all::<Signer>(seat, key)
}

/// Makes the appliance's own keys, the cosigner's where the token has ML-DSA: all, or none.
pub(crate) fn create_appliance(seat: &mut Seat) -> Result<CheckpointKey, KeyError> {
    if !all::<Prf>(seat, Own)?.is_empty() {
        return Err(KeyError::Exists);
    }
    let suite = checkpoint_suite(seat)?;
    let key = checkpoint_key(&create_pair::<Checkpoint>(seat, suite)?)?;
    let others = create_cosigner(seat).and_then(|()| create_secret::<Prf>(seat, Own));
    others.map(|()| key).inspect_err(|_| {
        destroy::<Cosigner>(seat, Own);
        destroy::<Checkpoint>(seat, suite);
    })
}

/// A cosigner's key pair, if the token can have one.
fn create_cosigner(seat: &mut Seat) -> Result<(), KeyError> {
    match Cosigner::kind(Own).lacking(&seat.mechanisms()?) {
        Some(_) => Ok(()),
        None => create_pair::<Cosigner>(seat, Own).map(drop),
    }
}

/// The cosigner's public key, if there is one, after a look at its attributes.
pub(crate) fn cosigner(seat: &mut Seat) -> Result<Option<CosignerPublic>, KeyError> {
    if all::<Cosigner>(seat, Own)?.is_empty() {
        return Ok(None);
    }
    check::<Cosigner>(seat, Own)?;
    let key = Box::try_from(public_part::<Cosigner>(seat, Own)?);
    key.map(Some).map_err(|_| KeyError::AttributeDrift { attribute: "CKA_VALUE" })
}

/// Ed25519 where the token has it: what witnesses and other people's tools expect of a log.
fn checkpoint_suite(seat: &mut Seat) -> Result<CheckpointSuite, KeyError> {
    let missing = Kind::Pair(Suite::Ed25519).lacking(&seat.mechanisms()?);
    Ok(CheckpointSuite(missing.map_or(Suite::Ed25519, |_| Suite::Esp256)))
}

/// Looks at a signer's key pair again.
pub(crate) fn check_signer(
    seat: &mut Seat,
    key: SignerKey,
    expected: &[u8],
) -> Result<(), KeyError> {
    check_pair::<Signer>(seat, key, expected)
}

/// Looks at the appliance's own keys again.
pub(crate) fn check_appliance(seat: &mut Seat, expected: &CheckpointKey) -> Result<(), KeyError> {
    check::<Prf>(seat, Own)?;
    check_pair::<Checkpoint>(seat, CheckpointSuite(expected.suite()), expected.bytes())
}

/// Makes the witness's key pair, and gives its public part.
pub(crate) fn create_witness(seat: &mut Seat) -> Result<[u8; 32], KeyError> {
    let suite = Suite::Ed25519;
    if let Some(mechanism) = Kind::Pair(suite).lacking(&seat.mechanisms()?) {
        return Err(KeyError::Unsupported { suite, mechanism });
    }
    create_pair::<Witness>(seat, Own).and_then(|public| edwards_point(&public))
}

/// The witness's public key, if there is one, after a look at its attributes.
pub(crate) fn witness(seat: &mut Seat) -> Result<Option<[u8; 32]>, KeyError> {
    if all::<Witness>(seat, Own)?.is_empty() {
        return Ok(None);
    }
    check::<Witness>(seat, Own)?;
    public_part::<Witness>(seat, Own).and_then(|public| edwards_point(&public)).map(Some)
}

fn edwards_point(public: &[u8]) -> Result<[u8; 32], KeyError> {
    let point = public.try_into();
    point.map_err(|_| KeyError::AttributeDrift { attribute: "CKA_EC_POINT" })
}

/// The checkpoint key's public part, whose length its suite fixes.
fn checkpoint_key(public: &[u8]) -> Result<CheckpointKey, KeyError> {
    let key = CheckpointKey::from_bytes(public);
    key.ok_or(KeyError::AttributeDrift { attribute: "CKA_EC_POINT" })
}

/// C_GenerateKeyPair (PKCS#11 3.1, 5.18.2).
fn create_pair<R: Role>(seat: &mut Seat, id: R::Id) -> Result<Vec<u8>, KeyError> {
    let (shape, generation) = (Shape::signing::<R>(id), R::kind(id).generation());
    let public = attributes::public::<R>(id, group::<R>(id)?);
    create::<R>(seat, id, Function::GenerateKeyPair, |session, left_out| {
        let private = shape.template(left_out);
        session.generate_key_pair(&generation, &public, &private).map(drop)
    })?;
    public_part::<R>(seat, id).inspect_err(|_| destroy::<R>(seat, id))
}

/// What a pair is made on; a secret is none.
fn group<R: Role>(id: R::Id) -> Result<Group, KeyError> {
    R::kind(id).group().ok_or(KeyError::AttributeDrift { attribute: "CKA_CLASS" })
}

/// C_GenerateKey (PKCS#11 3.1, 5.18.1).
pub(crate) fn create_secret<R: Role>(seat: &mut Seat, id: R::Id) -> Result<(), KeyError> {
    let (shape, generation) = (Shape::signing::<R>(id), R::kind(id).generation());
    create::<R>(seat, id, Function::GenerateKey, |session, left_out| {
        session.generate_key(&generation, &shape.template(left_out)).map(drop)
    })
}

/// Makes a key that is not there yet, and reads it back.
fn create<R: Role>(
    seat: &mut Seat,
    id: R::Id,
    function: Function,
    generate: impl Fn(&Session, &[AttributeType]) -> Result<(), Error>,
) -> Result<(), KeyError> {
    if !all::<R>(seat, id)?.is_empty() {
        return Err(KeyError::Exists);
    }
    let made =
        seat.once(function, |session| with_most_wishes(|left_out| generate(session, left_out)));
    let checked = made.map_err(KeyError::from).and_then(|()| check::<R>(seat, id));
    // Also after a fault, and when it was made too late: neither says that nothing was made.
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
pub(crate) fn check<R: Role>(seat: &mut Seat, id: R::Id) -> Result<(), KeyError> {
    let shape = Shape::signing::<R>(id);
    let object = named::<R>(seat, id, R::kind(id).class())?;
    let read = seat.harmless(Function::GetAttributeValue, |session| {
        session.get_attributes(object, &shape.types())
    })?;
    shape.drift(&read).map_or(Ok(()), |attribute| Err(KeyError::AttributeDrift { attribute }))
}

fn check_pair<R: Role>(seat: &mut Seat, id: R::Id, expected: &[u8]) -> Result<(), KeyError> {
    check::<R>(seat, id)?;
    // Public keys are public, and the operator's to see.
    let same = *public_part::<R>(seat, id)? == *expected;
    if same { Ok(()) } else { Err(KeyError::OtherPublicPart) }
}

fn public_part<R: Role>(seat: &mut Seat, id: R::Id) -> Result<Vec<u8>, KeyError> {
    let group = group::<R>(id)?;
    let object = named::<R>(seat, id, ObjectClass::PUBLIC_KEY)?;
    let types = public::types(group);
    let read = seat
        .harmless(Function::GetAttributeValue, |session| session.get_attributes(object, types))?;
    public::read(group, &read)
}

/// Destroys a key, and looks whether anything of it is left.
pub(crate) fn destroy_all<R: Role>(seat: &mut Seat, id: R::Id) -> Result<(), KeyError> {
    destroy::<R>(seat, id);
    let left = all::<R>(seat, id)?;
    if left.is_empty() { Ok(()) } else { Err(KeyError::NotDestroyed) }
}

/// C_DestroyObject (PKCS#11 3.1, 5.7.3) for all of a key, as far as the token lets.
fn destroy<R: Role>(seat: &mut Seat, id: R::Id) {
    for object in all::<R>(seat, id).unwrap_or_default() {
        let _ = seat.once(Function::DestroyObject, |session| session.destroy_object(object));
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::KeyId;
    use cryptoki::object::Attribute;

    use super::*;
    use crate::seat::tests::seat;

    const ID: SignerKey = SignerKey { id: KeyId([7; 16]), suite: Suite::Esp256 };

    #[test]
    fn a_key_that_is_not_as_it_must_be_is_destroyed_with_its_other_half() {
        let mut seat = seat();
        let made = create::<Signer>(&mut seat, ID, Function::GenerateKeyPair, |session, _| {
            let mut private = Shape::signing::<Signer>(ID).template(&[]);
            private.retain(|attribute| *attribute != Attribute::Modifiable(false));
            let kind = Signer::kind(ID);
            let public = attributes::public::<Signer>(ID, kind.group().unwrap());
            session.generate_key_pair(&kind.generation(), &public, &private).map(drop)
        });
        assert_eq!(made, Err(KeyError::AttributeDrift { attribute: "CKA_MODIFIABLE" }));
        assert!(all::<Signer>(&mut seat, ID).unwrap().is_empty());
    }

    #[test]
    fn of_the_appliances_keys_there_are_all_or_none() {
        let mut seat = seat();
        create_secret::<Prf>(&mut seat, Own).unwrap();
        assert_eq!(create_appliance(&mut seat), Err(KeyError::Exists));
        let suite = CheckpointSuite(Suite::Ed25519);
        assert!(all::<Checkpoint>(&mut seat, suite).unwrap().is_empty());
        assert!(all::<Cosigner>(&mut seat, Own).unwrap().is_empty());
    }

    #[test]
    fn wishes_are_given_up_one_by_one_and_other_refusals_end_it() {
        let refusal = |code| Err(Error::Pkcs11(code, Function::GenerateKeyPair));
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
