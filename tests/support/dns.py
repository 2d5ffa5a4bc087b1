"""A name server of the tests' own, with the text records they give it."""

import socket
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import dns.flags
import dns.message
import dns.rcode
import dns.rrset


@contextmanager
def answering(records: Mapping[str, str]) -> Iterator[tuple[str, int]]:
    """Serve the TXT records (name → text) on a loopback port; yields (address, port)."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        thread = threading.Thread(target=_serve, args=(server, records), name="dns")
        thread.start()
        try:
            yield server.getsockname()
        finally:
            server.sendto(b"", server.getsockname())
            thread.join()


def _serve(server: socket.socket, records: Mapping[str, str]) -> None:
    while True:
        wire, asker = server.recvfrom(4096)
        if not wire:
            return
        server.sendto(_answer(dns.message.from_wire(wire), records).to_wire(), asker)


def _answer(query: dns.message.Message, records: Mapping[str, str]) -> dns.message.Message:
    answer = dns.message.make_response(query)
    name = query.question[0].name
    text = records.get(name.to_text(omit_final_dot=True))
    if text is None:
        answer.set_rcode(dns.rcode.NXDOMAIN)
    else:
        answer.answer.append(dns.rrset.from_text(name, 60, "IN", "TXT", f'"{text}"'))
    return answer
