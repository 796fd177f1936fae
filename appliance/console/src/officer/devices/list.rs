//! `devices list` and `devices pending`: one line for each device, in the order of their enrolment.

use countersign_protocol::SlotId;
use countersign_protocol::admin::{Answer, Awaits, DeviceList, Listed, Order};
use countersign_protocol::change::Standing;
use serde_json::{Value, json};

use super::super::desk::Desk;
use crate::{ConsoleError, Report};

/// A device as it is listed, owned: lists come in pieces.
struct Line {
    slot: SlotId,
    name: String,
    signer: String,
    standing: Standing,
    awaits: Option<Awaits>,
}

/// All devices.
pub(super) async fn all(desk: &Desk) -> Result<Report, ConsoleError> {
    Ok(report(&lines(desk).await?, "no device is enrolled"))
}

/// Those that wait.
pub(super) async fn pending(desk: &Desk) -> Result<Report, ConsoleError> {
    let mut lines = lines(desk).await?;
    lines.retain(|line| line.standing == Standing::Pending);
    Ok(report(&lines, "no device is pending"))
}

async fn lines(desk: &Desk) -> Result<Vec<Line>, ConsoleError> {
    let mut lines: Vec<Line> = Vec::new();
    loop {
        let after = lines.last().map_or(SlotId(0), |line| line.slot);
        let ordered = desk.ask("list devices", &Order::DeviceList(DeviceList { after })).await?;
        let Answer::Devices(some) = ordered.answer()? else {
            return Err(ConsoleError::Unexpected);
        };
        lines.extend(some.devices.iter().map(Line::of));
        // An answer that goes on without going forward would have no end.
        let goes_on = some.devices.iter().last().is_some_and(|last| last.slot > after);
        if !(some.more && goes_on) {
            return Ok(lines);
        }
    }
}

impl Line {
    fn of(listed: Listed<'_>) -> Self {
        let Listed { slot, name, signer, standing, awaits } = listed;
        let (name, signer) = (name.as_str().to_owned(), signer.as_str().to_owned());
        Self { slot, name, signer, standing, awaits }
    }

    fn json(&self) -> Value {
        json!({
            "place": self.slot.0,
            "name": self.name,
            "signer": self.signer,
            "standing": standing(self.standing),
            "awaits": self.awaits.map(awaited),
        })
    }
}

fn report(lines: &[Line], none: &str) -> Report {
    let width = |of: fn(&Line) -> &str| lines.iter().map(|line| of(line).chars().count()).max();
    let names = width(|line| &line.name).unwrap_or_default();
    let signers = width(|line| &line.signer).unwrap_or_default();
    let text = |line: &Line| {
        let Line { name, signer, standing, awaits, .. } = line;
        format!("{name:names$}  of {signer:signers$}  {}", stands(*standing, *awaits))
    };
    let text: Vec<String> = lines.iter().map(text).collect();
    let text = if text.is_empty() { none.to_owned() } else { text.join("\n") };
    let json: Vec<Value> = lines.iter().map(Line::json).collect();
    Report::new(text, json!({ "devices": json }))
}

/// What a device may do; and what a pending one waits for.
pub(super) fn stands(standing: Standing, awaits: Option<Awaits>) -> String {
    let waits = match awaits {
        None => "",
        Some(Awaits::Vouch) => {
            ": waits for another device of its signer that vouches for it, and then for an officer"
        }
        Some(Awaits::Confirmation) => ": waits for an officer who confirms its ten words",
    };
    format!("{}{waits}", self::standing(standing))
}

pub(super) const fn standing(standing: Standing) -> &'static str {
    match standing {
        Standing::Active => "active",
        Standing::Suspended => "suspended",
        Standing::Revoked => "revoked",
        Standing::Pending => "pending",
    }
}

pub(super) const fn awaited(awaits: Awaits) -> &'static str {
    match awaits {
        Awaits::Vouch => "vouch",
        Awaits::Confirmation => "confirmation",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(name: &str, standing: Standing, awaits: Option<Awaits>) -> Line {
        Line { slot: SlotId(1), name: name.into(), signer: "dr".into(), standing, awaits }
    }

    #[test]
    fn lines_are_under_one_another_and_say_what_is_waited_for() {
        let lines = [
            line("key", Standing::Active, None),
            line("phone", Standing::Pending, Some(Awaits::Confirmation)),
        ];
        let report = report(&lines, "none");
        let expected = "key    of dr  active\n\
            phone  of dr  pending: waits for an officer who confirms its ten words";
        assert_eq!(report.text, expected);
        assert_eq!(report.json["devices"][1]["awaits"], "confirmation");
    }

    #[test]
    fn nobody_is_said_so() {
        assert_eq!(report(&[], "no device is pending").text, "no device is pending");
    }
}
