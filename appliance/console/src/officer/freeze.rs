//! `freeze` and `thaw`: no key signs, until officers say so; and that the clock is right, if they say that too.

use countersign_protocol::admin::{Order, SetFreeze};

use super::desk::Desk;
use crate::{ConsoleError, Report};

pub(super) async fn order(
    desk: &Desk,
    frozen: bool,
    clock_is_right: bool,
) -> Result<Report, ConsoleError> {
    let what = match (frozen, clock_is_right) {
        (true, _) => "freeze the appliance: no key signs, and nothing that is under way is given",
        (false, false) => "thaw the appliance: each key does what was said of it",
        (false, true) => {
            "thaw the appliance: each key does what was said of it, and the machine's clock is right"
        }
    };
    desk.one(what, &Order::Freeze(SetFreeze { frozen, clock_is_right })).await
}
