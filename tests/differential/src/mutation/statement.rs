//! What is said, by assertions and registrations alike: challenge, origin, type, framing, relying party, flags,
//! extensions.

use countersign_device::Approval;

use super::Change::Statement;
use super::Mutation;
use crate::case::Asked;

const fn mutation(name: &'static str, change: fn(&Asked, &mut Approval)) -> Mutation {
    Mutation { name, change: Statement(change) }
}

pub(super) const TABLE: &[Mutation] = &[
    mutation("challenge-other", |asked, approval| {
        approval.challenge_override = Some(asked.challenge.map(|byte| !byte).to_vec());
    }),
    mutation("challenge-short", |asked, approval| {
        approval.challenge_override = Some(asked.challenge[..31].to_vec());
    }),
    mutation("challenge-long", |asked, approval| {
        approval.challenge_override = Some([&asked.challenge[..], &[0]].concat());
    }),
    mutation("challenge-empty", |_, approval| approval.challenge_override = Some(Vec::new())),
    mutation("origin-http", |asked, approval| approval.origin = format!("http://{}", asked.rp_id)),
    mutation("origin-port", |_, approval| approval.origin.push_str(":8443")),
    mutation("origin-default-port", |_, approval| approval.origin.push_str(":443")),
    mutation("origin-sub-domain", |asked, approval| {
        approval.origin = format!("https://login.{}", asked.rp_id);
    }),
    mutation("origin-parent", |asked, approval| {
        let parent = asked.rp_id.split_once('.').map_or("", |(_, parent)| parent);
        approval.origin = format!("https://{parent}");
    }),
    mutation("origin-suffix", |_, approval| approval.origin.push_str(".evil.example")),
    mutation("origin-prefix", |asked, approval| {
        approval.origin = format!("https://evil-{}", asked.rp_id);
    }),
    mutation("origin-upper-case", |asked, approval| {
        approval.origin = format!("https://{}", asked.rp_id.to_uppercase());
    }),
    mutation("origin-scheme-upper-case", |asked, approval| {
        approval.origin = format!("HTTPS://{}", asked.rp_id);
    }),
    mutation("origin-slash", |_, approval| approval.origin.push('/')),
    mutation("origin-path", |_, approval| approval.origin.push_str("/evil")),
    mutation("origin-dot", |_, approval| approval.origin.push('.')),
    mutation("origin-user", |asked, approval| {
        approval.origin = format!("https://{}@evil.example", asked.rp_id);
    }),
    mutation("origin-back-slash", |asked, approval| {
        approval.origin = format!("https://evil.example\\@{}", asked.rp_id);
    }),
    mutation("origin-null", |_, approval| approval.origin = "null".to_owned()),
    mutation("origin-empty", |_, approval| approval.origin.clear()),
    mutation("origin-app", |_, approval| {
        approval.origin = format!("android:apk-key-hash:{}", "A".repeat(43));
    }),
    mutation("type-other-ceremony", |_, approval| {
        let is_assertion = approval.type_ == "webauthn.get";
        approval.type_ = if is_assertion { "webauthn.create" } else { "webauthn.get" }.to_owned();
    }),
    mutation("type-payment", |_, approval| approval.type_ = "payment.get".to_owned()),
    mutation("type-upper-case", |_, approval| approval.type_.make_ascii_uppercase()),
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
    mutation("flag-at", |_, approval| approval.flags.at ^= true),
    mutation("flag-ed", |_, approval| approval.flags.ed = true),
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
