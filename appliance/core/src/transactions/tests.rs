use super::*;

fn transaction(n: u64, front_end: u32) -> Transaction {
    let mut id = [0; 32];
    id[..8].copy_from_slice(&n.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    id[8..16].copy_from_slice(&n.to_be_bytes());
    Transaction {
        id: TransactionId(id),
        expires_boot_ms: 100,
        front_end: FrontEndId(front_end),
        spent: false,
        ..Transaction::DUMMY
    }
}

fn table() -> Transactions<[Place; 256]> {
    Transactions::new([None; 256])
}

#[test]
fn a_transaction_is_spent_once() {
    let mut table = table();
    let one = transaction(1, 1);
    table.insert(one, 0).unwrap();
    assert!(!table.find(&one.id).unwrap().spent);
    assert_eq!(table.spend(&one.id, 0), Ok(()));
    assert_eq!(table.spend(&one.id, 0), Err(Reason::TransactionSpent));
    assert!(table.find(&one.id).unwrap().spent);
}

#[test]
fn a_spent_transaction_outlives_what_it_is_used_for() {
    let mut table = table();
    let one = transaction(1, 1);
    table.insert(one, 0).unwrap();
    table.spend(&one.id, 90).unwrap();
    table.sweep(256, 100_000);
    assert!(table.find(&one.id).is_some());
    table.sweep(256, 200_000);
    assert!(table.find(&one.id).is_none());
}

#[test]
fn what_is_spent_counts_towards_no_quota_and_leaves_its_place_when_needed() {
    let mut table = table();
    for n in 0..10_000 {
        let one = transaction(n, 1);
        assert_eq!(table.insert(one, 0), Ok(()));
        assert_eq!(table.len(), 1);
        table.spend(&one.id, n).unwrap();
        assert!(table.is_empty());
    }
    let kept = table.places.iter().flatten().map(|t| t.expires_boot_ms).min();
    assert!(kept.unwrap() > SPENT_MS + 5_000, "the oldest ones went first");
}

#[test]
fn what_is_on_record_is_forgotten_and_nothing_else() {
    let mut table = table();
    let (recorded, live) = (transaction(1, 1), transaction(2, 1));
    table.insert(recorded, 0).unwrap();
    table.insert(live, 0).unwrap();
    table.spend(&recorded.id, 0).unwrap();
    table.forget(&recorded.id);
    table.forget(&live.id);
    assert!(table.find(&recorded.id).is_none());
    assert_eq!(table.spend(&recorded.id, 0), Err(Reason::TransactionUnknown));
    assert!(table.find(&live.id).is_some(), "only a used one is forgotten");
    assert_eq!(table.len(), 1);
}

#[test]
fn a_nonce_in_use_is_not_taken_again() {
    let mut table = table();
    table.insert(transaction(1, 1), 0).unwrap();
    assert_eq!(table.insert(transaction(1, 2), 0), Err(Reason::NonceRepeated));
}

#[test]
fn what_was_never_prepared_is_unknown() {
    let mut table = table();
    assert!(table.find(&TransactionId([1; 32])).is_none());
    assert_eq!(table.spend(&TransactionId([1; 32]), 0), Err(Reason::TransactionUnknown));
}

#[test]
fn the_table_is_bounded_and_expiry_makes_room_again() {
    let mut table = table();
    let inserted = (0..10_000).filter(|n| table.insert(transaction(*n, 1), 0).is_ok()).count();
    assert!((200..=256).contains(&inserted), "{inserted}");
    assert_eq!(table.len() as usize, inserted);
    let late = Transaction { expires_boot_ms: 9_000, ..transaction(77_777, 1) };
    for boot_ms in 5_000..5_010 {
        let _ = table.insert(Transaction { id: late.id, ..late }, boot_ms);
    }
    assert!(table.find(&late.id).is_some());
    assert!(table.len() <= 10, "expired ones are gone");
}

#[test]
fn one_front_end_cannot_take_the_place_of_all() {
    extern crate std;
    let places = std::vec![None; 65_536];
    let mut table = Transactions::new(places);
    let of = |front_end: u32| {
        (0..4_000).map(move |n| transaction(n * 7 + u64::from(front_end), front_end))
    };
    let first = of(1).filter(|t| table.insert(*t, 0).is_ok()).count();
    assert_eq!(first, PER_FRONT_END_MAX as usize);
    assert_eq!(table.insert(transaction(999_998, 1), 0), Err(Reason::QuotaReached));
    assert!(table.insert(transaction(999_999, 2), 0).is_ok());
    let second = of(2).filter(|t| table.insert(*t, 0).is_ok()).count();
    assert_eq!(first + second + 1, PER_TENANT_MAX as usize, "the tenant's quota");
}
