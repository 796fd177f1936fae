//! An errand: a document that somebody wants signed, and what the device and the front-end do with it.

use serde::{Deserialize, Serialize};

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
        /// It brings a later approval of the device first.
        Overtaken,
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
