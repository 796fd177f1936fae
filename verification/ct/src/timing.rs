//! Times on the host's engine, compared by Welch's t as dudect does: advice, reported as it is.
//!
//! Does not guarantee: anything. That engine is made for speed, and its work varies with the bytes of key, message
//! and signature, all of which the sender has. What is large here and of another reason than those bytes is worth
//! a look; the claim is the one of `check`.

use std::time::Instant;

use anyhow::Result;
use serde::Serialize;

use crate::group::{self, Group};
use crate::ready::Ready;

/// An honest frame that is refused all the same: what others are compared with.
const BASELINE: &str = "key not granted";

/// What `time` takes.
#[derive(clap::Args)]
pub struct Time {
    /// How often each frame is judged
    #[arg(long, default_value_t = 2000)]
    rounds: usize,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// A case's times.
#[derive(Serialize)]
struct Timed {
    group: String,
    case: &'static str,
    mean_ns: f64,
    /// Welch's t against the baseline.
    t: f64,
}

impl Time {
    /// Takes the times, and prints them.
    pub fn perform(&self) -> Result<()> {
        let timed: Vec<_> =
            group::timed().iter().flat_map(|group| self.perform_group(group)).collect();
        if self.json {
            println!("{}", serde_json::to_string_pretty(&timed)?);
            return Ok(());
        }
        println!("Welch's t against `{BASELINE}`, {} rounds. Advice only.", self.rounds);
        for Timed { group, case, mean_ns, t } in timed {
            println!("{group:16} {case:32} {mean_ns:>10.0} ns   t {t:>8.1}");
        }
        Ok(())
    }

    fn perform_group(&self, group: &Group) -> Vec<Timed> {
        let all = group.ready();
        let samples = self.samples(group, &all);
        let baseline = all.iter().position(|ready| ready.case.name == BASELINE).unwrap();
        let timed = |(ready, sample): (&Ready, &Sample)| Timed {
            group: group.title.clone(),
            case: ready.case.name,
            mean_ns: sample.mean,
            t: sample.t(&samples[baseline]),
        };
        all.iter().map(Box::as_ref).zip(&samples).map(timed).collect()
    }

    /// Each frame in turn, so that what the machine does beside it meets all of them.
    fn samples(&self, group: &Group, all: &[Box<Ready>]) -> Vec<Sample> {
        let mut times = vec![Vec::with_capacity(self.rounds); all.len()];
        for _ in 0..self.rounds {
            for (ready, times) in all.iter().zip(&mut times) {
                let begun = Instant::now();
                std::hint::black_box(ready.judge(group.path, &ready.frame));
                times.push(begun.elapsed().as_nanos() as f64);
            }
        }
        times.into_iter().map(Sample::of).collect()
    }
}

/// Mean and variance.
struct Sample {
    mean: f64,
    variance: f64,
    count: f64,
}

impl Sample {
    /// Without the slowest tenth, which other programs have made.
    fn of(mut times: Vec<f64>) -> Self {
        times.sort_by(f64::total_cmp);
        times.truncate(times.len() - times.len() / 10);
        let count = times.len() as f64;
        let mean = times.iter().sum::<f64>() / count;
        let variance = times.iter().map(|time| (time - mean).powi(2)).sum::<f64>() / (count - 1.0);
        Self { mean, variance, count }
    }

    /// Welch's t.
    fn t(&self, other: &Self) -> f64 {
        let error = (self.variance / self.count + other.variance / other.count).sqrt();
        if error == 0.0 { 0.0 } else { (self.mean - other.mean) / error }
    }
}

#[cfg(test)]
mod tests {
    use super::Sample;

    #[test]
    fn the_same_times_have_no_difference_and_others_have_one() {
        let times = |from: u32| Sample::of((0..100).map(|n| f64::from(from + n % 10)).collect());
        assert!(times(100).t(&times(100)).abs() < 0.001);
        assert!(times(150).t(&times(100)) > 100.0);
    }
}
