//! What the vault asks of its token.

use countersign_core::port::TokenFault;
use countersign_protocol::ApplianceId;
use zeroize::Zeroizing;

/// The roots of epochs, in a token that they cannot leave.
///
/// Contract:
/// - a root is random, so that one made again for the same epoch makes another key;
/// - a root that was made is there after a power cut, and one that was destroyed is not;
/// - what fails may have been done or not: the vault looks again with [`Self::epochs`].
pub trait Roots {
    /// Makes the root of an epoch.
    ///
    /// # Errors
    /// [`RootFault::Exists`] if it has one; else what the token said.
    fn make(&self, epoch: u64) -> Result<(), RootFault>;

    /// The key that an epoch's root makes for this appliance: the same at every call.
    ///
    /// # Errors
    /// A fault also for a root that is there, and not as it must have been made.
    fn derive(&self, epoch: u64, appliance: &ApplianceId)
    -> Result<Zeroizing<[u8; 32]>, RootFault>;

    /// Destroys the root of an epoch; it is no fault if it is gone.
    ///
    /// # Errors
    /// A fault if anything of it is left, or nobody knows.
    fn destroy(&self, epoch: u64) -> Result<(), RootFault>;

    /// The epochs that have a root, in their order.
    ///
    /// # Errors
    /// What the token said.
    fn epochs(&self) -> Result<Vec<u64>, RootFault>;
}

/// What went wrong with a root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RootFault {
    /// The epoch has a root.
    #[error("the token has a root for this epoch already")]
    Exists,
    /// It is not as it was made.
    #[error("the root's {attribute} is not as it must be")]
    NotAsMade {
        /// The attribute, as PKCS#11 names it.
        attribute: &'static str,
    },
    /// The token still has it.
    #[error("the token keeps the root though it was told to destroy it")]
    NotDestroyed,
    /// What the token said.
    #[error(transparent)]
    Token(#[from] TokenFault),
}
