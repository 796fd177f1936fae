"""The formats of statements (WebAuthn Level 3, 8), as docs/evidence.md has them: whether one is about this registration,
and by the key of its leaf. Whether that leads anywhere is not asked here.
"""

import hashlib

import android
import tpm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from certificates import attributes
from der import children, element

ES256, EDDSA, ES384, RS256 = -7, -8, -35, -257
COUNTRY, ORGANISATION, UNIT, COMMON_NAME = (bytes([0x55, 0x04, part]) for part in (6, 10, 11, 3))
BASIC_CONSTRAINTS, ALT_NAME = bytes.fromhex("551d13"), bytes.fromhex("551d11")
AAGUID = bytes.fromhex("2b0601040182e51c010104")
APPLE_NONCE = bytes.fromhex("2a864886f763640802")
ANDROID_KEY = bytes.fromhex("2b06010401d679020111")
ATTESTATION_KEY = bytes.fromhex("6781050803")
TPM_PARTS = {bytes.fromhex("67810502") + bytes([part]) for part in (1, 2, 3)}
EC_P256 = bytes.fromhex("301306072a8648ce3d020106082a8648ce3d030107")
EC_P384 = bytes.fromhex("301006072a8648ce3d020106052b81040022")
OF_ED25519, OF_RSA = bytes.fromhex("06032b6570"), bytes.fromhex("06092a864886f70d010101")


def must(holds, why):
    if not holds:
        raise ValueError(why)


def packed(registration, statement, leaf):
    """8.2 and 8.2.1."""
    must(leaf.version_3, "the leaf is not of version 3")
    named = list(attributes(leaf.subject))
    country, organisation, unit, common_name = (
        only(value for oid, value in named if oid == part) for part in (COUNTRY, ORGANISATION, UNIT, COMMON_NAME)
    )
    must(len(country) == 2 and all(0x41 <= letter <= 0x5A for letter in country), "another country")
    must(organisation and common_name and unit == b"Authenticator Attestation", "another subject")
    must_be_no_ca(leaf)
    model = leaf.extension(AAGUID)
    must(model in (None, (False, b"\x04\x10" + registration.aaguid)), "another model's leaf")
    must_sign(leaf, statement["alg"], statement["sig"], registration.signed)


def only(values):
    (value,) = values
    return value


def must_be_no_ca(leaf):
    constraints = leaf.extension(BASIC_CONSTRAINTS)
    must(constraints and constraints[1] == b"\x30\0", "the leaf does not say that it is no CA")


def fido_u2f(registration, statement, leaf):
    """8.6."""
    must(len(statement["x5c"]) == 1, "more than one certificate")
    must(registration.aaguid == bytes(16), "another model")
    must(leaf.key()[0] == EC_P256 and kind(registration.key) == ES256, "a key of another curve")
    parts = b"\0", registration.data[:32], registration.client_data_hash, registration.credential
    must_sign(leaf, ES256, statement["sig"], b"".join(parts) + public(registration.key))


def apple(registration, _, leaf):
    """8.8."""
    nonce = leaf.extension(APPLE_NONCE)
    expected = bytes.fromhex("3024a1220420") + hashlib.sha256(registration.signed).digest()
    must(nonce and nonce[1] == expected, "another nonce")
    must_have_key(leaf, registration.key)


def android_key(registration, statement, leaf):
    """8.4 and 8.4.1."""
    must_sign(leaf, statement["alg"], statement["sig"], registration.signed)
    must_have_key(leaf, registration.key)
    _, description = leaf.extension(ANDROID_KEY)
    android.must_describe(description, registration.client_data_hash)


def of_tpm(registration, statement, leaf):
    """8.3 and 8.3.1."""
    must(statement["ver"] == "2.0", "another version")
    area, alg = statement["pubArea"], statement["alg"]
    must(tpm.public(area) == (kind(registration.key), public(registration.key)), "another key")
    digest = {ES256: hashlib.sha256, RS256: hashlib.sha256, ES384: hashlib.sha384}[alg]
    must(tpm.certified(statement["certInfo"]) == (digest(registration.signed).digest(), tpm.name(area)), "another key")
    must(leaf.version_3 and not children(leaf.subject, 0x30), "the leaf is not of version 3, or has a subject")
    _, names = leaf.extension(ALT_NAME)
    must(any(names_a_tpm(name) for name in children(names, 0x30)), "the leaf names no TPM")
    must(ATTESTATION_KEY in (leaf.purposes() or []), "a leaf of another purpose")
    must_be_no_ca(leaf)
    model = leaf.extension(AAGUID)
    must(model is None or model[1] == b"\x04\x10" + registration.aaguid, "another model's leaf")
    must_sign(leaf, alg, statement["sig"], statement["certInfo"])


def names_a_tpm(general_name):
    if general_name[0] != 0xA4:
        return False
    return TPM_PARTS <= {oid for oid, _ in attributes(element(general_name, 0xA4))}


def kind(key):
    """The algorithm of a COSE_Key."""
    return key[3]


def public(key):
    """The public key of a COSE_Key as certificates have it."""
    if kind(key) in (ES256, ES384):
        return b"\4" + key[-2] + key[-3]
    if kind(key) == EDDSA:
        return key[-2]
    if kind(key) == RS256:
        return tpm.rsa_public_key(key[-1])
    raise ValueError("a key that no statement is about")


def must_have_key(leaf, key):
    algorithm, bits = leaf.key()
    same = {
        ES256: algorithm == EC_P256,
        ES384: algorithm == EC_P384,
        EDDSA: children(algorithm, 0x30)[0] == OF_ED25519,
        RS256: children(algorithm, 0x30)[0] == OF_RSA,
    }
    must(same.get(kind(key)) and bits == public(key), "the leaf has another key")


def must_sign(leaf, alg, signature, message):
    """By the key of the leaf, which is one of the algorithm."""
    key = leaf.read.public_key()
    if alg in (ES256, ES384):
        curve, hash_ = (ec.SECP256R1, hashes.SHA256) if alg == ES256 else (ec.SECP384R1, hashes.SHA384)
        must(isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, curve), "another kind of key")
        key.verify(signature, message, ec.ECDSA(hash_()))
    elif alg == EDDSA:
        must(isinstance(key, ed25519.Ed25519PublicKey), "another kind of key")
        key.verify(signature, message)
    elif alg == RS256:
        must(isinstance(key, rsa.RSAPublicKey) and 2048 <= key.key_size <= 8192, "another kind of key")
        key.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
    else:
        raise ValueError(f"the algorithm {alg} is not one of those")


FORMATS = {
    "packed": ({"alg": int, "sig": bytes, "x5c": list}, packed),
    "fido-u2f": ({"sig": bytes, "x5c": list}, fido_u2f),
    "apple": ({"x5c": list}, apple),
    "android-key": ({"alg": int, "sig": bytes, "x5c": list}, android_key),
    "tpm": (
        {"ver": str, "alg": int, "x5c": list, "sig": bytes, "certInfo": bytes, "pubArea": bytes},
        of_tpm,
    ),
}
