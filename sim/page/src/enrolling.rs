//! A new device's requests: what the page says in JSON, as the protocol has it.

use countersign_client::Answered;
use countersign_protocol::assertion;
use countersign_protocol::{TicketId, request};
use serde::Deserialize;

use crate::json::{Bytes, read};
use crate::{Appliance, PageError};

/// A registration, in the names of WebAuthn's JSON.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Enrol {
    ticket: Bytes,
    #[serde(rename = "attestationObject")]
    attestation_object: Bytes,
    #[serde(rename = "clientDataJSON")]
    client_data: Bytes,
}

/// What an enrolled device says of a new one.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vouch {
    ticket: Bytes,
    assertion: Assertion,
}

/// An assertion, in the names of WebAuthn's JSON; `device` is an index into the credentials that were told.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Assertion {
    device: u8,
    #[serde(rename = "authenticatorData")]
    authenticator_data: Bytes,
    #[serde(rename = "clientDataJSON")]
    client_data: Bytes,
    signature: Bytes,
}

impl Assertion {
    /// The same as the protocol has it.
    pub(crate) fn wire(&self) -> Result<assertion::Assertion<'_>, PageError> {
        Ok(assertion::Assertion {
            device: self.device,
            authenticator_data: self.authenticator_data.bounded("authenticatorData")?,
            client_data: self.client_data.bounded("clientDataJSON")?,
            signature: self.signature.bounded("device's signature")?,
        })
    }
}

/// Brings a registration.
pub(crate) async fn enrol(appliance: &Appliance, body: &[u8]) -> Result<Answered, PageError> {
    let asked: Enrol = read(body)?;
    let request = request::Enrol {
        ticket: TicketId(asked.ticket.exactly("ticket's id")?),
        attestation_object: asked.attestation_object.bounded("attestationObject")?,
        client_data: asked.client_data.bounded("clientDataJSON")?,
    };
    Ok(appliance.connect().await?.enrol(&request).await?)
}

/// Brings what an enrolled device says of a new one.
pub(crate) async fn vouch(appliance: &Appliance, body: &[u8]) -> Result<Answered, PageError> {
    let asked: Vouch = read(body)?;
    let ticket = TicketId(asked.ticket.exactly("ticket's id")?);
    let request = request::Vouch { ticket, assertion: asked.assertion.wire()? };
    Ok(appliance.connect().await?.vouch(&request).await?)
}
