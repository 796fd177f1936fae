//! `metadata`: what is published of models of devices.

use std::path::Path;

use countersign_protocol::Bounded;
use countersign_protocol::admin::{Answer, Imported, MetadataImport, MetadataStatus, Order};
use countersign_protocol::limits::MDS_BLOB_BYTES_MAX;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::arguments::MetadataCommand;
use crate::{ConsoleError, Report};

pub(super) async fn order(desk: &Desk, command: &MetadataCommand) -> Result<Report, ConsoleError> {
    let MetadataCommand::Import { blob } = command;
    import(desk, blob).await
}

async fn import(desk: &Desk, path: &Path) -> Result<Report, ConsoleError> {
    let bytes = std::fs::read(path).map_err(ConsoleError::file("read", path))?;
    let blob = Bounded::new(&bytes).ok_or_else(|| {
        let shown = path.display();
        ConsoleError::usage(format!(
            "{shown} has more than {MDS_BLOB_BYTES_MAX} bytes: no BLOB has"
        ))
    })?;
    let what = format!("import metadata from {}", path.display());
    match desk.ask(&what, &Order::MetadataImport(MetadataImport { blob })).await?.answer()? {
        Answer::Imported(imported) => Ok(report(&imported)),
        _ => Err(ConsoleError::Unexpected),
    }
}

fn report(imported: &Imported) -> Report {
    let Imported { metadata, changed, stopped } = imported;
    let known = text(Some(metadata));
    let told = format!(
        "done: the metadata are {known}\n{changed} models are new or not as they were; {stopped} \
         devices are stopped because of it"
    );
    let json = json!({
        "metadata": self::json(metadata),
        "changed": changed,
        "stopped": stopped,
    });
    Report::new(told, json)
}

/// What is known of models, in a line.
pub(super) fn text(metadata: Option<&MetadataStatus>) -> String {
    let Some(MetadataStatus { no, models, stale_days }) = metadata else {
        return "none are imported: no model is known to be certified".to_owned();
    };
    let known = format!("number {no}, {models} models");
    match stale_days {
        0 => format!("{known}, fresh"),
        days => format!(
            "{known}; WARNING: the next were announced for {days} days ago: import what is published \
             now"
        ),
    }
}

/// The same, for programs.
pub(super) fn json(metadata: &MetadataStatus) -> Value {
    let MetadataStatus { no, models, stale_days } = metadata;
    json!({ "number": no, "models": models, "staleDays": stale_days })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stale_metadata_are_warned_of() {
        let fresh = MetadataStatus { no: 291, models: 348, stale_days: 0 };
        assert_eq!(text(Some(&fresh)), "number 291, 348 models, fresh");
        let stale = MetadataStatus { stale_days: 12, ..fresh };
        assert!(text(Some(&stale)).contains("WARNING: the next were announced for 12 days ago"));
        let report = report(&Imported { metadata: stale, changed: 3, stopped: 1 });
        assert!(report.text.contains("WARNING") && report.text.contains("1 devices are stopped"));
        assert_eq!(report.json["metadata"]["staleDays"], 12);
    }

    #[test]
    fn without_metadata_nothing_is_certified() {
        assert!(text(None).contains("no model is known to be certified"));
    }
}
