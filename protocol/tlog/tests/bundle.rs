//! Entry bundles: what tlog-tiles says of them, and nothing else.

#![allow(clippy::unwrap_used, reason = "these are tests: what they did not expect must stop them")]

use countersign_tlog::bundle::{Bundle, ENTRY_BYTES_MAX, prefix};
use proptest::collection::vec;
use proptest::prelude::*;

fn written<E: AsRef<[u8]>>(entries: &[E]) -> Vec<u8> {
    let with_length = |entry: &E| [&prefix(entry.as_ref()).unwrap()[..], entry.as_ref()].concat();
    entries.iter().flat_map(with_length).collect()
}

fn read(bytes: &[u8], width: u16) -> Option<Vec<Vec<u8>>> {
    Some(Bundle::parse(bytes, width)?.map(<[u8]>::to_vec).collect())
}

#[test]
fn lengths_are_of_two_bytes_the_higher_one_first() {
    assert_eq!(written(&["a", "", "bc"]), b"\0\x01a\0\0\0\x02bc");
    let long = vec![7; 258];
    assert_eq!(written(&[&long])[..3], [1, 2, 7]);
    assert_eq!(prefix(&vec![0; ENTRY_BYTES_MAX]), Some([0xff, 0xff]));
    assert_eq!(prefix(&vec![0; ENTRY_BYTES_MAX + 1]), None);
}

#[test]
fn what_is_not_exactly_so_many_entries_is_none() {
    let good = written(&["one", "two"]);
    assert_eq!(read(&good, 2).unwrap(), [b"one", b"two"]);
    assert_eq!(read(&good, 1), None, "something after the last one");
    assert_eq!(read(&good, 3), None, "one is missing");
    for end in 0..good.len() {
        assert_eq!(read(&good[..end], 2), None, "cut at {end}");
    }
    assert_eq!(read(&[&good[..], b"\0"].concat(), 2), None);
    assert_eq!(read(b"", 0).unwrap(), Vec::<Vec<u8>>::new());
}

proptest! {
    #[test]
    fn what_is_written_is_read_again(entries in vec(vec(any::<u8>(), 0..300), 0..256)) {
        let width = u16::try_from(entries.len()).unwrap();
        prop_assert_eq!(read(&written(&entries), width), Some(entries));
    }
}
