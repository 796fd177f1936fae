"""Cases on standard input, verdicts on standard output: a line of JSON each, in the same order."""

import base64
import json
import sys


def answer_with(verdict):
    """`verdict` takes a case and gives what the library says of it, and why."""
    for line in sys.stdin:
        case = json.loads(line)
        said, why = verdict(case)
        print(json.dumps({"id": case["id"], "verdict": said, "why": why}), flush=True)


def response(case):
    """The answer as a browser's page sends it: AuthenticationResponseJSON (WebAuthn Level 3, 5.1.8)."""
    names = ("authenticatorData", "clientDataJSON", "signature")
    return {
        "id": case["credentialId"],
        "rawId": case["credentialId"],
        "type": "public-key",
        "response": {name: case[name] for name in names},
        "clientExtensionResults": {},
    }


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def told(error):
    """An error in one line, with the one behind it."""
    cause = f" ({told(error.__cause__)})" if error.__cause__ else ""
    return f"{type(error).__name__}: {error}{cause}"
