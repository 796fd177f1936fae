//! The people: front-ends, signers with their devices, and an officer. What they know survives whatever
//! happens to the appliance.

mod device;
mod enrolment;
mod errand;
mod flood;
mod frames;
mod officer;
mod rebuild;
mod recovery;

pub use device::Handset;
pub use errand::{Came, errand};
pub use flood::{flood, hoard};
pub use officer::{Desk, furnish, order, stranger_signs};
pub use rebuild::{Rebuilt, registry_is_rebuilt};

use countersign_protocol::{KeyId, Suite};

/// The rpId of every house.
pub const RP_ID: &str = "sign.example";
/// The approval page's origin.
pub const ORIGIN: &str = "https://sign.example";

/// Who sends a frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Who {
    /// A front-end.
    Portal(u32),
    /// Somebody who was never registered.
    Stranger,
    /// The officer.
    Officer,
}

/// A signing key as everybody knows it.
#[derive(Clone, Debug)]
pub struct KnownKey {
    /// Its id.
    pub id: KeyId,
    /// Its suite.
    pub suite: Suite,
    /// Its number in the scenario.
    pub number: u32,
    /// Whose.
    pub signers: Vec<u32>,
    /// How many of them must approve.
    pub threshold: u8,
}

/// Everybody.
#[derive(Default)]
pub struct Cast {
    /// The devices of each signer, the newest last.
    pub handsets: Vec<Vec<Handset>>,
    /// The keys.
    pub keys: Vec<KnownKey>,
    /// How many devices there were ever.
    pub devices: u32,
    /// How many keys were ever ordered.
    pub ordered_keys: u32,
}
