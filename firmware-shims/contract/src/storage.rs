//! The contract of [`Storage`]: what is appended is what is read, and what is synced stays.
//!
//! It cannot cut the power: that bytes without a sync may be lost is the simulator's to show.

use countersign_ports::{Storage, StorageFault};

/// The cases that a medium breaks, by name; none when it keeps the contract.
///
/// `open` opens the medium, empty the first time; the one that it gave before is dropped by then.
#[must_use]
pub fn storage<S: Storage>(open: impl Fn() -> S) -> Vec<&'static str> {
    let cases: [(&str, Case<S>); 14] = [
        ("a new medium is empty", |medium| Ok(medium.len()? == 0 && medium.is_empty()?)),
        ("an append makes it longer", appends),
        ("bytes are read across appends", |medium| reads(medium, 3, b"defg")),
        ("an empty read is no fault, up to the end", |medium| reads(medium, 11, b"")),
        ("an empty append changes nothing", |medium| {
            medium.append(b"")?;
            Ok(medium.len()? == 11)
        }),
        ("a read beyond the end is a fault", refuses_to_read_beyond_the_end),
        ("a truncation beyond the end is a fault and changes nothing", refuses_to_grow),
        ("a refresh changes nothing", refreshes),
        ("a refresh from beyond the end is a fault", |medium| {
            Ok(medium.refresh(12).is_err() && medium.len()? == 11)
        }),
        ("what is synced is there again", |medium| reads(medium, 0, b"abcdefghijk")),
        ("overwriting beyond the end is a fault and changes nothing", refuses_to_overwrite),
        ("what is overwritten is read", overwrites),
        ("a truncation takes bytes off the end", truncates),
        ("an append after a truncation follows what is left", follows_what_is_left),
    ];
    // Each case finds the medium as the case before it left it, opened anew.
    let passes = |case: Case<S>| {
        let mut medium = open();
        let passed = case(&mut medium).and_then(|passed| medium.sync().map(|()| passed));
        passed.unwrap_or(false)
    };
    cases.into_iter().filter(|(_, case)| !passes(*case)).map(|(name, _)| name).collect()
}

type Case<S> = fn(&mut S) -> Result<bool, StorageFault>;

fn appends(medium: &mut impl Storage) -> Result<bool, StorageFault> {
    medium.append(b"abcde")?;
    let five = medium.len()? == 5;
    medium.append(b"fghijk")?;
    Ok(five && medium.len()? == 11 && !medium.is_empty()?)
}

fn reads(medium: &impl Storage, offset: u64, expected: &[u8]) -> Result<bool, StorageFault> {
    let mut bytes = vec![0xee; expected.len()];
    medium.read_at(offset, &mut bytes)?;
    Ok(bytes == expected)
}

fn refuses_to_read_beyond_the_end(medium: &mut impl Storage) -> Result<bool, StorageFault> {
    let refuses = |offset| medium.read_at(offset, &mut [0; 2]).is_err();
    Ok(refuses(10) && refuses(11) && refuses(u64::MAX) && refuses(u64::MAX - 1))
}

fn refuses_to_grow(medium: &mut impl Storage) -> Result<bool, StorageFault> {
    let refused = medium.truncate(12).is_err();
    Ok(refused && medium.len()? == 11)
}

fn refreshes(medium: &mut impl Storage) -> Result<bool, StorageFault> {
    medium.refresh(3)?;
    medium.refresh(11)?;
    Ok(medium.len()? == 11 && reads(medium, 0, b"abcdefghijk")?)
}

fn refuses_to_overwrite(medium: &mut impl Storage) -> Result<bool, StorageFault> {
    let refuses = [10, 12, u64::MAX].map(|offset| medium.overwrite(offset, b"--").is_err());
    Ok(refuses == [true; 3] && medium.len()? == 11 && reads(medium, 0, b"abcdefghijk")?)
}

fn overwrites(medium: &mut impl Storage) -> Result<bool, StorageFault> {
    medium.overwrite(4, b"----")?;
    medium.overwrite(11, b"")?;
    let there = medium.len()? == 11 && reads(medium, 0, b"abcd----ijk")?;
    medium.overwrite(4, b"efgh")?;
    Ok(there)
}

fn truncates(medium: &mut impl Storage) -> Result<bool, StorageFault> {
    medium.truncate(4)?;
    let beyond = medium.read_at(4, &mut [0; 1]).is_err();
    Ok(beyond && medium.len()? == 4 && reads(medium, 0, b"abcd")?)
}

fn follows_what_is_left(medium: &mut impl Storage) -> Result<bool, StorageFault> {
    medium.append(b"XY")?;
    Ok(medium.len()? == 6 && reads(medium, 0, b"abcdXY")?)
}
