//! What was seen of a log is remembered: it only ever grows.
//!
//! Guarantees: a log that shows fewer records than it did, or others, is refused, as far as its files prove it;
//! what they do not prove is remembered beside what they did, until they do. It does not guarantee that all
//! readers are shown the same: that is what witnesses are for.

use std::time::Duration;

use countersign_tlog::{Head, checkpoint as text};

use super::{LogError, Source, consistency, source};

/// How often, and after how long each time, it is looked whether a receipt's checkpoint is published.
const LOOKS: u32 = 10;
const LOOK: Duration = Duration::from_millis(200);

/// What was seen of one log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seen {
    /// The largest tree that all before it are proved to be in.
    pub proved: Head,
    /// The largest tree.
    pub largest: Head,
}

/// Where it is remembered.
pub trait Memory {
    /// What was seen of a log, by its name.
    ///
    /// # Errors
    /// [`LogError::Memory`].
    fn recall(&self, log: &str) -> Result<Option<Seen>, LogError>;

    /// Remembers what was seen, durably.
    ///
    /// # Errors
    /// [`LogError::Memory`].
    fn remember(&self, log: &str, seen: &Seen) -> Result<(), LogError>;
}

/// How a checkpoint stands to what was seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Met {
    /// The first of this log.
    First,
    /// Proved to be of the same log.
    Proved,
    /// Nothing contradicts it, and nothing proves it: the log's files could not be read.
    Unproved,
}

/// Judges a log's newest checkpoint, whose signature was verified, and whose files `source` has.
///
/// # Errors
/// [`LogError::Shrank`] and [`LogError::Forked`]; what goes wrong while reading.
pub async fn newest(
    memory: &impl Memory,
    source: &impl Source,
    log: &str,
    head: &Head,
) -> Result<Met, LogError> {
    let Some(seen) = memory.recall(log)? else { return first(memory, log, head) };
    if head.size < seen.largest.size {
        return Err(LogError::Shrank { seen: seen.largest, now: head.size });
    }
    linked(source, &[seen.proved, seen.largest], head).await?;
    memory.remember(log, &Seen { proved: *head, largest: *head })?;
    Ok(Met::Proved)
}

/// Judges the checkpoint of a receipt: it may be older than what was seen. Without a source, or where that has
/// no files, only a fork at the very same size is seen.
///
/// # Errors
/// [`LogError::Forked`] and [`LogError::Shrank`]; what goes wrong while remembering.
pub async fn received<S: Source>(
    memory: &impl Memory,
    source: Option<&S>,
    log: &str,
    head: &Head,
) -> Result<Met, LogError> {
    let Some(seen) = memory.recall(log)? else { return first(memory, log, head) };
    let Seen { proved, largest } = seen;
    if let Some(known) = [proved, largest].iter().find(|known| known.size == head.size) {
        let forked = LogError::Forked { seen: *known };
        return if known.root == head.root { Ok(Met::Proved) } else { Err(forked) };
    }
    let larger = if head.size > largest.size { *head } else { largest };
    let linked = match source {
        Some(source) => within_published(source, log, &[proved, largest, *head]).await,
        None => Ok(Met::Unproved),
    };
    match linked {
        Ok(Met::Proved) => memory.remember(log, &Seen { proved: larger, largest: larger })?,
        Err(why @ (LogError::Forked { .. } | LogError::Shrank { .. })) => return Err(why),
        // What cannot be read proves nothing, and denies nothing.
        _ => {
            memory.remember(log, &Seen { proved, largest: larger })?;
            return Ok(Met::Unproved);
        }
    }
    Ok(Met::Proved)
}

fn first(memory: &impl Memory, log: &str, head: &Head) -> Result<Met, LogError> {
    memory.remember(log, &Seen { proved: *head, largest: *head })?;
    Ok(Met::First)
}

/// All these are in one published tree: then none contradicts another, whoever signed that tree.
async fn within_published(
    source: &impl Source,
    log: &str,
    heads: &[Head],
) -> Result<Met, LogError> {
    let largest = heads.iter().copied().max_by_key(|head| head.size);
    let Some(largest) = largest else { return Ok(Met::Unproved) };
    for _ in 0..LOOKS {
        let note = source::checkpoint(source).await?;
        let shape = || LogError::Shape("checkpoint".to_owned());
        let (text, _) = note.split_once("\n\n").ok_or_else(shape)?;
        let text = format!("{text}\n");
        let published = text::parse(&text).filter(|published| published.origin == log);
        let published = published.ok_or_else(shape)?.head;
        if published.size >= largest.size {
            linked(source, heads, &published).await?;
            return Ok(Met::Proved);
        }
        tokio::time::sleep(LOOK).await;
    }
    // It lags behind, or nothing is published any more.
    Ok(Met::Unproved)
}

async fn linked(source: &impl Source, heads: &[Head], to: &Head) -> Result<(), LogError> {
    for head in heads {
        if head.size == to.size && head.root != to.root {
            return Err(LogError::Forked { seen: *head });
        }
        consistency(source, head, to).await?;
    }
    Ok(())
}
