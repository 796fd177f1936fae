//! The log: a line for each call, written before its outcome is known to anybody.

use std::fs::OpenOptions;
use std::io::Write as _;

/// The path of the log; without one nothing is written.
const VARIABLE: &str = "COUNTERSIGN_FAULTY_LOG";

/// Writes one line.
pub fn write(function: &str, outcome: &str) {
    let Some(path) = std::env::var_os(VARIABLE) else { return };
    let opened = OpenOptions::new().append(true).create(true).open(path);
    // In one piece: other threads write too. Without a log a test fails for want of its lines.
    let _ =
        opened.and_then(|mut file| file.write_all(format!("{function} {outcome}\n").as_bytes()));
}
