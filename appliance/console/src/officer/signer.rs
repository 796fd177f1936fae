//! `signer`: people who sign, and what is recorded about them.

use countersign_protocol::admin::{Order, SignerAdd, SignerErase, SignerHold};

use super::desk::{Desk, named};
use crate::arguments::SignerCommand;
use crate::{ConsoleError, Report};

pub(super) async fn order(desk: &Desk, command: &SignerCommand) -> Result<Report, ConsoleError> {
    match command {
        SignerCommand::Add { name, retention } => {
            let add = SignerAdd { name: named(name)?, retention: (*retention).into() };
            desk.one(&format!("add signer {name}"), &Order::SignerAdd(add)).await
        }
        SignerCommand::Hold { name } => {
            let what = format!("keep the evidence of {name} whatever its age");
            desk.one(&what, &held(name, true)?).await
        }
        SignerCommand::Release { name } => {
            let what = format!("take the evidence of {name} off its legal hold");
            desk.one(&what, &held(name, false)?).await
        }
        SignerCommand::Erase { name, yes } => erase(desk, name, *yes).await,
    }
}

fn held(name: &str, held: bool) -> Result<Order<'_>, ConsoleError> {
    Ok(Order::SignerHold(SignerHold { name: named(name)?, held }))
}

async fn erase(desk: &Desk, name: &str, yes: bool) -> Result<Report, ConsoleError> {
    if !yes {
        return Err(ConsoleError::usage(format!(
            "everything that is recorded about {name} is made unreadable for ever, signatures that others \
             approved together with {name} too: only evidence that front-ends keep still shows what was signed; \
             if that is what you want, give --yes"
        )));
    }
    let order = Order::SignerErase(SignerErase { name: named(name)? });
    desk.one(&format!("erase {name}"), &order).await
}
