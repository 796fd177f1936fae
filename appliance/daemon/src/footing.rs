//! What an endpoint stands on: its packets, its tasks and its time, and where its randomness comes from.
//!
//! Guarantee to whoever brings another footing (a simulator): nothing between the socket and the platform
//! asks the operating system for the time, for randomness or for a thread.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use quinn::crypto::rustls::QuicServerConfig;
use quinn::{AsyncUdpSocket, EndpointConfig, Runtime};
use rustls::crypto::CryptoProvider;

/// Begins a server's configuration, with the key of its Retry tokens and the clock that dates them.
pub type Begin = Box<dyn FnOnce(Arc<QuicServerConfig>) -> quinn::ServerConfig>;

/// The footing.
pub struct Footing {
    /// Where packets come from and go to.
    pub socket: Arc<dyn AsyncUdpSocket>,
    /// Who runs tasks, and when it is.
    pub runtime: Arc<dyn Runtime>,
    /// QUIC's own randomness: connection ids, the key of stateless resets.
    pub quic: EndpointConfig,
    /// What TLS is made with.
    pub cryptography: Arc<CryptoProvider>,
    /// The rest of QUIC's secrets.
    pub begin: Begin,
}

impl Footing {
    /// On Linux: whatever the system gives.
    pub(crate) fn linux(socket: Arc<dyn AsyncUdpSocket>, runtime: Arc<dyn Runtime>) -> Self {
        Self {
            socket,
            runtime,
            quic: EndpointConfig::default(),
            cryptography: cryptography(),
            begin: Box::new(|crypto| quinn::ServerConfig::with_crypto(crypto)),
        }
    }
}

/// The one cryptography in use: aws-lc-rs, X25519MLKEM768 first.
pub(crate) fn cryptography() -> Arc<CryptoProvider> {
    Arc::new(rustls::crypto::aws_lc_rs::default_provider())
}

/// What came of `future`, if it came in time.
pub(crate) async fn within<F: Future>(
    runtime: &dyn Runtime,
    time: Duration,
    future: F,
) -> Option<F::Output> {
    let mut timer = runtime.new_timer(runtime.now() + time);
    let mut future = pin!(future);
    poll_fn(|context| match future.as_mut().poll(context) {
        Poll::Ready(output) => Poll::Ready(Some(output)),
        Poll::Pending => timer.as_mut().poll(context).map(|()| None),
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use quinn::TokioRuntime;

    #[tokio::test]
    async fn what_comes_in_time_comes_and_what_does_not_is_given_up() {
        let never = std::future::pending::<()>();
        assert_eq!(within(&TokioRuntime, Duration::from_millis(1), never).await, None);
        let now = within(&TokioRuntime, Duration::ZERO, async { 7 });
        assert_eq!(now.await, Some(7), "what is ready is not late");
    }
}
