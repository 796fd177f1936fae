//! Running other programs, so that a failure is one line: what failed, why, what to do.

use std::process::{Command, Stdio};

use anyhow::{Context, Result, ensure};

/// Runs a program to its end; it writes where we write.
pub fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| cannot_start(command))?;
    ensure!(status.success(), "`{}` failed ({status}): read its output above", shown(command));
    Ok(())
}

/// Runs a program to its end and returns what it wrote to its standard output.
pub fn output(command: &mut Command) -> Result<String> {
    let done = command.stderr(Stdio::inherit()).output().with_context(|| cannot_start(command))?;
    let status = done.status;
    ensure!(status.success(), "`{}` failed ({status}): read its output above", shown(command));
    String::from_utf8(done.stdout)
        .with_context(|| format!("`{}` wrote bytes that are no text", shown(command)))
}

/// Whether a program can be started and ends well; what it writes is dropped.
pub fn succeeds(command: &mut Command) -> bool {
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|s| s.success())
}

/// The command as a person would type it.
pub fn shown(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| quoted(&word.to_string_lossy())).collect::<Vec<_>>().join(" ")
}

/// A word as a shell needs it: in quotes when it has a character that a shell would read.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// Why a program that did not even start did not.
pub fn cannot_start(command: &Command) -> String {
    format!("cannot start `{}`: is it installed, and on PATH?", shown(command))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shown_command_can_be_pasted_into_a_shell() {
        let mut command = Command::new("openssl");
        command.args(["dgst", "-verify", "it's a key.pem", ""]);
        assert_eq!(shown(&command), r"openssl dgst -verify 'it'\''s a key.pem' ''");
    }

    #[test]
    fn a_missing_program_is_named_with_what_to_do() {
        let error = run(&mut Command::new("no-such-program-here")).unwrap_err();
        assert!(format!("{error:#}").contains("cannot start `no-such-program-here`: is it"));
    }

    #[test]
    fn a_failing_program_is_an_error_and_a_good_one_gives_its_output() {
        assert!(run(&mut Command::new("false")).is_err());
        assert!(!succeeds(&mut Command::new("false")));
        assert_eq!(output(Command::new("echo").arg("yes")).unwrap(), "yes\n");
    }
}
