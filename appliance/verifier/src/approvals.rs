//! The approvals: who, on which page, over what, and with which device's key. What each is worth is judged by
//! the core's own functions, which the appliance judged it with.

use countersign_core::assertion::device_key::{DeviceKey, KeyBytes, family};
use countersign_core::assertion::sign_count::SignCounts;
use countersign_core::assertion::{self, Enrolled, cose};
use countersign_core::policy::{Approver, Rules, judge_approval, judge_approvers};
use countersign_core::{Reason, Verdict};
use countersign_ports::Crypto;
use countersign_protocol::record::Approval;
use countersign_protocol::{Digest, tag};

use crate::Link;
use crate::activation::Approved;
use crate::enrolments::Known;
use crate::findings::Held;

/// An approval with the device's key.
pub(crate) struct ByDevice<'e> {
    approval: Approval<'e>,
    key: DeviceKey<KeyBytes>,
}

/// Enough different people, all of them allowed; each device with a key that can be read.
pub(crate) fn counted<'e>(
    crypto: &impl Crypto,
    approved: &Approved<'e>,
) -> Held<Vec<ByDevice<'e>>> {
    let mut devices = Vec::new();
    for approval in approved.content.approvals.iter() {
        let key = cose::read(crypto, approval.cose_key.bytes())
            .ok_or_else(|| format!("the key of device {} cannot be read", approval.slot))?;
        devices.push(ByDevice { approval, key });
    }
    let people: Vec<_> = devices.iter().map(ByDevice::approver).collect();
    let approvers = (&approved.activation.approvers).into();
    let rules = Rules::from(&approved.content.policy);
    // Whether the user was verified is a link of its own.
    let allowed = people.iter().map(|one| judge_approval(&approvers, one.signer, 1.into()));
    let initiator = approved.activation.initiator;
    let together = judge_approvers(&approvers, &rules, initiator, &people);
    let verdict = allowed.fold(together, Verdict::and);
    verdict.fold().map_err(|reason| reason.text().to_owned())?;
    let (given, needed) = (people.len(), approved.activation.approvers.threshold());
    Ok((devices, format!("{given} approvals, {needed} needed")))
}

/// What the links of each approval are worth, approval after approval.
pub(crate) fn judged<C: Crypto>(
    crypto: &C,
    approved: &Approved<'_>,
    devices: &[ByDevice<'_>],
    enrolled: &[Known<'_>],
) -> Vec<(Link, Held<()>)> {
    let challenge = Digest(crypto.sha256(&[tag::ACTIVATION, approved.content.activation.bytes()]));
    let rp_id_hash = Digest(crypto.sha256(&[approved.appliance.rp_id.as_bytes()]));
    let expected = approved.appliance.expects(&challenge, &rp_id_hash);
    let of_each = devices.iter().zip(enrolled).flat_map(|(device, known)| {
        let verdict = device.verdict(crypto, &expected, known);
        LINKS.iter().map(move |(link, reasons)| (*link, device.held(verdict, reasons)))
    });
    of_each.collect()
}

impl ByDevice<'_> {
    fn approver(&self) -> Approver {
        Approver { signer: self.approval.signer, family: family(self.key.algorithm()) }
    }

    /// The appliance judged the counts when it happened: here they are not known.
    fn verdict(
        &self,
        crypto: &impl Crypto,
        expected: &assertion::Expected<'_>,
        known: &Known<'_>,
    ) -> Verdict {
        let assertion = &self.approval.assertion;
        let enrolled = Enrolled {
            key: self.key.borrowed(),
            backup_eligible: known.enrolment.device.backup_eligible,
            counts: SignCounts::enrolled(0),
            prepared_count: 0,
        };
        let outcome = assertion::verify(crypto, expected, &enrolled, assertion);
        outcome.verdict.require(outcome.user_verified, Reason::UserNotVerified)
    }

    fn held(&self, verdict: Verdict, reasons: &[Reason]) -> Held<()> {
        let slot = self.approval.slot;
        match reasons.iter().find(|reason| verdict.has(**reason)) {
            Some(reason) => Err(format!("device {slot}: {}", reason.text())),
            None => Ok(((), format!("device {slot} of signer {}", self.approval.signer))),
        }
    }
}

/// Which reasons break which link.
const LINKS: [(Link, &[Reason]); 7] = [
    (
        Link::ClientData,
        &[
            Reason::ClientDataMalformed,
            Reason::TypeNotGet,
            Reason::CrossOrigin,
            Reason::TopOriginPresent,
        ],
    ),
    (Link::Challenge, &[Reason::ChallengeDiffers]),
    (Link::Origin, &[Reason::OriginDiffers]),
    (Link::AuthenticatorData, &[Reason::AuthenticatorDataMalformed]),
    (Link::RpId, &[Reason::RpIdHashDiffers]),
    (
        Link::Flags,
        &[
            Reason::UserNotPresent,
            Reason::UserNotVerified,
            Reason::BackupStateImpossible,
            Reason::BackupEligibilityDiffers,
        ],
    ),
    (
        Link::DeviceSignature,
        &[Reason::SignatureEncoding, Reason::SignatureZero, Reason::SignatureInvalid],
    ),
];
