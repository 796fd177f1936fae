"""A front-end of Countersign in Python: prepare, have it approved, sign.

What it shows is the whole of what a front-end does, with nothing of Countersign's own code: QUIC and TLS
by aioquic, deterministic CBOR by cbor2. The protocol is docs/protocol.md; a guide is docs/integration.md.

It writes what the approval page needs as a line of JSON (WebAuthn's PublicKeyCredentialRequestOptionsJSON),
reads the device's answer as a line, and writes the signatures and the receipt.
Exit codes: 0 signed; 3 the appliance said no; 4 no connection, or it was closed.
"""

import argparse
import asyncio
import base64
import hashlib
import json
import sys
from pathlib import Path

import cbor2
from aioquic.asyncio import QuicConnectionProtocol, connect
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ConnectionTerminated

PREPARE, SIGN = 1, 2
FAILURES = {16: "refused", 17: "stale", 18: "malformed", 19: "busy", 20: "unavailable"}
LIFETIME_MS = 120_000
RAW = 0  # the DTBS/R is the digest of the document itself
ACTIVATION_TAG = b"countersign/activation/1\x00"
# Transport errors that an integrator meets first (RFC 9001, 4.8: 256 and the TLS alert).
CLOSED = {372: "a client certificate is required", 376: "the appliance does not speak this protocol"}


class Failed(Exception):
    """The appliance said no, and says no more than that (3); or there is no connection any more (4)."""


class Connection(QuicConnectionProtocol):
    """A connection that remembers why it was closed."""

    why = "no reason was given"

    def quic_event_received(self, event):
        if isinstance(event, ConnectionTerminated):
            self.why = CLOSED.get(event.error_code, f"closed with error {event.error_code}")
        super().quic_event_received(event)

    async def ask(self, kind, body):
        """One request: a stream of its own, one frame there, one frame back."""
        reader, writer = await self.create_stream()
        writer.write(cbor2.dumps([kind, body], canonical=True))
        writer.write_eof()
        reply = await asyncio.wait_for(reader.read(), timeout=60)
        if not reply:
            raise Failed(f"no reply: {self.why}", 4)
        status, *answer = cbor2.loads(reply)
        if status in FAILURES:
            raise Failed(f"the appliance says: {FAILURES[status]}", 3)
        return answer[0]


def item(document):
    """One document as an item: what is signed, what it is, what is shown, and its label."""
    digest = hashlib.sha256(document.read_bytes()).digest()
    return {0: digest, 1: digest, 2: digest, 3: document.name, 4: RAW}


async def prepare(connection, wanted):
    """Asks for an activation; gives its bytes and the credential ids that may approve it."""
    items = [item(document) for document in wanted.document]
    body = {0: bytes.fromhex(wanted.key), 1: wanted.suite, 2: LIFETIME_MS, 4: items}
    prepared = await connection.ask(PREPARE, body)
    return prepared[0], prepared[2]


def request_options(rp_id, activation, credentials):
    """What the approval page gives to navigator.credentials.get. The challenge is computed from the bytes
    that are shown, never taken from the reply."""
    allowed = [{"type": "public-key", "id": base64url(one)} for one in credentials]
    return {
        "challenge": base64url(hashlib.sha256(ACTIVATION_TAG + activation).digest()),
        "rpId": rp_id,
        "allowCredentials": allowed,
        "userVerification": "required",
    }


def assertion_of(answer, credentials):
    """The device's answer, as the appliance wants it."""
    device = credentials.index(from_base64url(answer["id"]))
    response = answer["response"]
    names = ("authenticatorData", "clientDataJSON", "signature")
    return {0: device} | {n: from_base64url(response[name]) for n, name in enumerate(names, 1)}


async def sign(connection, activation, assertion):
    """Brings the approval; gives {0: signatures, 1: receipt}. Where the reply is lost, the same bytes sent
    again on a new connection bring it back."""
    transaction = cbor2.loads(activation)[3]
    return await connection.ask(SIGN, {0: transaction, 1: activation, 2: [assertion]})


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def from_base64url(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def configuration(arguments):
    """TLS 1.3 with our certificate; the appliance is known by the very certificate that `init` wrote."""
    quic = QuicConfiguration(alpn_protocols=[arguments.alpn], server_name=arguments.rp_id)
    quic.load_verify_locations(cafile=str(arguments.server))
    if arguments.identity:
        quic.load_cert_chain(f"{arguments.identity}.pem", f"{arguments.identity}.key.pem")
    return quic


async def main(arguments):
    host, port = arguments.address.rsplit(":", 1)
    quic = {"configuration": configuration(arguments), "create_protocol": Connection}
    async with connect(host, int(port), wait_connected=False, **quic) as connection:
        activation, credentials = await prepare(connection, arguments)
        print(json.dumps(request_options(arguments.rp_id, activation, credentials)), flush=True)
        assertion = assertion_of(json.loads(sys.stdin.readline()), credentials)
        signed = await sign(connection, activation, assertion)
        print(json.dumps({"signatures": [one.hex() for one in signed[0]], "receipt": signed[1].hex()}))


def arguments():
    parser = argparse.ArgumentParser(description="Has documents signed by a Countersign appliance.")
    parser.add_argument("--address", required=True, help="HOST:PORT of the appliance")
    parser.add_argument("--server", required=True, type=Path, help="its certificate (data/server.pem)")
    parser.add_argument("--identity", help="our certificate and key: NAME.pem and NAME.key.pem")
    parser.add_argument("--rp-id", required=True, help="the approval page's host")
    parser.add_argument("--key", required=True, help="the signing key's id, in hex")
    parser.add_argument("--suite", type=int, default=-9, help="COSE number of the suite (-9: ESP256)")
    parser.add_argument("--alpn", default="countersign/1", help="the protocol and its version")
    parser.add_argument("document", nargs="+", type=Path)
    return parser.parse_args()


if __name__ == "__main__":
    try:
        asyncio.run(main(arguments()))
    except asyncio.TimeoutError:
        sys.exit(print("no reply: nothing came in time", file=sys.stderr) or 4)
    except Failed as failed:
        sys.exit(print(failed.args[0], file=sys.stderr) or failed.args[1])
