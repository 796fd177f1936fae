"""Tries 0-RTT: the appliance gives no ticket to resume with, and does not look at what is sent early.

Writes one line: `early data refused`, or what happened instead (exit code 1). The arguments are those of
front_end.py. With a ticket of the appliance's own the request would be early data that it takes; it gives
none, so the request goes with a ticket that nobody gave.
"""

import asyncio
import datetime
import sys

import cbor2
from aioquic.asyncio import connect
from aioquic.tls import CipherSuite, Epoch, SessionTicket
from front_end import LIFETIME_MS, PREPARE, Connection, Failed, arguments, configuration, item, prepare

NOW = datetime.datetime.now(datetime.timezone.utc)


def ticket(server_name):
    """A ticket as this appliance would give it, if it gave any."""
    return SessionTicket(
        age_add=0,
        cipher_suite=CipherSuite.AES_256_GCM_SHA384,
        not_valid_after=NOW + datetime.timedelta(hours=1),
        not_valid_before=NOW - datetime.timedelta(hours=1),
        resumption_secret=bytes(48),
        server_name=server_name,
        ticket=bytes(64),
        max_early_data_size=0xFFFFFFFF,
    )


async def tickets_of(wanted):
    """The tickets that the appliance gives while a request is answered."""
    given = []
    host, port = wanted.address.rsplit(":", 1)
    tls = {"configuration": configuration(wanted), "create_protocol": Connection}
    async with connect(host, int(port), session_ticket_handler=given.append, **tls) as connection:
        await prepare(connection, wanted)
    return given


async def sends_early(wanted, ticket):
    """Whether the appliance takes a good request as early data."""
    quic = configuration(wanted)
    quic.session_ticket = ticket
    host, port = wanted.address.rsplit(":", 1)
    tls = {"configuration": quic, "create_protocol": Connection, "wait_connected": False}
    async with connect(host, int(port), **tls) as connection:
        body = {0: bytes.fromhex(wanted.key), 1: wanted.suite, 2: LIFETIME_MS}
        body[4] = [item(document) for document in wanted.document]
        stream = connection._quic.get_next_available_stream_id()
        frame = cbor2.dumps([PREPARE, body], canonical=True)
        connection._quic.send_stream_data(stream, frame, end_stream=True)
        connection.transmit()
        if not connection._quic._cryptos[Epoch.ZERO_RTT].send.is_valid():
            raise Failed("nothing was sent early", 1)
        await asyncio.wait_for(connection.wait_connected(), timeout=10)
        return connection._quic.tls.early_data_accepted


async def main(wanted):
    given = await tickets_of(wanted)
    if given:
        accepted = await sends_early(wanted, given[0])
        raise Failed(f"the appliance gave {len(given)} tickets; early data accepted: {accepted}", 1)
    if await sends_early(wanted, ticket(wanted.rp_id)):
        raise Failed("early data accepted", 1)
    print("early data refused")


if __name__ == "__main__":
    try:
        asyncio.run(main(arguments()))
    except Failed as failed:
        sys.exit(print(failed.args[0], file=sys.stderr) or failed.args[1])
