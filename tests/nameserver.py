"""A name server of the tests: real datagrams, answers from a table."""

import socket
import threading

import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class NameServer:
    """Answers from a table: (name, kind), or a name alone for TXT; says nothing about names in `silent`."""

    def __init__(self) -> None:
        self.records, self.silent, self.broken, self.asked = {}, set(), set(), []
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.thread = threading.Thread(target=self.serve)
        self.thread.start()

    def serve(self) -> None:
        while True:
            wire, sender = self.socket.recvfrom(4096)
            if not wire:
                return
            question = dns.message.from_wire(wire)
            name = question.question[0].name.to_text().rstrip(".")
            kind = dns.rdatatype.to_text(question.question[0].rdtype)
            self.asked.append(name)
            if name in self.silent:
                continue
            answer = dns.message.make_response(question)
            if name in self.broken:
                answer.set_rcode(dns.rcode.SERVFAIL)
            elif found := self.records.get((name, kind)) or (kind == "TXT" and self.records.get(name)):
                answer.answer.append(dns.rrset.from_text(f"{name}.", 300, "IN", kind, *found))
            elif not any(name in (known, known[0]) for known in self.records):
                answer.set_rcode(dns.rcode.NXDOMAIN)
            self.socket.sendto(answer.to_wire(), sender)

    def close(self) -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as last:
            last.sendto(b"", self.socket.getsockname())
        self.thread.join()
        self.socket.close()
