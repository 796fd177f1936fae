//! What must have happened at least once in a campaign: a simulator that never meets a fault proves
//! nothing about it.
//!
//! Guarantee: every reason of the core's table, every effect at which the power can fail, every fault and
//! every return code of the token, every fault of disk, clock and network, every wrong device and every
//! trick has a mark of its own, made from the same tables as these are; so has each `sometimes!` point.

use std::sync::atomic::{AtomicU64, Ordering};

use countersign_core::Reason;
use countersign_disk::DiskFault;

use crate::machine::{CODES, ClockFault, Effect, TokenFault};
use crate::scenario::{DeviceMode, Layer, Trick};

/// Marks that something rare has come about: `sometimes!(marks, Happening)`, or only if:
/// `sometimes!(marks, Happening, condition)`.
#[macro_export]
macro_rules! sometimes {
    ($marks:expr, $happening:ident) => {
        $marks.hit($crate::marks::Mark::Happened($crate::marks::Happening::$happening))
    };
    ($marks:expr, $happening:ident, $condition:expr) => {
        if $condition {
            $crate::sometimes!($marks, $happening);
        }
    };
}

macro_rules! table {
    ($(#[$doc:meta])* $name:ident { $($variant:ident $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum $name { $(#[doc = $text] $variant,)* }

        impl $name {
            /// Each of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// In words.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }
    };
}

table! {
    /// Kinds of what a token does wrong.
    TokenKind {
        Fails "a call fails",
        DoneButFails "done, but reported as failed",
        NotDone "reported as done, but not done",
        WrongBit "a bit of the signature is wrong",
        OtherKey "another key's signature",
        Hangs "a call hangs",
        Slow "a call is slow",
        RandomAgain "random bytes come again",
        Removed "the token is removed",
        Restored "a clone from a backup",
    }
}

table! {
    /// Kinds of what a network does wrong.
    NetworkKind {
        Lost "a datagram is lost",
        Twice "a datagram comes twice",
        Late "a datagram is overtaken",
        Corrupt "a datagram is changed",
        Partition "nothing passes",
        Migrated "an address changes",
        Flooded "strangers begin handshakes",
        Slow "replies are not read",
    }
}

table! {
    /// The `sometimes!` points: what must come about though nobody can order it.
    Happening {
        Signed "a document was signed",
        JointlySigned "several approvers signed one document",
        SameReplyAgain "a repeated Sign got the same reply",
        FetchedReply "a Fetch got the reply",
        RepliedAfterRestart "a reply of an earlier boot came again",
        LostInFlight "a request was under way when the power failed",
        ManyInOneGroup "many records shared one sync",
        RefusalsShared "many refusals shared one record",
        TornTailCut "a boot cut a torn group from the tail",
        BeganAtSnapshot "a boot began at a snapshot",
        BootStopped "a boot stopped at a damaged ledger",
        BootWithoutKey "a boot stopped at a missing key",
        TokenPutBack "a boot stopped at a token that was put back: the TPM had counted since",
        TwoCopies "two copies were alive",
        LedgerStopped "the appliance stopped because its ledger failed",
        StrangersHeldOff "strangers were told to come later",
        SpentButUnsigned "an approval was spent and came to nothing",
        MalformedFrame "a frame could not be read",
        OrderDeclined "an order was declined",
        SignerErased "a signer was erased",
        RecoverySet "the vault was wrapped for a recovery key",
        RegistryRebuilt "the registry was made from the ledger again, and was the same",
        DatedRuleInDoubt "a dated rule was decided with a wrong clock",
        NewcomerRefused "a device that was not enrolled as it must be approved nothing",
        CalmSigned "after all faults a new signer signed",
        Killed "the program was killed",
        StoppedInOrder "the program was told to stop, and did",
    }
}

/// Something that has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// A refusal for this reason.
    Reason(Reason),
    /// A power cut at this effect.
    Cut(Effect),
    /// The token did this.
    Token(TokenKind),
    /// A call of the token ended with the code in this place of the table.
    Code(usize),
    /// The disk did this.
    Disk(DiskFault),
    /// The clock did this: a place among its kinds.
    Clock(usize),
    /// The network did this.
    Network(NetworkKind),
    /// A device did this.
    Device(DeviceMode),
    /// A front-end did this.
    Trick(Trick),
    /// A `sometimes!` point.
    Happened(Happening),
}

const SIZES: [usize; 10] = [
    Reason::ALL.len(),
    Effect::ALL.len(),
    TokenKind::ALL.len(),
    CODES.len(),
    DiskFault::ALL.len(),
    ClockFault::KINDS.len(),
    NetworkKind::ALL.len(),
    DeviceMode::ALL.len(),
    Trick::ALL.len(),
    Happening::ALL.len(),
];

const fn offset(family: usize) -> usize {
    let (mut at, mut before) = (0, 0);
    while at < family {
        before += SIZES[at];
        at += 1;
    }
    before
}

/// How many marks there are.
pub const MARKS: usize = offset(SIZES.len());

impl Mark {
    const fn place(self) -> usize {
        match self {
            Self::Reason(reason) => offset(0) + reason as usize,
            Self::Cut(effect) => offset(1) + effect as usize,
            Self::Token(kind) => offset(2) + kind as usize,
            Self::Code(at) => offset(3) + at,
            Self::Disk(fault) => offset(4) + fault as usize,
            Self::Clock(at) => offset(5) + at,
            Self::Network(kind) => offset(6) + kind as usize,
            Self::Device(mode) => offset(7) + mode as usize,
            Self::Trick(trick) => offset(8) + trick as usize,
            Self::Happened(happening) => offset(9) + happening as usize,
        }
    }

    /// Every mark, in order.
    pub fn all() -> impl Iterator<Item = Self> {
        let reasons = Reason::ALL.iter().copied().map(Self::Reason);
        let network = NetworkKind::ALL.iter().copied().map(Self::Network);
        reasons
            .chain(Effect::ALL.into_iter().map(Self::Cut))
            .chain(TokenKind::ALL.iter().copied().map(Self::Token))
            .chain((0..CODES.len()).map(Self::Code))
            .chain(DiskFault::ALL.into_iter().map(Self::Disk))
            .chain((0..ClockFault::KINDS.len()).map(Self::Clock))
            .chain(network)
            .chain(DeviceMode::ALL.iter().copied().map(Self::Device))
            .chain(Trick::ALL.iter().copied().map(Self::Trick))
            .chain(Happening::ALL.iter().copied().map(Self::Happened))
    }

    /// Which family it is of.
    #[must_use]
    pub const fn family(self) -> &'static str {
        match self {
            Self::Reason(_) => "refusal",
            Self::Cut(_) => "power cut",
            Self::Token(_) => "token",
            Self::Code(_) => "return code",
            Self::Disk(_) => "disk",
            Self::Clock(_) => "clock",
            Self::Network(_) => "network",
            Self::Device(_) => "device",
            Self::Trick(_) => "front-end",
            Self::Happened(_) => "sometimes",
        }
    }

    /// In words.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Reason(reason) => format!("{} {reason:?}", reason.number()),
            Self::Cut(effect) => format!("at {effect:?}"),
            Self::Token(kind) => kind.text().to_owned(),
            Self::Code(at) => format!("0x{:03x}", CODES.get(at).copied().unwrap_or(0)),
            Self::Disk(fault) => format!("{fault:?}"),
            Self::Clock(at) => (*ClockFault::KINDS.get(at).unwrap_or(&"")).to_owned(),
            Self::Network(kind) => kind.text().to_owned(),
            Self::Device(mode) => format!("{mode:?}"),
            Self::Trick(trick) => format!("{trick:?}"),
            Self::Happened(happening) => happening.text().to_owned(),
        }
    }

    /// Whether a machine or network went wrong.
    #[must_use]
    pub const fn is_fault(self) -> bool {
        matches!(
            self,
            Self::Cut(_) | Self::Token(_) | Self::Disk(_) | Self::Clock(_) | Self::Network(_)
        )
    }

    /// Whether a campaign on this layer must come to it; with `only` adversaries, to less.
    #[must_use]
    pub fn is_due(self, layer: Layer, adversaries_only: bool) -> bool {
        match layer {
            Layer::Core => self.is_due_of_a_core(adversaries_only),
            Layer::Network => self.is_due_of_a_network(adversaries_only),
            Layer::Daemon => !adversaries_only && is_due_of_a_program(self),
        }
    }

    fn is_due_of_a_core(self, adversaries_only: bool) -> bool {
        match self {
            // A second line of defence: whoever may not approve is not listed in the first place.
            Self::Reason(Reason::ApproverNotAllowed) => false,
            // No key of a simulated house is hybrid yet; the scenario table has these cases.
            Self::Reason(Reason::FamilyMissing) => false,
            // A simulated house has no policies with these rules yet; the scenario table has these cases.
            Self::Reason(
                Reason::OutsideCalendar
                | Reason::FrontEndNotAllowed
                | Reason::FormNotAllowed
                | Reason::LabelNotAllowed
                | Reason::InitiatorNotApart,
            ) => false,
            // Not recorded by design: `MalformedFrame` is its mark.
            Self::Reason(Reason::FrameMalformed) => false,
            Self::Reason(reason) => !adversaries_only || !needs_officer_or_fault(reason),
            Self::Network(_) => false,
            Self::Device(_) | Self::Trick(_) => true,
            Self::Happened(Happening::Killed | Happening::StoppedInOrder) => false,
            Self::Happened(happening) => !adversaries_only || needs_no_fault(happening),
            _ => !adversaries_only,
        }
    }

    /// Handshakes cost: what is as rare as a race is left to the core, where there are ten times as many
    /// requests.
    fn is_due_of_a_network(self, adversaries_only: bool) -> bool {
        match self {
            Self::Device(_) | Self::Trick(_) => true,
            Self::Network(_) | Self::Token(_) => !adversaries_only,
            Self::Happened(Happening::LostInFlight | Happening::RepliedAfterRestart) => {
                !adversaries_only
            }
            Self::Happened(happening) => needs_no_fault(happening),
            _ => false,
        }
    }
}

/// What a real program comes to within the two minutes that it has: it takes seconds for a seed.
const fn is_due_of_a_program(mark: Mark) -> bool {
    match mark {
        Mark::Happened(happening) => matches!(
            happening,
            Happening::Signed
                | Happening::JointlySigned
                | Happening::LostInFlight
                | Happening::StrangersHeldOff
                | Happening::MalformedFrame
                | Happening::CalmSigned
                | Happening::Killed
                | Happening::StoppedInOrder
        ),
        Mark::Token(kind) => matches!(kind, TokenKind::Fails),
        Mark::Reason(reason) => {
            matches!(reason, Reason::UserNotVerified | Reason::SignatureInvalid)
        }
        _ => false,
    }
}

/// Reasons that come only from what officers do, or from faults.
const fn needs_officer_or_fault(reason: Reason) -> bool {
    matches!(
        reason,
        Reason::FrontEndInactive
            | Reason::FrontEndChanged
            | Reason::KeyInactive
            | Reason::KeyChanged
            | Reason::KeyNotGranted
            | Reason::PolicyChanged
            | Reason::OutsideValidity
            | Reason::PolicyHolds
            | Reason::LifetimeTooLong
            | Reason::TooFewDevices
            | Reason::NonceRepeated
            | Reason::DeviceInactive
            | Reason::DeviceChanged
            | Reason::TokenFailed
            | Reason::TokenSignatureWrong
            | Reason::LedgerFailed
            | Reason::OrderVoided
    )
}

/// What comes about by adversaries alone.
const fn needs_no_fault(happening: Happening) -> bool {
    matches!(
        happening,
        Happening::Signed
            | Happening::JointlySigned
            | Happening::SameReplyAgain
            | Happening::FetchedReply
            | Happening::ManyInOneGroup
            | Happening::StrangersHeldOff
            | Happening::RefusalsShared
            | Happening::MalformedFrame
            | Happening::CalmSigned
    )
}

/// How often each mark was hit.
pub struct Marks([AtomicU64; MARKS]);

impl Default for Marks {
    fn default() -> Self {
        Self(std::array::from_fn(|_| AtomicU64::new(0)))
    }
}

impl Marks {
    /// It has happened.
    pub fn hit(&self, mark: Mark) {
        if let Some(count) = self.0.get(mark.place()) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// The token did this at a call.
    pub fn token(&self, fault: TokenFault) {
        let (kind, code) = match fault {
            TokenFault::Fails(code) => (TokenKind::Fails, Some(code)),
            TokenFault::DoneButFails(code) => (TokenKind::DoneButFails, Some(code)),
            TokenFault::NotDone => (TokenKind::NotDone, None),
            TokenFault::WrongBit => (TokenKind::WrongBit, None),
            TokenFault::OtherKey => (TokenKind::OtherKey, None),
            TokenFault::Hangs => (TokenKind::Hangs, None),
            TokenFault::Slow(_) => (TokenKind::Slow, None),
            TokenFault::RandomAgain => (TokenKind::RandomAgain, None),
        };
        self.hit(Mark::Token(kind));
        let place = code.and_then(|code| CODES.iter().position(|known| *known == code));
        place.into_iter().for_each(|place| self.hit(Mark::Code(place)));
    }

    /// How often this was hit.
    #[must_use]
    pub fn count(&self, mark: Mark) -> u64 {
        self.0.get(mark.place()).map_or(0, |count| count.load(Ordering::Relaxed))
    }

    /// Adds what was hit elsewhere.
    pub fn add(&self, other: &Self) {
        for (own, other) in self.0.iter().zip(&other.0) {
            own.fetch_add(other.load(Ordering::Relaxed), Ordering::Relaxed);
        }
    }
}
