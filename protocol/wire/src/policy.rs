//! A policy as stored: what officers allow a key, a tenant's keys, or all keys to do. Deny by default.
//!
//! Policies are layers: what one of them refuses no other one allows. A rule that a policy does not have asks for nothing.

mod ascending;
mod calendar;

use core::num::NonZeroU8;

use minicbor::decode::{Decoder, Error};
use minicbor::encode::{Encoder, Write};
use minicbor::{Decode, Encode};

use crate::item::Form;
use crate::limits::{
    ITEMS_MAX, LIFETIME_MS_MAX, POLICY_BYTES_MAX, POLICY_EXCEPTIONS_MAX, POLICY_FRONT_ENDS_MAX,
    POLICY_PATTERN_BYTES_MAX, POLICY_PATTERNS_MAX, POLICY_PERIODS_MAX, SUITES_MAX, WITNESSES_MAX,
};
use crate::{FrontEndId, Suite};

pub use crate::text::Pattern;
pub use ascending::{Ascending, Follows};
pub use calendar::{Calendar, Exception, Exceptions, HOUR_MS, Period, Periods, hour_of};

/// The suites that a policy allows.
pub type Suites<'b> = Ascending<'b, Suite, SUITES_MAX>;
/// Front-ends that may ask.
pub type FrontEnds<'b> = Ascending<'b, FrontEndId, POLICY_FRONT_ENDS_MAX>;
/// Forms of documents.
pub type Forms<'b> = Ascending<'b, Form, 3>;
/// What documents' labels may be.
pub type Patterns<'b> = Ascending<'b, Pattern<'b>, POLICY_PATTERNS_MAX>;

/// The compiled rules of one layer: at most [`POLICY_BYTES_MAX`] bytes.
#[derive(Clone, Copy, Debug, PartialEq, Encode, Decode)]
#[cbor(map)]
pub struct Policy<'b> {
    /// The suites that may be asked for.
    #[b(0)]
    pub suites: Suites<'b>,
    /// Items in one activation, at most (and never more than `limits::ITEMS_MAX`).
    #[n(1)]
    pub items_max: u16,
    /// The key signs from this time on (milliseconds since 1970, UTC).
    #[n(2)]
    pub valid_from_ms: u64,
    /// The key signs until this time.
    #[n(3)]
    pub valid_to_ms: u64,
    /// Whether each approver must make two assertions: a classical one, and one that a quantum computer
    /// cannot forge.
    #[n(4)]
    pub hybrid: bool,
    /// How many of the appliance's witnesses must have cosigned a checkpoint over the signature's record before
    /// the signature is given; none if it is given at once.
    #[n(5)]
    pub witnesses: Option<WitnessCount>,
    /// Nobody who asked for a signature counts among those who approve it.
    #[n(6)]
    pub initiator_apart: bool,
    /// Nothing is signed, whatever the other rules say: a legal hold, an investigation.
    #[n(7)]
    pub held: bool,
    /// How long an activation lives at most (milliseconds, as `Prepare` asks for it).
    #[n(8)]
    pub lifetime_ms_max: u32,
    /// When it signs; none: at any time that is valid.
    #[b(9)]
    pub calendar: Option<Calendar<'b>>,
    /// The front-ends that may ask; none: those that it is granted to.
    #[b(10)]
    pub front_ends: Option<FrontEnds<'b>>,
    /// The forms of documents; none: any.
    #[b(11)]
    pub forms: Option<Forms<'b>>,
    /// What the labels of all documents must be like; none: anything.
    #[b(12)]
    pub labels: Option<Patterns<'b>>,
}

impl<'b> Policy<'b> {
    /// The one that asks for nothing but these suites.
    #[must_use]
    pub const fn of(suites: Suites<'b>) -> Self {
        Self {
            suites,
            items_max: ITEMS_MAX as u16,
            valid_from_ms: 0,
            valid_to_ms: u64::MAX,
            hybrid: false,
            witnesses: None,
            initiator_apart: false,
            held: false,
            lifetime_ms_max: LIFETIME_MS_MAX,
            calendar: None,
            front_ends: None,
            forms: None,
            labels: None,
        }
    }
}

/// A number of witnesses, from 1 to [`WITNESSES_MAX`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WitnessCount(NonZeroU8);

impl WitnessCount {
    /// So many; none if that is no number of witnesses.
    #[must_use]
    pub fn new(count: u8) -> Option<Self> {
        NonZeroU8::new(count).filter(|count| usize::from(count.get()) <= WITNESSES_MAX).map(Self)
    }

    /// How many.
    #[must_use]
    pub const fn get(self) -> u8 {
        self.0.get()
    }
}

impl<'b, C> Decode<'b, C> for WitnessCount {
    fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, Error> {
        Self::new(d.u8()?).ok_or_else(|| Error::message("no number of witnesses"))
    }
}

impl<C> Encode<C> for WitnessCount {
    fn encode<W: Write>(
        &self,
        e: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), minicbor::encode::Error<W::Error>> {
        e.u8(self.get())?.ok()
    }
}

// Every policy that decodes is within its limit: hours have six bytes with their keys, a week 22, an id five.
const _: () = assert!(
    64 + Suite::ALL.len() * 3
        + POLICY_PERIODS_MAX * (2 * 6 + 2 + 22)
        + POLICY_EXCEPTIONS_MAX * (2 * 6 + 3)
        + POLICY_FRONT_ENDS_MAX * 5
        + POLICY_PATTERNS_MAX * (2 + POLICY_PATTERN_BYTES_MAX)
        <= POLICY_BYTES_MAX
);
// So that a policy's number of items is never cut short.
const _: () = assert!(ITEMS_MAX <= u16::MAX as usize);
