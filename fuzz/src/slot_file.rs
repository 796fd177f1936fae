//! What a slot file and the batch beside it may hold: anything, for an attacker may have had the disk. And what a row in it may
//! be, if somebody had its key.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use countersign_core::Now;
use countersign_disk::Disk;
use countersign_host::Host;
use countersign_ports::{Entropy, InTurn, NoEntropy, Storage as _};
use countersign_protocol::ApplianceId;
use countersign_registry::{Name, Registry, RootKey, Taking, Written};
use countersign_slots::{Change, Filling, Key, Slots, Upon};

use crate::house::registered;

const US: ApplianceId = ApplianceId([1; 16]);
const KEY: [u8; 32] = [7; 32];
const NOW: Now = Now { boot_ms: 0, utc_lo_ms: 0, utc_hi_ms: 0 };

/// A slot file, and the same bytes as a batch beside a good one. Property: it opens to nothing that was not written, without a
/// panic; and what is no batch for a good file changes nothing in it.
pub fn slots(data: &[u8]) {
    let [good, batch, longer] = &*FILES;
    let opened = contents(data, &[]);
    assert!(opened.is_none() || data == *good || data == *longer, "a file that nobody wrote");
    let found = contents(good, data);
    assert!(data == *batch || found.as_ref() == Some(&*CONTENTS), "a batch that nobody wrote");
}

/// A row, in the middle of those of a registry with everybody in it. Property: it is taken or refused without a panic, and a
/// registry that takes it comes to rows that another one takes, with the same root.
pub fn row(data: &[u8]) {
    let all = &*ROWS;
    let (mut summing, mut taking) = Taking::new(Arc::new(Host), RootKey::nobodys());
    let half = all.len() / 2;
    let mut take = |bytes: &[u8]| summing.add(bytes).is_some() && taking.take(bytes).is_ok();
    let first = all.values().take(half).all(|row| take(&row.bytes));
    let taken = first && take(data);
    if !taken || !all.values().skip(half).all(|row| take(&row.bytes)) {
        return;
    }
    let Ok(mut registry) = taking.finish(summing, &InTurn) else { return };
    let (mut summing, mut again) = Taking::new(Arc::new(Host), RootKey::nobodys());
    for row in rows(&registry).values() {
        summing.add(&row.bytes).unwrap();
        again.take(&row.bytes).unwrap();
    }
    assert_eq!(again.finish(summing, &InTurn).unwrap().root(), registry.root());
}

static FILES: LazyLock<[Vec<u8>; 3]> = LazyLock::new(files);
static CONTENTS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| contents(&FILES[0], &[]).unwrap());
static ROWS: LazyLock<BTreeMap<Name, Written>> = LazyLock::new(|| rows(&registered()));

/// Rows of a registry with everybody in it.
pub(crate) fn examples() -> Vec<(String, Vec<u8>)> {
    let named = |(at, row): (usize, &Written)| (format!("{at:02}"), row.bytes.clone());
    ROWS.values().enumerate().map(named).collect()
}

fn rows(registry: &Registry<Host>) -> BTreeMap<Name, Written> {
    let row = |name| Some((name, registry.written(&name, NOW).ok()??));
    registry.names().filter_map(row).collect()
}

/// A good file, a batch for it, and the file when that is done.
pub(crate) fn files() -> [Vec<u8>; 3] {
    let [mut file, mut aside] = [(), ()].map(|()| Disk::holding(Vec::new()));
    let put = |key: &'static [u8], content: &'static [u8]| Change::Put {
        key: Key { table: 1, key },
        tenant: 1,
        content,
    };
    let with = (&Arc::new(Host), &KEY, US);
    let mut nonces = Counting(0);
    let mut filling = Filling::begin(&mut file, with, [9; 32]).unwrap();
    filling.put((&mut file, &mut nonces), &put(b"a", b"small")).unwrap();
    filling.put((&mut file, &mut nonces), &put(b"b", &[3; 600])).unwrap();
    let slots = filling.end((&mut file, &mut nonces), 1).unwrap();
    let good = bytes(&file);
    let upon = Upon { file: &mut file, aside: &mut aside, chance: &mut nonces };
    slots.write(upon, 2, &[put(b"c", b"another")]).unwrap();
    [good, bytes(&aside), bytes(&file)]
}

fn bytes(disk: &Disk) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(disk.len().unwrap()).unwrap()];
    disk.read_at(0, &mut bytes).unwrap();
    bytes
}

/// All records in a file with this beside it.
fn contents(file: &[u8], aside: &[u8]) -> Option<Vec<Vec<u8>>> {
    let [mut file, aside] = [file, aside].map(|bytes| Disk::holding(bytes.to_vec()));
    let mut found = Vec::new();
    let take = |_, content: &[u8]| {
        found.push(content.to_vec());
        Some(())
    };
    Slots::open(
        (&mut file, &aside),
        (&Arc::new(Host), &KEY, US),
        &InTurn,
        (|_, _: &[u8]| Some(()), take),
    )?;
    Some(found)
}

/// Nonces that are counted: each file here is made anew, and always the same.
struct Counting(u64);

impl Entropy for Counting {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), NoEntropy> {
        self.0 += 1;
        let number = self.0.to_be_bytes();
        bytes.iter_mut().zip(number.iter().cycle()).for_each(|(to, from)| *to = *from);
        Ok(())
    }
}
