//! The stages between bytes and verdict. Each takes the one before it by value.
//!
//! Guarantees: up to [`Evaluated::fold`] nothing returns early, nothing is decided, and no branch and no
//! address depends on what is secret: the reasons, and the devices that are not selected. What is missing is
//! replaced by nobody's, which is checked like the real thing. Inside a stage each check is a
//! field of a struct that is destructured without `..`. A stage's only constructor is the method of
//! the stage before it: nobody, in this crate or outside, can leave one out.

mod approvals;
mod candidates;
mod order;

use countersign_protocol::request::{Request, Sign};
use countersign_protocol::{Digest, canonical, tag};
use subtle::{Choice, ConstantTimeEq};

pub use self::approvals::{Asserted, Evaluated, Permitted};
pub use self::candidates::Candidates;
pub use self::order::{Approval, Evidence, Recorded, SignMessage, SignOrder, Signed};
use crate::Decision;
use crate::entry::{Found, FrontEnd, is_active};
use crate::port::{Crypto, Guarded, Registry};
use crate::refusal::{About, Reason};
use crate::time::Now;
use crate::transactions::Transaction;
use crate::verdict::{Verdict, choice};

/// A frame that decodes. Nobody is known yet.
pub struct Claimed<B> {
    pub(crate) body: B,
    pub(crate) about: About,
    pub(crate) now: Now,
}

impl<'f> Claimed<Sign<'f>> {
    /// Reads the frame.
    ///
    /// # Errors
    /// A refusal for whatever is not canonical.
    pub fn decode(frame: &'f [u8], channel: &Digest, now: Now) -> Decision<Self> {
        let about = About::channel(*channel);
        match canonical::decode(frame) {
            Ok(Request::Sign(body)) => {
                let about = About { transaction: Some(body.transaction), ..about };
                Ok(Self { body, about, now })
            }
            _ => Err(about.refuse(Reason::FrameMalformed, now)),
        }
    }
}

/// Which front-end this is.
pub struct Bound<B> {
    pub(crate) claimed: Claimed<B>,
    pub(crate) front_end: Found<FrontEnd>,
    pub(crate) verdict: Verdict,
}

struct FrontEndChecks {
    known: Choice,
    active: Choice,
}

impl<B> Claimed<B> {
    /// A certificate only carries a key: who that is comes from the registry, each time.
    pub fn bind(mut self, state: &impl Guarded) -> Bound<B> {
        let channel = self.about.channel;
        let front_end = state.with(|s| s.registry.front_end(&channel));
        let front_end = Found::or(front_end, FrontEnd::DUMMY);
        let FrontEndChecks { known, active } =
            FrontEndChecks { known: front_end.found, active: is_active(front_end.entry.standing) };
        let verdict = Verdict::new()
            .require(known, Reason::FrontEndUnknown)
            .require(active, Reason::FrontEndInactive);
        self.about.front_end = front_end.known().map(|f| f.id);
        Bound { claimed: self, front_end, verdict }
    }
}

/// Which transaction this is.
pub struct Known<'f> {
    bound: Bound<Sign<'f>>,
    transaction: Transaction,
    verdict: Verdict,
}

struct TransactionChecks {
    known: Choice,
    own: Choice,
    unexpired: Choice,
    unspent: Choice,
    same_activation: Choice,
}

impl<'f> Bound<Sign<'f>> {
    /// Finds the transaction, and compares the activation with the one that was prepared.
    pub fn find_transaction(mut self, state: &impl Guarded, crypto: &impl Crypto) -> Known<'f> {
        let sign = &self.claimed.body;
        let found = state.with(|s| s.transactions.find(&sign.transaction));
        let found = Found::or(found, Transaction::DUMMY);
        let transaction = found.entry;
        let challenge = crypto.sha256(&[tag::ACTIVATION, sign.activation.bytes()]);
        let boot_ms = self.claimed.now.boot_ms;
        let TransactionChecks { known, own, unexpired, unspent, same_activation } =
            TransactionChecks {
                known: found.found,
                own: transaction.front_end.0.ct_eq(&self.front_end.entry.id.0),
                unexpired: choice(boot_ms <= transaction.expires_boot_ms),
                unspent: choice(!transaction.spent),
                same_activation: transaction.challenge.0.ct_eq(&challenge),
            };
        let verdict = Verdict::new()
            .require(known, Reason::TransactionUnknown)
            .require(own, Reason::TransactionForeign)
            .require(unexpired, Reason::TransactionExpired)
            .require(unspent, Reason::TransactionSpent)
            .require(same_activation, Reason::ActivationDiffers);
        self.claimed.about.key = found.known().map(|t| t.key);
        Known { verdict: self.verdict.and(verdict), bound: self, transaction }
    }
}
