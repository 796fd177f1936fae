//! Every checkpoint's signature, one after the other: what a boot has no time for, and what tells where a
//! ledger that does not open was altered first.
//!
//! A boot checks the last signature alone, for what it signs is the tree over all records. Whoever alters a
//! record and makes all trees after it anew is found out by that one signature, which does not say where:
//! the first signature that is wrong does.

use countersign_ports::{Crypto, Sealing, Storage};
use countersign_protocol::canonical;
use countersign_protocol::change::Appliance;
use countersign_protocol::checkpoint::CheckpointKey;
use countersign_protocol::group::Group;
use countersign_protocol::record::{Kind, Leaf, Opening, Record};

use crate::damage::{Damage, Place};
use crate::group::{Parts, body_of, is_signed};
use crate::replay::framed;
use crate::seal::Keys;

/// Whether each checkpoint is signed by this key, as far as there are whole groups. (That they follow from
/// each other is what [`crate::open`] looks at.)
///
/// # Errors
/// [`Damage::Checkpoint`] with the first one that is not, or [`Damage::Storage`].
pub fn check_signatures(
    storage: &impl Storage,
    crypto: &impl Crypto,
    key: &CheckpointKey,
) -> Result<(), Damage> {
    let unsigned = first_group(storage, crypto, |place, group| {
        (!is_group_signed(crypto, key, group)).then_some(place)
    });
    unsigned?.map_or(Ok(()), |place| Err(Damage::Checkpoint(place)))
}

/// The damage that was found, or the one before it that it comes from: a group that follows and is not
/// signed.
pub(crate) fn first<C: Crypto + Sealing>(
    found: Damage,
    storage: &impl Storage,
    crypto: &C,
    keys: &impl Keys,
) -> Damage {
    let key = first_group(storage, crypto, |place, group| {
        let records = (place.record..).zip(group.records.iter());
        { records }.find_map(|(index, record)| key_in(crypto, keys, index, record))
    });
    let (Ok(Some(key)), Some(place)) = (key, found.place()) else { return found };
    let signed = |_, group: &Group<'_>| is_group_signed(crypto, &key, group).then_some(());
    // A key that signed nothing is what somebody wrote over the key.
    if !matches!(first_group(storage, crypto, signed), Ok(Some(()))) {
        return found;
    }
    match check_signatures(storage, crypto, &key) {
        Err(Damage::Checkpoint(before)) if before.offset < place.offset => {
            Damage::Checkpoint(before)
        }
        _ => found,
    }
}

fn is_group_signed(crypto: &impl Crypto, key: &CheckpointKey, group: &Group<'_>) -> bool {
    is_signed(crypto, key, &group.checkpoint, &group.signature)
}

/// The key that the ledger says its checkpoints verify with: good enough to tell where it is damaged, not
/// to believe it.
fn key_in<C: Crypto + Sealing>(
    crypto: &C,
    keys: &impl Keys,
    index: u64,
    record: Record<'_>,
) -> Option<CheckpointKey> {
    let leaf: Leaf<'_> = canonical::decode(record.leaf.bytes()).ok()?;
    let parts = (leaf.kind == Kind::Appliance).then(|| Parts::from(record))?;
    let opening = parts.open(crypto, keys, index).ok()?;
    let opening: Opening<'_> = canonical::decode(&opening).ok()?;
    let made: Appliance<'_> = canonical::decode(opening.content.bytes()).ok()?;
    Some(made.checkpoint_key)
}

/// The first thing that `find` finds in a group, as far as there are whole ones.
fn first_group<T>(
    storage: &impl Storage,
    crypto: &impl Crypto,
    find: impl Fn(Place, &Group<'_>) -> Option<T>,
) -> Result<Option<T>, Damage> {
    let end = storage.len()?;
    let mut place = Place { offset: 0, record: 0 };
    while let Some(framed) = framed(storage, place.offset, end)? {
        let Some(body) = body_of(crypto, &framed) else { break };
        let Ok(group) = canonical::decode::<Group<'_>>(body) else { break };
        if let Some(found) = find(place, &group) {
            return Ok(Some(found));
        }
        place.offset = place.offset.saturating_add(framed.len() as u64);
        place.record = group.checkpoint.size;
    }
    Ok(None)
}
