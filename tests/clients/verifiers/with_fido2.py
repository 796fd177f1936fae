"""What python-fido2 (Yubico) says of assertions, asked as its documentation asks it.

It checks type, origin (that its host may use the rpId: any https port, any sub-domain), challenge, rpIdHash, UP,
UV and signature. signCount, crossOrigin and BE are left to whoever calls it, and are not checked here.
"""

from functools import lru_cache

from cases import answer_with, from_base64url, response, told
from fido2 import cbor
from fido2.cose import CoseKey
from fido2.server import Fido2Server
from fido2.webauthn import Aaguid, AttestedCredentialData, PublicKeyCredentialRpEntity


@lru_cache
def server(rp_id):
    return Fido2Server(PublicKeyCredentialRpEntity(id=rp_id, name=rp_id))


@lru_cache(maxsize=1024)
def credential(credential_id, cose_key):
    key = CoseKey.parse(cbor.decode(from_base64url(cose_key)))
    return AttestedCredentialData.create(Aaguid.NONE, from_base64url(credential_id), key)


def verdict(case):
    # What authenticate_begin gives to be kept, for a challenge that is not its own.
    state = {"challenge": case["challenge"], "user_verification": case["userVerification"]}
    try:
        known = [credential(case["credentialId"], case["coseKey"])]
        server(case["rpId"]).authenticate_complete(state, known, response(case))
    except NotImplementedError as error:
        return "unsupported", told(error)
    except Exception as error:
        return "refuse", told(error)
    return "accept", ""


answer_with(verdict)
