"""The bank of materials: what filing a post costs, and filling the bank from an archive.

    python benchmarks/bank.py [--posts 200] [FILE.mbox[.gz]]

Posts go through the verb that takes every mail, on two lists that differ by the switch alone, in turns of twenty; every fifth brings a
document of 60 KiB, every fourth a link. Told is processor time. With an mbox: it is imported, the switch turned on, and the bank filled.
"""

import argparse
import logging
import statistics
import subprocess
import sys
import tempfile
import time
from email.message import EmailMessage
from pathlib import Path

from common import ROOT

sys.path.insert(0, str(ROOT))

import structlog
from sqlalchemy import func, select

from listserv.config import load
from listserv.dns import Resolver
from listserv.site import Site
from listserv.store.archive import Message
from listserv.store.bank import Material
from listserv.store.lists import list_by_name
from listserv.usecases import bankfilling, intake
from listserv.usecases.intake import Arriving
from tests.files import docx

TURN = 20
WORDS = "Dzień dobry, przesyłam to, o czym rozmawiałyśmy wczoraj. Czy ktoś próbował tego na lekcji? Pozdrawiam serdecznie\n" * 4


def listserv(data, *words):
    subprocess.run([sys.executable, "-m", "listserv", "--data", str(data), *words], cwd=ROOT, check=True, capture_output=True)


def post(name, number):
    """A post; every fifth with a document, every fourth with a link."""
    mail = EmailMessage()
    mail["From"], mail["To"] = "anna@example.org", f"{name}@lists.example.org"
    mail["Subject"], mail["Message-ID"] = f"Lekcja {number}", f"<{name}.{number}@example.org>"
    mail.set_content(WORDS + (f"https://biblioteka.example.org/pliki/lekcja-{number}.html\n" if number % 4 == 0 else ""))
    if number % 5 == 0:
        mail.add_attachment(docx(f"<w:p><w:t>{number}</w:t></w:p>") + b"\0" * 61_000, maintype="application", subtype="octet-stream", filename=f"Lekcja {number}.docx")
    return b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n" + mail.as_bytes().replace(b"\n", b"\r\n")


def take(site, name, numbers, resolver):
    """Processor seconds for taking these posts, from the rows of what came to the rows of what goes out."""
    begin = time.process_time()
    for number in numbers:
        with site.writing() as db:
            intake.receive(db, Arriving.each("anna@example.org", [f"{name}@lists.example.org"], "127.0.0.1", post(name, number)), site.now())
        with site.writing() as db:
            works = intake.claim(db, site.now())
        for work in works:
            with site.writing() as db:
                intake.process(db, intake.prepare(work, intake.raw_of(db, work), site.settings, resolver), site.now())
    return time.process_time() - begin


def filing(site, posts):
    """Milliseconds of a post without a bank, with one, and the ratio of each pair of turns."""
    resolver, off, on = Resolver("127.0.0.1:1"), [], []
    for start in range(0, posts, TURN):
        numbers = range(start, start + TURN)
        off.append(take(site, "without", numbers, resolver) / TURN)
        on.append(take(site, "with", numbers, resolver) / TURN)
    # The first turn makes statements and loads modules.
    return 1000 * statistics.median(off[1:]), 1000 * statistics.median(on[1:]), statistics.median(b / a for a, b in zip(off[1:], on[1:], strict=True))


def filling(data, file):
    """(messages, items, milliseconds of a message, milliseconds of the longest transaction)"""
    listserv(data, "list", "create", "old", "--title", "Old", "--owner", "owner@example.org")
    listserv(data, "import", "old", str(Path(file).resolve()))
    listserv(data, "list", "set", "old", "materials=on")
    site, longest = Site(load(data)), 0.0
    begin = time.process_time()
    while True:
        turn = time.process_time()
        with site.writing() as db:
            done = bankfilling.run_due(db, site.now(), 100)
        longest = max(longest, time.process_time() - turn)
        if not done:
            break
    spent = time.process_time() - begin
    with site.reading() as db:
        mlist = list_by_name(db, "old")
        counts = [db.scalar(select(func.count()).select_from(model).where(model.list_id == mlist.id)) for model in (Message, Material)]
    return *counts, 1000 * spent / max(1, counts[0]), 1000 * longest


def main():
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    asked.add_argument("file", nargs="?")
    asked.add_argument("--posts", type=int, default=200)
    asked = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        listserv(data, "init", "--domain", "lists.example.org", "--url", "http://127.0.0.1:8080", "--language", "pl")
        for name in ("without", "with"):
            listserv(data, "list", "create", name, "--title", name, "--owner", "owner@example.org")
            listserv(data, "member", "add", name, "anna@example.org")
        listserv(data, "list", "set", "with", "materials=on")
        off, on, ratio = filing(Site(load(data)), asked.posts)
        print(f"a post: {off:.1f} ms of processor time without a bank, {on:.1f} ms with one, ratio {ratio:.2f}")
        if asked.file:
            messages, items, each, longest = filling(data, asked.file)
            print(f"filling: {messages} messages, {items} items, {each:.1f} ms a message, longest transaction {longest:.0f} ms")


if __name__ == "__main__":
    main()
