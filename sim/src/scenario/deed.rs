//! What can happen: deeds of people, and faults of machines.

use countersign_disk::{DiskFault, Loss};
use countersign_protocol::limits::LIFETIME_MS_MAX;
use serde::{Deserialize, Serialize};

use super::errand::Errand;
use super::line::Line;
use crate::machine::{ClockFault, Effect, TokenFault};

/// Something that happens at a time: exactly one of its deeds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", try_from = "Line", into = "Line")]
pub struct Event {
    /// When, in milliseconds since the house was ready.
    pub at: u64,
    /// The number that its chance follows from: events keep it when others are taken out.
    pub number: u64,
    /// What.
    pub deed: Deed,
    /// What must come of it.
    pub expect: Option<Expect>,
}

/// What happens.
#[derive(Clone, Debug, PartialEq)]
pub enum Deed {
    /// Somebody wants something signed.
    Sign(Errand),
    /// A front-end prepares and never signs.
    Hoard(Hoard),
    /// Somebody sends much.
    Flood(Flood),
    /// An officer orders something.
    Order(Order),
    /// The token goes wrong.
    Token(TokenTrouble),
    /// The disk goes wrong.
    Disk(DiskFault),
    /// Somebody who has the disks copies them, or puts copies back.
    Image(Image),
    /// The clock goes wrong.
    Clock(ClockFault),
    /// The network goes wrong.
    Network(NetworkFault),
    /// The power fails.
    Cut(Cut),
    /// All faults end.
    Mend,
}

/// What a request must come to: `signed`, a status (`refused`, `stale`, ...), or a reason of the
/// appliance's table by its name (`UserNotVerified`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Expect(pub String);

/// Many activations that nobody will approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Hoard {
    /// Which front-end.
    pub portal: u32,
    /// For which key.
    pub key: u32,
    /// How many.
    pub count: u32,
}

/// Many frames at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Flood {
    /// Which front-end; none: a stranger.
    pub portal: Option<u32>,
    /// How many.
    pub count: u32,
    /// Whether they can be decoded.
    #[serde(default)]
    pub garbage: bool,
}

/// An officer's order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", rename_all_fields = "kebab-case")]
pub enum Order {
    /// A device, key or front-end is suspended (`false`), back in use (`true`).
    Use {
        /// What kind.
        of: Of,
        /// Which.
        which: u32,
        /// Whether it may be used.
        usable: bool,
    },
    /// It is out of use for ever.
    Revoke {
        /// What kind.
        of: Of,
        /// Which.
        which: u32,
    },
    /// A front-end's leave for a key.
    Grant {
        /// Which front-end.
        portal: u32,
        /// Which key.
        key: u32,
        /// Whether it has it.
        granted: bool,
    },
    /// What a key may do. Times in milliseconds since the world began.
    Policy {
        /// Which key.
        key: u32,
        /// Items of one activation.
        items_max: u16,
        /// Not before.
        from_ms: u64,
        /// Not after.
        to_ms: u64,
        /// How long an activation lives at most.
        #[serde(default = "any_lifetime")]
        lifetime_ms: u32,
        /// Nothing at all is signed.
        #[serde(default)]
        held: bool,
    },
    /// A signer gets a further device.
    AddDevice {
        /// Which signer.
        signer: u32,
        /// How.
        #[serde(default)]
        how: Newcomer,
    },
    /// A signer gets a further key.
    AddKey {
        /// Which signer.
        signer: u32,
    },
    /// A signer's keys are revoked, and the signer is erased.
    Erase {
        /// Which signer.
        signer: u32,
    },
    /// The vault is wrapped for a recovery key.
    Recovery {
        /// Which.
        key: u8,
    },
    /// No key signs, or keys sign again.
    Freeze {
        /// Whether none does.
        frozen: bool,
    },
    /// How is it?
    Status,
}

/// How a further device comes. Whatever is not honest makes no device that approves.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Newcomer {
    /// As it must.
    #[default]
    Honest,
    /// No officer hears its words.
    Unconfirmed,
    /// The officer hears another device's words.
    OtherWords,
    /// No device vouches for it.
    Unvouched,
    /// What a device approves is another addition.
    OtherAddition,
    /// Another device was registered with its ticket before.
    SecondOfTicket,
}

impl Newcomer {
    /// Each of them.
    pub const ALL: [Self; 6] = [
        Self::Honest,
        Self::Unconfirmed,
        Self::OtherWords,
        Self::Unvouched,
        Self::OtherAddition,
        Self::SecondOfTicket,
    ];
}

/// What can be put out of use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Of {
    /// A device.
    Device,
    /// A signing key.
    Key,
    /// A front-end.
    Portal,
}

/// The token goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub enum TokenTrouble {
    /// At its next calls of a kind.
    At {
        /// Which calls.
        #[serde(default)]
        call: Call,
        /// How.
        fault: TokenFault,
        /// How many of them.
        #[serde(default = "once")]
        times: u32,
    },
    /// It is pulled out, until all is mended.
    Removed,
    /// A backup of its keys is made.
    BackedUp,
    /// A clone is put in its place, restored from the backup.
    Restored,
}

const fn any_lifetime() -> u32 {
    LIFETIME_MS_MAX
}

const fn once() -> u32 {
    1
}

/// Calls of a token.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Call {
    /// For a signer.
    #[default]
    Sign,
    /// For a checkpoint.
    Checkpoint,
    /// For random bytes.
    Random,
}

/// The network goes wrong. Only the layer `network` has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NetworkFault {
    /// So many of a thousand datagrams are lost.
    Loss(u16),
    /// So many of a thousand come twice.
    Duplicate(u16),
    /// So many of a thousand come late, after others.
    Reorder(u16),
    /// So many of a thousand have a byte changed.
    Corrupt(u16),
    /// Nothing passes for so many milliseconds.
    Partition(u32),
    /// The front-ends' addresses change.
    Migrate,
    /// So many datagrams of nobody that begin a handshake.
    Flood(u32),
    /// Front-ends read replies slowly, or not at all.
    SlowReaders,
}

/// What is done with all disks. The layer `daemon` has none of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Image {
    /// They are copied, as they are now.
    Kept,
    /// The power fails, and the machine starts with the copies. If a person must help, today's disks are put back.
    PutBack,
    /// They are copied, as they are now, and the copy is started beside the appliance, on a second machine at the same token.
    /// Whoever asks gets to the one or the other, until the first one has stopped; its machine is gone then. The layer
    /// `network` has none.
    Twin,
}

/// The power fails.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Cut {
    /// At the effect of the appliance that comes after so many others; with neither this nor `at`: now.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub after: Option<u64>,
    /// At an effect of this kind.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<Effect>,
    /// What becomes of what the disk was not told to sync.
    pub loss: Loss,
    /// How long it is dark.
    pub down_ms: u32,
    /// The program is stopped in good order instead.
    pub orderly: bool,
}

impl Default for Cut {
    fn default() -> Self {
        Self { after: None, at: None, loss: Loss::Everything, down_ms: 1_000, orderly: false }
    }
}
