"""Cases on standard input, verdicts on standard output: a line of JSON each, in the same order."""

import base64
import json
import sys


class Unsupported(Exception):
    """The library does not know the algorithm or the format."""


def answer_with(assertion, registration):
    """Each takes a case of its kind, and raises whatever the library raises."""
    kinds = {"assertion": assertion, "registration": registration}
    for line in sys.stdin:
        case = json.loads(line)
        said, why = verdict(kinds[case["kind"]], case)
        print(json.dumps({"id": case["id"], "verdict": said, "why": why}), flush=True)


def verdict(verify, case):
    try:
        verify(case)
    except Unsupported as error:
        return "unsupported", told(error)
    except Exception as error:
        return "refuse", told(error)
    return "accept", ""


def response(case):
    """The answer as a browser's page sends it: AuthenticationResponseJSON or RegistrationResponseJSON (WebAuthn
    Level 3, 5.1.8)."""
    names = {
        "assertion": ("authenticatorData", "clientDataJSON", "signature"),
        "registration": ("attestationObject", "clientDataJSON"),
    }
    return {
        "id": case["credentialId"],
        "rawId": case["credentialId"],
        "type": "public-key",
        "response": {name: case[name] for name in names[case["kind"]]},
        "clientExtensionResults": {},
    }


def anchors(case):
    """The certificates that a chain must end at, in DER; none, if no chain is asked for."""
    return [from_base64url(anchor) for anchor in case["anchors"]]


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def told(error):
    """An error in one line, with the one behind it."""
    cause = f" ({told(error.__cause__)})" if error.__cause__ else ""
    return f"{type(error).__name__}: {error}{cause}"
