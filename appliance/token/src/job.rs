//! What goes to the workers: owned messages, each with the way back for its answer.
//!
//! No handle and no session is in any of them, so that a worker can be a process one day.

use std::time::{Duration, Instant};

use countersign_core::entry::PublicPart;
use countersign_core::port::{CheckpointMessage, TokenFault};
use countersign_protocol::anchor::Anchor;
use countersign_protocol::checkpoint::CheckpointKey;
use cryptoki::context::Function;
use zeroize::Zeroizing;

use crate::answer::{Answer, Waiting};
use crate::doors::{self, Cosigning, OWN_COSIGNATURE_BYTES, OwnCosigning, PrfUse, VaultUse};
use crate::faults::NO_ANSWER;
use crate::keys::CosignerPublic;
use crate::ordered::Ordered;
use crate::role::{SignerKey, VaultEpoch};
use crate::seat::Seat;
use crate::token::RANDOM_BYTES_MAX;
use crate::{KeyError, anchors, keys, roots};

/// A message that somebody has asked for, and since when.
pub(crate) struct Asked {
    job: Job,
    waiting: Waiting,
    since: Instant,
}

/// A message, and where its answer goes.
pub(crate) enum Job {
    Sign(Vec<Ordered>, Answer<Vec<Zeroizing<Vec<u8>>>>),
    Checkpoint(CheckpointMessage, Answer<[u8; 64]>),
    Prf(PrfUse, Answer<Zeroizing<[u8; 32]>>),
    Random(Answer<[u8; RANDOM_BYTES_MAX]>),
    CreateSigner(SignerKey, Answer<PublicPart, KeyError>),
    /// Destroys a signer's key.
    DestroySigner(SignerKey, Answer<(), KeyError>),
    CreateAppliance(Answer<CheckpointKey, KeyError>),
    CheckSigner(SignerKey, Box<[u8]>, Answer<(), KeyError>),
    CheckAppliance(CheckpointKey, Answer<(), KeyError>),
    Vault(VaultUse, Answer<Zeroizing<[u8; 32]>>),
    Root(RootTask, VaultEpoch, Answer<(), KeyError>),
    VaultEpochs(Answer<Vec<u64>, KeyError>),
    Cosign(Cosigning, Answer<[u8; 64]>),
    CosignOwn(OwnCosigning, Answer<Box<[u8; OWN_COSIGNATURE_BYTES]>>),
    /// Looks for the cosigner's key.
    Cosigner(Answer<Option<CosignerPublic>, KeyError>),
    CreateWitness(Answer<[u8; 32], KeyError>),
    /// Looks for the witness's key.
    Witness(Answer<Option<[u8; 32]>, KeyError>),
    CreateAnchor(Anchor, Answer<(), KeyError>),
    DestroyAnchor(Anchor, Answer<(), KeyError>),
    Anchors(Answer<Vec<Anchor>, KeyError>),
}

/// What is to be done with the root of a vault epoch.
pub(crate) enum RootTask {
    Create,
    Check,
    Destroy,
}

impl RootTask {
    fn perform(self, seat: &mut Seat, epoch: VaultEpoch) -> Result<(), KeyError> {
        match self {
            Self::Create => roots::create(seat, epoch),
            Self::Check => roots::check(seat, epoch),
            Self::Destroy => roots::destroy(seat, epoch),
        }
    }
}

impl Asked {
    /// Asked for now.
    pub fn now(job: Job, waiting: Waiting) -> Self {
        Self { job, waiting, since: Instant::now() }
    }

    /// How long somebody has waited for it.
    pub fn has_waited(&self, now: Instant) -> Duration {
        now.saturating_duration_since(self.since)
    }

    /// Answers without doing it.
    pub fn fail(self, fault: TokenFault) {
        self.waiting.fail(fault);
    }

    /// Does it, and answers: unless the watch does, when it hangs.
    pub fn perform(self, seat: &mut Seat, clock: &dyn Fn() -> u64) {
        seat.serve(self.waiting);
        self.job.perform(seat, clock);
    }
}

impl Job {
    /// Does it, and answers.
    fn perform(self, seat: &mut Seat, clock: &dyn Fn() -> u64) {
        match self {
            Self::Sign(messages, answer) => {
                // Up to the first that fails: the signatures before it are zeroized.
                let signed = messages.iter().map(|message| {
                    if !answer.is_wanted() {
                        return Err(NO_ANSWER);
                    }
                    doors::sign(seat, message, clock)
                });
                let signed = signed.collect();
                answer.give(signed);
            }
            Self::Checkpoint(message, answer) => {
                give(answer, || repeated(seat, |seat| doors::checkpoint(seat, &message)));
            }
            Self::Prf(purpose, answer) => {
                give(answer, || repeated(seat, |seat| doors::prf(seat, purpose)));
            }
            Self::Random(answer) => give(answer, || random(seat)),
            Self::CreateSigner(key, answer) => give(answer, || keys::create_signer(seat, key)),
            Self::DestroySigner(key, answer) => give(answer, || keys::destroy_signer(seat, key)),
            Self::CreateAppliance(answer) => give(answer, || keys::create_appliance(seat)),
            Self::CheckSigner(key, expected, answer) => {
                give(answer, || keys::check_signer(seat, key, &expected));
            }
            Self::CheckAppliance(key, answer) => {
                give(answer, || keys::check_appliance(seat, &key));
            }
            Self::Vault(purpose, answer) => {
                give(answer, || repeated(seat, |seat| doors::vault(seat, &purpose)));
            }
            Self::Root(task, epoch, answer) => give(answer, || task.perform(seat, epoch)),
            Self::VaultEpochs(answer) => give(answer, || roots::epochs(seat)),
            Self::Cosign(message, answer) => {
                give(answer, || repeated(seat, |seat| doors::cosign(seat, &message)));
            }
            Self::CosignOwn(message, answer) => {
                give(answer, || repeated(seat, |seat| doors::cosign_own(seat, &message)));
            }
            Self::Cosigner(answer) => give(answer, || keys::cosigner(seat)),
            Self::CreateWitness(answer) => give(answer, || keys::create_witness(seat)),
            Self::Witness(answer) => give(answer, || keys::witness(seat)),
            Self::CreateAnchor(anchor, answer) => give(answer, || anchors::create(seat, &anchor)),
            Self::DestroyAnchor(anchor, answer) => give(answer, || anchors::destroy(seat, &anchor)),
            Self::Anchors(answer) => give(answer, || anchors::all(seat)),
        }
    }
}

/// Nothing is begun for somebody who has left.
fn give<T, E>(answer: Answer<T, E>, work: impl FnOnce() -> Result<T, E>) {
    if answer.is_wanted() {
        answer.give(work());
    }
}

/// What the appliance's own keys make may be made twice: done once more if its session was lost.
fn repeated<T>(
    seat: &mut Seat,
    work: impl Fn(&mut Seat) -> Result<T, TokenFault>,
) -> Result<T, TokenFault> {
    let is_lost = |fault: &TokenFault, seat: &Seat| *fault != NO_ANSWER && seat.is_vacant();
    work(seat).or_else(|fault| if is_lost(&fault, seat) { work(seat) } else { Err(fault) })
}

/// C_GenerateRandom (PKCS#11 3.1, 5.19.2).
fn random(seat: &mut Seat) -> Result<[u8; RANDOM_BYTES_MAX], TokenFault> {
    seat.harmless(Function::GenerateRandom, |session| {
        let mut bytes = [0; RANDOM_BYTES_MAX];
        session.generate_random_slice(&mut bytes)?;
        Ok(bytes)
    })
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use cryptoki::context::Function;
    use cryptoki::error::{Error, RvError};

    use super::repeated;
    use crate::seat::tests::seat;

    /// How often something runs that always meets this code.
    fn runs(code: fn() -> RvError) -> u32 {
        let count = Cell::new(0);
        let failed = repeated(&mut seat(), |seat| {
            count.set(count.get() + 1);
            seat.once(Function::Sign, |_| Err::<(), _>(Error::Pkcs11(code(), Function::Sign)))
        });
        assert!(failed.is_err());
        count.get()
    }

    #[test]
    fn a_lost_session_costs_no_checkpoint() {
        let (mut seat, count) = (seat(), Cell::new(0));
        let done = repeated(&mut seat, |seat| {
            count.set(count.get() + 1);
            let first = count.get() == 1;
            let lost = || Error::Pkcs11(RvError::SessionHandleInvalid, Function::Sign);
            seat.once(Function::Sign, |_| if first { Err(lost()) } else { Ok(7) })
        });
        assert_eq!((done, count.get()), (Ok(7), 2));
    }

    #[test]
    fn it_is_done_twice_at_most_and_once_where_the_session_is_not_at_fault() {
        assert_eq!(runs(|| RvError::SessionHandleInvalid), 2);
        assert_eq!(runs(|| RvError::DataInvalid), 1);
    }
}
