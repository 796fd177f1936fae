//! The cases.

/// A line of the tree, and what is not allowed to stand in its place.
pub struct Changed {
    pub name: &'static str,
    pub package: &'static str,
    pub file: &'static str,
    pub line: &'static str,
    pub instead: &'static str,
    pub error: &'static str,
}

/// A line that somebody outside the core might write, and the nearest one that is allowed.
pub struct Added {
    pub name: &'static str,
    pub package: &'static str,
    pub file: &'static str,
    pub line: &'static str,
    pub twin: &'static str,
    pub error: &'static str,
}

const CORE: &str = "countersign-core";
const PATH: &str = "appliance/core/src/pipeline.rs";
const STAGES: &str = "appliance/core/src/stage.rs";
const CANDIDATES: &str = "appliance/core/src/stage/candidates.rs";
const APPROVALS: &str = "appliance/core/src/stage/approvals.rs";
const ASSERTION: &str = "appliance/core/src/assertion.rs";
const POLICY: &str = "appliance/core/src/policy.rs";
const QUORUM: &str = "appliance/core/src/policy/quorum.rs";
const TOKEN: &str = "countersign-token";
const DOORS: &str = "appliance/token/src/doors.rs";
/// A crate beside the core.
const LEDGER: &str = "countersign-ledger";
const OUTSIDE: &str = "appliance/ledger/src/lib.rs";

const fn stage(name: &'static str, line: &'static str, error: &'static str) -> Changed {
    check(name, PATH, line, error)
}

const fn check(
    name: &'static str,
    file: &'static str,
    line: &'static str,
    error: &'static str,
) -> Changed {
    Changed { name, package: CORE, file, line, instead: "", error }
}

const fn outside(
    name: &'static str,
    line: &'static str,
    twin: &'static str,
    error: &'static str,
) -> Added {
    Added { name, package: LEDGER, file: OUTSIDE, line, twin, error }
}

#[rustfmt::skip]
pub const CHANGED: &[Changed] = &[
    stage("bind skipped", ".bind(p.state())", "no method named `find_transaction` found"),
    stage("find_transaction skipped", ".find_transaction(p.state(), p.crypto())", "no method named `find_device` found"),
    stage("find_device skipped", ".find_device(p.state())", "no method named `verify` found"),
    stage("verify skipped", ".verify(p.state(), p.crypto())", "no method named `evaluate` found"),
    stage("evaluate skipped", ".evaluate(p.state())", "`Asserted<'_>` is not an iterator"),
    stage("fold skipped", ".fold()?", "no method named `reserve` found"),
    stage("reserve skipped", ".reserve(p.ledger())\n        .await?", "no method named `sign` found"),
    stage("sign skipped", ".sign(p.token(), p.crypto(), tray)\n        .await?", "no method named `record` found"),
    stage("record skipped", ".record(p.ledger())\n        .await", "found `Signed<"),
    check("an assertion's check uncomputed", ASSERTION,
        "rp_id_hash: auth.rp_id_hash.ct_eq(&expected.rp_id_hash.0),", "missing field `rp_id_hash`"),
    check("an assertion's check unfolded", ASSERTION,
        ".require(rp_id_hash, Reason::RpIdHashDiffers)", "unused variable: `rp_id_hash`"),
    Changed { name: "an assertion's check left out of the fold", package: CORE, file: ASSERTION,
        line: "            not_late,\n        } = self;", instead: "        } = self;",
        error: "pattern does not mention field `not_late`" },
    check("a transaction's check unfolded", STAGES,
        ".require(unspent, Reason::TransactionSpent)", "unused variable: `unspent`"),
    check("a transaction's check uncomputed", STAGES,
        "unspent: choice(!transaction.spent),", "missing field `unspent`"),
    check("a policy's rule unfolded", POLICY,
        "(Rule::Validity, rules::validity::holds(rules, now)),", "function `holds` is never used"),
    check("a request's check unfolded", POLICY,
        ".require(active, Reason::KeyInactive)", "unused variable: `active`"),
    check("a request's check uncomputed", POLICY,
        "active: is_active(key.standing),", "missing field `active`"),
    check("a device's check unfolded", CANDIDATES,
        ".require(not_locked_out, Reason::DeviceLockedOut)", "unused variable: `not_locked_out`"),
    check("a quorum's rule unfolded", QUORUM,
        ".require(distinct, Reason::ApproverTwice)", "unused variable: `distinct`"),
    check("a policy's rule on approvers unfolded", POLICY,
        "(Rule::Initiator, rules::initiator::holds(rules, initiator, by)),", "function `holds` is never used"),
    check("the policy's verdict dropped", APPROVALS,
        ".and(policy::judge_approvers(&key.approvers, rules, initiator, &approvers))", "unused variable: `approvers`"),
    Changed { name: "the appliance's checkpoint key for a signer", package: TOKEN, file: DOORS,
        line: "RoleHandle::<Signer>::of(seat, id)?", instead: "RoleHandle::<Checkpoint>::of(seat, CheckpointSuite(id.suite))?",
        error: "mismatched types" },
    Changed { name: "the appliance's secret for a signer", package: TOKEN, file: DOORS,
        line: "RoleHandle::<Signer>::of(seat, id)?", instead: "RoleHandle::<Prf>::of(seat, Own)?",
        error: "mismatched types" },
    Changed { name: "a signer's key for a checkpoint", package: TOKEN, file: DOORS,
        line: "RoleHandle::<Checkpoint>::of(seat, CheckpointSuite(message.suite()))?;\n    c_sign(seat, &key, message)",
        instead: "RoleHandle::<Signer>::of(seat, crate::role::SignerKey { id: countersign_protocol::KeyId([0; 16]), suite: countersign_protocol::Suite::Esp256 })?;\n    c_sign(seat, &key, message)",
        error: "mismatched types" },
    Changed { name: "the root of a vault epoch for a signer", package: TOKEN, file: DOORS,
        line: "RoleHandle::<Signer>::of(seat, id)?", instead: "RoleHandle::<Vault>::of(seat, VaultEpoch::new(1))?",
        error: "mismatched types" },
    Changed { name: "the appliance's secret for the vault", package: TOKEN, file: DOORS,
        line: "RoleHandle::<Vault>::find(seat, purpose.epoch)?", instead: "RoleHandle::<Prf>::of(seat, Own)?",
        error: "mismatched types" },
    Changed { name: "a signer's key for the vault", package: TOKEN, file: DOORS,
        line: "RoleHandle::<Vault>::find(seat, purpose.epoch)?",
        instead: "RoleHandle::<Signer>::of(seat, crate::role::SignerKey { id: countersign_protocol::KeyId([0; 16]), suite: countersign_protocol::Suite::Esp256 })?",
        error: "mismatched types" },
];

#[rustfmt::skip]
pub const ADDED: &[Added] = &[
    outside("an order built",
        "pub fn own(evidence: countersign_core::Evidence<'_>) -> countersign_core::SignOrder<'_> { countersign_core::SignOrder { evidence } }",
        "pub fn own(order: countersign_core::SignOrder<'_>) -> countersign_core::SignOrder<'_> { order }",
        "field `evidence` of struct `SignOrder` is private"),
    outside("an order copied",
        "pub fn two(order: countersign_core::SignOrder<'_>) -> usize { order.clone().len() }",
        "pub fn two(order: countersign_core::SignOrder<'_>) -> usize { order.len() }",
        "E0599"),
    outside("an order used twice",
        "pub fn twice(order: countersign_core::SignOrder<'_>) { drop(order.into_messages()); drop(order.into_messages()); }",
        "pub fn twice(order: countersign_core::SignOrder<'_>) { drop(order.into_messages()); }",
        "use of moved value: `order`"),
    outside("a message to the token copied",
        "pub fn again(message: countersign_core::SignMessage<'_>) -> u16 { message.clone().index() }",
        "pub fn again(message: countersign_core::SignMessage<'_>) -> u16 { message.index() }",
        "E0599"),
    outside("a reservation proved without `reserve`",
        "pub fn proof(id: countersign_protocol::TransactionId) -> countersign_core::reserve::Reserved { countersign_core::reserve::Reserved { transaction: id } }",
        "pub fn proof(reserved: countersign_core::reserve::Reserved) -> countersign_core::reserve::Reserved { reserved }",
        "field `transaction` of struct `Reserved` is private"),
    outside("a permission made without the checks",
        "pub fn leave(evidence: countersign_core::Evidence<'_>) -> countersign_core::stage::Permitted<'_> { countersign_core::stage::Permitted { evidence } }",
        "pub fn leave(permitted: countersign_core::stage::Permitted<'_>) -> countersign_core::stage::Permitted<'_> { permitted }",
        "field `evidence` of struct `Permitted` is private"),
    outside("signatures released without a record",
        "pub fn early<T, R>(tray: T, receipt: R) -> countersign_core::Recorded<T, R> { countersign_core::Recorded { tray, receipt } }",
        "pub fn early<T, R>(recorded: countersign_core::Recorded<T, R>) -> countersign_core::Recorded<T, R> { recorded }",
        "of struct `Recorded` are private"),
];
