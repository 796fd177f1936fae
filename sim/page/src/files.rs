//! The page's files: all that a browser gets, built into the program.

/// One file.
pub(crate) struct File {
    /// Its path on the page's origin.
    pub(crate) path: &'static str,
    /// Its media type.
    pub(crate) media: &'static str,
    /// What is in it.
    pub(crate) text: &'static str,
}

const HTML: &str = "text/html; charset=utf-8";
const CSS: &str = "text/css; charset=utf-8";
const SCRIPT: &str = "text/javascript; charset=utf-8";
const TEXT: &str = "text/plain; charset=utf-8";

macro_rules! page {
    ($path:literal, $name:literal, $media:expr) => {
        File { path: $path, media: $media, text: include_str!(concat!("../page/", $name)) }
    };
}

/// All of them. The words are the protocol's own list.
const FILES: &[File] = &[
    page!("/", "index.html", HTML),
    page!("/page.css", "page.css", CSS),
    page!("/page.js", "page.js", SCRIPT),
    page!("/activation.js", "activation.js", SCRIPT),
    page!("/appliance.js", "appliance.js", SCRIPT),
    page!("/approve.js", "approve.js", SCRIPT),
    page!("/cbor.js", "cbor.js", SCRIPT),
    page!("/challenge.js", "challenge.js", SCRIPT),
    page!("/encoding.js", "encoding.js", SCRIPT),
    page!("/enrol.js", "enrol.js", SCRIPT),
    page!("/record.js", "record.js", SCRIPT),
    page!("/screen.js", "screen.js", SCRIPT),
    page!("/ticket.js", "ticket.js", SCRIPT),
    page!("/webauthn.js", "webauthn.js", SCRIPT),
    page!("/words.js", "words.js", SCRIPT),
    File {
        path: "/words.txt",
        media: TEXT,
        text: include_str!("../../../protocol/wire/src/words.txt"),
    },
];

/// The file at this path.
pub(crate) fn at(path: &str) -> Option<&'static File> {
    FILES.iter().find(|file| file.path == path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_module_that_is_imported_is_served() {
        let imported = |file: &File| {
            let from = file.text.split(" from \"./").skip(1);
            from.filter_map(|rest| rest.split('"').next()).map(|name| format!("/{name}")).collect()
        };
        let all: Vec<String> =
            FILES.iter().flat_map(|file| -> Vec<String> { imported(file) }).collect();
        assert!(all.len() > 10);
        assert!(all.iter().all(|path| at(path).is_some()), "{all:?}");
    }

    #[test]
    fn nothing_in_the_page_asks_for_leave_that_its_policy_does_not_give() {
        for file in FILES {
            for refused in ["innerHTML", "eval(", " style=", " onclick=", "https://", "<style"] {
                assert!(!file.text.contains(refused), "{} has {refused}", file.path);
            }
        }
    }
}
