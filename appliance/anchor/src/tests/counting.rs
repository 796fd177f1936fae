//! With a counter outside of the token.

use super::*;

/// The token is put back to what it was before an order; the counter is not.
#[test]
fn with_a_counter_a_token_that_is_put_back_is_not_used() {
    let token = Memory::counting();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    assert_eq!(held.newest().counted, 40);
    held.move_to(&token, reached(3), Reach::Token).unwrap();
    let before = token.copy();
    held.move_to(&token, reached(7), Reach::Counter).unwrap();
    assert!(current(&token, 7).is_ok());
    token.anchors.replace(before);
    let put_back = AnchorError::PutBack { counted: 41, anchored: 40 };
    assert_eq!(current(&token, 3), Err(put_back));
    assert!(put_back.is_final());
    // Until officers give up what it knew.
    let taken = given_up(&token).take(&token, reached(3)).unwrap();
    assert_eq!(taken.newest().counted, 42);
    assert!(current(&token, 3).is_ok());
}

/// Somebody who only looked has anchored more meanwhile: whoever is told that an order is anchored can rely on the counter.
#[test]
fn what_was_overtaken_is_counted_all_the_same() {
    let token = Memory::counting();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    held.move_to(&token, reached(7), Reach::Token).unwrap();
    let before = token.copy();
    held.move_to(&token, reached(6), Reach::Counter).unwrap();
    let Anchor { size, counted, .. } = held.newest();
    assert_eq!((size, counted, token.counter.get()), (7, 41, Counted::To(41)));
    token.anchors.replace(before);
    assert!(matches!(current(&token, 7), Err(AnchorError::PutBack { .. })));
}

/// What is only out of reach of whoever has the disk costs no write in the TPM.
#[test]
fn what_is_in_the_tokens_reach_alone_is_not_counted() {
    let token = Memory::counting();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    (1..9).for_each(|size| held.move_to(&token, reached(size), Reach::Token).unwrap());
    assert_eq!(token.counter.get(), Counted::To(40));
    token.counts.set(false);
    held.move_to(&token, reached(9), Reach::Token).unwrap();
    held.look(&token).unwrap();
}

#[test]
fn starts_and_ends_are_counted() {
    let token = Memory::counting();
    Held::found(&token, REGISTRY).unwrap().end(&token, reached(1)).unwrap();
    assert_eq!(token.counter.get(), Counted::To(41));
    booted(&token, 1);
    assert_eq!(token.counter.get(), Counted::To(42));
}

/// Between the anchor and the count the power fails, or the counter does: nobody was told, and it goes on.
#[test]
fn a_counter_that_is_one_behind_is_what_an_interrupted_step_leaves() {
    let token = Memory::counting();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    token.counts.set(false);
    let failed = held.move_to(&token, reached(3), Reach::Counter);
    assert_eq!(failed, Err(AnchorFault::Counter.into()));
    assert_eq!((held.newest().size, held.newest().counted), (3, 41));
    token.counts.set(true);
    assert!(current(&token, 3).is_ok());
    held.move_to(&token, reached(5), Reach::Counter).unwrap();
    assert_eq!((held.newest().counted, token.counter.get()), (41, Counted::To(41)));
}

#[test]
fn another_counter_or_none_is_told_from_the_right_one() {
    let token = Memory::counting();
    let _ = Held::found(&token, REGISTRY).unwrap();
    for (counter, why) in [
        (Counted::Nothing, AnchorError::NoCounter { anchored: 40 }),
        (Counted::Never, AnchorError::OtherCounter { counted: None, anchored: 40 }),
        (Counted::To(38), AnchorError::OtherCounter { counted: Some(38), anchored: 40 }),
        (Counted::To(41), AnchorError::PutBack { counted: 41, anchored: 40 }),
    ] {
        token.counter.set(counter);
        assert_eq!(current(&token, 0), Err(why));
    }
    token.counter.set(Counted::To(39));
    assert!(current(&token, 0).is_ok());
}

/// A token that was used without a counter takes a new one; one that has counted already is somebody's.
#[test]
fn a_counter_that_has_not_begun_begins_at_a_start() {
    let token = Memory::new();
    let _ = Held::found(&token, REGISTRY).unwrap();
    token.counter.set(Counted::To(7));
    let used = AnchorError::PutBack { counted: 7, anchored: 0 };
    assert_eq!(current(&token, 0), Err(used));
    token.counter.set(Counted::Never);
    assert_eq!(booted(&token, 0).newest().counted, 40);
}

/// Somebody else counts, or has the same counter.
#[test]
fn a_counter_that_somebody_else_counts_with_stops_whoever_runs() {
    let token = Memory::counting();
    let mut held = Held::found(&token, REGISTRY).unwrap();
    Anchors::count(&token).unwrap();
    let counted = held.move_to(&token, reached(3), Reach::Counter);
    assert_eq!(counted, Err(AnchorError::PutBack { counted: 41, anchored: 40 }));
}
