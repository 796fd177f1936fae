"""What py_webauthn (Duo Labs) says of assertions.

It checks type, challenge, origin, rpIdHash, UP, UV, signCount, signature, and that BS is not set without BE.
crossOrigin and topOrigin are not looked at, nor is BE compared with what was enrolled.
"""

from cases import answer_with, from_base64url, response, told
from webauthn import verify_authentication_response
from webauthn.helpers.exceptions import UnsupportedAlgorithm, UnsupportedPublicKey, UnsupportedPublicKeyType


def verdict(case):
    try:
        verify_authentication_response(
            credential=response(case),
            expected_challenge=from_base64url(case["challenge"]),
            expected_rp_id=case["rpId"],
            expected_origin=case["origin"],
            credential_public_key=from_base64url(case["coseKey"]),
            credential_current_sign_count=case["signCount"],
            require_user_verification=case["userVerification"] == "required",
        )
    except (UnsupportedAlgorithm, UnsupportedPublicKey, UnsupportedPublicKeyType) as error:
        return "unsupported", told(error)
    except Exception as error:
        return "refuse", told(error)
    return "accept", ""


answer_with(verdict)
