//! Evidence, checked by both verifiers: a good case, and the same with exactly one thing wrong at a time. They
//! agree on each, and on which link is broken.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "these are tests: what they did not expect must stop them"
)]

mod attested;
mod certified;
mod cosigned;
mod enrolled;
mod keys;
mod lies;
mod rules;
mod story;
mod tickets;
mod told;
mod tree;
mod verifiers;
mod witnessed;

use countersign_verifier::Link;

use lies::{LIES, Lie};
use story::{Files, Story};
use verifiers::{Second, first};

#[test]
fn a_good_case_is_proved_by_both_with_every_suite_and_kind_of_device() {
    let mut second = Second::start();
    for story in Story::all() {
        let files = story.files();
        assert_eq!(first(&files), None, "{}", story.name);
        assert_eq!(second.verify(&files), None, "{}", story.name);
    }
}

#[test]
fn each_lie_breaks_the_same_link_for_both() {
    let mut second = Second::start();
    for Lie { what, link, story, lie } in LIES {
        let files = Files::of(&story(), *lie);
        assert_eq!(first(&files).as_deref(), Some(link.name()), "{what}, the first verifier");
        assert_eq!(second.verify(&files).as_deref(), Some(link.name()), "{what}, the second");
    }
}

#[test]
fn every_link_is_broken_by_a_lie() {
    for link in Link::ALL {
        assert!(LIES.iter().any(|lie| lie.link == link), "no lie breaks {link}");
    }
    assert!(LIES.len() >= 30);
}

/// What is not signed is not in the file: whatever byte is changed, the first link is broken, for both.
#[test]
fn a_file_with_any_byte_changed_is_refused() {
    let good = Story::usual().files();
    let mut second = Second::start();
    for at in 0..good.evidence.len() {
        let mut changed = good.clone();
        changed.evidence[at] ^= 1;
        assert_eq!(first(&changed).as_deref(), Some("envelope"), "byte {at}");
        if at % 16 == 0 {
            assert_eq!(second.verify(&changed).as_deref(), Some("envelope"), "byte {at}");
        }
    }
}

#[test]
fn one_document_of_several_is_proved_by_itself_and_at_its_own_place_only() {
    let story = Story::usual();
    let mut second = Second::start();
    for (place, document) in (1..).zip(&story.documents) {
        let alone = Files { documents: vec![document.clone()], item: Some(place), ..story.files() };
        assert_eq!(first(&alone), None);
        assert_eq!(second.verify(&alone), None);
        let elsewhere = Files { item: Some(place % 2 + 1), ..alone };
        assert_eq!(first(&elsewhere).as_deref(), Some("documents"));
        assert_eq!(second.verify(&elsewhere).as_deref(), Some("documents"));
    }
}
