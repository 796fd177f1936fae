//! A record as a line: for people, as JSON, as an event for a collector.

use countersign_protocol::canonical;
use countersign_protocol::record::{Kind, Leaf};
use countersign_tlog::leaf_hash;
use serde_json::{Value, json};

/// What everybody may know of a record.
pub(super) struct Line {
    index: u64,
    /// Whole words with dashes; `unknown` for a leaf of a later version.
    kind: String,
    tenant: Option<u32>,
    severity: u8,
    leaf: String,
}

impl Line {
    pub(super) fn of(index: u64, entry: &[u8]) -> Self {
        let leaf: Option<Leaf<'_>> = canonical::decode(entry).ok();
        Self {
            index,
            kind: leaf.map_or_else(|| "unknown".to_owned(), |leaf| dashed(leaf.kind)),
            tenant: leaf.and_then(|leaf| leaf.tenant).map(|tenant| tenant.0),
            severity: leaf.map_or(5, |leaf| severity(leaf.kind)),
            leaf: hex::encode(leaf_hash(entry)),
        }
    }

    pub(super) fn text(&self) -> String {
        let tenant = self.tenant.map_or_else(String::new, |tenant| format!("  tenant {tenant}"));
        format!("{:>10}  {:14}{tenant}", self.index, self.kind)
    }

    pub(super) fn json(&self) -> Value {
        json!({ "index": self.index, "kind": self.kind, "tenant": self.tenant, "leaf": self.leaf })
    }

    /// Common Event Format: nothing in it needs an escape.
    pub(super) fn cef(&self, log: &str) -> String {
        let Self { index, kind, severity, leaf, .. } = self;
        let tenant =
            self.tenant.map_or_else(String::new, |tenant| format!(" cs2Label=tenant cs2={tenant}"));
        format!(
            "CEF:0|Countersign|countersign|1|{kind}|{kind}|{severity}|externalId={index} \
             dvcext={log} cs1Label=leaf cs1={leaf}{tenant}"
        )
    }
}

/// From 0 to 10.
const fn severity(kind: Kind) -> u8 {
    match kind {
        Kind::Alarm => 10,
        Kind::Refusal | Kind::Refusals => 5,
        _ => 3,
    }
}

/// `FrontEnd` as `front-end`.
pub(crate) fn dashed(kind: Kind) -> String {
    let mut name = String::new();
    for letter in format!("{kind:?}").chars() {
        if letter.is_ascii_uppercase() && !name.is_empty() {
            name.push('-');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEAF: &str = include_str!("../../../../protocol/wire/tests/golden/leaf.hex");

    #[test]
    fn a_record_is_one_line_in_each_format() {
        let digits = LEAF.lines().filter(|line| !line.starts_with('#')).collect::<String>();
        let entry = hex::decode(digits).unwrap();
        let line = Line::of(7, &entry);
        assert_eq!(
            line.text().split_whitespace().collect::<Vec<_>>(),
            ["7", "signature", "tenant", "1"]
        );
        let leaf = hex::encode(leaf_hash(&entry));
        assert_eq!(
            line.cef("countersign/0a"),
            format!(
                "CEF:0|Countersign|countersign|1|signature|signature|3|externalId=7 \
                 dvcext=countersign/0a cs1Label=leaf cs1={leaf} cs2Label=tenant cs2=1"
            )
        );
        assert_eq!(
            line.json(),
            json!({ "index": 7, "kind": "signature", "tenant": 1, "leaf": leaf })
        );
        assert_eq!(Line::of(8, b"later").kind, "unknown");
        assert_eq!(dashed(Kind::FrontEnd), "front-end");
    }
}
