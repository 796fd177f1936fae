//! Reports that people look at: one HTML file each, with nothing from elsewhere in it.
//!
//! Guarantee: what is shown is what the run or campaign told; nothing is computed again.

mod coverage;
mod timeline;

pub use coverage::{Figures, coverage};
pub use timeline::timeline;

/// Text that cannot be mistaken for HTML.
fn escaped(text: &str) -> String {
    text.chars().fold(String::with_capacity(text.len()), |mut all, character| {
        match character {
            '<' => all.push_str("&lt;"),
            '>' => all.push_str("&gt;"),
            '&' => all.push_str("&amp;"),
            '"' => all.push_str("&quot;"),
            other => all.push(other),
        }
        all
    })
}

/// A page.
fn page(title: &str, body: &str) -> String {
    let title = escaped(title);
    format!(
        "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>{title}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<style>{STYLE}</style>\n\
         <h1>{title}</h1>\n{body}</html>\n"
    )
}

const STYLE: &str = "
body { font: 15px/1.45 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem;
  color: #1c2733; background: #fbfbf9 }
h1 { font-size: 1.5rem } h2 { font-size: 1.15rem; margin-top: 2rem }
table { border-collapse: collapse; width: 100% } td, th { text-align: left; padding: .15rem .6rem;
  border-bottom: 1px solid #e3e3de; vertical-align: top } td.n { text-align: right;
  font-variant-numeric: tabular-nums }
.good { color: #1b6e3c } .bad { color: #b3261e; font-weight: 600 } .dim { color: #6b7280 }
pre { background: #f1f1ec; padding: .8rem; overflow-x: auto; font-size: 13px }
.Fault { background: #fff1d6 } .Violation { background: #fbdcd9; font-weight: 600 }
.Life { background: #e7eef8 } .Reply { color: #33415c }
svg { width: 100%; height: auto; background: #fff; border: 1px solid #e3e3de }
svg text { font: 11px system-ui, sans-serif; fill: #33415c }
.cards { display: flex; flex-wrap: wrap; gap: 1rem } .cards div { background: #fff;
  border: 1px solid #e3e3de; border-radius: .4rem; padding: .6rem 1rem; min-width: 9rem }
.cards b { display: block; font-size: 1.3rem }
";
