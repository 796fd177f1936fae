//! `freeze` and `thaw`: no key signs, until officers say so.

use countersign_protocol::admin::{Order, SetFreeze};

use super::desk::Desk;
use crate::{ConsoleError, Report};

pub(super) async fn order(desk: &Desk, frozen: bool) -> Result<Report, ConsoleError> {
    let what = if frozen {
        "freeze the appliance: no key signs, and nothing that is under way is given"
    } else {
        "thaw the appliance: each key does what was said of it"
    };
    desk.one(what, &Order::Freeze(SetFreeze { frozen })).await
}
