//! `front-end`: who may ask, and for which keys.

use std::path::Path;

use countersign_client::channel_of_pem_file;
use countersign_protocol::admin::{FrontEndAdd, Grant, Order};
use serde_json::json;

use super::desk::{Desk, named};
use crate::arguments::FrontEndCommand;
use crate::{ConsoleError, Report};

pub(super) async fn order(desk: &Desk, command: &FrontEndCommand) -> Result<Report, ConsoleError> {
    match command {
        FrontEndCommand::Add { name, cert, grant } => add(desk, name, cert, grant).await,
        FrontEndCommand::Grant { name, key } => {
            desk.one(&format!("grant {key} to {name}"), &granted(name, key, true)?).await
        }
        FrontEndCommand::Withdraw { name, key } => {
            desk.one(&format!("withdraw {key} from {name}"), &granted(name, key, false)?).await
        }
    }
}

/// Each key is an order of its own: those before a declined one stay granted, and the error names it.
async fn add(
    desk: &Desk,
    name: &str,
    certificate: &Path,
    keys: &[String],
) -> Result<Report, ConsoleError> {
    let channel = channel_of_pem_file(certificate)?;
    let grants: Result<Vec<_>, _> = keys.iter().map(|key| granted(name, key, true)).collect();
    let add = Order::FrontEndAdd(FrontEndAdd { name: named(name)?, channel });
    let mut records = vec![desk.done(&format!("add front-end {name}"), &add).await?];
    for (key, grant) in keys.iter().zip(grants?) {
        let what = format!("front-end {name} is added, but not: grant {key}");
        records.push(desk.done(&what, &grant).await?);
    }
    let text = format!("done: add front-end {name}, known as {channel}, with {} keys", keys.len());
    Ok(Report::new(text, json!({ "records": records, "channel": channel.to_string() })))
}

fn granted<'a>(name: &'a str, key: &'a str, granted: bool) -> Result<Order<'a>, ConsoleError> {
    Ok(Order::Grant(Grant { front_end: named(name)?, key: named(key)?, granted }))
}
