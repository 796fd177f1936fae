//! libclang, looked for by the code that bindgen itself looks with.

use std::path::Path;
use std::process::Command;

use crate::command;

/// Whether bindgen will find a libclang that loads: the same crate, the same search, a real load.
pub fn is_there() -> bool {
    clang_sys::is_loaded() || clang_sys::load().is_ok()
}

/// The smallest package with the library: the distribution's default, else the newest that it has.
pub fn packages() -> Vec<String> {
    let search = ["search", "--names-only", r"^libclang1(-[0-9]+)?$"];
    let found = command::output(Command::new("apt-cache").args(search)).unwrap_or_default();
    vec![choose(&found)]
}

fn choose(found: &str) -> String {
    let names = found.lines().filter_map(|line| line.split_whitespace().next());
    let newest = names.max_by_key(|name| match name.rsplit_once('-') {
        Some((_, version)) => version.parse().unwrap_or(0),
        None => u32::MAX,
    });
    newest.unwrap_or("libclang-dev").to_owned()
}

/// `BINDGEN_EXTRA_CLANG_ARGS` for a libclang that came without its own `stddef.h`: gcc's headers,
/// searched last, so that clang's are taken where they exist. `None` leaves the variable alone.
pub fn bindgen_arguments() -> Option<String> {
    if std::env::var_os("BINDGEN_EXTRA_CLANG_ARGS").is_some() {
        return None;
    }
    let printed = command::output(Command::new("cc").arg("-print-file-name=include")).ok()?;
    let folder = printed.trim();
    Path::new(folder)
        .join("stddef.h")
        .exists()
        .then(|| format!("-idirafter {}", command::quoted(folder)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_package_comes_before_any_version() {
        let found = "libclang1-19 - C interface\nlibclang1 - C interface\nlibclang1-14 - C\n";
        assert_eq!(choose(found), "libclang1");
    }

    #[test]
    fn without_a_default_the_newest_version_is_taken() {
        assert_eq!(choose("libclang1-9 - C interface\nlibclang1-14 - C\n"), "libclang1-14");
    }

    #[test]
    fn a_distribution_that_names_it_otherwise_gets_the_development_package() {
        assert_eq!(choose(""), "libclang-dev");
    }
}
