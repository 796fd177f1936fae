//! What can be asked of the command.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use countersign_device::{Algorithm, Approval, SignatureForm};

/// A virtual FIDO2 device, for tests and demonstrations.
///
/// It approves without a finger on it and keeps its key in a file: production refuses software
/// devices.
#[derive(Parser)]
#[command(name = "countersign-device", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Makes a device: reads PublicKeyCredentialCreationOptionsJSON on standard input and prints its
    /// RegistrationResponseJSON.
    Register(RegisterArguments),
    /// Reads PublicKeyCredentialRequestOptionsJSON on standard input and prints its
    /// AuthenticationResponseJSON.
    ///
    /// Each option but the state makes the answer differ from a good one in one thing.
    Approve(ApproveArguments),
}

#[derive(Args)]
pub(crate) struct RegisterArguments {
    /// Where to keep the device; there must be none yet.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: PathBuf,
    /// The origin of the approval page, such as https://approve.example.
    #[arg(long, value_name = "ORIGIN")]
    pub(crate) origin: String,
    /// What its key is.
    #[arg(long, value_name = "ALGORITHM", value_enum, default_value_t)]
    pub(crate) algorithm: Algorithm,
}

#[derive(Args)]
pub(crate) struct ApproveArguments {
    /// The device, as `register` made it.
    #[arg(long, value_name = "FILE")]
    pub(crate) state: PathBuf,
    /// Report another origin.
    #[arg(long, value_name = "ORIGIN")]
    origin: Option<String>,
    /// Report that the page was inside another one.
    #[arg(long)]
    cross_origin: bool,
    /// Nobody was there.
    #[arg(long)]
    without_up: bool,
    /// It was not shown to be the owner.
    #[arg(long)]
    without_uv: bool,
    /// The credential may be copied to other devices.
    #[arg(long)]
    backup_eligible: bool,
    /// Answer with this count, and go on from it.
    #[arg(long, value_name = "COUNT")]
    sign_count: Option<u32>,
    /// Make or write the signature in another way, if the device's algorithm has it.
    #[arg(long, value_name = "FORM", value_enum, default_value_t)]
    pub(crate) signature: SignatureForm,
}

impl ApproveArguments {
    /// `honest`, with what was asked to be wrong.
    pub(crate) fn applied_to(&self, honest: Approval) -> Approval {
        let mut approval = honest;
        if let Some(origin) = &self.origin {
            approval.origin.clone_from(origin);
        }
        approval.cross_origin |= self.cross_origin;
        approval.flags.up &= !self.without_up;
        approval.flags.uv &= !self.without_uv;
        approval.flags.be |= self.backup_eligible;
        approval.sign_count = self.sign_count.unwrap_or(approval.sign_count);
        approval.signature = self.signature;
        approval
    }
}
