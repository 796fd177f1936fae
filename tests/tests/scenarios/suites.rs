//! Each suite: what it signs, and what it does not.

use countersign_core::Reason;
use countersign_protocol::Suite;
use countersign_protocol::limits::{DTBSR_BYTES_MAX, ITEMS_MAX};
use countersign_tests::case::Case;
use countersign_tests::draft::ItemDraft;

use crate::table::scenarios;

/// What is asked for is refused before anybody approves.
async fn unprepared(case: &Case<'_>, reason: Reason) {
    let outcome = case.ask(&case.prepare.frame()).await;
    case.expect_refused(&case.people.front_end, &outcome, reason).await;
}

/// A DTBS/R of each of these lengths, as the second item.
async fn refused_lengths(case: &mut Case<'_>, lengths: &[usize]) {
    for length in lengths {
        case.prepare.items[1].dtbsr = vec![2; *length];
        unprepared(case, Reason::DtbsrLength).await;
    }
}

/// One document is signed, two, and as many as one approval may cover.
async fn one_or_all(case: Case<'_>, suite: Suite) {
    let mut case = case.with_suite(suite).await;
    case.signed().await;
    case.prepare.items.truncate(1);
    case.signed().await;
    case.prepare.items = (0..=u8::MAX).take(ITEMS_MAX).map(|n| ItemDraft::of(suite, n)).collect();
    case.signed().await;
}

/// A key for one suite is asked for the other.
async fn mistaken(case: Case<'_>, made_for: Suite, asked: Suite) {
    let mut case = case.with_suite(made_for).await;
    case.prepare.suite = asked;
    case.prepare.items = vec![ItemDraft::of(asked, 1)];
    unprepared(&case, Reason::SuiteNotAllowed).await;
}

scenarios! {
    esp256_signs_one_item_or_a_whole_batch(case) {
        one_or_all(case, Suite::Esp256).await;
    }

    esp384_signs_one_item_or_a_whole_batch(case) {
        one_or_all(case, Suite::Esp384).await;
    }

    ed25519_signs_one_item_or_a_whole_batch(case) {
        one_or_all(case, Suite::Ed25519).await;
    }

    ps256_signs_one_item_or_a_whole_batch(case) {
        one_or_all(case, Suite::Ps256).await;
    }

    rs256_signs_one_item_or_a_whole_batch(case) {
        one_or_all(case, Suite::Rs256).await;
    }

    ed25519_signs_the_shortest_and_the_longest_message(case) {
        let mut case = case.with_suite(Suite::Ed25519).await;
        case.prepare.items[0].dtbsr = vec![7];
        case.prepare.items[1].dtbsr = vec![7; DTBSR_BYTES_MAX];
        case.signed().await;
    }

    ed25519_signs_no_empty_message(case) {
        let mut case = case.with_suite(Suite::Ed25519).await;
        refused_lengths(&mut case, &[0]).await;
    }

    esp256_takes_its_digest_only(case) {
        let mut case = case.with_suite(Suite::Esp256).await;
        refused_lengths(&mut case, &[0, 20, 31, 33, 48, 64, DTBSR_BYTES_MAX]).await;
    }

    esp384_takes_its_digest_only(case) {
        let mut case = case.with_suite(Suite::Esp384).await;
        refused_lengths(&mut case, &[0, 32, 47, 49, 64]).await;
    }

    ps256_takes_its_digest_only(case) {
        let mut case = case.with_suite(Suite::Ps256).await;
        refused_lengths(&mut case, &[0, 20, 31, 33, 48, 64]).await;
    }

    /// Not a DigestInfo either: the appliance makes it.
    rs256_takes_its_digest_only(case) {
        let mut case = case.with_suite(Suite::Rs256).await;
        refused_lengths(&mut case, &[0, 20, 31, 33, 48, 51, 64]).await;
    }

    /// RSA keys all look alike: what they were made for is on record.
    a_key_signs_with_its_own_suite_only(case) {
        mistaken(case, Suite::Ps256, Suite::Rs256).await;
    }

    an_ecdsa_key_does_not_sign_messages(case) {
        mistaken(case, Suite::Esp256, Suite::Ed25519).await;
    }
}
