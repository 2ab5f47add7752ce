"""The parser under attack: mails cut, glued and bent by chance; a short while in every run, long in `make test-long`.

What breaks it becomes a mail in tests/mails/.
"""

import random
import re
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from listserv.mail.headers import make, phrase
from listserv.mail.parse import parse
from listserv.mail.subject import reply_subject
from tests.corpus import corpus
from tests.fuzz.invariants import mail as look
from tests.sampling import often

MAILS = [path.read_bytes() for path in sorted((Path(__file__).parents[1] / "mails").glob("*.eml"))]
LONG_SECONDS = 120
SPLICES = [
    *(b"\r\n", b"\n\n", b"\r", b"\0", b"\xff\xfe", b"=?utf-8?b?", b"?=", b"--b\r\n", b"--b--", b"Content-Type: ", b"multipart/mixed; boundary=b\r\n\r\n"),
    *(b"message/rfc822", b"text/html\r\n\r\n", b"charset=utf-7", b"charset=iso-2022-kr", b"charset=hz", b"charset=utf-16", b"format=flowed; delsp=yes"),
    *(b"base64\r\n\r\n", b"quoted-printable", b"application/ms-tnef", b"name*0*=", b"'", b'"', b"<", b">", b"(", b",", b"+AAA-", b"&#xD800;", b"\x1b$B"),
]


def bent(seed, rnd):
    """A mail with some of it cut out, doubled, moved, or written over."""
    raw = bytearray(seed)
    for _ in range(rnd.randint(1, 8)):
        at, length = rnd.randint(0, len(raw)), rnd.choice((1, 2, 10, 100))
        piece = rnd.choice((rnd.choice(SPLICES), bytes((rnd.randrange(256),)), bytes(raw[at : at + length]) * 2, b""))
        where = rnd.choice((at, rnd.randint(0, len(raw))))
        raw[where : where + rnd.choice((0, len(piece), length))] = piece
    return bytes(raw)


@given(st.sampled_from(MAILS), st.randoms(use_true_random=False))
@settings(max_examples=often(150))
def test_a_mail_bent_by_chance_gives_a_post_that_can_be_kept(seed, rnd):
    look(bent(seed, rnd))


@given(st.text(max_size=80), st.text(max_size=40))
def test_no_subject_and_no_name_become_two_lines_of_what_we_send(subject, name):
    post = parse(f"From: {name} <jan@example.org>\r\nSubject: {subject}\r\n\r\n".encode("utf-8", "surrogatepass"))
    sent = [make("Subject", reply_subject(post.subject)).raw, make("Subject", subject).raw, make("From", f"{phrase(name)} <jan@example.org>").raw]
    sent += [make("From", f"{phrase(author.name)} <{author.address}>").raw for author in post.authors]
    for raw in sent:
        assert len(re.split(rb"\r\n|\r|\n", raw)) == 2
        assert raw.endswith(b"\r\n")


@pytest.mark.long
def test_real_mails_bent_by_chance_give_posts_that_can_be_kept():
    rnd = random.Random()
    seeds = MAILS + ([corpus.read("A-mime", name) for name in corpus.files("A-mime")] if corpus.CORPUS.is_dir() else [])
    seeds = [seed for seed in seeds if len(seed) < 200_000]
    end, tried = time.monotonic() + LONG_SECONDS, 0
    while time.monotonic() < end:
        raw = bent(rnd.choice(seeds), rnd)
        try:
            look(raw)
        except Exception as wrong:
            raise AssertionError(f"keep this as a mail in tests/mails: {raw!r}") from wrong
        tried += 1
    assert tried > 1_000
