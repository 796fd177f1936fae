//! A scenario from a seed: which things go wrong, how often, and when.
//!
//! Guarantee: each seed draws its own subset of everything that can go wrong (swarm testing: what is left
//! out lets what is left in come about more often).

use countersign_disk::{DiskFault, Loss};
use countersign_protocol::Suite;
use countersign_protocol::limits::LIFETIME_MS_MAX;
use fastrand::Rng;

use super::{
    Call, Cut, Deed, DeviceMode, Errand, Event, Flood, Hoard, House, Image, Layer, NetworkFault,
    Newcomer, Of, Order, Scenario, TokenTrouble, Trick,
};
use crate::machine::{CODES, ClockFault, Effect, TokenFault};
use crate::random;

/// Who is against the appliance.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Adversary {
    /// Everything that can go wrong.
    #[default]
    All,
    /// Hostile front-ends and devices, on a good machine.
    Only,
}

/// One seed of so many has a crowd of 100,000 devices, which takes seconds.
const CROWDS: u64 = 20_000;
const CROWD: u32 = 100_000;
/// One seed of so many has a front-end that hoards up to its quota.
const HOARDS: u32 = 40;
const QUOTA: u32 = 2_100;
/// Codes with which a token fails, one after the other.
const CODES_AT_ONCE: u32 = 4;
/// Errands that an order meets at once, besides the one that was drawn.
const CROWDED: u64 = 4;
/// How long two copies are alive, about, in milliseconds.
const BESIDE_MS: u64 = 3_000;

/// The scenario of this seed.
#[must_use]
pub fn draw(seed: u64, adversary: Adversary, layer: Layer) -> Scenario {
    let mut random = random::stream(seed, "scenario", 0);
    let swarm = Swarm::draw(&mut random, adversary, layer);
    let house = house(&mut random, seed);
    let mut at_us: u64 = 0;
    let mut drawn: Vec<(u64, Deed)> = Vec::new();
    for _ in 0..swarm.events {
        at_us += random.u64(..=2 * swarm.gap_us);
        let deed = (at_us / 1_000, swarm.deed(&mut random, &house));
        let together = aimed(&mut random, &drawn, deed);
        drawn.extend(together);
    }
    // Whatever was drawn, some of it happens in peace.
    drawn.push((at_us / 1_000 + 1, Deed::Mend));
    let event = |(number, (at, deed))| Event { at, number, deed, expect: None };
    let events = (0..).zip(drawn).map(event).collect();
    let drawn = Scenario { about: String::new(), seed, layer, house, events };
    if layer == Layer::Daemon { drawn.small() } else { drawn }
}

/// What was drawn, with what makes it meet something: every other order that takes something out of use
/// comes when approvals of the errand that was drawn last come; a cut where keys are made comes with one that
/// is made, and one where a torn tail is cut off with such a tail; a second copy comes with whoever asks for
/// something meanwhile; and a token that fails fails in several ways.
fn aimed(random: &mut Rng, before: &[(u64, Deed)], (at, deed): (u64, Deed)) -> Vec<(u64, Deed)> {
    let last = before.iter().rev().find_map(|(at, deed)| match deed {
        Deed::Sign(errand) => Some((*at, errand.clone())),
        _ => None,
    });
    match (&deed, last) {
        (Deed::Order(Order::Use { of, usable, .. }), Some((signed, errand))) if random.bool() => {
            let which = if *of == Of::Portal { errand.portal } else { errand.key };
            let order = Deed::Order(Order::Use { of: *of, which, usable: *usable });
            let ordered = signed + u64::from(errand.think_ms) + random.u64(..5);
            let mut together = vec![(ordered, order)];
            together.extend((0..CROWDED).map(|n| (signed + n, Deed::Sign(errand.clone()))));
            together
        }
        // Not for long: while it holds nothing else is met.
        (Deed::Order(Order::Freeze { .. }), last) => {
            let aimed = |(signed, errand): (u64, Errand)| signed + u64::from(errand.think_ms);
            let begun = last.filter(|_| random.bool()).map_or(at, aimed) + random.u64(..5);
            let long_ms = *random.choice(&[1, 500, 5_000, 60_000]).unwrap_or(&1);
            let thaw = Deed::Order(Order::Freeze { frozen: false });
            vec![(begun, deed), (begun + long_ms, thaw)]
        }
        // Whoever has set the clocks right says so: what they were ahead is given up.
        (Deed::Mend, _) => {
            vec![(at, deed), (at + 1_000, Deed::Order(Order::Freeze { frozen: false }))]
        }
        (Deed::Image(Image::Twin), Some((_, errand))) => beside(random, at, &errand),
        (Deed::Cut(Cut { at: Some(Effect::KeyMade), .. }), _) => {
            let made = Deed::Order(Order::AddKey { signer: 0 });
            vec![(at, deed), (at + 1, made)]
        }
        // Something is torn, so that the next boot has something to cut off.
        (Deed::Cut(Cut { at: Some(Effect::Truncate), .. }), _) => {
            let (at_sync, loss, down_ms) = (Some(Effect::Sync), Loss::Torn, 2_000);
            let torn = Deed::Cut(Cut { at: at_sync, loss, down_ms, ..Cut::default() });
            let signed = Deed::Sign(Errand { think_ms: 1, ..Errand::default() });
            vec![(at, torn), (at + 1, signed), (at + 1_000, deed)]
        }
        (Deed::Token(TokenTrouble::At { call, fault: TokenFault::Fails(_), times }), _) => {
            let another = |_| {
                let fault = TokenFault::Fails(code(random));
                (at, Deed::Token(TokenTrouble::At { call: *call, fault, times: *times }))
            };
            (0..CODES_AT_ONCE).map(another).collect()
        }
        _ => vec![(at, deed)],
    }
}

/// A second copy, with such errands as long as both may be alive, and with an order that the one must heed though it
/// was given to the other.
fn beside(random: &mut Rng, at: u64, errand: &Errand) -> Vec<(u64, Deed)> {
    let order = |usable| Deed::Order(Order::Use { of: Of::Key, which: errand.key, usable });
    let mut together = vec![(at, Deed::Image(Image::Twin))];
    let asked = |_| (at + random.u64(..BESIDE_MS), Deed::Sign(errand.clone()));
    together.extend((0..2 * CROWDED).map(asked));
    together.push((at + random.u64(..BESIDE_MS), order(false)));
    together.push((at + 2 * BESIDE_MS, order(true)));
    together
}

fn house(random: &mut Rng, seed: u64) -> House {
    let signers = random.u32(1..=6);
    let suites: Vec<String> = match random.u8(..3) {
        0 => Suite::ALL.iter().map(|suite| suite.name().to_owned()).collect(),
        1 => vec![Suite::ALL[random.usize(..Suite::ALL.len())].name().to_owned()],
        _ => vec!["ESP256".to_owned()],
    };
    House {
        signers,
        portals: random.u32(1..=4),
        joint: if random.bool() { random.u8(1..=signers as u8) } else { 0 },
        suites,
        crowd: if seed % CROWDS == CROWDS / 2 { CROWD } else { 0 },
        tpm: seed.is_multiple_of(2),
    }
}

/// What a seed has drawn.
struct Swarm {
    events: u64,
    gap_us: u64,
    /// Errands of which one is wrong, in a hundred.
    wrong_percent: u8,
    devices: Vec<DeviceMode>,
    tricks: Vec<Trick>,
    /// Orders and faults, in a thousand events.
    other_permille: u16,
    kinds: Vec<Kind>,
    /// Floods and hoards, in a thousand events: each is as much as a hundred others.
    crowd_permille: u16,
    crowds: Vec<Kind>,
    disk: Vec<DiskFault>,
    hoards: bool,
}

/// Kinds of deeds that are no errands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Order,
    Token,
    Disk,
    Image,
    Clock,
    Network,
    Cut,
    Flood,
    Hoard,
    Mend,
}

impl Swarm {
    fn draw(random: &mut Rng, adversary: Adversary, layer: Layer) -> Self {
        let (mut kinds, mut crowds) = (Vec::new(), vec![Kind::Flood, Kind::Hoard]);
        if adversary == Adversary::All {
            kinds.extend([Kind::Order, Kind::Token, Kind::Cut, Kind::Mend]);
            if layer != Layer::Daemon {
                kinds.extend([Kind::Disk, Kind::Clock]);
            }
            if layer == Layer::Network {
                kinds.extend([Kind::Network; 3]);
            }
        }
        kinds.retain(|_| random.bool());
        crowds.retain(|_| random.bool());
        // Lies take rules away: few seeds have them.
        let lies = random.u8(..8) == 0;
        let disk = DiskFault::ALL.into_iter().filter(|fault| lies || !fault.is_a_lie()).collect();
        // So do older disks.
        if kinds.contains(&Kind::Disk) && random.u8(..8) == 0 {
            kinds.push(Kind::Image);
        }
        Self {
            events: if random.bool() { random.u64(20..120) } else { random.u64(100..600) },
            gap_us: *random.choice(&[200, 2_000, 30_000, 1_000_000, 60_000_000]).unwrap_or(&2_000),
            wrong_percent: random.u8(..60),
            devices: subset(random, DeviceMode::ALL),
            tricks: subset(random, Trick::ALL),
            other_permille: *random.choice(&[5, 20, 80, 250]).unwrap_or(&20),
            kinds,
            crowd_permille: *random.choice(&[2, 5, 20]).unwrap_or(&5),
            crowds,
            disk,
            hoards: random.u32(..HOARDS) == 0,
        }
    }

    fn deed(&self, random: &mut Rng, house: &House) -> Deed {
        let chance = random.u16(..1_000);
        let kinds = match chance.checked_sub(self.crowd_permille) {
            None => &self.crowds,
            Some(rest) if rest < self.other_permille => &self.kinds,
            Some(_) => &Vec::new(),
        };
        let Some(kind) = random.choice(kinds) else {
            return Deed::Sign(self.errand(random, house));
        };
        match kind {
            Kind::Order => Deed::Order(order(random, house)),
            Kind::Token => Deed::Token(token(random)),
            Kind::Disk => Deed::Disk(*random.choice(&self.disk).unwrap_or(&DiskFault::AppendFails)),
            Kind::Image => Deed::Image(match random.u8(..3) {
                0 => Image::PutBack,
                1 => Image::Twin,
                _ => Image::Kept,
            }),
            Kind::Clock => Deed::Clock(clock(random)),
            Kind::Network => Deed::Network(network(random)),
            Kind::Cut => Deed::Cut(cut(random)),
            Kind::Flood => Deed::Flood(flood(random, house)),
            Kind::Hoard => Deed::Hoard(self.hoard(random, house)),
            Kind::Mend => Deed::Mend,
        }
    }

    fn errand(&self, random: &mut Rng, house: &House) -> Errand {
        let wrong = |random: &mut Rng| random.u8(..100) < self.wrong_percent;
        let (bad_device, bad_portal) = (wrong(random), wrong(random));
        Errand {
            portal: random.u32(..house.portals),
            key: random.u32(..house.keys()),
            items: if random.u8(..20) == 0 { 8 } else { random.u16(1..=3) },
            device: if bad_device { pick(random, &self.devices) } else { DeviceMode::Honest },
            trick: if bad_portal { pick(random, &self.tricks) } else { Trick::None },
            think_ms: *random.choice(&[0, 1, 50, 700, 5_000]).unwrap_or(&50),
            lifetime_ms: *random.choice(&[1_000, 10_000, 60_000, 600_000]).unwrap_or(&60_000),
        }
    }

    fn hoard(&self, random: &mut Rng, house: &House) -> Hoard {
        let count = if self.hoards { QUOTA } else { random.u32(5..40) };
        Hoard { portal: random.u32(..house.portals), key: random.u32(..house.keys()), count }
    }
}

/// Some of them, at least one.
fn subset<T: Copy>(random: &mut Rng, all: &[T]) -> Vec<T> {
    let some: Vec<T> = all.iter().copied().filter(|_| random.u8(..3) == 0).collect();
    if some.is_empty() { vec![all[random.usize(..all.len())]] } else { some }
}

fn pick<T: Copy + Default>(random: &mut Rng, some: &[T]) -> T {
    random.choice(some).copied().unwrap_or_default()
}

fn order(random: &mut Rng, house: &House) -> Order {
    let of = *random.choice(&[Of::Device, Of::Key, Of::Portal]).unwrap_or(&Of::Device);
    let which = match of {
        Of::Device => random.u32(..house.signers + 2),
        Of::Key => random.u32(..house.keys()),
        Of::Portal => random.u32(..house.portals),
    };
    let key = random.u32(..house.keys());
    match random.u8(..18) {
        0 => Order::Revoke { of, which },
        1..=3 => Order::Use { of, which, usable: false },
        4..=7 => Order::Use { of, which, usable: true },
        8 => Order::Grant { portal: random.u32(..house.portals), key, granted: false },
        9 => Order::Grant { portal: random.u32(..house.portals), key, granted: true },
        10..=12 => {
            let from_ms = *random.choice(&[0, 0, 20_000, 3_600_000]).unwrap_or(&0);
            let long_ms = *random.choice(&[2_000, 60_000, 1 << 42]).unwrap_or(&2_000);
            let lifetime_ms = *random.choice(&[5_000, LIFETIME_MS_MAX]).unwrap_or(&LIFETIME_MS_MAX);
            let (items_max, to_ms) = (random.u16(1..=8), from_ms + long_ms);
            Order::Policy { key, items_max, from_ms, to_ms, lifetime_ms, held: random.u8(..8) == 0 }
        }
        13 => {
            let how = pick(random, &Newcomer::ALL);
            Order::AddDevice { signer: random.u32(..house.signers), how }
        }
        14 => Order::AddKey { signer: random.u32(..house.signers) },
        15 if random.u8(..4) == 0 => Order::Erase { signer: random.u32(..house.signers) },
        16 if random.bool() => Order::Recovery { key: random.u8(..3) },
        17 => Order::Freeze { frozen: true },
        _ => Order::Status,
    }
}

fn token(random: &mut Rng) -> TokenTrouble {
    match random.u8(..24) {
        0 => TokenTrouble::Removed,
        1 => TokenTrouble::BackedUp,
        2 => TokenTrouble::Restored,
        _ => {
            let calls =
                [Call::Sign, Call::Sign, Call::Sign, Call::Sign, Call::Checkpoint, Call::Random];
            let call = *random.choice(&calls).unwrap_or(&Call::Sign);
            TokenTrouble::At { call, fault: token_fault(random), times: random.u32(1..4) }
        }
    }
}

fn code(random: &mut Rng) -> u64 {
    *random.choice(CODES).unwrap_or(&0x30)
}

fn token_fault(random: &mut Rng) -> TokenFault {
    match random.u8(..12) {
        0..=4 => TokenFault::Fails(code(random)),
        5 => TokenFault::DoneButFails(code(random)),
        6 => TokenFault::NotDone,
        7 => TokenFault::WrongBit,
        8 => TokenFault::OtherKey,
        9 => TokenFault::Hangs,
        10 => TokenFault::Slow(random.u32(1..6_000)),
        _ => TokenFault::RandomAgain,
    }
}

fn clock(random: &mut Rng) -> ClockFault {
    match random.u8(..6) {
        0 => ClockFault::Step(random.i64(-7_200_000..7_200_000)),
        1 => ClockFault::Drift(random.i32(-200_000..200_000)),
        2 => ClockFault::Widen(random.u32(1_000..600_000)),
        3 => ClockFault::Freeze,
        4 => ClockFault::BackAtBoot(random.u32(1_000..86_400_000)),
        _ => ClockFault::Absent,
    }
}

fn network(random: &mut Rng) -> NetworkFault {
    match random.u8(..8) {
        0 => NetworkFault::Loss(random.u16(1..300)),
        1 => NetworkFault::Duplicate(random.u16(1..300)),
        2 => NetworkFault::Reorder(random.u16(1..300)),
        3 => NetworkFault::Corrupt(random.u16(1..100)),
        4 => NetworkFault::Partition(random.u32(10..5_000)),
        5 => NetworkFault::Migrate,
        6 => NetworkFault::Flood(random.u32(10..200)),
        _ => NetworkFault::SlowReaders,
    }
}

fn cut(random: &mut Rng) -> Cut {
    Cut {
        after: if random.u8(..4) == 0 { None } else { Some(random.u64(..40)) },
        at: if random.bool() { random.choice(&Effect::ALL).copied() } else { None },
        loss: *random.choice(Loss::ALL).unwrap_or(&Loss::Everything),
        down_ms: random.u32(10..20_000),
        orderly: random.u8(..6) == 0,
    }
}

fn flood(random: &mut Rng, house: &House) -> Flood {
    let portal = if random.bool() { None } else { Some(random.u32(..house.portals)) };
    Flood { portal, count: random.u32(10..150), garbage: random.bool() }
}
