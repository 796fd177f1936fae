//! What is said: challenge, origin, type, framing, relying party, flags, count.

use countersign_device::Approval;

use super::Change::Statement;
use super::Mutation;
use crate::case::Known;

const fn mutation(name: &'static str, change: fn(&mut Known, &mut Approval)) -> Mutation {
    Mutation { name, change: Statement(change) }
}

/// Every case has counted twice at least, so that a lower count is not zero.
pub(super) const TABLE: &[Mutation] = &[
    mutation(super::HONEST, |_, _| {}),
    mutation("no-counter", |known, approval| {
        (known.sign_count, approval.sign_count) = (0, 0);
    }),
    mutation("challenge-other", |known, approval| {
        approval.challenge_override = Some(known.challenge.map(|byte| !byte).to_vec());
    }),
    mutation("challenge-short", |known, approval| {
        approval.challenge_override = Some(known.challenge[..31].to_vec());
    }),
    mutation("challenge-long", |known, approval| {
        approval.challenge_override = Some([&known.challenge[..], &[0]].concat());
    }),
    mutation("challenge-empty", |_, approval| approval.challenge_override = Some(Vec::new())),
    mutation("origin-http", |known, approval| approval.origin = format!("http://{}", known.rp_id)),
    mutation("origin-port", |_, approval| approval.origin.push_str(":8443")),
    mutation("origin-default-port", |_, approval| approval.origin.push_str(":443")),
    mutation("origin-sub-domain", |known, approval| {
        approval.origin = format!("https://login.{}", known.rp_id);
    }),
    mutation("origin-parent", |known, approval| {
        let parent = known.rp_id.split_once('.').map_or("", |(_, parent)| parent);
        approval.origin = format!("https://{parent}");
    }),
    mutation("origin-suffix", |_, approval| approval.origin.push_str(".evil.example")),
    mutation("origin-prefix", |known, approval| {
        approval.origin = format!("https://evil-{}", known.rp_id);
    }),
    mutation("origin-upper-case", |known, approval| {
        approval.origin = format!("https://{}", known.rp_id.to_uppercase());
    }),
    mutation("origin-scheme-upper-case", |known, approval| {
        approval.origin = format!("HTTPS://{}", known.rp_id);
    }),
    mutation("origin-slash", |_, approval| approval.origin.push('/')),
    mutation("origin-path", |_, approval| approval.origin.push_str("/evil")),
    mutation("origin-dot", |_, approval| approval.origin.push('.')),
    mutation("origin-user", |known, approval| {
        approval.origin = format!("https://{}@evil.example", known.rp_id);
    }),
    mutation("origin-back-slash", |known, approval| {
        approval.origin = format!("https://evil.example\\@{}", known.rp_id);
    }),
    mutation("origin-null", |_, approval| approval.origin = "null".to_owned()),
    mutation("origin-empty", |_, approval| approval.origin.clear()),
    mutation("origin-app", |_, approval| {
        approval.origin = format!("android:apk-key-hash:{}", "A".repeat(43));
    }),
    mutation("type-create", |_, approval| approval.type_ = "webauthn.create".to_owned()),
    mutation("type-payment", |_, approval| approval.type_ = "payment.get".to_owned()),
    mutation("type-upper-case", |_, approval| approval.type_ = "WEBAUTHN.GET".to_owned()),
    mutation("type-empty", |_, approval| approval.type_.clear()),
    mutation("cross-origin", |_, approval| approval.cross_origin = true),
    mutation("cross-origin-with-top", |_, approval| {
        approval.cross_origin = true;
        approval.top_origin = Some("https://evil.example".to_owned());
    }),
    mutation("top-origin", |_, approval| {
        approval.top_origin = Some("https://evil.example".to_owned());
    }),
    mutation("top-origin-own", |_, approval| approval.top_origin = Some(approval.origin.clone())),
    mutation("top-origin-empty", |_, approval| approval.top_origin = Some(String::new())),
    mutation("rp-id-other", |_, approval| approval.rp_id = "evil.example".to_owned()),
    mutation("rp-id-sub-domain", |_, approval| approval.rp_id.insert_str(0, "login.")),
    mutation("rp-id-upper-case", |_, approval| approval.rp_id.make_ascii_uppercase()),
    mutation("flag-no-up", |_, approval| approval.flags.up = false),
    mutation("flag-no-uv", |_, approval| approval.flags.uv = false),
    mutation("flag-neither", |_, approval| {
        (approval.flags.up, approval.flags.uv) = (false, false);
    }),
    mutation("flag-be-gained", |known, approval| {
        known.backup_eligible = false;
        (approval.flags.be, approval.flags.bs) = (true, false);
    }),
    mutation("flag-be-lost", |known, approval| {
        known.backup_eligible = true;
        (approval.flags.be, approval.flags.bs) = (false, false);
    }),
    mutation("flag-bs-without-be", |known, approval| {
        known.backup_eligible = false;
        (approval.flags.be, approval.flags.bs) = (false, true);
    }),
    mutation("flag-bs-with-be", |known, approval| {
        known.backup_eligible = true;
        (approval.flags.be, approval.flags.bs) = (true, true);
    }),
    mutation("flag-at", |_, approval| approval.flags.at = true),
    mutation("flag-ed", |_, approval| approval.flags.ed = true),
    mutation("count-equal", |known, approval| approval.sign_count = known.sign_count),
    mutation("count-lower", |known, approval| approval.sign_count = known.sign_count / 2),
    mutation("count-zero", |_, approval| approval.sign_count = 0),
    mutation("count-first", |known, _| known.sign_count = 0),
    mutation("count-highest", |_, approval| approval.sign_count = u32::MAX),
    mutation("extension-bytes", |_, approval| approval.extensions = vec![0xa0]),
    mutation("extension-empty", |_, approval| {
        (approval.flags.ed, approval.extensions) = (true, vec![0xa0]);
    }),
    mutation("extension-unknown", |_, approval| {
        // {"x": true}
        (approval.flags.ed, approval.extensions) = (true, vec![0xa1, 0x61, b'x', 0xf5]);
    }),
    mutation("extension-twice", |_, approval| {
        // {"x": true, "x": false}
        let twice = vec![0xa2, 0x61, b'x', 0xf5, 0x61, b'x', 0xf4];
        (approval.flags.ed, approval.extensions) = (true, twice);
    }),
    mutation("extension-no-map", |_, approval| {
        (approval.flags.ed, approval.extensions) = (true, vec![0x01]);
    }),
    mutation("extension-long-length", |_, approval| {
        // An empty map, its length in two bytes.
        (approval.flags.ed, approval.extensions) = (true, vec![0xb8, 0x00]);
    }),
    mutation("extension-trailing", |_, approval| {
        (approval.flags.ed, approval.extensions) = (true, vec![0xa0, 0x00]);
    }),
    mutation("extension-cut", |_, approval| {
        (approval.flags.ed, approval.extensions) = (true, vec![0xa1, 0x61]);
    }),
];
