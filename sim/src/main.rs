//! x
fn main() {
    let s = countersign_sim::scenario::draw(1, countersign_sim::scenario::Adversary::All);
    let run = countersign_sim::run::core(
        &s,
        countersign_sim::run::Options { trace: true, ..Default::default() },
    );
    print!("{}", countersign_sim::trace::text(&run.trace));
    println!("{:?} {} {} {}", run.violations, run.decided, run.signed, run.boots);
}
