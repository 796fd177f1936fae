"""The second verifier of evidence, written from docs/evidence.md alone; it shares no code with the first.

Reads cases as lines of JSON, {"trust": path, "evidence": path, "documents": [path], "item": number or null}, and
answers each with a line: {"proved": bool, "broken": link or null, "why": text or null}.
"""

import base64
import hashlib
import json
import re
import sys
import tomllib
from datetime import UTC, datetime

import cbor2
import attestation
import definite
from certificates import is_ca, leads_to
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, mldsa, padding, rsa, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_public_key,
)
from der import children, element, length

EVIDENCE_BYTES_MAX = 20 * 1024 * 1024
CONTENT_TYPE = "application/vnd.countersign.evidence+cbor"
ES256, EDDSA = -7, -8
COSE_SIGN1 = b"\xd2"  # tag 18
ESP256, ESP384, ED25519, PS256, RS256 = -9, -51, -19, -37, -257
RAW, CMS_ATTRS, SIGNED_INFO = 0, 1, 2
SIGNATURE, ENROLMENT_KIND = 10, 14
U32, U64 = 2**32, 2**64
P256_SPKI = bytes.fromhex("3059301306072a8648ce3d020106082a8648ce3d030107034200")
ED25519_SPKI = bytes.fromhex("302a300506032b6570032100")
NAME = re.compile(r"[^\s+\x00-\x1f\x7f-\x9f]+")


class Broken(Exception):
    """A link does not hold: which, and why."""


def sha256(*parts):
    return hashlib.sha256(b"".join(parts)).digest()


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def sha384(data):
    return hashlib.sha384(data).digest()


# ---- Reading -----------------------------------------------------------------------------------


def decode(data, shape, link):
    """Deterministic CBOR of this shape, and nothing else."""
    try:
        value = cbor2.loads(data)
        same = cbor2.dumps(value, canonical=True) == data
    except Exception as why:
        raise Broken(link, f"cannot be read: {why}") from None
    if not same or not shape(value):
        raise Broken(link, "is not as it must be")
    return value


def number(below):
    return lambda value: type(value) is int and 0 <= value < below


def exactly(expected):
    return lambda value: type(value) is type(expected) and value == expected


def among(*choices):
    return lambda value: type(value) is int and value in choices


def bytestring(least, most):
    return lambda value: type(value) is bytes and least <= len(value) <= most


def text(most):
    return lambda value: type(value) is str and 1 <= len(value.encode()) <= most


def boolean(value):
    return type(value) is bool


def integer(value):
    return type(value) is int


def array(least, most, of):
    return lambda value: type(value) is list and least <= len(value) <= most and all(map(of, value))


def members(must, may=None):
    """A map with these members."""
    may = may or {}

    def shape(value):
        if type(value) is not dict or not must.keys() <= value.keys() <= must.keys() | may.keys():
            return False
        return all((must.get(key) or may[key])(inner) for key, inner in value.items())

    return shape


def approvers(value):
    if type(value) is not list or len(value) != 2 or not array(1, 8, number(U32))(value[0]):
        return False
    people, threshold = value
    return people == sorted(set(people)) and type(threshold) is int and 1 <= threshold <= len(people)


def suites(value):
    known = (ESP256, ESP384, ED25519, PS256, RS256)
    return array(1, 16, lambda one: integer(one) and one in known)(value) and value == sorted(set(value))


def ascending(most, of):
    """A set: each value once, in order."""
    return lambda value: array(1, most, of)(value) and value == sorted(set(value))


def hours(most, what):
    """Hours from one until another, none of which two of them share."""
    each = members({0: number(U32), 1: number(U32), 2: what})

    def shape(value):
        if not array(1, most, each)(value):
            return False
        ends = [end for one in value for end in (one[0], one[1])]
        apart = all(before <= after for before, after in zip(ends, ends[1:]))
        return apart and all(one[0] < one[1] for one in value)

    return shape


HASH = bytestring(32, 32)
CHECKPOINT = members({0: bytestring(16, 16), 1: number(U64), 2: HASH})
ENROLLED = members({
    0: number(U64), 1: bytestring(0, 4096), 2: bytestring(0, 32768), 3: array(0, 64, HASH),
})
EVIDENCE = members({
    0: exactly(1), 1: bytestring(0, 128), 2: bytestring(0, 1581056),
    3: array(1, 250, bytestring(0, 65536)), 4: array(0, 17, bytestring(0, 4096)),
    5: array(1, 16, ENROLLED), 6: array(0, 8, bytestring(0, 8192)),
})
RECEIPT = members({
    0: number(U64), 1: bytestring(0, 4096), 2: bytestring(0, 1572864), 3: array(0, 64, HASH),
    4: CHECKPOINT, 5: bytestring(64, 64),
})
LEAF = members(
    {0: exactly(1), 1: number(20), 3: bytestring(0, 1024), 4: HASH}, {2: number(U32)}
)
OPENING = members({0: HASH, 1: bytestring(0, 1572864)})
ASSERTION = members({
    0: number(256), 1: bytestring(0, 1024), 2: bytestring(0, 2048), 3: bytestring(0, 4627),
})
APPROVAL = members({
    0: number(U32), 1: bytestring(0, 2700), 2: number(U32), 3: ASSERTION, 4: number(U32),
})
POLICY = members(
    {
        0: suites, 1: number(2**16), 2: number(U64), 3: number(U64), 4: boolean, 6: boolean, 7: boolean,
        8: number(U32),
    },
    {
        5: lambda value: integer(value) and 1 <= value <= 16,
        9: members({0: hours(9, bytestring(21, 21))}, {1: hours(16, boolean)}),
        10: ascending(16, number(U32)), 11: ascending(3, lambda form: integer(form) and 0 <= form <= 2),
        12: ascending(8, lambda pattern: text(32)(pattern) and pattern != ""),
    },
)
CONTENT = members({
    0: bytestring(0, 98304), 1: array(1, 16, APPROVAL), 2: array(1, 250, bytestring(0, 4627)),
    3: bytestring(0, 398), 4: number(U64), 5: number(U64), 6: POLICY,
})
DEVICE = members({
    0: number(U32), 1: number(U32), 2: text(64), 3: bytestring(0, 1023), 4: bytestring(0, 2700), 5: boolean,
    6: number(U32), 7: lambda standing: standing in (1, 2, 3, 4), 8: HASH,
    9: lambda attestation: type(attestation) is dict, 10: lambda cause: type(cause) is list, 11: number(U64),
})
ENROLMENT = members({
    0: DEVICE, 1: number(U32), 2: bytestring(0, 16384), 3: bytestring(0, 2048), 4: bytestring(0, 2048),
})
TICKET = members({
    0: exactly(1), 1: bytestring(16, 16), 2: number(U32), 3: HASH, 4: number(U32), 5: text(64),
    6: array(0, 64, bytestring(16, 16)), 7: text(272), 8: among(1, 2), 9: among(1, 2, 3), 10: number(U64),
})
ITEM = members({
    0: bytestring(0, 65536), 1: HASH, 2: HASH, 3: text(128), 4: lambda form: form in (0, 1, 2),
})
ACTIVATION = members(
    {
        0: exactly(1), 1: bytestring(16, 16), 2: number(U32), 3: HASH, 4: bytestring(16, 16), 5: HASH,
        6: lambda one: suites([one]), 7: HASH, 8: approvers, 10: number(U32),
        11: members({0: number(U64), 1: number(U64), 2: number(U32)}), 12: array(1, 250, ITEM),
    },
    {9: number(U32)},
)


# ---- Signatures --------------------------------------------------------------------------------


def holds(verify, *arguments):
    try:
        verify(*arguments)
        return True
    except (InvalidSignature, ValueError, TypeError):
        return False


def ed25519_holds(key, message, signature):
    return holds(lambda: ed25519.Ed25519PublicKey.from_public_bytes(key).verify(signature, message))


def ecdsa_holds(curve, algorithm, point, digest, signature):
    """Over a digest, with `r || s`."""
    half = (curve.key_size + 7) // 8
    if len(signature) != 2 * half or len(point) != 2 * half + 1 or point[0] != 4:
        return False
    r, s = (int.from_bytes(signature[at : at + half], "big") for at in (0, half))
    der = utils.encode_dss_signature(r, s)
    algorithm = ec.ECDSA(utils.Prehashed(algorithm))
    return holds(
        lambda: ec.EllipticCurvePublicKey.from_encoded_point(curve, point).verify(der, digest, algorithm)
    )


def p256_holds(point, digest, signature):
    return ecdsa_holds(ec.SECP256R1(), hashes.SHA256(), point, digest, signature)


def p384_holds(point, digest, signature):
    return ecdsa_holds(ec.SECP384R1(), hashes.SHA384(), point, digest, signature)


def rsa_key(der):
    """An RSAPublicKey in DER, put into the SubjectPublicKeyInfo that the library reads."""
    inner = bytes([3]) + length(len(der) + 1) + b"\0" + der
    algorithm = bytes.fromhex("300d06092a864886f70d0101010500")
    return load_der_public_key(bytes([0x30]) + length(len(algorithm + inner)) + algorithm + inner)


def rsa_holds(suite, der, digest, signature):
    pss = padding.PSS(mgf=padding.MGF1(hashes.SHA256()), salt_length=32)
    scheme = pss if suite == PS256 else padding.PKCS1v15()
    prehashed = utils.Prehashed(hashes.SHA256())

    def verify():
        key = rsa_key(der)
        if key.key_size != 3072:
            raise ValueError("another modulus")
        key.verify(signature, digest, scheme, prehashed)

    return holds(verify)


def suite_holds(suite, key, dtbsr, signature):
    if suite == ESP256:
        return p256_holds(key, dtbsr, signature)
    if suite == ESP384:
        return p384_holds(key, dtbsr, signature)
    if suite == ED25519:
        return ed25519_holds(key, dtbsr, signature)
    return rsa_holds(suite, key, dtbsr, signature)


def ml_dsa_holds(kind, key, message, signature):
    """By COSE's number, or 6 for a witness's."""
    names = {6: "MLDSA44", -48: "MLDSA44", -49: "MLDSA65", -50: "MLDSA87"}
    public = getattr(mldsa, names[kind] + "PublicKey")
    return holds(lambda: public.from_public_bytes(key).verify(signature, message))


# ---- Trust -------------------------------------------------------------------------------------


class Trust:
    def __init__(self, path):
        with open(path, "rb") as file:
            table = tomllib.load(file)
        self.appliances = {bytes.fromhex(one["id"]): one for one in table["appliance"]}
        witnesses = table.get("witnesses", {"needed": 0, "keys": []})
        self.needed = witnesses["needed"]
        self.witnesses = [self.witness(key) for key in witnesses["keys"]]
        keys = {key for _, _, key in self.witnesses}
        self.roots, self.makers = self.certificates(table, "certificates"), self.certificates(table, "attestation")
        if len(keys) != len(self.witnesses) or len(self.appliances) != len(table["appliance"]):
            raise ValueError("something is named twice")

    @staticmethod
    def certificates(table, name):
        pems = table.get(name, {"roots": []})["roots"]
        return [x509.load_pem_x509_certificate(pem.encode()) for pem in pems]

    @staticmethod
    def witness(line):
        name, key_id, encoded = line.split("+", 2)
        key = base64.b64decode(encoded, validate=True)
        named = NAME.fullmatch(name) and len(name.encode()) <= 255
        if not named or (key[0], len(key)) not in ((4, 33), (6, 1313)):
            raise ValueError(f"{line} is no witness's key")
        if sha256(name.encode(), b"\n", key)[:4].hex() != key_id:
            raise ValueError(f"{line} has another id")
        return name, bytes.fromhex(key_id), key


# ---- The links ---------------------------------------------------------------------------------


def envelope(file):
    link = "envelope"
    if len(file) > EVIDENCE_BYTES_MAX:
        raise Broken(link, "too large")
    if file[:1] != COSE_SIGN1:
        raise Broken(link, "no COSE_Sign1")
    protected, unprotected, payload, signature = decode(file[1:], array(4, 4, lambda _: True), link)
    if not all(type(part) is bytes for part in (protected, payload, signature)):
        raise Broken(link, "parts of another kind")
    header = decode(protected, lambda value: type(value) is dict, link)
    if unprotected != {} or header.keys() != {1, 3} or header[3] != CONTENT_TYPE:
        raise Broken(link, "headers are not as they must be")
    try:
        exporter = cbor2.loads(payload)[1]
    except Exception:
        raise Broken(link, "the payload names no exporter") from None
    signed = cbor2.dumps(["Signature1", protected, b"", payload])
    if type(exporter) is bytes and exporter.startswith(P256_SPKI) and header[1] == ES256:
        good = p256_holds(exporter[len(P256_SPKI) :], sha256(signed), signature)
    elif type(exporter) is bytes and exporter.startswith(ED25519_SPKI) and header[1] == EDDSA:
        good = ed25519_holds(exporter[len(ED25519_SPKI) :], signed, signature)
    else:
        raise Broken(link, "the algorithm is not that of the exporter's key")
    if not good:
        raise Broken(link, "the exporter's signature does not verify")
    return payload


def checkpoint_text(checkpoint):
    root = base64.b64encode(checkpoint[2]).decode()
    return f"countersign/{checkpoint[0].hex()}\n{checkpoint[1]}\n{root}\n".encode()


def checkpoint(trust, evidence):
    link = "checkpoint"
    receipt = decode(evidence[2], RECEIPT, link)
    appliance = trust.appliances.get(receipt[4][0])
    if appliance is None:
        raise Broken(link, "of an appliance that is not trusted")
    key, signed = bytes.fromhex(appliance["checkpoint_key"]), checkpoint_text(receipt[4])
    if len(key) == 32:
        good = ed25519_holds(key, signed, receipt[5])
    else:
        good = p256_holds(key, sha256(signed), receipt[5])
    if not good:
        raise Broken(link, "the signature does not verify")
    return receipt, appliance


def cosigned(evidence, receipt, appliance):
    if "cosigner_key" not in appliance:
        return
    name = f"countersign/{receipt[4][0].hex()}"
    key = b"\6" + bytes.fromhex(appliance["cosigner_key"])
    cosigner = name, sha256(name.encode(), b"\n", key)[:4], key
    if not any(is_by(cosigner, line, receipt[4]) for line in evidence[4]):
        raise Broken("cosignature", "the appliance has not cosigned it")


def witnessed(trust, evidence, receipt):
    seen = sum(
        any(is_by(witness, line, receipt[4]) for line in evidence[4])
        for witness in trust.witnesses
    )
    if seen < trust.needed:
        raise Broken("witnesses", f"{seen} have seen it, {trust.needed} needed")


def is_by(witness, line, checkpoint_):
    name, key_id, key = witness
    try:
        start, encoded = line.decode().rsplit(" ", 1)
        data = base64.b64decode(encoded, validate=True)
    except ValueError:
        return False
    time, signed = data[4:12], checkpoint_text(checkpoint_)
    seconds = int.from_bytes(time, "big")
    if start != f"\u2014 {name}" or len(data) < 13 or data[:4] != key_id or seconds >= 2**63:
        return False
    if key[0] == 4:
        message = f"cosignature/v1\ntime {seconds}\n".encode() + signed
        return ed25519_holds(key[1:], message, data[12:])
    origin = signed.split(b"\n")[0]
    size, root = checkpoint_[1].to_bytes(8, "big"), checkpoint_[2]
    message = b"subtree/v1\n\0" + counted_bytes(name.encode()) + time + counted_bytes(origin)
    return ml_dsa_holds(6, key[1:], message + bytes(8) + size + root, data[12:])


def counted_bytes(data):
    return bytes([len(data)]) + data


def inclusion(link, entry, checkpoint_):
    path = list(entry[3])
    place, last, hash_ = entry[0], checkpoint_[1] - 1, sha256(b"\0", entry[1])
    if place > last:
        raise Broken(link, "outside of the tree")
    while last > 0:
        if place % 2 == 1 or place < last:
            if not path:
                raise Broken(link, "the path is too short")
            beside = path.pop(0)
            pair = (beside, hash_) if place % 2 == 1 else (hash_, beside)
            hash_ = sha256(b"\1", *pair)
        place, last = place // 2, last // 2
    if path or hash_ != checkpoint_[2]:
        raise Broken(link, "the path leads elsewhere")


def record(receipt):
    link = "record"
    leaf = decode(receipt[1], LEAF, link)
    if leaf[1] != SIGNATURE:
        raise Broken(link, "not that of a signature")
    if leaf[4] != sha256(b"countersign/commitment/1\0", receipt[2]):
        raise Broken(link, "the leaf commits to something else")
    opening = decode(receipt[2], OPENING, link)
    return leaf, decode(opening[1], CONTENT, link)


def read_activation(leaf, content, receipt):
    link = "activation"
    activation = decode(content[0], ACTIVATION, link)
    if activation[1] != receipt[4][0]:
        raise Broken(link, "of another appliance")
    if activation[2] != leaf.get(2):
        raise Broken(link, "of another tenant")
    return activation


def documents_named(activation, given, item):
    link, items = "documents", activation[12]
    if item is not None:
        items = items[item - 1 : item] if item >= 1 else []
    if not items or len(items) != len(given):
        raise Broken(link, "another number of documents")
    for one, document in zip(items, given):
        if sha256(document) != one[1]:
            raise Broken(link, "a document is not the one that was approved")


def derived(activation, evidence, given, item):
    link, suite = "derivation", activation[6]
    if len(evidence[3]) != len(activation[12]):
        raise Broken(link, "not said of each item")
    pairs = list(zip(activation[12], evidence[3]))
    pairs = pairs if item is None else pairs[item - 1 : item]
    for (one, entry), document in zip(pairs, given):
        source = source_of(one[4], entry, document)
        made = {ED25519: source, ESP384: sha384(source)}.get(suite, sha256(source))
        if made != one[0]:
            raise Broken(link, "what was signed is not made of the document")


def source_of(form, entry, document):
    digests = (sha256(document), sha384(document))
    if form == RAW:
        if entry:
            raise Broken("derivation", "something was derived")
        return document
    if form == CMS_ATTRS:
        found = message_digest(entry) in digests
    else:
        found = any(
            b"DigestValue>" + base64.b64encode(digest) + b"</" in entry for digest in digests
        )
    if not found:
        raise Broken("derivation", "no digest of the document")
    return entry


def message_digest(der):
    """The value of messageDigest in a SET OF Attribute."""
    found = []
    try:
        for attribute in children(der, 0x31):
            kind, values = children(element(attribute, 0x30), None)
            if element(kind, 0x06) == bytes.fromhex("2a864886f70d010904"):
                (value,) = children(values, 0x31)
                found.append(element(value, 0x04))
    except ValueError:
        return None
    return found[0] if len(found) == 1 else None


def permitted(activation, content):
    link, policy, suite = "policy", content[6], activation[6]
    encoded = cbor2.dumps(policy, canonical=True)
    if sha256(b"countersign/policy/1\0", encoded) != activation[7]:
        raise Broken(link, "another policy than the activation names")
    if suite not in policy[0]:
        raise Broken(link, "the suite is not allowed")
    if not policy[2] <= content[4] <= content[5] <= policy[3]:
        raise Broken(link, "outside of its times")
    if len(activation[12]) > min(policy[1], 250):
        raise Broken(link, "too many items")
    if policy[7]:
        raise Broken(link, "everything is held back")
    if activation[11][2] > policy[8]:
        raise Broken(link, "an activation that lived too long")
    if 9 in policy and not by_calendar(policy[9], content[4], content[5]):
        raise Broken(link, "at an hour at which nothing is signed")
    if activation[10] not in policy.get(10, [activation[10]]):
        raise Broken(link, "a front-end that may not ask")
    if not all(item[4] in policy.get(11, [item[4]]) for item in activation[12]):
        raise Broken(link, "a form that is not allowed")
    if not all(any(like(item[3], one) for one in policy.get(12, ["*"])) for item in activation[12]):
        raise Broken(link, "a label that is not allowed")
    lengths = {ED25519: range(1, 65537), ESP384: range(48, 49)}.get(suite, range(32, 33))
    if not all(len(item[0]) in lengths for item in activation[12]):
        raise Broken(link, "a DTBS/R of another length")


HOUR_MS = 3_600_000


def by_calendar(calendar, least, most):
    """Whether both ends are in hours at which something is signed, and less than an hour apart."""
    return most - least < HOUR_MS and all(is_open(calendar, ms // HOUR_MS) for ms in (least, most))


def is_open(calendar, hour):
    for first, end, opened in ((one[0], one[1], one[2]) for one in calendar.get(1, [])):
        if first <= hour < end:
            return opened
    place = (hour + 72) % 168  # 1970 began on a Thursday
    weeks = (one[2] for one in calendar[0] if one[0] <= hour < one[1])
    return any(week[place // 8] >> (7 - place % 8) & 1 for week in weeks)


def like(label, pattern):
    return label.startswith(pattern[:-1]) if pattern.endswith("*") else label == pattern


class Device:
    """A device's key, read from its COSE_Key."""

    def __init__(self, data):
        link = "approvers"
        key = decode(data, lambda value: type(value) is dict, link)
        kind = (key.get(1), key.get(3), key.get(-1) if key.get(1) in (1, 2) else None)
        known = {
            (2, -7, 1): self.es256, (2, -35, 2): self.es384, (1, -8, 6): self.eddsa,
            (3, -257, None): self.rs256, (7, -48, None): self.ml_dsa, (7, -49, None): self.ml_dsa,
            (7, -50, None): self.ml_dsa,
        }
        if kind not in known:
            raise Broken(link, "a device's key of no known kind")
        self.key, self.holds, self.lattice = key, known[kind], kind[0] == 7
        coordinates = {(2, -7, 1): 32, (2, -35, 2): 48}.get(kind)
        parts = {-1, 1, 3, -2, -3} if coordinates else {-1, 1, 3, -2} if kind[0] in (1, 3) else {-1, 1, 3}
        if key.keys() != parts:
            raise Broken(link, "a device's key has other members")
        if coordinates and not (len(key[-2]) == len(key[-3]) == coordinates):
            raise Broken(link, "a device's key of another length")

    def point(self):
        return b"\4" + self.key[-2] + self.key[-3]

    def es256(self, message, signature):
        return self.ecdsa(p256_holds, 32, sha256(message), signature)

    def es384(self, message, signature):
        return self.ecdsa(p384_holds, 48, sha384(message), signature)

    def ecdsa(self, check, size, digest, signature):
        try:
            first, second = children(element(signature, 0x30), None)
            pair = [element(part, 0x02) for part in (first, second)]
        except ValueError:
            return False
        if not all(is_strict(part) and len(part.lstrip(b"\0")) <= size for part in pair):
            return False
        return check(self.point(), digest, b"".join(p.lstrip(b"\0").rjust(size, b"\0") for p in pair))

    def eddsa(self, message, signature):
        return ed25519_holds(self.key[-2], message, signature)

    def rs256(self, message, signature):
        modulus, exponent = (int.from_bytes(self.key[at], "big") for at in (-1, -2))
        key = rsa.RSAPublicNumbers(exponent, modulus)
        return exponent == 65537 and holds(
            lambda: key.public_key().verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        )

    def ml_dsa(self, message, signature):
        return ml_dsa_holds(self.key[3], self.key[-1], message, signature)


def is_strict(integer_):
    """A positive integer in as few bytes as it has."""
    if not integer_ or integer_[0] >= 0x80 or integer_ == b"\0":
        return False
    return integer_[0] != 0 or integer_[1] >= 0x80


def counted(activation, content):
    link, (allowed, threshold) = "approvers", activation[8]
    devices = [(approval, Device(approval[1])) for approval in content[1]]
    people = [approval[4] for approval, _ in devices]
    if not set(people) <= set(allowed):
        raise Broken(link, "somebody approved who may not")
    hybrid = content[6][4]
    if content[6][6] and (9 not in activation or activation[9] in people):
        raise Broken(link, "whoever asked is not named, or approved")
    kinds = [(approval[4], device.lattice) for approval, device in devices]
    if len(set(kinds if hybrid else people)) != len(people):
        raise Broken(link, "somebody approved twice")
    if len(set(people)) < threshold:
        raise Broken(link, "too few people approved")
    if hybrid and any((person, not lattice) not in kinds for person, lattice in kinds):
        raise Broken(link, "a family is missing")
    return devices


def enrolments(appliance, evidence, receipt, activation, content):
    """Of each approval how its device was enrolled."""
    link = "enrolments"
    if len(evidence[5]) != len(content[1]):
        raise Broken(link, "not one for each approval")
    return [
        enrolment(appliance, entry, receipt, activation, approval)
        for entry, approval in zip(evidence[5], content[1])
    ]


def enrolment(appliance, entry, receipt, activation, approval):
    link = "enrolments"
    if entry[0] >= receipt[0]:
        raise Broken(link, "enrolled after it approved")
    inclusion(link, entry, receipt[4])
    leaf = decode(entry[1], LEAF, link)
    if leaf[1] != ENROLMENT_KIND or leaf.get(2) != activation[2]:
        raise Broken(link, "no enrolment of this tenant")
    if leaf[4] != sha256(b"countersign/commitment/1\0", entry[2]):
        raise Broken(link, "the leaf commits to something else")
    content = decode(decode(entry[2], OPENING, link)[1], ENROLMENT, link)
    device = content[0]
    if (device[0], device[1], device[4]) != (approval[0], approval[4], approval[1]):
        raise Broken(link, "another device, or another signer's")
    ticket(appliance, activation, device, content[4])
    object_ = attestation_object(content[2])
    if registered(appliance, device, object_["authData"]) != device[5]:
        raise Broken(link, "another kind of key was registered")
    challenge, origin = client_data(link, content[3], "webauthn.create")
    if challenge != base64url(sha256(b"countersign/enrolment/1\0", content[4])):
        raise Broken(link, "registered over something else than its ticket")
    if origin != appliance["origin"]:
        raise Broken(link, "registered on another page")
    return content, object_


def ticket(appliance, activation, device, data):
    """Leave of this appliance to register this very device."""
    link = "enrolments"
    try:
        found = decode(data, TICKET, link)
    except Broken:
        raise Broken(link, "the ticket cannot be read") from None
    if found[3] != device[8]:
        raise Broken(link, "another ticket than the device's")
    if found[1] != activation[1]:
        raise Broken(link, "a ticket of another appliance")
    if found[2] != activation[2]:
        raise Broken(link, "a ticket of another tenant")
    if found[4] != device[1]:
        raise Broken(link, "a ticket of another signer")
    if found[5] != device[2]:
        raise Broken(link, "a ticket for a device of another name")
    if found[7] != appliance["rp_id"]:
        raise Broken(link, "a ticket for another rpId")
    if device[11] > found[10]:
        raise Broken(link, "enrolled when its ticket had run out")


def attestation_object(data):
    link, kinds = "enrolments", {"fmt": str, "attStmt": object, "authData": bytes}
    try:
        found = definite.read(data)
    except ValueError as why:
        raise Broken(link, f"the attestation object cannot be read: {why}") from None
    if type(found) is not dict or found.keys() != kinds.keys():
        raise Broken(link, "no attestation object")
    if not all(isinstance(found[name], kind) for name, kind in kinds.items()):
        raise Broken(link, "no attestation object")
    return found


def registered(appliance, device, data):
    """Whether the key that was registered may be backed up."""
    link = "enrolments"
    if len(data) < 55:
        raise Broken(link, "no credential was registered")
    size = int.from_bytes(data[53:55], "big")
    credential, rest = data[55 : 55 + size], data[55 + size :]
    found = data[32]
    if data[:32] != sha256(appliance["rp_id"].encode()):
        raise Broken(link, "registered for another rpId")
    if found & 0b1000101 != 0b1000101 or found & 0b11000 == 0b10000:
        raise Broken(link, "nobody was there, or nobody knows who")
    after = rest[len(device[4]) :]
    if credential != device[3] or not rest.startswith(device[4]):
        raise Broken(link, "another credential was registered")
    if found & 0x80:
        decode(after, lambda value: type(value) is dict, link)
    elif after:
        raise Broken(link, "bytes after its end")
    return bool(found & 0b1000)


def attested(trust, enrolled, devices):
    """A maker says which model each device is."""
    if not trust.makers:
        return
    for (content, object_), (_, device) in zip(enrolled, devices):
        try:
            registration = attestation.Registration(object_, content[3], device.key, content[0][11])
            attestation.check(trust.makers, registration)
        except Exception as why:
            raise Broken("attestation", str(why)) from None


def unique(pairs):
    """Members of a JSON object, each as often as it is there."""
    return pairs


def client_data(link, data, type_):
    """The challenge and the origin."""
    try:
        pairs = json.loads(data.decode(), object_pairs_hook=unique, parse_constant=int)
    except ValueError:
        raise Broken(link, "no JSON") from None
    if type(pairs) is not list or not data.lstrip(b" \t\r\n").startswith(b"{"):
        raise Broken(link, "no JSON object")
    named = {key: [inner for name, inner in pairs if name == key] for key, _ in pairs}
    for key in ("type", "challenge", "origin"):
        values = named.get(key, [])
        if len(values) != 1 or type(values[0]) is not str:
            raise Broken(link, f"{key} is not there once")
        if json.dumps(values[0], ensure_ascii=False).encode() not in data or "\\" in values[0]:
            raise Broken(link, f"{key} has escapes")
    if named["type"] != [type_]:
        raise Broken(link, "another type")
    if "topOrigin" in named or named.get("crossOrigin", [False]) != [False]:
        raise Broken(link, "on a framed page")
    return named["challenge"][0], named["origin"][0]


def approved(appliance, content, approval, device, eligible):
    assertion = approval[3]
    authenticator_data, client_data_json = assertion[1], assertion[2]
    challenge, origin = client_data("client-data", client_data_json, "webauthn.get")
    expected = sha256(b"countersign/activation/1\0", content[0])
    if challenge != base64url(expected):
        raise Broken("challenge", "something else was approved")
    if origin != appliance["origin"]:
        raise Broken("origin", "on another page")
    authenticator_flags = flags(authenticator_data)
    if authenticator_data[:32] != sha256(appliance["rp_id"].encode()):
        raise Broken("rp-id", "for another rpId")
    if authenticator_flags & 0b101 != 0b101 or authenticator_flags & 0b11000 == 0b10000:
        raise Broken("flags", "nobody was there, or nobody knows who")
    if bool(authenticator_flags & 0b1000) != eligible:
        raise Broken("flags", "another kind of key than was enrolled")
    message = authenticator_data + sha256(client_data_json)
    if not device.holds(message, assertion[3]):
        raise Broken("device-signature", "does not verify")


def flags(authenticator_data):
    link = "authenticator-data"
    if len(authenticator_data) < 37:
        raise Broken(link, "too short")
    found, rest = authenticator_data[32], authenticator_data[37:]
    if found & 0x40:
        raise Broken(link, "that of a registration")
    if found & 0x80:
        decode(rest, lambda value: type(value) is dict, link)
    elif rest:
        raise Broken(link, "bytes after its end")
    return found


def key(activation, content):
    if sha256(content[3]) != activation[5]:
        raise Broken("key", "another key than the activation names")


def certificate(trust, evidence, content):
    link = "certificate"
    if not trust.roots:
        return
    try:
        leaf, *others = [x509.load_der_x509_certificate(der) for der in evidence[6]]
        certified = subject_public_key(leaf)
    except Exception as why:
        raise Broken(link, f"none that can be read: {why}") from None
    if certified != content[3]:
        raise Broken(link, "another key's")
    times = [datetime.fromtimestamp(ms / 1000, UTC) for ms in (content[4], content[5])]
    if is_ca(leaf) or not leads_to(trust.roots, leaf, others, times):
        raise Broken(link, "does not lead to a root")


def subject_public_key(certificate_):
    """The bytes of the BIT STRING in SubjectPublicKeyInfo."""
    spki = certificate_.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    _, bits = children(spki, 0x30)
    return element(bits, 0x03)[1:]


def signatures(activation, content):
    link, items = "signatures", activation[12]
    if len(items) != len(content[2]):
        raise Broken(link, "not one for each item")
    for item, signature in zip(items, content[2]):
        if not suite_holds(activation[6], content[3], item[0], signature):
            raise Broken(link, "one does not verify")


def verify(trust, file, given, item):
    """The links in their order."""
    payload = envelope(file)
    evidence = decode(payload, EVIDENCE, "evidence")
    receipt, appliance = checkpoint(trust, evidence)
    cosigned(evidence, receipt, appliance)
    witnessed(trust, evidence, receipt)
    inclusion("inclusion", receipt, receipt[4])
    leaf, content = record(receipt)
    activation = read_activation(leaf, content, receipt)
    documents_named(activation, given, item)
    derived(activation, evidence, given, item)
    permitted(activation, content)
    devices = counted(activation, content)
    enrolled = enrolments(appliance, evidence, receipt, activation, content)
    attested(trust, enrolled, devices)
    for (approval, device), (of_device, _) in zip(devices, enrolled):
        approved(appliance, content, approval, device, eligible=of_device[0][5])
    key(activation, content)
    certificate(trust, evidence, content)
    signatures(activation, content)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def answer(case):
    trust, given = Trust(case["trust"]), [read(path) for path in case["documents"]]
    try:
        verify(trust, read(case["evidence"]), given, case["item"])
    except Broken as broken:
        link, why = broken.args
        return {"proved": False, "broken": link, "why": why}
    return {"proved": True, "broken": None, "why": None}


if __name__ == "__main__":
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
