//! As many entries as there may be.

use std::time::Instant;

use countersign_protocol::limits::VAULT_ENTRIES_MAX;
use countersign_vault::VaultError;

use super::house::{House, chance, entries, entry, id};

#[test]
fn there_is_room_for_as_many_as_it_says_and_for_no_more() {
    let house = House::new();
    let mut vault = house.init();
    let mut done = Vec::new();
    let mut timed = |what: &'static str, begun: Instant| done.push((what, begun.elapsed()));
    let too_many = vault.create_many(&mut chance(3), entries(0..=VAULT_ENTRIES_MAX));
    assert_eq!(too_many, Err(VaultError::Full));
    let all = entries(0..VAULT_ENTRIES_MAX);
    let begun = Instant::now();
    vault.create_many(&mut chance(3), all).unwrap();
    timed("create all", begun);
    assert_eq!(vault.create(&mut chance(4), entry(VAULT_ENTRIES_MAX)), Err(VaultError::Full));
    let begun = Instant::now();
    assert_eq!(vault.destroy(&mut chance(5), &[id(7)]), Ok(1));
    timed("destroy one of all", begun);
    vault.create(&mut chance(6), entry(VAULT_ENTRIES_MAX)).unwrap();
    let begun = Instant::now();
    assert_eq!(house.open().len(), VAULT_ENTRIES_MAX as usize);
    timed("open all", begun);
    println!("{VAULT_ENTRIES_MAX} entries, {} bytes: {done:?}", house.bytes()[0].len());
}
