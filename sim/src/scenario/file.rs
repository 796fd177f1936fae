//! Scenarios as text: TOML, an event a line, so that people can read, write and take lines out.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::Scenario;

/// Why there is no scenario.
#[derive(Debug)]
pub enum ScenarioError {
    /// The file.
    Read(PathBuf, std::io::Error),
    /// Its text.
    Parse(PathBuf, String),
}

impl std::fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(path, why) => write!(f, "cannot read {}: {why}", path.display()),
            Self::Parse(path, why) => write!(f, "{} is no scenario: {why}", path.display()),
        }
    }
}

impl std::error::Error for ScenarioError {}

impl Scenario {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ScenarioError`], with the line.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let read = |why| ScenarioError::Read(path.to_owned(), why);
        let text = std::fs::read_to_string(path).map_err(read)?;
        Self::parse(&text).map_err(|why| ScenarioError::Parse(path.to_owned(), why))
    }

    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut scenario: Self = toml::from_str(text).map_err(|why| why.to_string())?;
        for (number, event) in (0..).zip(&mut scenario.events) {
            if event.number == u64::MAX {
                event.number = number;
            }
        }
        Ok(scenario)
    }

    /// Its text.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { about, seed, layer, house, events } = self;
        let mut text = String::new();
        for line in about.lines() {
            let _ = writeln!(text, "# {line}");
        }
        let _ = writeln!(text, "seed = {seed}");
        let _ = writeln!(text, "layer = {}", inline(layer));
        let _ = writeln!(text, "house = {}", inline(house));
        text.push_str("events = [\n");
        for event in events {
            let _ = writeln!(text, "    {},", inline(event));
        }
        text.push_str("]\n");
        text
    }
}

/// A value on one line.
fn inline<T: Serialize>(value: &T) -> String {
    let mut text = String::new();
    let written = value.serialize(toml::ser::ValueSerializer::new(&mut text));
    if written.is_ok() { text } else { "\"?\"".to_owned() }
}
