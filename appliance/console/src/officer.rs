//! Officers' orders: one command, one order (or one for each granted key), one answer.
//!
//! Pre-quorum: one officer's certificate decides, until officers' orders exist.

mod desk;
mod front_end;
mod key;
mod status;

use countersign_client::Officer;
use countersign_protocol::admin::{Order, SetStanding, SignerAdd};
use countersign_protocol::change::Standing;

use crate::arguments::{
    DeviceCommand, DeviceEnrolArguments, OfficerCommand, Server, SignerCommand,
};
use crate::credential::Credential;
use crate::progress::waiting;
use crate::session::Session;
use crate::{ConsoleError, Report};
use desk::{Desk, named};

/// Gives the order that the command means.
pub(crate) async fn obey(
    server: &Server,
    command: &OfficerCommand,
) -> Result<Report, ConsoleError> {
    let officer = Session::new(server)?.officer().await?;
    let done = waiting("the appliance carries out the order", give(officer.clone(), command)).await;
    officer.close().await;
    done
}

async fn give(officer: Officer, command: &OfficerCommand) -> Result<Report, ConsoleError> {
    let desk = Desk::new(officer);
    match command {
        OfficerCommand::Status => status::show(&desk).await,
        OfficerCommand::Signer(SignerCommand::Add { name }) => add_signer(&desk, name).await,
        OfficerCommand::Device(command) => device(&desk, command).await,
        OfficerCommand::Key(command) => key::order(&desk, command).await,
        OfficerCommand::FrontEnd(command) => front_end::order(&desk, command).await,
    }
}

async fn add_signer(desk: &Desk, name: &str) -> Result<Report, ConsoleError> {
    let order = Order::SignerAdd(SignerAdd { name: named(name)? });
    desk.one(&format!("add signer {name}"), &order).await
}

async fn device(desk: &Desk, command: &DeviceCommand) -> Result<Report, ConsoleError> {
    let (verb, name, standing) = match command {
        DeviceCommand::Enrol(arguments) => return enrol(desk, arguments).await,
        DeviceCommand::Suspend { name } => ("suspend", name, Standing::Suspended),
        DeviceCommand::Revoke { name } => ("revoke", name, Standing::Revoked),
        DeviceCommand::Activate { name } => ("activate", name, Standing::Active),
    };
    let order = Order::DeviceStanding(SetStanding { name: named(name)?, standing });
    desk.one(&format!("{verb} device {name}"), &order).await
}

async fn enrol(desk: &Desk, arguments: &DeviceEnrolArguments) -> Result<Report, ConsoleError> {
    let DeviceEnrolArguments { signer, name, credential, pending } = arguments;
    let credential = Credential::read(credential)?;
    let order = credential.enrol(named(signer)?, named(name)?, *pending);
    let order = order.map(Order::DeviceEnrol).ok_or(ConsoleError::Unexpected)?;
    desk.one(&format!("enrol device {name} of {signer}"), &order).await
}
