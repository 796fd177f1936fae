//! x
use countersign_sim::*;
fn main() {
    let mut args = std::env::args().skip(1);
    let from: u64 = args.next().unwrap().parse().unwrap();
    let n: u64 = args.next().unwrap().parse().unwrap();
    let t = std::time::Instant::now();
    if n == 0 {
        let mut s = scenario::draw(1, scenario::Adversary::Only, scenario::Layer::Core);
        s.house = scenario::House::default();
        s.events = (0..40000)
            .map(|i| scenario::Event {
                at: i * 10,
                number: i,
                expect: None,
                deed: scenario::Deed::Sign(scenario::Errand {
                    key: (i % 2) as u32,
                    think_ms: 1,
                    ..Default::default()
                }),
            })
            .collect();
        let run = run::core(&s, run::Options::default());
        println!("{} in {:?}: {:?}", run.decided, t.elapsed(), run.violations);
        return;
    }
    let all = marks::Marks::default();
    let (mut decided, mut signed, mut boots) = (0, 0, 0);
    let mut v = 0u64;
    for seed in from..from + n {
        let s = scenario::draw(seed, scenario::Adversary::All, scenario::Layer::Core);
        let run = run::core(&s, run::Options { trace: n == 1, ..Default::default() });
        if n == 1 {
            println!("{}", s.text());
            print!("{}", trace::text(&run.trace));
        }
        for x in &run.violations {
            v += 1;
            if v < 40 {
                println!("seed {seed}: {:?}: {}", x.rule, x.how);
            }
        }
        decided += run.decided;
        signed += run.signed;
        boots += run.boots;
        all.add(run.marks());
    }
    for m in marks::Mark::all() {
        if m.is_due(scenario::Layer::Core, false) && all.count(m) == 0 {
            println!("never: {} {}", m.family(), m.name());
        }
    }
    let s = t.elapsed().as_secs_f64();
    println!(
        "{n} seeds {decided} decided {signed} signed {boots} boots {s:.2}s {:.0}/s violations {v}",
        decided as f64 / s
    );
}
