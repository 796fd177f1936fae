//! All questions to one engine, in a fixed order.

use countersign_ports::{Algorithm, Crypto, Sealing};

use crate::{Failure, digests, sealing, signatures};

/// That one engine or more gave their known answers. [`known_answers`] alone makes it.
#[derive(Clone, Copy, Debug)]
pub struct Passed {
    /// A bit for each of [`Algorithm::ALL`] that was not there to be asked.
    lacking: u16,
}

impl Passed {
    /// What none of the engines has, by their own statement, and what therefore was not tested.
    pub fn lacking(self) -> impl Iterator<Item = &'static str> {
        let lacks = move |(bit, _): &(usize, Algorithm)| self.lacking & (1 << bit) != 0;
        Algorithm::ALL.into_iter().enumerate().filter(lacks).map(|(_, a)| signatures::name(a))
    }

    /// That this passed, and the other too.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self { lacking: self.lacking & other.lacking }
    }
}

/// Asks an engine, which errors call by this name.
///
/// # Errors
/// [`Failure`]: the first wrong answer.
pub fn known_answers(
    name: &'static str,
    engine: &(impl Crypto + Sealing),
) -> Result<Passed, Failure> {
    let right = |algorithm, right: bool| {
        if right { Ok(()) } else { Err(Failure { engine: name, algorithm }) }
    };
    right("SHA-256", digests::sha256(engine))?;
    right("SHA-384", digests::sha384(engine))?;
    right("AES-256-GCM", sealing::seals(engine) && sealing::opens(engine))?;
    Algorithm::ALL.into_iter().enumerate().try_fold(Passed { lacking: 0 }, |passed, (bit, one)| {
        right(signatures::name(one), signatures::judges(engine, one))?;
        let lacking = passed.lacking | (u16::from(!engine.has(one)) << bit);
        Ok(Passed { lacking })
    })
}
