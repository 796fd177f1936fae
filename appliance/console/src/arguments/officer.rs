//! What an officer can order.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use countersign_protocol::change::Retention;
use countersign_protocol::limits::{APPROVERS_MAX, ITEMS_MAX, WITNESSES_MAX};
use countersign_protocol::{Digest, Suite};

use super::suite;

/// What each officer's command says of itself.
pub(super) const PRE_QUORUM: &str = "\
For officers. Pre-quorum: one officer's certificate decides, until officers' orders exist.";

/// The root of a ledger, in hexadecimal.
fn root(text: &str) -> Result<Digest, String> {
    let mut root = [0; 32];
    let decoded = hex::decode_to_slice(text, &mut root);
    decoded.map_err(|_| "a root is 64 hexadecimal digits".to_owned())?;
    Ok(Digest(root))
}

/// An officer's command.
#[derive(Subcommand)]
pub(crate) enum OfficerCommand {
    /// Shows how the appliance is (officer).
    #[command(after_help = PRE_QUORUM)]
    Status {
        /// Writes what `verify` is to believe: this appliance's key, rpId and origin.
        #[arg(long, value_name = "FILE")]
        trust: Option<PathBuf>,
    },
    /// Has a locked appliance go on with the ledger that it has, though it is not the one that its token knows: whatever
    /// else was on record is given up, and the appliance is frozen (officer).
    #[command(after_help = PRE_QUORUM)]
    Reanchor {
        /// The root of the ledger that it goes on with, as `status` says it: 64 hexadecimal digits.
        #[arg(value_name = "ROOT", value_parser = root)]
        root: Digest,
    },
    /// Has no key sign from now on, nor anything be given that is under way, until `thaw` (officer).
    #[command(after_help = PRE_QUORUM)]
    Freeze,
    /// Has keys sign again, each as officers have said of it (officer).
    #[command(after_help = PRE_QUORUM)]
    Thaw {
        /// Says, too, that the machine's clock is right, though it was ahead once (`status`: clock): what was known of UTC is given
        /// up. Compare it with another clock first.
        #[arg(long)]
        clock_is_right: bool,
    },
    /// Adds people who sign, keeps their evidence, erases them (officer).
    #[command(subcommand, after_help = PRE_QUORUM)]
    Signer(SignerCommand),
    /// Makes signing keys, and says what they may do (officer).
    #[command(subcommand, after_help = PRE_QUORUM)]
    Key(KeyCommand),
    /// Adds front-ends, and says which keys they may ask for (officer).
    #[command(subcommand, after_help = PRE_QUORUM)]
    FrontEnd(FrontEndCommand),
    /// Says which certificates are trusted to say what a device is (officer).
    #[command(subcommand, after_help = PRE_QUORUM)]
    Trust(TrustCommand),
    /// Shows the root over everything that decides, or makes all of that from the ledger again (officer).
    #[command(subcommand, after_help = PRE_QUORUM)]
    Registry(RegistryCommand),
    /// Takes what is published of models of devices (officer).
    #[command(subcommand, after_help = PRE_QUORUM)]
    Metadata(MetadataCommand),
}

/// `signer`.
#[derive(Subcommand)]
pub(crate) enum SignerCommand {
    /// Adds a signer.
    #[command(after_help = PRE_QUORUM)]
    Add {
        /// The signer's new name.
        name: String,
        /// How long the evidence is kept at least, from the signer's last signature on.
        #[arg(long, value_enum, default_value_t = ChosenRetention::TenYears)]
        retention: ChosenRetention,
    },
    /// Puts a signer's evidence under a legal hold: it is kept whatever its age.
    #[command(after_help = PRE_QUORUM)]
    Hold {
        /// The signer.
        name: String,
    },
    /// Takes a signer's evidence off its legal hold.
    #[command(after_help = PRE_QUORUM)]
    Release {
        /// The signer.
        name: String,
    },
    /// Erases a signer: whatever is recorded about the person is never readable again.
    #[command(after_help = PRE_QUORUM)]
    Erase {
        /// The signer.
        name: String,
        /// Erases, instead of saying what would be.
        #[arg(long)]
        yes: bool,
    },
}

/// How long evidence is kept.
#[derive(Clone, Copy, clap::ValueEnum)]
pub(crate) enum ChosenRetention {
    /// As long as somebody wants it.
    None,
    /// Five years.
    FiveYears,
    /// Ten years.
    TenYears,
    /// Thirty years.
    ThirtyYears,
}

impl From<ChosenRetention> for Retention {
    fn from(chosen: ChosenRetention) -> Self {
        match chosen {
            ChosenRetention::None => Self::None,
            ChosenRetention::FiveYears => Self::FiveYears,
            ChosenRetention::TenYears => Self::TenYears,
            ChosenRetention::ThirtyYears => Self::ThirtyYears,
        }
    }
}

/// `key`.
#[derive(Subcommand)]
pub(crate) enum KeyCommand {
    /// Makes a signing key in the token, for one suite.
    #[command(after_help = PRE_QUORUM)]
    Create(KeyCreateArguments),
    /// The key signs nothing for now.
    #[command(after_help = PRE_QUORUM)]
    Suspend {
        /// The key.
        name: String,
    },
    /// The key signs nothing ever again.
    #[command(after_help = PRE_QUORUM)]
    Revoke {
        /// The key.
        name: String,
    },
    /// A suspended key may sign again.
    #[command(after_help = PRE_QUORUM)]
    Activate {
        /// The key.
        name: String,
    },
    /// Gives a key another policy, whole: what is left out has its default again.
    #[command(after_help = PRE_QUORUM)]
    Policy {
        /// The key.
        name: String,
        /// What it may do.
        #[command(flatten)]
        policy: PolicyArguments,
    },
}

/// `key create`.
#[derive(Args)]
pub(crate) struct KeyCreateArguments {
    /// The people who approve; give all their names.
    #[arg(long, value_name = "NAME", required = true, num_args = 1..=APPROVERS_MAX)]
    pub(crate) signer: Vec<String>,
    /// How many of them must approve.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub(crate) threshold: u8,
    /// The key's new name.
    #[arg(long, value_name = "KEY")]
    pub(crate) name: String,
    /// What it may do.
    #[command(flatten)]
    pub(crate) policy: PolicyArguments,
    /// Where to write its public key, PEM; one of PS256 looks like any RSA key there.
    #[arg(long, value_name = "FILE.pem")]
    pub(crate) public_key_out: PathBuf,
}

/// What a key may do.
#[derive(Args)]
pub(crate) struct PolicyArguments {
    /// The suite that it signs with, and was made for: ESP256, ESP384, Ed25519, PS256 or RS256.
    #[arg(long, value_name = "SUITE", default_value_t = Suite::Esp256, value_parser = suite)]
    pub(crate) suite: Suite,
    /// Files that one approval may cover.
    #[arg(
        long,
        value_name = "N",
        default_value_t = ITEMS_MAX as u16,
        value_parser = clap::value_parser!(u16).range(1..=ITEMS_MAX as i64)
    )]
    pub(crate) items_max: u16,
    /// Days from now that the key may sign.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 1096,
        value_parser = clap::value_parser!(u32).range(1..=36_525)
    )]
    pub(crate) valid_days: u32,
    /// Each approver approves with two devices: one of a classical algorithm and one of ML-DSA.
    #[arg(long)]
    pub(crate) hybrid: bool,
    /// Witnesses that must have cosigned a checkpoint over a signature's record before the signature is given.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=WITNESSES_MAX as i64))]
    pub(crate) witnesses: Option<u8>,
    /// All of that, and every other rule, as a file says it (`countersign policy`).
    #[arg(long = "policy", value_name = "FILE.toml", conflicts_with_all = ["items_max", "valid_days", "hybrid", "witnesses"])]
    pub(crate) source: Option<PathBuf>,
}

/// `front-end`.
#[derive(Subcommand)]
pub(crate) enum FrontEndCommand {
    /// Adds a front-end, known by the key in its certificate.
    #[command(after_help = PRE_QUORUM)]
    Add {
        /// Its new name.
        name: String,
        /// Its certificate, PEM.
        #[arg(long, value_name = "FILE")]
        cert: PathBuf,
        /// Keys that it may ask for.
        #[arg(long, value_name = "KEY", num_args = 1..)]
        grant: Vec<String>,
    },
    /// Lets a front-end ask for a key.
    #[command(after_help = PRE_QUORUM)]
    Grant {
        /// The front-end.
        name: String,
        /// The key.
        key: String,
    },
    /// Lets a front-end ask for a key no longer.
    #[command(after_help = PRE_QUORUM)]
    Withdraw {
        /// The front-end.
        name: String,
        /// The key.
        key: String,
    },
}

/// `trust`.
#[derive(Subcommand)]
pub(crate) enum TrustCommand {
    /// For attestations of models that are in no metadata. It certifies nothing.
    #[command(after_help = PRE_QUORUM)]
    Attestation(TrustArguments),
    /// For BLOBs of the FIDO Metadata Service.
    #[command(after_help = PRE_QUORUM)]
    Metadata {
        /// The certificate.
        #[command(flatten)]
        trust: TrustArguments,
        /// The host name in the certificate of the BLOBs' signer: the public service's is
        /// mds.fidoalliance.org.
        #[arg(long, value_name = "HOST")]
        signer: String,
    },
}

/// Which certificate.
#[derive(Args)]
pub(crate) struct TrustArguments {
    /// The certificate, PEM or DER.
    #[arg(value_name = "FILE")]
    pub(crate) certificate: PathBuf,
    /// It is trusted no longer.
    #[arg(long)]
    pub(crate) withdraw: bool,
}

/// `registry`.
#[derive(Subcommand)]
pub(crate) enum RegistryCommand {
    /// Shows its root, and the file that a start begins with.
    #[command(after_help = PRE_QUORUM)]
    Show,
    /// Makes it from the whole ledger again, while the appliance works, and holds it against the one that decides. Its file is
    /// begun anew.
    #[command(after_help = PRE_QUORUM)]
    Rebuild,
}

/// `metadata`.
#[derive(Subcommand)]
pub(crate) enum MetadataCommand {
    /// Takes a BLOB of the FIDO Metadata Service.
    #[command(after_help = PRE_QUORUM)]
    Import {
        /// The file as it is published: a signed JWT.
        #[arg(value_name = "FILE")]
        blob: PathBuf,
    },
}
