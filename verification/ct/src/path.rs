//! The path that is measured: from a frame to the verdict on it, the real one or a twin that is wrong in one thing.

use countersign_core::port::{Crypto, Guarded};
use countersign_core::stage::Claimed;
use countersign_core::{Now, Verdict};

use crate::house::CHANNEL;
use crate::twin::{self, Wrong};

/// Which path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Path {
    /// The core's own.
    Real,
    /// A twin of its last stages.
    Twin(Wrong),
}

impl Path {
    /// The verdict; none on a frame that does not decode, which its sender knows.
    #[inline(never)]
    pub fn judge<S: Guarded, C: Crypto>(
        self,
        state: &S,
        crypto: &C,
        frame: &[u8],
        now: Now,
    ) -> Option<Verdict> {
        match self {
            Self::Real => real(state, crypto, frame, now),
            Self::Twin(wrong) => twin::judge(wrong, state, crypto, frame, now),
        }
    }
}

/// As `countersign_core::pipeline` has it.
fn real<S: Guarded, C: Crypto>(state: &S, crypto: &C, frame: &[u8], now: Now) -> Option<Verdict> {
    let claimed = Claimed::decode(frame, &CHANNEL, now).ok()?;
    let evaluated = claimed
        .bind(state)
        .find_transaction(state, crypto)
        .find_device(state)
        .verify(state, crypto)
        .evaluate(state);
    Some(evaluated.verdict())
}
