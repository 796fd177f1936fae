//! A copy of the epoch's key for somebody without the token: what it opens, and what nobody can do to it.

use countersign_host::Host;
use countersign_ports::Crypto as _;
use countersign_protocol::ApplianceId;
use countersign_vault::{
    Media, NotWrapped, Part, Place, RecoverError, Recovered, VaultError, Wrapping,
};

use super::house::{
    FRIEND, Friend, House, US, bytes, chance, entries, entry, has, holds, id, recover,
};

const HEAD: usize = 76;
/// For whom, the key with its tag, and the mark.
const WRAPPED: usize = 32 + 48 + 28;
const OTHER: Friend = Friend([0x0e; 32]);

fn recipient(friend: Friend) -> countersign_protocol::Digest {
    Wrapping::recipient(&friend)
}

/// A vault with the entries 0 to 3 that is wrapped for the friend.
fn wrapped() -> House {
    let house = House::new();
    let mut vault = house.init();
    vault.create_many(&mut chance(3), entries(0..3)).unwrap();
    assert_eq!(vault.wrap_for(&mut chance(4), Box::new(FRIEND)), Ok(true));
    assert_eq!((vault.epoch(), vault.wrapped_for()), (2, Some(recipient(FRIEND))));
    vault.create(&mut chance(5), entry(3)).unwrap();
    house
}

fn why(bytes: [Vec<u8>; 2], friend: Friend) -> RecoverError {
    recover(bytes, friend).err().unwrap()
}

#[test]
fn whom_it_is_wrapped_for_opens_it_without_the_token_and_nobody_else_does() {
    let house = wrapped();
    let read = recover(house.bytes(), FRIEND).unwrap();
    assert!(has(&read, 0..4));
    assert_eq!(read.epoch(), 2);
    assert_eq!(read.key(&id(9)).err(), Some(VaultError::Unknown { id: id(9) }));
    let (found, expected) = (recipient(FRIEND), recipient(OTHER));
    assert_eq!(why(house.bytes(), OTHER), RecoverError::OtherRecipient { found, expected });
    assert!(holds(&house.open(), 0..4), "its token still does");
    assert_eq!(house.open().wrapped_for(), Some(recipient(FRIEND)));
}

#[test]
fn what_is_wrapped_already_is_not_wrapped_again() {
    let house = wrapped();
    let before = house.bytes();
    let mut vault = house.open();
    assert_eq!(vault.wrap_for(&mut chance(6), Box::new(FRIEND)), Ok(false));
    assert_eq!(house.bytes(), before);
}

#[test]
fn what_was_destroyed_is_in_no_copy_of_the_present_disk() {
    let house = wrapped();
    let mut vault = house.open();
    vault.wrap_for(&mut chance(6), Box::new(FRIEND)).unwrap();
    let older = house.bytes();
    vault.destroy(&mut chance(7), &[id(1)]).unwrap();
    assert_eq!((vault.epoch(), vault.wrapped_for()), (3, Some(recipient(FRIEND))));
    assert!(has(&recover(house.bytes(), FRIEND).unwrap(), [0, 2, 3]));
    let [even, _] = house.bytes();
    assert!(even.is_empty());
    // The limit: a copy that somebody kept is as good as it was.
    assert!(has(&recover(older, FRIEND).unwrap(), 0..4));
}

#[test]
fn an_epoch_does_not_lose_its_copy_by_the_way() {
    let house = wrapped();
    let mut vault = house.open();
    let before = house.bytes();
    assert_eq!(vault.destroy(&mut chance(6), &[id(1)]), Err(VaultError::NoWrapping));
    assert_eq!(house.bytes(), before);
    assert!(holds(&vault, 0..4), "it goes on");
}

#[test]
fn another_one_takes_the_place_of_the_first() {
    let house = wrapped();
    let mut vault = house.open();
    assert_eq!(vault.wrap_for(&mut chance(6), Box::new(OTHER)), Ok(true));
    assert!(has(&recover(house.bytes(), OTHER).unwrap(), 0..4));
    let (found, expected) = (recipient(OTHER), recipient(FRIEND));
    assert_eq!(why(house.bytes(), FRIEND), RecoverError::OtherRecipient { found, expected });
    let left = house.bytes().concat();
    assert!(left.windows(32).all(|bytes| bytes != recipient(FRIEND).0));
}

#[test]
fn what_is_no_wrapped_vault_of_ours_is_said() {
    let house = House::new();
    assert_eq!(why(house.bytes(), FRIEND), RecoverError::NotThere);
    house.init();
    assert_eq!(why(house.bytes(), FRIEND), RecoverError::NotWrapped);
    let (house, theirs) = (wrapped(), ApplianceId([8; 16]));
    let media = Media { even: house.even, odd: house.odd };
    let other = Recovered::open(media, Host, theirs, &FRIEND).err().unwrap();
    assert_eq!(other, RecoverError::OtherAppliance { found: US, expected: theirs });
}

/// Where something of the epoch begins.
fn at(part: Part, offset: usize) -> VaultError {
    VaultError::Damaged(Place { epoch: 2, batch: 0, part, offset: offset as u64 })
}

#[test]
fn each_byte_of_it_that_is_another_one_is_found_out_with_and_without_the_token() {
    let house = wrapped();
    let [even, odd] = house.bytes();
    for (byte, flip) in (HEAD..HEAD + WRAPPED).flat_map(|at| [(at, 0x01), (at, 0x80)]) {
        let mut bad = even.clone();
        bad[byte] ^= flip;
        let changed = House::holding([bad.clone(), odd.clone()], house.token.copy());
        assert_eq!(changed.refusal(), at(Part::Wrapped, HEAD), "byte {byte}");
        match why([bad, odd.clone()], FRIEND) {
            RecoverError::Vault(damaged) => assert_eq!(damaged, at(Part::Wrapped, HEAD)),
            RecoverError::OtherRecipient { .. } => assert!(byte < HEAD + 32),
            other => panic!("byte {byte}: {other}"),
        }
    }
}

/// Whoever can write to the disk cannot have it wrapped for himself, nor for nobody, nor put back an older copy.
#[test]
fn it_is_not_exchanged_or_taken_out() {
    let house = wrapped();
    let [even, odd] = house.bytes();
    let refused = |even: Vec<u8>, expected: VaultError| {
        let changed = House::holding([even, odd.clone()], house.token.copy());
        assert_eq!(changed.refusal(), expected);
    };
    let place = HEAD..HEAD + WRAPPED;
    let mut theirs = even.clone();
    theirs[HEAD..HEAD + 32].copy_from_slice(&recipient(OTHER).0);
    refused(theirs, at(Part::Wrapped, HEAD));

    let mut without = even.clone();
    without.drain(place.clone());
    refused(without.clone(), at(Part::Wrapped, HEAD));
    without[44..48].fill(0);
    refused(without, at(Part::Head, 0));

    let mut vault = house.open();
    vault.wrap_for(&mut chance(6), Box::new(OTHER)).unwrap();
    let [_, odd] = house.bytes();
    let mut older = odd.clone();
    older[place.clone()].copy_from_slice(&even[place]);
    let changed = House::holding([vec![], older], house.token.copy());
    let damaged = Place { epoch: 3, batch: 0, part: Part::Wrapped, offset: HEAD as u64 };
    assert_eq!(changed.refusal(), VaultError::Damaged(damaged));
}

#[test]
fn without_the_token_too_whatever_is_changed_becomes_no_other_entry() {
    let house = wrapped();
    let [even, odd] = house.bytes();
    let mut refused = 0;
    for (byte, flip) in (0..even.len()).flat_map(|at| [(at, 0x01), (at, 0x80)]) {
        let mut bad = even.clone();
        bad[byte] ^= flip;
        match recover([bad, odd.clone()], FRIEND) {
            // Of the last batch, whose foot nothing follows, less may be there.
            Ok(read) => assert!(has(&read, 0..4) || has(&read, 0..3), "byte {byte}"),
            Err(_) => refused += 1,
        }
    }
    assert!(refused > even.len(), "{refused}");
}

#[test]
fn what_a_power_cut_left_at_the_end_is_not_read() {
    let house = wrapped();
    let [mut even, odd] = house.bytes();
    even.extend_from_slice(&[7; 100]);
    assert!(has(&recover([even, odd], FRIEND).unwrap(), 0..4));
}

#[test]
fn a_key_that_cannot_be_wrapped_leaves_the_vault_as_it_was() {
    struct Nobody;
    impl Wrapping for Nobody {
        fn recipient(&self) -> countersign_protocol::Digest {
            countersign_protocol::Digest(Host.sha256(&[b"nobody"]))
        }

        fn wrap(
            &self,
            _: &countersign_vault::EpochName,
            _: &[u8; 32],
        ) -> Result<Vec<u8>, NotWrapped> {
            Err(NotWrapped)
        }
    }
    let house = wrapped();
    let mut vault = house.open();
    let failed = vault.wrap_for(&mut chance(6), Box::new(Nobody));
    assert_eq!(failed, Err(VaultError::NotWrapped(NotWrapped)));
    assert_eq!(vault.key(&id(1)).err(), Some(VaultError::Closed));
    assert_eq!(house.token.roots(), [2, 3]);
    let (vault, _) = house.try_open().unwrap();
    assert_eq!((vault.epoch(), vault.wrapped_for()), (2, Some(recipient(FRIEND))));
    assert!(bytes(&house.odd).is_empty());
}
