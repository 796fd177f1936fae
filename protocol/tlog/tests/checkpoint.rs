//! The text of a checkpoint: written and read, and nothing but exactly that is read.

#![allow(clippy::unwrap_used, reason = "these are tests: what they did not expect must stop them")]

use countersign_tlog::checkpoint::{ORIGIN_BYTES_MAX, TEXT_BYTES_MAX, parse, text};
use countersign_tlog::{EMPTY_ROOT, Head};

const HEAD: Head = Head { size: 20_852_163, root: EMPTY_ROOT };
const ROOT: &str = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";

fn good() -> String {
    format!("example.com/behind-the-sofa\n20852163\n{ROOT}\n")
}

#[test]
fn a_text_is_three_lines_and_is_read_back() {
    let written = text("example.com/behind-the-sofa", &HEAD).unwrap();
    assert_eq!(written.as_str(), good());
    let read = parse(&written).unwrap();
    assert_eq!((read.origin, read.head), ("example.com/behind-the-sofa", HEAD));
}

#[test]
fn the_largest_fits() {
    let origin = "o".repeat(ORIGIN_BYTES_MAX);
    let written = text(&origin, &Head { size: u64::MAX, root: [0xff; 32] }).unwrap();
    assert_eq!(written.len(), TEXT_BYTES_MAX);
    assert!(parse(&written).is_some());
}

#[test]
fn a_name_that_is_none_has_no_checkpoint() {
    for origin in ["", "two words", "a+b", "line\nfeed", "na\u{ef}ve", &"o".repeat(129)] {
        assert_eq!(text(origin, &HEAD), None, "{origin}");
        assert_eq!(parse(&format!("{origin}\n1\n{ROOT}\n")), None, "{origin}");
    }
}

#[test]
fn what_is_not_exactly_a_checkpoint_is_not_read() {
    let with = |from: &str, to: &str| good().replacen(from, to, 1);
    let changed = [
        good().trim_end().to_owned(),
        good() + "an extension\n",
        good() + "\n",
        with("20852163", "020852163"),
        with("20852163", "+20852163"),
        with("20852163", "18446744073709551616"),
        with("20852163", ""),
        with("20852163", "2085216a"),
        with(ROOT, &ROOT[1..]),
        with(ROOT, ROOT.trim_end_matches('=')),
        with(ROOT, &ROOT.replace('+', "-")),
        // Bits that no byte is made of.
        with("uFU=", "uFV="),
        with("\n20852163\n", "\n"),
        with("\n20852163\n", "\r\n20852163\n"),
    ];
    for changed in changed {
        assert_eq!(parse(&changed), None, "{changed:?}");
    }
    assert!(parse(&good()).is_some());
}
