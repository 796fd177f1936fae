//! The engines: the same appliance, asked in process, or by its daemon over QUIC.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use countersign_client::{FrontEnd, Identity, ServerPin};
use countersign_token_fixture::Make;
use countersignd::{Service, Serving, boot, serve};
use tokio::sync::Mutex;

use crate::house::{Holder, House, RelyingParty};
use crate::meddled::Meddled;

/// How an appliance is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The core's functions, in process, on both crypto engines at once.
    Core,
    /// The daemon, over QUIC on loopback, on the host's crypto engine.
    Daemon,
    /// The same, on a token that nobody here wrote.
    DaemonOnSoftHsm,
}

impl Kind {
    /// The crypto engine of its configuration.
    const fn crypto(self) -> &'static str {
        match self {
            Self::Core => "both",
            Self::Daemon | Self::DaemonOnSoftHsm => "host",
        }
    }

    /// Whose token it is on.
    const fn token(self) -> Make {
        match self {
            Self::Core | Self::Daemon => Make::Embedded,
            Self::DaemonOnSoftHsm => Make::SoftHsm,
        }
    }
}

/// A house that is running.
pub struct Engine {
    kind: Kind,
    /// The house.
    pub house: House,
    running: Mutex<Option<Running>>,
}

struct Running {
    appliance: Arc<Meddled>,
    serving: Option<Serving>,
    /// When it looked last who owns the token.
    looked: Instant,
}

/// How often an engine looks who owns its token: when somebody asks it, and never by itself. A test program ends while engines
/// are there, and a module that is taken down under a look takes the program with it.
const LOOK_EVERY: Duration = Duration::from_millis(500);

impl Engine {
    /// Builds a house and starts it.
    pub async fn start(kind: Kind) -> Self {
        Self::start_for(kind, RelyingParty::example()).await
    }

    /// The same, where signers approve elsewhere.
    pub async fn start_for(kind: Kind, relying_party: RelyingParty) -> Self {
        let house = House::build(kind.crypto(), kind.token(), relying_party).await;
        let running = Mutex::new(Some(run(kind, &house).await));
        Self { kind, house, running }
    }

    /// How it is asked.
    pub const fn kind(&self) -> Kind {
        self.kind
    }

    /// The appliance as it runs now.
    pub async fn appliance(&self) -> Arc<Meddled> {
        self.now().await.0
    }

    /// Where the daemon listens.
    ///
    /// # Panics
    /// In process there is no daemon.
    pub async fn address(&self) -> SocketAddr {
        self.now().await.1.expect("a daemon")
    }

    /// Stops the appliance in good order and starts it on the same folder.
    pub async fn restart(&self) {
        self.restart_after(std::future::ready(())).await;
    }

    /// The same; between stop and start something happens, with nobody serving.
    pub async fn restart_after<T>(&self, meanwhile: impl Future<Output = T>) -> T {
        let mut running = self.running.lock().await;
        if let Some(Running { appliance, serving, .. }) = running.take() {
            if let Some(serving) = serving {
                serving.stop().await;
            }
            appliance.inner().close();
            gone(appliance).await;
        }
        let happened = meanwhile.await;
        *running = Some(run(self.kind, &self.house).await);
        happened
    }

    /// Sends a frame as `who` and gives the reply's bytes.
    pub async fn ask(&self, who: &Holder, frame: &[u8]) -> Vec<u8> {
        let (appliance, address) = self.now().await;
        match address {
            None => in_process(&*appliance, who, frame).await,
            Some(address) => self.connect(who, address).await.request(frame).await.unwrap(),
        }
    }

    /// Sends a frame as `who`, resets the stream when `moment` comes, and then says so to `left`.
    pub async fn ask_and_leave(
        &self,
        who: &Holder,
        frame: &[u8],
        moment: impl Future,
        left: impl FnOnce(),
    ) {
        let (appliance, address) = self.now().await;
        match address {
            // In process there is no stream: the reply is thrown away.
            None => {
                let leave = async {
                    moment.await;
                    left();
                };
                let (_, ()) = tokio::join!(in_process(&*appliance, who, frame), leave);
            }
            Some(address) => {
                let client = self.connect(who, address).await;
                let pending = client.begin(frame).await.unwrap();
                moment.await;
                pending.abandon();
                left();
            }
        }
    }

    async fn now(&self) -> (Arc<Meddled>, Option<SocketAddr>) {
        let mut running = self.running.lock().await;
        let running = running.as_mut().expect("it runs");
        if running.looked.elapsed() >= LOOK_EVERY {
            running.looked = Instant::now();
            running.appliance.inner().look().await;
        }
        (Arc::clone(&running.appliance), running.serving.as_ref().map(Serving::address))
    }

    async fn connect(&self, who: &Holder, address: SocketAddr) -> FrontEnd {
        let pin = ServerPin::from_pem_file(&self.house.server_certificate()).unwrap();
        let identity = Identity::from_pem(&who.certificate, &who.key).unwrap();
        FrontEnd::connect(address, &pin, &identity).await.unwrap()
    }
}

/// Waits until the last task has let go of an appliance, and with it of its ledger's file.
async fn gone(appliance: Arc<Meddled>) {
    let left = Arc::downgrade(appliance.inner());
    drop(appliance);
    while left.upgrade().is_some() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

async fn run(kind: Kind, house: &House) -> Running {
    let appliance = house.boot().await;
    let config = house.config();
    let serving = (kind != Kind::Core).then(|| {
        let (certificate, key) = boot::identity(&config.data).unwrap();
        serve(Arc::clone(&appliance), config.listen, certificate, key).unwrap()
    });
    Running { appliance, serving, looked: Instant::now() }
}

/// What the daemon does with a frame, without its endpoint.
pub async fn in_process(appliance: &impl Service, who: &Holder, frame: &[u8]) -> Vec<u8> {
    appliance.request(who.channel, frame).await.into_bytes()
}
