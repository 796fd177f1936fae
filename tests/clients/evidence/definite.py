"""CBOR (RFC 8949) as devices and browsers write it: well formed, but not always in its shortest form.

What is of no definite length, or of no kind that anything here asks for, is read as `OTHER`.
"""

OTHER = object()
BREAK = object()


def read(data):
    """One item, and nothing after it. A map is a dict; with a key twice, or with one that is no text, it is `OTHER`."""
    try:
        value, end = item(data, 0)
    except (IndexError, RecursionError):
        raise ValueError("it ends too early") from None
    if end != len(data) or value is BREAK:
        raise ValueError("something follows")
    return value


def item(data, at):
    kind, info = data[at] >> 5, data[at] & 31
    at += 1
    if info == 31:
        return indefinite(data, at, kind)
    if info > 27:
        raise ValueError("no CBOR")
    size = 1 << (info - 24) if info >= 24 else 0
    argument, at = (int.from_bytes(taken(data, at, size), "big") if size else info), at + size
    if kind in (0, 1):
        return (argument if kind == 0 else -1 - argument), at
    if kind in (2, 3):
        value = taken(data, at, argument)
        return (value if kind == 2 else value.decode()), at + argument
    if kind == 7:
        return OTHER, at
    count = {4: argument, 5: 2 * argument, 6: 1}[kind]
    values = []
    for _ in range(count):
        value, at = item(data, at)
        values.append(value)
    return (values if kind == 4 else mapped(values) if kind == 5 else OTHER), at


def taken(data, at, size):
    if at + size > len(data):
        raise IndexError
    return data[at : at + size]


def mapped(values):
    names = values[::2]
    if not all(type(name) is str for name in names) or len(set(names)) != len(names):
        return OTHER
    return dict(zip(names, values[1::2]))


def indefinite(data, at, kind):
    if kind == 7:
        return BREAK, at
    if kind not in (2, 3, 4, 5):
        raise ValueError("no CBOR")
    while True:
        value, at = item(data, at)
        if value is BREAK:
            return OTHER, at
