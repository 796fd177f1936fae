//! What anyone who may read the log can ask of it.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `log`.
#[derive(Subcommand)]
pub(crate) enum LogCommand {
    /// The newest checkpoint, and the last records.
    Show {
        #[command(flatten)]
        place: LogPlace,
        /// How many records.
        #[arg(long, value_name = "N", default_value_t = 10)]
        last: u64,
    },
    /// Prints new records as they come, each proved to be in a log that only grows.
    Follow {
        #[command(flatten)]
        place: LogPlace,
        /// Ends when the log has so many records.
        #[arg(long, value_name = "SIZE")]
        until: Option<u64>,
    },
    /// Prints all records, one a line. If they are not what the checkpoint says, that is said at the end.
    Export {
        #[command(flatten)]
        place: LogPlace,
        /// How a record is written.
        #[arg(long)]
        format: Format,
        /// The first one.
        #[arg(long, value_name = "INDEX", default_value_t = 0)]
        from: u64,
    },
    /// Writes a proof that a record is in the log, for checking offline (C2SP tlog-proof).
    Prove {
        #[command(flatten)]
        place: LogPlace,
        /// The record.
        index: u64,
        /// Where to; record-INDEX.tlog-proof when left out.
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Checks everything: each entry, each tile, the root, and that an older checkpoint is of the same log.
    Check {
        #[command(flatten)]
        place: LogPlace,
        /// An older checkpoint: a signed note.
        old: Option<PathBuf>,
    },
}

/// Where the log is, and what is believed.
#[derive(Args)]
pub(crate) struct LogPlace {
    /// Whose checkpoints are believed, as `status --trust` writes it.
    #[arg(long, value_name = "FILE")]
    pub(crate) trust: PathBuf,
    /// The published folder; when left out, the appliance is asked.
    #[arg(long, value_name = "DIR")]
    pub(crate) folder: Option<PathBuf>,
}

/// How a record is exported.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// A line of JSON.
    Json,
    /// A line of the Common Event Format, for syslog.
    Cef,
}
