//! The project as the rules see it: small plain values, so that a test can make a whole one.

use std::collections::BTreeSet;

use quote::ToTokens;

/// Everything that a rule may look at.
#[derive(Default)]
pub struct Tree {
    /// Every Rust file that is or would be committed.
    pub sources: Vec<Source>,
    /// The members of the root workspace.
    pub members: Vec<Member>,
    /// `ARCHITECTURE.md`, empty when there is none.
    pub architecture: String,
    /// `docs/policy.md`, empty when there is none.
    pub policy_page: String,
    /// Every package that any of the workspaces may pull in.
    pub packages: Vec<Package>,
    /// What the root workspace links on this machine: name and version, without dev-dependencies.
    pub linked: BTreeSet<(String, String)>,
    /// What `cargo fmt --check` says.
    pub formatting: String,
}

/// One Rust file.
pub struct Source {
    /// Relative to the root, with `/`.
    pub path: String,
    /// As it is on the disk.
    pub text: String,
    /// The same, parsed.
    pub syntax: syn::File,
    /// The same, as tokens: these also see what is inside a macro.
    pub tokens: Vec<super::tokens::Token>,
}

/// One crate of the workspace.
#[derive(Clone, Default)]
pub struct Member {
    /// The package's name.
    pub name: String,
    /// Its folder, relative to the root; empty for the root itself.
    pub folder: String,
    /// Its manifest, as text.
    pub manifest: String,
    /// The root file of its library and of each of its programs.
    pub roots: Vec<String>,
    /// What it names as dependencies.
    pub dependencies: Vec<Dependency>,
}

/// One line of a member's dependency tables.
#[derive(Clone)]
pub struct Dependency {
    /// The package's name.
    pub name: String,
    /// Whether it is there for tests only.
    pub for_tests: bool,
}

/// One package of any registry or path.
#[derive(Clone)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its licence expression, when it has one.
    pub licence: Option<String>,
    /// The lock file through which it came.
    pub lock: &'static str,
}

impl Source {
    /// Parses a file; the error says where it does not.
    pub fn parse(path: &str, text: &str) -> syn::Result<Self> {
        let syntax = syn::parse_file(text)?;
        let tokens = super::tokens::flat(text)?;
        Ok(Self { path: path.to_owned(), text: text.to_owned(), syntax, tokens })
    }

    /// Whether the file opens with the attribute `#![text]`.
    pub fn declares(&self, text: &str) -> bool {
        let written = |attribute: &syn::Attribute| {
            let inner = matches!(attribute.style, syn::AttrStyle::Inner(_));
            inner.then(|| attribute.meta.to_token_stream().to_string().replace(' ', ""))
        };
        self.syntax.attrs.iter().filter_map(written).any(|meta| meta == text)
    }

    /// Whether the file is in this folder or below it.
    pub fn is_in(&self, folder: &str) -> bool {
        is_in(&self.path, folder)
    }
}

impl Member {
    /// What it needs to be built, without what only its tests need.
    pub fn linked(&self) -> impl Iterator<Item = &Dependency> {
        self.dependencies.iter().filter(|dependency| !dependency.for_tests)
    }

    /// The root files of its library and programs, as far as they could be read.
    pub fn root_files<'a>(&'a self, tree: &'a Tree) -> impl Iterator<Item = &'a Source> {
        tree.sources.iter().filter(|source| self.roots.contains(&source.path))
    }

    /// The path of its manifest.
    pub fn manifest_path(&self) -> String {
        format!("{}/Cargo.toml", self.folder)
    }

    /// The first line of its manifest with this dependency, or 1.
    pub fn line_of(&self, dependency: &str) -> usize {
        let names = |line: &str| {
            let rest = line.trim_start().strip_prefix(dependency);
            rest.is_some_and(|rest| rest.starts_with([' ', '.', '=']))
        };
        self.manifest.lines().position(names).map_or(1, |index| index + 1)
    }
}

/// Whether `path` is `folder` or below it.
pub fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
pub mod samples {
    //! Trees for the rules' tests.

    use super::*;

    /// A tree of these files.
    pub fn files(files: &[(&str, &str)]) -> Tree {
        let parse = |(path, text): &(&str, &str)| Source::parse(path, text).unwrap();
        Tree { sources: files.iter().map(parse).collect(), ..Tree::default() }
    }

    /// A crate in a folder, with dependencies that are not only for tests.
    pub fn member(name: &str, folder: &str, dependencies: &[&str]) -> Member {
        let linked = |name: &&str| Dependency { name: name.to_string(), for_tests: false };
        Member {
            name: name.to_owned(),
            folder: folder.to_owned(),
            manifest: dependencies.iter().map(|name| format!("{name} = \"1\"\n")).collect(),
            roots: vec![format!("{folder}/src/lib.rs")],
            dependencies: dependencies.iter().map(linked).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_not_a_prefix_of_letters() {
        assert!(is_in("sim/world/a.rs", "sim"));
        assert!(!is_in("simple/a.rs", "sim"));
    }

    #[test]
    fn a_dependency_is_found_at_its_line_and_not_at_a_longer_name() {
        let manifest = "[dependencies]\nserde_json = \"1\"\nserde.workspace = true\n";
        let member = Member { manifest: manifest.to_owned(), ..Member::default() };
        assert_eq!(member.line_of("serde"), 3);
        assert_eq!(member.line_of("tokio"), 1);
    }
}
