//! The devices' attestations: which model each is, as makers say whom the trust file names.
//!
//! Guarantees: the statement is the one that the device made when it was enrolled, over the registration that its record
//! has; it is judged by the appliance's own functions, but for the roots, which are the trust file's, and the time,
//! which is the enrolment's. It says which model a device is, not whose.

use countersign_enrolment::Fault;
use countersign_enrolment::attestation::{self, Attested, Credential};
use countersign_ports::Crypto;
use countersign_protocol::Aaguid;

use crate::enrolments::Known;
use crate::findings::Held;
use crate::trust::Trust;

/// If the trust file names makers' roots: each device's statement holds, and its certificates led to one of them when
/// the device was enrolled.
pub(crate) fn made(crypto: &impl Crypto, trust: &Trust, enrolled: &[Known<'_>]) -> Held<()> {
    if trust.makers.is_empty() {
        return Ok(((), "nobody's: the trust file names no roots of makers".into()));
    }
    let models = enrolled.iter().map(|known| model(crypto, trust, known));
    let models: Vec<_> = models.collect::<Result<_, _>>()?;
    Ok(((), models.join("; ")))
}

/// A device's model and its statement's format, for people.
fn model(crypto: &impl Crypto, trust: &Trust, known: &Known<'_>) -> Result<String, String> {
    let device = &known.enrolment.device;
    let led = stated(crypto, known).and_then(|stated| led(trust, known, stated));
    led.map_err(|fault| format!("device {}: {}", device.slot, fault.text()))?;
    let (model, format) = (Aaguid(known.credential.aaguid()), known.object.format());
    Ok(format!("device {} of model {model}, by a statement of the format {format}", device.slot))
}

/// WebAuthn L3, 7.1, steps 21 and 22.
fn stated(crypto: &impl Crypto, known: &Known<'_>) -> Result<Attested, Fault> {
    let Known { enrolment, object, credential } = known;
    let about = Credential {
        aaguid: credential.aaguid(),
        credential_id: credential.id(),
        cose_key: credential.cose_key(),
    };
    let client_data_hash = crypto.sha256(&[enrolment.client_data.bytes()]);
    attestation::verify(crypto, object, &about, &client_data_hash)
}

/// WebAuthn L3, 7.1, steps 23 and 24, at the time of the enrolment.
fn led(trust: &Trust, known: &Known<'_>, stated: Attested) -> Result<(), Fault> {
    stated.trusted(&trust.makers, known.enrolment.device.utc_lo_ms).map(drop)
}
