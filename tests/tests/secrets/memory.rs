//! Searching the memory of a process.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

/// Where a pattern was found.
pub struct Found {
    /// Which of the patterns.
    pub pattern: usize,
    /// Whether that page stays in memory (`lo` of the region's VmFlags, proc(5)).
    pub locked: bool,
}

/// A region of memory.
struct Region {
    start: u64,
    end: u64,
    locked: bool,
}

/// Where these patterns are; none if the system does not show it.
pub fn search(process: u32, patterns: &[&[u8]]) -> Option<Vec<Found>> {
    let regions = regions(&std::fs::read_to_string(format!("/proc/{process}/smaps")).ok()?);
    let memory = File::open(format!("/proc/{process}/mem")).ok()?;
    let mut all = Vec::new();
    for Region { start, end, locked } in regions {
        let mut bytes = vec![0; usize::try_from(end - start).unwrap()];
        // A region that the kernel keeps to itself cannot be read.
        if memory.read_exact_at(&mut bytes, start).is_err() {
            continue;
        }
        let is_there = |pattern: &[u8]| {
            let first = bytes.iter().enumerate().filter(|(_, byte)| **byte == pattern[0]);
            { first }.any(|(at, _)| bytes[at..].starts_with(pattern))
        };
        let found = patterns.iter().enumerate().filter(|(_, pattern)| is_there(pattern));
        all.extend(found.map(|(pattern, _)| Found { pattern, locked }));
    }
    Some(all)
}

/// Those that are read and written, of a text as `smaps` has it.
fn regions(smaps: &str) -> Vec<Region> {
    let mut regions = Vec::new();
    let mut writable = None;
    for line in smaps.lines() {
        let mut words = line.split_whitespace();
        let (first, second) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        if let Some((start, end)) = first.split_once('-') {
            let number = |text| u64::from_str_radix(text, 16).unwrap();
            writable = second.starts_with("rw").then(|| (number(start), number(end)));
        } else if first == "VmFlags:" {
            let locked = line.split_whitespace().any(|flag| flag == "lo");
            let region = writable.take().map(|(start, end)| Region { start, end, locked });
            regions.extend(region);
        }
    }
    regions
}
