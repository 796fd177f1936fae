//! `policy`.

use std::path::PathBuf;

use clap::Subcommand;

/// `policy`.
#[derive(Subcommand)]
pub(crate) enum PolicyCommand {
    /// Reads a policy's source and says what each rule asks for.
    Check {
        /// The source.
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
    },
    /// Compiles it: the bytes whose digest is in every activation.
    Compile {
        /// The source.
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
        /// Where to write them.
        #[arg(long, value_name = "FILE")]
        out: PathBuf,
    },
    /// Says what the new one allows and the old one refuses, by a request that shows it, and the other way round.
    Diff {
        /// The source of the old one.
        #[arg(value_name = "OLD.toml")]
        old: PathBuf,
        /// The source of the new one.
        #[arg(value_name = "NEW.toml")]
        new: PathBuf,
    },
    /// Judges the examples in it, as the appliance would.
    Test {
        /// The source.
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
    },
}
