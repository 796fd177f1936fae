//! `devices show`: all that is known of one device, but the words of its key, which are its signer's to read.

use countersign_enrolment::metadata::{Concern, Concerns};
use countersign_protocol::Aaguid;
use countersign_protocol::admin::{Answer, Changed, DeviceAnswer, DeviceShow, Order};
use countersign_protocol::attestation::{Class, Format, Level};
use countersign_protocol::change::Cause;
use countersign_protocol::ticket::Assurance;
use serde_json::{Value, json};

use super::super::desk::{Desk, named};
use super::list::{awaited, standing, stands};
use crate::utc::Utc;
use crate::{ConsoleError, Report, algorithm, base64url};

pub(super) async fn one(desk: &Desk, name: &str) -> Result<Report, ConsoleError> {
    let order = Order::DeviceShow(DeviceShow { name: named(name)? });
    match desk.ask(&format!("show device {name}"), &order).await?.answer()? {
        Answer::Device(device) => Ok(Report::new(text(&device), json(&device))),
        _ => Err(ConsoleError::Unexpected),
    }
}

fn text(device: &DeviceAnswer<'_>) -> String {
    let DeviceAnswer { listed, attestation, algorithm, sign_count, .. } = device;
    let model = device.model.map_or("not in the metadata", |name| name.as_str());
    let copied = if device.backup_eligible { "may be" } else { "cannot be" };
    let lines = [
        format!("device        {} of {}, place {}", listed.name, listed.signer, listed.slot),
        format!("standing      {}", stands(listed.standing, listed.awaits)),
        format!("model         {model}"),
        format!("AAGUID        {}", uuid(&attestation.aaguid)),
        format!(
            "certification {} when it was enrolled; {} now",
            level(attestation.certification),
            level(device.certification)
        ),
        format!("concerns      {}", in_words(device.concerns)),
        format!(
            "attestation   {}, {}; its ticket asked for: {}",
            format(attestation.format),
            class(attestation.class),
            assurance(attestation.assurance)
        ),
        format!("algorithm     {} ({algorithm})", algorithm::name(*algorithm)),
        format!("signCount     {sign_count}"),
        format!("copies        its key {copied} copied to other devices (BE)"),
    ];
    let history = device.history.iter().enumerate().map(|(at, changed)| {
        let title = if at == 0 { "history" } else { "" };
        format!("{title:13} {}", happened(&changed))
    });
    lines.into_iter().chain(history).collect::<Vec<_>>().join("\n")
}

fn json(device: &DeviceAnswer<'_>) -> Value {
    let DeviceAnswer { listed, attestation, .. } = device;
    let concerns: Vec<String> = concerns(device.concerns).map(|one| one.to_string()).collect();
    let history: Vec<Value> = device.history.iter().map(|changed| changed_json(&changed)).collect();
    json!({
        "place": listed.slot.0,
        "name": listed.name.as_str(),
        "signer": listed.signer.as_str(),
        "standing": standing(listed.standing),
        "awaits": listed.awaits.map(awaited),
        "credential": base64url::encode(device.credential.bytes()),
        "algorithm": device.algorithm,
        "signCount": device.sign_count,
        "backupEligible": device.backup_eligible,
        "aaguid": uuid(&attestation.aaguid),
        "attestation": {
            "format": format(attestation.format),
            "class": class(attestation.class),
            "assurance": assurance(attestation.assurance),
            "certification": attestation.certification.map(|one| level(Some(one))),
        },
        "model": device.model.map(|name| name.as_str().to_owned()),
        "certification": device.certification.map(|one| level(Some(one))),
        "concerns": concerns,
        "history": history,
    })
}

fn changed_json(changed: &Changed) -> Value {
    json!({
        "record": changed.index,
        "standing": standing(changed.standing),
        "cause": cause(changed.cause),
        "utcMs": changed.utc_lo_ms,
    })
}

fn happened(changed: &Changed) -> String {
    let Changed { index, standing, cause, utc_lo_ms } = *changed;
    let (at, standing, cause) = (Utc(utc_lo_ms), self::standing(standing), self::cause(cause));
    format!("{at}  {standing}: {cause} (record {index})")
}

fn cause(cause: Cause) -> String {
    match cause {
        Cause::Enrolled => "it was enrolled".into(),
        Cause::Ordered(officer) => format!("officer {officer} ordered it"),
        Cause::Lost(officer) => {
            format!("officer {officer} said that its signer's devices are lost")
        }
        Cause::Cloned => {
            "it showed a signCount that only a second device with its key shows".into()
        }
        Cause::Metadata(no) => format!("the metadata speak against its model since number {no}"),
    }
}

fn concerns(bits: u8) -> impl Iterator<Item = Concern> {
    Concerns::from_bits(bits).each()
}

fn in_words(bits: u8) -> String {
    let words: Vec<String> = concerns(bits).map(|concern| concern.to_string()).collect();
    if words.is_empty() { "none are reported".into() } else { words.join("; ") }
}

const fn level(level: Option<Level>) -> &'static str {
    match level {
        None => "none known",
        Some(Level::Certified) => "without a level",
        Some(Level::L1) => "L1",
        Some(Level::L1Plus) => "L1+",
        Some(Level::L2) => "L2",
        Some(Level::L2Plus) => "L2+",
        Some(Level::L3) => "L3",
        Some(Level::L3Plus) => "L3+",
    }
}

/// As WebAuthn writes it (L3, 8).
const fn format(format: Format) -> &'static str {
    match format {
        Format::Packed => "packed",
        Format::Tpm => "tpm",
        Format::AndroidKey => "android-key",
        Format::Apple => "apple",
        Format::FidoU2f => "fido-u2f",
        Format::None => "none",
        Format::Compound => "compound",
    }
}

const fn class(class: Class) -> &'static str {
    match class {
        Class::None => "nothing behind it",
        Class::SelfMade => "made by its own key",
        Class::Certified => "with a certificate",
    }
}

const fn assurance(assurance: Assurance) -> &'static str {
    match assurance {
        Assurance::Certified => "certified",
        Assurance::Attested => "attested",
        Assurance::Any => "any",
    }
}

/// As metadata write it (RFC 9562, 4).
fn uuid(aaguid: &Aaguid) -> String {
    let hex = aaguid.to_string();
    let part = |from: usize, to: usize| hex.get(from..to).unwrap_or_default();
    [part(0, 8), part(8, 12), part(12, 16), part(16, 20), part(20, 32)].join("-")
}

#[cfg(test)]
mod tests {
    use countersign_protocol::admin::{Awaits, Listed};
    use countersign_protocol::attestation::Attestation;
    use countersign_protocol::change::Standing;
    use countersign_protocol::{Bounded, Name, OfficerId, Sequence, SlotId};

    use super::*;

    fn with_device<T>(does: impl FnOnce(&DeviceAnswer<'_>) -> T) -> T {
        let enrolled = Changed {
            index: 7,
            standing: Standing::Pending,
            cause: Cause::Enrolled,
            utc_lo_ms: 951_868_799_999,
        };
        let confirmed = Changed { cause: Cause::Ordered(OfficerId(1)), index: 8, ..enrolled };
        let mut room = [0; 128];
        does(&DeviceAnswer {
            listed: Listed {
                slot: SlotId(2),
                name: Name::new("phone").unwrap(),
                signer: Name::new("dr-example").unwrap(),
                standing: Standing::Pending,
                awaits: Some(Awaits::Vouch),
            },
            credential: Bounded::new(&[0xff; 3]).unwrap(),
            algorithm: -49,
            sign_count: 5,
            backup_eligible: false,
            attestation: Attestation {
                aaguid: Aaguid([0xab; 16]),
                format: Format::AndroidKey,
                class: Class::Certified,
                assurance: Assurance::Certified,
                certification: Some(Level::L1Plus),
                chain: Sequence::EMPTY,
            },
            model: Some(Name::new("A Model").unwrap()),
            certification: None,
            concerns: Concerns::of(&[Concern::Revoked, Concern::UpdateAvailable]).bits(),
            history: Sequence::from_values(&[enrolled, confirmed], &mut room).unwrap(),
        })
    }

    #[test]
    fn what_is_known_is_said_in_words() {
        let text = with_device(text);
        for says in [
            "pending: waits for another device",
            "AAGUID        abababab-abab-abab-abab-abababababab",
            "L1+ when it was enrolled; none known now",
            "it is revoked; there is an update for it",
            "android-key, with a certificate; its ticket asked for: certified",
            "ML-DSA-65 (-49)",
            "cannot be copied",
            "history       2000-02-29 23:59:59 UTC  pending: it was enrolled (record 7)",
            "\n              2000-02-29 23:59:59 UTC  pending: officer 1 ordered it (record 8)",
        ] {
            assert!(text.contains(says), "{says}: {text}");
        }
    }

    #[test]
    fn programs_read_the_same() {
        let json = with_device(json);
        assert_eq!((&json["awaits"], &json["credential"]), (&json!("vouch"), &json!("____")));
        assert_eq!(json["attestation"]["certification"], "L1+");
        assert_eq!(
            (&json["certification"], &json["concerns"][0]),
            (&Value::Null, &json!("it is revoked"))
        );
        assert_eq!(json["history"][1]["record"], 8);
    }
}
