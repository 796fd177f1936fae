//! Running the two checks under valgrind, and judging what they say.
//!
//! Guarantees: a group holds when every frame in it is the same (as many instructions; no complaint), and a
//! wrong twin's when some are not; the run fails when one does not hold, or when fewer counts came back than
//! frames went in.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::thread;

use anyhow::{Context, Result, ensure};
use serde::Serialize;

use crate::group::{self, Group};
use crate::inside::Judged;

/// What callgrind counts.
const INSTRUCTIONS: &str = "instructions";
/// What memcheck has when a branch or an address depends on what is secret.
const COMPLAINTS: &str = "complaints";

/// What `check` takes.
#[derive(clap::Args)]
pub struct Check {
    /// Every frame, not only each group
    #[arg(long)]
    all: bool,
    /// All of it as JSON
    #[arg(long)]
    json: bool,
}

/// A group, and what was found.
#[derive(Serialize)]
struct Found {
    check: &'static str,
    title: String,
    /// Whether it is a wrong twin's.
    must_differ: bool,
    /// Whether it is as it must be.
    holds: bool,
    frames: Vec<Figure>,
}

#[derive(Serialize)]
struct Figure {
    #[serde(flatten)]
    judged: Judged,
    /// Instructions, or complaints.
    figure: u64,
}

impl Check {
    /// Counts, traces, and says what was found.
    pub fn perform(&self) -> Result<ExitCode> {
        let found = thread::scope(|scope| -> Result<Vec<Found>> {
            let traced = scope.spawn(traced);
            let mut found = counted()?;
            found.extend(traced.join().unwrap()?);
            Ok(found)
        })?;
        if self.json {
            println!("{}", serde_json::to_string_pretty(&found)?);
        } else {
            found.iter().for_each(|group| group.show(self.all));
        }
        let broken = found.iter().filter(|group| !group.holds).count();
        let frames: usize = found.iter().map(|group| group.frames.len()).sum();
        let groups = found.len();
        eprintln!("ct: {groups} groups, {frames} frames, {broken} groups not as they must be");
        Ok(if broken == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

fn counted() -> Result<Vec<Found>> {
    let folder = tempfile::tempdir()?;
    let dumps = folder.path().join("counts");
    let mut valgrind = valgrind("callgrind");
    valgrind.args(["--instr-atstart=no", "--combine-dumps=yes", "--dump-line=no"]);
    valgrind.arg(format!("--callgrind-out-file={}", dumps.display()));
    let judged = judged(&mut valgrind, "count-inside")?;
    let counts = counts(&dumps)?;
    ensure!(counts.len() == judged.len(), "{} counts of {} frames", counts.len(), judged.len());
    Ok(found(INSTRUCTIONS, &group::counted(), judged.into_iter().zip(counts)))
}

fn traced() -> Result<Vec<Found>> {
    let folder = tempfile::tempdir()?;
    let log = folder.path().join("log");
    let mut valgrind = valgrind("memcheck");
    // Whoever compares hidden bits with others that no secret can have must be let through, to the bit.
    valgrind.args(["--expensive-definedness-checks=yes", "--error-limit=no"]);
    valgrind.arg(format!("--log-file={}", log.display()));
    let judged = judged(&mut valgrind, "trace-inside")?;
    let figures: Vec<_> = judged.iter().map(|one| one.complaints as u64).collect();
    let found = found(COMPLAINTS, &group::traced(), judged.into_iter().zip(figures));
    if found.iter().any(|group| !group.holds) {
        eprintln!("{}", std::fs::read_to_string(log)?);
    }
    Ok(found)
}

fn valgrind(tool: &str) -> Command {
    let mut command = Command::new("valgrind");
    command.args(["-q", &format!("--tool={tool}")]);
    command
}

/// What this very program says under valgrind.
fn judged(valgrind: &mut Command, part: &str) -> Result<Vec<Judged>> {
    let output = valgrind
        .arg(std::env::current_exe()?)
        .arg(part)
        .stderr(Stdio::inherit())
        .output()
        .context("cannot start valgrind: is it installed, and on PATH?")?;
    ensure!(output.status.success(), "`{part}` failed: read its output above");
    let lines = str::from_utf8(&output.stdout)?.lines();
    lines.map(|line| serde_json::from_str(line).context("a line that is no result")).collect()
}

/// The counts that were dumped on request, in their order.
fn counts(dumps: &Path) -> Result<Vec<u64>> {
    let text = std::fs::read_to_string(dumps).context("callgrind wrote no counts")?;
    let mut on_request = false;
    let mut counts = Vec::new();
    for line in text.lines() {
        if let Some(trigger) = line.strip_prefix("desc: Trigger: ") {
            on_request = trigger.starts_with("Client Request");
        }
        if let Some(total) = line.strip_prefix("totals: ").filter(|_| on_request) {
            counts.push(total.trim().parse()?);
        }
    }
    Ok(counts)
}

fn found(
    check: &'static str,
    groups: &[Group],
    figures: impl Iterator<Item = (Judged, u64)>,
) -> Vec<Found> {
    let empty = |group: &Group| Found {
        check,
        title: group.title.clone(),
        must_differ: group.is_wrong(),
        holds: false,
        frames: Vec::new(),
    };
    let mut all: Vec<_> = groups.iter().map(empty).collect();
    for (judged, figure) in figures {
        all[judged.group].frames.push(Figure { judged, figure });
    }
    for group in &mut all {
        group.holds = group.is_as_it_must_be();
    }
    all
}

impl Found {
    fn is_as_it_must_be(&self) -> bool {
        let same = |of: fn(&Figure) -> u64| self.frames.windows(2).all(|w| of(&w[0]) == of(&w[1]));
        let of_one_length = same(|frame| frame.judged.frame_bytes as u64);
        let alike = same(|frame| frame.figure);
        let clean = self.check == INSTRUCTIONS || self.usual() == 0;
        !self.frames.is_empty() && of_one_length && (alike && clean) != self.must_differ
    }

    fn usual(&self) -> u64 {
        let mut times = BTreeMap::new();
        for frame in &self.frames {
            *times.entry(frame.figure).or_insert(0) += 1;
        }
        times.into_iter().max_by_key(|(_, times)| *times).map_or(0, |(figure, _)| figure)
    }

    fn show(&self, all: bool) {
        let verdict = match (self.holds, self.must_differ) {
            (true, false) => "ok",
            (true, true) => "ok, found out",
            (false, _) => "FAILED",
        };
        let (usual, frames, check, title) =
            (self.usual(), self.frames.len(), self.check, &self.title);
        let others = self.frames.iter().filter(|frame| frame.figure != usual).count();
        println!("{title}: {frames} frames, {usual} {check} each, {others} others: {verdict}");
        let shown = |frame: &&Figure| all || (!self.holds && frame.figure != usual);
        self.frames.iter().filter(shown).for_each(Figure::show);
    }
}

impl Figure {
    fn show(&self) {
        let Judged { algorithm, case, recorded, .. } = &self.judged;
        let recorded = recorded.map_or_else(|| "passes".to_owned(), |number| number.to_string());
        println!("  {algorithm:10} {case:32} {recorded:>6} {:>12}", self.figure);
    }
}
