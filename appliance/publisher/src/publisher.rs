//! A step at a time: groups out of the ledger, into tiles and entries, and last of all a checkpoint.

use std::io;
use std::sync::Arc;

use countersign_core::port::Crypto;
use countersign_ledger::{Damage, Durable, public_group};
use countersign_ports::Storage;
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::signed_checkpoint::SignedCheckpoint;
use countersign_tlog::Head;

use crate::disk::Disk;
use crate::edge::{Edge, superseded};
use crate::folder::{CHECKPOINT, Folder};
use crate::resume::{Contradiction, Found, HINT, found, hint, is_signed, locate};

/// Records between two checkpoints, at least, where so many wait: readers see that it goes on.
const STEP_RECORDS: u64 = 16 * 1024;

/// Why a step was not done. The next one begins with what the folder has.
#[derive(Debug, thiserror::Error)]
pub enum PublishError {
    /// The folder.
    #[error("the published folder cannot be written: {0}; check its disk and its owner")]
    Folder(#[from] io::Error),
    /// The ledger's file.
    #[error(transparent)]
    Ledger(#[from] Damage),
    /// What is durable is not in the file.
    #[error("the ledger's file does not have what was written to it, at byte {0}; check its disk")]
    Missing(u64),
}

/// What a step did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Everything is published.
    Idle,
    /// So many records are published now.
    Published(u64),
    /// The folder was found to be of so many records of this ledger.
    Resumed(u64),
    /// The folder was emptied, and is made again.
    Again(Contradiction),
}

/// Publishes one ledger into one folder.
pub struct Publisher<D, S, C> {
    folder: Folder<D>,
    journal: S,
    crypto: Arc<C>,
    key: CheckpointKey,
    durable: Durable,
    /// None at first, and after an error: then it is found anew.
    place: Option<Place>,
}

/// How far the folder is.
struct Place {
    edge: Edge,
    /// Where the next group begins in the ledger.
    offset: u64,
}

impl<D: Disk, S: Storage, C: Crypto> Publisher<D, S, C> {
    /// Publishes what `journal`, the file of a ledger, has up to what is `durable`, into `disk`.
    pub const fn new(
        disk: D,
        journal: S,
        crypto: Arc<C>,
        key: CheckpointKey,
        durable: Durable,
    ) -> Self {
        let folder = Folder::new(disk);
        Self { folder, journal, crypto, key, durable, place: None }
    }

    /// Does a bounded part of what there is to do.
    ///
    /// # Errors
    /// [`PublishError`]: call it again some time.
    pub fn step(&mut self) -> Result<Step, PublishError> {
        let durable = self.durable.head();
        let Some(place) = self.place.take() else { return self.resume(&durable) };
        if place.edge.size() >= durable.size {
            self.place = Some(place);
            return Ok(Step::Idle);
        }
        let place = self.publish(place, &durable)?;
        let size = place.edge.size();
        self.place = Some(place);
        Ok(Step::Published(size))
    }

    /// Finds out where the folder stands; makes it again if it contradicts the ledger.
    fn resume(&mut self, durable: &Head) -> Result<Step, PublishError> {
        let contradiction = match found(&self.folder, &*self.crypto, &self.key)? {
            Found::Nothing => None,
            Found::Contradicts(contradiction) => Some(contradiction),
            Found::Published(edge) => match self.located(&edge, durable)? {
                Some(offset) => {
                    let size = edge.size();
                    self.place = Some(Place { edge: *edge, offset });
                    return Ok(Step::Resumed(size));
                }
                None => Some(Contradiction::Ledger { size: edge.size() }),
            },
        };
        self.keep(contradiction)?;
        self.folder.clear()?;
        self.place = Some(Place { edge: Edge::default(), offset: 0 });
        Ok(contradiction.map_or(Step::Resumed(0), Step::Again))
    }

    fn located(&self, edge: &Edge, durable: &Head) -> Result<Option<u64>, PublishError> {
        let from = hint(&self.folder)?;
        let at = |from| locate(&self.journal, &*self.crypto, edge, durable, from);
        Ok(match at(from)? {
            None if from > 0 => at(0)?,
            found => found,
        })
    }

    /// A checkpoint that the ledger signed and does not have is evidence: it is kept.
    fn keep(&mut self, contradiction: Option<Contradiction>) -> io::Result<()> {
        let Some(Contradiction::Ledger { size }) = contradiction else { return Ok(()) };
        let note = self.folder.read(CHECKPOINT)?.unwrap_or_default();
        self.folder.put(&format!("contradiction-{size}"), &note)?;
        self.folder.settle()
    }

    fn publish(&mut self, mut place: Place, durable: &Head) -> Result<Place, PublishError> {
        let old_size = place.edge.size();
        let mut last = self.group(&mut place)?;
        while place.edge.size() < durable.size && place.edge.size() - old_size < STEP_RECORDS {
            last = self.group(&mut place)?;
        }
        for (path, bytes) in place.edge.partial(old_size) {
            self.folder.put(&path, &bytes)?;
        }
        self.folder.settle()?;
        let signed = is_signed(&last, &*self.crypto, &self.key);
        let note = last.note(&self.key).filter(|_| signed && place.edge.size() <= durable.size);
        let note = note.ok_or(PublishError::Missing(place.offset))?;
        self.folder.put(CHECKPOINT, note.as_bytes())?;
        self.folder.settle()?;
        self.folder.jot(HINT, format!("{}\n", place.offset).as_bytes())?;
        superseded(old_size, place.edge.size()).try_for_each(|path| self.folder.remove(&path))?;
        Ok(place)
    }

    /// Appends the next group, and writes what is full.
    fn group(&mut self, place: &mut Place) -> Result<SignedCheckpoint, PublishError> {
        let Place { edge, offset } = place;
        let missing = || PublishError::Missing(*offset);
        let group = public_group(&self.journal, &*self.crypto, *offset)?;
        let group = group.filter(|group| group.before == *edge.tree()).ok_or_else(missing)?;
        for leaf in &group.leaves {
            for (path, bytes) in edge.append(leaf).ok_or_else(missing)? {
                self.folder.put(&path, &bytes)?;
            }
        }
        *offset = group.end;
        Ok(group.signed)
    }
}
