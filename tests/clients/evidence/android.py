"""KeyDescription of Android's key attestation (WebAuthn Level 3, 8.4.1)."""

from der import children, element, length

INTEGER, ENUMERATED, OCTETS, SEQUENCE = 0x02, 0x0A, 0x04, 0x30
PURPOSE, ALL_APPLICATIONS, ORIGIN = 1, 600, 702
# What is in their tags: SET, NULL, INTEGER.
RULED = {PURPOSE: 0x31, ALL_APPLICATIONS: 0x05, ORIGIN: 0x02}


def must_describe(der, client_data_hash):
    """It is about this registration, and a key that one application made where it is, to sign and nothing else."""
    fields = children(der, SEQUENCE)
    kinds = [INTEGER, ENUMERATED, INTEGER, ENUMERATED, OCTETS, OCTETS, SEQUENCE, SEQUENCE]
    _, attesting, _, keeping, challenge, _, software, hardware = (
        element(field, kind) for field, kind in zip(fields, kinds, strict=True)
    )
    levels = [level[0] for level in (attesting, keeping) if len(level) == 1 and level[0] in (0, 1, 2)]
    if len(levels) != 2 or challenge != client_data_hash:
        raise ValueError("a level that is none, or another challenge")
    software, hardware = authorisations(software), authorisations(hardware)
    # What software says of hardware is software's word.
    enforced = software if min(levels) == 0 else hardware
    if ALL_APPLICATIONS in software or ALL_APPLICATIONS in hardware:
        raise ValueError("a key of every application")
    if element(enforced[ORIGIN], RULED[ORIGIN]) != b"\0" or element(enforced[PURPOSE], RULED[PURPOSE]) != b"\x02\x01\x02":
        raise ValueError("a key that was brought, or does something else")


def authorisations(content):
    """An AuthorizationList: what is in each EXPLICIT tag. They are in order, so that none is there twice."""
    found, last = {}, -1
    while content:
        number, inner, content = tagged(content)
        if number <= last:
            raise ValueError("out of order")
        found[number], last = inner, number
    for number in found.keys() & RULED.keys():
        element(found[number], RULED[number])
    return found


def tagged(data):
    """A constructed tag of the context (X.690, 8.1.2): its number, its content, and what follows."""
    if data[0] & 0xE0 != 0xA0:
        raise ValueError("no tag of the context")
    number, at = data[0] & 0x1F, 1
    if number == 0x1F:
        number = 0
        while True:
            byte, at = data[at], at + 1
            number = number << 7 | byte & 0x7F
            if number == 0 or byte < 0x80:
                break
        if number < 0x1F:
            raise ValueError("no DER")
    size, start = data[at], at + 1
    if size >= 0x80:
        start += size & 0x7F
        size = int.from_bytes(data[at + 1 : start], "big")
    if length(size) != data[at:start] or len(data) < start + size:
        raise ValueError("no DER")
    return number, data[start : start + size], data[start + size :]
