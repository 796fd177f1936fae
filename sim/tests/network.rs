//! The layer `network`: the appliance behind its own endpoint, over a network that does whatever networks
//! do.

use countersign_sim::marks::{Mark, NetworkKind};
use countersign_sim::run::{Options, Run, network};
use countersign_sim::scenario::{
    Adversary, Cut, Deed, Errand, Event, Expect, Flood, House, Layer, NetworkFault, Scenario, draw,
};
use countersign_sim::trace;

/// A document every so many milliseconds, each by another front-end and key in turn.
fn documents(count: u64, every_ms: u64) -> Vec<Event> {
    let errand = |number: u64| Errand {
        portal: (number % 2) as u32,
        key: (number / 2 % 2) as u32,
        think_ms: 20,
        ..Errand::default()
    };
    let event = |number| (number * every_ms, Deed::Sign(errand(number)));
    (0..count).map(event).map(|(at, deed)| Event { at, number: at, deed, expect: None }).collect()
}

fn scenario(seed: u64, events: Vec<Event>) -> Scenario {
    let (about, layer, house) = (String::new(), Layer::Network, House::default());
    Scenario { about, seed, layer, house, events }
}

/// The documents, with these deeds at these times.
fn with(seed: u64, deeds: &[(u64, Deed)]) -> Scenario {
    let mut events = documents(60, 200);
    let more = deeds.iter().zip(1_000_000..);
    let event = |((at, deed), number): (&(u64, Deed), u64)| Event {
        at: *at,
        number,
        deed: deed.clone(),
        expect: None,
    };
    events.extend(more.map(event));
    scenario(seed, events)
}

fn played(scenario: &Scenario) -> Run {
    let run = network(scenario, Options::default());
    assert!(run.violations.is_empty(), "seed {}: {:?}", scenario.seed, run.violations);
    run
}

fn met(run: &Run, kind: NetworkKind) -> u64 {
    run.marks().count(Mark::Network(kind))
}

#[test]
fn on_a_quiet_network_everything_is_signed() {
    let mut events = documents(100, 10);
    events.iter_mut().for_each(|event| event.expect = Some(Expect("signed".to_owned())));
    let run = played(&scenario(1, events));
    // And that of the one who comes when all is over.
    assert_eq!(run.signed, 101);
    assert!(run.datagrams > 400, "it is a network: {} datagrams", run.datagrams);
}

#[test]
fn whatever_the_network_does_nothing_is_violated_and_work_goes_on() {
    let faults = [
        (NetworkFault::Loss(200), NetworkKind::Lost),
        (NetworkFault::Duplicate(300), NetworkKind::Twice),
        (NetworkFault::Reorder(300), NetworkKind::Late),
        (NetworkFault::Corrupt(100), NetworkKind::Corrupt),
        (NetworkFault::Partition(1_500), NetworkKind::Partition),
        (NetworkFault::Migrate, NetworkKind::Migrated),
        (NetworkFault::Flood(200), NetworkKind::Flooded),
        (NetworkFault::SlowReaders, NetworkKind::Slow),
    ];
    for (seed, (fault, kind)) in (1..).zip(faults) {
        let run = played(&with(seed, &[(500, Deed::Network(fault))]));
        assert!(met(&run, kind) > 0, "{fault:?} was not met");
        assert!(run.signed > 30, "{fault:?}: {} of 61 signed", run.signed);
    }
}

#[test]
fn all_at_once_and_the_power_too() {
    let deeds = [
        (300, Deed::Network(NetworkFault::Loss(150))),
        (300, Deed::Network(NetworkFault::Reorder(200))),
        (300, Deed::Network(NetworkFault::Duplicate(200))),
        (600, Deed::Network(NetworkFault::Flood(100))),
        (700, Deed::Cut(Cut { after: Some(7), ..Cut::default() })),
        (1_500, Deed::Cut(Cut { orderly: true, ..Cut::default() })),
        (2_000, Deed::Network(NetworkFault::Migrate)),
    ];
    let run = played(&with(9, &deeds));
    assert!(run.boots >= 2, "{} starts", run.boots);
}

#[test]
fn a_flood_of_strangers_and_requests_stays_within_bounds() {
    let stranger = Flood { portal: None, count: 1_000, garbage: true };
    let portal = Flood { portal: Some(1), count: 1_000, garbage: false };
    let deeds = [
        (200, Deed::Network(NetworkFault::Flood(400))),
        (200, Deed::Network(NetworkFault::Flood(400))),
        (250, Deed::Flood(stranger)),
        (300, Deed::Flood(portal)),
    ];
    let run = played(&with(3, &deeds));
    // A socket's buffer may be full; nothing behind it grows, or the model says so (its rule `Bounded`).
    assert!(run.most_waiting <= 1_024, "{} datagrams waited", run.most_waiting);
    assert!(run.signed > 30, "{} of 61 signed", run.signed);
}

#[test]
fn who_does_not_read_keeps_nobody_else_from_being_served() {
    // Half of the documents come from the front-end that hoards replies; officers order all the time.
    let slow = (0, Deed::Network(NetworkFault::SlowReaders));
    let mut scenario = with(4, &[slow]);
    scenario.events.sort_by_key(|event| event.at);
    let mend = Event { at: 1_000, number: 2_000_000, deed: Deed::Mend, expect: None };
    scenario.events.push(mend);
    for event in scenario.events.iter_mut().filter(|event| event.at > 1_000) {
        if let Deed::Sign(_) = event.deed {
            event.expect = Some(Expect("signed".to_owned()));
        }
    }
    // What is asked while others' replies still wait to be read is signed.
    assert!(met(&played(&scenario), NetworkKind::Slow) > 0);
}

#[test]
fn the_same_seed_gives_the_same_datagrams() {
    let kept = Options { trace: true, ..Options::default() };
    for seed in 1..=10 {
        let scenario = draw(seed, Adversary::All, Layer::Network);
        let (one, other) = (network(&scenario, kept), network(&scenario, kept));
        let datagrams = one.trace.iter().filter(|line| line.what == trace::What::Datagram).count();
        assert!(datagrams > 50, "seed {seed}: {datagrams} datagrams");
        assert_eq!(trace::text(&one.trace), trace::text(&other.trace), "seed {seed}");
    }
}
