//! What came of a run, for people and for programs.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use crate::comparison::{Cell, Comparison};
use crate::foreign;
use crate::mutation::HONEST;
use crate::table::Table;
use crate::verdict::Said;

/// A run that has ended.
pub struct Report {
    /// Its seed.
    pub seed: u64,
    /// How long it took.
    pub elapsed: Duration,
    /// What was said.
    pub comparison: Comparison,
    /// What should not have been.
    pub faults: Vec<String>,
}

impl Report {
    /// Judges a comparison by the table.
    pub fn new(seed: u64, elapsed: Duration, comparison: Comparison, table: &Table) -> Self {
        let mut faults = table.faults(&comparison);
        for cell in comparison.cells.keys() {
            let Cell { mutation, class, .. } = cell;
            if cell.is_accepted_by_us_alone() {
                faults.push(format!("we accept what all others refuse: `{mutation}` with {class}"));
            }
            if *mutation == HONEST && cell.is_refused() {
                faults.push(format!("somebody refuses a good assertion with {class}"));
            }
        }
        Self { seed, elapsed, comparison, faults }
    }

    fn counts(&self) -> [u64; 3] {
        let all = self.comparison.cases(|_| true);
        let judged = self.comparison.cases(Cell::is_judged);
        [all, judged, self.comparison.cases(Cell::is_disagreement)]
    }

    /// For people.
    pub fn text(&self) -> String {
        let [cases, judged, disagreements] = self.counts();
        let (seed, seconds) = (self.seed, self.elapsed.as_secs_f64());
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = writeln!(text, "{cases} cases of seed {seed} in {seconds:.1} s");
        let _ = writeln!(
            text,
            "{judged} judged by us: {} agreed on by all, {disagreements} not",
            judged - disagreements
        );
        for (cell, count) in &self.comparison.cells {
            if cell.is_disagreement() {
                let _ = writeln!(text, "{:6} {}", count.cases, line(cell));
            }
        }
        for fault in &self.faults {
            let _ = writeln!(text, "FAULT: {fault}");
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> serde_json::Value {
        let [cases, judged, disagreements] = self.counts();
        let cells = self.comparison.cells.iter().map(|(cell, count)| {
            let who = std::iter::once("ours").chain(foreign::NAMES);
            let said: serde_json::Map<_, _> = who
                .zip(cell.verdicts.iter().zip(&count.why))
                .map(|(who, (said, why))| (who.to_owned(), json!({ "verdict": said, "why": why })))
                .collect();
            json!({
                "mutation": cell.mutation,
                "algorithm": cell.class,
                "cases": count.cases,
                "disagreement": cell.is_disagreement(),
                "said": said,
            })
        });
        json!({
            "seed": self.seed,
            "seconds": self.elapsed.as_secs_f64(),
            "cases": cases,
            "judged": judged,
            "disagreements": disagreements,
            "cells": cells.collect::<Vec<_>>(),
            "faults": self.faults,
        })
    }
}

fn line(cell: &Cell) -> String {
    let [ours, others @ ..] = cell.verdicts.map(Said::word);
    let others = foreign::NAMES.iter().zip(others).map(|(name, said)| format!("{name} {said}"));
    let others = others.collect::<Vec<_>>().join(", ");
    format!("{} with {}: we {ours}; {others}", cell.mutation, cell.class)
}
