//! The recovery table: what a start finds, and what it does then. `docs/recovery.md` has the same one, for people.
//!
//! Guarantee: whatever stops a start because of what is kept, on a disk or in the token, has its row here; what is not the
//! anchored ledger, and nothing else, waits for officers.

use countersign_anchor::{AnchorError, AnchorFault};
use countersign_ledger::Damage;
use countersign_vault::VaultError;

use super::BootError;
use crate::ring::RingError;

/// What a start does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It goes on.
    GoesOn,
    /// It serves officers alone: they say whether the ledger goes on.
    Locked,
    /// It ends with code 1, and has changed nothing of the ledger.
    Stops,
}

macro_rules! rows {
    ($(#[doc = $found:literal] $row:ident $verdict:ident $then:literal,)*) => {
        /// What a start finds.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Row { $(#[doc = $found] $row,)* }

        impl Row {
            /// All of them, in the table's order.
            pub const ALL: &[Self] = &[$(Self::$row,)*];

            /// What that is.
            #[must_use]
            pub const fn found(self) -> &'static str {
                match self { $(Self::$row => $found.trim_ascii(),)* }
            }

            /// What the start does.
            #[must_use]
            pub const fn verdict(self) -> Verdict {
                match self { $(Self::$row => Verdict::$verdict,)* }
            }

            /// What that means, or what people do then.
            #[must_use]
            pub const fn then(self) -> &'static str {
                match self { $(Self::$row => $then,)* }
            }
        }
    };
}

rows! {
    /// The ledger ends where the anchor does.
    L1 GoesOn "",
    /// The ledger has what is anchored, and records after that.
    L2 GoesOn "they are anchored",
    /// The ledger's last group is torn: it was never acknowledged.
    L3 GoesOn "it is cut; the boot's record says how many bytes",
    /// The ledger has fewer records than are anchored.
    L4 Locked "put back the newest copy; if it is lost, officers decide",
    /// The ledger has other records than are anchored.
    L5 Locked "put back the ledger of this token; if it is lost, officers decide",
    /// The ledger is damaged before its last group.
    L6 Stops "put back the newest copy",
    /// The ledger has fewer records than the newest snapshot knows.
    L7 Stops "put back the newest copy; if it is lost, move `registry.*` away: it is L4 then",
    /// The ledger has other records than the newest snapshot knows.
    L8 Stops "put back the right one; if it is lost, move `registry.*` away: it is L5 then",
    /// The ledger has no records.
    L9 Stops "`countersignd init`, or put back the newest copy",
    /// A file cannot be opened or read, or somebody else has it open.
    L10 Stops "see that it is there, that its owner is right, and that nobody else runs",
    /// There is no snapshot, or none that opens.
    S1 GoesOn "the ledger is read from its beginning",
    /// The vault has at its end what nobody finished.
    V1 GoesOn "it is cut",
    /// The vault is damaged.
    V2 Stops "put back the newest copy",
    /// The vault is of an older epoch than the token's.
    V3 Stops "put back the newest copy: no older one opens any more",
    /// The vault has no key of somebody who is not erased.
    V4 Stops "put back the newest copy",
    /// The vault has a key of nobody.
    V5 GoesOn "whoever it was made for was never added",
    /// The vault has a key of somebody who is erased.
    V6 GoesOn "it is destroyed before anything else",
    /// The vault is not wrapped for the recovery key on record.
    V7 GoesOn "it is wrapped before anything else",
    /// The vault is wrapped for a recovery key that is not on record.
    V8 Stops "put back the newest copy of the ledger",
    /// The token does not answer.
    T1 Stops "see the token's own log, and its PIN",
    /// The token is another one, or lacks what the appliance made in it.
    T2 Stops "use the right token",
    /// The token has no anchor.
    T3 Locked "use the right token; if it lost its memory, officers decide",
    /// The token has older anchors beside the newest one, which an interrupted step left.
    T4 GoesOn "the newest one counts; the others are destroyed",
    /// Somebody else uses the token: it has more anchors than are ever left, or another one a moment later.
    T5 Stops "look who that is; one copy of an appliance runs",
    /// The token's last owner did not end in order.
    T6 GoesOn "nothing is given for two seconds: that owner may still run",
    /// The token is older than the TPM's counter: it was put back to an older state.
    T7 Locked "use the newest state of the token; if it is lost, officers decide",
    /// The TPM's counter has come to less than the token knows: it is another TPM.
    T8 Locked "use the right TPM; if it is lost, officers decide",
    /// The token knows of a TPM's counter, and none is configured.
    T9 Stops "put `[tpm]` back into the configuration",
    /// The TPM does not count.
    T10 Stops "see the log's line before it, the device and its owner",
    /// The program is older than the anchor lets go on.
    T11 Stops "use the newest program",
}

impl BootError {
    /// What was found; none if it is not about what is kept, but about the program and its configuration.
    #[must_use]
    pub const fn row(&self) -> Option<Row> {
        Some(match self {
            Self::Config(_)
            | Self::SelfTest(_)
            | Self::Ran(_)
            | Self::Record(_)
            | Self::Identity { .. } => {
                return None;
            }
            Self::Token(_) | Self::Fault(_) => Row::T1,
            Self::Unsteady | Self::Cosigner | Self::Key { .. } | Self::OwnKeys(_) => Row::T2,
            Self::Anchor(why) => of_anchor(why),
            Self::Storage { .. } => Row::L10,
            Self::Damage(why) => of_damage(why),
            Self::Empty => Row::L9,
            Self::Ring(RingError::Token(_)) => Row::T1,
            Self::Ring(RingError::Vault(why)) => of_vault(why),
            Self::KeyLost(_) => Row::V4,
            Self::RecoveryUnknown(_) => Row::V8,
        })
    }
}

pub(crate) const fn of_anchor(why: &AnchorError) -> Row {
    match why {
        AnchorError::Missing => Row::T3,
        AnchorError::Older { .. } => Row::L4,
        AnchorError::OtherHistory { .. } => Row::L5,
        AnchorError::Unreadable { .. } => Row::L6,
        AnchorError::Present(_)
        | AnchorError::Taken(_)
        | AnchorError::Forgotten
        | AnchorError::TooMany(_) => Row::T5,
        AnchorError::PutBack { .. } => Row::T7,
        AnchorError::OtherCounter { .. } => Row::T8,
        AnchorError::NoCounter { .. } => Row::T9,
        AnchorError::OlderProgram { .. } => Row::T11,
        AnchorError::Fault(AnchorFault::Counter) => Row::T10,
        AnchorError::Fault(_) => Row::T1,
    }
}

const fn of_damage(why: &Damage) -> Row {
    match why {
        Damage::Storage(_) => Row::L10,
        Damage::Keys(_) => Row::V4,
        Damage::Older { .. } => Row::L7,
        Damage::Another(_) => Row::L8,
        Damage::Middle(_)
        | Damage::Chain(_)
        | Damage::Opening(_)
        | Damage::Checkpoint(_)
        | Damage::Record { .. } => Row::L6,
    }
}

const fn of_vault(why: &VaultError) -> Row {
    match why {
        VaultError::Storage { .. } => Row::L10,
        VaultError::NoRoot | VaultError::StrangeRoots { .. } => Row::T2,
        VaultError::OlderCopy { .. } => Row::V3,
        VaultError::NotThere
        | VaultError::NotNew
        | VaultError::Damaged(_)
        | VaultError::Exists { .. }
        | VaultError::Unknown { .. }
        | VaultError::Full
        | VaultError::Closed
        | VaultError::NoWrapping
        | VaultError::NotWrapped(_)
        | VaultError::NotSealed(_) => Row::V2,
        VaultError::List { .. } | VaultError::Root { .. } | VaultError::Entropy(_) => Row::T1,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what a test did not expect has failed the test")]
mod tests {
    use super::*;

    const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

    #[test]
    fn the_manual_has_the_same_table_and_names_a_test_for_each_row() {
        let manual = std::fs::read_to_string(format!("{ROOT}/docs/recovery.md")).unwrap();
        let lines: Vec<_> = manual.lines().filter(|line| line.starts_with("| ")).collect();
        for row in Row::ALL {
            let verdict = match row.verdict() {
                Verdict::GoesOn => "goes on",
                Verdict::Locked => "**locked**",
                Verdict::Stops => "stops",
            };
            let begins = format!("| {row:?} | {} | {verdict} | {} | ", row.found(), row.then());
            let line = lines.iter().find(|line| line.starts_with(&begins));
            let line = line.unwrap_or_else(|| panic!("docs/recovery.md lacks: {begins}"));
            let (_, test) = line.trim_end_matches(" |").rsplit_once(" | ").unwrap();
            let (file, name) = test.trim_matches('`').split_once("::").unwrap();
            let file = std::fs::read_to_string(format!("{ROOT}/{file}")).unwrap();
            assert!(file.contains(&format!("fn {name}(")), "no test {test}");
        }
        let rows = lines.iter().filter(|line| line.ends_with("` |")).count();
        assert_eq!(rows, Row::ALL.len(), "rows of no table");
    }
}
