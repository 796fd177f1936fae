//! A transparency log's mathematics and texts: trees, proofs, checkpoints, notes, tiles. `[core]`
//!
//! Guarantees: everything is by RFC 9162 (the Merkle tree of Certificate Transparency, with SHA-256) and by
//! the texts of C2SP, so that other people's tools read it; nothing here does I/O, allocates, or signs, and
//! every proof costs at most 64 hashes.
//!
//! It does not say whose log it is, and checks no signature: it gives out the bytes that one must be over.

#![no_std]
#![forbid(unsafe_code)]

mod base64;
pub mod bundle;
pub mod checkpoint;
mod claim;
pub mod consistency;
pub mod cosignature;
mod frontier;
mod hash;
mod hash_lines;
mod head;
pub mod inclusion;
pub mod key;
mod nodes;
pub mod note;
pub mod proof;
mod proof_error;
mod text_error;
pub mod tile;
mod tile_nodes;
pub mod witness;

pub use claim::{Claim, Message, SignatureBytes};
pub use frontier::Frontier;
pub use hash::{EMPTY_ROOT, Hash, leaf_hash, node_hash};
pub use head::Head;
pub use nodes::{Nodes, root, subtree};
pub use proof_error::{ProofError, ProveError};
pub use text_error::TextError;
pub use tile_nodes::{TileError, TileHashes, TileNodes, Tiles};

/// Hashes in a proof at most: a tree has no more levels.
pub const PATH_MAX: usize = 64;

/// The hashes of a proof, from the leaf up.
pub type Path = heapless::Vec<Hash, PATH_MAX>;
