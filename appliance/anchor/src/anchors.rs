//! Where anchors are kept, and what counts beside them.

use countersign_core::port::TokenFault;
use countersign_protocol::anchor::{ANCHOR_NONCE_BYTES, Anchor};

/// Anchors in a token, and a counter outside of it, if there is one.
///
/// Contract:
/// - an anchor that was made is there after a power cut, and one that was destroyed is not;
/// - everybody who uses the token sees the same ones;
/// - what fails may have been done or not, and a call that was given up may have its effect later.
pub trait Anchors {
    /// All that there are.
    ///
    /// # Errors
    /// What the token said.
    fn all(&self) -> Result<Vec<Anchor>, AnchorFault>;

    /// Makes one; that it is there already is a fault.
    ///
    /// # Errors
    /// What the token said.
    fn make(&self, anchor: &Anchor) -> Result<(), AnchorFault>;

    /// Destroys one; it is no fault if it is gone.
    ///
    /// # Errors
    /// What the token said.
    fn destroy(&self, anchor: &Anchor) -> Result<(), AnchorFault>;

    /// Random bytes, never all zero.
    ///
    /// # Errors
    /// What the token said.
    fn nonce(&self) -> Result<[u8; ANCHOR_NONCE_BYTES], AnchorFault>;

    /// What the counter has come to.
    ///
    /// # Errors
    /// [`AnchorFault::Counter`].
    fn counted(&self) -> Result<Counted, AnchorFault> {
        Ok(Counted::Nothing)
    }

    /// Counts one up, and gives what the counter has come to: it never comes to less, whatever becomes of the token.
    ///
    /// # Errors
    /// [`AnchorFault::Counter`]: it may have counted or not.
    fn count(&self) -> Result<u64, AnchorFault> {
        Err(AnchorFault::Counter)
    }
}

/// What a counter has come to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counted {
    /// There is none.
    Nothing,
    /// It has not begun.
    Never,
    /// So much.
    To(u64),
}

/// What went wrong with anchors.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AnchorFault {
    /// One is there already.
    #[error("the token has this anchor already")]
    Exists,
    /// The token still has it.
    #[error("the token keeps an anchor though it was told to destroy it")]
    NotDestroyed,
    /// One is not as it was made.
    #[error("an anchor's {attribute} is not as it must be")]
    NotAsMade {
        /// The attribute, as PKCS#11 names it.
        attribute: &'static str,
    },
    /// What the token said.
    #[error(transparent)]
    Token(#[from] TokenFault),
    /// The counter does not answer, or answers something else.
    #[error(
        "the counter outside of the token does not do what it was told; see the appliance's log"
    )]
    Counter,
}
