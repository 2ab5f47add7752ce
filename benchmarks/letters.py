"""Single letters: how many leave a second over one connection, through the library that sends them.

    python benchmarks/letters.py [--letters 2000]

Without a database: ready letters into the counting sink. The reference is smtplib's bare sendmail, in the same run, into the same sink.
"""

import argparse
import json
import smtplib
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from common import Sink, message

from listserv.relay.mail import Content, Mail
from listserv.relay.place import read_url
from listserv.relay.smtp import SmtpRelay


def timed(work, count):
    begin, used = time.monotonic(), time.process_time()
    work()
    return {"letters/s": round(count / (time.monotonic() - begin)), "us CPU": round((time.process_time() - used) / count * 1e6)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--letters", type=int, default=2000)
    options = parser.parse_args()
    data = message(0, "bench@lists.example.org", "anna@example.org")

    with Sink() as sink:

        def ours():
            relay = SmtpRelay(read_url(f"smtp://127.0.0.1:{sink.port}"), helo="lists.example.org")
            mails = [Mail(n, f"r+{n}@lists.example.org", f"p{n}@example.org", Content(data)) for n in range(options.letters)]
            assert all(answer.sent for _, answer in relay.letters(mails))

        def bare():
            with smtplib.SMTP("127.0.0.1", sink.port, "lists.example.org") as host:
                for n in range(options.letters):
                    host.sendmail(f"r+{n}@lists.example.org", [f"p{n}@example.org"], data)

        ours()
        print(json.dumps({"letters": timed(ours, options.letters), "smtplib": timed(bare, options.letters)}))


if __name__ == "__main__":
    main()
