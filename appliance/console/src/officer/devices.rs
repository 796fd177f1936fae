//! `devices`, as far as officers order it: tickets, confirmations, and the end of devices' lives.

mod list;
mod show;
mod words;

use countersign_protocol::admin::{
    Answer, DeviceConfirm, DevicesLost, Order, SetStanding, TicketIssue,
};
use countersign_protocol::canonical;
use countersign_protocol::change::Standing;
use countersign_protocol::ticket::Ticket;
use serde_json::json;

use super::desk::{Desk, named};
use crate::arguments::{DevicesOrder, TicketArguments};
use crate::outfile::{Old, OutFile, Readers};
use crate::utc::{HOUR_MS, Utc};
use crate::{ConsoleError, Report, base64url};

pub(super) async fn order(desk: &Desk, order: &DevicesOrder) -> Result<Report, ConsoleError> {
    match order {
        DevicesOrder::Ticket(arguments) => ticket(desk, arguments).await,
        DevicesOrder::List => list::all(desk).await,
        DevicesOrder::Pending => list::pending(desk).await,
        DevicesOrder::Show { name } => show::one(desk, name).await,
        DevicesOrder::Confirm { name, words } => confirm(desk, name, words).await,
        DevicesOrder::Suspend { name } => stand(desk, "suspend", name, Standing::Suspended).await,
        DevicesOrder::Revoke { name } => stand(desk, "revoke", name, Standing::Revoked).await,
        DevicesOrder::Activate { name } => stand(desk, "activate", name, Standing::Active).await,
        DevicesOrder::Lost { signer, yes } => lost(desk, signer, *yes).await,
    }
}

async fn ticket(desk: &Desk, arguments: &TicketArguments) -> Result<Report, ConsoleError> {
    let TicketArguments { signer, name, assurance, hours, out } = arguments;
    let place = OutFile::reserve(out, Readers::Owner, Old::Kept)?;
    let order = Order::TicketIssue(TicketIssue {
        signer: named(signer)?,
        device: named(name)?,
        assurance: assurance.0,
        lifetime_ms: hours * HOUR_MS,
    });
    let ordered = desk.ask(&format!("make a ticket for device {name} of {signer}"), &order).await?;
    let Answer::TicketIssued(issued) = ordered.answer()? else {
        return Err(ConsoleError::Unexpected);
    };
    let bytes = issued.ticket.bytes();
    let ticket: Ticket<'_> = canonical::decode(bytes).map_err(|_| ConsoleError::Unexpected)?;
    let (file, index) = (place.path().display().to_string(), issued.index);
    place.write(format!("{}\n", base64url::encode(bytes)).as_bytes())?;
    let until = Utc(ticket.not_after_ms);
    let text = format!(
        "done: {file} is a ticket for one new device, {name} of {signer}, good until {until} (record \
         {index})\ngive it to whoever registers the device: countersign devices enrol --ticket {file}"
    );
    let json = json!({
        "record": index,
        "ticket": file,
        "id": ticket.id.to_string(),
        "notAfterMs": ticket.not_after_ms,
    });
    Ok(Report::new(text, json))
}

async fn confirm(desk: &Desk, name: &str, heard: &[String]) -> Result<Report, ConsoleError> {
    let fingerprint = words::heard(heard)?;
    let order = Order::DeviceConfirm(DeviceConfirm { name: named(name)?, fingerprint });
    desk.one(&format!("confirm device {name}"), &order).await
}

async fn stand(
    desk: &Desk,
    verb: &str,
    name: &str,
    standing: Standing,
) -> Result<Report, ConsoleError> {
    let order = Order::DeviceStanding(SetStanding { name: named(name)?, standing });
    desk.one(&format!("{verb} device {name}"), &order).await
}

async fn lost(desk: &Desk, signer: &str, yes: bool) -> Result<Report, ConsoleError> {
    if !yes {
        return Err(ConsoleError::usage(format!(
            "all devices of {signer}, and every key that {signer} may approve for, are revoked for ever, \
             and these keys are destroyed in the token: nobody signs with them again; if that is what \
             you want, give --yes"
        )));
    }
    let order = Order::DevicesLost(DevicesLost { signer: named(signer)? });
    desk.one(&format!("revoke all devices of {signer}, and destroy the signer's keys"), &order)
        .await
}
