//! Figures, for people and for programs.

use std::time::Duration;

use serde::Serialize;

/// One figure: what was measured, how much, and how much that is of something measured in this run.
#[derive(Clone, Debug, Serialize)]
pub struct Figure {
    /// What was measured.
    pub what: String,
    /// How much.
    pub value: f64,
    /// Of what.
    pub unit: &'static str,
    /// The ratio to something else of this run.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ratio: Option<Ratio>,
}

/// So many times something else.
#[derive(Clone, Debug, Serialize)]
pub struct Ratio {
    /// How many times.
    pub times: f64,
    /// What.
    pub of: String,
}

/// Shows figures as they come, or all of them as JSON at the end.
pub struct Figures {
    json: bool,
    all: Vec<Figure>,
}

impl Figures {
    /// None yet.
    pub const fn new(json: bool) -> Self {
        Self { json, all: Vec::new() }
    }

    /// A heading, for people.
    pub fn part(&self, name: &str) {
        if !self.json {
            println!("\n{name}");
        }
    }

    /// A figure.
    pub fn add(&mut self, what: impl Into<String>, value: f64, unit: &'static str) {
        self.push(Figure { what: what.into(), value, unit, ratio: None });
    }

    /// A figure, as a multiple of `base`, which is called `of`.
    pub fn compared(
        &mut self,
        what: impl Into<String>,
        value: f64,
        unit: &'static str,
        base: f64,
        of: &str,
    ) {
        let ratio = Some(Ratio { times: value / base, of: of.to_owned() });
        self.push(Figure { what: what.into(), value, unit, ratio });
    }

    /// The end.
    pub fn finish(self) -> anyhow::Result<()> {
        if self.json {
            println!("{}", serde_json::to_string_pretty(&self.all)?);
        }
        Ok(())
    }

    fn push(&mut self, figure: Figure) {
        if !self.json {
            let Figure { what, value, unit, ratio } = &figure;
            let ratio = ratio.as_ref().map(|r| format!("   {:.2} x {}", r.times, r.of));
            println!("  {what:<44} {value:>10.1} {unit:<5}{}", ratio.unwrap_or_default());
        }
        self.all.push(figure);
    }
}

/// As many milliseconds took this part of them, or less.
pub fn quantile_ms(sorted: &[Duration], quantile: f64) -> f64 {
    let last = sorted.len().saturating_sub(1);
    let at = (last as f64 * quantile).round() as usize;
    sorted.get(at).map_or(0.0, |took| took.as_secs_f64() * 1e3)
}
