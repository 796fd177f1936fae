//! `countersign-log/1`: one published file on one stream.

use countersign_protocol::Digest;
use countersign_protocol::log::{Given, Wanted};
use countersign_protocol::reply::Failure;

use crate::service::Service;

/// Active front-ends and officers read.
pub(crate) fn may_read<S: Service>(service: &S, channel: &Digest) -> bool {
    service.is_officer(channel) || service.is_front_end(channel)
}

/// Answers one frame.
pub(crate) async fn answer<S: Service>(service: &S, frame: Option<Vec<u8>>) -> Vec<u8> {
    let Some(wanted) = frame.and_then(|frame| Wanted::parse(&frame)) else {
        service.count_malformed();
        return failed(Failure::Malformed);
    };
    match service.published(&wanted).await {
        Ok(Some(file)) => [&[Given::File(&file).head()], &file[..]].concat(),
        Ok(None) => vec![Given::Absent.head()],
        Err(failure) => failed(failure),
    }
}

/// The frame of a failure.
pub(crate) fn failed(failure: Failure) -> Vec<u8> {
    vec![Given::Failed(failure).head()]
}
