//! What officers can do about evidence that outlives the HSM.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_protocol::limits::RECOVERY_SHARES_MAX;

use super::officer::PRE_QUORUM;

/// `recovery`. Only `set` needs the appliance; the others belong on machines without a network.
#[derive(Subcommand)]
pub(crate) enum RecoveryCommand {
    /// Makes a recovery key, one file for each officer, and a public file. Needs no appliance.
    #[command(after_help = PRE_QUORUM)]
    Create {
        /// What to call it.
        #[arg(long)]
        name: String,
        /// How many officers open the vault together.
        #[arg(long, value_name = "M", value_parser = clap::value_parser!(u8).range(2..=RECOVERY_SHARES_MAX as i64))]
        threshold: u8,
        /// How many officers get a share.
        #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(2..=RECOVERY_SHARES_MAX as i64))]
        shares: u8,
        /// The folder to write to; nothing in it is overwritten.
        #[arg(long, value_name = "DIR")]
        folder: PathBuf,
    },
    /// Has the appliance wrap its vault for a recovery key, and for no other any more (officer).
    #[command(after_help = PRE_QUORUM)]
    Set {
        /// The key's public file.
        #[arg(value_name = "PUBLIC-FILE")]
        key: PathBuf,
    },
    /// Proves that these shares open this ledger and vault, and shows nothing of what is in them. Needs no appliance.
    #[command(after_help = PRE_QUORUM)]
    Check(QuorumArguments),
    /// Opens a ledger without HSM and appliance, and writes down what is recorded. Needs no appliance.
    #[command(after_help = PRE_QUORUM)]
    Open(OpenArguments),
    /// Copies what an appliance keeps, also while it works, into a file that only a quorum opens. Needs no appliance.
    Backup(BackupArguments),
    /// Puts a backup into a new data folder, when a quorum has opened and checked it. Needs no appliance.
    Restore(RestoreArguments),
}

/// Officers, and what they open.
#[derive(Args)]
pub(crate) struct QuorumArguments {
    /// The ledger: the file `ledger` of the appliance's data folder, or a copy.
    #[arg(long, value_name = "FILE")]
    pub(crate) ledger: PathBuf,
    /// The folder with the vault, `vault.even` and `vault.odd`.
    #[arg(long, value_name = "DIR")]
    pub(crate) vault: PathBuf,
    /// An officer's share; once for each.
    #[arg(long = "share", required = true, value_name = "FILE")]
    pub(crate) shares: Vec<PathBuf>,
    /// What is believed, as `status --trust` writes it: the ledger must be that appliance's.
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
}

/// `recovery backup`.
#[derive(Args)]
pub(crate) struct BackupArguments {
    /// The appliance's data folder.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
    /// The public file of the recovery key that the vault is wrapped for.
    #[arg(long, value_name = "PUBLIC-FILE")]
    pub(crate) key: PathBuf,
    /// The file to write; it is not overwritten.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// `recovery restore`.
#[derive(Args, Clone)]
pub(crate) struct RestoreArguments {
    /// The backup.
    #[arg(value_name = "BACKUP")]
    pub(crate) backup: PathBuf,
    /// An officer's share; once for each.
    #[arg(long = "share", required = true, value_name = "FILE")]
    pub(crate) shares: Vec<PathBuf>,
    /// What is believed, as `status --trust` writes it: the ledger must be that appliance's.
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: Option<PathBuf>,
    /// The data folder, which must not be there.
    #[arg(long, value_name = "DIR")]
    pub(crate) data: PathBuf,
}

/// `recovery open`.
#[derive(Args)]
pub(crate) struct OpenArguments {
    /// Who opens what.
    #[command(flatten)]
    pub(crate) quorum: QuorumArguments,
    /// A new folder, for records.jsonl and a file of evidence for each signature; `-`: the records only, to standard output.
    #[arg(long, value_name = "DIR")]
    pub(crate) out: PathBuf,
}
