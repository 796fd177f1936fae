//! clientDataJSON (WebAuthn L3, 5.8.1): a strict reader without allocation.
//!
//! Guarantees: it takes what `grammar` takes; each member that decides is there at most once, and its
//! value without escapes, so that no other reader sees another value; further members are passed over,
//! as browsers add some at random. The work depends on the length alone, not on what the bytes say, nor
//! on whether they can be read.

mod grammar;

use countersign_protocol::limits::CLIENT_DATA_MEMBERS_MAX;
use subtle::{Choice, ConstantTimeEq, ConstantTimeLess};

use self::grammar::State;

/// The members that decide, by the number that [`Members`] keeps them under.
const NAMES: [&[u8]; 5] = [b"type", b"challenge", b"origin", b"topOrigin", b"crossOrigin"];
const TYPE: usize = 0;
const CHALLENGE: usize = 1;
const ORIGIN: usize = 2;
const TOP_ORIGIN: usize = 3;
const CROSS_ORIGIN: usize = 4;
/// The place of all members that decide nothing.
const OTHER: usize = NAMES.len();
/// Bytes of the longest name, and its closing quote.
const NAME_BYTES_MAX: usize = 12;

/// What was read.
pub(super) struct ClientData<'j> {
    json: &'j [u8],
    members: [Member; OTHER + 1],
    /// Whether all of it could be read. If not, what it says is nevertheless compared.
    pub(super) readable: Choice,
}

/// A member's value, and how often there was one.
#[derive(Clone, Copy, Default)]
struct Member {
    times: u8,
    start: u16,
    end: u16,
    /// The state that ended it, as a number.
    ended: u8,
    escaped: bool,
}

impl<'j> ClientData<'j> {
    pub(super) fn read(json: &'j [u8]) -> Self {
        let mut reader = Reader::new();
        for (at, byte) in (0u16..).zip(json) {
            reader.take(at, *byte);
        }
        let readable = reader.is_done() & decides(&reader.members);
        Self { json, members: reader.members, readable }
    }

    pub(super) fn type_is(&self, expected: &[u8]) -> Choice {
        self.text_is(TYPE, expected)
    }

    pub(super) fn challenge_is(&self, expected: &[u8]) -> Choice {
        self.text_is(CHALLENGE, expected)
    }

    pub(super) fn origin_is(&self, expected: &[u8]) -> Choice {
        self.text_is(ORIGIN, expected)
    }

    /// Step 13.
    pub(super) fn cross_origin(&self) -> Choice {
        let [.., member, _] = &self.members;
        member.ended.ct_eq(&(State::TrueEnd as u8))
    }

    /// Step 14.
    pub(super) fn has_top_origin(&self) -> Choice {
        !member(&self.members, TOP_ORIGIN).times.ct_eq(&0)
    }

    /// Whether a member is this text. As much work as `expected` is long.
    fn text_is(&self, which: usize, expected: &[u8]) -> Choice {
        // Within its quotes.
        let Member { start, end, .. } = member(&self.members, which);
        let start = start.wrapping_add(1);
        let length = end.wrapping_sub(start);
        let differs = (start..).zip(expected).fold(0, |all, (at, e)| all | (self.byte(at) ^ e));
        length.ct_eq(&(expected.len() as u16)) & differs.ct_eq(&0)
    }

    /// The byte at a place, or the last one: no branch that depends on the place.
    fn byte(&self, at: u16) -> u8 {
        let last = self.json.len().saturating_sub(1);
        self.json.get(usize::from(at).min(last)).copied().unwrap_or_default()
    }
}

fn member(members: &[Member; OTHER + 1], which: usize) -> Member {
    members.get(which).copied().unwrap_or_default()
}

/// Whether what decides is there as it must be: once, of its kind, without escapes.
fn decides(members: &[Member; OTHER + 1]) -> Choice {
    let once = |which| member(members, which).times.ct_eq(&1);
    let never = |which| member(members, which).times.ct_eq(&0);
    let text = |which| {
        let Member { ended, escaped, .. } = member(members, which);
        ended.ct_eq(&(State::TextEnd as u8)) & !Choice::from(u8::from(escaped))
    };
    let boolean = |which| {
        let ended = member(members, which).ended;
        ended.ct_eq(&(State::TrueEnd as u8)) | ended.ct_eq(&(State::FalseEnd as u8))
    };
    let must = [TYPE, CHALLENGE, ORIGIN].map(|which| once(which) & text(which));
    let may = (never(TOP_ORIGIN) | (once(TOP_ORIGIN) & text(TOP_ORIGIN)))
        & (never(CROSS_ORIGIN) | (once(CROSS_ORIGIN) & boolean(CROSS_ORIGIN)));
    must.into_iter().fold(may, |all, one| all & one)
}

/// Reads byte by byte; every byte is the same work.
struct Reader {
    state: State,
    members: [Member; OTHER + 1],
    names: u16,
    /// Bytes of the name so far, and which of [`NAMES`] it can still be: a bit each.
    name_bytes: usize,
    candidates: usize,
    /// Whose value it is.
    which: usize,
    start: u16,
    escaped: bool,
}

impl Reader {
    const fn new() -> Self {
        const NONE: Member = Member { times: 0, start: 0, end: 0, ended: 0, escaped: false };
        Self {
            state: State::Start,
            members: [NONE; OTHER + 1],
            names: 0,
            name_bytes: 0,
            candidates: 0,
            which: OTHER,
            start: 0,
            escaped: false,
        }
    }

    fn take(&mut self, at: u16, byte: u8) {
        self.state = self.state.after(byte);
        self.take_name(byte);
        self.take_value(at);
    }

    /// Which of the names it is: all of them can be at first, and the quote that ends it decides.
    fn take_name(&mut self, byte: u8) {
        let (starts, ends) = (self.is(State::NameStart), self.is(State::NameEnd));
        let letters = LETTERS.get(self.name_bytes).unwrap_or(&[0; NAMES.len()]);
        let alike = letters.iter().rev().fold(0, |all, one| (all << 1) | usize::from(*one == byte));
        let still = self.candidates & alike;
        let which = (still.trailing_zeros() as usize).min(OTHER);
        self.which = pick(ends, which, self.which);
        self.candidates = pick(starts, usize::MAX, still);
        self.name_bytes = pick(starts, 0, (self.name_bytes + 1).min(NAME_BYTES_MAX));
        self.names = self.names.wrapping_add(u16::from(ends));
    }

    /// Keeps a value that ends here; everything else goes to the place that decides nothing.
    fn take_value(&mut self, at: u16) {
        let (starts, ends) = (self.is(State::Colon), self.state.ends_value());
        self.start = pick(starts, usize::from(at.wrapping_add(1)), usize::from(self.start)) as u16;
        self.escaped = (self.escaped & !starts) | self.is(State::Escape);
        if let Some(place) = self.members.get_mut(pick(ends, self.which, OTHER)) {
            *place = Member {
                times: place.times.saturating_add(1),
                start: self.start,
                end: at,
                ended: self.state as u8,
                escaped: self.escaped,
            };
        }
    }

    const fn is(&self, state: State) -> bool {
        self.state as u8 == state as u8
    }

    fn is_done(&self) -> Choice {
        let few = self.names.ct_lt(&(CLIENT_DATA_MEMBERS_MAX as u16 + 1));
        (self.state as u8).ct_eq(&(State::Done as u8)) & few
    }
}

/// One of two numbers, without a branch.
const fn pick(first: bool, one: usize, other: usize) -> usize {
    let mask = 0usize.wrapping_sub(first as usize);
    (one & mask) | (other & !mask)
}

/// The letters of all names by their place, the quote that ends a name included.
const LETTERS: [[u8; NAMES.len()]; NAME_BYTES_MAX] = letters();

#[allow(clippy::indexing_slicing, reason = "at compile time, where a wrong index does not compile")]
const fn letters() -> [[u8; NAMES.len()]; NAME_BYTES_MAX] {
    // No name has a NUL: the grammar refuses it.
    let mut letters = [[0; NAMES.len()]; NAME_BYTES_MAX];
    let mut name = 0;
    while name < NAMES.len() {
        let mut at = 0;
        while at < NAMES[name].len() {
            letters[at][name] = NAMES[name][at];
            at += 1;
        }
        letters[at][name] = b'"';
        name += 1;
    }
    letters
}

#[cfg(test)]
mod tests;
