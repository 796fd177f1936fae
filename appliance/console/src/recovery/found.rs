//! What a ledger has, record by record: a line for each, and a file of evidence for each signature.

use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use countersign_protocol::activation::Activation;
use countersign_protocol::canonical;
use countersign_protocol::item::Item;
use countersign_protocol::record::SignatureContent;
use countersign_recovery::{Closed, Exporter, Proof, Seen};
use serde_json::{Map, Value, json};

use crate::ConsoleError;
use crate::log::line::dashed;

/// Where it goes.
pub(super) enum Out {
    /// Lines and files, into a folder that is new.
    Folder(PathBuf),
    /// Lines, to standard output.
    Stream,
}

/// What is found, on its way out.
pub(super) struct Found {
    folder: Option<PathBuf>,
    lines: Box<dyn std::io::Write>,
    exporter: Exporter,
    counts: Counts,
}

/// How much was found.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    open: u64,
    signatures: u64,
    erased: u64,
    lost: u64,
}

impl Found {
    pub(super) fn new(out: Out, exporter: Exporter) -> Result<Self, ConsoleError> {
        let (folder, lines): (_, Box<dyn std::io::Write>) = match out {
            Out::Stream => (None, Box::new(std::io::stdout().lock())),
            Out::Folder(folder) => {
                let path = folder.join("records.jsonl");
                let file = new_file(&path).map_err(ConsoleError::file("write", &path))?;
                (Some(folder), Box::new(BufWriter::new(file)))
            }
        };
        Ok(Self { folder, lines, exporter, counts: Counts::default() })
    }

    /// Takes a record; why not, if it cannot.
    pub(super) fn take(&mut self, seen: &Seen<'_>) -> Result<(), String> {
        let mut line = Map::new();
        line.insert("index".to_owned(), seen.index.into());
        line.insert("kind".to_owned(), dashed(seen.kind).into());
        match seen.content {
            Err(Closed::Erased(key)) => {
                self.counts.erased += 1;
                line.insert("erased".to_owned(), key.to_string().into());
            }
            Err(Closed::Lost(key)) => {
                self.counts.lost += 1;
                line.insert("lost".to_owned(), key.to_string().into());
            }
            Ok(content) => {
                self.counts.open += 1;
                line.insert("content".to_owned(), hex::encode(content).into());
                if let Some(proof) = seen.proof {
                    self.signature(seen.index, content, proof, &mut line)?;
                }
            }
        }
        writeln!(self.lines, "{}", Value::Object(line)).map_err(|why| why.to_string())
    }

    fn signature(
        &mut self,
        index: u64,
        content: &[u8],
        proof: &Proof,
        line: &mut Map<String, Value>,
    ) -> Result<(), String> {
        self.counts.signatures += 1;
        line.extend(told(content).ok_or("a signature's content is not canonical")?);
        line.insert("receipt".to_owned(), hex::encode(&proof.receipt).into());
        let Some(folder) = &self.folder else { return Ok(()) };
        let evidence = self.exporter.evidence(content, proof);
        let evidence = evidence.ok_or("no evidence can be made of a signature")?;
        let name = format!("{index}.evidence");
        let path = folder.join(&name);
        let written = new_file(&path).and_then(|mut file| file.write_all(&evidence));
        written.map_err(|why| format!("cannot write {}: {why}", path.display()))?;
        line.insert("evidence".to_owned(), name.into());
        Ok(())
    }

    pub(super) fn finish(mut self) -> Result<Counts, ConsoleError> {
        let place = self.folder.as_deref().unwrap_or(Path::new("standard output"));
        self.lines.flush().map_err(ConsoleError::file("write", place))?;
        Ok(self.counts)
    }
}

/// What was signed, for people.
fn told(content: &[u8]) -> Option<Map<String, Value>> {
    let content: SignatureContent<'_> = canonical::decode(content).ok()?;
    let activation: Activation<'_> = canonical::decode(content.activation.bytes()).ok()?;
    let item = |item: Item<'_>| {
        json!({
            "label": item.label.as_str(),
            "document": item.content.to_string(),
            "form": format!("{:?}", item.form),
        })
    };
    let Value::Object(told) = json!({
        "transaction": activation.transaction.to_string(),
        "key": activation.key.to_string(),
        "suite": activation.suite.name(),
        "items": activation.items.iter().map(item).collect::<Vec<_>>(),
        "signatures": content.signatures.iter().map(|one| hex::encode(one.bytes())).collect::<Vec<_>>(),
        "approvedBy": content.approvals.iter().map(|approval| approval.signer.0).collect::<Vec<_>>(),
        "utcLoMs": content.utc_lo_ms,
        "utcHiMs": content.utc_hi_ms,
    }) else {
        return None;
    };
    Some(told)
}

/// For its owner alone: there are people in it.
fn new_file(path: &Path) -> std::io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)
}

impl Counts {
    pub(super) fn text(&self) -> String {
        let Self { open, signatures, erased, lost } = self;
        let found = format!(
            "found         {open} open records, {signatures} of them signatures; {erased} erased"
        );
        if *lost == 0 {
            return found;
        }
        format!(
            "{found}\nLOST          {lost} records are closed, and the ledger says of nobody with their keys that the \
             signer is erased: the vault is older than the ledger; look for a newer copy of it"
        )
    }

    pub(super) fn json(&self) -> Value {
        let Self { open, signatures, erased, lost } = self;
        json!({ "open": open, "signatures": signatures, "erased": erased, "lost": lost })
    }
}
