//! What a key is made with, and what must be read back from it.
//!
//! Guarantees: a key signs only, stays in the token, and cannot be changed into one that does more
//! (the attacks of Clulow 2003 and of Bortolozzo et al. 2010 need one of these attributes).
//!
//! Does not guarantee: that the token means what it answers. Some accept an attribute and ignore it.

use cryptoki::object::{Attribute, AttributeType, MlDsaParameterSetType, ObjectClass};

use crate::kind::{Group, curve};
use crate::public::{EXPONENT, MODULUS_BITS};
use crate::role::Role;

/// Bytes of the appliance's secret: as many as SHA-256 gives.
const SECRET_BYTES: u64 = 32;

/// What is asked of a token about an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Demand {
    /// Given when the key is made, and read back.
    Given,
    /// Read back: the token's own word.
    Told,
    /// Given; read back as given, or unknown to the token, which then cannot do it either.
    Denied,
    /// Given where the token takes it; read back as given, or unknown to the token.
    Wished,
}

/// One attribute: its name, its value, what is asked of the token.
struct Row {
    name: &'static str,
    value: Attribute,
    demand: Demand,
}

/// What a key of a role must be.
pub(crate) struct Shape(Vec<Row>);

macro_rules! rows {
    ($($name:literal $attribute:ident($value:expr) $demand:ident;)*) => {
        vec![$(Row {
            name: $name,
            value: Attribute::$attribute($value),
            demand: Demand::$demand,
        }),*]
    };
}

impl Shape {
    /// A private or secret key (PKCS#11 3.1, 4.9 and 4.10).
    pub fn signing<R: Role>(id: R::Id) -> Self {
        let kind = R::kind(id);
        let allowed = kind.mechanism().mechanism_type();
        let mut rows = rows! {
            "CKA_CLASS"              Class(kind.class())                      Given;
            "CKA_KEY_TYPE"           KeyType(kind.key_type())                 Given;
            "CKA_LABEL"              Label(R::LABEL.as_bytes().to_vec())      Given;
            "CKA_ID"                 Id(id.as_ref().to_vec())                 Given;
            "CKA_TOKEN"              Token(true)                              Given;
            "CKA_PRIVATE"            Private(true)                            Given;
            "CKA_SENSITIVE"          Sensitive(true)                          Given;
            "CKA_EXTRACTABLE"        Extractable(false)                       Given;
            "CKA_SIGN"               Sign(true)                               Given;
            "CKA_MODIFIABLE"         Modifiable(false)                        Given;
            "CKA_DECRYPT"            Decrypt(false)                           Denied;
            "CKA_UNWRAP"             Unwrap(false)                            Denied;
            "CKA_DERIVE"             Derive(false)                            Denied;
            "CKA_COPYABLE"           Copyable(false)                          Wished;
            "CKA_ALLOWED_MECHANISMS" AllowedMechanisms(vec![allowed])         Wished;
            "CKA_LOCAL"              Local(true)                              Told;
            "CKA_ALWAYS_SENSITIVE"   AlwaysSensitive(true)                    Told;
            "CKA_NEVER_EXTRACTABLE"  NeverExtractable(true)                   Told;
        };
        rows.extend(kind.group().map_or_else(secret, private));
        Self(rows)
    }

    /// The attributes to make the key with, but for some wishes.
    pub fn template(&self, without: &[AttributeType]) -> Vec<Attribute> {
        let given = self.0.iter().filter(|row| row.demand != Demand::Told);
        given
            .map(|row| &row.value)
            .filter(|value| !without.contains(&value.attribute_type()))
            .cloned()
            .collect()
    }

    /// The attributes to read back.
    pub fn types(&self) -> Vec<AttributeType> {
        self.0.iter().map(|row| row.value.attribute_type()).collect()
    }

    /// The name of the first attribute that is not as it must be.
    pub fn drift(&self, read: &[Attribute]) -> Option<&'static str> {
        self.0.iter().find(|row| !row.holds(read)).map(|row| row.name)
    }
}

impl Row {
    fn holds(&self, read: &[Attribute]) -> bool {
        let kind = self.value.attribute_type();
        let known = read.iter().find(|attribute| attribute.attribute_type() == kind);
        match self.demand {
            Demand::Given | Demand::Told => known.is_some_and(|value| self.is_meant_by(value)),
            Demand::Denied | Demand::Wished => known.is_none_or(|value| self.is_meant_by(value)),
        }
    }

    /// Whether a token says the row's value, in whatever words.
    fn is_meant_by(&self, read: &Attribute) -> bool {
        match (read, &self.value) {
            (Attribute::EcParams(read), Attribute::EcParams(asked)) => curve(read) == asked,
            (read, asked) => read == asked,
        }
    }
}

/// What only private keys have (PKCS#11 3.1, 4.9 and 6.3.4). A modulus is read from the public half.
fn private(group: Group) -> Vec<Row> {
    let mut rows = rows! {
        "CKA_SIGN_RECOVER" SignRecover(false) Denied;
    };
    match group {
        Group::Curve { parameters, .. } => {
            rows.extend(rows! { "CKA_EC_PARAMS" EcParams(parameters.to_vec()) Told; });
        }
        Group::MlDsa44 => {
            let set = MlDsaParameterSetType::ML_DSA_44.into();
            rows.extend(rows! { "CKA_PARAMETER_SET" ParameterSet(set) Told; });
        }
        Group::Rsa3072 => {}
    }
    rows
}

/// What only secret keys have (PKCS#11 3.1, 4.10 and 6.8.2).
fn secret() -> Vec<Row> {
    rows! {
        "CKA_ENCRYPT"   Encrypt(false)                 Denied;
        "CKA_WRAP"      Wrap(false)                    Denied;
        "CKA_VERIFY"    Verify(false)                  Denied;
        "CKA_VALUE_LEN" ValueLen(SECRET_BYTES.into())  Given;
    }
}

/// The attributes of a pair's public half (PKCS#11 3.1, 4.8, 6.1.2 and 6.3.3).
pub(crate) fn public<R: Role>(id: R::Id, group: Group) -> Vec<Attribute> {
    let mut attributes = vec![
        Attribute::Class(ObjectClass::PUBLIC_KEY),
        Attribute::KeyType(R::kind(id).key_type()),
        Attribute::Label(R::LABEL.as_bytes().to_vec()),
        Attribute::Id(id.as_ref().to_vec()),
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Modifiable(false),
        Attribute::Verify(true),
        Attribute::Encrypt(false),
        Attribute::Wrap(false),
    ];
    attributes.extend(match group {
        Group::Curve { parameters, .. } => vec![Attribute::EcParams(parameters.to_vec())],
        Group::Rsa3072 => vec![
            Attribute::ModulusBits(MODULUS_BITS.into()),
            Attribute::PublicExponent(EXPONENT.to_vec()),
        ],
        Group::MlDsa44 => {
            vec![Attribute::ParameterSet(MlDsaParameterSetType::ML_DSA_44.into())]
        }
    });
    attributes
}

#[cfg(test)]
mod tests {
    use countersign_protocol::{KeyId, Suite};

    use super::*;
    use crate::role::{
        Checkpoint, CheckpointSuite, Cosigner, Own, Prf, Signer, SignerKey, Vault, VaultEpoch,
    };

    fn shapes() -> Vec<Shape> {
        let checkpoint = |suite| Shape::signing::<Checkpoint>(CheckpointSuite(suite));
        let own = [
            checkpoint(Suite::Ed25519),
            checkpoint(Suite::Esp256),
            Shape::signing::<Cosigner>(Own),
            Shape::signing::<Prf>(Own),
            Shape::signing::<Vault>(VaultEpoch::new(7)),
        ];
        let signer = |suite| Shape::signing::<Signer>(SignerKey { id: KeyId([7; 16]), suite });
        own.into_iter().chain(Suite::ALL.map(signer)).collect()
    }

    fn values(shape: &Shape) -> Vec<Attribute> {
        shape.0.iter().map(|row| row.value.clone()).collect()
    }

    #[test]
    fn what_was_asked_for_is_no_drift() {
        for shape in shapes() {
            assert_eq!(shape.drift(&values(&shape)), None);
        }
    }

    #[test]
    fn every_attribute_that_is_missing_is_seen_unless_the_token_need_not_know_it() {
        for shape in shapes() {
            for (index, row) in shape.0.iter().enumerate() {
                let mut read = values(&shape);
                read.remove(index);
                let must_be_there = matches!(row.demand, Demand::Given | Demand::Told);
                assert_eq!(shape.drift(&read), must_be_there.then_some(row.name));
            }
        }
    }

    #[test]
    fn every_attribute_that_is_another_is_seen() {
        for shape in shapes() {
            for (index, row) in shape.0.iter().enumerate() {
                let mut read = values(&shape);
                read[index] = changed(&row.value);
                assert_eq!(shape.drift(&read), Some(row.name));
            }
        }
    }

    #[test]
    fn a_curve_that_is_named_is_no_drift() {
        let id = SignerKey { id: KeyId([7; 16]), suite: Suite::Ed25519 };
        let shape = Shape::signing::<Signer>(id);
        let mut read = values(&shape);
        let place = read.iter().position(|a| matches!(a, Attribute::EcParams(_))).unwrap();
        read[place] = Attribute::EcParams(b"\x13\x0cedwards25519".to_vec());
        assert_eq!(shape.drift(&read), None);
        read[place] = Attribute::EcParams(b"\x13\x0ccurve25519".to_vec());
        assert_eq!(shape.drift(&read), Some("CKA_EC_PARAMS"));
    }

    fn changed(value: &Attribute) -> Attribute {
        macro_rules! flipped {
            ($($name:ident)*) => {
                match value {
                    $(Attribute::$name(is) => Attribute::$name(!is),)*
                    Attribute::Class(_) => Attribute::Class(ObjectClass::DATA),
                    Attribute::KeyType(_) => Attribute::KeyType(cryptoki::object::KeyType::AES),
                    Attribute::ValueLen(_) => Attribute::ValueLen(16.into()),
                    Attribute::AllowedMechanisms(_) => Attribute::AllowedMechanisms(vec![]),
                    Attribute::EcParams(_) => Attribute::EcParams(vec![]),
                    Attribute::ParameterSet(_) => {
                        Attribute::ParameterSet(MlDsaParameterSetType::ML_DSA_65.into())
                    }
                    Attribute::Label(_) => Attribute::Label(vec![]),
                    Attribute::Id(_) => Attribute::Id(vec![]),
                    other => panic!("{other:?} has no other value here"),
                }
            };
        }
        flipped! {
            Token Private Sensitive Extractable Sign Modifiable Decrypt Unwrap Derive Copyable
            Local AlwaysSensitive NeverExtractable SignRecover Encrypt Wrap Verify
        }
    }
}
