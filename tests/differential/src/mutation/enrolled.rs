//! What an assertion says beside what was enrolled: whether it may be copied, and the count.

use countersign_device::Approval;

use super::Change::Enrolled;
use super::Mutation;
use crate::case;

const fn mutation(name: &'static str, change: fn(&mut case::Enrolled, &mut Approval)) -> Mutation {
    Mutation { name, change: Enrolled(change) }
}

/// Every credential has counted twice at least, so that a lower count is not zero.
pub(super) const TABLE: &[Mutation] = &[
    mutation("no-counter", |enrolled, approval| {
        (enrolled.sign_count, approval.sign_count) = (0, 0);
    }),
    mutation("flag-be-gained", |enrolled, approval| {
        enrolled.backup_eligible = false;
        (approval.flags.be, approval.flags.bs) = (true, false);
    }),
    mutation("flag-be-lost", |enrolled, approval| {
        enrolled.backup_eligible = true;
        (approval.flags.be, approval.flags.bs) = (false, false);
    }),
    mutation("flag-bs-without-be", |enrolled, approval| {
        enrolled.backup_eligible = false;
        (approval.flags.be, approval.flags.bs) = (false, true);
    }),
    mutation("flag-bs-with-be", |enrolled, approval| {
        enrolled.backup_eligible = true;
        (approval.flags.be, approval.flags.bs) = (true, true);
    }),
    mutation("count-equal", |enrolled, approval| approval.sign_count = enrolled.sign_count),
    mutation("count-lower", |enrolled, approval| approval.sign_count = enrolled.sign_count / 2),
    mutation("count-zero", |_, approval| approval.sign_count = 0),
    mutation("count-first", |enrolled, _| enrolled.sign_count = 0),
];
