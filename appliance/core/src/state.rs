//! What decides and what is outstanding: one value, behind one lock of the platform.

use crate::transactions::Transactions;

/// Registry and transactions. A revocation takes the same lock as `reserve`.
pub struct State<R, M> {
    /// What decides.
    pub registry: R,
    /// What is outstanding.
    pub transactions: Transactions<M>,
}
