//! A ledger that is older than what is anchored, and officers who go on with it.

use countersign_protocol::Digest;
use countersign_protocol::admin::{Answer, Locked, Order, Reanchor};
use countersign_protocol::anchor::{Anchor, Reanchoring};

use super::registry::{OLGA, SINCE_MS};
use super::request::APPLIANCE;

const ANCHOR: Anchor = Anchor {
    epoch: 3,
    number: 41,
    nonce: [6; 8],
    size: 20,
    root: Digest([0x20; 32]),
    registry: Digest([0x21; 32]),
    counted: 12,
    floor: 1_000,
    utc_ms: SINCE_MS,
};
const ROOT: Digest = Digest([0x12; 32]);

pub fn reanchoring() -> Reanchoring {
    let (ledger_size, ledger_root) = (12, ROOT);
    Reanchoring {
        ledger_size,
        ledger_root,
        anchor: Some(ANCHOR),
        officer: OLGA,
        utc_lo_ms: SINCE_MS,
    }
}

/// Where the token knew nothing.
pub fn reanchoring_missing() -> Reanchoring {
    Reanchoring { anchor: None, ..reanchoring() }
}

pub fn order_reanchor() -> Order<'static> {
    Order::Reanchor(Reanchor { ledger_size: 12, ledger_root: ROOT, anchor: Some(ANCHOR) })
}

fn locked() -> Locked<'static> {
    Locked {
        appliance: APPLIANCE,
        ledger_size: 12,
        ledger_root: ROOT,
        anchor: Some(ANCHOR),
        why: "the ledger has 12 records and the token knows of 20",
    }
}

pub fn answer_locked() -> Answer<'static> {
    Answer::Locked(locked())
}

/// Where the token knows nothing.
pub fn answer_locked_missing() -> Answer<'static> {
    Answer::Locked(Locked { anchor: None, why: "the token has no anchor", ..locked() })
}
