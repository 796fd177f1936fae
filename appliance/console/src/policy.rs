//! `policy`: what officers write down of what a key may do, read, compiled and tried out before anything is ordered.
//!
//! Guarantees: the same source gives the same bytes, on any machine and on any day: zones are those that this program brings. What
//! it does not understand it refuses, in one line.
//!
//! It does not guarantee that a policy means what its author wanted: that is what its examples are for.

mod calendar;
mod diff;
mod examples;
mod request;
mod source;

use std::fs;
use std::path::Path;

use countersign_core::policy::{Rule, Rules};
use countersign_protocol::limits::POLICY_SOURCE_BYTES_MAX;
use countersign_protocol::policy::Policy;
use countersign_protocol::{canonical, tag};
use serde_json::json;

use self::examples::Outcome;
pub(crate) use self::source::Fault;
use self::source::Source;
use crate::arguments::PolicyCommand;
use crate::outfile::{Old, OutFile, Readers};
use crate::{ConsoleError, Report};

pub(crate) fn obey(command: &PolicyCommand) -> Result<Report, ConsoleError> {
    match command {
        PolicyCommand::Check { file } => check(file),
        PolicyCommand::Compile { file, out } => write(file, out),
        PolicyCommand::Test { file } => test(file),
        PolicyCommand::Diff { old, new } => differ(old, new),
    }
}

/// The policy that a file says, compiled.
pub(crate) fn compiled(file: &Path) -> Result<Vec<u8>, ConsoleError> {
    read(file)?.compile().map_err(|why| of(file, why))
}

fn of(file: &Path, why: Fault) -> ConsoleError {
    ConsoleError::Policy { path: file.to_owned(), why: Box::new(why) }
}

fn read(file: &Path) -> Result<Source, ConsoleError> {
    let failed = |why| ConsoleError::File { action: "read", path: file.to_owned(), why };
    if fs::metadata(file).map_err(failed)?.len() > POLICY_SOURCE_BYTES_MAX {
        return Err(of(file, Fault::TooLong));
    }
    let text = fs::read_to_string(file).map_err(failed)?;
    toml::from_str(&text).map_err(|why| of(file, Fault::Toml(why)))
}

fn digest(bytes: &[u8]) -> String {
    let mut hash = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    hash.update(tag::POLICY);
    hash.update(bytes);
    hex::encode(hash.finish())
}

fn check(file: &Path) -> Result<Report, ConsoleError> {
    let source = read(file)?;
    let bytes = source.compile().map_err(|why| of(file, why))?;
    let asked = source.asked();
    let line = |rule: &Rule| {
        let says = asked.iter().find(|(of, _)| of == rule);
        let nothing = || format!("not asked for: {}", rule.text());
        let says = says.map_or_else(nothing, |(_, says)| says.clone());
        format!("{:<11} {says}", rule.name())
    };
    let mut lines: Vec<_> = Rule::ALL.iter().map(line).collect();
    lines.push(format!("{:<11} {}", "witnesses", source.release()));
    lines.push(format!("{} bytes, digest {}", bytes.len(), digest(&bytes)));
    let rules: serde_json::Map<_, _> =
        asked.into_iter().map(|(rule, says)| (rule.name().to_owned(), says.into())).collect();
    let (digest, witnesses) = (digest(&bytes), source.witnesses);
    let json =
        json!({ "rules": rules, "witnesses": witnesses, "bytes": bytes.len(), "digest": digest });
    Ok(Report::new(lines.join("\n"), json))
}

fn write(file: &Path, out: &Path) -> Result<Report, ConsoleError> {
    let bytes = compiled(file)?;
    OutFile::reserve(out, Readers::Everybody, Old::Kept)?.write(&bytes)?;
    let (count, digest, out) = (bytes.len(), digest(&bytes), out.display().to_string());
    let text = format!("{out}: {count} bytes, digest {digest}");
    Ok(Report::new(text, json!({ "file": out, "bytes": count, "digest": digest })))
}

fn test(file: &Path) -> Result<Report, ConsoleError> {
    let source = read(file)?;
    let bytes = source.compile().map_err(|why| of(file, why))?;
    let policy: Policy<'_> = canonical::decode(&bytes).map_err(|_| ConsoleError::Unexpected)?;
    let outcomes = examples::judge(&source, &Rules::from(&policy)).map_err(|why| of(file, why))?;
    if outcomes.is_empty() {
        return Err(of(file, Fault::NoExamples));
    }
    let wrong = outcomes.iter().filter(|outcome| !outcome.is_as_expected()).count();
    if wrong > 0 {
        let told: Vec<_> = outcomes.iter().map(Outcome::to_string).collect();
        return Err(of(file, Fault::Examples { wrong, told: told.join("; ") }));
    }
    let text: Vec<_> = outcomes.iter().map(Outcome::to_string).collect();
    let json: Vec<_> = outcomes.iter().map(Outcome::json).collect();
    let text = format!("{}\n{} examples, all as expected", text.join("\n"), outcomes.len());
    Ok(Report::new(text, json!({ "examples": json })))
}

/// What the second one allows and the first one refuses, and the other way round.
fn differ(old: &Path, new: &Path) -> Result<Report, ConsoleError> {
    let (old, new) = (rules(old)?, rules(new)?);
    let (loosens, tightens) = (diff::more(&new, &old), diff::more(&old, &new));
    let text = format!(
        "the new one allows what the old one refuses: {loosens}\n\
         the old one allows what the new one refuses: {tightens}"
    );
    let json = json!({ "loosens": loosens.json(), "tightens": tightens.json() });
    Ok(Report::new(text, json))
}

fn rules(file: &Path) -> Result<Rules, ConsoleError> {
    let bytes = compiled(file)?;
    let policy: Policy<'_> = canonical::decode(&bytes).map_err(|_| ConsoleError::Unexpected)?;
    Ok(Rules::from(&policy))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "what a test did not expect has failed the test")]
mod tests;
