//! What a campaign came to: figures, and how often each thing has happened.

use std::fmt::Write as _;

use serde::Serialize;

use super::{escaped, page};
use crate::campaign::{Counted, Settings, Tally};

/// The figures of a campaign, for people and programs.
#[derive(Clone, Debug, Serialize)]
pub struct Figures {
    /// Seeds that were run, from the first one on.
    pub seeds: u64,
    /// The first one.
    pub from: u64,
    /// Requests that were sent.
    pub requests: u64,
    /// `Sign` requests that were decided.
    pub decided: u64,
    /// Signatures that were given.
    pub signed: u64,
    /// Decisions a second and core.
    pub decided_per_second_and_core: f64,
    /// Faults that came about.
    pub faults: u64,
    /// Times that an appliance was started.
    pub boots: u64,
    /// Effects on the world, at each of which the power could fail.
    pub effects: u64,
    /// Simulated time, in years.
    pub years: f64,
    /// Seeds that failed.
    pub failed: u64,
    /// Every mark.
    pub marks: Vec<Counted>,
}

impl Figures {
    /// Of a campaign.
    #[must_use]
    pub fn of(tally: &Tally, settings: &Settings) -> Self {
        const YEAR_US: f64 = 365.25 * 86_400.0 * 1e6;
        Self {
            seeds: tally.seeds,
            from: settings.from,
            requests: tally.requests,
            decided: tally.decided,
            signed: tally.signed,
            decided_per_second_and_core: tally.per_second(),
            faults: tally.faults(),
            boots: tally.boots,
            effects: tally.effects,
            years: tally.virtual_us as f64 / YEAR_US,
            failed: tally.failed,
            marks: tally.counted(settings),
        }
    }
}

/// The page of a campaign.
#[must_use]
pub fn coverage(figures: &Figures, settings: &Settings) -> String {
    let Figures { seeds, from, requests, decided, signed, faults, .. } = figures;
    let Figures { boots, effects, years, failed, marks, .. } = figures;
    let missed: Vec<&Counted> = marks.iter().filter(|m| m.due && m.count == 0).collect();
    let never = missed.len();
    let card = |name: &str, value: String| format!("<div><b>{value}</b>{name}</div>");
    let last = from + seeds.saturating_sub(1);
    let cards = [
        card("seeds", format!("{seeds}")),
        card("requests", format!("{requests}")),
        card("authorisations decided", format!("{decided}")),
        card("signatures given", format!("{signed}")),
        card("a second and core", format!("{:.0}", figures.decided_per_second_and_core)),
        card("faults", format!("{faults}")),
        card("starts", format!("{boots}")),
        card("moments for a power cut", format!("{effects}")),
        card("simulated", format!("{years:.2} years")),
        card("seeds that failed", format!("{failed}")),
        card("marks never hit", format!("{never}")),
    ];
    let verdict = if *failed == 0 && never == 0 {
        "<p class=\"good\">Every rule held in every seed, and everything that must happen has.</p>"
            .to_owned()
    } else {
        let missed: Vec<String> =
            missed.iter().map(|m| escaped(&format!("{}: {}", m.family, m.name))).collect();
        format!(
            "<p class=\"bad\">This campaign has failed: {failed} seeds broke a rule, and {never} things \
             that must happen never did.</p><p>{}</p>",
            missed.join("; ")
        )
    };
    let intro = format!(
        "<p class=\"dim\">Seeds {from} to {last}, layer {:?}, adversary {:?}, crypto {:?}.</p>",
        settings.layer, settings.adversary, settings.options.crypto
    );
    let body =
        format!("{verdict}{intro}<div class=\"cards\">{}</div>{}", cards.concat(), table(marks));
    page("A campaign", &body)
}

fn table(marks: &[Counted]) -> String {
    let mut html = String::new();
    let mut family = "";
    for mark in marks {
        if mark.family != family {
            let end = if family.is_empty() { "" } else { "</table>" };
            family = mark.family;
            let _ = write!(html, "{end}<h2>{}</h2><table>", escaped(family));
        }
        let class = match (mark.count, mark.due) {
            (0, true) => "bad",
            (0, false) => "dim",
            _ => "good",
        };
        let _ = write!(
            html,
            "<tr><td>{}<td class=\"n {class}\">{}</tr>",
            escaped(&mark.name),
            mark.count
        );
    }
    html + "</table>"
}
