//! How large a scenario may be: a slip of the pen costs one line of error, and not a day of waiting.

use countersign_core::Reason;
use countersign_protocol::Suite;
use countersign_protocol::limits::APPROVERS_MAX;

use super::{Deed, Event, Expect, House, Order, TokenTrouble};
use crate::machine::TokenFault;

/// Bytes of a file.
pub const TEXT_BYTES_MAX: u64 = 64 << 20;
/// Events of a scenario.
pub const EVENTS_MAX: usize = 1 << 20;
/// Any time, in milliseconds: some centuries.
pub const MS_MAX: u64 = 1 << 43;
/// How long anybody reads, an activation lives, or it is dark, in milliseconds: who waits for it at the end
/// waits longer.
pub const WAIT_MS_MAX: u32 = 600_000;
/// An event's number.
pub const NUMBER_MAX: u64 = 1 << 41;
/// Signers, and front-ends.
pub const PEOPLE_MAX: u32 = 1_000;
/// People who are registered besides.
pub const CROWD_MAX: u32 = 1_000_000;
/// Requests of a hoard or a flood.
pub const MANY_MAX: u32 = 10_000;

/// What a `sign` comes to, besides reasons.
const CAME: [&str; 8] =
    ["signed", "refused", "stale", "malformed", "busy", "unavailable", "lost", "nothing"];

/// Whether `is` is at most so much; if not, in words.
fn at_most(what: &str, is: u64, most: u64) -> Result<(), String> {
    if is <= most { Ok(()) } else { Err(format!("{what} is {is}: at most {most}")) }
}

impl House {
    /// Whether it can be furnished.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self) -> Result<(), String> {
        at_most("house.signers", self.signers.into(), PEOPLE_MAX.into())?;
        at_most("house.portals", self.portals.into(), PEOPLE_MAX.into())?;
        at_most("house.crowd", self.crowd.into(), CROWD_MAX.into())?;
        if self.signers == 0 || self.portals == 0 {
            return Err("house: there is at least one signer and one portal".to_owned());
        }
        if self.joint > 0 {
            at_most("house.signers, with joint,", self.signers.into(), APPROVERS_MAX as u64)?;
            at_most("house.joint", self.joint.into(), self.signers.into())?;
        }
        let unknown = self.suites.iter().find(|name| Suite::from_name(name).is_none());
        match unknown {
            Some(name) => {
                let known = Suite::ALL.map(Suite::name).join(", ");
                Err(format!("house.suites: there is no {name:?}; there are {known}"))
            }
            None => Ok(()),
        }
    }
}

impl Event {
    /// Whether it is of a size that anybody means.
    ///
    /// # Errors
    /// What is too large.
    pub fn check(&self) -> Result<(), String> {
        at_most("at", self.at, MS_MAX)?;
        at_most("number", self.number, NUMBER_MAX)?;
        self.check_expected()?;
        let wait = |what, ms: u32| at_most(what, ms.into(), WAIT_MS_MAX.into());
        match &self.deed {
            Deed::Sign(errand) => {
                wait("think-ms", errand.think_ms)?;
                wait("lifetime-ms", errand.lifetime_ms)
            }
            Deed::Cut(cut) => wait("down-ms", cut.down_ms),
            Deed::Token(TokenTrouble::At { fault: TokenFault::Slow(ms), .. }) => wait("slow", *ms),
            Deed::Hoard(hoard) => at_most("count", hoard.count.into(), MANY_MAX.into()),
            Deed::Flood(flood) => at_most("count", flood.count.into(), MANY_MAX.into()),
            Deed::Order(Order::Policy { from_ms, to_ms, .. }) => {
                at_most("from-ms", *from_ms, MS_MAX)?;
                at_most("to-ms", *to_ms, MS_MAX)
            }
            _ => Ok(()),
        }
    }

    /// What is expected is something that a `sign` can come to.
    fn check_expected(&self) -> Result<(), String> {
        let Some(Expect(expected)) = &self.expect else { return Ok(()) };
        if !matches!(self.deed, Deed::Sign(_)) {
            return Err("expect: only a sign comes to something".to_owned());
        }
        let reasons = Reason::ALL.iter().map(|reason| format!("{reason:?}"));
        if CAME.contains(&expected.as_str()) || reasons.into_iter().any(|r| r == *expected) {
            return Ok(());
        }
        let came = CAME.join(", ");
        Err(format!(
            "expect: a sign never comes to {expected:?}, but to {came}, or a reason (see list)"
        ))
    }
}
