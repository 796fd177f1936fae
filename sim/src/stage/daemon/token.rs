//! The token of a real daemon: the embedded one, behind the module that goes wrong as it is told.
//!
//! Guarantee: a fault happens as often as it was ordered, over restarts of the daemon too: what the module
//! wrote that it did is taken from what is left.
//!
//! Does not guarantee: every fault of the scenario language. The real module has no signature of another
//! key and no random bytes that come again, there is no second token to restore, and a signature for a
//! checkpoint is a signature like any other.

use std::cell::RefCell;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use super::Programs;
use crate::machine::TokenFault;
use crate::random;
use crate::scenario::{Call, TokenTrouble};

/// Longer than the daemon waits for a call.
pub(super) const HANG_MS: u32 = 7_000;
/// A slow call is not slower: time is real here.
const SLOW_MS_MAX: u32 = 1_000;
/// CKR_DEVICE_REMOVED.
const REMOVED: u64 = 0x32;
/// What the module writes of a call that did not go wrong.
const WELL: &str = "as ever";

/// The token.
pub(super) struct Token {
    folder: PathBuf,
    programs: Programs,
    /// What no byte that leaves may hold: both PINs begin with it.
    pub(super) secret: String,
    plan: RefCell<Plan>,
}

/// What is to go wrong.
#[derive(Default)]
struct Plan {
    lines: Vec<Line>,
    /// Which plan it is: the module counts from anew when the text is another one.
    number: u32,
    /// Bytes of the module's log that were read.
    read: u64,
}

/// One thing that is to go wrong.
struct Line {
    function: &'static str,
    wrong: String,
    /// How often; none: until all is mended.
    left: Option<u32>,
    happens: Happens,
}

/// What has gone wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Happens {
    /// A call.
    Fault(TokenFault),
    /// It was not there.
    Removed,
}

impl Token {
    /// A new one, with its files in this folder.
    pub(super) fn new(folder: &Path, programs: &Programs, seed: u64) -> io::Result<Self> {
        let secret = hex::encode(random::bytes::<12>(seed, "pins", 0));
        let (plan, programs) = (RefCell::default(), programs.clone());
        let token = Self { folder: folder.to_owned(), programs, secret, plan };
        let database = token.path("token.sql");
        let slot = format!("[[slots]]\nslot = 0\ndbtype = \"sqlite\"\ndbargs = {database:?}\n");
        fs::write(token.path("embedded.conf"), slot)?;
        for (name, whose) in [("pin", "user"), ("so-pin", "officer")] {
            let mut options = OpenOptions::new();
            let mut file = options.write(true).create(true).mode(0o600).open(token.path(name))?;
            writeln!(file, "{}-{whose}", token.secret)?;
        }
        Ok(token)
    }

    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub(super) const fn programs(&self) -> &Programs {
        &self.programs
    }

    /// What its modules read.
    pub(super) fn environment(&self) -> [(&'static str, PathBuf); 4] {
        [
            ("KRYOPTIC_CONF", self.path("embedded.conf")),
            ("COUNTERSIGN_FAULTY_BEHIND", self.programs.token_module.clone()),
            ("COUNTERSIGN_FAULTY_PLAN", self.path("faulty.plan")),
            ("COUNTERSIGN_FAULTY_LOG", self.path("faulty.log")),
        ]
    }

    /// It as a section of the daemon's configuration, which may go on.
    pub(super) fn section(&self) -> String {
        let (module, pin) = (&self.programs.faulty_module, self.path("pin"));
        let (folder, behind) = (&self.folder, &self.programs.token_module);
        format!(
            "[token]\nmodule = {module:?}\nslot = 0\npin_file = {pin:?}\nfiles = [{folder:?}, {behind:?}]\n"
        )
    }

    /// Lets it go wrong; false if it cannot go wrong like this.
    pub(super) fn trouble(&self, trouble: &TokenTrouble) -> bool {
        let more = lines(trouble);
        let possible = !more.is_empty();
        self.plan.borrow_mut().lines.extend(more);
        possible
    }

    /// All is well again.
    pub(super) fn mend(&self) {
        self.plan.borrow_mut().lines.clear();
    }

    /// What has gone wrong since the last look, as it was planned then.
    pub(super) fn look(&self) -> io::Result<Vec<Happens>> {
        let mut plan = self.plan.borrow_mut();
        let log = self.unread(&mut plan.read)?;
        let wrong = log.lines().filter_map(|line| line.split_once(' '));
        let wrong = wrong.filter(|(_, outcome)| *outcome != WELL);
        Ok(wrong.filter_map(|(function, _)| plan.take(function)).collect())
    }

    /// From now on what is left of the plan goes wrong. Every change of the plan needs it, and every start
    /// of the daemon, after a look.
    pub(super) fn begin(&self) -> io::Result<()> {
        let mut plan = self.plan.borrow_mut();
        plan.number += 1;
        self.write(&plan.text())
    }

    /// What the module wrote since this was last asked.
    fn unread(&self, read: &mut u64) -> io::Result<String> {
        let mut text = String::new();
        let mut log = match File::open(self.path("faulty.log")) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(text),
            log => log?,
        };
        log.seek(SeekFrom::Start(*read))?;
        *read += log.read_to_string(&mut text)? as u64;
        Ok(text)
    }

    /// Whole or not at all, for a module that is reading.
    fn write(&self, plan: &str) -> io::Result<()> {
        let unfinished = self.path("faulty.unfinished");
        fs::write(&unfinished, plan)?;
        fs::rename(unfinished, self.path("faulty.plan"))
    }
}

impl Plan {
    /// A call of this function has gone wrong: the first line for it that is not used up.
    fn take(&mut self, function: &str) -> Option<Happens> {
        let mut lines = self.lines.iter_mut();
        let line = lines.find(|line| line.function == function && line.left != Some(0))?;
        line.left = line.left.map(|left| left - 1);
        Some(line.happens)
    }

    /// As the module's README has it.
    fn text(&self) -> String {
        let line = |Line { function, wrong, left, .. }: &Line| match left {
            None => format!("{function} {wrong}\n"),
            Some(left) => format!("{function} {wrong} times {left}\n"),
        };
        let lines = self.lines.iter().filter(|line| line.left != Some(0));
        format!("# {}\n{}", self.number, lines.map(line).collect::<String>())
    }
}

/// A trouble as lines of a plan; none if there are none for it.
fn lines(trouble: &TokenTrouble) -> Vec<Line> {
    let (call, fault, times) = match trouble {
        TokenTrouble::At { call, fault, times } => (call, *fault, *times),
        TokenTrouble::Removed => {
            let wrong = || format!("fails {REMOVED:#x}");
            let functions = ["C_OpenSession", "C_Sign", "C_GenerateRandom"];
            let happens = Happens::Removed;
            let removed = |function| Line { function, wrong: wrong(), left: None, happens };
            return functions.map(removed).into();
        }
        TokenTrouble::BackedUp | TokenTrouble::Restored => return Vec::new(),
    };
    let function = match call {
        Call::Sign | Call::Checkpoint => "C_Sign",
        Call::Random => "C_GenerateRandom",
    };
    let wrong = match fault {
        TokenFault::Fails(code) => format!("fails {code:#x}"),
        TokenFault::DoneButFails(code) => format!("fails-after-doing {code:#x}"),
        TokenFault::NotDone => "claims".to_owned(),
        TokenFault::WrongBit if *call != Call::Random => "flips".to_owned(),
        TokenFault::Hangs => format!("hangs {HANG_MS}"),
        TokenFault::Slow(ms) => format!("slow {}", ms.min(SLOW_MS_MAX)),
        TokenFault::WrongBit | TokenFault::OtherKey | TokenFault::RandomAgain => return Vec::new(),
    };
    vec![Line { function, wrong, left: Some(times), happens: Happens::Fault(fault) }]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(troubles: &[TokenTrouble]) -> Plan {
        Plan { lines: troubles.iter().flat_map(lines).collect(), ..Plan::default() }
    }

    fn at(call: Call, fault: TokenFault) -> TokenTrouble {
        TokenTrouble::At { call, fault, times: 2 }
    }

    #[test]
    fn troubles_are_lines_of_a_plan() {
        let line = |call, fault| plan(&[at(call, fault)]).text();
        assert_eq!(line(Call::Sign, TokenFault::Fails(0x30)), "# 0\nC_Sign fails 0x30 times 2\n");
        let slow = line(Call::Random, TokenFault::Slow(9_000));
        assert_eq!(slow, "# 0\nC_GenerateRandom slow 1000 times 2\n");
        assert_eq!(line(Call::Random, TokenFault::WrongBit), "# 0\n");
        assert!(plan(&[TokenTrouble::Removed]).text().contains("\nC_Sign fails 0x32\n"));
        assert!(lines(&TokenTrouble::BackedUp).is_empty());
    }

    #[test]
    fn what_has_happened_is_taken_from_what_is_left() {
        let (fails, flips) = (TokenFault::Fails(0x30), TokenFault::WrongBit);
        let mut plan = plan(&[at(Call::Sign, fails), at(Call::Checkpoint, flips)]);
        let taken: Vec<_> = (0..3).filter_map(|_| plan.take("C_Sign")).collect();
        assert_eq!(taken, [fails, fails, flips].map(Happens::Fault));
        assert_eq!(plan.take("C_GenerateRandom"), None);
        assert_eq!(plan.text(), "# 0\nC_Sign flips times 1\n");
    }
}
