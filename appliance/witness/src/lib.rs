//! A witness of other logs (C2SP tlog-witness): cosigns a checkpoint only if its log has done nothing but grow.
//!
//! Guarantees to whoever trusts a cosignature: its log signed the checkpoint; of all that this witness ever
//! cosigned of that log, each is the beginning of each later one; no size was cosigned with two roots. That
//! holds through a power cut: what is about to be cosigned is durable before it is.
//!
//! It does not guarantee: anything about what the log's records say; nor that after somebody has put back an
//! older copy of its memory it still knows what it has cosigned since.
//!
//! What it remembers is one small file, replaced whole ([`FileMemory`]), and not records in the appliance's
//! own ledger: all that matters is the last checkpoint of each log; that file does not grow with every
//! cosignature as a ledger would; and a witness whose appliance stands still can go on.

#![forbid(unsafe_code)]

mod answer;
mod logs;
mod memory;
mod remembered;
mod witness;

pub use answer::Answer;
pub use logs::{BadLogs, LOGS_MAX, Logs};
pub use memory::{FileMemory, Memory};
pub use remembered::NotRemembered;
pub use witness::{Cosigner, OpenError, Witness, begin};
