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
    /// Judges the examples in it, as the appliance would.
    Test {
        /// The source.
        #[arg(value_name = "FILE.toml")]
        file: PathBuf,
    },
}
