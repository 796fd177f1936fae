//! The cases: an honest approval, and one thing wrong in it, in the registry, or in the transaction.

use countersign_core::{Now, Reason};
use countersign_protocol::change::Standing;
use countersign_protocol::{SignerId, Suite};

use crate::draft::{Draft, Form};
use crate::house::{House, NOW, People, SIGN_COUNT};

/// A case.
#[derive(Clone, Copy)]
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// The reason that the verdict has; none: it passes.
    pub reason: Option<Reason>,
    /// What is otherwise before the activation is made.
    pub before: fn(&mut People),
    /// What happens after that.
    pub after: fn(&mut House),
    /// What is wrong in the frame.
    pub draft: fn(&mut Draft),
    /// When the frame comes.
    pub now: Now,
}

const HONEST: Case = Case {
    name: "permitted, first slot",
    reason: None,
    before: |_| (),
    after: |_| (),
    draft: |_| (),
    now: NOW,
};

/// Something in the frame.
const fn sent(name: &'static str, reason: Reason, draft: fn(&mut Draft)) -> Case {
    Case { name, reason: Some(reason), draft, ..HONEST }
}

/// Something that happens after the activation was made.
const fn happened(name: &'static str, reason: Reason, after: fn(&mut House)) -> Case {
    Case { name, reason: Some(reason), after, ..HONEST }
}

/// Something that the activation is made under.
const fn under(name: &'static str, reason: Reason, before: fn(&mut People)) -> Case {
    Case { name, reason: Some(reason), before, ..HONEST }
}

/// An hour later, by UTC.
const LATER: Now = Now { utc_lo_ms: 3_601_000, utc_hi_ms: 3_601_010, ..NOW };
/// After the end of the activation's lifetime.
const TOO_LATE: Now = Now { boot_ms: 1_000_000, ..NOW };

/// The last byte of a value before `"}`, and the one before it.
fn near_the_end(bytes: &mut [u8], two: [u8; 2]) {
    let at = bytes.len() - 4;
    bytes[at..at + 2].copy_from_slice(&two);
}

/// Every case. Where two reasons hold, because what breaks a rule is a change of the key too, the one that is
/// meant is given; the one that would be recorded is the first of the table.
pub const CASES: &[Case] = &[
    HONEST,
    Case { name: "permitted, last slot", draft: |d| d.device = 15, ..HONEST },
    sent("device index not listed", Reason::DeviceNotListed, |d| d.device = 16),
    sent("another signer's device", Reason::SignatureInvalid, |d| {
        (d.device, d.signature) = (1, Form::Bad);
    }),
    happened("device revoked", Reason::DeviceInactive, |h| h.change_device(0, Standing::Revoked)),
    happened("device suspended", Reason::DeviceInactive, |h| {
        h.change_device(0, Standing::Suspended);
    }),
    Case {
        draft: |d| d.device = 15,
        ..happened("last device revoked", Reason::DeviceInactive, |h| {
            h.change_device(15, Standing::Revoked);
        })
    },
    happened("device locked out", Reason::DeviceLockedOut, |h| h.lock_out()),
    happened("approver not allowed", Reason::ApproverNotAllowed, |h| {
        h.always_belonged_to([SignerId(2), SignerId(3)]);
    }),
    under("threshold not met", Reason::ThresholdNotMet, |people| people.threshold = 2),
    under("other family missing", Reason::FamilyMissing, People::make_hybrid),
    happened("front-end suspended", Reason::FrontEndInactive, |h| {
        h.change_front_end(Standing::Suspended);
    }),
    Case { now: TOO_LATE, ..happened("transaction expired", Reason::TransactionExpired, |_| ()) },
    happened("transaction spent", Reason::TransactionSpent, |h| h.spend()),
    sent("activation differs", Reason::ActivationDiffers, |d| {
        *d.activation.last_mut().unwrap() ^= 1;
    }),
    happened("key not granted", Reason::KeyNotGranted, House::withdraw),
    happened("key suspended", Reason::KeyInactive, |h| {
        h.change_key(|people| people.key = Standing::Suspended);
    }),
    happened("key changed", Reason::KeyChanged, |h| h.change_key(|_| ())),
    happened("policy changed", Reason::PolicyChanged, |h| {
        h.change_key(|people| people.policy.items_max = 9);
    }),
    happened("suite not allowed", Reason::SuiteNotAllowed, |h| {
        h.change_key(|people| people.policy.suite = Suite::Esp384);
    }),
    Case {
        now: LATER,
        ..under("validity over", Reason::OutsideValidity, |people| {
            people.policy.valid_to_ms = NOW.utc_hi_ms + 1;
        })
    },
    happened("too many items", Reason::TooManyItems, |h| {
        h.change_key(|people| people.policy.items_max = 0);
    }),
    sent("client data: bad escape", Reason::ClientDataMalformed, |d| {
        d.garble = |bytes| near_the_end(bytes, *b"\\q");
    }),
    sent("client data: not UTF-8", Reason::ClientDataMalformed, |d| {
        d.garble = |bytes| near_the_end(bytes, *b"\xff0");
    }),
    sent("client data: cut", Reason::ClientDataMalformed, |d| {
        d.garble = |bytes| bytes.rchunks_mut(2).take(1).for_each(|end| end.fill(b' '));
    }),
    sent("client data: byte order mark", Reason::ClientDataMalformed, |d| {
        d.front = b"\xef\xbb\xbf";
    }),
    sent("client data: a member twice", Reason::ClientDataMalformed, |d| d.member = "type"),
    sent("client data: no JSON", Reason::ClientDataMalformed, |d| {
        d.garble = |bytes| bytes[..100].fill(b'x');
    }),
    sent("type differs", Reason::TypeNotGet, |d| d.type_ = "webauthn.got"),
    sent("challenge differs", Reason::ChallengeDiffers, |d| d.challenge[0] ^= 0x80),
    sent("challenge differs at its end", Reason::ChallengeDiffers, |d| d.challenge[31] ^= 1),
    sent("origin differs", Reason::OriginDiffers, |d| d.origin = "https://approve.examplf"),
    sent("framed by another origin", Reason::CrossOrigin, |d| d.cross_origin = "true"),
    sent("framed", Reason::TopOriginPresent, |d| d.member = "topOrigin"),
    sent("authenticator data: attested", Reason::AuthenticatorDataMalformed, |d| {
        d.flags |= 1 << 6;
    }),
    sent("authenticator data: no map", Reason::AuthenticatorDataMalformed, |d| {
        d.extensions[1] = 0x7f;
    }),
    sent("rpId differs", Reason::RpIdHashDiffers, |d| d.rp_id = "other.example"),
    sent("user not present", Reason::UserNotPresent, |d| d.flags &= !1),
    sent("user not verified", Reason::UserNotVerified, |d| d.flags &= !(1 << 2)),
    sent("backed up, not eligible", Reason::BackupStateImpossible, |d| d.flags |= 1 << 4),
    sent("eligible for backup", Reason::BackupEligibilityDiffers, |d| d.flags |= 1 << 3),
    sent("signature: bad DER", Reason::SignatureEncoding, |d| d.signature = Form::BadDer),
    sent("signature: r is zero", Reason::SignatureZero, |d| d.signature = Form::ZeroR),
    sent("signature: s is zero", Reason::SignatureZero, |d| d.signature = Form::ZeroS),
    sent("signature: bad", Reason::SignatureInvalid, |d| d.signature = Form::Bad),
    sent("sign count: cloned", Reason::SignCountCloned, |d| d.count = SIGN_COUNT),
    happened("sign count: late", Reason::SignCountLate, |h| h.count(SIGN_COUNT + 7)),
];
