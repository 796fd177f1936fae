//! What can be asked of the command.

mod devices;
mod front_end;
mod log;
mod officer;
mod policy;
mod recovery;
mod verify;

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use countersign_protocol::Suite;

pub(crate) use devices::{DevicesCommand, DevicesOrder, EnrolArguments, TicketArguments};
pub(crate) use front_end::{FetchArguments, SignArguments};
pub(crate) use log::{Format, LogCommand, LogPlace};
pub(crate) use officer::{
    FrontEndCommand, KeyCommand, KeyCreateArguments, MetadataCommand, OfficerCommand,
    PolicyArguments, RegistryCommand, SignerCommand, TrustArguments, TrustCommand,
};

pub(crate) use policy::PolicyCommand;
pub(crate) use recovery::{
    BackupArguments, OpenArguments, QuorumArguments, RecoveryCommand, RestoreArguments,
};
pub(crate) use verify::VerifyArguments;

use crate::exit;
use officer::PRE_QUORUM;

/// The command of officers and front-ends of a Countersign appliance.
#[derive(Parser)]
#[command(name = "countersign", version, after_help = exit::TABLE)]
pub(crate) struct Arguments {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Prints one line of JSON instead of text for people.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Whom to talk to.
    #[command(flatten)]
    pub(crate) server: Server,
}

/// Whom to talk to, and as whom.
#[derive(Args)]
#[command(next_help_heading = "Appliance and identity")]
pub(crate) struct Server {
    /// The appliance's address and UDP port.
    #[arg(long, global = true, value_name = "ADDR", env = "COUNTERSIGN_SERVER")]
    pub(crate) server: Option<String>,
    /// The appliance's certificate, PEM: no other is accepted.
    #[arg(long, global = true, value_name = "FILE", env = "COUNTERSIGN_SERVER_CERT")]
    pub(crate) server_cert: Option<PathBuf>,
    /// Your own certificate, PEM.
    #[arg(long, global = true, value_name = "FILE", env = "COUNTERSIGN_IDENTITY")]
    pub(crate) identity: Option<PathBuf>,
    /// Its private key, PEM; when left out, NAME.key.pem beside a certificate NAME.pem.
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) identity_key: Option<PathBuf>,
}

/// A suite by its name.
fn suite(name: &str) -> Result<Suite, String> {
    let names = || Suite::ALL.map(Suite::name).join(", ");
    Suite::from_name(name).ok_or_else(|| format!("there are the suites {}", names()))
}

/// What to do.
#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes certificates and keys of officers and front-ends.
    #[command(subcommand)]
    Identity(IdentityCommand),
    /// Signs files: asks, has a device approve, and writes FILE.sig and FILE.evidence (front-end).
    Sign(SignArguments),
    /// Gets the signatures of a transaction again (front-end).
    Fetch(FetchArguments),
    /// Checks evidence: whether the key's owner approved these documents. Needs no appliance (anyone).
    Verify(VerifyArguments),
    /// The appliance's published log: what is on record, proved (front-end, officer; anyone from a folder).
    #[command(subcommand)]
    Log(LogCommand),
    /// Evidence that outlives the HSM: a key in officers' shares, and what it opens (officers).
    #[command(subcommand, after_help = PRE_QUORUM)]
    Recovery(RecoveryCommand),
    /// What a key may do, written down: checked, compiled and tried out. Needs no appliance (officers).
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Signers' devices, from a ticket to the end of their lives (officer; `enrol`: front-end).
    #[command(subcommand, after_help = PRE_QUORUM)]
    Devices(DevicesCommand),
    /// Officers' orders.
    #[command(flatten)]
    Officer(OfficerCommand),
}

/// `identity`.
#[derive(Subcommand)]
pub(crate) enum IdentityCommand {
    /// Makes DIR/NAME.pem, a self-signed certificate, and DIR/NAME.key.pem, its key for the owner's
    /// eyes only.
    New {
        /// Whose it is.
        #[arg(long)]
        name: String,
        /// The folder to write to.
        #[arg(long, value_name = "DIR")]
        out: PathBuf,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory as _;

    use super::*;

    #[test]
    fn the_grammar_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_commands_of_the_manual_are_understood() {
        for line in [
            "identity new --name officer --out .",
            "--server 1.2.3.4:5 --server-cert s.pem --identity o.pem status --json",
            "devices ticket --signer dr-example --name phone --out phone.ticket",
            "devices ticket --signer dr-example --name phone --assurance any --hours 168 \
             --out phone.ticket",
            "devices enrol --ticket phone.ticket --register-with prog",
            "devices enrol --ticket phone.ticket --register-with prog --approve-with prog",
            "devices enrol --ticket phone.ticket",
            "devices list",
            "devices pending --json",
            "devices show phone",
            "devices suspend phone",
            "devices revoke phone",
            "devices activate phone",
            "devices confirm phone --words acid acorn alley amber anchor april apron arena arrow atlas",
            "devices lost --signer dr-example",
            "devices lost --signer dr-example --yes",
            "trust attestation root.pem",
            "trust metadata root.der --signer mds.fidoalliance.org --withdraw",
            "metadata import blob.jwt",
            "key create --signer a b --threshold 2 --name k --items-max 9 --valid-days 3 \
             --public-key-out k.pem",
            "key create --signer a --name k --suite PS256 --public-key-out k.pem",
            "key policy k --items-max 9 --suite ESP384",
            "key revoke k",
            "verify --trust t.toml --evidence a.evidence a.txt",
            "verify --trust t.toml --evidence a.evidence --item 2 --html r.html b.txt",
            "status --trust t.toml",
            "front-end add portal --cert portal.pem --grant k l",
            "front-end grant portal k",
            "front-end withdraw portal k",
            "sign --key 00112233445566778899aabbccddeeff --rp-id sign.example \
             --approve-with prog --lifetime-seconds 60 a.txt b.txt",
            "sign --key 00112233445566778899aabbccddeeff --suite Ed25519 --rp-id sign.example \
             --approve-with prog a.txt",
        ] {
            understood(line);
        }
    }

    #[test]
    fn the_commands_about_signers_and_the_log_are_understood() {
        for line in [
            "signer add dr-example",
            "signer add dr-example --retention thirty-years",
            "signer hold dr-example",
            "signer release dr-example",
            "signer erase dr-example",
            "signer erase dr-example --yes",
            "log show --trust t.toml --folder public --last 3 --json",
            "log follow --trust t.toml --until 9",
            "log export --trust t.toml --format cef --from 7",
            "log prove --trust t.toml 7 --out r.tlog-proof",
            "log check --trust t.toml --folder public old.checkpoint",
        ] {
            understood(line);
        }
    }

    #[test]
    fn the_commands_about_recovery_are_understood() {
        for line in [
            "recovery create --name vault-2026 --threshold 2 --shares 3 --folder ceremony",
            "recovery set ceremony/recovery.public",
            "reanchor 00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
            "recovery check --ledger ledger --vault data --share a --share b",
            "recovery open --ledger ledger --vault data --share a --share b --trust t --out found",
            "recovery open --ledger ledger --vault data --share a --out -",
        ] {
            understood(line);
        }
    }

    fn understood(line: &str) {
        let words = std::iter::once("countersign").chain(line.split_whitespace());
        let parsed = Arguments::try_parse_from(words);
        assert!(parsed.is_ok(), "{line}: {}", parsed.err().unwrap());
    }

    #[test]
    fn a_suite_that_is_none_is_refused_with_those_that_are() {
        let why = suite("ES256").unwrap_err();
        assert!(Suite::ALL.iter().all(|suite| why.contains(suite.name())), "{why}");
    }

    #[test]
    fn what_a_command_does_not_say_is_asked_for() {
        for line in [
            "devices ticket --signer a --name b",
            "devices ticket --signer a --name b --out c --hours 0",
            "devices ticket --signer a --name b --out c --hours 169",
            "devices ticket --signer a --name b --out c --assurance none",
            "devices confirm phone",
            "devices lost",
            "trust metadata root.pem",
            "metadata import",
            "log show",
            "recovery create --threshold 2 --shares 3 --folder a",
            "recovery create --name a --threshold 1 --shares 3 --folder a",
            "recovery create --name a --threshold 2 --shares 17 --folder a",
            "recovery set",
            "reanchor",
            "reanchor 0011",
            "reanchor g0112233445566778899aabbccddeeff00112233445566778899aabbccddeeff",
            "recovery open --ledger a --vault b --out c",
            "recovery open --ledger a --vault b --share c",
            "log export --trust t.toml",
            "verify --evidence a.evidence a.txt",
            "verify --trust t.toml --evidence a.evidence",
        ] {
            let words = std::iter::once("countersign").chain(line.split_whitespace());
            assert!(Arguments::try_parse_from(words).is_err(), "{line}");
        }
    }

    #[test]
    fn officers_are_told_that_one_of_them_decides() {
        let command = Arguments::command();
        for name in [
            "status",
            "signer",
            "devices",
            "key",
            "front-end",
            "trust",
            "metadata",
            "recovery",
            "reanchor",
        ] {
            let help = command.find_subcommand(name).unwrap().clone().render_long_help();
            assert!(help.to_string().contains("Pre-quorum"), "{name}");
        }
        assert!(command.clone().render_help().to_string().contains("6  declined"));
    }
}
