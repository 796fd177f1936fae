//! The report for people: one page, nothing loaded from elsewhere.

use std::fmt::Write as _;

use crate::{Finding, Findings, Link};

const STYLE: &str = "body{font:16px/1.5 serif;max-width:48em;margin:2em auto;padding:0 1em}\
    td{padding:.2em .8em .2em 0;vertical-align:top}.held{color:#060}.broken{color:#a00}.unseen{color:#777}";

/// What was found, as a page; `about` says of what.
#[must_use]
pub fn page(about: &str, findings: &Findings) -> String {
    let verdict = match findings.broken() {
        None => {
            "Every link holds: the owner of the key approved exactly these documents.".to_owned()
        }
        Some((link, why)) => {
            format!("Not proved: the link \u{201c}{link}\u{201d} is broken. {why}.")
        }
    };
    let mut rows = String::new();
    for link in Link::ALL {
        let found: Vec<_> = findings.iter().filter(|finding| finding.link == link).collect();
        if found.is_empty() {
            row(&mut rows, link, "unseen", "not looked at");
        }
        for Finding { said, .. } in found {
            match said {
                Ok(said) => row(&mut rows, link, "held", said),
                Err(why) => row(&mut rows, link, "broken", why),
            }
        }
    }
    format!(
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Evidence</title><style>{STYLE}</style>\
         <h1>Evidence of a signature</h1><p>{}</p><p><strong>{}</strong></p><table>{rows}</table></html>\n",
        escaped(about),
        escaped(&verdict)
    )
}

fn row(rows: &mut String, link: Link, class: &str, said: &str) {
    let said = escaped(said);
    // Writing into a string does not fail.
    let _ =
        write!(rows, "<tr class=\"{class}\"><td>{link}</td><td>{class}</td><td>{said}</td></tr>");
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
