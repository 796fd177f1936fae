//! What all of them said, counted: per mutation and class, which verdicts came together.

use std::collections::{BTreeMap, BTreeSet};

use crate::case::{Case, Class};
use crate::verdict::{Said, Verdict};

/// Ours first, then the others' in the order of the table.
pub type Verdicts = [Said; 4];

/// What was asked, and what all of them said: one cell of the comparison.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// The mutation's name.
    pub mutation: &'static str,
    /// The class of cases.
    pub class: Class,
    /// Who said what.
    pub verdicts: Verdicts,
}

/// How often, and what they said the first time.
#[derive(Default)]
pub struct Count {
    /// How often.
    pub cases: u64,
    /// Their words in the first such case.
    pub why: [String; 4],
}

/// All cells that occurred.
#[derive(Default)]
pub struct Comparison {
    /// Each with its count.
    pub cells: BTreeMap<Cell, Count>,
}

impl Cell {
    fn ours(&self) -> Said {
        self.verdicts[0]
    }

    fn others(&self) -> impl Iterator<Item = Said> {
        self.verdicts.into_iter().skip(1).filter(|said| *said != Said::Unsupported)
    }

    /// Whether we know the algorithm or the format at all.
    pub fn is_judged(&self) -> bool {
        self.ours() != Said::Unsupported
    }

    /// Whether somebody who knows it says otherwise than we do.
    pub fn is_disagreement(&self) -> bool {
        self.is_judged() && self.others().any(|said| said != self.ours())
    }

    /// Whether we alone accept it: whatever a table says, that is a defect.
    pub fn is_accepted_by_us_alone(&self) -> bool {
        self.ours() == Said::Accept
            && self.others().count() > 0
            && self.others().all(|said| said == Said::Refuse)
    }

    /// Whether somebody refuses it.
    pub fn is_refused(&self) -> bool {
        self.verdicts.contains(&Said::Refuse)
    }
}

impl Comparison {
    /// Counts a case.
    pub fn add(&mut self, case: &Case, verdicts: [Verdict; 4]) {
        let said = verdicts.each_ref().map(|verdict| verdict.said);
        let cell = Cell { mutation: case.mutation, class: case.class, verdicts: said };
        let count = self.cells.entry(cell).or_default();
        if count.cases == 0 {
            count.why = verdicts.map(|verdict| verdict.why);
        }
        count.cases += 1;
    }

    /// The classes that met this mutation, of those that we know.
    pub fn judged_classes(&self, mutation: &str) -> BTreeSet<Class> {
        let met = self.cells.keys().filter(|cell| cell.is_judged() && cell.mutation == mutation);
        met.map(|cell| cell.class).collect()
    }

    /// How many cases are in cells of this kind.
    pub fn cases(&self, is: impl Fn(&Cell) -> bool) -> u64 {
        self.cells.iter().filter(|(cell, _)| is(cell)).map(|(_, count)| count.cases).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::Said::{Accept, Refuse, Unsupported};
    use super::*;

    fn cell(verdicts: Verdicts) -> Cell {
        Cell { mutation: "m", class: Class::Algorithm("es256"), verdicts }
    }

    #[test]
    fn who_does_not_know_it_does_not_disagree() {
        assert!(!cell([Refuse, Refuse, Unsupported, Refuse]).is_disagreement());
        assert!(cell([Refuse, Refuse, Unsupported, Accept]).is_disagreement());
        assert!(!cell([Unsupported, Refuse, Accept, Accept]).is_disagreement());
    }

    #[test]
    fn to_accept_alone_is_to_be_contradicted_by_all() {
        assert!(cell([Accept, Refuse, Unsupported, Refuse]).is_accepted_by_us_alone());
        assert!(!cell([Accept, Refuse, Accept, Refuse]).is_accepted_by_us_alone());
        assert!(!cell([Accept; 4]).is_accepted_by_us_alone());
        assert!(!cell([Accept, Unsupported, Unsupported, Unsupported]).is_accepted_by_us_alone());
    }
}
