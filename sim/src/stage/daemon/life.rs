//! The program's lives, one after the other: started, asked until it answers, ended, started again.

use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;
use std::rc::Rc;
use std::time::Duration;

use tokio::process::Child;

use super::process::{end, listens};
use super::{DaemonStage, LOOK};
use crate::model::Rule;
use crate::scenario::Cut;
use crate::sometimes;

/// How long what had left the program before it ended may take to be heard.
const HEARD_WITHIN: Duration = Duration::from_millis(30);
/// How long a program that ended by itself stays down before it is started again.
const RESTART: Duration = Duration::from_millis(300);
/// Starts that may fail one after the other, before nobody would try any longer.
const STARTS_MAX: u32 = 120;
/// How often it is looked whether the token has gone wrong.
const LOOK_AT_TOKEN: Duration = Duration::from_millis(200);
/// SIGTERM.
const TERM: i32 = 15;

/// How a life ended.
enum Ended {
    /// As it was told to.
    Told(Cut, Option<ExitStatus>),
    /// Because it could not go on.
    ByItself(Option<ExitStatus>),
}

impl DaemonStage {
    /// Runs the program, again and again, until [`DaemonStage::stop`].
    pub async fn live(self: Rc<Self>) {
        let mut failed = 0;
        while failed < STARTS_MAX && !self.over.get() {
            let before = self.boots.get();
            let ended = self.one_life().await;
            let served = self.boots.get() > before;
            failed = if served { 0 } else { failed + 1 };
            let down = self.down(&ended, served).await;
            if !self.over.get() {
                tokio::time::sleep(down).await;
            }
        }
        self.hopeless.set(true);
    }

    /// Tells the program to stop for good; [`DaemonStage::live`] returns when it has.
    pub fn stop(&self) {
        self.over.set(true);
        self.end(Cut { orderly: true, ..Cut::default() });
    }

    /// Tells the program to end like this, now or when it is there again.
    pub(super) fn end(&self, cut: Cut) {
        *self.to_end.borrow_mut() = Some(cut);
        self.ends.notify_one();
    }

    async fn one_life(&self) -> Ended {
        self.look_at_token();
        self.begin_plan();
        self.hangs_until_us.set(0);
        let ledger = self.place.ledger();
        self.read_keys();
        // Before anybody is answered.
        self.model(|model| {
            model.booted();
            self.keys(|keys| model.inspect(&ledger, keys));
        });
        let mut process = match self.place.start() {
            Ok(process) => process,
            Err(why) => {
                self.life(|| format!("cannot be started: {why}"));
                return Ended::ByItself(None);
            }
        };
        self.until_it_ends(&mut process).await
    }

    async fn until_it_ends(&self, process: &mut Child) -> Ended {
        let opens = async {
            self.until_it_answers().await;
            self.boots.set(self.boots.get() + 1);
            self.serves.set(true);
            self.life(|| "serves".to_owned());
            loop {
                self.look_at_token();
                tokio::time::sleep(LOOK_AT_TOKEN).await;
            }
        };
        let cut = tokio::select! {
            status = process.wait() => return Ended::ByItself(status.ok()),
            cut = self.told_to_end() => cut,
            never = opens => match never {},
        };
        let status = end(process, cut.orderly).await;
        Ended::Told(cut, status)
    }

    async fn told_to_end(&self) -> Cut {
        loop {
            if let Some(cut) = self.to_end.borrow_mut().take() {
                return cut;
            }
            self.ends.notified().await;
        }
    }

    /// Whoever connects at once to nobody waits for long: the port is looked at before.
    async fn until_it_answers(&self) {
        while !listens(self.place.address) || !self.answers().await {
            tokio::time::sleep(LOOK).await;
        }
    }

    /// What had left is still heard; then nobody waits any more. How long the program stays down.
    async fn down(&self, ended: &Ended, served: bool) -> Duration {
        self.serves.set(false);
        tokio::time::sleep(HEARD_WITHIN).await;
        self.gone.notify_waiters();
        self.clients.forget();
        // Whoever was told that it is gone goes on before it is there again.
        tokio::task::yield_now().await;
        match ended {
            Ended::Told(cut, status) => {
                self.told(cut, *status, served);
                Duration::from_millis(u64::from(cut.down_ms))
            }
            Ended::ByItself(status) => {
                self.by_itself(*status, served);
                RESTART
            }
        }
    }

    fn told(&self, cut: &Cut, status: Option<ExitStatus>, served: bool) {
        if !cut.orderly {
            sometimes!(self.marks, Killed);
            return self.life(|| "was killed".to_owned());
        }
        // One that is still starting knows of no other end than that of any program.
        let asked = |status: ExitStatus| !served && status.signal() == Some(TERM);
        let well = status.is_some_and(|status| is_an_end(status) || asked(status));
        self.require(well, || format!("told to stop, it came to {}", in_words(status)));
        sometimes!(self.marks, StoppedInOrder, status.is_some_and(|status| status.success()));
        self.life(|| format!("was told to stop: {}", in_words(status)));
    }

    /// A ledger or a token that fails ends the program in good order, and so does a start that fails.
    fn by_itself(&self, status: Option<ExitStatus>, served: bool) {
        let words = || format!("ends: {}: {}", in_words(status), self.place.last_words());
        self.life(words);
        let well = status.is_some_and(|status| is_an_end(status) && !status.success());
        self.require(well, words);
        sometimes!(self.marks, LedgerStopped, served);
    }

    fn require(&self, holds: bool, how: impl FnOnce() -> String) {
        self.model(|model| model.require(holds, Rule::Progress, how));
    }
}

/// Whether a program ends so that means to.
fn is_an_end(status: ExitStatus) -> bool {
    matches!(status.code(), Some(0 | 1))
}

fn in_words(status: Option<ExitStatus>) -> String {
    status.map_or_else(|| "no end in time".to_owned(), |status| status.to_string())
}
