//! The power fails at every write, sync and change in the token: the state before or the state after is there,
//! no open needs a person, and what was acknowledged stays.

use countersign_host::Host;
use countersign_vault::{Vault, VaultError, Wrapping};

use super::film::{Film, Filmed, Left, Twin};
use super::house::{FRIEND, House, Token, chance, entries, entry, has, holds, id, recover};

/// What is done to a vault that has the entries 0 to 11, and which it has afterwards.
struct Act {
    what: fn(&mut Vault<Filmed, Filmed, Host>) -> Result<(), VaultError>,
    after: fn() -> Vec<u32>,
    /// Whether it is wrapped before, and afterwards.
    wrapped: [bool; 2],
}

fn before() -> Vec<u32> {
    (0..12).collect()
}

const CREATE: Act = Act {
    what: |vault| vault.create_many(&mut chance(10), entries(12..24)),
    after: || (0..24).collect(),
    wrapped: [false, false],
};

const DESTROY: Act = Act {
    what: |vault| vault.destroy(&mut chance(10), &[id(0), id(5), id(11)]).map(drop),
    after: || (0..12).filter(|number| ![0, 5, 11].contains(number)).collect(),
    wrapped: [false, false],
};

const WRAP: Act = Act {
    what: |vault| vault.wrap_for(&mut chance(10), Box::new(FRIEND)).map(drop),
    after: before,
    wrapped: [false, true],
};

/// What is wrapped stays so, and is recoverable at each moment.
const DESTROY_WRAPPED: Act = Act {
    what: |vault| {
        vault.wrap_for(&mut chance(9), Box::new(FRIEND))?;
        (DESTROY.what)(vault)
    },
    wrapped: [true, true],
    ..DESTROY
};

/// The disks and the token before the act.
fn start(wrapped: bool) -> ([Vec<u8>; 2], Token) {
    let house = House::new();
    let mut vault = house.init();
    vault.create(&mut chance(3), entry(0)).unwrap();
    if wrapped {
        vault.wrap_for(&mut chance(8), Box::new(FRIEND)).unwrap();
    }
    vault.create_many(&mut chance(4), entries(1..12)).unwrap();
    (house.bytes(), house.token.clone())
}

/// What came of all cuts.
#[derive(Default)]
struct Cuts {
    moments: usize,
    restarts: usize,
    broken: Vec<String>,
}

impl Cuts {
    fn of(act: &Act, twin: Twin, deep: usize) -> Self {
        let (bytes, token) = start(act.wrapped[0]);
        let film = Film::of(bytes, &token, twin);
        let (mut vault, _) = Vault::open(film.platform(), &mut chance(5)).unwrap();
        let begun = film.len();
        (act.what)(&mut vault).unwrap();
        let mut cuts = Self::default();
        for at in begun - 1..film.len() {
            let acknowledged = at + 1 == film.len();
            cuts.at(&film, at, acknowledged, act, deep, "");
        }
        cuts
    }

    /// Opens on whatever may be left at this moment, and cuts the power again while it opens.
    fn at(&mut self, film: &Film, at: usize, told: bool, act: &Act, deep: usize, before: &str) {
        self.moments += 1;
        for left in film.cut(at) {
            self.restarts += 1;
            let what = format!("{before}{}", left.what);
            match restart(&left, told, act) {
                Err(why) => self.broken.push(format!("{what}: {why}")),
                Ok(again) if deep > 1 => {
                    for at in 0..again.len() {
                        self.at(&again, at, told, act, deep - 1, &format!("{what}, then "));
                    }
                }
                Ok(_) => {}
            }
        }
    }
}

/// Without the token, too, one state or the other is there.
fn without_token(left: &Left, told: bool, act: &Act) -> Result<(), String> {
    let read = recover(left.bytes.clone(), FRIEND);
    let read = read.map_err(|why| format!("is not recovered: {why}"))?;
    let right = has(&read, (act.after)()) || !told && has(&read, before());
    if right { Ok(()) } else { Err("is recovered as neither state".to_owned()) }
}

/// Opens as it is left, looks whether the right entries are there, and goes on with it.
fn restart(left: &Left, told: bool, act: &Act) -> Result<Film, String> {
    if act.wrapped[usize::from(told)] {
        without_token(left, told, act)?;
    }
    let film = Film::of(left.bytes.clone(), &left.token, Twin::Honest);
    let opened = Vault::open(film.platform(), &mut chance(6));
    let (vault, _) = opened.map_err(|why| format!("does not open: {why}"))?;
    let (is_after, is_before) = (holds(&vault, (act.after)()), holds(&vault, before()));
    if !is_after && (told || !is_before) {
        return Err(format!("{} entries that are neither state's", vault.len()));
    }
    let wrapped = vault.wrapped_for() == Some(Wrapping::recipient(&FRIEND));
    if wrapped != act.wrapped[1] && (told || wrapped != act.wrapped[0]) {
        return Err("wrapped as in neither state".to_owned());
    }
    if film.token().roots() != [vault.epoch()] {
        return Err("a root too many".to_owned());
    }
    drop(vault);
    goes_on(&film, is_after, act)?;
    Ok(film)
}

/// What has opened takes more, and does what was cut short.
fn goes_on(film: &Film, is_after: bool, act: &Act) -> Result<(), String> {
    let house = House::holding(film.bytes(), film.token().copy());
    let mut vault = house.try_open().map_err(|why| format!("does not open again: {why}"))?.0;
    if vault.wrapped_for().is_some() {
        let again = vault.wrap_for(&mut chance(6), Box::new(FRIEND));
        assert_eq!(again, Ok(false));
    }
    let more = vault.create(&mut chance(7), entry(99));
    let gone = more.and_then(|()| vault.destroy(&mut chance(8), &[id(1)]));
    gone.map_err(|why| format!("does not go on: {why}"))?;
    let mut expected = if is_after { (act.after)() } else { before() };
    expected.retain(|number| *number != 1);
    expected.push(99);
    let again = house.try_open().map_err(|why| format!("does not open a third time: {why}"))?.0;
    if holds(&again, expected) { Ok(()) } else { Err("has lost something".to_owned()) }
}

fn nothing_is_broken(name: &str, cuts: &Cuts) {
    println!("{name}: {} moments, {} restarts", cuts.moments, cuts.restarts);
    let some: Vec<_> = cuts.broken.iter().take(5).collect();
    assert!(some.is_empty(), "{} of {}: {some:#?}", cuts.broken.len(), cuts.restarts);
}

#[test]
fn a_create_that_is_cut_short_is_done_or_not() {
    let cuts = Cuts::of(&CREATE, Twin::Honest, 2);
    nothing_is_broken("create", &cuts);
    assert!(cuts.moments > 4 && cuts.restarts > 40);
}

#[test]
fn a_destroy_that_is_cut_short_is_done_or_not() {
    let cuts = Cuts::of(&DESTROY, Twin::Honest, 2);
    nothing_is_broken("destroy", &cuts);
    assert!(cuts.moments > 8 && cuts.restarts > 60);
}

#[test]
fn a_wrapping_that_is_cut_short_is_done_or_not() {
    let cuts = Cuts::of(&WRAP, Twin::Honest, 2);
    nothing_is_broken("wrap", &cuts);
    assert!(cuts.moments > 8 && cuts.restarts > 60);
}

#[test]
fn what_is_wrapped_is_recoverable_at_each_moment_of_a_destroy() {
    let cuts = Cuts::of(&DESTROY_WRAPPED, Twin::Honest, 2);
    nothing_is_broken("destroy what is wrapped", &cuts);
    assert!(cuts.moments > 8 && cuts.restarts > 60);
}

#[test]
fn each_wrong_twin_is_found_out() {
    for (name, act, twin) in [
        ("create", CREATE, Twin::NoSync),
        ("create", CREATE, Twin::OneSyncInTwo),
        ("destroy", DESTROY, Twin::NoSync),
        ("destroy", DESTROY, Twin::Hasty),
        ("wrap", WRAP, Twin::NoSync),
        ("wrap", WRAP, Twin::Hasty),
    ] {
        let cuts = Cuts::of(&act, twin, 1);
        assert!(!cuts.broken.is_empty(), "{name}: {twin:?} passed");
    }
}

#[test]
fn an_init_that_is_cut_short_is_done_or_asks_for_a_person() {
    let film = Film::of([vec![], vec![]], &Token::default(), Twin::Honest);
    Vault::init(film.platform(), &mut chance(1)).unwrap();
    for at in 0..film.len() {
        for Left { bytes, token, what } in film.cut(at) {
            let (house, told) = (House::holding(bytes, token), at + 1 == film.len());
            match house.try_open() {
                Ok((vault, _)) => assert!(vault.is_empty()),
                Err(VaultError::NotThere) => drop(house.init()),
                Err(why) => {
                    assert!(!told, "{what}: {why}");
                    let again = Vault::init(house.platform(), &mut chance(2)).err();
                    assert_eq!(again, Some(VaultError::NotNew), "{what}");
                }
            }
        }
    }
}
