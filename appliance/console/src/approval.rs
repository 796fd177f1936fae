//! A device's approval: of an activation, or of a further device of its owner.

use std::time::Duration;

use countersign_protocol::Bounded;
use countersign_protocol::assertion::Assertion;

use crate::ceremony;
use crate::webauthn::{RequestOptions, Response};

/// What is to be approved, and by whom.
#[derive(Debug)]
pub(crate) struct Challenge<'a> {
    /// The rpId of the devices.
    pub(crate) rp_id: &'a str,
    /// What the device signs.
    pub(crate) challenge: &'a [u8],
    /// The credentials that may approve, as the appliance listed them.
    pub(crate) credentials: Vec<&'a [u8]>,
}

impl Challenge<'_> {
    /// Has `command` approve it.
    pub(crate) async fn approved_with(
        &self,
        command: &str,
        within: Duration,
    ) -> Result<Response, String> {
        let options = RequestOptions::new(self.rp_id, self.challenge, &self.credentials);
        let answer = ceremony::conduct(command, &options, within).await?;
        Response::parse(&answer)
            .map_err(|why| format!("`{command}` printed no AuthenticationResponseJSON: {why}"))
    }

    /// The response as the appliance wants it: with the index of the device that gave it.
    pub(crate) fn assertion<'r>(&self, response: &'r Response) -> Result<Assertion<'r>, String> {
        let device = self.credentials.iter().position(|id| *id == response.id);
        let device = device
            .and_then(|index| u8::try_from(index).ok())
            .ok_or("the device that answered is none of those that may approve; use another")?;
        let fitted = || {
            Some(Assertion {
                device,
                authenticator_data: Bounded::new(&response.authenticator_data)?,
                client_data: Bounded::new(&response.client_data)?,
                signature: Bounded::new(&response.signature)?,
            })
        };
        fitted().ok_or_else(|| "the device's answer is too long".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ceremony::scripts::{run, script};

    fn challenge() -> Challenge<'static> {
        let credentials = vec![&[1][..], &[2][..]];
        Challenge { rp_id: "a.example", challenge: &[7; 32], credentials }
    }

    fn approved(command: &str) -> Result<Response, String> {
        run(challenge().approved_with(command, Duration::from_secs(5)))
    }

    #[test]
    fn a_device_is_asked_for_the_challenge_and_found_in_the_list() {
        let answer = r#"{"id":"Ag","response":{"clientDataJSON":"e30","authenticatorData":"Ag","signature":"Aw"}}"#;
        let asked = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc";
        let folder = tempfile::tempdir().unwrap();
        let body = format!("grep -q '\"challenge\":\"{asked}\"' && echo '{answer}'");
        let response = approved(&script(folder.path(), &body)).unwrap();
        assert_eq!(challenge().assertion(&response).unwrap().device, 1);
    }

    #[test]
    fn what_is_no_approval_is_said_so() {
        let why = approved("true").unwrap_err();
        assert!(why.contains("no AuthenticationResponseJSON"), "{why}");
    }

    #[test]
    fn a_device_that_may_not_approve_and_an_answer_that_is_too_long_are_refused() {
        let good = Response {
            id: vec![1],
            authenticator_data: vec![],
            client_data: vec![],
            signature: vec![],
        };
        assert_eq!(challenge().assertion(&good).unwrap().device, 0);
        let stranger = Response { id: vec![3], ..good };
        assert!(challenge().assertion(&stranger).is_err());
        let long = Response { id: vec![1], client_data: vec![0; 2049], ..stranger };
        assert!(challenge().assertion(&long).is_err());
    }
}
