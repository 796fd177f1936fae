//! What a confined process can do, and what not: each thing is tried in a process of its own, which confines
//! itself as the daemon does and then tries.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    reason = "these are tests: what they did not expect must stop them"
)]

use std::fs;
use std::io;
use std::net::{TcpListener, UdpSocket};
use std::path::Path;
use std::process::Command;

use countersignd::config::Config;
use countersignd::confinement::{self, Unconfined};
use rustix::fs::{MemfdFlags, memfd_create};
use rustix::net::{AddressFamily, SocketType, socket};
use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getppid, getrlimit};
use tempfile::TempDir;

/// Which trial the process is for, and where its files are.
const TRIAL: &str = "COUNTERSIGN_TRIAL";
const FOLDER: &str = "COUNTERSIGN_TRIAL_FOLDER";
/// What a trial's outcome begins with.
const OUTCOME: &str = "outcome: ";

type Trial = fn(&Path) -> io::Result<()>;

/// What the daemon needs, and can.
const ALLOWED: &[(&str, Trial)] = &[
    ("write a file in its data", |folder| fs::write(folder.join("data/new"), "x")),
    ("remove a file in its data", |folder| fs::remove_file(folder.join("data/old"))),
    ("rename a file in its data", |folder| {
        fs::rename(folder.join("data/old"), folder.join("data/new"))
    }),
    ("publish", |folder| fs::write(folder.join("published/checkpoint"), "x")),
    ("write the token's files", |folder| fs::write(folder.join("token/new"), "x")),
    ("read its PIN", |folder| fs::read(folder.join("pin")).map(drop)),
    ("load what is beside the module", |folder| fs::read(folder.join("module/lib.so")).map(drop)),
    ("read its own program", |_| fs::read("/proc/self/exe").map(drop)),
    ("read what the system's libraries do", |_| fs::read("/etc/passwd").map(drop)),
    ("make a thread", |_| {
        std::thread::Builder::new().spawn(|| ())?.join().map_err(|_| io::ErrorKind::Other.into())
    }),
    ("open a UDP socket", |_| UdpSocket::bind("127.0.0.1:0").map(drop)),
    ("listen as a witness", |_| TcpListener::bind("127.0.0.1:7461").map(drop)),
];

/// What it does not need.
const REFUSED: &[(&str, Trial)] = &[
    ("read another file", |folder| fs::read(folder.join("other/file")).map(drop)),
    ("read another file in a thread", |folder| {
        let file = folder.join("other/file");
        let read = std::thread::spawn(move || fs::read(file).map(drop));
        read.join().unwrap_or(Ok(()))
    }),
    ("write another file", |folder| fs::write(folder.join("other/file"), "x")),
    ("write its PIN", |folder| fs::write(folder.join("pin"), "x")),
    ("write beside the module", |folder| fs::write(folder.join("module/lib.so"), "x")),
    ("link out of its data", |folder| {
        std::os::unix::fs::symlink(folder.join("other/file"), folder.join("data/link"))
    }),
    ("move a file out of its data", |folder| {
        fs::rename(folder.join("data/old"), folder.join("other/old"))
    }),
    ("look into another process", |_| {
        let parent = getppid().ok_or(io::ErrorKind::NotFound)?.as_raw_nonzero();
        fs::read(format!("/proc/{parent}/maps")).map(drop)
    }),
    ("run a program", |_| Command::new("/bin/true").status().map(drop)),
    ("make a file in memory", |_| {
        memfd_create("x", MemfdFlags::CLOEXEC).map(drop).map_err(Into::into)
    }),
    ("talk to the kernel", |_| {
        socket(AddressFamily::NETLINK, SocketType::RAW, None).map(drop).map_err(Into::into)
    }),
    ("listen on another port", |_| TcpListener::bind("127.0.0.1:7462").map(drop)),
];

#[test]
fn it_can_do_what_it_has_to() {
    for (name, _) in ALLOWED {
        assert_eq!(tried(name), "Ok(())", "{name}");
    }
}

#[test]
fn it_can_do_nothing_else() {
    for (name, trial) in REFUSED {
        let place = place();
        trial(place.path()).unwrap_or_else(|why| panic!("{name} is possible by itself: {why}"));
        let outcome = tried(name);
        assert!(outcome.contains("PermissionDenied"), "{name}: {outcome}");
    }
}

#[test]
fn its_memory_is_its_own_and_it_has_no_privilege() {
    assert_eq!(tried("standing"), "Ok(())");
}

#[test]
fn what_the_configuration_names_must_be_there() {
    let place = place();
    fs::remove_dir_all(place.path().join("token")).unwrap();
    let outcome = tried_in("read its PIN", &place);
    assert!(outcome.contains("cannot open") && outcome.contains("/token"), "{outcome}");
}

/// A process without dumps and debuggers, capabilities and ways to get some, with a filter, and with its pages
/// locked if it was said.
fn standing(locked: bool) -> io::Result<()> {
    assert_eq!(dumpable_behavior()?, DumpableBehavior::NotDumpable);
    assert_eq!(getrlimit(Resource::Core).maximum, Some(0));
    let status = fs::read_to_string("/proc/thread-self/status")?;
    let value = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name));
        line.map(|value| value.trim().to_owned()).unwrap_or_default()
    };
    for capabilities in ["CapEff:", "CapPrm:", "CapInh:"] {
        assert_eq!(value(capabilities), "0000000000000000", "{capabilities}");
    }
    assert_eq!((value("NoNewPrivs:"), value("Seccomp:")), ("1".to_owned(), "2".to_owned()));
    assert_eq!(value("VmLck:") == "0 kB", !locked);
    Ok(())
}

/// What comes of it in a confined process.
fn tried(name: &str) -> String {
    tried_in(name, &place())
}

fn tried_in(name: &str, place: &TempDir) -> String {
    let mut process = Command::new(std::env::current_exe().unwrap());
    process.args(["inside", "--exact", "--ignored", "--nocapture"]);
    let process = process.env(TRIAL, name).env(FOLDER, place.path()).output().unwrap();
    let said = String::from_utf8_lossy(&process.stdout);
    let outcome = said.lines().find_map(|line| line.split_once(OUTCOME));
    let nothing = || panic!("{name}: {said}{}", String::from_utf8_lossy(&process.stderr));
    outcome.map_or_else(nothing, |(_, outcome)| outcome.to_owned())
}

/// Files as an appliance has them, and others.
fn place() -> TempDir {
    let place = TempDir::new_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let path = place.path();
    for folder in ["data", "token", "module", "other"] {
        fs::create_dir(path.join(folder)).unwrap();
    }
    for file in ["data/old", "module/lib.so", "other/file", "pin"] {
        fs::write(path.join(file), "x").unwrap();
    }
    fs::create_dir(path.join("published")).unwrap();
    let configuration = "data = \"data\"\nlisten = \"127.0.0.1:0\"\npublish = \"published\"\n\
        [token]\nmodule = \"module/lib.so\"\nslot = 0\npin_file = \"pin\"\nfiles = [\"token\"]\n\
        [witnessing]\nlisten = \"127.0.0.1:7461\"\nname = \"witness.example\"\nlogs = []\n";
    fs::write(path.join("countersignd.toml"), configuration).unwrap();
    place
}

#[test]
#[ignore = "the others run it in a process of its own, which it confines"]
fn inside() {
    let (Ok(name), Some(folder)) = (std::env::var(TRIAL), std::env::var_os(FOLDER)) else { return };
    let folder = Path::new(&folder);
    println!(
        "\n{OUTCOME}{}",
        attempt(&name, folder).map_or_else(|why| why.to_string(), |done| format!("{done:?}"))
    );
}

fn attempt(name: &str, folder: &Path) -> Result<io::Result<()>, Unconfined> {
    let config = Config::read(&folder.join("countersignd.toml")).unwrap();
    let confined = confinement::enter(&config)?;
    let trial = ALLOWED.iter().chain(REFUSED).find(|(trial, _)| *trial == name);
    Ok(trial.map_or_else(|| standing(confined.memory_locked), |(_, trial)| trial(folder)))
}
