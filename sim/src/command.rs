//! The commands, one function each. Each says whether all is well.

use std::io::{self, IsTerminal as _, Write as _};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use countersign_disk::Loss;
use countersign_sim::campaign::{self, Failure, Settings, Tally, campaign};
use countersign_sim::marks::Mark;
use countersign_sim::model::{Rule, Violation};
use countersign_sim::report::{self, Figures};
use countersign_sim::run::{self, Options, Run};
use countersign_sim::scenario::{Scenario, draw};
use countersign_sim::stage;
use countersign_sim::trace;
use serde_json::json;

use crate::arguments::{Arguments, Campaign, How, One, Page, Smaller, Task, Twice};

/// Writes a line to whoever reads the results, if somebody still does.
macro_rules! say {
    ($($part:tt)*) => { writeln!(io::stdout(), $($part)*)? };
}

/// Time that nobody reaches: a number of seeds ends the campaign.
const FOR_EVER: Duration = Duration::from_secs(1 << 30);

/// Does what is asked.
pub fn perform(arguments: Arguments) -> Result<bool> {
    let json = arguments.json;
    match arguments.task {
        Task::Run(campaign) => perform_run(&campaign, json),
        Task::Seed(one) => perform_seed(&one, json),
        Task::Shrink(smaller) => perform_shrink(&smaller),
        Task::Meta(twice) => perform_meta(&twice, json),
        Task::List => list(json),
        Task::Report(page) => perform_report(&page),
        Task::Keys { config, module } => stage::keys(&config, &module).map(|()| true),
    }
}

impl How {
    const fn options(self, trace: bool) -> Options {
        Options { crypto: self.crypto, bug: self.bug, trace }
    }
}

/// The scenario of a number, or in a file.
fn scenario(which: &str, how: How) -> Result<Scenario> {
    match which.parse() {
        Ok(seed) => Ok(draw(seed, how.adversary, how.layer)),
        Err(_) => Scenario::read(Path::new(which)).map_err(Into::into),
    }
}

fn perform_run(asked: &Campaign, json: bool) -> Result<bool> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let settings = Settings {
        from: asked.from,
        seeds: asked.seeds,
        time: asked.seeds.map_or(Duration::from_secs_f64(asked.minutes * 60.0), |_| FOR_EVER),
        threads: asked.threads.unwrap_or(cores),
        adversary: asked.how.adversary,
        layer: asked.how.layer,
        options: asked.how.options(false),
    };
    let shown = std::io::stderr().is_terminal();
    let told = campaign(&settings, |seeds, decided| {
        if shown {
            eprint!("\r{seeds} seeds, {decided} authorisations decided");
        }
    });
    if shown {
        eprintln!();
    }
    let tally = told?;
    let figures = Figures::of(&tally, &settings);
    if let Some(path) = &asked.report {
        write(path, &report::coverage(&figures, &settings))?;
    }
    let never = tally.never(&settings);
    if json {
        say!("{}", serde_json::to_string_pretty(&figures)?);
    } else {
        tell(&figures)?;
        for mark in &never {
            say!("never happened: {}: {}", mark.family, mark.name);
        }
    }
    keep(&tally, &settings, &asked.keep)?;
    Ok(tally.failed == 0 && never.is_empty())
}

fn tell(figures: &Figures) -> Result<()> {
    let Figures { seeds, from, requests, decided, signed, faults, .. } = figures;
    let Figures { boots, effects, years, failed, .. } = figures;
    say!(
        "{seeds} seeds from {from}: {decided} authorisations decided ({:.0}/s and core), {signed} signed, in \
         {requests} requests",
        figures.decided_per_second_and_core
    );
    say!("{faults} faults, {boots} starts, {effects} moments for a cut, {years:.2} years");
    say!("{failed} seeds failed");
    Ok(())
}

/// Shrinks what failed, where it can be repeated, and writes it to a file that is replayed for ever.
fn keep(tally: &Tally, settings: &Settings, folder: &Path) -> Result<()> {
    for Failure { scenario, violations, left } in &tally.failures {
        let Some(first) = violations.first() else { continue };
        let seed = scenario.seed;
        eprintln!("seed {seed}: {:?}: {}; shrinking", first.rule, first.how);
        let mut small = campaign::shrink(scenario, first.rule, settings.options)
            .unwrap_or_else(|| scenario.clone());
        small.about = format!("Broke {:?}: {}", first.rule, how(&small, first, settings.options));
        let path = folder.join(format!("{:?}-{seed}.toml", first.rule).to_lowercase());
        write(&path, &small.text())?;
        eprintln!("seed {seed}: {} events left, in {}", small.events.len(), path.display());
        if let Some(left) = left {
            eprintln!("seed {seed}: what the program has left is in {}", left.display());
        }
    }
    Ok(())
}

/// How a smaller scenario breaks the rule; where that cannot be repeated, how the larger one did.
fn how(small: &Scenario, first: &Violation, options: Options) -> String {
    let run = run::repeatable(small.layer).and_then(|()| run::run(small, options));
    let again = run.ok().and_then(|r| r.violations.into_iter().find(|v| v.rule == first.rule));
    again.map_or_else(|| first.how.clone(), |violation| violation.how)
}

fn perform_seed(one: &One, json: bool) -> Result<bool> {
    let scenario = scenario(&one.which, one.how)?;
    if one.print {
        write!(io::stdout(), "{}", scenario.text())?;
        return Ok(true);
    }
    if one.cut_everywhere {
        return cut_everywhere(&scenario, one.how);
    }
    let run = run::run(&scenario, one.how.options(true))?;
    if json {
        say!("{}", serde_json::to_string_pretty(&told(&run))?);
    } else {
        if one.trace {
            write!(io::stdout(), "{}", trace::text(&run.trace))?;
        }
        summary(&run)?;
    }
    Ok(run.violations.is_empty())
}

fn told(run: &Run) -> serde_json::Value {
    let violations =
        run.violations.iter().map(|v| json!({ "rule": format!("{:?}", v.rule), "how": v.how }));
    json!({
        "decided": run.decided,
        "signed": run.signed,
        "starts": run.boots,
        "violations": violations.collect::<Vec<_>>(),
        "trace_sha256": trace::digest(&run.trace),
        "trace": run.trace,
    })
}

fn summary(run: &Run) -> Result<()> {
    say!(
        "{} authorisations decided, {} signed, {} starts, {:.3} s of its time, trace {}",
        run.decided,
        run.signed,
        run.boots,
        run.virtual_us as f64 / 1e6,
        trace::digest(&run.trace)
    );
    for violation in &run.violations {
        say!("broken: {:?}: {}", violation.rule, violation.how);
    }
    if run.violations.is_empty() {
        say!("every rule held");
    }
    if let Some(left) = &run.left {
        say!("what the program has left is in {}", left.display());
    }
    Ok(())
}

fn cut_everywhere(scenario: &Scenario, how: How) -> Result<bool> {
    let losses = [Loss::Everything, Loss::Nothing, Loss::Torn, Loss::AsSeeded];
    let shown = io::stderr().is_terminal();
    let told = |moment, moments| {
        if shown {
            eprint!("\rmoment {moment} of {moments}");
        }
    };
    let (moments, broken) = run::cut_everywhere(scenario, &losses, how.options(false), told)?;
    if shown {
        eprintln!();
    }
    for (cut, violations) in &broken {
        let first = violations.first().map(|v| format!("{:?}: {}", v.rule, v.how));
        let deed = cut.events.first().map(|event| &event.deed);
        say!("broken: {}, with {deed:?}", first.unwrap_or_default());
    }
    say!("{moments} cuts, {} of them broke a rule", broken.len());
    Ok(broken.is_empty())
}

fn perform_shrink(smaller: &Smaller) -> Result<bool> {
    let scenario = scenario(&smaller.which, smaller.how)?;
    run::repeatable(scenario.layer)?;
    let options = smaller.how.options(false);
    let run = run::run(&scenario, options)?;
    let Some(first) = run.violations.first() else {
        say!("every rule held: nothing to shrink");
        return Ok(true);
    };
    let small = campaign::shrink(&scenario, first.rule, options).context("it failed only once")?;
    eprintln!("{:?}: {} of {} events left", first.rule, small.events.len(), scenario.events.len());
    match &smaller.out {
        Some(path) => write(path, &small.text())?,
        None => write!(io::stdout(), "{}", small.text())?,
    }
    Ok(false)
}

fn perform_meta(twice: &Twice, json: bool) -> Result<bool> {
    let How { adversary, layer, .. } = twice.how;
    let seeds = twice.from..twice.from.saturating_add(twice.seeds);
    let differing = campaign::meta(seeds, adversary, layer, twice.how.options(true))?;
    if json {
        let seeds: Vec<u64> = differing.iter().map(|differs| differs.seed).collect();
        say!("{}", json!({ "seeds": twice.seeds, "differing": seeds }));
    } else {
        for differs in &differing {
            let [first, second] = &differs.lines;
            say!("seed {} differs:\n  {first}\n  {second}", differs.seed);
        }
        say!("{} seeds twice, {} differ", twice.seeds, differing.len());
    }
    Ok(differing.is_empty())
}

fn list(json: bool) -> Result<bool> {
    let rules: Vec<String> = Rule::ALL.iter().map(|rule| format!("{rule:?}")).collect();
    let marks: Vec<(&str, String)> = Mark::all().map(|mark| (mark.family(), mark.name())).collect();
    if json {
        say!("{}", serde_json::to_string_pretty(&json!({ "rules": rules, "marks": marks }))?);
        return Ok(true);
    }
    say!("Rules that must hold: {}", rules.join(", "));
    let mut last = "";
    for (family, name) in &marks {
        if *family != last {
            say!("\n{family}:");
            last = family;
        }
        say!("  {name}");
    }
    Ok(true)
}

fn perform_report(asked: &Page) -> Result<bool> {
    let scenario = scenario(&asked.which, asked.how)?;
    let run = run::run(&scenario, asked.how.options(true))?;
    let title = format!("Seed {}", scenario.seed);
    write(&asked.out, &report::timeline(&title, &scenario, &run.trace, &run.violations))?;
    say!("{}", asked.out.display());
    Ok(run.violations.is_empty())
}

fn write(path: &PathBuf, text: &str) -> Result<()> {
    let failed = || format!("cannot write {}; choose another place", path.display());
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(failed)?;
    }
    std::fs::write(path, text).with_context(failed)
}
