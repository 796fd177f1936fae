//! What runs under valgrind: it judges every frame of every group, and says what came of each.
//!
//! Guarantees: what is counted is the path alone, from the frame's bytes to the verdict; everything was judged
//! once before, so that no symbol is bound and no feature of the processor looked for while it is counted; the
//! bytes of every frame lie in the same place, and so do the blocks that judging takes (`pages`).

use anyhow::{Context, Result, ensure};
use countersign_core::Verdict;
use countersign_core::port::Registry;
use serde::{Deserialize, Serialize};

use crate::group::{self, Group};
use crate::pages;
use crate::path::Path;
use crate::ready::Ready;
use crate::valgrind;

/// What came of a frame.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Judged {
    /// The number of its group.
    pub group: usize,
    /// The algorithm.
    pub algorithm: String,
    /// The case.
    pub case: String,
    /// The number of the reason that would be recorded; none: it passes.
    pub recorded: Option<u16>,
    /// Bytes of the frame.
    pub frame_bytes: usize,
    /// How often memcheck complained.
    pub complaints: usize,
}

/// Counts. Counts are dumped in the order of what is printed.
pub fn count() -> Result<()> {
    ensure!(valgrind::is_watching(), "this part is for valgrind to run");
    let mut place = Vec::with_capacity(1 << 16);
    for (number, group) in group::counted().iter().enumerate() {
        let all = group.ready();
        // Nothing is allocated between frames.
        let mut verdicts = Vec::with_capacity(all.len());
        for ready in &all {
            let _ = ready.judge(group.path, &ready.frame);
        }
        valgrind::begin_counting();
        verdicts.extend(all.iter().map(|ready| count_one(group, ready, &mut place)));
        valgrind::end_counting();
        for (ready, verdict) in all.iter().zip(verdicts) {
            say((number, group), ready, verdict, 0)?;
        }
    }
    Ok(())
}

fn count_one(group: &Group, ready: &Ready, place: &mut Vec<u8>) -> Option<Verdict> {
    place.clear();
    place.extend_from_slice(&ready.frame);
    pages::alike(|| {
        valgrind::zero_counts();
        let verdict = ready.judge(group.path, place);
        valgrind::dump_counts(c"frame");
        verdict
    })
}

/// Traces what is secret.
pub fn trace() -> Result<()> {
    ensure!(valgrind::is_watching(), "this part is for valgrind to run");
    for (number, group) in group::traced().iter().enumerate() {
        for ready in group.ready() {
            trace_one(number, group, *ready)?;
        }
    }
    Ok(())
}

fn trace_one(number: usize, group: &Group, ready: Ready) -> Result<()> {
    let ready = ready.hidden();
    let before = valgrind::errors();
    let verdict = ready.judge(group.path, &ready.frame).map(valgrind::reveal);
    say((number, group), &ready, verdict, valgrind::errors() - before)
}

fn say<R: Registry + Send>(
    (number, group): (usize, &Group),
    ready: &Ready<R>,
    verdict: Option<Verdict>,
    complaints: usize,
) -> Result<()> {
    let verdict = verdict.with_context(|| format!("{}: no frame", ready.case.name))?;
    // Twins do not judge everything.
    let met = group.path != Path::Real || ready.is_met(verdict);
    ensure!(met, "{}, {}: {:?}", ready.algorithm, ready.case.name, verdict.fold());
    let judged = Judged {
        group: number,
        algorithm: ready.algorithm.to_owned(),
        case: ready.case.name.to_owned(),
        recorded: verdict.fold().err().map(|reason| reason.number()),
        frame_bytes: ready.frame.len(),
        complaints,
    };
    println!("{}", serde_json::to_string(&judged)?);
    Ok(())
}
