//! Lists in JSON that have a limit.
//!
//! Guarantees: a list is refused at the first element past its limit, before that is kept.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserialize, Deserializer, Error, SeqAccess, Visitor};

/// A list of `MAX` elements at most.
#[derive(Debug)]
pub(super) struct Bounded<T, const MAX: usize>(pub(super) Vec<T>);

impl<T, const MAX: usize> Default for Bounded<T, MAX> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MAX: usize> Deserialize<'de> for Bounded<T, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_seq(Elements(PhantomData))
    }
}

struct Elements<T, const MAX: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MAX: usize> Visitor<'de> for Elements<T, MAX> {
    type Value = Bounded<T, MAX>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "a list of {MAX} at most")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = from.next_element()? {
            if elements.len() == MAX {
                return Err(Error::invalid_length(MAX + 1, &self));
            }
            elements.push(element);
        }
        Ok(Bounded(elements))
    }
}

#[cfg(test)]
mod tests {
    use super::Bounded;

    #[test]
    fn a_list_may_be_full_and_no_more() {
        let read = serde_json::from_str::<Bounded<u8, 2>>;
        assert_eq!(read("[1, 2]").unwrap().0, [1, 2]);
        let fault = read("[1, 2, 3]").unwrap_err().to_string();
        assert!(fault.starts_with("invalid length 3, expected a list of 2 at most"), "{fault}");
    }
}
