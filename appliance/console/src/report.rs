//! What a command says: lines for people, or one line of JSON for programs.

use serde_json::{Value, json};

use crate::ConsoleError;
use crate::exit::Code;

/// What was done, for both kinds of readers.
#[derive(Debug)]
pub(crate) struct Report {
    /// For people.
    pub(crate) text: String,
    /// The same, for programs.
    pub(crate) json: Value,
}

impl Report {
    /// Nothing: all was said on the way.
    pub(crate) const fn silent() -> Self {
        Self { text: String::new(), json: Value::Null }
    }

    /// Both forms.
    pub(crate) fn new(text: impl Into<String>, json: Value) -> Self {
        Self { text: text.into(), json }
    }
}

/// Says how it went, where it belongs, and gives the exit code.
pub(crate) fn tell(done: Result<Report, ConsoleError>, as_json: bool) -> Code {
    match done {
        Ok(Report { json: Value::Null, .. }) => {}
        Ok(Report { json, .. }) if as_json => println!("{json}"),
        Ok(Report { text, .. }) => println!("{text}"),
        Err(why) => {
            let code = Code::from(&why);
            if let ConsoleError::NotProved { report, .. } | ConsoleError::Locked(report) = why {
                // What was found is the answer, not an error of the command.
                println!("{}", if as_json { report.json.to_string() } else { report.text });
                return code;
            }
            if as_json {
                eprintln!("{}", json!({ "error": why.to_string(), "exit": code as u8 }));
            } else {
                eprintln!("countersign: {why}");
            }
            return code;
        }
    }
    Code::Done
}
