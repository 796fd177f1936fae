//! Where orders are given and answers read.

use countersign_client::{Officer, Ordered};
use countersign_protocol::admin::{Answer, Declined, Done, Order};
use countersign_protocol::limits::NAME_BYTES_MAX;
use countersign_protocol::{Name, admin};
use serde_json::json;

use super::reanchor;
use crate::{ConsoleError, Report};

/// An officer's connection.
pub(super) struct Desk {
    officer: Officer,
}

impl Desk {
    pub(super) const fn new(officer: Officer) -> Self {
        Self { officer }
    }

    /// Gives an order and brings the answer, unless it was declined.
    pub(super) async fn ask(&self, what: &str, order: &Order<'_>) -> Result<Ordered, ConsoleError> {
        let ordered = self.officer.order(order).await?;
        if let Answer::Declined(Declined { why }) = ordered.answer()? {
            return Err(ConsoleError::Declined { what: what.into(), why: printable(why) });
        }
        Ok(ordered)
    }

    /// Gives an order that is done or not, and brings its record's place in the ledger.
    pub(super) async fn done(&self, what: &str, order: &Order<'_>) -> Result<u64, ConsoleError> {
        match self.ask(what, order).await?.answer()? {
            Answer::Done(Done { index }) => Ok(index),
            Answer::Locked(locked) => Err(ConsoleError::Locked(reanchor::report(&locked))),
            _ => Err(ConsoleError::Unexpected),
        }
    }

    /// The same, and says so.
    pub(super) async fn one(&self, what: &str, order: &Order<'_>) -> Result<Report, ConsoleError> {
        let record = self.done(what, order).await?;
        Ok(Report::new(format!("done: {what} (record {record})"), json!({ "record": record })))
    }
}

/// A name as the wire takes it.
pub(super) fn named(text: &str) -> Result<Name<'_>, ConsoleError> {
    Name::new(text).ok_or_else(|| {
        ConsoleError::usage(format!(
            "{text:?} is no name: 1 to {NAME_BYTES_MAX} bytes, no control characters"
        ))
    })
}

/// One line, whatever the appliance sends.
pub(super) fn printable(why: &str) -> String {
    why.chars().map(|c| if c.is_control() { ' ' } else { c }).collect()
}

/// Asks how the appliance is.
pub(super) const STATUS: Order<'static> = Order::Status(admin::Status {});
