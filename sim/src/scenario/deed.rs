//! What can happen: deeds of people, and faults of machines.

use countersign_disk::{DiskFault, Loss};
use serde::{Deserialize, Serialize};

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

/// A document's way: prepared, approved, signed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Errand {
    /// Which front-end.
    pub portal: u32,
    /// Which key.
    pub key: u32,
    /// How many documents.
    pub items: u16,
    /// What the approver's device does.
    pub device: DeviceMode,
    /// What the front-end does.
    pub trick: Trick,
    /// How long the signer reads.
    pub think_ms: u32,
    /// How long the activation shall live.
    pub lifetime_ms: u32,
}

impl Default for Errand {
    fn default() -> Self {
        Self {
            portal: 0,
            key: 0,
            items: 1,
            device: DeviceMode::Honest,
            trick: Trick::None,
            think_ms: 500,
            lifetime_ms: 60_000,
        }
    }
}

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "kebab-case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// Each of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
        }
    };
}

choices! {
    /// What an approver's device does.
    DeviceMode {
        /// A fingerprint, at the right page, over this challenge.
        #[default]
        Honest,
        /// The same, with the other value that s may have.
        HighS,
        /// The same, with members in the client data that nobody knows.
        OddJson,
        /// A copy of the device answers, whose counter goes its own way.
        Clone,
        /// The counter has begun anew.
        CounterReset,
        /// The counter stands still.
        CounterSame,
        /// Nobody's finger.
        NoUv,
        /// Nobody was there.
        NoUp,
        /// Another page asked.
        WrongOrigin,
        /// For another relying party.
        WrongRp,
        /// A registration instead of an approval.
        WrongType,
        /// Another challenge.
        WrongChallenge,
        /// The page was framed by another origin.
        CrossOrigin,
        /// The page was framed.
        TopOrigin,
        /// The credential may be copied.
        BackupEligible,
        /// It has been copied though it may not.
        BackupState,
        /// Another key signs.
        OtherKey,
        /// A bit of the signature is wrong.
        BitFlipped,
        /// Odd DER.
        LeadingZero,
        /// Odd DER.
        LongLength,
        /// Odd DER.
        TrailingByte,
        /// r is 0.
        ZeroR,
        /// s is 0.
        ZeroS,
        /// Bytes after the authenticator data.
        Extensions,
        /// The client data is no JSON.
        BrokenJson,
        /// Another signer's device answers.
        OtherPerson,
    }
}

impl DeviceMode {
    /// Whether this is an approval by the owner of the device, of what was asked.
    #[must_use]
    pub const fn is_sound(self) -> bool {
        // A copy of a device cannot be told from it but by its counter.
        matches!(self, Self::Honest | Self::HighS | Self::OddJson | Self::Clone | Self::OtherPerson)
            || matches!(self, Self::CounterReset | Self::CounterSame)
    }
}

choices! {
    /// What a front-end does.
    Trick {
        /// What it should.
        #[default]
        None,
        /// It sends the same `Sign` again when it has the reply.
        Again,
        /// It sends it twice at once.
        Twice,
        /// It fetches the reply afterwards.
        Fetch,
        /// It fetches before it signs.
        FetchEarly,
        /// It fetches another front-end's reply.
        FetchForeign,
        /// It shows the approval of A with the documents of B, and the other way round.
        Splice,
        /// It changes the order of the documents.
        Reorder,
        /// It adds a document twice.
        Duplicate,
        /// It leaves a document out.
        Drop,
        /// It names another key.
        OtherKey,
        /// Another front-end brings the approval.
        Foreign,
        /// Nobody whom the registry knows brings it.
        Stranger,
        /// It comes too late.
        Late,
        /// It changes a byte of the frame.
        Garbage,
        /// It names a device that was not listed.
        NoSuchDevice,
        /// It sends one assertion twice.
        DoubleAssertion,
        /// It sends one approval where more are needed.
        OneOfMany,
        /// It prepares for a key that nobody has.
        AskUnknownKey,
        /// It asks for a suite that the key has not.
        AskWrongSuite,
        /// It asks for more items than the policy allows.
        AskTooMany,
        /// It asks for a DTBS/R of another length.
        AskWrongLength,
        /// It names an initiator whom nobody knows.
        AskUnknownInitiator,
        /// It asks for a lifetime that nobody may have.
        AskLifetime,
        /// A stranger prepares.
        AskStranger,
    }
}

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
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
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
    },
    /// A signer gets a further device.
    AddDevice {
        /// Which signer.
        signer: u32,
    },
    /// A signer gets a further key.
    AddKey {
        /// Which signer.
        signer: u32,
    },
    /// How is it?
    Status,
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

/// An event as it is written: a time, and one deed under its name.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(super) struct Line {
    at: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    number: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expect: Option<Expect>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sign: Option<Errand>,
    #[serde(skip_serializing_if = "Option::is_none")]
    hoard: Option<Hoard>,
    #[serde(skip_serializing_if = "Option::is_none")]
    flood: Option<Flood>,
    #[serde(skip_serializing_if = "Option::is_none")]
    order: Option<Order>,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<TokenTrouble>,
    #[serde(skip_serializing_if = "Option::is_none")]
    disk: Option<DiskFault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock: Option<ClockFault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<NetworkFault>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cut: Option<Cut>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<Everything>,
}

/// What is mended.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Everything {
    Everything,
}

impl TryFrom<Line> for Event {
    type Error = &'static str;

    fn try_from(line: Line) -> Result<Self, Self::Error> {
        let deeds = [
            line.sign.map(Deed::Sign),
            line.hoard.map(Deed::Hoard),
            line.flood.map(Deed::Flood),
            line.order.map(Deed::Order),
            line.token.map(Deed::Token),
            line.disk.map(Deed::Disk),
            line.clock.map(Deed::Clock),
            line.network.map(Deed::Network),
            line.cut.map(Deed::Cut),
            line.mend.map(|Everything::Everything| Deed::Mend),
        ];
        let mut deeds = deeds.into_iter().flatten();
        match (deeds.next(), deeds.next()) {
            (Some(deed), None) => Ok(Self {
                at: line.at,
                number: line.number.unwrap_or(u64::MAX),
                deed,
                expect: line.expect,
            }),
            _ => Err("an event has a time and exactly one of sign, hoard, flood, order, token, \
                      disk, clock, network, cut, mend"),
        }
    }
}

impl From<Event> for Line {
    fn from(event: Event) -> Self {
        let Event { at, number, deed, expect } = event;
        let number = Some(number).filter(|number| *number != u64::MAX);
        let mut line = Self { at, number, expect, ..Self::default() };
        match deed {
            Deed::Sign(deed) => line.sign = Some(deed),
            Deed::Hoard(deed) => line.hoard = Some(deed),
            Deed::Flood(deed) => line.flood = Some(deed),
            Deed::Order(deed) => line.order = Some(deed),
            Deed::Token(deed) => line.token = Some(deed),
            Deed::Disk(deed) => line.disk = Some(deed),
            Deed::Clock(deed) => line.clock = Some(deed),
            Deed::Network(deed) => line.network = Some(deed),
            Deed::Cut(deed) => line.cut = Some(deed),
            Deed::Mend => line.mend = Some(Everything::Everything),
        }
        line
    }
}
