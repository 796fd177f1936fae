//! What goes to the workers: owned messages of fixed size, each with the way back for its answer.
//!
//! No handle and no session is in any of them, so that a worker can be a process one day.

use countersign_core::SignMessage;
use countersign_core::port::{CheckpointMessage, TokenFault};
use countersign_protocol::{KeyId, Point, Suite};
use futures_channel::oneshot;
use zeroize::Zeroizing;

use crate::doors::{self, PrfUse};
use crate::seat::Seat;
use crate::token::RANDOM_BYTES_MAX;
use crate::{KeyError, keys};

/// The way back. Whoever dropped the other end has stopped waiting.
pub(crate) type Answer<T, E = TokenFault> = oneshot::Sender<Result<T, E>>;

/// A message, and where its answer goes.
pub(crate) enum Job {
    Sign(SignMessage, Answer<Zeroizing<[u8; 64]>>),
    Checkpoint(CheckpointMessage, Answer<[u8; 64]>),
    Prf(PrfUse, Answer<Zeroizing<[u8; 32]>>),
    Random(Answer<[u8; RANDOM_BYTES_MAX]>),
    CreateSigner(KeyId, Suite, Answer<Point, KeyError>),
    CreateAppliance(Answer<Point, KeyError>),
    CheckSigner(KeyId, Point, Answer<(), KeyError>),
    CheckAppliance(Point, Answer<(), KeyError>),
}

impl Job {
    /// Does it, and answers.
    pub fn perform(self, seat: &mut Seat, clock: &dyn Fn() -> u64) {
        match self {
            Self::Sign(message, answer) => give(answer, || doors::sign(seat, &message, clock)),
            Self::Checkpoint(message, answer) => give(answer, || doors::checkpoint(seat, &message)),
            Self::Prf(purpose, answer) => give(answer, || doors::prf(seat, purpose)),
            Self::Random(answer) => give(answer, || random(seat)),
            Self::CreateSigner(id, suite, answer) => {
                give(answer, || keys::create_signer(seat, id, suite));
            }
            Self::CreateAppliance(answer) => give(answer, || keys::create_appliance(seat)),
            Self::CheckSigner(id, point, answer) => {
                give(answer, || keys::check_signer(seat, &id, &point));
            }
            Self::CheckAppliance(point, answer) => {
                give(answer, || keys::check_appliance(seat, &point));
            }
        }
    }
}

/// Nothing is begun for somebody who has left.
fn give<T, E>(answer: Answer<T, E>, work: impl FnOnce() -> Result<T, E>) {
    if !answer.is_canceled() {
        // Whoever leaves meanwhile does without: a signature in the answer is zeroized.
        let _ = answer.send(work());
    }
}

/// C_GenerateRandom (PKCS#11 3.1, 5.19.2).
fn random(seat: &mut Seat) -> Result<[u8; RANDOM_BYTES_MAX], TokenFault> {
    seat.harmless(|session| {
        let mut bytes = [0; RANDOM_BYTES_MAX];
        session.generate_random_slice(&mut bytes)?;
        Ok(bytes)
    })
}
