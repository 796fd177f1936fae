//! What a key is made with, and what must be read back from it.
//!
//! Guarantees: a key signs only, stays in the token, and cannot be changed into one that does more
//! (the attacks of Clulow 2003 and of Bortolozzo et al. 2010 need one of these attributes).
//!
//! Does not guarantee: that the token means what it answers. Some accept an attribute and ignore it.

use cryptoki::object::{Attribute, AttributeType, ObjectClass};

use crate::role::Role;

/// The curve P-256 as an object identifier in DER (RFC 5480, 2.1.1.1).
const P256: [u8; 10] = [0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07];
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
        let mut rows = rows! {
            "CKA_CLASS"              Class(R::CLASS)                          Given;
            "CKA_KEY_TYPE"           KeyType(R::KEY_TYPE)                     Given;
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
            "CKA_ALLOWED_MECHANISMS" AllowedMechanisms(vec![R::ALLOWED])      Wished;
            "CKA_LOCAL"              Local(true)                              Told;
            "CKA_ALWAYS_SENSITIVE"   AlwaysSensitive(true)                    Told;
            "CKA_NEVER_EXTRACTABLE"  NeverExtractable(true)                   Told;
        };
        rows.extend(if R::CLASS == ObjectClass::SECRET_KEY { secret() } else { private() });
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
            Demand::Given | Demand::Told => known == Some(&self.value),
            Demand::Denied | Demand::Wished => known.is_none_or(|value| *value == self.value),
        }
    }
}

/// What only private keys have (PKCS#11 3.1, 4.9 and 6.3.4).
fn private() -> Vec<Row> {
    rows! {
        "CKA_SIGN_RECOVER" SignRecover(false)      Denied;
        "CKA_EC_PARAMS"    EcParams(P256.to_vec()) Told;
    }
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

/// The attributes of a pair's public half (PKCS#11 3.1, 4.8 and 6.3.3).
pub(crate) fn public<R: Role>(id: R::Id) -> Vec<Attribute> {
    vec![
        Attribute::Class(ObjectClass::PUBLIC_KEY),
        Attribute::KeyType(R::KEY_TYPE),
        Attribute::EcParams(P256.to_vec()),
        Attribute::Label(R::LABEL.as_bytes().to_vec()),
        Attribute::Id(id.as_ref().to_vec()),
        Attribute::Token(true),
        Attribute::Private(false),
        Attribute::Modifiable(false),
        Attribute::Verify(true),
        Attribute::Encrypt(false),
        Attribute::Wrap(false),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::role::{Checkpoint, Own, Prf};

    fn shapes() -> [Shape; 2] {
        [Shape::signing::<Checkpoint>(Own), Shape::signing::<Prf>(Own)]
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
