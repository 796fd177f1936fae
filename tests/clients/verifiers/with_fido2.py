"""What python-fido2 (Yubico) says of assertions and registrations, asked as its documentation asks it.

Of both it checks type, origin (that its host may use the rpId: any https port, any sub-domain), challenge, rpIdHash,
UP and UV; of an assertion the signature; of a registration the statement, in every format but android-key, and that
each certificate signed the one before. signCount, crossOrigin and BE are left to whoever calls it, and so are
algorithms; the times of certificates are not looked at, nor whether what issues them is a CA.
"""

from functools import lru_cache

from cases import Unsupported, anchors, answer_with, from_base64url, response
from cryptography import x509
from fido2 import cbor
from fido2.attestation import Attestation, AttestationVerifier, UnsupportedType
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.webauthn import Aaguid, AttestedCredentialData, PublicKeyCredentialRpEntity


class Anchored(AttestationVerifier):
    """A root is looked up by its subject, as the library does with metadata."""

    def __init__(self, roots):
        super().__init__([kind() for kind in Attestation.__subclasses__() if hasattr(kind, "FORMAT")])
        self.roots = roots

    def ca_lookup(self, attestation_result, auth_data):
        if not attestation_result.trust_path:
            return None
        issuer = x509.load_der_x509_certificate(attestation_result.trust_path[-1]).issuer
        found = (der for der in self.roots if x509.load_der_x509_certificate(der).subject == issuer)
        return next(found, None)


def verify_statement(attestation_object, client_data_hash):
    """The statement alone: no chain is asked for."""
    kind = Attestation.for_type(attestation_object.fmt)
    kind().verify(attestation_object.att_stmt, attestation_object.auth_data, client_data_hash)


@lru_cache
def server(rp_id, roots=()):
    entity = PublicKeyCredentialRpEntity(id=rp_id, name=rp_id)
    verify = Anchored(roots) if roots else verify_statement
    return Fido2Server(entity, attestation="direct", verify_attestation=verify)


def state(case):
    """What begin gives to be kept, for a challenge that is not its own."""
    return {"challenge": case["challenge"], "user_verification": case["userVerification"]}


@lru_cache(maxsize=1024)
def credential(credential_id, cose_key):
    key = CoseKey.parse(cbor.decode(from_base64url(cose_key)))
    return AttestedCredentialData.create(Aaguid.NONE, from_base64url(credential_id), key)


def assertion(case):
    try:
        known = [credential(case["credentialId"], case["coseKey"])]
        server(case["rpId"]).authenticate_complete(state(case), known, response(case))
    except NotImplementedError as error:
        raise Unsupported from error


def registration(case):
    try:
        server(case["rpId"], tuple(anchors(case))).register_complete(state(case), response(case))
    except (NotImplementedError, UnsupportedType) as error:
        raise Unsupported from error


answer_with(assertion, registration)
