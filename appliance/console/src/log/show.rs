//! `log show`, `log follow` and `log export`: records, up to a checkpoint.

use std::time::Duration;

use countersign_client::log::consistency;
use countersign_protocol::checkpoint::log_name;
use countersign_tlog::Head;
use serde_json::json;

use super::line::Line;
use super::opened::{Newest, Opened};
use super::walk::walk;
use crate::arguments::Format;
use crate::{ConsoleError, Report};

/// How often it is looked for new records.
const LOOK: Duration = Duration::from_millis(500);

/// The newest checkpoint, and the last records under it.
pub(super) async fn show(opened: &Opened, last: u64) -> Result<Report, ConsoleError> {
    let newest = opened.newest().await?;
    let head = newest.head();
    let from = head.size.saturating_sub(last);
    let mut lines = Vec::new();
    walk(&opened.files, &head, from, |index, entry| lines.push(Line::of(index, entry))).await?;
    let Newest { note, signed } = &newest;
    let log = log_name(&signed.checkpoint.appliance);
    let key = opened.key(&signed.checkpoint.appliance).unwrap_or_default();
    let mut text = vec![
        format!("log         {log}"),
        format!("size        {} records", head.size),
        format!("root        {}", hex::encode(head.root)),
        format!("key         {key}"),
    ];
    text.extend(lines.iter().map(Line::text));
    let json = json!({
        "log": log.as_str(),
        "size": head.size,
        "root": hex::encode(head.root),
        "key": key,
        "checkpoint": note,
        "records": lines.iter().map(Line::json).collect::<Vec<_>>(),
    });
    Ok(Report::new(text.join("\n"), json))
}

/// Prints records as they come, until the log has `until` of them.
pub(super) async fn follow(opened: &Opened, until: Option<u64>) -> Result<Report, ConsoleError> {
    let mut seen = opened.newest().await?.head();
    let began = seen.size;
    while until.is_none_or(|until| seen.size < until) {
        tokio::time::sleep(LOOK).await;
        let head = opened.newest().await?.head();
        if head == seen {
            continue;
        }
        seen = grown(opened, &seen, &head).await?;
    }
    let shown = seen.size.saturating_sub(began);
    let json = json!({ "size": seen.size, "shown": shown });
    Ok(Report::new(format!("{shown} records, up to {} in the log", seen.size), json))
}

/// What came between two checkpoints, printed once it is proved.
async fn grown(opened: &Opened, seen: &Head, head: &Head) -> Result<Head, ConsoleError> {
    consistency(&opened.files, seen, head).await?;
    let mut lines = Vec::new();
    walk(&opened.files, head, seen.size, |index, entry| lines.push(Line::of(index, entry))).await?;
    lines.iter().for_each(|line| println!("{}", line.json()));
    Ok(*head)
}

/// Prints all records from one on.
pub(super) async fn export(
    opened: &Opened,
    format: Format,
    from: u64,
) -> Result<Report, ConsoleError> {
    let newest = opened.newest().await?;
    let log = log_name(&newest.signed.checkpoint.appliance);
    walk(&opened.files, &newest.head(), from, |index, entry| {
        let line = Line::of(index, entry);
        match format {
            Format::Json => println!("{}", line.json()),
            Format::Cef => println!("{}", line.cef(&log)),
        }
    })
    .await?;
    Ok(Report::silent())
}
