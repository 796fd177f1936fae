//! What must not compile: each case is the tree as it stands with one line changed, and the compiler's
//! answer to it. The twin of a changed line is the line as it stands; the twin of an added one is
//! given beside it.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "these are tests: what they did not expect must stop them"
)]

mod cases;
mod copy;

use cases::{ADDED, CHANGED};
use copy::Copy;

/// One test, because the cases share the copy of the tree and what was built of it.
#[test]
fn only_the_twins_compile() {
    let copy = Copy::make();
    let mut wrong = Vec::new();
    for case in CHANGED {
        let twin = copy.check(case.package, case.file, |text| text);
        let broken = copy.check(case.package, case.file, |text| {
            assert_eq!(text.matches(case.line).count(), 1, "{}: the line is there once", case.name);
            text.replacen(case.line, case.instead, 1)
        });
        judge(case.name, case.error, &twin, &broken, &mut wrong);
    }
    for case in ADDED {
        let add = |line| copy.check(case.package, case.file, |text| text + "/// A case.\n" + line);
        judge(case.name, case.error, &add(case.twin), &add(case.line), &mut wrong);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `None` is a tree that compiles.
fn judge(
    name: &str,
    error: &str,
    twin: &Option<String>,
    broken: &Option<String>,
    wrong: &mut Vec<String>,
) {
    if let Some(why) = twin {
        wrong.push(format!("{name}: the twin does not compile: {why}"));
    }
    match broken {
        None => wrong.push(format!("{name}: compiles")),
        Some(why) if !why.contains(error) => {
            wrong.push(format!("{name}: expected {error}, the compiler said: {why}"));
        }
        Some(_) => {}
    }
}
