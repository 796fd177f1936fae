//! What the tests share: a file on two disks, beside a plain map of what must be in it.

use std::collections::BTreeMap;
use std::sync::Arc;

use countersign_disk::{Chance, Disk};
use countersign_host::Host;
use countersign_ports::{InTurn, Storage};
use countersign_protocol::ApplianceId;
use countersign_slots::{Change, Filling, Key, Label, NotWritten, Slots, Upon};

pub const US: ApplianceId = ApplianceId([7; 16]);
pub const KEY: [u8; 32] = [3; 32];

pub fn chance(seed: u64) -> Chance {
    Chance::of(seed)
}

/// Which record: its table and key.
pub type Which = (u8, Vec<u8>);
/// What must be in a file: of each record the tenant and the content.
pub type Plain = BTreeMap<Which, (u32, Vec<u8>)>;

/// What becomes of a record; none: it is gone.
pub type Step = (Which, Option<(u32, Vec<u8>)>);

pub fn apply(plain: &mut Plain, steps: &[Step]) {
    for (which, what) in steps {
        match what {
            Some(what) => drop(plain.insert(which.clone(), what.clone())),
            None => drop(plain.remove(which)),
        }
    }
}

pub fn change((which, what): &Step) -> Change<'_> {
    let key = Key { table: which.0, key: &which.1 };
    match what {
        Some((tenant, content)) => Change::Put { key, tenant: *tenant, content },
        None => Change::Remove(key),
    }
}

/// A record's content begins with its key, so that whoever reads knows which it is.
pub fn step(table: u8, key: u8, tenant: u32, len: usize) -> Step {
    let content = [key].into_iter().chain((0..len).map(|at| (at % 251) as u8 ^ key)).collect();
    ((table, vec![key]), Some((tenant, content)))
}

pub fn gone(table: u8, key: u8) -> Step {
    ((table, vec![key]), None)
}

/// Steps of one write, each about another record: lengths around those of slots, and beyond.
pub fn steps(random: &mut fastrand::Rng) -> Vec<Step> {
    const LENGTHS: [usize; 9] = [0, 1, 200, 447, 448, 449, 4_032, 4_033, 9_000];
    let mut keys: Vec<u8> = (0..12).collect();
    random.shuffle(&mut keys);
    keys.truncate(random.usize(1..4));
    let mut one = |key: u8| match random.u8(..4) {
        0 => gone(1 + key % 3, key),
        _ => step(1 + key % 3, key, random.u32(..3), LENGTHS[random.usize(..LENGTHS.len())]),
    };
    keys.into_iter().map(&mut one).collect()
}

pub fn fill<S: Storage>(
    file: &mut S,
    chance: &mut Chance,
    seed: [u8; 32],
    steps: &[Step],
) -> Result<Slots<Host>, NotWritten> {
    let mut filling = Filling::begin(file, (&Arc::new(Host), &KEY, US), seed)?;
    steps.iter().try_for_each(|step| filling.put((&mut *file, &mut *chance), &change(step)))?;
    filling.end((file, chance), 0)
}

pub fn write<S: Storage>(
    slots: Slots<Host>,
    (file, aside): (&mut S, &mut S),
    chance: &mut Chance,
    steps: &[Step],
) -> Result<Slots<Host>, NotWritten> {
    let changes: Vec<_> = steps.iter().map(change).collect();
    let mark = slots.mark() + 1;
    slots.write(Upon { file, aside, chance }, mark, &changes)
}

/// What a file says.
pub fn open<S: Storage + Send>(file: &mut S, aside: &S) -> Option<(Slots<Host>, Plain)> {
    open_as(file, aside, &KEY, US)
}

pub fn open_as<S: Storage + Send>(
    file: &mut S,
    aside: &S,
    key: &[u8; 32],
    appliance: ApplianceId,
) -> Option<(Slots<Host>, Plain)> {
    let with = (&Arc::new(Host), key, appliance);
    let (mut seen, mut plain) = (0, Plain::new());
    let see = |_, _: &[u8]| {
        seen += 1;
        Some(())
    };
    let take = |label: Label, content: &[u8]| {
        let which = (label.table, vec![*content.first()?]);
        plain.insert(which, (label.tenant, content.to_vec())).is_none().then_some(())
    };
    let slots = Slots::open((file, aside), with, &InTurn, (see, take))?;
    assert_eq!(seen, plain.len(), "both are shown all of them");
    Some((slots, plain))
}

/// What two disks with these bytes say.
pub fn read([file, aside]: [&[u8]; 2]) -> Option<Plain> {
    let [mut file, aside] = [file, aside].map(|bytes| Disk::holding(bytes.to_vec()));
    open(&mut file, &aside).map(|(_, plain)| plain)
}

pub fn bytes(disk: &Disk) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(disk.len().unwrap()).unwrap()];
    disk.read_at(0, &mut bytes).unwrap();
    bytes
}

pub fn disk() -> Disk {
    Disk::holding(Vec::new())
}
