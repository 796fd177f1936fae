//! The limits of a vault, checked when they are written and when they are read.

/// Entries of a vault: one key each for as many signers as an appliance has.
pub const ENTRIES_MAX: u32 = 262_144;

// Each entry, head and foot takes a random nonce or two: a key is good for 2^28 of them.
const _: () = assert!(ENTRIES_MAX * 4 < 1 << 28);
