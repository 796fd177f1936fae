//! Limits of what enrolment added: devices, tickets, vouching, models, and the orders about them.

use super::{Limit, bounded, exactly, integer, limit, list, text};
use crate::tree::Node::{Negative, Unsigned};

const U8_MAX: u64 = u8::MAX as u64;
const U32_MAX: u64 = u32::MAX as u64;

/// Limits that `countersign.cddl` says as the code does.
pub fn in_cddl() -> Vec<Limit> {
    [lists(), bytes(), exact_bytes(), texts(), integers(), choices()]
        .into_iter()
        .flatten()
        .collect()
}

fn lists() -> Vec<Limit> {
    vec![
        list("ticket", &[6], 0..=64),
        list("enrolled", &[1, 0, 1], 0..=16),
        list("device", &[9, 5], 0..=32),
        list("model", &[2], 0..=256),
        list("model_revoked", &[5], 0..=512),
        list("answer_devices", &[1, 0], 0..=64),
        list("answer_device", &[1, 5, 5], 0..=32),
        list("answer_device", &[1, 9], 0..=32),
    ]
}

fn bytes() -> Vec<Limit> {
    vec![
        bounded("enrol", &[1, 1], 16_384),
        bounded("enrol", &[1, 2], 2_048),
        bounded("vouch", &[1, 1, 1], 1_024),
        bounded("vouch", &[1, 1, 2], 2_048),
        bounded("vouch", &[1, 1, 3], 4_627),
        bounded("enrolled", &[1, 0, 0], 256),
        bounded("enrolled", &[1, 0, 1, 0], 1_023),
        bounded("device", &[3], 1_023),
        bounded("device", &[4], 2_700),
        bounded("enrolment_content", &[0, 3], 1_023),
        bounded("enrolment_content", &[0, 4], 2_700),
        bounded("enrolment_content", &[2], 16_384),
        bounded("enrolment_content", &[3], 2_048),
        bounded("enrolment_content", &[4], 2_048),
        bounded("vouch_content", &[1], 256),
        bounded("vouch_content", &[3], 2_700),
        bounded("vouch_content", &[5, 1], 1_024),
        bounded("vouch_content", &[5, 2], 2_048),
        bounded("vouch_content", &[5, 3], 4_627),
        bounded("trust", &[1], 8_192),
        bounded("model", &[2, 0], 8_192),
        bounded("model_revoked", &[5, 0], 8_192),
        bounded("order_trust", &[1, 1], 8_192),
        bounded("order_metadata_import", &[1, 0], 16_777_216),
        bounded("answer_ticket_issued", &[1, 1], 2_048),
        bounded("answer_device", &[1, 1], 1_023),
    ]
}

fn exact_bytes() -> Vec<Limit> {
    vec![
        exactly("ticket", &[1], 16),
        exactly("ticket", &[3], 32),
        exactly("ticket", &[6, 0], 16),
        exactly("addition", &[1], 16),
        exactly("addition", &[3], 32),
        exactly("addition", &[5], 32),
        exactly("enrol", &[1, 0], 32),
        exactly("vouch", &[1, 0], 32),
        exactly("refusal_content_ticket", &[9], 32),
        exactly("device", &[8], 32),
        exactly("device", &[9, 0], 16),
        exactly("device", &[9, 5, 0], 32),
        exactly("confirmation_content", &[1], 10),
        exactly("model", &[0], 16),
        exactly("metadata", &[1], 32),
        exactly("order_device_confirm", &[1, 1], 10),
    ]
}

fn texts() -> Vec<Limit> {
    vec![
        text("ticket", &[5], 64),
        text("ticket", &[7], 272),
        text("device", &[2], 64),
        text("model", &[1], 64),
        text("trust_metadata", &[0, 1, 0], 272),
        text("order_ticket_issue", &[1, 0], 64),
        text("order_ticket_issue", &[1, 1], 64),
        text("order_device_confirm", &[1, 0], 64),
        text("order_devices_lost", &[1, 0], 64),
        text("order_device_show", &[1, 0], 64),
        text("order_trust_metadata", &[1, 0, 1, 0], 272),
        text("answer_devices", &[1, 0, 0, 1], 64),
        text("answer_devices", &[1, 0, 0, 2], 64),
        text("answer_device", &[1, 0, 1], 64),
        text("answer_device", &[1, 6], 64),
    ]
}

fn integers() -> Vec<Limit> {
    let four_bytes = |name, path| integer(name, path, 0..=U32_MAX);
    vec![
        integer("vouch", &[1, 1, 0], 0..=U8_MAX),
        four_bytes("device", &[0]),
        four_bytes("device", &[6]),
        four_bytes("device", &[10, 1, 0]),
        four_bytes("device_lost", &[10, 1, 0]),
        four_bytes("device_of_bad_model", &[10, 1, 0]),
        four_bytes("enrolment_content", &[1]),
        four_bytes("vouch_content", &[0]),
        four_bytes("vouch_content", &[2]),
        four_bytes("vouch_content", &[4]),
        four_bytes("confirmation_content", &[0]),
        four_bytes("confirmation_content", &[2]),
        integer("model", &[4], 0..=U8_MAX),
        four_bytes("metadata", &[0]),
        four_bytes("metadata", &[2]),
        four_bytes("order_device_list", &[1, 0]),
        four_bytes("answer_status", &[1, 10, 0]),
        four_bytes("answer_status", &[1, 10, 1]),
        four_bytes("answer_status", &[1, 10, 2]),
        four_bytes("answer_devices", &[1, 0, 0, 0]),
        four_bytes("answer_device", &[1, 3]),
        integer("answer_device", &[1, 8], 0..=U8_MAX),
        four_bytes("answer_imported", &[1, 1]),
        four_bytes("answer_imported", &[1, 2]),
        // COSE numbers are signed.
        limit(
            "answer_device",
            &[1, 2],
            vec![Unsigned(0x7fff_ffff), Negative(0x7fff_ffff)],
            vec![Unsigned(0x8000_0000), Negative(0x8000_0000)],
        ),
    ]
}

fn choices() -> Vec<Limit> {
    vec![
        integer("ticket", &[0], 1..=1),
        integer("ticket", &[8], 1..=2),
        integer("ticket", &[9], 1..=3),
        integer("addition", &[0], 1..=1),
        integer("device", &[7], 1..=4),
        integer("device", &[9, 1], 1..=7),
        integer("device", &[9, 2], 1..=3),
        integer("device", &[9, 3], 1..=3),
        integer("device", &[9, 4], 1..=7),
        // Causes with a number behind them, and without.
        limit(
            "device",
            &[10, 0],
            [2, 3, 5].map(Unsigned).into(),
            [0, 1, 4, 6].map(Unsigned).into(),
        ),
        limit(
            "device_cloned",
            &[10, 0],
            [1, 4].map(Unsigned).into(),
            [0, 2, 3, 5, 6].map(Unsigned).into(),
        ),
        limit("trust", &[0, 0], vec![Unsigned(1)], [0, 2, 3].map(Unsigned).into()),
        limit("trust_metadata", &[0, 0], vec![Unsigned(2)], [0, 1, 3].map(Unsigned).into()),
        integer("model", &[3], 1..=7),
        integer("order_ticket_issue", &[1, 2], 1..=3),
        integer("answer_devices", &[1, 0, 0, 3], 1..=4),
        integer("answer_devices", &[1, 0, 1, 4], 1..=2),
        integer("answer_device", &[1, 7], 1..=7),
        integer("answer_device", &[1, 9, 0, 1], 1..=4),
    ]
}
