//! Whoever answers on the network: an appliance, or one that is locked.

use std::future::Future;

use countersign_protocol::Digest;
use countersign_protocol::log::Wanted;
use countersign_protocol::reply::Failure;
use rustls::pki_types::CertificateDer;

use crate::requests::Outcome;

/// Whoever answers. What has begun must run to its end: nobody may drop it.
pub trait Service: Send + Sync + 'static {
    /// What a channel is known by, from its certificate.
    fn channel(&self, certificate: &CertificateDer<'_>) -> Option<Digest>;

    /// Whether this channel is an active front-end's.
    fn is_front_end(&self, channel: &Digest) -> bool;

    /// Whether this channel is an officer's.
    fn is_officer(&self, channel: &Digest) -> bool;

    /// Whether a frame of this channel is looked at now: always, unless too many come that are no active front-end's.
    fn admits(&self, channel: &Digest) -> bool;

    /// Decides a front-end's frame.
    fn request(&self, channel: Digest, frame: &[u8]) -> impl Future<Output = Outcome> + Send;

    /// Answers an officer's frame; none if it is not canonical or the channel is no officer's.
    fn order(&self, channel: &Digest, frame: &[u8])
    -> impl Future<Output = Option<Vec<u8>>> + Send;

    /// A file of the ledger's public copy; none if there is no such file.
    fn published(
        &self,
        wanted: &Wanted,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, Failure>> + Send;

    /// A frame could not be decoded: counted, never recorded.
    fn count_malformed(&self);
}
