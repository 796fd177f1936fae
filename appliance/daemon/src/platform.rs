//! What deciding a front-end's request needs beside the core's platform.

use std::future::Future;

use countersign_core::Now;
use countersign_core::port::{Ledger, Platform, TokenFault};
use countersign_ledger::Expected;
use countersign_protocol::reply::Failure;
use countersign_protocol::{Digest, TransactionId};

use crate::given::{Given, Release};
use crate::service::Service;

/// A platform whose requests come from the network.
pub trait Surroundings: Service + Platform<Ledger: Ledger<Receipt = Given>> {
    /// What time it is.
    fn now(&self) -> Now;

    /// 32 fresh random bytes of the HSM.
    fn nonce(&self) -> impl Future<Output = Result<TransactionId, TokenFault>> + Send;

    /// Whether this may be given: waits for as many witnesses as the policy asks for that its signature was made under.
    fn release(&self, given: Given) -> impl Future<Output = Release> + Send;

    /// A signature's record is on its way, until this is dropped.
    fn expect_record(&self) -> Expected;

    /// Answers an `Enrol` frame, or says what a front-end may know of why not.
    fn enrol(
        &self,
        channel: &Digest,
        frame: &[u8],
    ) -> impl Future<Output = Result<Vec<u8>, Failure>> + Send;

    /// Answers a `Vouch` frame, or says what a front-end may know of why not.
    fn vouch(
        &self,
        channel: &Digest,
        frame: &[u8],
    ) -> impl Future<Output = Result<Vec<u8>, Failure>> + Send;

    /// How the devices were enrolled that approved what this receipt is of, under the ledger's first `size` records:
    /// the reply, or what a front-end may know of why not.
    fn enrolments(
        &self,
        receipt: &[u8],
        size: u64,
    ) -> impl Future<Output = Result<Vec<u8>, Failure>> + Send;

    /// Resolves when the ledger has failed: nothing more may be decided.
    fn failed(&self) -> impl Future<Output = ()> + Send;
}
