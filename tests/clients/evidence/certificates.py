"""Certificates (RFC 5280): what is in them, byte for byte, and whom they lead to."""

from cryptography import x509
from der import children, element, split

BASIC_CONSTRAINTS = bytes.fromhex("551d13")
PURPOSES = bytes.fromhex("551d25")


class Certificate:
    """A certificate, with the parts that the library would write anew."""

    def __init__(self, der):
        self.der, self.read = der, x509.load_der_x509_certificate(der)
        parts = children(self.read.tbs_certificate_bytes, 0x30)
        self.version_3 = parts[0] == bytes.fromhex("a003020102")
        # After the version: serial number, algorithm, issuer, validity, subject, key.
        self.subject, self.spki = parts[5:7] if parts[0][0] == 0xA0 else parts[4:6]
        found = [part for part in parts if part[0] == 0xA3]
        self.extensions = children(element(found[0], 0xA3), 0x30) if found else []

    def key(self):
        """The algorithm of its key in DER, and the bytes of the BIT STRING."""
        algorithm, bits = children(self.spki, 0x30)
        return algorithm, element(bits, 0x03)[1:]

    def extension(self, oid):
        """Whether it is critical, and its value; nothing if it is not there."""
        found = [parts for parts in map(self.parts, self.extensions) if element(parts[0], 0x06) == oid]
        if len(found) > 1:
            raise ValueError("an extension is there twice")
        return (len(found[0]) == 3, element(found[0][-1], 0x04)) if found else None

    @staticmethod
    def parts(extension):
        return children(extension, 0x30)

    def purposes(self):
        found = self.extension(PURPOSES)
        return found and [element(oid, 0x06) for oid in children(found[1], 0x30)]


def attributes(name):
    """The attributes of a Name: their OIDs, and the bytes of their values."""
    for part in children(name, 0x30):
        for attribute in children(part, 0x31):
            oid, value = children(attribute, 0x30)
            yield element(oid, 0x06), split(value)[1]


def leads_to(roots, one, others, times, purpose=None, below=0):
    """A way from a certificate to a root, over others that may issue; `below` are those that have issued already."""
    within = all(one.not_valid_before_utc <= time <= one.not_valid_after_utc for time in times)
    if not within or not is_known(one) or not is_for(one, purpose):
        return False
    if any(is_by_issuer(one, root) for root in roots):
        return True
    above = [other for other in others if is_authority(other, below) and is_by_issuer(one, other)]
    return any(
        leads_to(roots, other, [o for o in others if o is not other], times, purpose, below + 1)
        for other in above
    )


def is_known(one):
    """Whether there is nothing critical in it that nobody looks at."""
    known = (x509.KeyUsage, x509.SubjectAlternativeName, x509.BasicConstraints, x509.ExtendedKeyUsage)
    return all(isinstance(found.value, known) for found in one.extensions if found.critical)


def is_for(one, purpose):
    """Whether it is for this purpose, if one is asked for and it restricts what it is for."""
    if purpose is None:
        return True
    try:
        purposes = one.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    except x509.ExtensionNotFound:
        return True
    return any(found.dotted_string == purpose for found in purposes)


def is_by_issuer(one, issuer):
    try:
        one.verify_directly_issued_by(issuer)
    except Exception:
        return False
    return True


def is_ca(certificate):
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def is_authority(certificate, below=0):
    """Whether it may issue certificates, with so many issuers below it."""
    extensions = certificate.extensions
    try:
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
    except x509.ExtensionNotFound:
        return False
    if not constraints.ca or (constraints.path_length is not None and below > constraints.path_length):
        return False
    try:
        return extensions.get_extension_for_class(x509.KeyUsage).value.key_cert_sign
    except x509.ExtensionNotFound:
        return True
