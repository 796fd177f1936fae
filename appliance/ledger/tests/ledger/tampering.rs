//! Somebody has the disk: whatever byte, record or group is another one, or is somewhere else, a boot says so
//! and names the first bad place.
//!
//! Of the last group this can be said only if its frame is whole. Otherwise nobody can tell what was altered
//! from what a power cut left: it is cut, and the boot says how many bytes; whoever has a receipt from it
//! finds that it is gone (`restored.rs`).

use countersign_disk::Disk;
use countersign_host::Host;
use countersign_ledger::{Damage, Place, check_signatures};
use countersign_protocol::Digest;
use countersign_tlog::Frontier;

use crate::folder::Scribe;
use crate::story::{Stored, damage, framed, groups, joined, opened, written};

fn place(group: &Stored) -> Place {
    group.place
}

#[test]
fn the_log_is_small_and_has_groups_and_records_of_several_sizes() {
    let (log, committed) = written();
    let groups = groups(&log);
    assert!(log.len() <= 64 * 1024, "{}", log.len());
    assert!(groups.len() >= 5 && groups.iter().any(|g| g.records.len() >= 3));
    assert_eq!(joined(&groups), log);
    assert_eq!(opened(&Disk::holding(log)).unwrap().1.len(), committed.len());
}

#[test]
fn each_byte_that_is_another_one_is_found_and_its_group_named() {
    let (log, committed) = written();
    let groups = groups(&log);
    let last = groups.last().unwrap();
    for (group, at) in groups.iter().flat_map(|g| (0..g.bytes.len()).map(move |at| (g, at))) {
        let at = usize::try_from(group.place.offset).unwrap() + at;
        let mut bad = log.clone();
        bad[at] ^= 1 << (at % 8);
        if group.place != last.place {
            let found = damage(bad).unwrap();
            assert!(matches!(found, Damage::Middle(p) if p == group.place), "byte {at}: {found}");
            continue;
        }
        let (settled, contents) = opened(&Disk::holding(bad)).unwrap();
        assert_eq!(settled.cut_bytes(), last.bytes.len() as u64, "byte {at}");
        assert_eq!(contents.len(), committed.len() - last.records.len(), "byte {at}");
    }
}

/// Somebody makes the digest right again: encoding, tree, commitment or signature give it away.
#[test]
fn each_byte_that_is_another_one_in_a_frame_that_is_right_is_found_and_its_group_named() {
    let (log, _) = written();
    let groups = groups(&log);
    for (n, group) in groups.iter().enumerate() {
        for at in 0..group.body().len() {
            let mut body = group.body().to_vec();
            body[at] ^= 1 << (at % 8);
            let (before, after) = (joined(&groups[..n]), joined(&groups[n + 1..]));
            let bad = [before, framed(&body), after].concat();
            let found = damage(bad.clone()).or_else(|| unsigned(bad));
            let offset = found.as_ref().and_then(Damage::place).map(|place| place.offset);
            assert_eq!(offset, Some(group.place.offset), "byte {at} of group {n}: {found:?}");
        }
    }
}

/// What a full check says. A boot takes a log in which nothing but a signature of the middle is wrong, or
/// whose ledger it says it is of: all records are there, as the last checkpoint says.
fn unsigned(log: Vec<u8>) -> Option<Damage> {
    check_signatures(&Disk::holding(log), &Host, &Scribe::key()).err()
}

#[test]
fn a_signature_in_the_middle_alone_is_found_by_the_full_check() {
    let (log, _) = written();
    let groups = groups(&log);
    assert!(unsigned(log.clone()).is_none());
    for n in 0..groups.len() - 1 {
        let mut body = groups[n].body().to_vec();
        *body.last_mut().unwrap() ^= 1;
        let bad = [joined(&groups[..n]), framed(&body), joined(&groups[n + 1..])].concat();
        assert!(damage(bad.clone()).is_none(), "the records are as they were");
        let found = unsigned(bad).unwrap();
        assert!(matches!(found, Damage::Checkpoint(p) if p == groups[n].place), "{found}");
    }
}

#[test]
fn each_group_left_out_swapped_repeated_or_truncated_is_found_and_its_place_named() {
    let (log, _) = written();
    let all = groups(&log);
    for n in 0..all.len() - 1 {
        let (before, after) = (joined(&all[..n]), joined(&all[n + 1..]));
        let left_out = [before.clone(), after.clone()].concat();
        let found = damage(left_out).unwrap();
        assert!(matches!(found, Damage::Chain(p) if p == all[n].place), "left out {n}: {found}");

        let mut swapped = all.clone();
        swapped.swap(n, n + 1);
        let found = damage(joined(&swapped)).unwrap();
        assert!(matches!(found, Damage::Chain(p) if p == all[n].place), "swapped {n}: {found}");

        for cut in [1, all[n].bytes.len() / 2, all[n].bytes.len() - 1] {
            let short = all[n].bytes[..all[n].bytes.len() - cut].to_vec();
            let found = damage([before.clone(), short, after.clone()].concat()).unwrap();
            assert!(matches!(found, Damage::Middle(p) if p == all[n].place), "short {n}: {found}");
        }
    }
    for n in 0..all.len() {
        let repeated = [joined(&all[..=n]), joined(&all[n..])].concat();
        let after = all[n].place.offset + all[n].bytes.len() as u64;
        let found = damage(repeated).unwrap();
        let offset = found.place().unwrap().offset;
        assert!(matches!(found, Damage::Chain(_)) && offset == after, "repeated {n}: {found}");
    }
}

/// What somebody makes right again after a record was altered.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Mended {
    /// The frame's digest.
    Frame,
    /// The group's tree and checkpoint, too.
    Group,
    /// Those of all groups after it, too: nothing but signatures is wrong then.
    Rest,
}

/// What is done to a record of a group.
const DEEDS: [(&str, Deed); 6] = [
    ("left out", |group, at| {
        group.records.remove(at);
    }),
    ("swapped", |group, at| {
        let next = (at + 1) % group.records.len();
        group.records.swap(at, next);
    }),
    ("repeated", |group, at| group.records.insert(at, group.records[at].clone())),
    ("with a shorter leaf", |group, at| {
        group.records[at].0.pop();
    }),
    ("with a shorter rest", |group, at| {
        group.records[at].2.pop();
    }),
    ("as if it were about somebody who is erased", |group, at| {
        group.records[at].1 = vec![Digest([77; 32])];
    }),
];

type Deed = fn(&mut Stored, usize);

#[test]
fn each_record_left_out_swapped_repeated_or_truncated_is_found_and_its_group_named() {
    let (log, _) = written();
    let all = groups(&log);
    for (n, group) in all.iter().enumerate() {
        for (at, (deed, act)) in
            (0..group.records.len()).flat_map(|at| DEEDS.map(|deed| (at, deed)))
        {
            let mut altered = all.clone();
            act(&mut altered[n], at);
            if altered[n].records == group.records {
                continue; // The only record of its group: there is nobody to swap with.
            }
            for mended in [Mended::Frame, Mended::Group, Mended::Rest] {
                let said = format!("record {at} of group {n} {deed}, mended {mended:?}");
                expect(&all[n], at, deed, damage(mend(&altered, n, mended)), &said);
            }
        }
    }
}

/// Records change places across two groups.
#[test]
fn a_record_swapped_with_one_of_the_next_group_is_found_in_the_first_of_both() {
    let (log, _) = written();
    let all = groups(&log);
    for n in 0..all.len() - 1 {
        let mut altered = all.clone();
        let (one, two) = altered.split_at_mut(n + 1);
        let (one, two) = (&mut one[n], &mut two[0]);
        std::mem::swap(one.records.last_mut().unwrap(), &mut two.records[0]);
        two.frame_again();
        for mended in [Mended::Frame, Mended::Group, Mended::Rest] {
            let found = damage(mend(&altered, n, mended)).unwrap();
            assert_eq!(found.place(), Some(place(&all[n])), "{n}, {mended:?}: {found}");
        }
    }
}

/// A record whose rest is not what its leaf says is named itself; where only the tree shows that something
/// is wrong, it is the group's first that is named.
fn expect(group: &Stored, at: usize, deed: &str, found: Option<Damage>, said: &str) {
    let found = found.unwrap_or_else(|| panic!("{said}: not found"));
    let itself = Place { record: group.place.record + at as u64, ..group.place };
    let of_rest = ["with a shorter rest", "as if it were about somebody who is erased"];
    let by_leaf = of_rest.contains(&deed) || matches!(found, Damage::Opening(_));
    let expected = if by_leaf { itself } else { group.place };
    assert_eq!(found.place(), Some(expected), "{said}: {found}");
}

/// Puts the log together again, from an altered group on.
fn mend(altered: &[Stored], n: usize, mended: Mended) -> Vec<u8> {
    let mut groups = altered.to_vec();
    let mut tree = Frontier::new();
    for (at, group) in groups.iter_mut().enumerate() {
        match mended {
            Mended::Frame if at == n => group.frame_again(),
            Mended::Group if at == n => drop(group.grow_again(&tree)),
            Mended::Rest if at >= n => tree = group.grow_again(&tree),
            // Those before are as they were, and so are their trees.
            _ if at < n => tree = group.grow_again(&tree),
            _ => {}
        }
    }
    joined(&groups)
}
