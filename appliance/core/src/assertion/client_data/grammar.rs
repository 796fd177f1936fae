//! The grammar of clientDataJSON (RFC 8259, as WebAuthn L3, 5.8.1.1 serialises it), as a table.
//!
//! Guarantee: one step a byte, and every step is the same work: a look into the table. What the grammar
//! takes is one flat object without white space, in UTF-8 without a byte order mark; names are printable
//! ASCII without escapes; values are strings, `true`, `false` and `null`.

/// Where a reader is after a byte. `End` says what has just ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum State {
    /// No way leads out of here.
    Bad,
    Start,
    /// After `{` or `,`.
    Open,
    NameStart,
    Name,
    NameEnd,
    Colon,
    Text,
    Escape,
    /// So many hexadecimal digits are to come.
    Hex4,
    Hex3,
    Hex2,
    Hex1,
    /// So many bytes of a character are to come (RFC 3629, 4).
    More1,
    More2,
    More3,
    /// The same after E0, ED, F0 and F4, which not every byte may follow.
    AfterE0,
    AfterEd,
    AfterF0,
    AfterF4,
    TextEnd,
    T,
    Tr,
    Tru,
    TrueEnd,
    F,
    Fa,
    Fal,
    Fals,
    FalseEnd,
    N,
    Nu,
    Nul,
    NullEnd,
    /// After the last `}`.
    Done,
}

use State::{
    AfterE0, AfterEd, AfterF0, AfterF4, Bad, Colon, Done, Escape, F, Fa, Fal, Fals, FalseEnd, Hex1,
    Hex2, Hex3, Hex4, More1, More2, More3, N, Name, NameEnd, NameStart, Nu, Nul, NullEnd, Open,
    Start, T, Text, TextEnd, Tr, Tru, TrueEnd,
};

const STATES: usize = Done as usize + 1;

/// From a state, by a byte between two, to a state. A later rule wins.
const RULES: &[(State, u8, u8, State)] = &[
    (Start, b'{', b'{', Open),
    (Open, b'"', b'"', NameStart),
    (NameStart, 0x20, 0x7f, Name),
    (NameStart, b'\\', b'\\', Bad),
    (NameStart, b'"', b'"', NameEnd),
    (Name, 0x20, 0x7f, Name),
    (Name, b'\\', b'\\', Bad),
    (Name, b'"', b'"', NameEnd),
    (NameEnd, b':', b':', Colon),
    (Colon, b'"', b'"', Text),
    (Text, 0x20, 0x7f, Text),
    (Text, b'"', b'"', TextEnd),
    (Text, b'\\', b'\\', Escape),
    (Escape, b'"', b'"', Text),
    (Escape, b'\\', b'\\', Text),
    (Escape, b'/', b'/', Text),
    (Escape, b'b', b'b', Text),
    (Escape, b'f', b'f', Text),
    (Escape, b'n', b'n', Text),
    (Escape, b'r', b'r', Text),
    (Escape, b't', b't', Text),
    (Escape, b'u', b'u', Hex4),
    (Hex4, b'0', b'9', Hex3),
    (Hex4, b'a', b'f', Hex3),
    (Hex4, b'A', b'F', Hex3),
    (Hex3, b'0', b'9', Hex2),
    (Hex3, b'a', b'f', Hex2),
    (Hex3, b'A', b'F', Hex2),
    (Hex2, b'0', b'9', Hex1),
    (Hex2, b'a', b'f', Hex1),
    (Hex2, b'A', b'F', Hex1),
    (Hex1, b'0', b'9', Text),
    (Hex1, b'a', b'f', Text),
    (Hex1, b'A', b'F', Text),
    (Text, 0xc2, 0xdf, More1),
    (Text, 0xe1, 0xef, More2),
    (Text, 0xe0, 0xe0, AfterE0),
    (Text, 0xed, 0xed, AfterEd),
    (Text, 0xf1, 0xf3, More3),
    (Text, 0xf0, 0xf0, AfterF0),
    (Text, 0xf4, 0xf4, AfterF4),
    (AfterE0, 0xa0, 0xbf, More1),
    (AfterEd, 0x80, 0x9f, More1),
    (AfterF0, 0x90, 0xbf, More2),
    (AfterF4, 0x80, 0x8f, More2),
    (More3, 0x80, 0xbf, More2),
    (More2, 0x80, 0xbf, More1),
    (More1, 0x80, 0xbf, Text),
    (Colon, b't', b't', T),
    (T, b'r', b'r', Tr),
    (Tr, b'u', b'u', Tru),
    (Tru, b'e', b'e', TrueEnd),
    (Colon, b'f', b'f', F),
    (F, b'a', b'a', Fa),
    (Fa, b'l', b'l', Fal),
    (Fal, b's', b's', Fals),
    (Fals, b'e', b'e', FalseEnd),
    (Colon, b'n', b'n', N),
    (N, b'u', b'u', Nu),
    (Nu, b'l', b'l', Nul),
    (Nul, b'l', b'l', NullEnd),
    (TextEnd, b',', b',', Open),
    (TextEnd, b'}', b'}', Done),
    (TrueEnd, b',', b',', Open),
    (TrueEnd, b'}', b'}', Done),
    (FalseEnd, b',', b',', Open),
    (FalseEnd, b'}', b'}', Done),
    (NullEnd, b',', b',', Open),
    (NullEnd, b'}', b'}', Done),
];

static TABLE: [[State; 256]; STATES] = table();

#[allow(clippy::indexing_slicing, reason = "at compile time, where a wrong index does not compile")]
const fn table() -> [[State; 256]; STATES] {
    let mut table = [[Bad; 256]; STATES];
    let mut rule = 0;
    while rule < RULES.len() {
        let (from, first, last, to) = RULES[rule];
        let mut byte = first as usize;
        while byte <= last as usize {
            table[from as usize][byte] = to;
            byte += 1;
        }
        rule += 1;
    }
    table
}

impl State {
    /// Where the next byte leads.
    pub(super) fn after(self, byte: u8) -> Self {
        TABLE.get(self as usize).and_then(|row| row.get(usize::from(byte))).copied().unwrap_or(Bad)
    }

    /// Whether a value has just ended.
    pub(super) const fn ends_value(self) -> bool {
        // `|`: no branch.
        (self as u8 == TextEnd as u8)
            | (self as u8 == TrueEnd as u8)
            | (self as u8 == FalseEnd as u8)
            | (self as u8 == NullEnd as u8)
    }
}
