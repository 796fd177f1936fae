//! The table of docs/webauthn.md: where verifiers differ from us, and why that is right.
//!
//! A row is ``| `mutation` | with | ours | fido2 | py_webauthn | SimpleWebAuthn | why |``. It is met with all classes
//! that have the mutation (`all`), with those of a kind (`algorithms`: assertions; `formats`: registrations), or with
//! some, which have commas between them. A verdict of a verifier that does not know the algorithm or the format fits
//! any row.

use std::path::Path;

use anyhow::{Context as _, Result, bail, ensure};

use crate::case::Class;
use crate::comparison::{Cell, Comparison};
use crate::mutation;
use crate::verdict::Said;

const HEADING: &str = "## Where verifiers differ";

/// The table.
pub struct Table {
    rows: Vec<Row>,
}

/// A disagreement that is known.
struct Row {
    mutation: &'static str,
    with: With,
    verdicts: [Said; 4],
}

/// The classes that a row is met with.
enum With {
    All,
    /// All of this kind.
    Kind(&'static str),
    /// Those of these names.
    Named(Vec<String>),
}

impl With {
    fn parse(cell: &str) -> Self {
        match cell {
            "all" => Self::All,
            "algorithms" => Self::Kind("algorithm"),
            "formats" => Self::Kind("format"),
            names => Self::Named(names.split(',').map(|name| name.trim().to_owned()).collect()),
        }
    }

    fn has(&self, class: Class) -> bool {
        match self {
            Self::All => true,
            Self::Kind(kind) => class.kind() == *kind,
            Self::Named(names) => names.iter().any(|name| name == class.name()),
        }
    }

    /// Those that must be met, of all that have met the mutation.
    fn expected(&self, met: impl Iterator<Item = Class>) -> Vec<String> {
        match self {
            Self::Named(names) => names.clone(),
            _ => {
                met.filter(|class| self.has(*class)).map(|class| class.name().to_owned()).collect()
            }
        }
    }
}

impl Table {
    /// Reads the table in this document.
    ///
    /// # Errors
    /// When it is not there, or a row is not understood.
    pub fn read(document: &Path) -> Result<Self> {
        let shown = document.display();
        let text =
            std::fs::read_to_string(document).with_context(|| format!("cannot read {shown}"))?;
        Self::parse(&text).with_context(|| format!("the table in {shown}"))
    }

    /// The table in this text of a document.
    ///
    /// # Errors
    /// Likewise.
    pub fn parse(text: &str) -> Result<Self> {
        let (_, section) = text.split_once(HEADING).with_context(|| format!("no {HEADING:?}"))?;
        let lines = section.lines().filter(|line| line.starts_with("| `"));
        let rows: Result<Vec<_>> =
            lines.map(|line| Row::parse(line).context(line.to_owned())).collect();
        Ok(Self { rows: rows? })
    }

    /// What in this comparison does not fit the table, in a line each.
    pub fn faults(&self, comparison: &Comparison) -> Vec<String> {
        let unlisted = comparison
            .cells
            .keys()
            .filter(|cell| cell.is_disagreement() && !self.rows.iter().any(|row| row.fits(cell)));
        let unlisted = unlisted.map(|cell| {
            let Cell { mutation, class, verdicts: [ours, others @ ..] } = cell;
            let others = others.map(Said::word).join(" | ");
            format!(
                "not in the table: | `{mutation}` | {} | {} | {others} | why? |",
                class.name(),
                ours.word()
            )
        });
        let stale = self.rows.iter().flat_map(|row| row.missing_in(comparison));
        unlisted.chain(stale).collect()
    }
}

impl Row {
    fn parse(line: &str) -> Result<Self> {
        let cells: Vec<_> = line.trim().trim_matches('|').split('|').map(str::trim).collect();
        let [name, with, verdicts @ .., why] = cells.as_slice() else { bail!("too few columns") };
        ensure!(verdicts.len() == 4, "there are not four verdicts");
        ensure!(!why.is_empty(), "it does not say why");
        let mut said = [Said::Refuse; 4];
        for (place, word) in said.iter_mut().zip(verdicts) {
            *place = Said::from_word(word).with_context(|| format!("{word:?} is no verdict"))?;
        }
        ensure!(
            said.iter().any(|one| *one != said[0]),
            "all say the same: that is no disagreement"
        );
        let name = name.trim_matches('`');
        let known = mutation::all().find(|mutation| mutation.name == name);
        let mutation = known.context("there is no such mutation")?.name;
        Ok(Self { mutation, with: With::parse(with), verdicts: said })
    }

    fn fits(&self, cell: &Cell) -> bool {
        let mut both = self.verdicts.iter().zip(cell.verdicts);
        let alike = both.all(|(row, said)| said == Said::Unsupported || said == *row);
        self.mutation == cell.mutation && self.with.has(cell.class) && alike
    }

    /// The classes for which this row says something that did not happen.
    fn missing_in(&self, comparison: &Comparison) -> Vec<String> {
        let occurs = |class: &String| {
            comparison.cells.keys().any(|cell| cell.class.name() == class && self.fits(cell))
        };
        let expected = self.with.expected(comparison.judged_classes(self.mutation).into_iter());
        let absent = expected.into_iter().filter(|class| !occurs(class));
        absent
            .map(|class| format!("in the table, and never met: `{}` with {class}", self.mutation))
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Said::{Accept, Refuse, Unsupported};
    use super::*;
    use crate::comparison::Count;

    const ROW: &str =
        "| `count-equal` | all | refuse | accept | refuse | refuse | it keeps no count |";

    fn table(rows: &str) -> Result<Table> {
        Table::parse(&format!("# Doc\n\n{HEADING}\n\n| mutation |\n|---|\n{rows}\n"))
    }

    fn met(verdicts: [Said; 4]) -> Comparison {
        let cell = Cell { mutation: "count-equal", class: Class::Algorithm("es256"), verdicts };
        Comparison { cells: [(cell, Count::default())].into() }
    }

    #[test]
    fn what_is_listed_may_happen_and_must() {
        let listed = table(ROW).unwrap();
        assert_eq!(listed.faults(&met([Refuse, Accept, Refuse, Refuse])), Vec::<String>::new());
        assert_eq!(
            listed.faults(&met([Refuse, Accept, Unsupported, Refuse])),
            Vec::<String>::new()
        );
        assert_eq!(listed.faults(&met([Refuse; 4])).len(), 1, "it never happened");
        assert_eq!(table("").unwrap().faults(&met([Refuse, Accept, Refuse, Refuse])).len(), 1);
    }

    #[test]
    fn a_row_says_which_classes_it_is_met_with() {
        let verdicts = [Refuse, Accept, Refuse, Refuse];
        let format =
            Cell { mutation: "challenge-padded", class: Class::Format("packed"), verdicts };
        let algorithm = Cell { class: Class::Algorithm("es256"), ..format.clone() };
        let cells = [format, algorithm].map(|cell| (cell, Count::default()));
        let both = Comparison { cells: cells.into() };
        let row = ROW.replace("count-equal", "challenge-padded");
        for (with, faults) in [
            ("all", 0),
            ("formats", 1),
            ("algorithms", 1),
            ("packed, es256", 0),
            ("packed, tpm", 2),
        ] {
            let listed = table(&row.replace("| all |", &format!("| {with} |"))).unwrap();
            assert_eq!(listed.faults(&both).len(), faults, "{with}");
        }
    }

    #[test]
    fn other_verdicts_than_the_listed_ones_are_not_listed() {
        let faults = table(ROW).unwrap().faults(&met([Refuse, Accept, Accept, Refuse]));
        assert_eq!(faults.len(), 2, "an unlisted one, and the listed one never happened");
        assert!(
            faults[0].contains("| `count-equal` | es256 | refuse | accept | accept | refuse |")
        );
    }

    #[test]
    fn a_row_that_is_not_understood_is_an_error() {
        for row in [
            ROW.replace("count-equal", "no-such"),
            ROW.replace("it keeps no count", ""),
            ROW.replace("accept", "perhaps"),
            ROW.replace("| all ", ""),
            ROW.replace("accept", "refuse"),
        ] {
            assert!(table(&row).is_err(), "{row}");
        }
        assert!(Table::parse("no heading").is_err());
    }
}
