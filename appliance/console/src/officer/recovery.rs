//! `recovery set`: for whom the vault is wrapped; and how that stands.

use countersign_host::Host;
use countersign_protocol::admin::{Order, RecoverySet, RecoveryStatus};
use countersign_protocol::canonical;
use countersign_protocol::recovery::RecoveryKey;
use countersign_recovery::fingerprint;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::{ConsoleError, Report};

pub(super) async fn set(desk: &Desk, bytes: &[u8]) -> Result<Report, ConsoleError> {
    let key: RecoveryKey<'_> = canonical::decode(bytes).map_err(|_| ConsoleError::Unexpected)?;
    let what = format!(
        "wrap the vault for the recovery key {} ({}), {} of {} shares",
        key.name,
        fingerprint(&Host, bytes),
        key.quorum.threshold(),
        key.quorum.shares()
    );
    desk.one(&what, &Order::RecoverySet(RecoverySet { key })).await
}

/// How evidence outlives the HSM, in a line.
pub(super) fn text(status: Option<&RecoveryStatus<'_>>) -> String {
    let Some(RecoveryStatus { name, fingerprint, threshold, shares, wrapped }) = status else {
        return "no key is set: evidence is lost with the HSM".to_owned();
    };
    let copy =
        if *wrapped { "" } else { "; the vault has NO copy for it: see the appliance's log" };
    format!("{threshold} of {shares} shares of {name} ({fingerprint}){copy}")
}

pub(super) fn json(status: &RecoveryStatus<'_>) -> Value {
    json!({
        "name": status.name.as_str(),
        "fingerprint": status.fingerprint.to_string(),
        "threshold": status.threshold,
        "shares": status.shares,
        "wrapped": status.wrapped,
    })
}
