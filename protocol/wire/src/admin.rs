//! What an officer may ask over `countersign-admin/1`. Pre-quorum: one officer's certificate decides,
//! until officers' orders exist.

mod anchor;
mod devices;
mod metadata;
mod recovery;
mod registry;
mod status;

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

pub use self::anchor::{Anchored, Locked, Reanchor};
pub use self::devices::{
    Awaits, Changed, DeviceAnswer, DeviceConfirm, DeviceList, DeviceShow, Devices, DevicesLost,
    Listed, TicketIssue, TicketIssued,
};
pub use self::metadata::{Imported, MetadataImport, MetadataStatus};
pub use self::recovery::{RecoverySet, RecoveryStatus};
pub use self::registry::{Rebuild, RegistryAnswer, RegistryQuery, SlotFile};
pub use self::status::{
    Published, Registered, Status, StatusAnswer, WitnessStanding, WitnessStandings,
};
use crate::change::{Retention, Standing};
use crate::limits::APPROVERS_MAX;
pub use crate::model::Trust;
use crate::policy::Policy;
use crate::{Digest, KeyId, Name, PublicKey, Sequence, Suite};

/// ALPN of this protocol.
pub const ALPN: &[u8] = b"countersign-admin/1";

macro_rules! enumeration {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $number:literal $variant:ident($body:ty),)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum $name<'b> { $($(#[$vdoc])* $variant($body),)* }

        impl<'b, C> Decode<'b, C> for $name<'b> {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
                d.array()?;
                match d.u8()? {
                    $($number => d.decode().map(Self::$variant),)*
                    _ => Err(Error::message("unknown kind")),
                }
            }
        }

        impl<C> Encode<C> for $name<'_> {
            fn encode<W: Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), minicbor::encode::Error<W::Error>> {
                e.array(2)?;
                match self {
                    $(Self::$variant(body) => e.u8($number)?.encode(body)?.ok(),)*
                }
            }
        }
    };
}

enumeration!(
    /// An officer's request, `[kind, body]`.
    Order {
        /// How is the appliance?
        1 Status(Status),
        /// Add a signer.
        2 SignerAdd(SignerAdd<'b>),
        /// Make a ticket for a new device of a signer.
        3 TicketIssue(TicketIssue<'b>),
        /// Suspend, revoke or reactivate a device.
        4 DeviceStanding(SetStanding<'b>),
        /// Make a signing key in the token.
        5 KeyCreate(KeyCreate<'b>),
        /// Suspend, revoke or reactivate a key.
        6 KeyStanding(SetStanding<'b>),
        /// Give a key another policy.
        7 KeyPolicy(KeyPolicy<'b>),
        /// Add a front-end.
        8 FrontEndAdd(FrontEndAdd<'b>),
        /// Let a front-end ask for a key, or no longer.
        9 Grant(Grant<'b>),
        /// Suspend, revoke or reactivate a front-end.
        10 FrontEndStanding(SetStanding<'b>),
        /// Let a pending device approve.
        11 DeviceConfirm(DeviceConfirm<'b>),
        /// All devices of a signer are lost.
        12 DevicesLost(DevicesLost<'b>),
        /// Which devices are there?
        13 DeviceList(DeviceList),
        /// What is known of a device?
        14 DeviceShow(DeviceShow<'b>),
        /// Trust a certificate, or no longer.
        15 Trust(Trust<'b>),
        /// Take what is published of models.
        16 MetadataImport(MetadataImport<'b>),
        /// Keep a signer's evidence whatever its age, or no longer.
        17 SignerHold(SignerHold<'b>),
        /// Erase a signer.
        18 SignerErase(SignerErase<'b>),
        /// Wrap the vault for a recovery key.
        19 RecoverySet(RecoverySet<'b>),
        /// Go on with a ledger that is not the anchored one.
        20 Reanchor(Reanchor),
        /// How is the registry? Or: make it from the ledger again.
        21 Registry(RegistryQuery),
        /// Have no key sign, or have keys sign again.
        22 Freeze(SetFreeze),
    }
);

impl Order<'_> {
    /// Whether a frame that begins so brings a BLOB: the one order that may be as long as
    /// `limits::IMPORT_FRAME_BYTES_MAX`.
    #[must_use]
    pub const fn is_import(head: [u8; 2]) -> bool {
        // A list of two (RFC 8949, 3.1), and the order's number.
        matches!(head, [0x82, 16])
    }
}

enumeration!(
    /// The reply to an officer, `[kind, body]`. Officers are told reasons.
    Answer {
        /// The appliance's state.
        1 Status(StatusAnswer<'b>),
        /// Done, and durable.
        2 Done(Done),
        /// The key is made.
        3 KeyCreated(KeyCreated<'b>),
        /// Not done; why, and what to do.
        4 Declined(Declined<'b>),
        /// The ticket is made.
        5 TicketIssued(TicketIssued<'b>),
        /// Devices.
        6 Devices(Devices<'b>),
        /// One device.
        7 Device(DeviceAnswer<'b>),
        /// The metadata are taken.
        8 Imported(Imported),
        /// Nothing is done: the ledger is not the anchored one.
        9 Locked(Locked<'b>),
        /// The registry as a whole.
        10 Registry(RegistryAnswer<'b>),
    }
);

/// Adds a signer to the default tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignerAdd<'b> {
    /// The new signer's name.
    #[b(0)]
    pub name: Name<'b>,
    /// How long the signer's evidence must be kept.
    #[n(1)]
    pub retention: Retention,
}

/// Puts a signer's evidence under a legal hold, or takes it off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignerHold<'b> {
    /// The signer.
    #[b(0)]
    pub name: Name<'b>,
    /// Whether it must be kept.
    #[n(1)]
    pub held: bool,
}

/// Has no key sign, whatever else is on record, or has what is said of each key hold again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SetFreeze {
    /// Whether none does.
    #[n(0)]
    pub frozen: bool,
    /// That the machine's clock is right, though UTC was later once: from here on that is given up. Not together with a freeze.
    #[n(1)]
    pub clock_is_right: bool,
}

/// Erases a signer: whatever is recorded about the person is never readable again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SignerErase<'b> {
    /// The signer.
    #[b(0)]
    pub name: Name<'b>,
}

/// Changes whether a device, key or front-end may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct SetStanding<'b> {
    /// The device, key or front-end.
    #[b(0)]
    pub name: Name<'b>,
    /// Its new standing.
    #[n(1)]
    pub standing: Standing,
}

/// Makes a signing key.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct KeyCreate<'b> {
    /// The key's new name.
    #[b(0)]
    pub name: Name<'b>,
    /// What kind of key.
    #[n(1)]
    pub suite: Suite,
    /// Who must approve.
    #[b(2)]
    pub signers: Sequence<'b, Name<'b>, 1, APPROVERS_MAX>,
    /// How many of them.
    #[n(3)]
    pub threshold: u8,
    /// What it may do.
    #[b(4)]
    pub policy: Policy<'b>,
}

/// Gives a key another policy.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct KeyPolicy<'b> {
    /// The key.
    #[b(0)]
    pub name: Name<'b>,
    /// Its new policy.
    #[b(1)]
    pub policy: Policy<'b>,
}

/// Adds a front-end to the default tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct FrontEndAdd<'b> {
    /// Its new name.
    #[b(0)]
    pub name: Name<'b>,
    /// SHA-256 of its certificate's SubjectPublicKeyInfo.
    #[n(1)]
    pub channel: Digest,
}

/// Lets a front-end ask for a key, or no longer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Grant<'b> {
    /// The front-end.
    #[b(0)]
    pub front_end: Name<'b>,
    /// The key.
    #[b(1)]
    pub key: Name<'b>,
    /// Whether it may.
    #[n(2)]
    pub granted: bool,
}

/// A change is done and durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Done {
    /// Its record's place in the ledger.
    #[n(0)]
    pub index: u64,
}

/// A key is made, its record durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct KeyCreated<'b> {
    /// Its record's place in the ledger.
    #[n(0)]
    pub index: u64,
    /// Its id.
    #[n(1)]
    pub key: KeyId,
    /// Its public part.
    #[b(2)]
    pub public_key: PublicKey<'b>,
}

/// Why an order was not done; or, when the ledger has failed, why nobody knows yet whether it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(map)]
pub struct Declined<'b> {
    /// One line: what, why, what to do.
    #[b(0)]
    pub why: &'b str,
}
