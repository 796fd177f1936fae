//! A registry of many devices: what one costs in memory and in the slot file, how long the file takes to be written and read
//! again with everything checked, and what `Prepare` costs beside a small registry.
//!
//! Does not guarantee: a whole start. Ledger, vault and token are measured elsewhere (`cargo xtask lab large`).

use std::fs;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, ensure};
use countersign_core::Now;
use countersign_core::port::{Crypto as _, Guarded as _, Registry as _};
use countersign_disk::Chance;
use countersign_enrolled::Enrolled;
use countersign_host::{FileStorage, Host, Threads};
use countersign_protocol::change::{Retention, Signer as Person};
use countersign_protocol::limits::ROWS_COPIED;
use countersign_protocol::{ApplianceId, Digest, Name, SlotId, TenantId};
use countersign_registry::{Change, Registry, RootKey, Taking, Written};
use countersign_slots::{Change as Slot, Filling, Key, Slots, Upon};

use super::alone::Alone;
use super::core_path::prepare_us;
use crate::figures::Figures;
use crate::registered::Signer;

const US: ApplianceId = ApplianceId([1; 16]);
const KEY: [u8; 32] = [7; 32];
const NOW: Now = Now { boot_ms: 0, utc_lo_ms: 0, utc_hi_ms: 0 };
/// Devices of the registry that a large one is held against.
const FEW: u32 = 1_000;

/// Measures with a few devices, and with so many.
pub fn measure(figures: &mut Figures, devices: u32, seconds: u64) -> Result<()> {
    let signer = Signer::numbered(0)?;
    figures.part(&format!("a registry of {devices} devices, each of a signer of its own"));
    let few = populated(&signer, FEW)?;
    let [few_p50, few_p99] = prepare_us(&few, &signer, seconds)?;
    drop(few);
    let (before, begun) = (memory()?, Instant::now());
    let many = populated(&signer, devices)?;
    figures.add("enrolled in memory", f64::from(devices) / begun.elapsed().as_secs_f64(), "/s");
    let of = format!("with {FEW}");
    let [p50, p99] = prepare_us(&many, &signer, seconds)?;
    figures.compared("Prepare, p50", p50, "us", few_p50, &of);
    figures.compared("Prepare, p99", p99, "us", few_p99, &of);
    let filed = many.with(|state| filed(figures, &mut state.registry, (devices, before)))?;
    // Two of them need not fit into memory.
    drop(many);
    filed.read(figures)
}

/// A platform with one signer who signs, and so many others with a device each.
fn populated(signer: &Signer, devices: u32) -> Result<Alone<Host>> {
    let alone = Alone::new(Host, signer)?;
    alone.with(|state| (2..devices).try_for_each(|number| enrol(&mut state.registry, number)))?;
    Ok(alone)
}

fn enrol(registry: &mut Registry<Host>, number: u32) -> Result<()> {
    let (id, text) = (registry.next_signer(), format!("signer {number}"));
    let (slot, device) = (registry.next_slot(), format!("device {number}"));
    let person = Person {
        id,
        tenant: TenantId(1),
        name: Name::new(&text).context("no name")?,
        evidence_key: Digest(Host.sha256(&[text.as_bytes()])),
        retention: Retention::TenYears,
    };
    registry.apply(u64::from(number), &Change::Signer(person))?;
    let (credential, cose_key) = (Host.sha256(&[device.as_bytes()]), ed25519(number)?);
    let new = Enrolled {
        slot,
        signer: id,
        name: &device,
        credential: &credential,
        cose_key: &cose_key,
        sign_count: 0,
    };
    new.enter(registry, u64::from(number));
    if number.is_multiple_of(1_024) {
        // As whoever takes snapshots does.
        registry.is_written();
    }
    Ok(())
}

/// An Ed25519 key of its own for each number.
fn ed25519(number: u32) -> Result<Vec<u8>> {
    let key = |n: u32| {
        let bytes = Host.sha256(&[&number.to_be_bytes(), &n.to_be_bytes()]);
        [&[0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21, 0x58, 0x20][..], &bytes].concat()
    };
    let is_one = |cose: &Vec<u8>| countersign_core::assertion::cose::read(&Host, cose).is_some();
    (0..256).map(key).find(is_one).context("no key")
}

/// A registry in a file, and its root.
struct Filed {
    folder: tempfile::TempDir,
    root: Digest,
}

/// Writes it, and changes a device.
fn filed(
    figures: &mut Figures,
    registry: &mut Registry<Host>,
    (devices, before): (u32, u64),
) -> Result<Filed> {
    let folder = tempfile::tempdir()?;
    let (mut file, mut aside) = (open(&folder, "even")?, open(&folder, "odd")?);
    let mut chance = Chance::of(1);
    let (crypto, begun) = (Arc::new(Host), Instant::now());
    registry.is_written();
    let mut filling = Filling::begin(&mut file, (&crypto, &KEY, US), [1; 32])?;
    let mut last = None;
    loop {
        let rows = registry.rows_after(last, ROWS_COPIED, NOW).map_err(|_| anyhow!("no rows"))?;
        let Some((name, _)) = rows.last() else { break };
        last = Some(*name);
        for (name, row) in &rows {
            filling.put((&mut file, &mut chance), &put(name.table(), &name.key(), row))?;
        }
    }
    let slots = filling.end((&mut file, &mut chance), 1)?;
    let each = |n: f64| n / f64::from(devices);
    figures.add("in memory, a device, with the file", each((memory()? - before) as f64), "B");
    figures.add("in the file, a device", each(slots.bytes() as f64), "B");
    figures.add("the whole file written", begun.elapsed().as_secs_f64(), "s");
    registry.accept_sign_count(SlotId(1), 7);
    let (begun, changed) =
        (Instant::now(), registry.unwritten(NOW).map_err(|_| anyhow!("no rows"))?);
    let rows: Vec<_> = changed.iter().map(|(name, row)| (name.table(), name.key(), row)).collect();
    let changes: Vec<_> =
        rows.iter().filter_map(|(table, key, row)| Some(put(*table, key, row.as_ref()?))).collect();
    let upon = Upon { file: &mut file, aside: &mut aside, chance: &mut chance };
    let slots = slots.write(upon, 2, &changes)?;
    figures.add("one device written", begun.elapsed().as_secs_f64() * 1e3, "ms");
    drop(slots);
    Ok(Filed { folder, root: registry.root() })
}

fn open(folder: &tempfile::TempDir, name: &str) -> Result<FileStorage> {
    Ok(FileStorage::open(&folder.path().join(name))?)
}

impl Filed {
    fn read(&self, figures: &mut Figures) -> Result<()> {
        let (mut file, aside) = (open(&self.folder, "even")?, open(&self.folder, "odd")?);
        let (crypto, begun) = (Arc::new(Host), Instant::now());
        let with = (&crypto, &KEY, US);
        let (one, other) = (|_, _: &[u8]| Some(()), |_, _: &[u8]| Some(()));
        let slots = Slots::open((&mut file, &aside), with, &Threads, (one, other));
        slots.context("it does not open")?;
        figures.add("the whole file opened", begun.elapsed().as_secs_f64(), "s");
        let begun = Instant::now();
        let (mut summing, mut taking) = Taking::new(Arc::clone(&crypto), RootKey::nobodys());
        let sum = |_, row: &[u8]| summing.add(row);
        let take = |_, row: &[u8]| taking.take(row).ok();
        let slots = Slots::open((&mut file, &aside), with, &Threads, (sum, take));
        slots.context("it does not open")?;
        let mut again = taking.finish(summing, &Threads)?;
        ensure!(again.root() == self.root, "it is another registry");
        figures.add("the whole file opened, and taken", begun.elapsed().as_secs_f64(), "s");
        Ok(())
    }
}

fn put<'r>(table: u8, key: &'r [u8], row: &'r Written) -> Slot<'r> {
    let tenant = row.tenant.map_or(0, |TenantId(id)| id);
    Slot::Put { key: Key { table, key }, tenant, content: &row.bytes }
}

/// Bytes of memory that this process has.
fn memory() -> Result<u64> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")).context("no VmRSS")?;
    Ok(kilobytes.parse::<u64>()? * 1024)
}
