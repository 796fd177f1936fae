"""What py_webauthn (Duo Labs) says of assertions and registrations.

Of both it checks type, challenge, origin, rpIdHash, UP, UV, and that BS is not set without BE; of an assertion
signCount and signature; of a registration the statement, and the chain by OpenSSL. crossOrigin and topOrigin are not
looked at, nor is BE compared with what was enrolled; of the leaf of packed only the key is.
"""

import ssl

from cases import Unsupported, anchors, answer_with, from_base64url, response
from webauthn import verify_authentication_response, verify_registration_response
from webauthn.helpers.cose import COSEAlgorithmIdentifier
from webauthn.helpers.exceptions import (
    InvalidRegistrationResponse,
    UnsupportedAlgorithm,
    UnsupportedPublicKey,
    UnsupportedPublicKeyType,
)
from webauthn.helpers.structs import AttestationFormat

UNSUPPORTED = (UnsupportedAlgorithm, UnsupportedPublicKey, UnsupportedPublicKeyType)


def expected(case):
    return {
        "credential": response(case),
        "expected_challenge": from_base64url(case["challenge"]),
        "expected_rp_id": case["rpId"],
        "expected_origin": case["origin"],
        "require_user_verification": case["userVerification"] == "required",
    }


def assertion(case):
    try:
        verify_authentication_response(
            **expected(case),
            credential_public_key=from_base64url(case["coseKey"]),
            credential_current_sign_count=case["signCount"],
        )
    except UNSUPPORTED as error:
        raise Unsupported from error


def registration(case):
    roots = [ssl.DER_cert_to_PEM_cert(der).encode() for der in anchors(case)]
    try:
        verify_registration_response(
            **expected(case),
            # All that it knows; the default is fewer.
            supported_pub_key_algs=list(COSEAlgorithmIdentifier),
            pem_root_certs_bytes_by_fmt={fmt: roots for fmt in AttestationFormat},
        )
    except UNSUPPORTED as error:
        raise Unsupported from error
    except InvalidRegistrationResponse as error:
        # It has no class of its own for a credential's algorithm that is not in its list.
        if str(error).startswith("Unsupported credential public key alg"):
            raise Unsupported from error
        raise


answer_with(assertion, registration)
