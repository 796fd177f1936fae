//! The numbered table of what turns a new device away, beside what its registration and its attestation are
//! checked for; and what a front-end hears of each.

use countersign_core::assertion::registration;
use countersign_core::{Class, Reason};
use countersign_protocol::reply::Failure;

countersign_core::faults! {
    /// Why a device is not enrolled, or not vouched for.
    2001 TicketUnknown "FPT_RPL.1" "there is no such ticket"
    2002 TicketForeign "FDP_ACF.1/Signing" "the ticket is for a signer of another tenant"
    2003 TicketExpired "FPT_RPL.1" "the ticket has outlived its time, or the time is not known well enough"
    2004 TicketSpent "FPT_RPL.1" "a device was registered with the ticket already"
    2005 TicketKeysChanged "FMT_MSA.1/Signer" "the signer's keys are not those that the ticket was made for"
    2006 Conflict "WebAuthn L3 7.1 step 26" "the credential, its key or its name is taken, or no engine can check its key"
    2007 NothingToVouch "FPT_RPL.1" "no pending device of this ticket waits for one that vouches"
}

/// Why somebody is turned away: a row of one of the tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// The core's: of the channel, and of assertions.
    Core(Reason),
    /// That of this path.
    Path(Fault),
    /// Of the registration.
    Registration(registration::Fault),
    /// Of the attestation.
    Attestation(countersign_enrolment::Fault),
}

impl Why {
    /// The number that the ledger keeps.
    pub(super) const fn number(self) -> u16 {
        match self {
            Self::Core(reason) => reason.number(),
            Self::Path(fault) => fault.number(),
            Self::Registration(fault) => fault.number(),
            Self::Attestation(fault) => fault.number(),
        }
    }

    /// What the front-end is told.
    pub(super) const fn class(self) -> Class {
        match self {
            Self::Core(reason) => reason.class(),
            Self::Path(fault) => fault.class(),
            Self::Registration(_) | Self::Attestation(_) => Failure::Refused,
        }
    }
}

impl Fault {
    const fn class(self) -> Class {
        match self {
            Self::TicketUnknown
            | Self::TicketForeign
            | Self::TicketExpired
            | Self::TicketSpent
            | Self::NothingToVouch => Failure::Stale,
            Self::TicketKeysChanged | Self::Conflict => Failure::Refused,
        }
    }
}

impl From<Reason> for Why {
    fn from(reason: Reason) -> Self {
        Self::Core(reason)
    }
}

impl From<Fault> for Why {
    fn from(fault: Fault) -> Self {
        Self::Path(fault)
    }
}

impl From<registration::Fault> for Why {
    fn from(fault: registration::Fault) -> Self {
        Self::Registration(fault)
    }
}

impl From<countersign_enrolment::Fault> for Why {
    fn from(fault: countersign_enrolment::Fault) -> Self {
        Self::Attestation(fault)
    }
}
