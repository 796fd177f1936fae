"""Sends a request as 0-RTT data, with a ticket that nobody gave: the appliance must not look at it.

Writes one line: `early data refused`, or what happened instead (exit code 1). The arguments are those of
front_end.py.
"""

import asyncio
import datetime
import sys

import cbor2
from aioquic.asyncio import connect
from aioquic.tls import CipherSuite, Epoch, SessionTicket
from front_end import PREPARE, Connection, Failed, arguments, configuration

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


async def main(wanted):
    quic = configuration(wanted)
    quic.session_ticket = ticket(wanted.rp_id)
    host, port = wanted.address.rsplit(":", 1)
    tls = {"configuration": quic, "create_protocol": Connection, "wait_connected": False}
    async with connect(host, int(port), **tls) as connection:
        stream = connection._quic.get_next_available_stream_id()
        frame = cbor2.dumps([PREPARE, {}], canonical=True)
        connection._quic.send_stream_data(stream, frame, end_stream=True)
        connection.transmit()
        sent_early = connection._quic._cryptos[Epoch.ZERO_RTT].send.is_valid()
        await asyncio.wait_for(connection.wait_connected(), timeout=10)
        accepted = connection._quic.tls.early_data_accepted
        if accepted or not sent_early:
            raise Failed(f"accepted: {accepted}, sent: {sent_early}", 1)
        print("early data refused")


if __name__ == "__main__":
    try:
        asyncio.run(main(arguments()))
    except Failed as failed:
        sys.exit(print(failed.args[0], file=sys.stderr) or failed.args[1])
