//! A registration with a change made in it.
//!
//! Guarantees: what the statement is made over is what was changed, and the anchors are those of an authority
//! that made the certificates, unless the change says otherwise.

use countersign_authority::{Algorithm, Authority, Draft, Format, Registration};
use countersign_device::Approval;

use super::{Change, Mutation};
use crate::case::Asked;

/// rpIdHash, flags, signCount; then the attested data, and then extensions (6.1).
const HEAD_BYTES: usize = 37;

/// Whom the relying party trusts, and whom it should not.
pub struct Trust<'t> {
    /// The authority that the relying party has the certificates of.
    pub trusted: &'t Authority,
    /// Another one of the same names.
    pub attacker: &'t Authority,
    /// Whoever has a leaf of the trusted one.
    pub of_a_leaf: &'t Authority,
    /// What the relying party asks a chain to end at; with none it asks for no chain.
    pub anchors: Vec<Vec<u8>>,
    format: Format,
}

/// Who makes certificates.
pub struct Authorities {
    trusted: Authority,
    attacker: Authority,
    of_a_leaf: Authority,
}

/// What is new about a device.
pub struct Device {
    /// The algorithm of its own key.
    pub algorithm: Algorithm,
    /// What it follows from.
    pub seed: [u8; 32],
}

impl Authorities {
    /// With new keys.
    pub fn new() -> Self {
        let trusted = Authority::new();
        Self { attacker: Authority::new(), of_a_leaf: trusted.of_a_leaf(), trusted }
    }
}

impl<'t> Trust<'t> {
    /// As a relying party does that asks for certificates where the format has any.
    pub fn good(authorities: &'t Authorities, format: Format) -> Self {
        let Authorities { trusted, attacker, of_a_leaf } = authorities;
        let certified = super::CERTIFIED.contains(&format);
        let anchors = if certified { anchors(trusted, format) } else { Vec::new() };
        Self { trusted, attacker, of_a_leaf, anchors, format }
    }

    /// The anchors that this authority would have in this format.
    pub fn anchors_of(&self, authority: &Authority) -> Vec<Vec<u8>> {
        anchors(authority, self.format)
    }
}

/// Devices of U2F send the leaf alone, so that the intermediate has to be known.
fn anchors(authority: &Authority, format: Format) -> Vec<Vec<u8>> {
    let mut anchors = authority.roots();
    anchors.extend((format == Format::FidoU2f).then(|| authority.intermediate()));
    anchors
}

impl Mutation {
    /// What a device brings that was registered with this change made, and the anchors that are asked for.
    pub fn registered(
        &self,
        device: Device,
        asked: &Asked,
        mut approval: Approval,
        mut trust: Trust<'_>,
    ) -> (Registration, Vec<Vec<u8>>) {
        if let Change::Statement(change) = self.change {
            change(asked, &mut approval);
        }
        let issuer = match self.change {
            Change::Forgery(..) => trust.attacker,
            Change::ByLeaf(..) => trust.of_a_leaf,
            _ => trust.trusted,
        };
        let Asked { challenge, origin, rp_id } = asked;
        let mut registration = issuer.register(trust.format, challenge, origin, rp_id, |draft| {
            (draft.algorithm, draft.seed) = (device.algorithm, device.seed);
            self.say(draft, asked, &approval);
            self.make(draft, &mut trust);
            complete_chain(draft, trust.format, issuer);
        });
        if let Change::Object(change) = self.change {
            registration.attestation_object = change(registration.attestation_object);
        }
        (registration, trust.anchors)
    }

    fn say(&self, draft: &mut Draft, asked: &Asked, approval: &Approval) {
        let client_data = self.client_data(asked, approval);
        draft.client_data = Box::new(move |bytes| *bytes = client_data);
        let said = approval.authenticator_data();
        let change = match self.change {
            Change::AuthenticatorData(change) | Change::AttestedData(change) => change,
            _ => |data| data,
        };
        draft.auth_data = Box::new(move |data| *data = change(with_attested(&said, data)));
    }

    fn make(&self, draft: &mut Draft, trust: &mut Trust<'_>) {
        match self.change {
            Change::Registration(_, change) => change(draft),
            Change::Chain(_, change) | Change::Forgery(_, change) | Change::ByLeaf(_, change) => {
                change(draft, trust)
            }
            _ => (),
        }
    }
}

/// What is said, around the attested data of the authority.
fn with_attested(said: &[u8], data: &[u8]) -> Vec<u8> {
    let attested = data.get(HEAD_BYTES..).unwrap_or_default();
    let (head, extensions) = said.split_at_checked(HEAD_BYTES).unwrap_or((said, &[]));
    [head, attested, extensions].concat()
}

/// Android's key store sends the root too, and two of the verifiers rely on it: it is there before any change.
fn complete_chain(draft: &mut Draft, format: Format, issuer: &Authority) {
    if format == Format::AndroidKey {
        let (roots, change) = (issuer.roots(), std::mem::replace(&mut draft.x5c, Box::new(|_| ())));
        draft.x5c = Box::new(move |x5c| {
            x5c.extend(roots);
            change(x5c);
        });
    }
}
