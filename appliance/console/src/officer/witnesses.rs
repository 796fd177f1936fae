//! How the witnesses of the ledger stand, in `status`.

use std::time::{SystemTime, UNIX_EPOCH};

use countersign_protocol::admin::{WitnessStanding, WitnessStandings};
use serde_json::{Value, json};

/// A line for each.
pub(super) fn text(witnesses: Option<&WitnessStandings<'_>>) -> String {
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    let lines: Vec<_> =
        witnesses.iter().flat_map(|all| all.iter()).map(|one| line(&one, now_s)).collect();
    if lines.is_empty() { "none is asked".to_owned() } else { lines.join("\n              ") }
}

fn line(one: &WitnessStanding<'_>, now_s: u64) -> String {
    let name = one.name;
    match (one.size, one.time_s) {
        (Some(size), Some(time_s)) => {
            format!("{name} has cosigned {size} records, {} s ago", now_s.saturating_sub(time_s))
        }
        (Some(size), None) => format!("{name} says that it has cosigned {size} records"),
        (None, _) => format!("{name} has not answered yet"),
    }
}

pub(super) fn json(witnesses: Option<&WitnessStandings<'_>>) -> Value {
    let all = witnesses.iter().flat_map(|all| all.iter());
    all.map(|one| json!({ "name": one.name.as_str(), "size": one.size, "cosignedAtS": one.time_s }))
        .collect()
}

#[cfg(test)]
mod tests {
    use countersign_protocol::Origin;

    use super::*;

    #[test]
    fn a_witness_says_how_much_and_how_long_ago() {
        let one = |size, time_s| {
            let name = Origin::new("witness.example/w1").unwrap();
            line(&WitnessStanding { name, size, time_s }, 1_000)
        };
        assert_eq!(
            one(Some(14), Some(988)),
            "witness.example/w1 has cosigned 14 records, 12 s ago"
        );
        assert_eq!(
            one(Some(14), Some(1_001)),
            "witness.example/w1 has cosigned 14 records, 0 s ago"
        );
        assert_eq!(one(Some(14), None), "witness.example/w1 says that it has cosigned 14 records");
        assert_eq!(one(None, None), "witness.example/w1 has not answered yet");
    }
}
