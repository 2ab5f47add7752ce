"""A day of attacks by mail, by somebody who wrote none of it: each is a line of docs/attacks.md."""

import re
import time
from contextlib import suppress
from itertools import product

import pytest

from listserv.errors import NotFound
from listserv.store.archive import Message
from listserv.store.moderation import Held, HeldState
from listserv.store.queue import State
from tests.office import aligned, mail

LIST, DOOR, REQUEST = "siecibp@lists.example.org", "moderator_siecibp@lists.example.org", "siecibp-request@lists.example.org"
MOD, MEMBER, EVIL = "mod@example.org", "halina@example.org", "evil@example.net"


@pytest.fixture
def held(office):
    """The letter that asks a moderator about a stranger's post; whoever holds it has its address."""
    assert office.deliver(aligned(mail(f"Obcy <{EVIL}>", LIST, "Reklama", "Kupcie!\n")), LIST, mail_from=EVIL) is State.HELD
    return next(one for one in office.letters(to=MOD) if one.kind == "held-moderator")


def state(site):
    with site.reading() as db:
        return db.get(Held, 1).state


PASS = b"dmarc=pass header.from=example.org; dkim=pass header.d=example.org; spf=pass smtp.mailfrom=example.org\r\n"
CLAIMS = [
    b"Authentication-Results: mx.example.org.evil.net; " + PASS,
    b"Authentication-Results: evil.net (mx.example.org); " + PASS,
    b"Authentication-Results: evil.net; x=y mx.example.org; " + PASS,
    b"Authentication-Results: \"mx.example.org\\\" evil\"; " + PASS,
    b"Authentication-Results: mx.example.org/evil; " + PASS,
    b"Authentication-Results:\r\n\tevil.net; mx.example.org;\r\n\t" + PASS,
    b"ARC-Authentication-Results: i=1; mx.example.org; " + PASS,
    b"X-Authentication-Results: mx.example.org; " + PASS,
    b"Authentication-Results : evil.net; " + PASS + b"X: y\r\n",
    b"Received: from x\r\n\tAuthentication-Results: mx.example.org; " + PASS,
    b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=x; h=from; bh=x; b=x\r\n",
    b"Received-SPF: pass (mx.example.org)\r\n",
]


def test_no_claim_of_being_proven_makes_a_forged_word_count(office, held, site):
    to = str(held.mail["Reply-To"])
    for claim in CLAIMS:
        office.deliver(claim + mail(f"Mod <{MOD}>", to, "Odp: x", "TAK\n"), to, mail_from=EVIL)
    # The right words, from a machine that is not our mail server.
    office.deliver(aligned(mail(f"Mod <{MOD}>", to, "Odp: x", "TAK\n")), to, mail_from=EVIL, peer="203.0.113.9")

    assert state(site) is HeldState.PENDING


AUTHORS = [
    f"Mod <{MOD}>, Evil <{EVIL}>",
    f"Evil <{EVIL}>, Mod <{MOD}>",
    f'"Mod <{MOD}>" <{EVIL}>',
    f"{MOD} <{EVIL}>",
    f"Mod: {MOD};",
    f"<@{MOD}:{EVIL}>",
    f"{MOD} ({EVIL})",
    f"=?utf-8?q?Mod_=3C{MOD.replace('@', '=40')}=3E?= <{EVIL}>",
    "mod@еxample.org",
    "mod@example.org.evil.net",
]


def test_no_way_of_writing_from_makes_somebody_else_the_moderator(office, held, site):
    to = str(held.mail["Reply-To"])
    for author in AUTHORS:
        raw = mail(EVIL, to, "Odp: x", "TAK\n").replace(f"From: {EVIL}".encode(), f"From: {author}".encode())
        office.deliver(b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\r\n" + raw, to, mail_from=EVIL)
    two = mail(EVIL, to, "Odp: x", "TAK\n")
    for raw in (f"From: {MOD}\r\n".encode() + two, two.replace(b"To:", f"From: {MOD}\r\nTo:".encode(), 1), f"Sender: {MOD}\r\nReply-To: {MOD}\r\n".encode() + two):
        office.deliver(b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.net\r\n" + raw, to, mail_from=EVIL)

    assert state(site) is HeldState.PENDING


def test_a_guessed_address_decides_nothing_and_floods_no_forged_sender(office, held, site):
    token = re.search(r"r\+([a-z2-7]+)@", str(held.mail["Reply-To"]))[1]
    guesses = {token[:-1], token[:-1] + ("a" if token[-1] != "a" else "b"), token[1:], token + "a", token * 3, "a" * 40, "a", token[:16], token[::-1], "h" + token}
    before = len(office.letters())
    for guess in guesses:
        to = f"r+{guess}@lists.example.org"
        with suppress(NotFound):
            office.deliver(mail(MOD, to, "Odp: x", "TAK\n"), to, mail_from=MOD)

    assert state(site) is HeldState.PENDING
    assert len(office.letters()) - before <= 5, "as many as one mailbox gets in a day, and no more"


def test_a_message_under_the_id_of_another_replaces_and_hides_nothing(office, site):
    office.send(f"Halina <{MEMBER}>", LIST, "Zebranie", "Spotykamy się w piątek.\n", proven=True, message_id="<zebranie@example.org>")
    office.send("Jan <jan@example.org>", LIST, "Zebranie", "Nie ma spotkania.\n", proven=True, message_id="<zebranie@example.org>")
    office.deliver(aligned(mail(EVIL, LIST, "Zebranie", "Inaczej.\n", message_id="<next@example.org>")), LIST, mail_from=EVIL)
    office.send(f"Halina <{MEMBER}>", LIST, "Dalej", "Słowa Haliny.\n", proven=True, message_id="<next@example.org>")

    with site.reading() as db:
        told = {row.message_id: row.author_email for row in db.query(Message)}
    assert told["zebranie@example.org"] == MEMBER
    assert list(told.values()).count(MEMBER) == 2, "an id that a stranger used first keeps nobody's message out"


NAMES = ["=?utf-8?q?Anna=0D=0ABcc:_all@example.com?=", "=?utf-8?b?QQ0KQmNjOiBhbGxAZXhhbXBsZS5jb20=?=", '"A\\\r\n B"', "=?utf-8?q?A=00=1B[31m?=", "A" * 5000, "=?utf-8?q?=E2=80=AEevil?=", "=?utf-8?q?A=E2=80=A8Bcc:_all@example.com?="]


@pytest.mark.sooner("sqlite")
def test_no_name_subject_or_topic_becomes_a_field_of_a_letter_or_a_copy(office):
    for number, name in enumerate(NAMES):
        email = f"nowa{number}@example.com"
        for rcpt in (DOOR, LIST, f"siecibp+{'x' * number}%0d%0a@lists.example.org", "siecibp+../../etc@lists.example.org"):
            raw = mail("F@x.example", rcpt, "S", "Dzień dobry, proszę mnie zapisać.\n").replace(b"From: F@x.example", f"From: {name} <{email}>".encode())
            raw = raw.replace(b"Subject: S", f"Subject: {name}".encode())
            office.deliver(b"Authentication-Results: mx.example.org; dmarc=pass header.from=example.com\r\n" + raw, rcpt, mail_from=email)

    told = [one.mail for one in office.letters()] + office.posts()
    assert len(told) > 10
    assert not any("bcc" in (field.lower() for field in one) for one in told)
    assert not any(ord(letter) < 32 and letter not in "\t" for one in told for _, value in one.items() for letter in str(value))


# What regular expressions stumble over, again and again: 60 KB of each as words, 25 KB in each field.
UNITS = ["a", " ", "\n", "> ", "-", "--\n", "_", "*a", "[", "](", "<", "<a", "&#", "0", "1. ", ",", "a: ", "@", "a@b.c, ", "http://", "=?utf-8?q?", '"', "```\n", "\\", "tak ", "bardzo prosze ", "bo to jest znowu ", "jan at ", "owner-", "re: ", "Od: a\n", "W dniu 1.1.2026 o 10:00, ", "-- \n", "Pozdrawiam\n", "ZAPROŚ\n", "\u200b", "a\u0301", "od pon do "]
FIELDS = ["Subject", "From", "To", "Sender", "Reply-To", "References", "Message-ID", "Date", "Authentication-Results", "Received", "List-Id", "Content-Type", "DKIM-Signature", "Content-Disposition", "Precedence"]
SAMPLE = slice(None, None, 15)


def keeps_nobody_busy(office, raw, rcpt, label):
    begun = time.process_time()
    assert office.deliver(raw, rcpt, mail_from=MEMBER) is not State.SHUNTED, label
    assert time.process_time() - begun < 2, label


@pytest.mark.only_sqlite
@pytest.mark.parametrize("which", [pytest.param(slice(None), marks=pytest.mark.long), SAMPLE], ids=["all", "some"])
def test_no_words_or_fields_keep_the_reader_busy(office, which):
    made = iter(range(10**6))
    for unit, rcpt, html in product(UNITS[which], (LIST, REQUEST, DOOR), (False, True)):
        body = (unit * (60_000 // len(unit.encode()))).encode()
        head = f"From: H <{MEMBER}>\r\nTo: {rcpt}\r\nSubject: s\r\nMessage-ID: <u{next(made)}@example.org>\r\nContent-Type: text/{'html' if html else 'plain'}; charset=utf-8\r\n\r\n"
        keeps_nobody_busy(office, aligned(head.encode() + body), rcpt, (unit, rcpt, html))
    for unit, field in product(UNITS[which], FIELDS[which]):
        unit = unit.replace("\n", " ")
        fields = {"From": f"H <{MEMBER}>", "To": LIST, "Subject": "s", "Message-ID": f"<f{next(made)}@example.org>"} | {field: unit * (25_000 // len(unit.encode()))}
        raw = "".join(f"{name}: {value}\r\n" for name, value in fields.items()).encode() + b"\r\ntekst"
        keeps_nobody_busy(office, aligned(raw), LIST, (unit, field))
