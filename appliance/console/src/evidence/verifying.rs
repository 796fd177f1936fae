//! `verify`: whether the owner of a key approved these documents.

use std::path::Path;

use countersign_host::Host;
use countersign_protocol::limits::EVIDENCE_BYTES_MAX;
use countersign_verifier::{Choice, Document, Finding, Findings, Trust, page};
use serde_json::{Value, json};

use crate::arguments::VerifyArguments;
use crate::outfile::{Old, OutFile, Readers};
use crate::{ConsoleError, Report};

/// A trust file at most: it names appliances and witnesses.
const TRUST_BYTES_MAX: u64 = 1024 * 1024;

/// Checks a file of evidence, and says each link in one line.
pub(crate) fn verify(asked: &VerifyArguments) -> Result<Report, ConsoleError> {
    let trust = read(&asked.trust, TRUST_BYTES_MAX)?;
    let trust = Trust::parse(&String::from_utf8_lossy(&trust))
        .map_err(|why| ConsoleError::usage(format!("{}: {why}", asked.trust.display())))?;
    let evidence = read(&asked.evidence, EVIDENCE_BYTES_MAX as u64)?;
    let contents = asked.files.iter().map(|path| read(path, u64::MAX));
    let contents: Vec<_> = contents.collect::<Result<_, _>>()?;
    let documents: Vec<_> = contents.iter().map(|content| Document(content)).collect();
    let choice = asked.item.map_or(Choice::All, Choice::One);
    let findings = countersign_verifier::verify(&Host, &trust, &documents, choice, &evidence);
    if let Some(path) = &asked.html {
        let about = format!("{} for {}", asked.evidence.display(), named(&asked.files));
        let place = OutFile::reserve(path, Readers::Everybody, Old::Replaced)?;
        place.write(page(&about, &findings).as_bytes())?;
    }
    let report = Report::new(text(&findings), told(&findings));
    match findings.broken() {
        None => Ok(report),
        Some((link, _)) => Err(ConsoleError::NotProved { link: link.name(), report }),
    }
}

fn read(path: &Path, bytes_max: u64) -> Result<Vec<u8>, ConsoleError> {
    let failed = ConsoleError::file("read", path);
    let length = path.metadata().map(|metadata| metadata.len());
    if length.as_ref().is_ok_and(|length| *length > bytes_max) {
        let path = path.display();
        return Err(ConsoleError::usage(format!("{path} is larger than {bytes_max} bytes")));
    }
    std::fs::read(path).map_err(failed)
}

fn named(files: &[std::path::PathBuf]) -> String {
    let names: Vec<_> = files.iter().map(|file| file.display().to_string()).collect();
    names.join(", ")
}

fn text(findings: &Findings) -> String {
    let line = |Finding { link, said }: &Finding| match said {
        Ok(said) => format!("holds   {link:18} {said}"),
        Err(why) => format!("BROKEN  {link:18} {why}"),
    };
    let verdict = if findings.hold_all() {
        "proved: the key's owner approved exactly these documents"
    } else {
        "NOT proved: what comes after the broken link was not looked at"
    };
    let lines: Vec<_> = findings.iter().map(line).collect();
    format!("{}\n{verdict}", lines.join("\n"))
}

fn told(findings: &Findings) -> Value {
    let link = |Finding { link, said }: &Finding| match said {
        Ok(said) => json!({ "link": link.name(), "holds": true, "said": said }),
        Err(why) => json!({ "link": link.name(), "holds": false, "said": why }),
    };
    let broken = findings.broken().map(|(link, _)| link.name());
    let links: Vec<_> = findings.iter().map(link).collect();
    json!({ "proved": findings.hold_all(), "broken": broken, "links": links })
}
