//! The groups: frames of one length, which must all be the same work.
//!
//! Guarantees: in a group there is every case that its frames can have; a twin that is wrong has groups of its own,
//! which must be found to differ.

use countersign_core::assertion::cose;
use countersign_device::{Algorithm, Authenticator};

use crate::cases::{CASES, Case};
use crate::draft::{Draft, Form, Hand};
use crate::house::{House, People, RP_ID, RP_ORIGIN};
use crate::path::Path;
use crate::ready::{Engine, Ready};
use crate::stub::Stub;
use crate::twin::Wrong;

/// A group.
pub struct Group {
    /// What it is of.
    pub title: String,
    /// What is measured.
    pub path: Path,
    engine: Engine,
    signatures: Signatures,
    algorithms: Vec<Algorithm>,
}

/// Where the group's signatures come from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Signatures {
    /// From nobody: so many bytes. One length at least is right for each algorithm; with any other one the
    /// signature's encoding is a further reason in every case.
    Nobodys(usize),
    /// From the device, over what the frame says.
    Devices,
    /// From the device, over the honest frame: the same bytes in every case. ML-DSA samples as often as the
    /// signature's own bytes say. Those frames that say what was signed are one group, and the others another
    /// one: `ml-dsa` compares 48 and 64 bytes with `==` at last, and some instructions tell what came of it.
    OfTheHonest {
        /// Whether they verify.
        good: bool,
    },
}

/// The lengths of nobody's signatures, and the algorithms that are compared there. At 40 bytes, r or s of ECDSA can
/// be zero; each other length is that of an algorithm.
const LENGTHS: [(usize, &[Algorithm]); 8] = [
    (40, &Algorithm::ALL),
    (64, &Algorithm::ALL),
    (256, &[Algorithm::Es256, Algorithm::Rs256Modulus2048]),
    (384, &[Algorithm::Es256, Algorithm::Rs256Modulus3072]),
    (512, &[Algorithm::Es256, Algorithm::Rs256Modulus4096]),
    (2420, &[Algorithm::Es256, Algorithm::MlDsa44]),
    (3309, &[Algorithm::Es256, Algorithm::MlDsa65]),
    (4627, &[Algorithm::Es256, Algorithm::MlDsa87]),
];
/// Algorithms that `soft` checks by the same work whatever the signature's bytes.
const CURVES: [Algorithm; 3] = [Algorithm::Es256, Algorithm::Es384, Algorithm::EdDsa];
const LATTICES: [Algorithm; 3] = [Algorithm::MlDsa44, Algorithm::MlDsa65, Algorithm::MlDsa87];

/// The groups whose instructions are counted.
pub fn counted() -> Vec<Group> {
    let stub = LENGTHS.map(|(length, algorithms)| Group::stub(Path::Real, length, algorithms));
    let mut groups = Vec::from(stub);
    groups.extend(checked_by_soft());
    groups.extend(CURVES[..2].iter().map(|algorithm| Group {
        title: format!("soft, {}, 40 bytes of DER that nobody signed", algorithm.name()),
        ..Group::soft(Path::Real, Signatures::Nobodys(40), *algorithm)
    }));
    groups.extend(Wrong::ALL.into_iter().flat_map(|wrong| {
        let stub = Group::stub(Path::Twin(wrong), 64, &CURVES[..1]);
        [stub, Group::soft(Path::Twin(wrong), Signatures::Devices, Algorithm::Es256)]
    }));
    groups
}

/// The groups that memcheck watches.
pub fn traced() -> Vec<Group> {
    let twin = |wrong| Group::soft(Path::Twin(wrong), Signatures::Devices, Algorithm::Es256);
    let stub = Group::stub(Path::Real, 64, &Algorithm::ALL);
    checked_by_soft().chain([stub]).chain(Wrong::ALL.map(twin)).collect()
}

/// The groups whose time is taken, on the engine that runs on a host.
pub fn timed() -> Vec<Group> {
    let host = |algorithm: Algorithm| Group {
        title: format!("host, {}", algorithm.name()),
        engine: Engine::Host,
        ..Group::soft(Path::Real, Signatures::Devices, algorithm)
    };
    [Algorithm::Es256, Algorithm::EdDsa, Algorithm::MlDsa44].map(host).into()
}

fn checked_by_soft() -> impl Iterator<Item = Group> {
    let curves = CURVES.map(|algorithm| Group::soft(Path::Real, Signatures::Devices, algorithm));
    let lattice = |algorithm: Algorithm| {
        [(true, "good"), (false, "bad")].map(|(good, word)| Group {
            title: format!("soft, {}, {word} signatures", algorithm.name()),
            ..Group::soft(Path::Real, Signatures::OfTheHonest { good }, algorithm)
        })
    };
    curves.into_iter().chain(LATTICES.into_iter().flat_map(lattice))
}

impl Group {
    fn stub(path: Path, length: usize, algorithms: &[Algorithm]) -> Self {
        Self {
            title: format!("{}stub, signatures of {length} bytes", name_of(path)),
            path,
            engine: Engine::Stub(Stub { verifies: true }),
            signatures: Signatures::Nobodys(length),
            algorithms: algorithms.to_vec(),
        }
    }

    fn soft(path: Path, signatures: Signatures, algorithm: Algorithm) -> Self {
        Self {
            title: format!("{}soft, {}", name_of(path), algorithm.name()),
            path,
            engine: Engine::Soft,
            signatures,
            algorithms: vec![algorithm],
        }
    }

    /// Whether its frames must be found to differ.
    pub fn is_wrong(&self) -> bool {
        matches!(self.path, Path::Twin(wrong) if wrong != Wrong::Nothing)
    }

    /// Everything that is to be judged in it, made ready.
    pub fn ready(&self) -> Vec<Box<Ready>> {
        self.algorithms.iter().flat_map(|algorithm| self.ready_of(*algorithm)).collect()
    }

    fn ready_of(&self, algorithm: Algorithm) -> Vec<Box<Ready>> {
        let device = |seed| Authenticator::from_seed_of(algorithm, &[seed; 32], RP_ID, RP_ORIGIN);
        let devices = [device(11), device(12), device(13)];
        let honest = Draft::honest(&House::of(People::with(&devices)).prepare());
        let before = match self.signatures {
            Signatures::OfTheHonest { .. } => honest.signature(&Hand::Device(&devices[0])),
            _ => Vec::new(),
        };
        let ready = |case: &'static Case| {
            let mut people = People::with(&devices);
            (case.before)(&mut people);
            let mut house = House::of(people);
            let prepared = house.prepare();
            let mut draft = Draft::honest(&prepared);
            (case.draft)(&mut draft);
            (case.after)(&mut house);
            let of_the_first = draft.device == prepared.first;
            if !self.has(algorithm, &draft, &honest, of_the_first) {
                return None;
            }
            let hand = match self.signatures {
                Signatures::Nobodys(length) => Hand::Nobody(length),
                Signatures::Devices => {
                    Hand::Device(&devices[if draft.device == 15 { 2 } else { 0 }])
                }
                Signatures::OfTheHonest { .. } => Hand::Before(&before),
            };
            Some(Box::new(Ready {
                algorithm: algorithm.name(),
                case,
                frame: draft.frame(&hand),
                named: usize::from(draft.device),
                genuine: self.is_genuine(&devices[0]),
                engine: self.engine.answering(draft.signature == Form::Good),
                state: house.closed(),
            }))
        };
        CASES.iter().filter_map(ready).collect()
    }

    /// Whether there can be such a frame in this group.
    fn has(&self, algorithm: Algorithm, draft: &Draft, honest: &Draft, of_the_first: bool) -> bool {
        let one_key = of_the_first && draft.signature == Form::Good;
        let of_the_group = match (draft.signature, self.signatures) {
            (_, Signatures::OfTheHonest { good }) => one_key && draft.says_what(honest) == good,
            (Form::ZeroR | Form::ZeroS, signatures) => signatures == Signatures::Nobodys(40),
            (Form::BadDer, _) => algorithm.is_ecdsa(),
            _ => true,
        };
        // The twins know listed devices only.
        of_the_group && (self.path == Path::Real || draft.device < 16)
    }

    /// Whether its signatures are what the algorithm's are, as far as the engine can tell.
    fn is_genuine(&self, device: &Authenticator) -> bool {
        let Signatures::Nobodys(length) = self.signatures else { return true };
        let port = cose::algorithm(&device.credential().public_key_cose);
        let plain = port.is_some_and(|algorithm| algorithm.signature_bytes() == length);
        let der = device.algorithm().is_ecdsa() && length <= 64;
        matches!(self.engine, Engine::Stub(_)) && (plain && !device.algorithm().is_ecdsa() || der)
    }
}

fn name_of(path: Path) -> String {
    match path {
        Path::Real => String::new(),
        Path::Twin(Wrong::Nothing) => "twin that is right: ".to_owned(),
        Path::Twin(Wrong::ReturnsEarly) => "twin that returns early: ".to_owned(),
        Path::Twin(Wrong::Compares) => "twin that compares with ==: ".to_owned(),
        Path::Twin(Wrong::Branches) => "twin that branches on a reason: ".to_owned(),
    }
}
