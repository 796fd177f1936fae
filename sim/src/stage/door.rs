//! The door of an appliance: what stands between the people and one that serves.

use std::sync::Arc;

use countersign_protocol::Digest;

use crate::machine::Stepped;
use crate::people::Who;

/// A door.
pub trait Door {
    /// What the appliance knows somebody by.
    fn channel(&self, who: Who) -> Digest;

    /// An appliance serves.
    fn opens(&self, appliance: Arc<Stepped>);

    /// It does not any more.
    fn closes(&self);
}
