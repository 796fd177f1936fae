//! A device that the signer has already vouches for the new one.
//!
//! Guarantees to the signer: it is asked for the key that was registered and the ticket that it was registered
//! with, whatever the appliance sends.

use std::time::Duration;

use aws_lc_rs::digest::{Context, SHA256};
use countersign_client::FrontEnd;
use countersign_protocol::reply::{Enrolled, Invitation, Reply};
use countersign_protocol::request::Vouch;
use countersign_protocol::ticket::{Addition, Ticket};
use countersign_protocol::{canonical, tag};

use super::new_key::NewKey;
use super::ticket::TicketFile;
use crate::ConsoleError;
use crate::approval::Challenge;
use crate::progress::waiting;

/// How long a person may take to approve it.
const WITHIN: Duration = Duration::from_secs(600);

/// Has `command` approve the addition of the new device, and brings the approval.
pub(super) async fn vouch(
    front_end: &FrontEnd,
    file: &TicketFile,
    new_key: &NewKey,
    invitation: &Invitation<'_>,
    command: &str,
) -> Result<(), ConsoleError> {
    let ticket = file.ticket()?;
    check(invitation, &ticket, new_key)?;
    let digest = challenge(invitation.addition.bytes());
    let challenge = Challenge {
        rp_id: ticket.rp_id.as_str(),
        challenge: digest.as_ref(),
        credentials: invitation.credentials.iter().map(|id| id.bytes()).collect(),
    };
    let approving = challenge.approved_with(command, WITHIN);
    let response = waiting(&format!("`{command}` approves"), approving).await;
    let response = response.map_err(ConsoleError::Vouching)?;
    let assertion = challenge.assertion(&response).map_err(ConsoleError::Vouching)?;
    let request = Vouch { ticket: ticket.id, assertion };
    let answered = waiting("the appliance takes the approval", front_end.vouch(&request)).await?;
    match answered.reply()? {
        Reply::Enrolled(Enrolled { invitation: None }) => Ok(()),
        Reply::Failed(failure) => Err(ConsoleError::NotVouched(failure)),
        _ => Err(ConsoleError::Unexpected),
    }
}

/// Whether the addition is of this very key, registered with this very ticket.
fn check(
    invitation: &Invitation<'_>,
    ticket: &Ticket<'_>,
    new_key: &NewKey,
) -> Result<(), ConsoleError> {
    let addition: Addition = canonical::decode(invitation.addition.bytes())
        .map_err(|_| ConsoleError::NotInvited("form"))?;
    require(addition.key == *new_key.digest(), "key")?;
    require(addition.ticket == ticket.id, "ticket")?;
    require(addition.signer == ticket.signer, "signer")?;
    require(addition.tenant == ticket.tenant, "tenant")?;
    require(addition.appliance == ticket.appliance, "appliance")
}

fn require(holds: bool, what: &'static str) -> Result<(), ConsoleError> {
    if holds { Ok(()) } else { Err(ConsoleError::NotInvited(what)) }
}

/// What the device signs.
fn challenge(addition: &[u8]) -> aws_lc_rs::digest::Digest {
    let mut context = Context::new(&SHA256);
    context.update(tag::ADDITION);
    context.update(addition);
    context.finish()
}

#[cfg(test)]
mod tests {
    use countersign_protocol::activation::Version;
    use countersign_protocol::{
        ApplianceId, Bounded, Digest, Sequence, SignerId, TenantId, TicketId, minicbor,
    };

    use super::super::ticket::samples::good_until;
    use super::*;

    /// What `check` says of an addition with one thing changed.
    fn verdict(change: impl FnOnce(&mut Addition)) -> Option<String> {
        let (file, new_key) = (good_until(0), NewKey::with(Digest([9; 32])));
        let ticket = file.ticket().unwrap();
        let mut addition = Addition {
            version: Version::V1,
            appliance: ticket.appliance,
            tenant: ticket.tenant,
            ticket: ticket.id,
            signer: ticket.signer,
            key: Digest([9; 32]),
        };
        change(&mut addition);
        let bytes = minicbor::to_vec(addition).unwrap();
        let addition = Bounded::new(&bytes).unwrap();
        let invitation = Invitation { addition, credentials: Sequence::EMPTY };
        check(&invitation, &ticket, &new_key).err().map(|why| why.to_string())
    }

    #[test]
    fn what_was_registered_may_be_vouched_for() {
        assert_eq!(verdict(|_| {}), None);
    }

    #[test]
    fn each_difference_is_named() {
        let says = |verdict: Option<String>, what: &str| {
            let verdict = verdict.unwrap();
            assert!(verdict.contains(&format!("another {what} than")), "{verdict}");
        };
        says(verdict(|addition| addition.key = Digest([8; 32])), "key");
        says(verdict(|addition| addition.ticket = TicketId([8; 32])), "ticket");
        says(verdict(|addition| addition.signer = SignerId(8)), "signer");
        says(verdict(|addition| addition.tenant = TenantId(8)), "tenant");
        says(verdict(|addition| addition.appliance = ApplianceId([8; 16])), "appliance");
    }
}
