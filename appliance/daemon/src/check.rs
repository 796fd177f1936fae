//! `check`: the whole ledger, read and checked while the appliance is stopped.
//!
//! Guarantees: what is found good follows from its beginning, opens to what its leaves say under the keys of the
//! vault, and comes to a possible registry; each checkpoint is signed by the appliance's key, not only the last one;
//! nothing is missing that the newest snapshot knows. The ledger is not changed. (The vault may finish what a
//! power cut interrupted, as at every start.)

use std::fmt;

use countersign_host::Threads;
use countersign_protocol::Digest;

use crate::boot::{
    BootError, Disks, Extent, OnFiles, check_keys, current, ground, open_disks, open_module,
};
use crate::config::Config;
use crate::ground::Ground as _;
use crate::linux::Linux;
use crate::module::Module;
use crate::reading::{self, Read};
use crate::ring::Ring;
use crate::selftest;
use crate::snapshot::Shelf;

/// A ledger that is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Checked {
    /// Records in it.
    pub records: u64,
    /// The root of the tree over them.
    pub root: Digest,
    /// Its bytes.
    pub bytes: u64,
    /// Bytes after them, of a group that was being written: the next start cuts them.
    pub torn_bytes: u64,
    /// Whether there is a snapshot that opens; the ledger has what it says.
    pub snapshot: bool,
    /// Records of which the token knows: the ledger has those.
    pub anchored: u64,
}

/// Checks.
///
/// # Errors
/// [`BootError`]: what is wrong, and where first.
pub fn check(config: &Config) -> Result<Checked, BootError> {
    let crypto = selftest::engine(config.engine)?.into_engine();
    let token = open_module(config, &Module::of(config, &*crypto)?)?;
    let disks = open_disks(&config.data)?;
    let Disks { ledger, vault, snapshot } = disks;
    let appliance = countersign_ledger::claimed_appliance(&ledger, &*crypto)?;
    let appliance = appliance.ok_or(BootError::Empty)?;
    let (ring, _) = Ring::<Linux>::open(&crypto, &token, vault, appliance)?;
    let key = ring.last_snapshot_key();
    let root = ring.root_key();
    let (_, found) = Shelf::open(snapshot, &crypto, key, (appliance, &root), &Threads);
    let has_snapshot = found.is_some();
    let read = reading::read(ledger, &crypto, &ring, (found, &root), Extent::Everything)?;
    let Read { replayed, registry, .. } = read;
    if let Some(lost) = registry.lost_key() {
        return Err(BootError::KeyLost(lost));
    }
    let key = check_keys(&registry, &token)?;
    replayed.check(&*crypto, &key)?;
    replayed.check_signatures(&*crypto, &key)?;
    let ground: OnFiles = ground(config)?;
    let anchors = ground.anchors(&token);
    let anchored = current(&anchors, &replayed, &*crypto)?.anchored();
    let head = replayed.head();
    Ok(Checked {
        records: head.size,
        root: Digest(head.root),
        bytes: replayed.end(),
        torn_bytes: replayed.torn_bytes(),
        snapshot: has_snapshot,
        anchored,
    })
}

impl Checked {
    /// For programs.
    #[must_use]
    pub fn json(&self) -> String {
        let Self { records, root, bytes, torn_bytes, snapshot, anchored } = self;
        format!(
            r#"{{"records":{records},"root":"{root}","bytes":{bytes},"torn_bytes":{torn_bytes},"snapshot":{snapshot},"anchored":{anchored}}}"#
        )
    }
}

impl fmt::Display for Checked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { records, root, bytes, torn_bytes, snapshot, anchored } = self;
        write!(
            f,
            "the ledger is whole: {records} records in {bytes} bytes, root {root}; every checkpoint is signed; the first \
             {anchored} records are the anchored ones"
        )?;
        if *torn_bytes > 0 {
            write!(
                f,
                "; {torn_bytes} bytes after them are of a group that was never acknowledged"
            )?;
        }
        if *snapshot { write!(f, "; it has all that the newest snapshot knows") } else { Ok(()) }
    }
}
