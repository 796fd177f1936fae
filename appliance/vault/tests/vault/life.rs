//! A vault in good order.

use countersign_host::{FileStorage, Host};
use countersign_ports::{Entropy, NoEntropy};
use countersign_soft::Soft;
use countersign_vault::{Kind, Media, Platform, Vault, VaultError};

use super::house::{House, Token, US, chance, entries, entry, holds, id, key_of};

#[test]
fn what_was_created_is_there_again() {
    let house = House::new();
    let mut vault = house.init();
    assert!(vault.is_empty());
    vault.create(&mut chance(3), entry(1)).unwrap();
    vault.create_many(&mut chance(4), entries(2..6)).unwrap();
    assert!(holds(&vault, 1..6));
    drop(vault);
    let mut vault = house.open();
    assert!(holds(&vault, 1..6));
    assert_eq!(vault.epoch(), 1);
    vault.create(&mut chance(5), entry(6)).unwrap();
    assert!(holds(&house.open(), 1..7));
    let mut there: Vec<_> = house.open().entries().collect();
    let mut expected: Vec<_> = (1..7).map(|number| (id(number), Kind::Evidence)).collect();
    there.sort_by_key(|(id, _)| *id);
    expected.sort_by_key(|(id, _)| *id);
    assert_eq!(there, expected);
}

#[test]
fn what_was_destroyed_is_gone_and_the_rest_is_there() {
    let house = House::new();
    let mut vault = house.init();
    vault.create_many(&mut chance(3), entries(0..10)).unwrap();
    assert_eq!(vault.destroy(&mut chance(4), &[id(3), id(7), id(3), id(99)]), Ok(2));
    let left = || (0..10).filter(|number| *number != 3 && *number != 7);
    assert!(holds(&vault, left()));
    assert_eq!(vault.key(&id(3)).err(), Some(VaultError::Unknown { id: id(3) }));
    assert_eq!((vault.epoch(), house.token.roots()), (2, vec![2]));
    let [even, odd] = house.bytes();
    assert!(odd.is_empty());
    assert!(even.windows(32).all(|bytes| bytes != id(3).0), "its name is gone too");
    assert!(holds(&house.open(), left()));
    assert_eq!(vault.destroy(&mut chance(5), &[id(3)]), Ok(0));
    assert_eq!(vault.epoch(), 2, "nothing to destroy is no new epoch");
}

#[test]
fn an_id_may_come_again_after_it_was_destroyed() {
    let house = House::new();
    let mut vault = house.init();
    vault.create(&mut chance(3), entry(1)).unwrap();
    vault.destroy(&mut chance(4), &[id(1)]).unwrap();
    assert!(vault.is_empty());
    vault.create(&mut chance(5), entry(1)).unwrap();
    assert!(holds(&house.open(), [1]));
}

#[test]
fn many_epochs_take_turns_on_the_media() {
    let house = House::new();
    let mut vault = house.init();
    vault.create_many(&mut chance(3), entries(0..20)).unwrap();
    for number in 0..20 {
        vault.destroy(&mut chance(u64::from(number)), &[id(number)]).unwrap();
        assert_eq!(vault.epoch(), u64::from(number) + 2);
        assert!(holds(&house.open(), number + 1..20));
        assert!(house.bytes().iter().any(Vec::is_empty));
    }
}

#[test]
fn what_is_there_or_comes_twice_is_refused_and_changes_nothing() {
    let house = House::new();
    let mut vault = house.init();
    vault.create(&mut chance(3), entry(1)).unwrap();
    let before = house.bytes();
    for batch in [vec![1], vec![2, 1], vec![2, 3, 2]] {
        let twice = *batch.last().unwrap();
        let refused = vault.create_many(&mut chance(4), entries(batch));
        assert_eq!(refused, Err(VaultError::Exists { id: id(twice) }));
    }
    vault.create_many(&mut chance(4), vec![]).unwrap();
    assert_eq!(house.bytes(), before);
    assert!(holds(&vault, [1]));
}

#[test]
fn a_vault_is_made_only_where_there_is_none() {
    let not_new = |house: &House| {
        let refused = Vault::init(house.platform(), &mut chance(1)).err();
        assert_eq!(refused, Some(VaultError::NotNew));
    };
    let house = House::new();
    assert_eq!(house.refusal(), VaultError::NotThere);
    house.init();
    not_new(&house);
    not_new(&House::holding([vec![], vec![]], house.token.copy()));
    let without_roots = House::holding(house.bytes(), Token::default());
    not_new(&without_roots);
    assert_eq!(without_roots.refusal(), VaultError::NoRoot);
}

#[test]
fn without_chance_nothing_is_written() {
    struct Nothing;
    impl Entropy for Nothing {
        fn fill(&mut self, _: &mut [u8]) -> Result<(), NoEntropy> {
            Err(NoEntropy)
        }
    }
    let house = House::new();
    let mut vault = house.init();
    let before = house.bytes();
    assert_eq!(vault.create(&mut Nothing, entry(1)), Err(VaultError::Entropy(NoEntropy)));
    assert_eq!(house.bytes(), before);
    vault.create(&mut chance(3), entry(1)).unwrap();
    assert_eq!(vault.destroy(&mut Nothing, &[id(1)]), Err(VaultError::Entropy(NoEntropy)));
    assert_eq!(vault.key(&id(1)).err(), Some(VaultError::Closed));
    let (vault, _) = house.try_open().unwrap();
    assert!(holds(&vault, [1]));
}

#[test]
fn both_engines_open_what_either_sealed() {
    let house = House::new();
    house.init().create(&mut chance(3), entry(1)).unwrap();
    let Platform { media, roots, appliance, .. } = house.platform();
    let soft = Platform { media, roots, engine: Soft, appliance };
    let (mut vault, _) = Vault::open(soft, &mut chance(4)).unwrap();
    assert_eq!(*vault.key(&id(1)).unwrap(), key_of(1));
    vault.create(&mut chance(5), entry(2)).unwrap();
    assert!(holds(&house.open(), 1..3));
}

#[test]
fn a_vault_on_real_files_is_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name| FileStorage::open(&folder.path().join(name)).unwrap();
    let token = Token::default();
    let platform = || Platform {
        media: Media { even: file("even"), odd: file("odd") },
        roots: token.clone(),
        engine: Host,
        appliance: US,
    };
    let mut vault = Vault::init(platform(), &mut chance(1)).unwrap();
    vault.create_many(&mut chance(2), entries(0..8)).unwrap();
    vault.destroy(&mut chance(3), &[id(0)]).unwrap();
    vault.create(&mut chance(4), entry(8)).unwrap();
    drop(vault);
    let (vault, _) = Vault::open(platform(), &mut chance(5)).unwrap();
    assert!(holds(&vault, 1..9));
}

#[test]
fn no_key_is_shown_in_an_error() {
    let house = House::new();
    let mut vault = house.init();
    vault.create(&mut chance(3), entry(1)).unwrap();
    let error = vault.create(&mut chance(3), entry(1)).unwrap_err();
    let key: String = key_of(1).iter().map(|byte| format!("{byte:02x}")).collect();
    assert!(error.to_string().contains(&id(1).to_string()));
    assert!(!format!("{error} {error:?}").contains(&key));
}
