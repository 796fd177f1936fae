//! Scenarios as text: TOML, an event a line, so that people can read, write and take lines out.

use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::limits::{EVENTS_MAX, TEXT_BYTES_MAX};
use super::{Cut, Deed, Errand, Event, House, Layer, Scenario};

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

/// A scenario whose events are not read yet, so that a mistake in one is told with its line.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Written {
    about: String,
    seed: u64,
    layer: Layer,
    house: House,
    events: Vec<Spanned<toml::Value>>,
}

impl Scenario {
    /// Reads a file.
    ///
    /// # Errors
    /// [`ScenarioError`], with the line.
    pub fn read(path: &Path) -> Result<Self, ScenarioError> {
        let read = |why| ScenarioError::Read(path.to_owned(), why);
        let file = File::open(path).map_err(read)?;
        let mut text = String::new();
        // One byte more than may be: then it is too long.
        file.take(TEXT_BYTES_MAX + 1).read_to_string(&mut text).map_err(read)?;
        Self::parse(&text).map_err(|why| ScenarioError::Parse(path.to_owned(), why))
    }

    /// Reads a text.
    ///
    /// # Errors
    /// What is wrong with it, and where.
    pub fn parse(text: &str) -> Result<Self, String> {
        if text.len() as u64 > TEXT_BYTES_MAX {
            return Err(format!("it is longer than {TEXT_BYTES_MAX} bytes"));
        }
        let Written { about, seed, layer, house, events } =
            toml::from_str(text).map_err(|why| why.to_string())?;
        house.check()?;
        if events.len() > EVENTS_MAX {
            return Err(format!("it has more than {EVENTS_MAX} events"));
        }
        let events = (0..).zip(events).map(|(number, event)| {
            let start = event.span().start;
            let line = || text.get(..start).map_or(0, |before| before.lines().count()).max(1);
            let told = |why: &str| format!("line {}: {why}", line());
            let event: Event = event
                .into_inner()
                .try_into()
                .map_err(|why: toml::de::Error| told(why.message()))?;
            let event = if event.number == u64::MAX { Event { number, ..event } } else { event };
            event.check().map_err(|why| told(&why))?;
            Ok(event)
        });
        let events = events.collect::<Result<_, String>>()?;
        Ok(Self { about, seed, layer, house, events })
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
        let _ = writeln!(text, "house = {}", inline(&lean(house, &House::default())));
        text.push_str("events = [\n");
        for event in events {
            let _ = writeln!(text, "    {},", event.text());
        }
        text.push_str("]\n");
        text
    }
}

impl Event {
    /// Its line, as it is written in a scenario.
    #[must_use]
    pub fn text(&self) -> String {
        inline(&line(self))
    }
}

/// An event without what goes without saying.
fn line(event: &Event) -> toml::Value {
    let mut line = value(event);
    let said = |deed: &Deed| match deed {
        Deed::Sign(errand) => Some(("sign", lean(errand, &Errand::default()))),
        Deed::Cut(cut) => Some(("cut", lean(cut, &Cut::default()))),
        _ => None,
    };
    if let (Some((name, deed)), Some(table)) = (said(&event.deed), line.as_table_mut()) {
        table.insert(name.to_owned(), deed);
    }
    line
}

/// A table without what is as in `default`.
fn lean<T: Serialize>(of: &T, default: &T) -> toml::Value {
    let (mut own, default) = (value(of), value(default));
    if let (Some(own), Some(default)) = (own.as_table_mut(), default.as_table()) {
        own.retain(|name, value| default.get(name) != Some(value));
    }
    own
}

fn value<T: Serialize>(of: &T) -> toml::Value {
    toml::Value::try_from(of).expect("scenarios can be written")
}

/// A value on one line.
fn inline<T: Serialize>(value: &T) -> String {
    let mut text = String::new();
    let written = value.serialize(toml::ser::ValueSerializer::new(&mut text));
    if written.is_ok() { text } else { "\"?\"".to_owned() }
}
