//! Copies of the disk from before.

use countersign_vault::VaultError;

use super::house::{House, Token, chance, entries, entry, holds, id};

#[test]
fn a_copy_from_before_a_destroy_does_not_open_however_old() {
    let house = House::new();
    let mut vault = house.init();
    let mut copies = vec![house.bytes()];
    vault.create_many(&mut chance(3), entries(0..5)).unwrap();
    copies.push(house.bytes());
    for number in 0..4 {
        vault.destroy(&mut chance(4), &[id(number)]).unwrap();
        for copy in &copies {
            let old = House::holding(copy.clone(), house.token.copy());
            let refused = old.refusal();
            assert!(
                matches!(refused, VaultError::OlderCopy { root, found: Some(found) }
                    if root == u64::from(number) + 2 && found < root),
                "{refused}"
            );
        }
        copies.push(house.bytes());
    }
    assert!(holds(&house.open(), [4]));
}

#[test]
fn an_old_copy_beside_the_new_epoch_is_cleared_away() {
    let house = House::new();
    let mut vault = house.init();
    vault.create_many(&mut chance(3), entries(0..5)).unwrap();
    let [_, odd] = house.bytes();
    vault.destroy(&mut chance(4), &[id(0)]).unwrap();
    let [even, _] = house.bytes();
    let both = House::holding([even, odd], house.token.copy());
    let (vault, _) = both.try_open().unwrap();
    assert!(holds(&vault, 1..5));
    assert!(both.bytes()[1].is_empty());
}

#[test]
fn with_the_old_root_put_back_too_it_would_open_which_is_what_the_root_is_for() {
    let house = House::new();
    let mut vault = house.init();
    vault.create_many(&mut chance(3), entries(0..5)).unwrap();
    let (bytes, token) = (house.bytes(), house.token.copy());
    vault.destroy(&mut chance(4), &[id(0)]).unwrap();
    assert!(holds(&House::holding(bytes, token).open(), 0..5));
}

#[test]
fn an_older_copy_of_the_same_epoch_has_fewer_entries_and_no_others() {
    let house = House::new();
    let mut vault = house.init();
    vault.create(&mut chance(3), entry(1)).unwrap();
    let copy = house.bytes();
    vault.create(&mut chance(4), entry(2)).unwrap();
    assert!(holds(&House::holding(copy, house.token.copy()).open(), [1]));
}

#[test]
fn a_disk_without_the_epoch_is_said() {
    let house = House::new();
    house.init();
    let empty = House::holding([vec![], vec![]], house.token.copy());
    assert_eq!(empty.refusal(), VaultError::OlderCopy { root: 1, found: None });
}

#[test]
fn another_tokens_root_of_the_same_epoch_opens_nothing() {
    let house = House::new();
    house.init().create(&mut chance(3), entry(1)).unwrap();
    let other = House::new();
    other.init().create(&mut chance(3), entry(1)).unwrap();
    // Roots of the double are counted: one more before makes another one.
    let token = Token::default();
    let two = House::holding([vec![], vec![]], token.clone());
    two.init().create(&mut chance(3), entry(1)).unwrap();
    let mut vault = two.open();
    vault.destroy(&mut chance(4), &[id(1)]).unwrap();
    vault.create(&mut chance(5), entry(1)).unwrap();
    vault.destroy(&mut chance(6), &[id(1)]).unwrap();
    let [_, odd] = two.bytes();
    let foreign = House::holding([vec![], odd], other.token.copy());
    assert!(matches!(foreign.refusal(), VaultError::OlderCopy { root: 1, found: Some(3) }));
}

#[test]
fn roots_that_no_vault_leaves_are_said() {
    use countersign_vault::Roots as _;
    for strange in [&[3][..], &[2, 3], &[3, 5]] {
        let house = House::new();
        house.init();
        strange.iter().for_each(|epoch| house.token.make(*epoch).unwrap());
        assert!(matches!(house.refusal(), VaultError::StrangeRoots { .. }), "{strange:?}");
    }
}
