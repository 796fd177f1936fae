//! The ledger as the model reads it from the disk, and what it remembers of every receipt.

use std::collections::{HashMap, HashSet};

use super::cbor::{bytes, list, map};
use super::keys::{Keys, Sealed};
use super::reading::{self, Receipt, commitment, hash, leaf_hash};
use super::tree::{Tree, root_of};
use super::{Id, Model, Rule};

/// What a group begins with.
const MAGIC: &[u8] = b"\x89CSGRP1\n";
/// The kind of a signature's record.
const SIGNATURE: u64 = 10;
/// The kind of a record that says that a signer is erased.
const ERASURE: u64 = 21;
/// The kind of a record that says for which recovery key the vault is wrapped.
const RECOVERY: u64 = 22;
/// The kind of a record that many refusals share.
const REFUSALS: u64 = 23;
/// Records that one group may have.
const GROUP_MAX: usize = 256;

/// Every state of the ledger that anybody was shown, and every transaction on record.
#[derive(Default)]
pub(super) struct Log {
    shown: HashMap<u64, [u8; 32]>,
    transactions: HashSet<Id>,
    approved: HashSet<[u8; 32]>,
    erased: Vec<[u8; 32]>,
    shared: bool,
    cut_short: bool,
    recovery: Option<[u8; 32]>,
}

impl Log {
    /// Whether the last look ended before the ledger did, at something that is not whole.
    pub(super) const fn is_cut_short(&self) -> bool {
        self.cut_short
    }

    /// Whether a transaction was on record at the last look.
    pub(super) fn has(&self, transaction: &Id) -> bool {
        self.transactions.contains(transaction)
    }

    /// Whether an approval of this was on record at the last look.
    pub(super) fn has_approved(&self, challenge: &[u8; 32]) -> bool {
        self.approved.contains(challenge)
    }

    /// A receipt is right by itself and contradicts none that was given before.
    pub(super) fn follows(&mut self, receipt: &Receipt<'_>) -> Result<(), String> {
        let (kind, committed) = reading::leaf(receipt.leaf).ok_or("a receipt without leaf")?;
        if kind != SIGNATURE || commitment(receipt.opening) != committed {
            return Err("a receipt of something else".into());
        }
        let Receipt { index, size, root, .. } = *receipt;
        if root_of(leaf_hash(receipt.leaf), index, size, &receipt.path) != Some(root) {
            return Err("a receipt that does not follow".into());
        }
        let before = *self.shown.entry(size).or_insert(root);
        if before == root { Ok(()) } else { Err(format!("two ledgers of {size} records")) }
    }
}

/// What is on a disk.
#[derive(Default)]
struct Seen {
    roots: HashMap<u64, [u8; 32]>,
    signatures: HashMap<Id, Vec<Vec<u8>>>,
    approved: HashSet<[u8; 32]>,
    erased: Vec<[u8; 32]>,
    recovery: Option<[u8; 32]>,
    largest: usize,
    shared: bool,
    cut_short: bool,
}

impl Model {
    /// What the recovery key was known by that was set at the last look.
    #[must_use]
    pub const fn recovery(&self) -> Option<[u8; 32]> {
        self.log.recovery
    }

    /// The keys of the signers who were erased at the last look.
    #[must_use]
    pub fn erased(&self) -> &[[u8; 32]] {
        &self.log.erased
    }

    /// Whether refusals shared a record at the last look.
    #[must_use]
    pub fn has_shared_refusals(&self) -> bool {
        self.log.shared
    }

    /// Looks at the ledger on the disk: what was released is there, as it was released.
    pub fn inspect(&mut self, disk: &[u8], keys: &Keys) {
        let seen = read(disk, keys);
        self.log.cut_short = seen.cut_short;
        let is_gone = |(size, root): &(&u64, &[u8; 32])| seen.roots.get(size) != Some(root);
        let gone = self.log.shown.iter().find(is_gone).map(|(size, _)| *size);
        let there = |(id, released): (&Id, &super::Released)| {
            seen.signatures.get(id) == Some(&released.signatures)
        };
        let all = self.released.iter().all(there);
        self.log.transactions = seen.signatures.into_keys().collect();
        self.log.approved = seen.approved;
        (self.log.erased, self.log.recovery) = (seen.erased, seen.recovery);
        self.log.shared = seen.shared;
        if let Some(size) = gone {
            let how = format!("the ledger of {size} records that was shown is not there");
            return self.broken(Rule::OnRecord, how);
        }
        self.require(all, Rule::OnRecord, || "a released signature is not in the ledger".into());
        self.require(seen.largest <= GROUP_MAX, Rule::Bounded, || "a group too large".into());
    }
}

/// Reads groups from the front, up to the first that is not whole.
fn read(mut disk: &[u8], keys: &Keys) -> Seen {
    let mut seen = Seen::default();
    let mut tree = Tree::default();
    while let Some((body, rest)) = body(disk) {
        if group(body, keys, &mut tree, &mut seen).is_none() {
            break;
        }
        seen.roots.insert(tree.size(), tree.root());
        disk = rest;
    }
    seen.cut_short = !disk.is_empty();
    seen
}

fn body(disk: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = disk.strip_prefix(MAGIC)?;
    let (length, rest) = rest.split_first_chunk::<4>()?;
    let (digest, rest) = rest.split_first_chunk::<32>()?;
    let (body, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
    (hash(&[b"countersign/group/1\0", body]) == *digest).then_some((body, rest))
}

fn group(body: &[u8], keys: &Keys, tree: &mut Tree, seen: &mut Seen) -> Option<()> {
    let records = list(map(body)?.get(1)?)?;
    seen.largest = seen.largest.max(records.len());
    for record in records {
        let record = map(record)?;
        let (leaf, sealed) = (bytes(record.get(0)?)?, bytes(record.get(2)?)?);
        let (kind, committed) = reading::leaf(leaf)?;
        let about = reading::about(record.get(1)?)?;
        let opening = keys.open(&Sealed { index: tree.size(), about, leaf, sealed })?;
        if commitment(&opening) != committed {
            return None;
        }
        tree.push(leaf_hash(leaf));
        seen.shared |= kind == REFUSALS;
        if kind == ERASURE {
            seen.erased.push(reading::erased(reading::content(&opening)?)?);
        }
        if kind == RECOVERY {
            seen.recovery = Some(reading::recovery(reading::content(&opening)?)?);
        }
        if kind == SIGNATURE {
            let content = reading::signature(reading::content(&opening)?)?;
            let transaction = reading::activation(content.activation)?.transaction;
            seen.approved.insert(reading::challenge(content.activation));
            let signatures = content.signatures.iter().map(|s| s.to_vec()).collect();
            seen.signatures.insert(transaction, signatures);
        }
    }
    Some(())
}
