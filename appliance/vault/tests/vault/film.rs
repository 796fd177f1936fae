//! A film of what a vault does to its disks and its token, so that the power can fail at each moment.

use std::sync::{Arc, Mutex};

use countersign_disk::{Disk, History, Loss};
use countersign_host::Host;
use countersign_ports::{Storage, StorageFault};
use countersign_protocol::ApplianceId;
use countersign_vault::{Media, Platform, RootFault, Roots};
use zeroize::Zeroizing;

use super::house::{Token, US};

/// What is wrong on the film: a twin that must be found out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Twin {
    /// Nothing.
    Honest,
    /// No sync is done.
    NoSync,
    /// The first sync is done, the third and so on: a batch is synced only together with its foot.
    OneSyncInTwo,
    /// The old root goes when the next one is made, and not when the next epoch is durable.
    Hasty,
}

/// What there is after something was done.
#[derive(Clone)]
struct Moment {
    disks: [History; 2],
    token: Token,
}

/// The moments so far, and what they are of. Clones are the same film.
#[derive(Clone)]
pub struct Film {
    disks: [Disk; 2],
    token: Token,
    moments: Arc<Mutex<Vec<Moment>>>,
    twin: Twin,
    synced: Arc<Mutex<usize>>,
}

/// What a power cut leaves: the disks, even and odd, and the token.
pub struct Left {
    pub bytes: [Vec<u8>; 2],
    pub token: Token,
    pub what: String,
}

impl Film {
    /// Begins with this on the disks and in the token.
    pub fn of(bytes: [Vec<u8>; 2], token: &Token, twin: Twin) -> Self {
        let film = Self {
            disks: bytes.map(Disk::holding),
            token: token.copy(),
            moments: Arc::default(),
            twin,
            synced: Arc::default(),
        };
        film.take();
        film
    }

    pub fn platform(&self) -> Platform<Filmed, Filmed, Host> {
        let filmed = |disk| Filmed { film: self.clone(), disk };
        let media = Media { even: filmed(0), odd: filmed(1) };
        Platform { media, roots: filmed(0), engine: Host, appliance: US }
    }

    pub fn token(&self) -> &Token {
        &self.token
    }

    pub fn bytes(&self) -> [Vec<u8>; 2] {
        self.disks.each_ref().map(super::house::bytes)
    }

    /// How many moments there are.
    pub fn len(&self) -> usize {
        self.moments.lock().unwrap().len()
    }

    fn take(&self) {
        let disks = self.disks.each_ref().map(Disk::history);
        let moment = Moment { disks, token: self.token.copy() };
        self.moments.lock().unwrap().push(moment);
    }

    /// Everything that a power cut at this moment may leave. What is done next may be under way.
    pub fn cut(&self, at: usize) -> Vec<Left> {
        let moments = self.moments.lock().unwrap();
        let (now, next) = (&moments[at], moments.get(at + 1).unwrap_or(&moments[at]));
        let images = |disk: usize| -> Vec<(Loss, Vec<u8>)> {
            next.disks[disk].images(now.disks[disk].operations().len())
        };
        let mut left = Vec::new();
        for (even_lost, even) in images(0) {
            for (odd_lost, odd) in images(1) {
                let what = format!("moment {at}, even {even_lost:?}, odd {odd_lost:?}");
                let bytes = [even.clone(), odd];
                left.push(Left { bytes, token: now.token.copy(), what });
            }
        }
        left
    }
}

/// A disk or the token, on film.
pub struct Filmed {
    film: Film,
    disk: usize,
}

impl Filmed {
    fn changed<T>(&self, done: T) -> T {
        self.film.take();
        done
    }

    fn disk(&self) -> Disk {
        self.film.disks[self.disk].clone()
    }
}

impl Storage for Filmed {
    fn len(&self) -> Result<u64, StorageFault> {
        self.disk().len()
    }

    fn read_at(&self, offset: u64, into: &mut [u8]) -> Result<(), StorageFault> {
        self.disk().read_at(offset, into)
    }

    fn append(&mut self, bytes: &[u8]) -> Result<(), StorageFault> {
        self.changed(self.disk().append(bytes))
    }

    fn overwrite(&mut self, offset: u64, bytes: &[u8]) -> Result<(), StorageFault> {
        self.changed(self.disk().overwrite(offset, bytes))
    }

    fn truncate(&mut self, len: u64) -> Result<(), StorageFault> {
        self.changed(self.disk().truncate(len))
    }

    fn refresh(&mut self, from: u64) -> Result<(), StorageFault> {
        self.disk().refresh(from)
    }

    fn sync(&mut self) -> Result<(), StorageFault> {
        let mut synced = self.film.synced.lock().unwrap();
        *synced += 1;
        let does = match self.film.twin {
            Twin::Honest | Twin::Hasty => true,
            Twin::NoSync => false,
            Twin::OneSyncInTwo => !synced.is_multiple_of(2),
        };
        if does { self.changed(self.disk().sync()) } else { Ok(()) }
    }
}

impl Roots for Filmed {
    fn make(&self, epoch: u64) -> Result<(), RootFault> {
        let done = self.film.token.make(epoch);
        if self.film.twin == Twin::Hasty {
            self.film.token.destroy(epoch - 1)?;
        }
        self.changed(done)
    }

    fn derive(
        &self,
        epoch: u64,
        appliance: &ApplianceId,
    ) -> Result<Zeroizing<[u8; 32]>, RootFault> {
        self.film.token.derive(epoch, appliance)
    }

    fn destroy(&self, epoch: u64) -> Result<(), RootFault> {
        let done = self.film.token.destroy(epoch);
        self.changed(done)
    }

    fn epochs(&self) -> Result<Vec<u64>, RootFault> {
        self.film.token.epochs()
    }
}
