"""What a device said of itself when it was enrolled: the link `attestation` of docs/evidence.md, format by format.

Whatever does not hold raises an exception; which one is of no matter.
"""

import hashlib
from datetime import UTC, datetime

import statements
from certificates import Certificate, is_ca, leads_to
from cryptography.hazmat.primitives.serialization import Encoding

CERTIFICATES_MAX, STATEMENTS_MAX = 8, 4
ANY_PURPOSE, ATTESTATION_KEY = "2.5.29.37.0", "2.23.133.8.3"


class Registration:
    """What a statement is about."""

    def __init__(self, object_, client_data, key, since_ms):
        self.format, self.statement, self.data = (object_[name] for name in ("fmt", "attStmt", "authData"))
        self.client_data_hash = hashlib.sha256(client_data).digest()
        self.signed = self.data + self.client_data_hash
        self.aaguid, self.credential = self.data[37:53], self.data[55:][: int.from_bytes(self.data[53:55], "big")]
        self.key = key
        self.since = datetime.fromtimestamp(since_ms // 1000, UTC)


def check(roots, registration):
    """The statement holds, and its certificates led to a root."""
    if registration.format == "compound":
        parts = registration.statement
        must(type(parts) is list and 2 <= len(parts) <= STATEMENTS_MAX, "not as many parts as it may have")
        for part in parts:
            must(type(part) is dict and part.keys() == {"fmt", "attStmt"}, "a part that is none")
            must_lead(roots, registration, part["fmt"], part["attStmt"])
    else:
        must_lead(roots, registration, registration.format, registration.statement)


def must_lead(roots, registration, format_, statement):
    """One statement. Of none, and of packed without certificates, there is nothing that could lead anywhere."""
    must(type(format_) is str and format_ in statements.FORMATS, f"the format {format_} is not one of those")
    members, holds = statements.FORMATS[format_]
    must(type(statement) is dict and statement.keys() == members.keys(), "other members, or no certificates")
    must(all(type(statement[name]) is kind for name, kind in members.items()), "members of other kinds")
    chain = statement["x5c"]
    must(all(type(der) is bytes for der in chain), "a certificate that is none")
    must(1 <= len(chain) <= CERTIFICATES_MAX, "not as many certificates as there may be")
    leaf, *others = map(Certificate, chain)
    holds(registration, statement, leaf)
    purpose = ATTESTATION_KEY if format_ == "tpm" else ANY_PURPOSE
    must(leads(roots, leaf, others, registration.since, purpose), "it did not lead to a root")


def leads(roots, leaf, others, time, purpose):
    if any(leaf.der == root.public_bytes(Encoding.DER) for root in roots):
        return leaf.read.not_valid_before_utc <= time <= leaf.read.not_valid_after_utc
    return not is_ca(leaf.read) and leads_to(roots, leaf.read, [one.read for one in others], [time], purpose)


def must(holds, why):
    if not holds:
        raise ValueError(why)
