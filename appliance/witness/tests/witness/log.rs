//! A log to be witnessed: it signs whatever it likes, and proves what it can.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;

use countersign_tlog::key::{Key, Kind};
use countersign_tlog::note::Line;
use countersign_tlog::witness::AddCheckpoint;
use countersign_tlog::{
    Frontier, Hash, Head, Nodes, Path, checkpoint, consistency, leaf_hash, root,
};
use ed25519_dalek::{Signer as _, SigningKey};

pub const ORIGIN: &str = "log.example/one";

/// A log, or one of its forks.
pub struct Log {
    key: SigningKey,
    nodes: HashMap<(u32, u64), Hash>,
}

impl Nodes for Log {
    type Error = ();

    fn node(&self, level: u32, index: u64) -> Result<Hash, ()> {
        self.nodes.get(&(level, index)).copied().ok_or(())
    }
}

/// What may be changed in a request before it is sent.
pub struct Draft {
    pub old_size: u64,
    pub path: Path,
    pub text: String,
    pub lines: String,
}

impl Draft {
    pub fn body(&self) -> Vec<u8> {
        let checkpoint = format!("{}\n{}", self.text, self.lines);
        let Self { old_size, ref path, .. } = *self;
        let request = AddCheckpoint { old_size, path: path.clone(), checkpoint: &checkpoint };
        request.to_string().into_bytes()
    }
}

impl Log {
    /// 300 leaves; from the leaf `forked` on they are others.
    pub fn new(seed: u8, forked: u64) -> Self {
        let nodes = RefCell::new(HashMap::new());
        let mut tree = Frontier::new();
        for leaf in 0..300_u64 {
            let other = u8::from(leaf >= forked);
            tree.append(
                leaf_hash(&[&leaf.to_be_bytes()[..], &[other]].concat()),
                |level, index, hash| {
                    nodes.borrow_mut().insert((level, index), hash);
                },
            );
        }
        Self { key: SigningKey::from_bytes(&[seed; 32]), nodes: nodes.into_inner() }
    }

    /// The log that all tests begin with.
    pub fn honest() -> Self {
        Self::new(1, u64::MAX)
    }

    pub fn vkey(&self) -> String {
        self.key_named(ORIGIN).to_string()
    }

    fn key_named<'n>(&self, name: &'n str) -> Key<'n> {
        Key::new(name, Kind::Ed25519, self.key.verifying_key().as_bytes()).unwrap()
    }

    pub fn head(&self, size: u64) -> Head {
        Head { size, root: root(self, size).unwrap() }
    }

    /// A line of signature over a text.
    pub fn line(&self, name: &str, text: &str) -> String {
        let signature = self.key.sign(text.as_bytes()).to_bytes();
        Line::new(&self.key_named(name), 0, &signature).unwrap().to_string()
    }

    pub fn text(&self, size: u64) -> String {
        checkpoint::text(ORIGIN, &self.head(size)).unwrap().to_string()
    }

    /// A good request.
    pub fn request(&self, old_size: u64, size: u64) -> Draft {
        let path = consistency::prove(self, old_size, size).unwrap_or_default();
        let text = self.text(size);
        let mut lines = String::new();
        write!(lines, "{}", self.line(ORIGIN, &text)).unwrap();
        Draft { old_size, path, lines, text }
    }
}
