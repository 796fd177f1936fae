//! The ticket that a device was registered with: leave of this appliance for this very device.
//!
//! Guarantees: what the device signed over when it was registered (its hash is the challenge, which `enrolments` compares)
//! names the signer whose device it is said to be, so that no registration made for somebody else, or elsewhere, passes for
//! it. It does not say who had the ticket. Its keys, profile and assurance bound the appliance then, and are not judged.

use countersign_protocol::canonical;
use countersign_protocol::enrolment::Enrolment;
use countersign_protocol::ticket::Ticket;

use crate::activation::Approved;

/// The ticket in an enrolment is the one that the device's record names, for this signer's device of this name, of this
/// appliance and tenant, and was good still.
pub(crate) fn judged(approved: &Approved<'_>, enrolment: &Enrolment<'_>) -> Result<(), String> {
    let (appliance, device) = (approved.appliance, &enrolment.device);
    let ticket: Ticket<'_> = canonical::decode(enrolment.ticket.bytes())
        .map_err(|_| "its ticket cannot be read".to_owned())?;
    require(ticket.id == device.ticket, "its ticket is not the one that its record names")?;
    require(ticket.appliance == appliance.id, "its ticket is another appliance's")?;
    require(ticket.tenant == approved.activation.tenant, "its ticket is another tenant's")?;
    require(ticket.signer == device.signer, "its ticket is another signer's")?;
    require(ticket.device == device.name, "its ticket is for a device of another name")?;
    require(ticket.rp_id.as_str() == appliance.rp_id, "its ticket is for another rpId")?;
    // At least so late it was; the appliance asked that it was not later at most, either.
    require(device.utc_lo_ms <= ticket.not_after_ms, "its ticket had run out when it was enrolled")
}

fn require(holds: bool, why: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(why.to_owned()) }
}
