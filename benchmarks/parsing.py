"""Understanding a mail: what parsing costs, of it telling quotes from what was written now, beside the standard library's parser.

    python benchmarks/parsing.py [--messages 2000] [--runs 5]

Made-up traffic (benchmarks/traffic.py). `parse` is everything: header, bodies, safe HTML, attachments with their hashes, quotes.
Reference, in each run: `email.message_from_bytes` alone, which decodes nothing.
"""

import argparse
import email
import time

import traffic
from common import spread

from listserv.mail import quotes
from listserv.mail.parse import parse


def microseconds(work, things):
    """For each of these things, on average."""
    begin = time.perf_counter()
    for thing in things:
        work(thing)
    return (time.perf_counter() - begin) / len(things) * 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--messages", type=int, default=2000)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    mails = [raw for _, _, raw in traffic.mails(options.messages)]
    texts = [parse(raw).text for raw in mails]
    found = {"reference, us a mail": [], "parse, us a mail": [], "of it quotes, us": [], "parse/reference": []}
    for _ in range(options.runs):
        bare, whole, told = microseconds(email.message_from_bytes, mails), microseconds(parse, mails), microseconds(quotes.reply, texts)
        for values, value in zip(found.values(), (bare, whole, told, whole / bare), strict=True):
            values.append(value)
    print(f"{len(mails)} mails of {sum(map(len, mails)) / len(mails):,.0f} bytes on average")
    for name, values in found.items():
        print(f"{name}: {spread(values)}")


if __name__ == "__main__":
    main()
