//! The timeline of a run: who did what, when, and which fault.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use super::{escaped, page};
use crate::model::Violation;
use crate::play::HOUSE_READY;
use crate::scenario::Scenario;
use crate::trace::{Line, What};

/// Lines of the table, at most; the picture has them all.
const LINES_MAX: usize = 2_000;
/// What is told before a violation, at most.
const CAUSES_MAX: usize = 16;
/// The picture, in its own units.
const WIDTH: f64 = 1_200.0;
const LEFT: f64 = 130.0;
const LANE: f64 = 24.0;

/// The page of one run.
#[must_use]
pub fn timeline(title: &str, scenario: &Scenario, lines: &[Line], broken: &[Violation]) -> String {
    let ready = lines.iter().find(|line| line.text == HOUSE_READY);
    let begun_us = ready.map_or(0, |line| line.at_us);
    let body = format!(
        "{}<h2>Timeline</h2>{}<h2>The scenario</h2><pre>{}</pre><h2>What happened</h2>{}",
        verdict(lines, broken),
        picture(lines, begun_us),
        escaped(&scenario.text()),
        table(lines)
    );
    page(title, &body)
}

/// Whether a rule was broken; and if so, what went wrong before it.
fn verdict(lines: &[Line], broken: &[Violation]) -> String {
    if broken.is_empty() {
        return "<p class=\"good\">Every rule held.</p>".to_owned();
    }
    let mut html = String::from("<p class=\"bad\">A rule was broken:</p><ul>");
    for Violation { rule, how } in broken {
        let _ = write!(html, "<li><b>{rule:?}</b>: {}</li>", escaped(how));
    }
    html.push_str("</ul><p>Before it, in this order:</p><ol>");
    let end = lines.iter().position(|line| line.what == What::Violation).unwrap_or(lines.len());
    let ready = lines.iter().position(|line| line.text == HOUSE_READY).unwrap_or(0);
    let since = lines.get(ready..end).unwrap_or_default();
    let causes: Vec<&Line> = since.iter().filter(|line| may_be_a_cause(line)).collect();
    for line in causes.iter().skip(causes.len().saturating_sub(CAUSES_MAX)) {
        let _ = write!(
            html,
            "<li>{} ms, {}: {}</li>",
            line.at_us / 1_000,
            escaped(&line.who),
            escaped(&line.text)
        );
    }
    html.push_str("</ol>");
    html
}

/// What went wrong, what became of the appliance, and what left it.
fn may_be_a_cause(line: &Line) -> bool {
    matches!(line.what, What::Fault | What::Life) || line.who == "appliance"
}

/// One lane for each who acts, a mark for each line.
fn picture(lines: &[Line], begun_us: u64) -> String {
    let mut lanes: BTreeMap<&str, usize> = BTreeMap::new();
    for line in lines {
        let next = lanes.len();
        lanes.entry(&line.who).or_insert(next);
    }
    let end_us = lines.last().map_or(1, |line| line.at_us).max(begun_us + 1);
    let height = LANE * (lanes.len() as f64 + 1.5);
    let mut svg = format!("<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\">");
    for (who, lane) in &lanes {
        let y = LANE * (*lane as f64 + 1.0);
        let _ = write!(
            svg,
            "<text x=\"6\" y=\"{}\">{}</text><line x1=\"{LEFT}\" x2=\"{WIDTH}\" y1=\"{y}\" \
             y2=\"{y}\" stroke=\"#e3e3de\"/>",
            y + 4.0,
            escaped(who)
        );
    }
    let x = |at_us: u64| {
        let share = at_us.saturating_sub(begun_us) as f64 / (end_us - begun_us) as f64;
        LEFT + 6.0 + share * (WIDTH - LEFT - 12.0)
    };
    for line in lines {
        let lane = lanes.get(line.who.as_str()).copied().unwrap_or(0);
        svg.push_str(&dot(line, x(line.at_us), LANE * (lane as f64 + 1.0)));
    }
    for tick in 0..=6 {
        let at_us = begun_us + (end_us - begun_us) * tick / 6;
        let _ = write!(
            svg,
            "<text x=\"{}\" y=\"{}\" text-anchor=\"middle\">{:.3} s</text>",
            x(at_us).clamp(LEFT + 10.0, WIDTH - 40.0),
            height - 4.0,
            at_us as f64 / 1e6
        );
    }
    svg.push_str("</svg>");
    svg
}

fn dot(line: &Line, x: f64, y: f64) -> String {
    let (colour, size) = match line.what {
        What::Deed => ("#7a8aa0", 2.5),
        What::Reply => ("#3b82f6", 2.5),
        What::Life => ("#1b6e3c", 5.0),
        What::Fault => ("#e08a00", 5.0),
        What::Datagram => ("#c9c9c2", 1.5),
        What::Violation => ("#b3261e", 7.0),
    };
    let title = format!("{:.3} ms: {}", line.at_us as f64 / 1_000.0, line.text);
    format!(
        "<circle cx=\"{x:.1}\" cy=\"{y}\" r=\"{size}\" fill=\"{colour}\"><title>{}</title></circle>",
        escaped(&title)
    )
}

/// All but the datagrams, of which there are too many to read.
fn table(lines: &[Line]) -> String {
    let lines: Vec<&Line> = lines.iter().filter(|line| line.what != What::Datagram).collect();
    let mut html = String::from("<table><tr><th>ms<th>who<th>what</tr>");
    let skipped = lines.len().saturating_sub(LINES_MAX);
    if skipped > 0 {
        let _ = write!(html, "<tr class=\"dim\"><td><td><td>{skipped} earlier lines left out</tr>");
    }
    for line in lines.iter().skip(skipped) {
        let _ = write!(
            html,
            "<tr class=\"{:?}\"><td class=\"n\">{:.3}<td>{}<td>{}</tr>",
            line.what,
            line.at_us as f64 / 1_000.0,
            escaped(&line.who),
            escaped(&line.text)
        );
    }
    html.push_str("</table>");
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Rule;

    fn line(at_us: u64, what: What, text: &str) -> Line {
        Line { at_us, who: "power".to_owned(), what, text: text.to_owned() }
    }

    #[test]
    fn a_violation_is_shown_with_what_went_before_it_and_nothing_is_taken_for_html() {
        let lines = [
            line(1, What::Fault, "the power fails <at once>"),
            line(2, What::Violation, "lost"),
            line(3, What::Fault, "later"),
        ];
        let broken = [Violation { rule: Rule::OnRecord, how: "a & b".to_owned() }];
        let html = timeline("seed 1", &Scenario::parse("seed = 1").unwrap(), &lines, &broken);
        let (before, _) = html.split_once("<h2>Timeline").unwrap();
        assert!(before.contains("OnRecord") && before.contains("a &amp; b"));
        assert!(before.contains("&lt;at once&gt;") && !before.contains("later"));
    }
}
