//! A case with everything around it made ready: what is left is to judge the frame.

use countersign_core::port::Registry;
use countersign_core::{Reason, Verdict};
use countersign_host::Host;
use countersign_registry::Registry as Registered;
use countersign_soft::Soft;

use crate::cases::Case;
use crate::house::Behind;
use crate::path::Path;
use crate::secret::{self, Hiding};
use crate::stub::Stub;

/// Who verifies signatures.
#[derive(Clone, Copy)]
pub enum Engine {
    /// Nobody, at a fixed cost.
    Stub(Stub),
    /// The engine in constant time.
    Soft,
    /// The one that runs on a host.
    Host,
}

/// A case, ready.
pub struct Ready<R = Registered<Stub>> {
    /// The algorithm of all devices.
    pub algorithm: &'static str,
    /// The case.
    pub case: &'static Case,
    /// The frame.
    pub frame: Vec<u8>,
    /// The device that the frame names.
    pub named: usize,
    /// Whether the signature is one of the algorithm.
    pub genuine: bool,
    /// Who verifies it.
    pub engine: Engine,
    /// The state that it comes to.
    pub state: Behind<R>,
}

impl Engine {
    /// The same; a stub that finds signatures good or not.
    pub const fn answering(self, verifies: bool) -> Self {
        match self {
            Self::Stub(_) => Self::Stub(Stub { verifies }),
            other => other,
        }
    }
}

impl<R: Registry + Send> Ready<R> {
    /// The verdict on these bytes, which are the frame's.
    pub fn judge(&self, path: Path, frame: &[u8]) -> Option<Verdict> {
        let (state, now) = (&self.state, self.case.now);
        match &self.engine {
            Engine::Stub(stub) => path.judge(state, stub, frame, now),
            Engine::Soft => path.judge(state, &Soft, frame, now),
            Engine::Host => path.judge(state, &Host, frame, now),
        }
    }
}

impl Ready {
    /// The same with its secrets hidden from memcheck.
    pub fn hidden(self) -> Ready<Hiding> {
        let Self { algorithm, case, frame, named, genuine, engine, state } = self;
        let state = secret::hidden(state, named);
        Ready { algorithm, case, frame, named, genuine, engine, state }
    }
}

impl<R> Ready<R> {
    /// Whether a verdict is the one that the case is for. A signature that is none of its algorithm adds a
    /// reason, which comes before those after it in the table.
    pub fn is_met(&self, verdict: Verdict) -> bool {
        let unsigned = [Reason::SignatureEncoding, Reason::SignatureInvalid];
        let masked = !self.genuine && unsigned.into_iter().any(|reason| verdict.has(reason));
        match self.case.reason {
            None => verdict.fold().is_ok() || masked,
            Some(reason) => verdict.has(reason) || (masked && reason >= Reason::SignatureEncoding),
        }
    }
}
