//! The answers, in the order of the specification.

use countersign_tlog::Path;
use countersign_witness::{Answer, BadLogs, Logs};

use crate::desk::Desk;
use crate::log::{Draft, Log, ORIGIN};

/// What a good request from 5 to 9 hears with one thing changed; the witness is none the wiser.
fn heard(change: impl Fn(&Log, &mut Draft)) -> Answer {
    let log = Log::honest();
    let mut desk = Desk::at(&[5]);
    let before = desk.medium.text();
    let mut draft = log.request(5, 9);
    change(&log, &mut draft);
    let answer = desk.ask(&draft.body());
    if !matches!(answer, Answer::Cosigned(_)) {
        assert_eq!(desk.medium.text(), before, "nothing is remembered of what is refused");
        desk.expect_cosigned(&log, 5, 9);
    }
    answer
}

#[test]
fn what_only_grows_is_cosigned() {
    Desk::at(&[1, 2, 3, 7, 8, 255, 256, 300]);
    Desk::at(&[0, 0, 4]);
    assert!(matches!(heard(|_, _| ()), Answer::Cosigned(_)));
}

#[test]
fn the_same_checkpoint_is_cosigned_again_at_its_own_time() {
    let (mut desk, log) = (Desk::at(&[7]), Log::honest());
    for time_s in [1_800_000_000, 1_800_000_001] {
        desk.hand.time_s.set(time_s);
        assert_eq!(desk.expect_cosigned(&log, 7, 7), time_s);
    }
}

#[test]
fn what_is_no_request_is_400() {
    for change in [
        |draft: &mut Draft| draft.text = draft.text.replacen("\n9\n", "\n09\n", 1),
        |draft: &mut Draft| draft.text.push_str("an extension\n"),
        |draft: &mut Draft| draft.lines.clear(),
        |draft: &mut Draft| draft.lines = draft.lines.replacen('\u{2014}', "-", 1),
    ] {
        assert_eq!(heard(|_, draft| change(draft)), Answer::Malformed);
    }
    let mut body = Log::honest().request(5, 9).body();
    body[0] = 0xff;
    assert_eq!(Desk::at(&[5]).ask(&body), Answer::Malformed, "not UTF-8");
}

#[test]
fn an_old_size_above_the_new_one_is_400() {
    assert_eq!(heard(|_, draft| draft.old_size = 10), Answer::Malformed);
}

#[test]
fn an_unknown_log_is_404() {
    let renamed = |log: &Log, draft: &mut Draft| {
        draft.text = draft.text.replacen(ORIGIN, "log.example/two", 1);
        draft.lines = log.line("log.example/two", &draft.text);
    };
    assert_eq!(heard(renamed), Answer::UnknownLog);
}

#[test]
fn a_signature_of_nobody_who_is_trusted_is_403() {
    let other = Log::new(2, u64::MAX);
    let by_another = |_: &Log, draft: &mut Draft| draft.lines = other.line(ORIGIN, &draft.text);
    assert_eq!(heard(by_another), Answer::BadSignature);
    let of_another_text = |log: &Log, draft: &mut Draft| {
        draft.lines = log.line(ORIGIN, &log.text(8));
    };
    assert_eq!(heard(of_another_text), Answer::BadSignature);
    let of_another_name = |log: &Log, draft: &mut Draft| {
        draft.lines = log.line("log.example/two", &draft.text);
    };
    assert_eq!(heard(of_another_name), Answer::BadSignature);
}

#[test]
fn signatures_of_unknown_keys_are_ignored() {
    let other = Log::new(2, u64::MAX);
    for name in [ORIGIN, "somebody.example"] {
        let with_another = |_: &Log, draft: &mut Draft| {
            draft.lines = format!("{}{}", other.line(name, "x\n"), draft.lines);
        };
        assert!(matches!(heard(with_another), Answer::Cosigned(_)));
    }
}

#[test]
fn a_log_may_have_two_keys_and_a_bad_signature_of_either_spoils_the_note() {
    let (log, other) = (Log::honest(), Log::new(2, u64::MAX));
    let ask = |lines: &str| {
        let mut draft = log.request(0, 9);
        draft.lines = lines.to_owned();
        Desk::of(&[log.vkey(), other.vkey()]).ask(&draft.body())
    };
    let text = log.text(9);
    let (first, second) = (log.line(ORIGIN, &text), other.line(ORIGIN, &text));
    let spoilt = other.line(ORIGIN, &log.text(8));
    assert!(matches!(ask(&first), Answer::Cosigned(_)));
    assert!(matches!(ask(&second), Answer::Cosigned(_)));
    assert!(matches!(ask(&format!("{first}{second}")), Answer::Cosigned(_)));
    assert_eq!(ask(&format!("{first}{spoilt}")), Answer::BadSignature);
}

#[test]
fn an_old_size_that_is_not_the_last_one_is_409_with_that() {
    for old_size in [0, 4, 6, 9] {
        let log = Log::honest();
        let other = |_: &Log, draft: &mut Draft| *draft = log.request(old_size, 9);
        assert_eq!(heard(other), Answer::Conflict(5));
    }
    let answer = Answer::Conflict(5);
    assert_eq!((answer.status(), answer.content_type()), (409, "text/x.tlog.size"));
    assert_eq!(answer.body(), "5\n");
}

#[test]
fn another_root_of_the_same_size_is_409() {
    let (mut desk, fork) = (Desk::at(&[9]), Log::new(1, 8));
    assert_eq!(desk.ask(&fork.request(9, 9).body()), Answer::Conflict(9));
    let (mut desk, log) = (Desk::at(&[]), Log::honest());
    let mut draft = log.request(0, 0);
    draft.text = draft.text.replacen("47DE", "57DE", 1);
    draft.lines = log.line(ORIGIN, &draft.text);
    assert_eq!(desk.ask(&draft.body()), Answer::Conflict(0), "an empty tree has one root");
}

#[test]
fn a_smaller_tree_is_never_cosigned_again() {
    let (mut desk, log) = (Desk::at(&[9]), Log::honest());
    for old in [0, 3, 5] {
        assert_eq!(desk.ask(&log.request(old, 5).body()), Answer::Conflict(9));
    }
    assert_eq!(desk.ask(&log.request(9, 5).body()), Answer::Malformed);
}

#[test]
fn a_proof_with_anything_changed_is_422() {
    for change in [
        |path: &mut Path| path[0][0] ^= 1,
        |path: &mut Path| path.truncate(path.len() - 1),
        |path: &mut Path| path.push([7; 32]).unwrap(),
        |path: &mut Path| path.clear(),
        |path: &mut Path| path.swap(0, 1),
    ] {
        assert_eq!(heard(|_, draft| change(&mut draft.path)), Answer::BadProof);
    }
}

#[test]
fn a_proof_where_there_is_nothing_to_prove_is_422() {
    let log = Log::honest();
    for (sizes, old, new) in [(&[][..], 0, 9), (&[9][..], 9, 9)] {
        let mut draft = log.request(old, new);
        draft.path.push([7; 32]).unwrap();
        assert_eq!(Desk::at(sizes).ask(&draft.body()), Answer::BadProof);
    }
}

#[test]
fn a_fork_is_422_whatever_it_proves() {
    // From leaf 3 on it is another log, though it has the same key.
    let fork = Log::new(1, 3);
    assert_eq!(Desk::at(&[5]).ask(&fork.request(5, 9).body()), Answer::BadProof);
    let (log, mut desk) = (Log::honest(), Desk::at(&[5]));
    let mut draft = fork.request(5, 9);
    draft.path = log.request(5, 9).path;
    assert_eq!(desk.ask(&draft.body()), Answer::BadProof);
    // A fork after what was cosigned cannot be told from the log, but then the log is the fork.
    let late = Log::new(1, 6);
    assert!(matches!(desk.ask(&late.request(5, 9).body()), Answer::Cosigned(_)));
    assert_eq!(desk.ask(&log.request(9, 12).body()), Answer::BadProof);
}

#[test]
fn logs_have_keys_that_can_be_verified_each_once() {
    let key = Log::honest().vkey();
    let bad = |keys: &[&str]| {
        Logs::new(&keys.iter().map(|key| (*key).to_owned()).collect::<Vec<_>>()).unwrap_err()
    };
    assert_eq!(bad(&[&key, &key]), BadLogs::Twice(key.clone()));
    let other_id = key.replacen('+', "+0", 1);
    assert_eq!(bad(&[&other_id]), BadLogs::NotAKey(other_id.clone()));
    let ecdsa = "rekor.sigstore.dev+c0d23d6a+AjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABNhtmPtrWm3U1eQXBogSMdGvXwBcK5AW5i0hrZLOC96l+smGNM7nwZ4QvFK/4sueRoVj//QP22Ni4Qt9DPfkWLc=";
    assert_eq!(bad(&[ecdsa]), BadLogs::Kind(ecdsa.to_owned()));
}
