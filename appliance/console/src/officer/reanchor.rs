//! A locked appliance: what it says of itself, and the order to go on.

use countersign_protocol::Digest;
use countersign_protocol::admin::{Answer, Locked, Order, Reanchor};
use countersign_protocol::anchor::Anchor;
use serde_json::{Value, json};

use super::desk::{Desk, STATUS, printable};
use crate::{ConsoleError, Report};

/// Orders it, for the ledger with this root alone.
pub(super) async fn order(desk: &Desk, root: Digest) -> Result<Report, ConsoleError> {
    let status = desk.ask("status", &STATUS).await?;
    let locked = match status.answer()? {
        Answer::Locked(locked) => locked,
        Answer::Status(_) => {
            return Err(declined("the appliance is not locked: nothing is to be done".to_owned()));
        }
        _ => return Err(ConsoleError::Unexpected),
    };
    let Locked { ledger_size, ledger_root, anchor, .. } = locked;
    if ledger_root != root {
        return Err(declined(format!(
            "the appliance's ledger has another root, {ledger_root}; look at its status again"
        )));
    }
    let what = format!("go on with the ledger of {ledger_size} records, give up {}", known(anchor));
    let order = Order::Reanchor(Reanchor { ledger_size, ledger_root, anchor });
    let record = desk.done(&what, &order).await?;
    let text = format!(
        "done: {what} (record {record})\nThe appliance is frozen. First revoke and suspend again whatever was after \
         record {ledger_size}; then: countersign thaw"
    );
    Ok(Report::new(text, json!({ "record": record })))
}

/// What cannot be meant is not ordered.
fn declined(why: String) -> ConsoleError {
    ConsoleError::Declined { what: "reanchor".to_owned(), why }
}

/// What it says of itself.
pub(super) fn report(locked: &Locked<'_>) -> Report {
    let Locked { appliance, ledger_size, ledger_root, anchor, why } = locked;
    let why = printable(why);
    let text = [
        format!("appliance     {appliance}: LOCKED"),
        format!("why           {why}"),
        format!("ledger        {ledger_size} records, root {ledger_root}"),
        format!("anchored      {}", known(*anchor)),
        format!(
            "to go on      put back the newest ledger, or the right token; if they are lost for good: countersign \
             reanchor {ledger_root}"
        ),
    ];
    let json = json!({
        "appliance": appliance.to_string(),
        "locked": why,
        "ledger": { "size": ledger_size, "root": ledger_root.to_string() },
        "anchored": anchor.map(anchor_json),
    });
    Report::new(text.join("\n"), json)
}

fn known(anchor: Option<Anchor>) -> String {
    anchor.map_or_else(
        || "nothing that the token knows".to_owned(),
        |Anchor { epoch, number, size, root, .. }| {
            format!("{size} records, root {root} (anchor {number}, epoch {epoch})")
        },
    )
}

fn anchor_json(Anchor { epoch, number, size, root, .. }: Anchor) -> Value {
    json!({ "size": size, "root": root.to_string(), "number": number, "epoch": epoch })
}
