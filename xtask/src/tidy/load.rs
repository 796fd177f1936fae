//! Reads the project from the disk: the files that git would commit, and what cargo says of them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};
use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, TargetKind};

use super::finding::{Finding, Reason};
use super::formatting;
use super::tree::{Dependency, Member, Package, Source, Tree};
use crate::{command, workspace};

const BROKEN: Reason =
    Reason { why: "because no rule can read it", fix: "make it parse, as any Rust file must" };

/// The packages that are workspaces of their own, and their lock files.
const ALONE: [(&str, &str); 3] = [
    (workspace::EMBEDDED_TOKEN, "sim/embedded-token/Cargo.lock"),
    (workspace::BARE, "firmware-shims/bare/Cargo.lock"),
    (workspace::FUZZ_TARGETS, "fuzz/targets/Cargo.lock"),
];

/// The whole tree, and a finding for each Rust file that does not parse.
pub fn load() -> Result<(Tree, Vec<Finding>)> {
    let root = workspace::root();
    let (sources, broken) = sources(&root)?;
    let house = metadata(&root.join(workspace::ROOT), &[])?;
    let mut packages = packages(&house, "Cargo.lock");
    for (manifest, lock) in ALONE {
        packages.extend(self::packages(&metadata(&root.join(manifest), &["--locked"])?, lock));
    }
    let tree = Tree {
        sources,
        members: members(&house, &root)?,
        architecture: fs::read_to_string(root.join("ARCHITECTURE.md")).unwrap_or_default(),
        policy_page: fs::read_to_string(root.join("docs/policy.md")).unwrap_or_default(),
        packages,
        linked: linked()?,
        formatting: formatting::ask_rustfmt()?,
    };
    Ok((tree, broken))
}

fn sources(root: &Path) -> Result<(Vec<Source>, Vec<Finding>)> {
    let mut git = Command::new("git");
    git.args(["ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", "*.rs"]);
    let listed = command::output(git.current_dir(root))
        .context("cannot list the project's files; run this in a git clone")?;
    let (mut sources, mut broken) = (Vec::new(), Vec::new());
    for path in listed.split_terminator('\0').collect::<BTreeSet<_>>() {
        // A file that git still lists and the disk no longer has is on its way out.
        let Ok(text) = fs::read_to_string(root.join(path)) else { continue };
        match Source::parse(path, &text) {
            Ok(source) => sources.push(source),
            Err(error) => {
                let line = error.span().start().line;
                broken.push(BROKEN.at(path, line, format!("does not parse ({error})")));
            }
        }
    }
    Ok((sources, broken))
}

fn metadata(manifest: &Path, options: &[&str]) -> Result<Metadata> {
    let options: Vec<String> = options.iter().map(ToString::to_string).collect();
    let mut command = MetadataCommand::new();
    command.manifest_path(manifest).other_options(options).exec().with_context(|| {
        format!("`cargo metadata` refuses {}; run it there to see why", manifest.display())
    })
}

fn packages(metadata: &Metadata, lock: &'static str) -> Vec<Package> {
    let package = |package: &cargo_metadata::Package| Package {
        name: package.name.to_string(),
        version: package.version.to_string(),
        licence: package.license.clone(),
        lock,
    };
    metadata.packages.iter().map(package).collect()
}

fn members(metadata: &Metadata, root: &Path) -> Result<Vec<Member>> {
    metadata.workspace_packages().into_iter().map(|package| member(package, root)).collect()
}

fn member(package: &cargo_metadata::Package, root: &Path) -> Result<Member> {
    let folder = package.manifest_path.parent().context("a manifest is in no folder")?;
    let relative =
        |path: &Path| path.strip_prefix(root).unwrap_or(path).to_string_lossy().replace('\\', "/");
    let is_root = |target: &&cargo_metadata::Target| {
        let tests = [TargetKind::Test, TargetKind::Bench, TargetKind::Example];
        !target.kind.iter().any(|kind| tests.contains(kind) || *kind == TargetKind::CustomBuild)
    };
    let roots = package.targets.iter().filter(is_root);
    Ok(Member {
        name: package.name.to_string(),
        folder: relative(folder.as_std_path()),
        manifest: fs::read_to_string(&package.manifest_path)?,
        roots: roots.map(|target| relative(target.src_path.as_std_path())).collect(),
        dependencies: package.dependencies.iter().map(dependency).collect(),
    })
}

fn dependency(dependency: &cargo_metadata::Dependency) -> Dependency {
    Dependency {
        name: dependency.name.clone(),
        for_tests: dependency.kind == DependencyKind::Development,
    }
}

/// Name and version of all that the members link or build with here. From `cargo tree`, because
/// `cargo metadata` also lists what only a test's features would turn on.
fn linked() -> Result<BTreeSet<(String, String)>> {
    let options = ["--workspace", "--edges", "normal,build", "--prefix", "none"];
    let tree = command::output(workspace::cargo().arg("tree").args(options))?;
    Ok(tree.lines().filter_map(package_in_a_line).collect())
}

/// Reads `name v1.2.3`, and whatever cargo says after it.
fn package_in_a_line(line: &str) -> Option<(String, String)> {
    let (name, rest) = line.split_once(" v")?;
    let version = rest.split_whitespace().next()?;
    Some((name.to_owned(), version.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_the_tree_is_a_package() {
        let read = package_in_a_line("rustls-webpki v0.103.17 (*)");
        assert_eq!(read, Some(("rustls-webpki".to_owned(), "0.103.17".to_owned())));
        assert_eq!(package_in_a_line(""), None);
    }
}
