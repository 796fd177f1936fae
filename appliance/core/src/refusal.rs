//! The numbered table of refusals: every reason, once, with its class and its requirement.
//!
//! Guarantees: a front-end sees a reason's [`Class`] at most; the number goes to the ledger. The
//! order of the table is the order of precedence: of several reasons the first one is recorded.

use countersign_protocol::reply::Failure;
use countersign_protocol::{Digest, FrontEndId, KeyId, SlotId, TransactionId};

use crate::time::Now;

/// What a front-end is told of a reason.
pub type Class = Failure;

macro_rules! reasons {
    ($($number:literal $name:ident $class:ident $requirement:literal $text:literal)*) => {
        /// Why nothing was given.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Reason {
            $(#[doc = $text] $name,)*
        }

        impl Reason {
            /// Every reason, in order of precedence.
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];

            /// The number that the ledger keeps. Never used again for anything else.
            #[must_use]
            pub const fn number(self) -> u16 {
                match self { $(Self::$name => $number,)* }
            }

            /// What a front-end is told.
            #[must_use]
            pub const fn class(self) -> Class {
                match self { $(Self::$name => Class::$class,)* }
            }

            /// The clause that asks for the check.
            #[must_use]
            pub const fn requirement(self) -> &'static str {
                match self { $(Self::$name => $requirement,)* }
            }

            /// In words, for officers.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$name => $text,)* }
            }
        }
    };
}

reasons! {
    101 FrameMalformed Malformed "FDP_ITC.2" "the frame is not canonical or past a limit"

    201 FrontEndUnknown Refused "FTP_TRP.1/SSA" "the registry does not know the certificate's key"
    202 FrontEndInactive Refused "FTP_TRP.1/SSA" "the front-end is suspended or revoked"

    301 TransactionUnknown Stale "FPT_RPL.1" "no such transaction since this boot"
    302 TransactionForeign Stale "FDP_ACF.1/Signing" "the transaction is another front-end's"
    303 TransactionExpired Stale "FPT_RPL.1" "the transaction has outlived its lifetime"
    304 TransactionSpent Stale "FPT_RPL.1" "the transaction's approval was used already"
    305 ActivationDiffers Refused "SRA_SAP.2.3" "the activation is not the one that was prepared"

    401 KeyUnknown Refused "FDP_ACF.1/Signing" "the tenant has no such key"
    402 KeyNotGranted Refused "FDP_ACF.1/Signing" "the key is not granted to the front-end"
    403 KeyInactive Refused "FDP_ACF.1/Signing" "the key is suspended or revoked"
    404 KeyChanged Refused "FMT_MSA.1/Signer" "the key's record changed since the activation was made"
    405 PolicyChanged Refused "FMT_MSA.1/Signer" "the key's policy changed since the activation was made"
    406 SuiteNotAllowed Refused "FCS_COP.1" "the key's policy does not allow the suite"
    407 OutsideValidity Refused "FDP_ACF.1/Signing" "the key is not valid at this time"
    408 TooManyItems Refused "FDP_ACF.1/Signing" "more items than the key's policy allows"
    409 DtbsrLength Refused "FCS_COP.1" "a DTBS/R is not of a length that the suite takes"
    410 InitiatorUnknown Refused "FIA_UID.2" "the tenant has no such initiator"
    411 LifetimeOutOfRange Refused "SRA_SAP.2.4" "the lifetime asked for is outside the limits"
    412 TooFewDevices Refused "FIA_UAU.5/Signer" "too few approvers have an active device"
    413 QuotaReached Busy "FRU_RSA.1" "the front-end or its tenant has too many live transactions"

    414 NonceRepeated Unavailable "FCS_RNG.1" "the HSM gave a nonce that was used before"
    415 PolicyHolds Refused "FDP_ACF.1/Signing" "the key's policy holds everything back"
    416 OutsideCalendar Refused "FDP_ACF.1/Signing" "the key's policy allows no signature at this hour"
    417 FrontEndNotAllowed Refused "FDP_ACF.1/Signing" "the key's policy does not name the front-end"
    418 FormNotAllowed Refused "FDP_ACF.1/Signing" "the key's policy does not allow a document's form"
    419 LabelNotAllowed Refused "FDP_ACF.1/Signing" "the key's policy does not allow a document's label"
    420 LifetimeTooLong Refused "SRA_SAP.2.4" "the activation would live longer than the key's policy allows"

    501 DeviceNotListed Refused "WebAuthn L3 7.2 step 5" "the device index is not of this transaction"
    502 DeviceInactive Refused "WebAuthn L3 7.2 step 6" "the device is pending, suspended or revoked"
    503 ApproverNotAllowed Refused "WebAuthn L3 7.2 step 6" "the device's owner may not approve for the key"
    504 ApproverTwice Refused "SRA_SAP.2.7" "two assertions of one approver (of one family, where two are asked for)"
    505 ThresholdNotMet Refused "SRA_SAP.2.7" "fewer approvers than the key asks for"
    506 FamilyMissing Refused "SRA_SAP.2.7" "an approver's classical or post-quantum assertion is missing"
    507 DeviceLockedOut Refused "FIA_AFL.1" "too many assertions of the device were refused; wait, or use another one"
    508 InitiatorNotApart Refused "SRA_SAP.2.7" "whoever asked is not named, or is among those who approve"

    601 ClientDataMalformed Refused "WebAuthn L3 7.2 steps 8-9" "clientDataJSON is not readable"
    602 TypeNotGet Refused "WebAuthn L3 7.2 step 10" "the type is not webauthn.get"
    603 ChallengeDiffers Refused "WebAuthn L3 7.2 step 11" "the challenge is not the activation's"
    604 OriginDiffers Refused "WebAuthn L3 7.2 step 12" "the origin is not the approval page's"
    605 CrossOrigin Refused "WebAuthn L3 7.2 step 13" "the page was framed by another origin"
    606 TopOriginPresent Refused "WebAuthn L3 7.2 step 14" "the page was framed"
    607 AuthenticatorDataMalformed Refused "WebAuthn L3 6.1" "authenticatorData is not readable"
    608 RpIdHashDiffers Refused "WebAuthn L3 7.2 step 15" "the rpIdHash is not the appliance's"
    609 UserNotPresent Refused "WebAuthn L3 7.2 step 16" "the UP flag is not set"
    610 UserNotVerified Refused "WebAuthn L3 7.2 step 17" "the UV flag is not set"
    611 BackupStateImpossible Refused "WebAuthn L3 7.2 step 18" "the BS flag is set without BE"
    612 BackupEligibilityDiffers Refused "WebAuthn L3 7.2 step 19" "the BE flag is not as enrolled"
    613 SignatureEncoding Refused "WebAuthn L3 6.5.5" "the signature is not in the one encoding of its algorithm"
    614 SignatureZero Refused "FIPS 186-5 6.4.2" "r or s is zero"
    615 SignatureInvalid Refused "WebAuthn L3 7.2 step 21" "the signature does not verify"
    616 SignCountCloned Refused "WebAuthn L3 7.2 step 22" "no honest device shows this signCount: another one has its key"
    617 SignCountLate Refused "WebAuthn L3 7.2 step 22" "a later approval of the device came first"

    701 FrontEndChanged Refused "FIA_USB.1" "the front-end's record changed while deciding"
    702 DeviceChanged Refused "FIA_USB.1" "a device's record changed while deciding"

    801 TokenFailed Unavailable "FTP_ITC.1/CM" "the token did not sign"
    802 TokenSignatureWrong Unavailable "FCS_COP.1" "the token's signature does not verify"
    803 LedgerFailed Unavailable "FAU_GEN.1" "the decision could not be recorded"
    804 OrderVoided Refused "FMT_MSA.1/Signer" "key, device or front-end was revoked before the signature was released"
}

impl Reason {
    /// The reason with this number.
    #[must_use]
    pub fn from_number(number: u16) -> Option<Self> {
        Self::ALL.iter().copied().find(|reason| reason.number() == number)
    }
}

impl Reason {
    /// Whether a device's assertion was not what it should be: what counts towards locking it out. A
    /// signCount is not among them: an honest approval can be late, and a clone is suspended at once.
    #[must_use]
    pub const fn is_of_assertion(self) -> bool {
        matches!(self.number(), 601..=615)
    }

    /// Whether the approval is spent although nothing was given: the reasons from 800 on.
    #[must_use]
    pub const fn is_after_reserve(self) -> bool {
        self.number() >= 800
    }
}

impl core::fmt::Display for Reason {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "{} {} ({})", self.number(), self.text(), self.requirement())
    }
}

/// A refusal as the ledger records it: the reason, and whom and what it concerns as far as known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// The first reason in the table's order.
    pub reason: Reason,
    /// Whom and what it concerns.
    pub about: About,
    /// When.
    pub now: Now,
}

/// Whom and what a request concerns, as far as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct About {
    /// SHA-256 of the public key in the client's certificate.
    pub channel: Digest,
    /// The front-end, if the registry knows it.
    pub front_end: Option<FrontEndId>,
    /// The key.
    pub key: Option<KeyId>,
    /// The transaction as named by the front-end.
    pub transaction: Option<TransactionId>,
    /// The device whose assertion it is about.
    pub device: Option<SlotId>,
}

impl About {
    /// Nothing is known but the channel.
    #[must_use]
    pub const fn channel(channel: Digest) -> Self {
        Self { channel, front_end: None, key: None, transaction: None, device: None }
    }

    /// Refuses for `reason`.
    #[must_use]
    pub const fn refuse(self, reason: Reason, now: Now) -> Refusal {
        Refusal { reason, about: self, now }
    }
}

#[cfg(test)]
mod tests {
    use super::Reason;

    #[test]
    fn numbers_are_unique_and_ascend_with_precedence() {
        let numbers = || Reason::ALL.iter().map(|reason| reason.number());
        assert!(numbers().zip(numbers().skip(1)).all(|(a, b)| a < b));
    }

    #[test]
    fn every_number_leads_back_to_its_reason() {
        for reason in Reason::ALL {
            assert_eq!(Reason::from_number(reason.number()), Some(*reason));
        }
        assert_eq!(Reason::from_number(0), None);
    }
}
