//! Officers' orders: one command, one order (or one for each granted key), one answer.
//!
//! Pre-quorum: one officer's certificate decides, until officers' orders exist.

mod certificate;
mod desk;
mod devices;
mod freeze;
mod front_end;
mod key;
mod metadata;
mod reanchor;
mod recovery;
mod registry;
mod signer;
mod status;
mod witnesses;

use std::path::Path;

use countersign_client::Officer;

use crate::arguments::{DevicesOrder, OfficerCommand, Server};
use crate::progress::waiting;
use crate::session::Session;
use crate::{ConsoleError, Report};
use desk::Desk;

/// Gives the order that the command means.
pub(crate) async fn obey(
    server: &Server,
    command: &OfficerCommand,
) -> Result<Report, ConsoleError> {
    let officer = Session::new(server)?.officer().await?;
    carried_out(&officer, give(&Desk::new(officer.clone()), command)).await
}

/// Gives the order about devices that the command means.
pub(crate) async fn order_devices(
    server: &Server,
    command: &DevicesOrder,
) -> Result<Report, ConsoleError> {
    let officer = Session::new(server)?.officer().await?;
    carried_out(&officer, devices::order(&Desk::new(officer.clone()), command)).await
}

/// Orders that the vault is wrapped for the recovery key in this file.
pub(crate) async fn set_recovery(server: &Server, file: &Path) -> Result<Report, ConsoleError> {
    let key = crate::recovery::read_key(file)?;
    let officer = Session::new(server)?.officer().await?;
    carried_out(&officer, recovery::set(&Desk::new(officer.clone()), &key)).await
}

/// Waits for what was ordered, and closes the connection.
async fn carried_out(
    officer: &Officer,
    order: impl Future<Output = Result<Report, ConsoleError>>,
) -> Result<Report, ConsoleError> {
    let done = waiting("the appliance carries out the order", order).await;
    officer.clone().close().await;
    done
}

async fn give(desk: &Desk, command: &OfficerCommand) -> Result<Report, ConsoleError> {
    match command {
        OfficerCommand::Status { trust } => status::show(desk, trust.as_deref()).await,
        OfficerCommand::Signer(command) => signer::order(desk, command).await,
        OfficerCommand::Key(command) => key::order(desk, command).await,
        OfficerCommand::FrontEnd(command) => front_end::order(desk, command).await,
        OfficerCommand::Trust(command) => certificate::trust(desk, command).await,
        OfficerCommand::Reanchor { root } => reanchor::order(desk, *root).await,
        OfficerCommand::Freeze => freeze::order(desk, true, false).await,
        OfficerCommand::Thaw { clock_is_right } => {
            freeze::order(desk, false, *clock_is_right).await
        }
        OfficerCommand::Registry(command) => registry::order(desk, command).await,
        OfficerCommand::Metadata(command) => metadata::order(desk, command).await,
    }
}
