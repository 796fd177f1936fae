//! Which devices approve: of every algorithm, two of one person, cloned ones, ones that fail again and again.

use countersign_core::Reason;
use countersign_device::{Algorithm, Approval, Authenticator, SignatureForm};
use countersign_protocol::Name;
use countersign_protocol::admin::{KeyPolicy, Order, SetStanding};
use countersign_protocol::change::Standing;
use countersign_protocol::limits::LOCKOUT_REFUSED;
use countersign_protocol::policy::Policy;
use countersign_tests::case::{Case, approve};
use countersign_tests::draft::{AssertionDraft, SignDraft};
use countersign_tests::people::policy;

use crate::table::scenarios;

async fn standing(case: &Case<'_>, device: &str, standing: Standing) {
    let name = case.people.name(device);
    let name = Name::new(&name).unwrap();
    case.order(&Order::DeviceStanding(SetStanding { name, standing })).await;
}

/// Alice's key asks each approver for two assertions from now on.
async fn hybrid(case: &Case<'_>) {
    let (name, mut room) = (case.people.name("key"), [0; 8]);
    let policy = Policy { hybrid: true, ..policy(&mut room) };
    case.order(&Order::KeyPolicy(KeyPolicy { name: Name::new(&name).unwrap(), policy })).await;
}

/// Alice's devices approve, one after the other.
async fn by(case: &Case<'_>, devices: &mut [&mut Authenticator]) -> SignDraft {
    let prepared = case.prepared().await;
    let drafts: Vec<AssertionDraft> =
        devices.iter_mut().map(|device| approve(device, &prepared, |_| ())).collect();
    SignDraft::of(&prepared, drafts)
}

/// Her device of this algorithm approves; with a bit of its signature flipped it does not.
async fn of_algorithm(mut case: Case<'_>, algorithm: Algorithm) {
    let mut device = case.device("alice", algorithm).await;
    let draft = by(&case, &mut [&mut device]).await;
    case.expect_signatures(&case.ask(&draft.frame()).await);
    let prepared = case.prepared().await;
    let flipped = |a: &mut Approval| a.signature = SignatureForm::BitFlipped;
    let draft = SignDraft::of(&prepared, vec![approve(&mut device, &prepared, flipped)]);
    case.refused(&draft, Reason::SignatureInvalid).await;
}

scenarios! {
    es384(case) { of_algorithm(case, Algorithm::Es384).await; }
    eddsa(case) { of_algorithm(case, Algorithm::EdDsa).await; }
    rs256_of_2048_bits(case) { of_algorithm(case, Algorithm::Rs256Modulus2048).await; }
    rs256_of_3072_bits(case) { of_algorithm(case, Algorithm::Rs256Modulus3072).await; }
    rs256_of_4096_bits(case) { of_algorithm(case, Algorithm::Rs256Modulus4096).await; }
    ml_dsa_44(case) { of_algorithm(case, Algorithm::MlDsa44).await; }
    ml_dsa_65(case) { of_algorithm(case, Algorithm::MlDsa65).await; }
    ml_dsa_87(case) { of_algorithm(case, Algorithm::MlDsa87).await; }

    /// The enrolled key alone says the algorithm: another one's signature has another length.
    signature_of_another_algorithm(case) {
        let (mut mine, mut other) =
            (case.device("alice", Algorithm::MlDsa44).await, case.device("alice", Algorithm::MlDsa65).await);
        let prepared = case.prepared().await;
        let mut draft = approve(&mut mine, &prepared, |_| ());
        draft.made = approve(&mut other, &prepared, |_| ()).made;
        case.refused(&SignDraft::of(&prepared, vec![draft]), Reason::SignatureEncoding).await;
    }

    classical_and_post_quantum_where_both_are_asked_for(case) {
        let mut lattice = case.device("alice", Algorithm::MlDsa65).await;
        hybrid(&case).await;
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        draft.assertions.push(approve(&mut lattice, &prepared, |_| ()));
        case.expect_signatures(&case.ask(&draft.frame()).await);
    }

    classical_alone_where_both_are_asked_for(case) {
        case.device("alice", Algorithm::MlDsa65).await;
        hybrid(&case).await;
        case.wrong(|_| (), Reason::FamilyMissing).await;
    }

    post_quantum_alone_where_both_are_asked_for(case) {
        let mut lattice = case.device("alice", Algorithm::MlDsa65).await;
        hybrid(&case).await;
        let draft = by(&case, &mut [&mut lattice]).await;
        case.refused(&draft, Reason::FamilyMissing).await;
    }

    two_classical_where_both_are_asked_for(case) {
        let mut second = case.device("alice", Algorithm::EdDsa).await;
        case.device("alice", Algorithm::MlDsa65).await;
        hybrid(&case).await;
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        draft.assertions.push(approve(&mut second, &prepared, |_| ()));
        case.refused(&draft, Reason::ApproverTwice).await;
    }

    a_bad_post_quantum_assertion_beside_a_good_classical_one(case) {
        let mut lattice = case.device("alice", Algorithm::MlDsa65).await;
        hybrid(&case).await;
        let prepared = case.prepared().await;
        let mut draft = case.approved(&prepared, |_| ());
        let flipped = |a: &mut Approval| a.signature = SignatureForm::BitFlipped;
        draft.assertions.push(approve(&mut lattice, &prepared, flipped));
        case.refused(&draft, Reason::SignatureInvalid).await;
    }

    hybrid_key_without_a_post_quantum_device(case) {
        hybrid(&case).await;
        let outcome = case.ask(&case.prepare.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::TooFewDevices).await;
    }

    sign_count_behind_suspends_the_device(case) {
        case.signed().await;
        case.wrong(|a| a.sign_count = 0, Reason::SignCountCloned).await;
        let outcome = case.ask(&case.prepare.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::TooFewDevices).await;
        standing(&case, "alice's phone", Standing::Active).await;
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |a| a.sign_count = 50);
        case.expect_signatures(&case.ask(&draft.frame()).await);
    }

    sign_count_the_same_again_suspends_the_device(case) {
        let (first, second) = (case.prepared().await, case.prepared().await);
        let draft = case.approved(&first, |a| a.sign_count = 41);
        case.expect_signatures(&case.ask(&draft.frame()).await);
        let draft = case.approved(&second, |a| a.sign_count = 41);
        case.refused(&draft, Reason::SignCountCloned).await;
        let outcome = case.ask(&case.prepare.frame()).await;
        case.expect_refused(&case.people.front_end, &outcome, Reason::TooFewDevices).await;
    }

    /// What a clone shows is believed only of one who has the key: anybody could say a count.
    a_forged_count_suspends_nothing(case) {
        case.signed().await;
        let forged = |a: &mut Approval| {
            a.sign_count = 0;
            a.signature = SignatureForm::OtherKey;
        };
        case.wrong(forged, Reason::SignatureInvalid).await;
        let prepared = case.prepared().await;
        let draft = case.approved(&prepared, |a| a.sign_count = 50);
        case.expect_signatures(&case.ask(&draft.frame()).await);
    }

    /// A front-end that holds an honest assertion back and delivers it after a later one.
    an_honest_approval_that_is_held_back_is_late_and_suspends_nothing(case) {
        let (first, second) = (case.prepared().await, case.prepared().await);
        let held_back = case.approved(&first, |_| ());
        let delivered = case.approved(&second, |_| ());
        case.expect_signatures(&case.ask(&delivered.frame()).await);
        case.refused(&held_back, Reason::SignCountLate).await;
        case.signed().await;
    }

    refused_again_and_again_locks_the_device_out(case) {
        let flipped = |a: &mut Approval| a.signature = SignatureForm::BitFlipped;
        for _ in 0..LOCKOUT_REFUSED {
            case.wrong(flipped, Reason::SignatureInvalid).await;
        }
        case.wrong(|_| (), Reason::DeviceLockedOut).await;
    }

    one_refusal_fewer_does_not_lock_out(case) {
        let flipped = |a: &mut Approval| a.signature = SignatureForm::BitFlipped;
        for _ in 1..LOCKOUT_REFUSED {
            case.wrong(flipped, Reason::SignatureInvalid).await;
        }
        case.signed().await;
    }

    no_front_end_locks_out_anothers_signers(case) {
        let flipped = |a: &mut Approval| a.signature = SignatureForm::BitFlipped;
        for _ in 0..LOCKOUT_REFUSED {
            case.wrong(flipped, Reason::SignatureInvalid).await;
        }
        std::mem::swap(&mut case.people.front_end, &mut case.people.other_front_end);
        case.signed().await;
    }
}

/// A restart is everybody's, so these rows have an appliance of their own.
mod ghsa_v9hx_v6vf_g36j {
    use super::*;
    use countersign_tests::engine::{Engine, Kind};

    /// The signCount was not kept. And refused attempts are not forgotten either.
    async fn run(kind: Kind) {
        let engine = Engine::start(kind).await;
        let mut case = Case::begin(&engine).await;
        let mut tablet = case.device("alice", Algorithm::EdDsa).await;
        for _ in 0..LOCKOUT_REFUSED {
            let prepared = case.prepared().await;
            let flipped = |a: &mut Approval| a.signature = SignatureForm::BitFlipped;
            let draft = SignDraft::of(&prepared, vec![approve(&mut tablet, &prepared, flipped)]);
            case.refused(&draft, Reason::SignatureInvalid).await;
        }
        case.signed().await;
        engine.restart().await;
        let draft = by(&case, &mut [&mut tablet]).await;
        case.refused(&draft, Reason::DeviceLockedOut).await;
        case.wrong(|a| a.sign_count = 1, Reason::SignCountCloned).await;
    }

    crate::table::on_every_engine!();
}
