//! What is reported of a model (FIDO MDS 3.1, 3.1.3 and 3.1.4): its certification, and what speaks against
//! it.
//!
//! Guarantees: a bad status counts wherever it stands in the list and whatever date it has, for published lists
//! are not in the order of their dates; a status that is not known is itself a concern. Where dates
//! are equal, missing or unreadable, the reading that trusts less is taken.

use std::fmt;

use countersign_protocol::attestation::Level;

use super::date::Date;
use super::payload::Report;

/// What speaks against a model, or is worth to know of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Concern {
    /// `REVOKED`: it is not to be trusted.
    Revoked,
    /// `USER_VERIFICATION_BYPASS`: it approves without its owner.
    UserVerificationBypass,
    /// `ATTESTATION_KEY_COMPROMISE` that names no certificate: others can claim to be it.
    AttestationKeyCompromise,
    /// `USER_KEY_REMOTE_COMPROMISE`: keys can be taken out of it from afar.
    UserKeyRemoteCompromise,
    /// `USER_KEY_PHYSICAL_COMPROMISE`: keys can be taken out of it by who holds it.
    UserKeyPhysicalCompromise,
    /// A status that this version does not know: it may be worse than all others.
    Unknown,
    /// `RETIRED`: its maker has given it up. Noted.
    Retired,
    /// `UPDATE_AVAILABLE`: there is a newer firmware. Noted.
    UpdateAvailable,
}

/// A set of concerns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Concerns(u8);

impl Concern {
    /// Every one, the gravest first.
    pub const ALL: [Self; 8] = [
        Self::Revoked,
        Self::UserVerificationBypass,
        Self::AttestationKeyCompromise,
        Self::UserKeyRemoteCompromise,
        Self::UserKeyPhysicalCompromise,
        Self::Unknown,
        Self::Retired,
        Self::UpdateAvailable,
    ];

    /// Whether a model with it is not to be used; the others are noted only.
    #[must_use]
    pub const fn bars(self) -> bool {
        !matches!(self, Self::Retired | Self::UpdateAvailable)
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Concern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Revoked => "it is revoked",
            Self::UserVerificationBypass => "its user verification can be bypassed",
            Self::AttestationKeyCompromise => "its attestation key is compromised",
            Self::UserKeyRemoteCompromise => "its users' keys can be taken from afar",
            Self::UserKeyPhysicalCompromise => "its users' keys can be taken by who holds it",
            Self::Unknown => "it has a status that this version does not know",
            Self::Retired => "it is retired",
            Self::UpdateAvailable => "there is an update for it",
        })
    }
}

impl Concerns {
    /// Those of the list.
    #[must_use]
    pub fn of(concerns: &[Concern]) -> Self {
        Self(concerns.iter().fold(0, |bits, concern| bits | concern.bit()))
    }

    /// As a number, for a record: bit n is the n-th of [`Concern::ALL`].
    #[must_use]
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// From that number.
    #[must_use]
    pub const fn from_bits(bits: u8) -> Self {
        Self(bits)
    }

    /// Whether it has this one.
    #[must_use]
    pub const fn has(self, concern: Concern) -> bool {
        self.0 & concern.bit() != 0
    }

    /// Those that the other set does not have.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Those that both have.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    /// Each, the gravest first.
    pub fn each(self) -> impl Iterator<Item = Concern> {
        Concern::ALL.into_iter().filter(move |concern| self.has(*concern))
    }

    /// The gravest of those that bar the model.
    #[must_use]
    pub fn bar(self) -> Option<Concern> {
        self.each().find(|concern| concern.bars())
    }
}

/// What one report says.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    Certified(Level),
    NotCertified,
    Concern(Concern),
    /// Nothing that is used here: what its maker asserts itself, or a certificate of the module inside.
    Other,
}

impl Status {
    fn of(report: &Report) -> Self {
        match report.status.as_str() {
            "FIDO_CERTIFIED" => Self::Certified(Level::Certified),
            "FIDO_CERTIFIED_L1" => Self::Certified(Level::L1),
            "FIDO_CERTIFIED_L1plus" => Self::Certified(Level::L1Plus),
            "FIDO_CERTIFIED_L2" => Self::Certified(Level::L2),
            "FIDO_CERTIFIED_L2plus" => Self::Certified(Level::L2Plus),
            "FIDO_CERTIFIED_L3" => Self::Certified(Level::L3),
            "FIDO_CERTIFIED_L3plus" => Self::Certified(Level::L3Plus),
            "NOT_FIDO_CERTIFIED" => Self::NotCertified,
            "SELF_ASSERTION_SUBMITTED"
            | "FIPS140_CERTIFIED_L1"
            | "FIPS140_CERTIFIED_L2"
            | "FIPS140_CERTIFIED_L3"
            | "FIPS140_CERTIFIED_L4" => Self::Other,
            "REVOKED" => Self::Concern(Concern::Revoked),
            "USER_VERIFICATION_BYPASS" => Self::Concern(Concern::UserVerificationBypass),
            "ATTESTATION_KEY_COMPROMISE" => Self::Concern(Concern::AttestationKeyCompromise),
            "USER_KEY_REMOTE_COMPROMISE" => Self::Concern(Concern::UserKeyRemoteCompromise),
            "USER_KEY_PHYSICAL_COMPROMISE" => Self::Concern(Concern::UserKeyPhysicalCompromise),
            "RETIRED" => Self::Concern(Concern::Retired),
            "UPDATE_AVAILABLE" => Self::Concern(Concern::UpdateAvailable),
            _ => Self::Concern(Concern::Unknown),
        }
    }
}

/// The concern of one report.
pub(super) fn concern(report: &Report) -> Option<Concern> {
    match Status::of(report) {
        Status::Concern(concern) => Some(concern),
        Status::Certified(_) | Status::NotCertified | Status::Other => None,
    }
}

/// The highest level that is in force on this day: reported for a day that has come, and later than
/// whatever took certifications away.
pub(super) fn certification(reports: &[Report], today: Date) -> Option<Level> {
    let date = |report: &Report| report.effective_date.as_deref().and_then(Date::read);
    let taken = |from: Option<Date>| {
        let takes = reports.iter().filter(|report| Status::of(report) == Status::NotCertified);
        takes.map(date).any(|taken| taken.zip(from).is_none_or(|(taken, from)| taken >= from))
    };
    let in_force = reports.iter().filter_map(|report| match Status::of(report) {
        Status::Certified(level) => {
            let from = date(report);
            let has_come = from.is_none_or(|from| from <= today);
            (has_come && !taken(from)).then_some(level)
        }
        _ => None,
    });
    in_force.max()
}
