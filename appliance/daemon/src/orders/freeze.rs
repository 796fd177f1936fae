//! The orders that have no key sign, and have each key do again what was said of it.
//!
//! With the second one officers say, too, that the machine's clock is right: what was known of UTC is given up then, which is how an
//! appliance goes on whose clock was ahead once.

use countersign_core::Now;
use countersign_core::port::Crypto;
use countersign_protocol::OfficerId;
use countersign_protocol::admin::SetFreeze;
use countersign_protocol::change::Freeze;
use countersign_registry::{Change, Registry};

use super::{OrderError, Proposed, done, proposed};
use crate::appliance::Appliance;
use crate::ground::Ground;
use crate::platform::Surroundings as _;

pub(super) async fn set<G: Ground>(
    appliance: &Appliance<G>,
    officer: OfficerId,
    order: &SetFreeze,
) -> Result<Vec<u8>, OrderError> {
    let (books, clock) = (&appliance.books, appliance.books.clock());
    let now = if order.clock_is_right { clock } else { appliance.now() };
    let index = books.change(|registry| change(registry, officer, *order, now)).await?;
    if order.clock_is_right {
        books.trust_clock(clock);
    }
    done(Ok(index))
}

fn change<C: Crypto>(
    registry: &Registry<C>,
    officer: OfficerId,
    order: SetFreeze,
    now: Now,
) -> Proposed {
    let SetFreeze { frozen, clock_is_right } = order;
    match (frozen, clock_is_right) {
        (true, true) => return Err(OrderError::ClockOfFreeze),
        // It may be about the clock alone.
        (false, true) => {}
        _ if registry.is_frozen() == frozen => return Err(OrderError::FrozenAlready(frozen)),
        _ => {}
    }
    proposed(&Change::Freeze(Freeze { frozen, officer, utc_lo_ms: now.utc_lo_ms }))
}
