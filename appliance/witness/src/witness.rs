//! The witness: one request at a time, from its text to the cosignature.
//!
//! Guarantees: whoever has the witness to itself (`&mut`) decides, remembers and signs in one go, so that no
//! two requests are both judged by the same last checkpoint; the path to the key leads through
//! [`Memory::keep`]; after a failed write nothing is signed any more, for nobody knows what is on the disk.

use std::collections::BTreeMap;
use std::io;

use countersign_ports::Crypto;
use countersign_tlog::key::Key;
use countersign_tlog::note::{Line, Note};
use countersign_tlog::witness::AddCheckpoint;
use countersign_tlog::{EMPTY_ROOT, Head, Message, checkpoint, consistency};

use crate::logs::{algorithm, is_signed};
use crate::remembered::{self, Heads};
use crate::{Answer, Logs, Memory, NotRemembered};

/// A clock and the witness's own key.
pub trait Cosigner {
    /// What time it is, in seconds since 1970.
    fn time_s(&self) -> u64;

    /// The witness's Ed25519 signature over a checkpoint's text at this time, by [`cosignature`]; none if the
    /// key cannot be used.
    ///
    /// [`cosignature`]: countersign_tlog::cosignature::ed25519
    fn sign(&self, time_s: u64, checkpoint: &str) -> Option<[u8; 64]>;
}

/// Why a witness does not begin.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The memory cannot be read.
    #[error("cannot read what the witness remembers: {0}; check the file and its owner")]
    Read(#[from] io::Error),
    /// It is not there, though the witness has its key.
    #[error(
        "what the witness remembers is not there; without it the witness might contradict itself: restore the newest copy, \
         or destroy its key and begin as another witness"
    )]
    Missing,
    /// It is damaged.
    #[error(transparent)]
    Damaged(#[from] NotRemembered),
}

/// A witness.
#[derive(Debug)]
pub struct Witness<M> {
    /// Its own verifier key.
    key: String,
    logs: Logs,
    heads: Heads,
    memory: M,
    failed: bool,
    /// The last line of each log: a request that is sent again within a second costs no signature.
    last: BTreeMap<String, (Head, u64, String)>,
}

/// Begins to remember, before there is a key that could have signed anything.
///
/// # Errors
/// When the memory fails.
pub fn begin(memory: &mut impl Memory) -> io::Result<()> {
    memory.keep(&remembered::write(&Heads::new()).unwrap_or_default())
}

/// A checkpoint that continues what was cosigned last.
struct Accepted<'r> {
    text: &'r str,
    origin: &'r str,
    head: Head,
}

impl<M: Memory> Witness<M> {
    /// The witness with this verifier key, of these logs, with what it remembers.
    ///
    /// # Errors
    /// [`OpenError`]; also if there is no memory: a witness without one does not know what it has cosigned.
    pub fn open(key: String, logs: Logs, memory: M) -> Result<Self, OpenError> {
        let text = memory.read()?.ok_or(OpenError::Missing)?;
        let heads = remembered::read(&text)?;
        Ok(Self { key, logs, heads, memory, failed: false, last: BTreeMap::new() })
    }

    /// Its own verifier key: what logs are to be configured with.
    #[must_use]
    pub fn key(&self) -> &str {
        &self.key
    }

    /// Answers a request's body.
    pub fn add_checkpoint(
        &mut self,
        crypto: &impl Crypto,
        cosigner: &impl Cosigner,
        body: &[u8],
    ) -> Answer {
        match self.judge(crypto, body) {
            Ok(accepted) => self.cosign(crypto, cosigner, &accepted).unwrap_or(Answer::Unavailable),
            Err(refused) => refused,
        }
    }

    /// The checks of tlog-witness, `add-checkpoint`, in its order.
    fn judge<'r>(&self, crypto: &impl Crypto, body: &'r [u8]) -> Result<Accepted<'r>, Answer> {
        let body = std::str::from_utf8(body).map_err(|_| Answer::Malformed)?;
        let request = AddCheckpoint::parse(body).map_err(|_| Answer::Malformed)?;
        let note = Note::parse(request.checkpoint).map_err(|_| Answer::Malformed)?;
        let text = note.text();
        let checkpoint::Checkpoint { origin, head } =
            checkpoint::parse(text).ok_or(Answer::Malformed)?;
        let keys = self.logs.keys(origin).ok_or(Answer::UnknownLog)?;
        if !is_signed(crypto, keys, &note) {
            return Err(Answer::BadSignature);
        }
        if request.old_size > head.size {
            return Err(Answer::Malformed);
        }
        let last = self.heads.get(origin).copied().unwrap_or(NOTHING);
        let other_root = last.size == head.size && last.root != head.root;
        if request.old_size != last.size || other_root {
            return Err(Answer::Conflict(last.size));
        }
        consistency::verify(&last, &head, &request.path).map_err(|_| Answer::BadProof)?;
        Ok(Accepted { text, origin, head })
    }

    /// Remembers, then signs. None if the one or the other failed.
    fn cosign(
        &mut self,
        crypto: &impl Crypto,
        cosigner: &impl Cosigner,
        accepted: &Accepted<'_>,
    ) -> Option<Answer> {
        self.remember(accepted)?;
        let key = Key::parse(&self.key).ok()?;
        let time_s = cosigner.time_s();
        if let Some((head, at, line)) = self.last.get(accepted.origin)
            && (*head, *at) == (accepted.head, time_s)
        {
            return Some(Answer::Cosigned(line.clone()));
        }
        let signature = cosigner.sign(time_s, accepted.text)?;
        // A token that errs makes no cosignature of ours.
        let message = Message::of(&key, time_s, accepted.text).ok()?;
        let algorithm = algorithm(key.kind())?;
        let good = crypto.verify(algorithm, key.public(), message.as_bytes(), &signature);
        let line = Line::new(&key, time_s, &signature).filter(|_| good.into())?;
        let line = line.to_string();
        self.last.insert(accepted.origin.to_owned(), (accepted.head, time_s, line.clone()));
        Some(Answer::Cosigned(line))
    }

    /// The checkpoint is the log's last one, durably.
    fn remember(&mut self, Accepted { origin, head, .. }: &Accepted<'_>) -> Option<()> {
        if self.failed {
            return None;
        }
        if self.heads.get(*origin) == Some(head) {
            return Some(());
        }
        let mut heads = self.heads.clone();
        heads.insert((*origin).to_owned(), *head);
        let text = remembered::write(&heads)?;
        self.failed = self.memory.keep(&text).is_err();
        if self.failed {
            return None;
        }
        self.heads = heads;
        Some(())
    }
}

/// What is known of a log of which nothing was cosigned.
const NOTHING: Head = Head { size: 0, root: EMPTY_ROOT };
