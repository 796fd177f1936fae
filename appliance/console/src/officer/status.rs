//! `status`: how the appliance is.

use std::path::Path;

use countersign_protocol::admin::{Anchored, Answer, Published, StatusAnswer};
use countersign_protocol::change::Profile;
use countersign_verifier::Appliance;
use serde_json::{Value, json};

use super::desk::{Desk, STATUS};
use super::{metadata, reanchor, recovery, witnesses};
use crate::outfile::{Old, OutFile, Readers};
use crate::{ConsoleError, Report};

pub(super) async fn show(desk: &Desk, trust: Option<&Path>) -> Result<Report, ConsoleError> {
    let place = trust.map(|path| OutFile::reserve(path, Readers::Everybody, Old::Kept));
    let place = place.transpose()?;
    match desk.ask("status", &STATUS).await?.answer()? {
        Answer::Status(status) => {
            place.map_or(Ok(()), |place| place.write(trusted(&status).as_bytes()))?;
            Ok(Report::new(text(&status), json(&status)))
        }
        Answer::Locked(locked) => Err(ConsoleError::Locked(reanchor::report(&locked))),
        _ => Err(ConsoleError::Unexpected),
    }
}

/// What `verify` is to believe of this appliance.
fn trusted(status: &StatusAnswer<'_>) -> String {
    let appliance = Appliance {
        id: status.appliance,
        checkpoint_key: status.checkpoint_key,
        cosigner_key: status.cosigner_key.map(|key| Box::new(*key.0)),
        rp_id: status.rp_id.as_str().to_owned(),
        origin: status.origin.as_str().to_owned(),
    };
    appliance.table()
}

fn text(status: &StatusAnswer<'_>) -> String {
    let registered = &status.registered;
    let published = status.published.as_ref().map_or_else(
        || "no".to_owned(),
        |published| {
            let fault = fault(published).map(|why| format!("; NOT going on: {why}"));
            format!("{} records{}", published.size, fault.unwrap_or_default())
        },
    );
    [
        format!("appliance     {} ({})", status.appliance, profile(status.profile)),
        format!("approval page {} (rpId {})", status.origin, status.rp_id),
        format!("ledger        {} records, root {}", status.ledger_size, status.ledger_root),
        format!(
            "registered    {} front-ends, {} signers, {} devices, {} keys",
            registered.front_ends, registered.signers, registered.devices, registered.keys
        ),
        format!("signing       {}", signing(status.frozen)),
        format!("clock         {}", clock(status.behind_ms)),
        format!("anchored      {}", anchored(status)),
        format!("metadata      {}", metadata::text(status.metadata.as_ref())),
        format!("published     {published}"),
        format!("witnesses     {}", witnesses::text(status.witnesses.as_ref())),
        format!("recovery      {}", recovery::text(status.recovery.as_ref())),
        format!("transactions  {} could still be approved", status.transactions),
        format!("malformed     {} frames since boot", status.malformed),
        format!("alarms        {}", status.alarms),
    ]
    .join("\n")
}

fn json(status: &StatusAnswer<'_>) -> Value {
    let registered = &status.registered;
    json!({
        "appliance": status.appliance.to_string(),
        "profile": profile(status.profile),
        "rpId": status.rp_id.as_str(),
        "origin": status.origin.as_str(),
        "ledger": { "size": status.ledger_size, "root": status.ledger_root.to_string() },
        "anchored": {
            "size": status.anchored.size,
            "number": status.anchored.number,
            "epoch": status.anchored.epoch,
            "counted": status.anchored.counted,
        },
        "frozen": status.frozen,
        "clockBehindMs": status.behind_ms,
        "registered": {
            "frontEnds": registered.front_ends,
            "signers": registered.signers,
            "devices": registered.devices,
            "keys": registered.keys,
        },
        "checkpointKey": hex::encode(status.checkpoint_key.bytes()),
        "cosignerKey": status.cosigner_key.map(|key| hex::encode(key.0)),
        "metadata": status.metadata.as_ref().map(metadata::json),
        "published": status.published.as_ref().map(|published| {
            json!({ "size": published.size, "fault": fault(published) })
        }),
        "witnesses": witnesses::json(status.witnesses.as_ref()),
        "recovery": status.recovery.as_ref().map(recovery::json),
        "transactions": status.transactions,
        "malformed": status.malformed,
        "alarms": status.alarms,
    })
}

const fn signing(frozen: bool) -> &'static str {
    if frozen { "FROZEN: no key signs until an officer says so (countersign thaw)" } else { "yes" }
}

/// How the machine's clock is to what is known of UTC.
fn clock(behind_ms: u64) -> String {
    if behind_ms == 0 {
        return "not behind what is known of UTC".to_owned();
    }
    format!(
        "BEHIND what is known of UTC by {} s: no key signs; set it right, or, if it was ahead before: countersign thaw --clock-is-right",
        behind_ms.div_ceil(1_000)
    )
}

/// What whoever controls the disk could still take away, unless a receipt or a witness has seen it.
fn anchored(status: &StatusAnswer<'_>) -> String {
    let Anchored { size, number, epoch, counted } = status.anchored;
    let ahead = status.ledger_size.saturating_sub(size);
    let counted = if counted == 0 { String::new() } else { format!(", count {counted}") };
    format!("{size} records; {ahead} since (anchor {number}, epoch {epoch}{counted})")
}

/// Why the public copy does not go on.
fn fault(published: &Published<'_>) -> Option<String> {
    published.fault.map(|why| String::from_utf8_lossy(why.bytes()).into_owned())
}

const fn profile(profile: Profile) -> &'static str {
    match profile {
        Profile::Production => "production",
        Profile::Development => "development",
    }
}
