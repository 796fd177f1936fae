//! A page for a browser at hand: an appliance with a signer who has no device yet, and the ticket for one.
//!
//! Guarantees: what is started here ends with it, in whatever way that ends; the page listens on loopback.
//!
//! Does not guarantee: any protection. Page, front-end and appliance are one machine's.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

use super::{
    Cast, DEVICE, FRONT_END, Log, Place, Programs, Suite, TICKET, configure, step, tied_to_us,
};
use crate::programs::{self, Profile};
use crate::{command, embedded_token, setup};

/// The programs that the page needs.
const PROGRAMS: [&str; 3] = ["countersign", "countersignd", "countersign-page"];
/// What `cargo xtask page` takes.
#[derive(clap::Args)]
pub struct Arguments {
    /// The page's port on 127.0.0.1
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Where your browser reaches the page, if something before it speaks TLS; else
    /// http://localhost:PORT
    #[arg(long)]
    origin: Option<String>,
    /// Works in this folder, made when it is not there, instead of a new temporary one
    #[arg(long, value_name = "DIR")]
    keep: Option<PathBuf>,
}

impl Arguments {
    /// Sets everything up, and serves until Ctrl-C; the folder stays.
    pub fn serve(&self) -> Result<()> {
        setup::ensure(&[setup::C_COMPILER, setup::OPENSSL])?;
        let place = match &self.keep {
            Some(folder) => Place::new(folder)?,
            None => Place::temporary()?,
        };
        let programs = programs::build(&PROGRAMS, Profile::Dev)?;
        self.serve_in(&place, &programs).with_context(|| {
            format!("no page; all that was done is in {}", place.folder().display())
        })
    }

    fn serve_in(&self, place: &Place, programs: &Programs) -> Result<()> {
        let origin =
            self.origin.clone().unwrap_or_else(|| format!("http://localhost:{}", self.port));
        let cast = Cast {
            place,
            programs,
            configuration: configure(place, &embedded_token::module()?)?,
            log: Log::at(place.path("log")),
            suite: Suite::default(),
            rp_id: host(&origin)?,
            origin: &origin,
        };
        step("the officer and the page make their identities", || cast.identities())?;
        step("the appliance and its token are initialised", || cast.initialise())?;
        let appliance = step("the appliance starts", || cast.start())?;
        step("the officer adds the page as front-end, and a signer", || cast.introduce())?;
        let key = step("the officer makes the signer's key, in the token", || cast.make_key())?;
        step("the officer lets the page ask for that key", || cast.grant())?;
        step("the officer makes a ticket for the signer's device", || cast.make_ticket())?;
        let mut page = step("the page is served", || cast.serve_page(self.port))?;
        cast.tell(&key)?;
        let ended = page.wait()?;
        drop(appliance);
        ensure!(ended.success(), "the page ended ({ended}): read its output above");
        Ok(())
    }
}

impl Cast<'_> {
    /// The page, once it says where it is.
    fn serve_page(&self, port: u16) -> Result<Child> {
        let mut page = tied_to_us(self.programs.page());
        page.args(["--listen", &format!("127.0.0.1:{port}"), "--origin", self.origin]);
        self.as_front_end(&mut page).stdout(Stdio::piped());
        let mut started = page.spawn().with_context(|| command::cannot_start(&page))?;
        let said = started.stdout.take().context("the page's output is not a pipe")?;
        let served = BufReader::new(said).read_line(&mut String::new())?;
        ensure!(served > 0, "the page does not start: read its output above");
        Ok(started)
    }

    fn as_front_end<'c>(&self, page: &'c mut Command) -> &'c mut Command {
        page.args(["--server", &self.configuration.address]);
        page.arg("--server-cert").arg(self.place.path("data/server.pem"));
        page.arg("--identity").arg(self.place.path(&format!("{FRONT_END}.pem")))
    }

    /// What a person does now.
    fn tell(&self, key: &str) -> Result<()> {
        let ticket =
            fs::read_to_string(self.place.path(TICKET)).context("no ticket was written")?;
        let mut confirm = self.console("officer");
        confirm.args(["devices", "confirm", DEVICE, "--words"]);
        println!("\nOpen, and register a device:\n  {}/#ticket={}", self.origin, ticket.trim());
        println!("As the officer, type the words that the page shows:");
        println!("  {} 'TEN WORDS'", command::shown(&confirm));
        println!(
            "Then approve a document on the page, with the key\n  {key} ({})",
            self.suite.name()
        );
        println!("\nCtrl-C stops everything; the files stay in {}", self.place.folder().display());
        Ok(())
    }
}

/// The host of an origin, which is the rpId.
fn host(origin: &str) -> Result<&str> {
    let host = origin.split_once("://").map(|(_, rest)| rest.split(':').next().unwrap_or(rest));
    host.with_context(|| format!("{origin} is no origin; give one such as https://localhost:8443"))
}

#[cfg(test)]
mod tests {
    use super::host;

    #[test]
    fn the_rp_id_is_the_host_without_scheme_and_port() {
        assert_eq!(host("http://localhost:8080").unwrap(), "localhost");
        assert_eq!(host("https://sign.example").unwrap(), "sign.example");
        assert!(host("localhost:8080").is_err());
    }
}
