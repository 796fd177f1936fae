//! A disk that is full under the program itself: it says so and stops; whatever was given is there afterwards.
//!
//! What is full is the ledger's file: it may not grow past a limit of the operating system, which is the same to
//! the program as a disk without room.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::SocketAddr;
use std::process::{Child, ChildStderr, Command, Stdio};

use countersign_client::{FrontEnd, Identity, ServerPin};
use countersign_protocol::TransactionId;
use countersign_protocol::record::Kind as Record;
use countersign_protocol::reply::Failure;
use countersign_tests::case::{Case, approve};
use countersign_tests::draft::SignDraft;
use countersign_tests::engine::{Engine, Kind};
use countersign_tests::house::{Holder, House};
use countersign_tests::outcome::Outcome;

/// What the ledger's file may grow by.
const ROOM_BYTES: u64 = 40 * 1024;
/// More signatures than there is room for.
const TRIES: usize = 200;

/// The program, which ends with the test.
struct Limited {
    process: Child,
    said: BufReader<ChildStderr>,
    address: SocketAddr,
}

impl Limited {
    /// The daemon of this house, whose files may not be longer than that.
    fn of(house: &House, file_bytes_max: u64) -> Self {
        let daemon = std::env::var_os("COUNTERSIGN_DAEMON").expect("run `cargo xtask test`");
        let mut command = Command::new("sh");
        // The signal for a file that is too long is ignored, so that the write fails as on a full disk.
        let script = "trap '' XFSZ; exec prlimit --fsize=$0 -- setpriv --pdeathsig KILL \"$@\"";
        command.args(["-c", script, &file_bytes_max.to_string()]).arg(daemon);
        command.arg("run").arg("--config").arg(house.config_file());
        command.env("COUNTERSIGN_LOG", "info,cryptoki=off");
        let mut process = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut said = BufReader::new(process.stderr.take().unwrap());
        let mut line = String::new();
        while !line.contains("\"serving\"") {
            line.clear();
            assert!(said.read_line(&mut line).unwrap() > 0, "it does not serve");
        }
        let line: serde_json::Value = serde_json::from_str(&line).unwrap();
        let address = line["fields"]["address"].as_str().unwrap().parse().unwrap();
        Self { process, said, address }
    }

    async fn connect(&self, house: &House, who: &Holder) -> FrontEnd {
        let pin = ServerPin::from_pem_file(&house.server_certificate()).unwrap();
        let identity = Identity::from_pem(&who.certificate, &who.key).unwrap();
        FrontEnd::connect(self.address, &pin, &identity).await.unwrap()
    }

    /// Waits for its end: exit code, and all that it said.
    fn ended(mut self) -> (Option<i32>, String) {
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        (self.process.wait().unwrap().code(), said)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_daemon_whose_disk_is_full_stops_says_so_and_has_lost_nothing() {
    let engine = Engine::start(Kind::DaemonOnSoftHsm).await;
    let mut case = Case::begin(&engine).await;
    let (given, refused, code, said) = engine.restart_after(until_full(&mut case)).await;

    assert_eq!(code, Some(1), "{said}");
    let logged = said.lines().find(|line| line.contains("nothing is signed any more")).unwrap();
    assert!(logged.contains("ERROR") && logged.contains("failed to append"), "{logged}");
    let last = said.lines().last().unwrap();
    let why =
        "countersignd: the ledger has failed: storage failed to append (code 27): File too large";
    assert!(last.starts_with(why) && last.ends_with("check the disk and the token"), "{last}");

    assert!(given.len() > 3, "{}", given.len());
    for (transaction, outcome) in &given {
        assert_eq!(case.fetched(*transaction).await, *outcome);
    }
    assert!(matches!(case.fetched(refused).await, Outcome::Failed(_)));
    let records = engine.house.records();
    let signed = records.iter().filter(|(kind, _)| *kind == Record::Signature).count();
    assert_eq!(signed, given.len(), "what was not acknowledged was cut");
    case.signed().await;
}

type Told = (Vec<(TransactionId, Outcome)>, TransactionId, Option<i32>, String);

/// Signs until there is no room: what was given, what was not, and how the program ended.
async fn until_full(case: &mut Case<'_>) -> Told {
    let house = &case.engine.house;
    let room = std::fs::metadata(house.ledger()).unwrap().len() + ROOM_BYTES;
    let daemon = Limited::of(house, room);
    let client = daemon.connect(house, &case.people.front_end).await;
    let mut given = Vec::new();
    for _ in 0..TRIES {
        let reply = client.request(&case.prepare.frame()).await.unwrap();
        let Outcome::Prepared(prepared) = Outcome::read(&reply) else { panic!("not prepared") };
        let approval = approve(&mut case.people.alice, &prepared, |_| ());
        let draft = SignDraft::of(&prepared, vec![approval]);
        let outcome = Outcome::read(&client.request(&draft.frame()).await.unwrap());
        match outcome {
            Outcome::Signed { .. } => given.push((draft.transaction, outcome)),
            other => {
                assert_eq!(other, Outcome::Failed(Failure::Unavailable));
                drop(client);
                let (code, said) = daemon.ended();
                return (given, draft.transaction, code, said);
            }
        }
    }
    panic!("there is still room");
}
