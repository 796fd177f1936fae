//! What can be asked about devices: by officers, but for `enrol`, which is a front-end's.

use std::path::PathBuf;

use clap::builder::PossibleValue;
use clap::{Args, Subcommand, ValueEnum};
use countersign_protocol::limits::TICKET_LIFETIME_MS_MAX;
use countersign_protocol::ticket::Assurance;

use super::officer::PRE_QUORUM;
use crate::utc::HOUR_MS;

/// `devices`.
#[derive(Subcommand)]
pub(crate) enum DevicesCommand {
    /// Registers a new device with a ticket, and says the ten words of its key (front-end).
    Enrol(EnrolArguments),
    /// Officers' part.
    #[command(flatten)]
    Order(DevicesOrder),
}

/// What officers order about devices.
#[derive(Subcommand)]
pub(crate) enum DevicesOrder {
    /// Makes a ticket: what one new device of a signer is registered with, once (officer).
    #[command(after_help = PRE_QUORUM)]
    Ticket(TicketArguments),
    /// Lists all devices (officer).
    #[command(after_help = PRE_QUORUM)]
    List,
    /// Lists the devices that wait, and what for (officer).
    #[command(after_help = PRE_QUORUM)]
    Pending,
    /// Shows what is known of a device; never its words, which are the signer's to read (officer).
    #[command(after_help = PRE_QUORUM)]
    Show {
        /// The device.
        name: String,
    },
    /// Lets a pending device approve, whose signer has read you these words (officer).
    #[command(after_help = PRE_QUORUM)]
    Confirm {
        /// The device.
        name: String,
        /// The ten words as you heard them; the first four letters of each are enough.
        #[arg(long, value_name = "WORD", required = true, num_args = 1..)]
        words: Vec<String>,
    },
    /// The device approves nothing for now (officer).
    #[command(after_help = PRE_QUORUM)]
    Suspend {
        /// The device.
        name: String,
    },
    /// The device approves nothing ever again (officer).
    #[command(after_help = PRE_QUORUM)]
    Revoke {
        /// The device.
        name: String,
    },
    /// A suspended device may approve again (officer).
    #[command(after_help = PRE_QUORUM)]
    Activate {
        /// The device.
        name: String,
    },
    /// A signer has no device any more: revokes them all, and destroys the signer's keys (officer).
    #[command(after_help = PRE_QUORUM)]
    Lost {
        /// Whose devices.
        #[arg(long)]
        signer: String,
        /// Destroys the keys.
        #[arg(long)]
        yes: bool,
    },
}

/// `devices ticket`.
#[derive(Args)]
pub(crate) struct TicketArguments {
    /// Whose device it will be.
    #[arg(long)]
    pub(crate) signer: String,
    /// The device's new name.
    #[arg(long, value_name = "DEVICE")]
    pub(crate) name: String,
    /// What must be known of its model; production takes certified ones only.
    #[arg(long, value_enum, default_value_t = Known(Assurance::Certified))]
    pub(crate) assurance: Known,
    /// How long the ticket is good.
    #[arg(
        long,
        value_name = "N",
        default_value_t = 24,
        value_parser = clap::value_parser!(u64).range(1..=TICKET_LIFETIME_MS_MAX / HOUR_MS)
    )]
    pub(crate) hours: u64,
    /// Where to write the ticket, one line, for its owner's eyes only.
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
}

/// `devices enrol`.
#[derive(Args)]
pub(crate) struct EnrolArguments {
    /// The ticket. The registration is kept beside it, as FILE.registration: given again, the command goes
    /// on from there.
    #[arg(long, value_name = "FILE")]
    pub(crate) ticket: PathBuf,
    /// The command that has the new device register.
    ///
    /// It is run without a shell, its words split at white space; it reads
    /// PublicKeyCredentialCreationOptionsJSON and prints RegistrationResponseJSON.
    #[arg(long, value_name = "CMD ARGS")]
    pub(crate) register_with: Option<String>,
    /// The command that has a device approve which the signer has already, if there is one.
    ///
    /// As that of `sign`: it reads PublicKeyCredentialRequestOptionsJSON and prints
    /// AuthenticationResponseJSON.
    #[arg(long, value_name = "CMD ARGS")]
    pub(crate) approve_with: Option<String>,
}

/// What must be known of a device's model.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Known(pub(crate) Assurance);

impl ValueEnum for Known {
    fn value_variants<'a>() -> &'a [Self] {
        &[Self(Assurance::Certified), Self(Assurance::Attested), Self(Assurance::Any)]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(match self.0 {
            Assurance::Certified => PossibleValue::new("certified")
                .help("its attestation leads to a model that the metadata call certified"),
            Assurance::Attested => PossibleValue::new("attested")
                .help("its attestation leads to a certificate that is trusted"),
            Assurance::Any => PossibleValue::new("any").help("nothing: for development and tests"),
        })
    }
}
