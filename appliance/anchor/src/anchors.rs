//! Where anchors are kept.

use countersign_core::port::TokenFault;
use countersign_protocol::anchor::{ANCHOR_NONCE_BYTES, Anchor};

/// Anchors in a token.
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
}
