//! `log`: what the appliance has published, proved.
//!
//! Guarantees: nothing is shown as the log's that does not lead to a checkpoint which the trust file's key has
//! signed; a log that shrank or forked since this identity saw it last is refused (exit code 7). Records are shown
//! without what they commit to: that is not published.

mod check;
pub(crate) mod line;
mod memory;
mod opened;
mod prove;
mod show;
#[cfg(test)]
mod tests;
mod walk;

pub(crate) use memory::FileMemory;
pub(crate) use opened::meet_receipt;

use crate::arguments::{LogCommand, Server};
use crate::{ConsoleError, Report};
use opened::Opened;

/// Does what the command says.
pub(crate) async fn obey(server: &Server, command: &LogCommand) -> Result<Report, ConsoleError> {
    match command {
        LogCommand::Show { place, last } => {
            show::show(&Opened::at(server, place).await?, *last).await
        }
        LogCommand::Follow { place, until } => {
            show::follow(&Opened::at(server, place).await?, *until).await
        }
        LogCommand::Export { place, format, from } => {
            show::export(&Opened::at(server, place).await?, *format, *from).await
        }
        LogCommand::Prove { place, index, out } => {
            prove::prove(&Opened::at(server, place).await?, *index, out.as_deref()).await
        }
        LogCommand::Check { place, old } => {
            check::check(&Opened::at(server, place).await?, old.as_deref()).await
        }
    }
}
