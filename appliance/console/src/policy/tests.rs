use countersign_core::Now;
use countersign_core::assertion::device_key::Family;
use countersign_core::policy::{Approver, allows};
use countersign_protocol::item::Form;
use countersign_protocol::policy::HOUR_MS;
use countersign_protocol::{FrontEndId, SignerId, Suite};
use jiff::tz::TimeZone;

use super::diff::More;
use super::request::Request;
use super::*;

const DOCTOR: &str = include_str!("../../../../docs/examples/doctor.policy.toml");

fn source(text: &str) -> Result<Source, Fault> {
    toml::from_str(text).map_err(Fault::Toml)
}

/// The doctor's policy, with one thing changed.
fn changed(from: &str, to: &str) -> String {
    assert!(DOCTOR.contains(from), "{from}");
    DOCTOR.replacen(from, to, 1)
}

fn rules(text: &str) -> Rules {
    let bytes = source(text).and_then(|source| source.compile()).unwrap();
    Rules::from(&canonical::decode::<Policy<'_>>(&bytes).unwrap())
}

#[test]
fn the_example_in_the_docs_is_good_and_so_are_its_own() {
    let outcomes = examples::judge(&source(DOCTOR).unwrap(), &rules(DOCTOR)).unwrap();
    assert_eq!(outcomes.len(), 5);
    for outcome in &outcomes {
        assert!(outcome.is_as_expected(), "{outcome}");
    }
}

#[test]
fn the_same_source_gives_the_same_bytes_in_whatever_order_it_lists() {
    let bytes = |text: &str| source(text).unwrap().compile().unwrap();
    let other = changed("[1, 2]", "[2, 1]").replace(
        r#"["Prescription *", "Repeat prescription *"]"#,
        r#"["Repeat prescription *", "Prescription *"]"#,
    );
    assert_eq!(bytes(&other), bytes(DOCTOR));
    assert_eq!(
        digest(&bytes(DOCTOR)),
        "deae6c3d9913cd463b36e1baf493e468177040a388f7422713517da7faf66ac5"
    );
}

/// Whether something is signed in an hour (since 1970) of Mondays to Fridays from 8 to 18 by these clocks, but for Christmas.
fn by_local_clocks(hour: u64, zone: &TimeZone) -> bool {
    let second = i64::try_from(hour * 3_600).unwrap();
    let local = zone.to_datetime(jiff::Timestamp::from_second(second).unwrap());
    let workday = local.weekday().to_monday_one_offset() <= 5;
    let christmas = local.month() == 12 && local.day() == 25;
    workday && (8..18).contains(&local.hour()) && !christmas
}

#[test]
fn local_hours_are_those_of_local_clocks_in_summer_and_in_winter() {
    for zone in ["Europe/Berlin", "America/New_York", "Australia/Sydney", "UTC", "Asia/Tokyo"] {
        let rules = rules(&format!(
            r#"
            suites = ["ESP256"]
            validity = {{ from = "2026-01-01", to = "2030-12-31" }}
            [calendar]
            zone = "{zone}"
            from = "2026-02-01"
            to = "2029-12-31"
            week = ["mon-fri 08-18"]
            closed = ["2026-12-25", "2027-12-25", "2028-12-25", "2029-12-25"]
            "#
        ));
        let zone = TimeZone::get(zone).unwrap();
        let end = |year, month| {
            let midnight = jiff::civil::date(year, month, 1).at(0, 0, 0, 0);
            calendar::at_ms(midnight, &zone).unwrap() / HOUR_MS
        };
        for hour in end(2026, 1)..end(2030, 2) {
            let within = (end(2026, 2)..end(2030, 1)).contains(&hour);
            let (open, utc_ms) = (within && by_local_clocks(hour, &zone), hour * HOUR_MS + 1);
            assert_eq!(is_open(&rules, utc_ms), open, "{hour} in {zone:?}");
        }
    }
}

fn is_open(rules: &Rules, utc_ms: u64) -> bool {
    let asked = countersign_core::policy::Asked {
        suite: Suite::Esp256,
        items: 1,
        lifetime_ms: 1_000,
        front_end: FrontEndId(1),
        initiator: None,
    };
    let now = Now { boot_ms: 0, utc_lo_ms: utc_ms, utc_hi_ms: utc_ms };
    !allows(rules, &asked, &now).has(Rule::Calendar.reason())
}

/// What is said of a source.
fn fault(text: &str) -> String {
    match source(text).and_then(|source| source.compile().map(|bytes| (source, bytes))) {
        Err(why) => why.to_string(),
        Ok((source, bytes)) => {
            let policy: Policy<'_> = canonical::decode(&bytes).unwrap();
            examples::judge(&source, &Rules::from(&policy)).err().unwrap().to_string()
        }
    }
}

#[test]
fn whatever_is_wrong_is_told_in_one_line() {
    let many = (1..=17).map(|n| n.to_string()).collect::<Vec<_>>().join(", ");
    let zone = r#"zone = "Europe/London""#;
    for (from, to, told) in [
        ("ESP256", "ESP999", "`suites`: there is no suite \"ESP999\""),
        (r#"["ESP256"]"#, "[]", "`suites`: from 1 to 16 different ones"),
        (r#"["ESP256"]"#, r#"["ESP256", "ESP256"]"#, "`suites`: from 1 to 16 different ones"),
        ("items = 20", "items = 0", "`items`: from 1 to 250"),
        ("items = 20", "items = 251", "`items`: from 1 to 250"),
        ("items = 20", "itemz = 20", "unknown field `itemz`"),
        ("lifetime = 300", "lifetime = 0", "`lifetime`: from 1 to"),
        ("lifetime = 300", "witnesses = 17", "`witnesses`: from 1 to 16"),
        ("[1, 2]", "[1, 1]", "`front-ends`: from 1 to 16 different ones"),
        ("1, 2", &many, "`front-ends`: from 1 to 16 different ones"),
        (r#"["raw", "signed-info"]"#, "[]", "`forms`: from 1 to 3 different ones"),
        ("\"raw\"", "\"cooked\"", "unknown variant `cooked`"),
        ("\"Prescription *\"", "\"\"", "`labels`: \"\" is empty"),
        ("2028-12-31\" }", "2025-12-31\" }", "`validity`: ends before it begins"),
        ("to = \"2028-12-31\"\n", "to = \"2025-12-31\"\n", "`calendar`: ends before it begins"),
        ("to = \"2028-12-31\"\n", "to = \"2031-12-31\"\n", "more than 9 changes of the zone's"),
        (zone, r#"zone = "Europe/Nowhere""#, "there is no zone \"Europe/Nowhere\""),
        (zone, r#"zone = "Asia/Kolkata""#, "its zone is not whole hours from UTC"),
        ("mon-fri 08-19", "mon-fri 8-19", "\"mon-fri 8-19\" is not like"),
        ("mon-fri 08-19", "fri-mon 08-19", "\"fri-mon 08-19\" is not like"),
        ("mon-fri 08-19", "mon-fri 08-25", "\"mon-fri 08-25\" is not like"),
        ("2026-12-28", "2026-12-32", "\"2026-12-32\" is not like"),
        ("2026-12-28", "2026-12-25 08-09", "dates that share an hour"),
        (
            "refused-by = [\"calendar\"]",
            "refused-by = [\"nothing\"]",
            "there is no rule \"nothing\"",
        ),
    ] {
        let said = fault(&changed(from, to));
        assert!(said.contains(told) && !said.contains('\n'), "{from} -> {to}: {said}");
    }
}

#[test]
fn everything_that_a_policy_can_list_fits_at_once() {
    let texts = (0..8).map(|n| format!("\"{n}{}\"", "x".repeat(31)));
    let dates = (1..=16).map(|day| format!("\"2026-12-{day:02}\""));
    let listed = |all: Vec<String>| format!("[{}]", all.join(", "));
    let large = changed(r#"["Prescription *", "Repeat prescription *"]"#, &listed(texts.collect()))
        .replace(r#"["2026-12-25", "2026-12-28"]"#, &listed(dates.collect()))
        .replace("open = [\"2026-12-27 10-14\"]\n", "")
        .replace("to = \"2028-12-31\"\n", "to = \"2029-12-31\"\n")
        .replace("[1, 2]", &listed((1..=16).map(|n| (n * 70_000).to_string()).collect()))
        .replace(r#"["ESP256"]"#, r#"["ESP256", "ESP384", "Ed25519", "PS256", "RS256"]"#)
        .replace(
            "lifetime = 300",
            "lifetime = 300\nwitnesses = 16\nfamilies = true\ninitiator = true",
        );
    let bytes = source(&large).unwrap().compile().unwrap();
    assert!((900..=1024).contains(&bytes.len()), "{}", bytes.len());
}

#[test]
fn an_example_that_is_not_as_expected_is_told() {
    let text = changed("refused-by = [\"calendar\"]", "");
    let outcomes = examples::judge(&source(&text).unwrap(), &rules(&text)).unwrap();
    let wrong: Vec<_> = outcomes.iter().filter(|one| !one.is_as_expected()).collect();
    assert_eq!(wrong.len(), 1);
    assert_eq!(wrong[0].to_string(), "on a Sunday: refused by calendar (expected: allowed)");
}

fn found(this: &Rules, other: &Rules) -> Option<Vec<&'static str>> {
    match diff::more(this, other) {
        More::This(request, rules) => {
            assert_eq!(request.refused_by(this), Some(Vec::new()), "{request}");
            Some(rules.iter().map(|rule| rule.name()).collect())
        }
        More::Nothing => None,
        More::Earlier => Some(vec!["earlier"]),
        More::Undecided => Some(vec!["undecided"]),
    }
}

#[test]
fn whatever_a_policy_allows_more_is_shown_by_a_request_and_what_it_allows_less_is_not() {
    let old = rules(DOCTOR);
    assert_eq!(found(&old, &old), None);
    for (from, to, rule) in [
        (r#"["ESP256"]"#, r#"["ESP256", "Ed25519"]"#, "suites"),
        ("items = 20", "items = 21", "items"),
        ("lifetime = 300", "lifetime = 301", "lifetime"),
        ("[1, 2]", "[1, 2, 3]", "front-ends"),
        ("front-ends = [1, 2]\n", "", "front-ends"),
        (r#"["raw", "signed-info"]"#, r#"["raw", "cms-attrs", "signed-info"]"#, "forms"),
        ("\"Prescription *\"", "\"Prescription*\"", "labels"),
        (", \"Repeat prescription *\"", ", \"Repeat prescription *\", \"Letter\"", "labels"),
        ("sat 09-12", "sat 09-13", "calendar"),
        ("\"2026-12-25\", ", "", "calendar"),
        ("10-14", "10-15", "calendar"),
        ("Europe/London", "Europe/Berlin", "calendar"),
    ] {
        let new = rules(&changed(from, to));
        assert_eq!(found(&new, &old), Some(vec![rule]), "{from} -> {to}");
        if rule != "calendar" || to != "Europe/Berlin" {
            assert_eq!(found(&old, &new), None, "{from} -> {to}");
        }
    }
    // Each of two zones has an hour that the other one has not.
    assert_eq!(
        found(&old, &rules(&changed("Europe/London", "Europe/Berlin"))),
        Some(vec!["calendar"])
    );
}

#[test]
fn what_holds_for_everything_is_shown_by_anything() {
    let old = rules(DOCTOR);
    let with = |line: &str| rules(&format!("{line}\n{DOCTOR}"));
    assert_eq!(found(&old, &with("hold = true")), Some(vec!["hold"]));
    assert_eq!(found(&with("hold = true"), &old), None);
    assert_eq!(found(&old, &with("families = true")), Some(vec!["families"]));
    assert_eq!(found(&with("families = true"), &old), None);
    assert_eq!(found(&old, &with("initiator = true")), Some(vec!["initiator"]));
    assert_eq!(found(&with("initiator = true"), &old), None);
    let shorter = rules(&changed("2028-12-31\" }", "2028-12-30\" }"));
    assert_eq!(found(&shorter, &old), None);
    // The last day is a Sunday.
    assert_eq!(found(&old, &shorter), None);
    let shorter = rules(&changed("2028-12-31\" }", "2028-12-28\" }"));
    assert_eq!(found(&old, &shorter), Some(vec!["validity"]));
}

#[test]
fn fewer_witnesses_are_more_unless_nothing_is_signed_at_all() {
    let with = |line: &str| rules(&format!("{line}\n{DOCTOR}"));
    let (two, three) = (with("witnesses = 2"), with("witnesses = 3"));
    assert_eq!(found(&two, &three), Some(vec!["earlier"]));
    assert_eq!(found(&three, &two), None);
    assert_eq!(found(&with("witnesses = 2\nhold = true"), &three), None);
}

#[test]
fn labels_that_leave_no_character_to_try_are_undecided() {
    let (mut all, old) = (rules(DOCTOR), rules(DOCTOR));
    let letters: Vec<char> = ('a'..='z').chain('A'..='Z').chain('\u{e0}'..='\u{17f}').collect();
    let texts: Vec<String> = letters.chunks(16).map(|part| part.iter().collect()).collect();
    let (first, second) = texts.split_at(8);
    let labels = |texts: &[String]| texts.iter().map(|text| (**text).try_into().unwrap()).collect();
    assert_eq!(
        found(&old, &Rules { labels: Some(labels(first)), ..old.clone() }),
        Some(vec!["labels"])
    );
    all.labels = Some(labels(first));
    assert_eq!(
        found(&all, &Rules { labels: Some(labels(second)), ..old }),
        Some(vec!["undecided"])
    );
}

#[test]
fn nobody_looks_at_a_thousand_years() {
    let (mut long, old) = (rules(DOCTOR), rules(DOCTOR));
    long.calendar.as_mut().unwrap().periods[0].from_hour = 0;
    long.calendar.as_mut().unwrap().periods.last_mut().unwrap().to_hour = 8_800_000;
    assert_eq!(found(&long, &old), Some(vec!["undecided"]));
}

/// Chance that is always the same: numbers below another one.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn one<T: Clone>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())].clone()
    }

    fn rules(&mut self) -> Rules {
        let labels = ["A*", "AB*", "AB", "B", "*"].into_iter().filter(|_| self.below(2) == 0);
        let labels = Some(labels.map(|text| text.try_into().unwrap()).collect());
        Rules {
            calendar: None,
            labels,
            suites: self.one(&[0, 1, 2, 3]),
            items_max: self.one(&[1, 2]),
            forms: self.one(&[1, 2, 3, 4, 5, 6, 7]),
            initiator_apart: self.one(&[false, true]),
            hybrid: self.one(&[false, true]),
            valid_from_ms: self.one(&[0, 1, 2]),
            valid_to_ms: self.one(&[0, 1, 2, 3]),
            ..rules(DOCTOR)
        }
    }

    fn request(&mut self) -> Request {
        Request {
            utc_ms: self.one(&[0, 1, 2, 3, 4]),
            suite: self.one(&Suite::ALL),
            items: self.one(&[1, 2, 3]),
            lifetime_ms: 1_000,
            front_end: FrontEndId(1),
            form: self.one(&[Form::Raw, Form::CmsAttrs, Form::SignedInfo]),
            label: self.one(&["A", "AB", "ABC", "AC", "B", "C"]).to_owned(),
            initiator: self.one(&[None, Some(SignerId(1)), Some(SignerId(2))]),
            by: vec![Approver { signer: SignerId(1), family: Family::Classical }],
        }
    }
}

/// Where nothing is said to be allowed more, no request shows the contrary.
#[test]
fn no_random_request_shows_what_was_not_found() {
    let (mut chance, mut nothing, mut something) = (Chance(9), 0, 0);
    for _ in 0..300 {
        let (this, other) = (chance.rules(), chance.rules());
        if found(&this, &other).is_some() {
            something += 1;
            continue;
        }
        nothing += 1;
        for _ in 0..400 {
            let request = chance.request();
            let allowed = |rules: &Rules| request.refused_by(rules).unwrap().is_empty();
            assert!(!allowed(&this) || allowed(&other), "{request}");
        }
    }
    assert!(nothing > 50 && something > 50, "{nothing} {something}");
}
