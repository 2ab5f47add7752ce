"""Somebody who writes to the list of the hosts: `python tests/hosts/writer.py DOOR COUNT FIRST`, each mail over a connection of its own."""

import smtplib
import sys

LIST, WRITER = "bench@lists.example.org", "member0@example.org"


def main(door, count, first):
    host, _, port = door.rpartition(":")
    for number in range(int(first), int(first) + int(count)):
        text = f"From: <{WRITER}>\r\nTo: <{LIST}>\r\nSubject: {number}\r\nMessage-ID: <{number}@example.org>\r\n\r\n{'Words. ' * 500}\r\n"
        with smtplib.SMTP(host, int(port), timeout=30) as session:
            session.sendmail(WRITER, [LIST], text.encode())


if __name__ == "__main__":
    main(*sys.argv[1:])
