//! The algorithms of devices' keys that the appliance takes, by number and name (IANA, COSE Algorithms).

/// In the order in which a device is asked for them.
const ALGORITHMS: [(i32, &str); 7] = [
    (-7, "ES256"),
    (-35, "ES384"),
    (-8, "EdDSA"),
    (-257, "RS256"),
    (-48, "ML-DSA-44"),
    (-49, "ML-DSA-65"),
    (-50, "ML-DSA-87"),
];

/// Their numbers.
pub(crate) fn numbers() -> impl Iterator<Item = i32> {
    ALGORITHMS.into_iter().map(|(number, _)| number)
}

/// What people call it.
pub(crate) fn name(number: i32) -> &'static str {
    let known = ALGORITHMS.into_iter().find(|(known, _)| *known == number);
    known.map_or("unknown", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use countersign_core::assertion::cose;
    use countersign_ports::Algorithm;

    use super::*;

    #[test]
    fn they_are_those_that_the_appliance_takes() {
        let taken: BTreeSet<i32> = Algorithm::ALL.into_iter().filter_map(cose::number).collect();
        assert_eq!(numbers().collect::<BTreeSet<_>>(), taken);
    }

    #[test]
    fn a_number_that_is_none_has_no_name() {
        assert_eq!((name(-49), name(-37)), ("ML-DSA-65", "unknown"));
    }
}
