"""DER (X.690) with tags of one byte, as far as the second verifier reads it."""


def length(count):
    size = (count.bit_length() + 7) // 8
    return bytes([count]) if count < 128 else bytes([0x80 | size]) + count.to_bytes(size, "big")


def split(der):
    """The first element of DER: its tag, its content, its whole, and what follows."""
    if len(der) < 2:
        raise ValueError("too short")
    size, at = der[1], 2
    if size >= 0x80:
        at += size & 0x7F
        size = int.from_bytes(der[2:at], "big")
    if len(der) < at + size or bytes(length(size)) != der[1:at]:
        raise ValueError("no DER")
    return der[0], der[at : at + size], der[: at + size], der[at + size :]


def element(der, tag):
    found, content, _, rest = split(der)
    if found != tag or rest:
        raise ValueError("another element")
    return content


def children(der, tag):
    content = der if tag is None else element(der, tag)
    parts = []
    while content:
        _, _, whole, content = split(content)
        parts.append(whole)
    return parts
