//! Nonces of transactions: the HSM's random bytes, fetched some at a time.
//!
//! Guarantees: each is given once. It keeps `Prepare` out of the token's queue, which is as long as the
//! signatures that wait in it.

use std::sync::{Mutex, PoisonError};

use countersign_core::port::TokenFault;
use countersign_protocol::TransactionId;
use countersign_token::RANDOM_BYTES_MAX;

use crate::ground::Hsm;

/// Bytes of a nonce.
const NONCE_BYTES: usize = 32;

/// Nonces that nobody has seen yet.
#[derive(Default)]
pub(crate) struct Nonces(Mutex<Vec<TransactionId>>);

impl Nonces {
    /// The next one.
    ///
    /// # Errors
    /// What the token said, when there is none and it gives none.
    pub(crate) async fn next(&self, token: &impl Hsm) -> Result<TransactionId, TokenFault> {
        let ready = self.ready().pop();
        if let Some(nonce) = ready {
            return Ok(nonce);
        }
        let bytes = token.random::<RANDOM_BYTES_MAX>().await?;
        let (nonces, _) = bytes.as_chunks::<NONCE_BYTES>();
        let mut fresh = nonces.iter().copied().map(TransactionId);
        let first = fresh
            .next()
            .ok_or(TokenFault { function: "C_GenerateRandom", code: TokenFault::NO_CODE });
        self.ready().extend(fresh);
        first
    }

    /// A panic aborts the process: what a poisoned lock holds is not looked at again.
    fn ready(&self) -> std::sync::MutexGuard<'_, Vec<TransactionId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
