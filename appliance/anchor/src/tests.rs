//! The rules, on a token in memory.

use std::cell::{Cell, RefCell};

use countersign_core::port::TokenFault;
use countersign_protocol::Digest;
use countersign_protocol::anchor::Anchor;
use countersign_protocol::limits::ANCHORS_MAX;
use countersign_tlog::{EMPTY_ROOT, Head};

use super::*;

mod counting;

const FAULT: AnchorFault = AnchorFault::Token(TokenFault { function: "C_GenerateKey", code: 5 });

/// What the token does wrong at the next making.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wrong {
    Nothing,
    Fails,
    MadeButFails,
    NotMade,
    Later,
}

/// A token.
struct Memory {
    anchors: RefCell<Vec<Anchor>>,
    given: Cell<u8>,
    wrong: Cell<Wrong>,
    late: Cell<Option<Anchor>>,
    keeps: Cell<bool>,
    /// What somebody else makes at the same moment.
    rival: Cell<Option<Anchor>>,
    counter: Cell<Counted>,
    /// Whether it counts.
    counts: Cell<bool>,
}

impl Memory {
    fn new() -> Self {
        Self {
            anchors: RefCell::default(),
            given: Cell::new(0),
            wrong: Cell::new(Wrong::Nothing),
            late: Cell::new(None),
            keeps: Cell::new(false),
            rival: Cell::new(None),
            counter: Cell::new(Counted::Nothing),
            counts: Cell::new(true),
        }
    }

    /// With a counter that has not begun.
    fn counting() -> Self {
        Self { counter: Cell::new(Counted::Never), ..Self::new() }
    }

    fn copy(&self) -> Vec<Anchor> {
        self.anchors.borrow().clone()
    }

    fn count(&self) -> usize {
        self.anchors.borrow().len()
    }
}

impl Anchors for Memory {
    fn all(&self) -> Result<Vec<Anchor>, AnchorFault> {
        Ok(self.copy())
    }

    fn make(&self, anchor: &Anchor) -> Result<(), AnchorFault> {
        self.anchors.borrow_mut().extend(self.rival.take());
        let wrong = self.wrong.replace(Wrong::Nothing);
        match wrong {
            Wrong::Fails => return Err(FAULT),
            Wrong::NotMade => return Ok(()),
            Wrong::Later => {
                self.late.set(Some(*anchor));
                return Err(FAULT);
            }
            Wrong::Nothing | Wrong::MadeButFails => {}
        }
        if self.anchors.borrow().contains(anchor) {
            return Err(AnchorFault::Exists);
        }
        self.anchors.borrow_mut().push(*anchor);
        if wrong == Wrong::MadeButFails { Err(FAULT) } else { Ok(()) }
    }

    fn destroy(&self, anchor: &Anchor) -> Result<(), AnchorFault> {
        if self.keeps.get() {
            return Err(AnchorFault::NotDestroyed);
        }
        self.anchors.borrow_mut().retain(|kept| kept != anchor);
        Ok(())
    }

    fn nonce(&self) -> Result<[u8; 8], AnchorFault> {
        self.given.set(self.given.get() + 1);
        Ok([self.given.get(); 8])
    }

    fn counted(&self) -> Result<Counted, AnchorFault> {
        Ok(self.counter.get())
    }

    fn count(&self) -> Result<u64, AnchorFault> {
        let counted = match self.counter.get() {
            _ if !self.counts.get() => return Err(AnchorFault::Counter),
            Counted::Nothing => return Err(AnchorFault::Counter),
            // As in a TPM that had another one before.
            Counted::Never => 40,
            Counted::To(counted) => counted + 1,
        };
        self.counter.set(Counted::To(counted));
        Ok(counted)
    }
}

/// The root of the only history that there is, but for another one.
fn root(size: u64) -> Digest {
    if size == 0 { Digest(EMPTY_ROOT) } else { Digest([u8::try_from(size).unwrap(); 32]) }
}

const REGISTRY: Digest = Digest([0x77; 32]);
const UTC_MS: u64 = 1_000;

fn reached(size: u64) -> Reached {
    Reached { ledger: head(size), registry: REGISTRY, utc_ms: UTC_MS }
}

fn head(size: u64) -> Head {
    Head { size, root: root(size).0 }
}

fn current(token: &Memory, size: u64) -> Result<Current, AnchorError> {
    Found::look(token)?.covered_by(head(size), |size| Some(root(size)))
}

fn booted(token: &Memory, size: u64) -> Held {
    current(token, size).unwrap().take(token, REGISTRY, UTC_MS).unwrap()
}

#[test]
fn what_was_overtaken_takes_nothing_back() {
    let token = Memory::new();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    held.move_to(&token, reached(7), Reach::Token).unwrap();
    let newest = held.newest();
    held.move_to(&token, reached(6), Reach::Token).unwrap();
    let Anchor { number, size, root, .. } = held.newest();
    assert_eq!((number, size, root), (newest.number + 1, 7, newest.root));
}

#[test]
fn a_ledger_is_used_from_its_newest_anchor_on_and_not_before() {
    let token = Memory::new();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    held.move_to(&token, reached(7), Reach::Token).unwrap();
    assert_eq!(token.count(), 1);
    assert!(current(&token, 7).is_ok());
    assert_eq!(current(&token, 9).unwrap().anchored(), 7);
    assert_eq!(current(&token, 6), Err(AnchorError::Older { has: 6, anchored: 7 }));
}

#[test]
fn another_history_of_any_length_is_not_used() {
    let token = Memory::new();
    Held::found(&token, REGISTRY).unwrap().move_to(&token, reached(7), Reach::Token).unwrap();
    let found = Found::look(&token).unwrap();
    let other = |_| Some(root(8));
    assert_eq!(found.covered_by(head(9), other), Err(AnchorError::OtherHistory { anchored: 7 }));
    let unreadable = |_| None;
    let damaged = found.covered_by(head(9), unreadable);
    assert_eq!(damaged, Err(AnchorError::Unreadable { anchored: 7 }));
}

#[test]
fn a_token_without_an_anchor_is_nobodys_and_one_with_an_anchor_is_not_new() {
    let token = Memory::new();
    assert_eq!(Found::look(&token), Err(AnchorError::Missing));
    let _ = Held::found(&token, REGISTRY).unwrap();
    assert!(matches!(Held::found(&token, REGISTRY), Err(AnchorError::Present(_))));
}

#[test]
fn whoever_boots_last_owns_it_and_the_other_is_told() {
    let token = Memory::new();
    let mut first = Held::found(&token, REGISTRY).unwrap();
    let mut second = booted(&token, 0);
    assert_eq!(second.newest().epoch, 2);
    assert_eq!(first.look(&token), Err(AnchorError::Taken(second.newest().into())));
    let taken = first.move_to(&token, reached(3), Reach::Token).unwrap_err();
    assert!(taken.is_final());
    assert_eq!(second.look(&token), Ok(()));
}

#[test]
fn of_two_copies_of_a_process_one_is_told_as_soon_as_the_other_anchors() {
    let token = Memory::new();
    let mut one = Held::found(&token, REGISTRY).unwrap();
    let mut copy = Held::after(one.newest());
    copy.move_to(&token, reached(0), Reach::Token).unwrap();
    assert_eq!(one.look(&token), Err(AnchorError::Taken(copy.newest().into())));
}

#[test]
fn of_two_copies_that_anchor_at_the_same_moment_one_goes_on() {
    let token = Memory::new();
    let first = Held::found(&token, REGISTRY).unwrap().newest();
    let (mut one, mut copy) = (Held::after(first), Held::after(first));
    // Both look, then both make, then both look.
    let next = |nonce| Anchor { number: 1, nonce: [nonce; 8], ..first };
    (one.tried, copy.tried) = (Some(next(8)), Some(next(9)));
    token.make(&next(9)).unwrap();
    token.make(&next(8)).unwrap();
    assert_eq!(one.look(&token), Err(AnchorError::Taken(next(9).into())));
    assert_eq!(copy.look(&token), Ok(()));
}

#[test]
fn a_token_that_is_put_back_is_seen_by_whoever_runs() {
    let token = Memory::new();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    let before = token.copy();
    held.move_to(&token, reached(3), Reach::Token).unwrap();
    token.anchors.replace(before);
    assert_eq!(held.look(&token), Err(AnchorError::Forgotten));
    token.anchors.take();
    assert_eq!(held.look(&token), Err(AnchorError::Forgotten));
}

#[test]
fn whoever_ends_in_order_leaves_it_to_anybody_and_whoever_does_not_may_still_be_there() {
    let token = Memory::new();
    assert!(Held::found(&token, REGISTRY).unwrap().is_alone());
    let second = booted(&token, 0);
    assert!(!second.is_alone());
    second.end(&token, reached(4)).unwrap();
    let third = booted(&token, 4);
    assert!(third.is_alone());
    assert_eq!((third.newest().epoch, third.newest().size), (3, 4));
    assert!(!booted(&token, 4).is_alone());
}

#[test]
fn of_two_that_take_what_was_left_at_the_same_moment_one_goes_on_and_knows_that_it_may_not_be_alone()
 {
    for (rival, goes_on) in [(0, true), (9, false)] {
        let token = Memory::new();
        Held::found(&token, REGISTRY).unwrap().end(&token, reached(4)).unwrap();
        let free = token.copy()[0];
        // It has looked before this one made its own, and makes it at the same moment.
        let (epoch, number) = (free.epoch + 1, free.number + 1);
        let made = Anchor { epoch, number, nonce: [rival, 1, 1, 1, 1, 1, 1, 1], ..free };
        token.rival.set(Some(made));
        let taken = current(&token, 4).unwrap().take(&token, REGISTRY, UTC_MS);
        match taken {
            Ok(held) => assert!(goes_on && !held.is_alone()),
            Err(why) => assert!(!goes_on && why == AnchorError::Taken(made.into()), "{why}"),
        }
    }
}

#[test]
fn what_may_have_been_made_is_gone_on_with() {
    for wrong in [Wrong::Fails, Wrong::NotMade, Wrong::Later] {
        let token = Memory::new();
        let mut held = Held::found(&token, REGISTRY).unwrap();
        token.wrong.set(wrong);
        let failed = held.move_to(&token, reached(3), Reach::Token).unwrap_err();
        assert!(!failed.is_final(), "{failed}");
        // What was given up has its effect now, in the middle of the next one.
        token.late.take().into_iter().for_each(|late| token.make(&late).unwrap());
        held.look(&token).unwrap();
        held.move_to(&token, reached(5), Reach::Token).unwrap();
        assert_eq!((held.newest().size, token.count()), (5, 1));
    }
}

#[test]
fn what_was_made_counts_whatever_the_token_said() {
    let token = Memory::new();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    token.wrong.set(Wrong::MadeButFails);
    held.move_to(&token, reached(3), Reach::Token).unwrap();
    assert_eq!(held.newest().size, 3);
}

#[test]
fn what_is_not_destroyed_misleads_nobody_and_is_destroyed_later() {
    let token = Memory::new();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    token.keeps.set(true);
    (1..4).for_each(|size| held.move_to(&token, reached(size), Reach::Token).unwrap());
    assert_eq!(token.count(), 4);
    assert_eq!(current(&token, 2), Err(AnchorError::Older { has: 2, anchored: 3 }));
    token.keeps.set(false);
    held.move_to(&token, reached(4), Reach::Token).unwrap();
    assert_eq!(token.count(), 1);
}

#[test]
fn a_token_that_never_destroys_is_given_up() {
    let token = Memory::new();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    token.keeps.set(true);
    let moved = (1..=ANCHORS_MAX).try_for_each(|_| held.move_to(&token, reached(1), Reach::Token));
    assert_eq!(moved, Err(AnchorError::TooMany(ANCHORS_MAX + 1)));
}

fn given_up(token: &Memory) -> GivenUp {
    GivenUp::look(token).unwrap()
}

#[test]
fn an_older_ledger_goes_on_when_what_is_anchored_is_given_up() {
    let token = Memory::new();
    let mut owner = Held::found(&token, REGISTRY).unwrap();
    owner.move_to(&token, reached(7), Reach::Token).unwrap();
    let known = given_up(&token);
    assert_eq!(known.anchor(), Some(owner.newest()));
    let taken = known.take(&token, reached(5)).unwrap();
    assert_eq!((taken.newest().size, taken.newest().epoch), (5, 2));
    assert!(!taken.is_alone(), "whoever had it may run");
    assert_eq!(token.count(), 1);
    assert_eq!(owner.look(&token), Err(AnchorError::Taken(taken.newest().into())));
    assert!(current(&token, 5).is_ok() && current(&token, 4).is_err());
}

#[test]
fn a_token_that_knows_nothing_is_taken_for_a_ledger_that_is_there() {
    let (token, other) = (Memory::new(), Memory::new());
    let mut owner = Held::found(&other, REGISTRY).unwrap();
    owner.move_to(&other, reached(7), Reach::Token).unwrap();
    assert_eq!(current(&token, 7), Err(AnchorError::Missing));
    let taken = given_up(&token).take(&token, reached(7)).unwrap();
    assert_eq!((taken.newest().size, taken.newest().epoch), (7, 1));
    assert!(!taken.is_alone());
    // Whoever had it before it forgot everything.
    assert_eq!(owner.look(&token), Err(AnchorError::Forgotten));
}

#[test]
fn what_is_given_up_is_what_was_looked_at_and_nothing_that_came_since() {
    let token = Memory::new();
    let unknown = given_up(&token);
    let mut owner = Held::found(&token, REGISTRY).unwrap();
    assert_eq!(
        unknown.take(&token, reached(3)).unwrap_err(),
        AnchorError::Present(owner.newest().into())
    );
    let known = given_up(&token);
    owner.move_to(&token, reached(7), Reach::Token).unwrap();
    assert_eq!(
        known.take(&token, reached(3)).unwrap_err(),
        AnchorError::Taken(owner.newest().into())
    );
    owner.look(&token).unwrap();
}

fn at(utc_ms: u64, size: u64) -> Reached {
    Reached { utc_ms, ..reached(size) }
}

#[test]
fn utc_does_not_go_back_when_somebody_else_goes_on() {
    let token = Memory::new();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    held.move_to(&token, at(5_000, 7), Reach::Token).unwrap();
    let earlier = current(&token, 7).unwrap();
    assert_eq!(earlier.utc_ms(), 5_000);
    let held = earlier.take(&token, REGISTRY, 4_000).unwrap();
    assert_eq!(held.newest().utc_ms, 5_000);
    let held = current(&token, 7).unwrap().take(&token, REGISTRY, 6_000).unwrap();
    assert_eq!(held.newest().utc_ms, 6_000);
    held.end(&token, at(7_000, 7)).unwrap();
    assert_eq!(current(&token, 7).unwrap().utc_ms(), 7_000);
}

#[test]
fn utc_is_given_up_with_what_is_anchored_or_where_officers_say_so() {
    let token = Memory::new();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    held.move_to(&token, at(5_000, 7), Reach::Token).unwrap();
    held.move_to(&token, at(3_000, 8), Reach::Token).unwrap();
    assert_eq!(held.newest().utc_ms, 3_000, "with a record that says so");
    held.move_to(&token, at(9_000, 7), Reach::Token).unwrap();
    assert_eq!(held.newest().utc_ms, 3_000, "what was overtaken knows nothing of that");
    let taken = given_up(&token).take(&token, at(1_000, 5)).unwrap();
    assert_eq!(taken.newest().utc_ms, 1_000);
}
