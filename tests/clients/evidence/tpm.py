"""TPMT_PUBLIC and TPMS_ATTEST (TPM 2.0 Library, part 2), as far as WebAuthn Level 3, 8.3, reads them."""

import hashlib

from der import length

NULL, SHA256, SHA384 = 0x0010, 0x000B, 0x000C
RSA, ECC, P256, P384 = 0x0001, 0x0023, 3, 4
ES256, ES384, RS256 = -7, -35, -257


class Reader:
    """Big-endian numbers and sized buffers, one after the other."""

    def __init__(self, data):
        self.data = data

    def take(self, size):
        taken, self.data = self.data[:size], self.data[size:]
        if len(taken) != size:
            raise ValueError("it ends too early")
        return taken

    def number(self, size=2):
        return int.from_bytes(self.take(size), "big")

    def sized(self):
        return self.take(self.number())

    def end(self):
        must(not self.data, "something follows")


def must(holds, why):
    if not holds:
        raise ValueError(why)


def public(area):
    """The key in pubArea: its COSE algorithm, and it as certificates have it."""
    reader = Reader(area)
    kind, _, _, _ = reader.number(), reader.number(), reader.number(4), reader.sized()
    must(reader.number() == NULL, "a key that does not sign")
    if reader.number() != NULL:
        reader.number()
    if kind == RSA:
        _, exponent, modulus = reader.number(), reader.number(4), reader.sized()
        must(exponent in (0, 65537), "another exponent")
        found = RS256, rsa_public_key(modulus)
    else:
        must(kind == ECC, "a key of another kind")
        curve, kdf, x, y = reader.number(), reader.number(), reader.sized(), reader.sized()
        must(kdf == NULL, "a key that does not sign")
        found = {P256: ES256, P384: ES384}[curve], b"\4" + x + y
    reader.end()
    return found


def rsa_public_key(modulus):
    """RSAPublicKey in DER, with the exponent 65537. The modulus has no zeros before it, so that it is that one alone."""
    must(modulus and modulus[0] >= 0x80, "another modulus")
    integer = b"\2" + length(len(modulus) + 1) + b"\0" + modulus
    return b"\x30" + length(len(integer) + 5) + integer + b"\2\3\1\0\1"


def name(area):
    """nameAlg, and pubArea's hash by it."""
    algorithm = int.from_bytes(area[2:4], "big")
    return area[2:4] + {SHA256: hashlib.sha256, SHA384: hashlib.sha384}[algorithm](area).digest()


def certified(info):
    """What certInfo is about: extraData, and a key's name."""
    reader = Reader(info)
    must(reader.number(4) == 0xFF544347 and reader.number() == 0x8017, "it certifies no key")
    _, extra_data, _ = reader.sized(), reader.sized(), reader.take(17 + 8)
    key, _ = reader.sized(), reader.sized()
    reader.end()
    return extra_data, key
