//! Where TLS and QUIC have their randomness from here: the seed.
//!
//! Guarantee: whatever they draw follows from the seed and from the order in which they draw. A world
//! stays on one thread, and one thread has one world at a time.
//!
//! Keys are agreed on at the cost of a hash, in shares of the lengths of X25519MLKEM768: it keeps nothing
//! secret, and the packets are as many and as long as they are.

use std::cell::RefCell;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use aws_lc_rs::{hkdf, hmac};
use fastrand::Rng;
use quinn::{ConnectionId, ConnectionIdGenerator, EndpointConfig, TimeSource};
use rustls::crypto::{
    ActiveKeyExchange, CompletedKeyExchange, CryptoProvider, GetRandomFailed, SecureRandom,
    SharedSecret, SupportedKxGroup,
};
use rustls::{Error, NamedGroup};
use sha2::{Digest as _, Sha256};

use crate::machine::Machine;
use crate::random;

/// Lengths of the shares of X25519MLKEM768: the client's and the server's.
const CLIENT_SHARE_BYTES: usize = 1_216;
const SERVER_SHARE_BYTES: usize = 1_120;
/// The length of connection ids, as by default.
const CONNECTION_ID_BYTES: usize = 8;

thread_local! {
    static DRAWN: RefCell<Rng> = const { RefCell::new(Rng::with_seed(0)) };
}

/// A world begins on this thread.
pub(super) fn begin(seed: u64) {
    DRAWN.with_borrow_mut(|drawn| *drawn = random::stream(seed, "cryptography", 0));
}

fn draw(into: &mut [u8]) {
    DRAWN.with_borrow_mut(|drawn| drawn.fill(into));
}

fn drawn<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    draw(&mut bytes);
    bytes
}

/// The daemon's cryptography, with chance from the seed.
pub(super) fn cryptography() -> Arc<CryptoProvider> {
    Arc::new(CryptoProvider {
        secure_random: &Seeded,
        kx_groups: vec![&Agreed],
        ..rustls::crypto::aws_lc_rs::default_provider()
    })
}

/// The same for an endpoint.
pub(super) fn endpoint() -> EndpointConfig {
    let reset_key = hmac::Key::new(hmac::HMAC_SHA256, &drawn::<32>());
    let mut config = EndpointConfig::new(Arc::new(reset_key));
    config.rng_seed(Some(drawn())).cid_generator(|| Box::new(Ids));
    config
}

/// A server's configuration, whose tokens are dated by the machine's own clock.
pub(super) fn server(machine: &Arc<Machine>) -> countersignd::Begin {
    let key = hkdf::Salt::new(hkdf::HKDF_SHA256, &[]).extract(&drawn::<64>());
    let clock = Arc::new(MachineClock(Arc::clone(machine)));
    Box::new(move |crypto| {
        let mut config = quinn::ServerConfig::new(crypto, Arc::new(key));
        config.time_source(clock);
        config
    })
}

/// The id that a client begins with.
pub(super) fn first_id() -> ConnectionId {
    ConnectionId::new(&drawn::<20>())
}

#[derive(Debug)]
struct Seeded;

impl SecureRandom for Seeded {
    fn fill(&self, into: &mut [u8]) -> Result<(), GetRandomFailed> {
        draw(into);
        Ok(())
    }
}

struct Ids;

impl ConnectionIdGenerator for Ids {
    fn generate_cid(&mut self) -> ConnectionId {
        ConnectionId::new(&drawn::<CONNECTION_ID_BYTES>())
    }

    fn cid_len(&self) -> usize {
        CONNECTION_ID_BYTES
    }

    fn cid_lifetime(&self) -> Option<Duration> {
        None
    }
}

struct MachineClock(Arc<Machine>);

impl TimeSource for MachineClock {
    fn now(&self) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_millis(self.0.now().utc_hi_ms)
    }
}

/// The exchange of keys.
#[derive(Debug)]
struct Agreed;

struct Begun(Vec<u8>);

fn agreed(client: &[u8], server: &[u8]) -> SharedSecret {
    SharedSecret::from(&*Sha256::new().chain_update(client).chain_update(server).finalize())
}

impl SupportedKxGroup for Agreed {
    fn start(&self) -> Result<Box<dyn ActiveKeyExchange>, Error> {
        let share: [u8; CLIENT_SHARE_BYTES] = drawn();
        Ok(Box::new(Begun(share.to_vec())))
    }

    fn start_and_complete(&self, client: &[u8]) -> Result<CompletedKeyExchange, Error> {
        let share: [u8; SERVER_SHARE_BYTES] = drawn();
        Ok(CompletedKeyExchange {
            group: self.name(),
            pub_key: share.to_vec(),
            secret: agreed(client, &share),
        })
    }

    fn name(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}

impl ActiveKeyExchange for Begun {
    fn complete(self: Box<Self>, server: &[u8]) -> Result<SharedSecret, Error> {
        Ok(agreed(&self.0, server))
    }

    fn pub_key(&self) -> &[u8] {
        &self.0
    }

    fn group(&self) -> NamedGroup {
        NamedGroup::X25519MLKEM768
    }
}
