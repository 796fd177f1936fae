//! The traits over plain bytes through which the core meets its platform. `[core]`
//!
//! Guarantees to an implementer: no trait here names a type of the core, so an HSM's firmware can
//! implement them against its own certified engine. It does not guarantee that an implementation is
//! right: each port has a contract (`countersign-contract`) that its implementations run as tests.

#![no_std]
#![forbid(unsafe_code)]

mod algorithm;
mod beside;
mod crypto;
mod entropy;
mod sealing;
mod storage;

pub use algorithm::Algorithm;
pub use beside::{Beside, InTurn};
pub use crypto::{Crypto, SHA256_BYTES, SHA384_BYTES};
pub use entropy::{Entropy, NoEntropy};
pub use sealing::{
    NotAuthentic, NotSealed, SEALING_KEY_BYTES, SEALING_NONCE_BYTES, SEALING_TAG_BYTES, Sealing,
};
pub use storage::{Storage, StorageFault, StorageOperation};
