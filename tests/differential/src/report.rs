//! What came of a run, for people and for programs.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::json;

use crate::case::Class;
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
            let (mutation, class) = (cell.mutation, cell.class.name());
            if cell.is_accepted_by_us_alone() {
                faults.push(format!("we accept what all others refuse: `{mutation}` with {class}"));
            }
            if mutation == HONEST && cell.is_refused() {
                faults.push(format!("somebody refuses a good one with {class}"));
            }
        }
        Self { seed, elapsed, comparison, faults }
    }

    /// All cases, registrations, those that we judge, disagreements.
    fn counts(&self) -> [u64; 4] {
        let cases = |is: fn(&Cell) -> bool| self.comparison.cases(is);
        let is_registration = |cell: &Cell| matches!(cell.class, Class::Format(_));
        [
            cases(|_| true),
            cases(is_registration),
            cases(Cell::is_judged),
            cases(Cell::is_disagreement),
        ]
    }

    /// For people.
    pub fn text(&self) -> String {
        let [cases, registrations, judged, disagreements] = self.counts();
        let (seed, seconds) = (self.seed, self.elapsed.as_secs_f64());
        let mut text = String::new();
        // Writing to a string does not fail.
        let _ = writeln!(
            text,
            "{cases} cases of seed {seed}, {registrations} of them registrations, in {seconds:.1} s"
        );
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
        let [cases, registrations, judged, disagreements] = self.counts();
        let cells = self.comparison.cells.iter().map(|(cell, count)| {
            let who = std::iter::once("ours").chain(foreign::NAMES);
            let said: serde_json::Map<_, _> = who
                .zip(cell.verdicts.iter().zip(&count.why))
                .map(|(who, (said, why))| (who.to_owned(), json!({ "verdict": said, "why": why })))
                .collect();
            json!({
                "mutation": cell.mutation,
                (cell.class.kind()): cell.class.name(),
                "cases": count.cases,
                "disagreement": cell.is_disagreement(),
                "said": said,
            })
        });
        json!({
            "seed": self.seed,
            "seconds": self.elapsed.as_secs_f64(),
            "cases": cases,
            "registrations": registrations,
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
    format!("{} with {}: we {ours}; {others}", cell.mutation, cell.class.name())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Case;
    use crate::generator::{Counts, Generator};
    use crate::ours;
    use crate::verdict::Verdict;

    /// The faults of a round of registrations in which the others repeat what we say, but for what `plant` changes.
    fn faults(plant: impl Fn(&Case, &mut [Verdict; 4])) -> Vec<String> {
        let counts = Counts { assertions: 0, ..Counts::of(1_000) };
        let mut generator = Generator::new(1, counts);
        let mut comparison = Comparison::default();
        for _ in 0..counts.all() {
            let case = generator.case().unwrap();
            let mut verdicts = [0; 4].map(|_| ours::judge(&case));
            plant(&case, &mut verdicts);
            comparison.add(&case, verdicts);
        }
        let none = Table::parse("## Where verifiers differ").unwrap();
        Report::new(1, Duration::ZERO, comparison, &none).faults
    }

    fn say(verdicts: &mut [Verdict], said: Said) {
        verdicts.iter_mut().for_each(|verdict| verdict.said = said);
    }

    #[test]
    fn nothing_is_found_where_all_agree() {
        assert_eq!(faults(|_, _| ()), Vec::<String>::new());
    }

    #[test]
    fn to_accept_an_expired_leaf_alone_is_found() {
        let found = faults(|case, verdicts| {
            if case.mutation == "leaf-expired" && case.class == Class::Format("packed") {
                say(&mut verdicts[..1], Said::Accept);
            }
        });
        let alone = "we accept what all others refuse: `leaf-expired` with packed";
        assert!(found.iter().any(|fault| fault == alone), "{found:?}");
    }

    #[test]
    fn who_accepts_what_we_refuse_is_found_and_so_is_who_refuses_what_we_accept() {
        for (mutation, said) in [("sig-trailing", Said::Accept), ("id-16-bytes", Said::Refuse)] {
            let found = faults(|case, verdicts| {
                if case.mutation == mutation {
                    say(&mut verdicts[3..], said);
                }
            });
            assert_eq!(found.len(), 1, "{found:?}");
            assert!(found[0].starts_with(&format!("not in the table: | `{mutation}` | packed")));
        }
    }

    #[test]
    fn a_good_registration_that_we_refuse_is_found() {
        let found = faults(|case, verdicts| {
            if case.mutation == HONEST && case.class == Class::Format("tpm") {
                say(&mut verdicts[..1], Said::Refuse);
            }
        });
        assert!(found.contains(&"somebody refuses a good one with tpm".to_owned()), "{found:?}");
    }
}
