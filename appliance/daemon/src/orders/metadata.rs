//! Orders about what is published of models, and on whose word.
//!
//! Guarantees: a BLOB is taken under a root that is trusted for it, or not at all; its number never goes down;
//! what it changes is on record model by model, each after the devices that it stops; the BLOB's own record
//! comes last, so that one whose import was cut short can be given again and does the rest.

use countersign_core::Now;
use countersign_core::port::{Crypto, Guarded};
use countersign_enrolment::metadata::{self, Blob, BlobFault, MdsRoot, Model, Room, Step};
use countersign_protocol::admin::{Answer, Imported, MetadataImport};
use countersign_protocol::change::Cause;
use countersign_protocol::limits::RECORD_BYTES_MAX;
use countersign_protocol::model::{Metadata, Trust};
use countersign_protocol::record::Kind;
use countersign_registry::{Change, Conflict, Registry};

use super::{OrderError, Proposed, dated, proposed};
use crate::appliance::Appliance;
use crate::contents::encode;
use crate::ground::Ground;
use crate::platform::Surroundings;

/// Records of an import that are submitted together: far fewer than may wait in the ledger.
const RECORDS_TOGETHER: usize = 256;
/// What a record has around a model.
const AROUND_BYTES: usize = 8 * 1024;

/// Trusts a certificate, or no longer.
pub(super) fn trust(order: &Trust<'_>) -> Proposed {
    metadata::key_digest(order.certificate.bytes()).ok_or(OrderError::Certificate)?;
    proposed(&Change::Trust(*order))
}

/// Takes a BLOB.
pub(super) async fn import<G: Ground>(
    appliance: &Appliance<G>,
    order: &MetadataImport<'_>,
) -> Result<Vec<u8>, OrderError> {
    let now = dated(appliance.now())?;
    let roots = appliance.books.with(|state| state.registry.metadata_roots());
    let jws = order.blob.bytes().to_vec();
    // A BLOB has megabytes: it is read where nobody else waits for it.
    let read = G::apart(move || read(&jws, &roots, now)).await;
    let blob = read.ok_or(OrderError::NoRoot)??;
    let (mut changed, mut stopped) = (0, 0);
    loop {
        let mut batch = Batch::default();
        let next = |registry: &Registry<G::Crypto>| {
            batch = next_batch(registry, &blob, now)?;
            Ok::<_, OrderError>(std::mem::take(&mut batch.records))
        };
        appliance.books.changes(next).await?;
        changed += batch.changed;
        stopped += batch.stopped;
        if batch.is_last {
            break;
        }
    }
    let status = appliance.books.with(|state| state.registry.metadata_status(now.utc_lo_ms));
    let metadata = status.ok_or(Conflict::NotCanonical)?;
    Ok(encode(&Answer::Imported(Imported { metadata, changed, stopped })))
}

/// Under the first signer's roots under which it can be read. Otherwise what is wrong with the BLOB, rather than
/// that somebody else's roots know nothing of it.
fn read(jws: &[u8], roots: &[(String, Vec<Vec<u8>>)], now: Now) -> Result<Blob, OrderError> {
    let read = |(signer, anchors): &(String, Vec<Vec<u8>>)| {
        // A signer's certificate counts only if it has not expired where the clock may be latest.
        Blob::read(jws, &MdsRoot { anchors, signer }, now.utc_hi_ms)
    };
    let mut why = OrderError::NoRoot;
    for root in roots {
        match read(root) {
            Ok(blob) => return Ok(blob),
            Err(fault) => match (&why, &fault) {
                (OrderError::NoRoot, _) => why = fault.into(),
                (_, BlobFault::Signer(_) | BlobFault::Chain(_)) => {}
                _ => why = fault.into(),
            },
        }
    }
    Err(why)
}

/// Some records of an import.
#[derive(Default)]
struct Batch {
    records: Vec<(Kind, Vec<u8>)>,
    changed: u32,
    stopped: u32,
    is_last: bool,
}

/// What is left to do, as far as it goes into one batch.
fn next_batch<C: Crypto>(
    registry: &Registry<C>,
    blob: &Blob,
    now: Now,
) -> Result<Batch, OrderError> {
    let mut batch = Batch::default();
    let edition = blob.edition();
    if blob.follows(registry.edition())? == Step::Again {
        return Ok(Batch { is_last: true, ..batch });
    }
    let known: Vec<Model> = registry.models().cloned().collect();
    let named: Vec<Model> =
        blob.models().iter().filter(|model| model.aaguid().is_some()).cloned().collect();
    for change in metadata::changes(&known, &named) {
        let stopped = registry.stopped_by(&change);
        for (slot, standing) in stopped {
            if batch.is_full() {
                return Ok(batch);
            }
            let cause = Cause::Metadata(edition.no);
            let content = registry.with_standing(slot, standing, cause, now.utc_lo_ms);
            batch.records.push((Kind::Device, content.map_err(Conflict::from)?));
            batch.stopped += 1;
        }
        if batch.is_full() {
            return Ok(batch);
        }
        batch.records.push((Kind::Model, model(&change.after)?));
        batch.changed += 1;
    }
    let next_update_day = blob.next_update().days();
    let last = Metadata { no: edition.no, digest: edition.digest, next_update_day };
    batch.records.push((Kind::Metadata, Change::Metadata(last).content()));
    Ok(Batch { is_last: true, ..batch })
}

impl Batch {
    const fn is_full(&self) -> bool {
        self.records.len() >= RECORDS_TOGETHER
    }
}

/// The content of a model's record.
fn model(model: &Model) -> Result<Vec<u8>, OrderError> {
    let mut room = Room::default();
    let record = model.record(&mut room).map_err(Conflict::from)?;
    let content = Change::Model(record.ok_or(Conflict::NotCanonical)?).content();
    if content.len() > RECORD_BYTES_MAX - AROUND_BYTES {
        return Err(OrderError::ModelTooLarge(model.description.clone()));
    }
    Ok(content)
}
