//! The ledger on a real file.

mod durability;
mod folder;
mod receipts;
