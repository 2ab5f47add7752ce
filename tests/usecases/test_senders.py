"""What the network knows of a sender: whose word counts, and how little a mail waits for it."""

import time

import pytest

from listserv.dns import Resolver
from listserv.mail.authentication import Alignment
from listserv.mail.parse import parse
from listserv.usecases import senders
from listserv.usecases.senders import Came, Sender, look
from tests.nameserver import NameServer
from tests.office import aligned, mail

LIST = "siecibp@lists.example.org"
OUTSIDE = Came("203.0.113.5", "jan@example.org")
OURS = Came("127.0.0.1", "jan@example.org")


@pytest.fixture
def names():
    server = NameServer()
    server.records["_dmarc.example.org"] = ['"v=DMARC1; p=reject"']
    server.records["example.org"] = ['"v=spf1 ip4:203.0.113.5 -all"']
    yield server
    server.close()


def sender(settings, resolver, came, raw=None):
    raw = raw or mail("jan@example.org", LIST)
    return look(raw, parse(raw), came, None, settings.auth, resolver)


def test_a_stranger_at_the_door_is_checked_by_ourselves(settings, names):
    resolver = Resolver(names.address)

    assert sender(settings, resolver, OUTSIDE) == Sender(Alignment.ALIGNED, strict=True)
    assert sender(settings, resolver, Came("203.0.113.6", "jan@example.org")) == Sender(Alignment.FAILED, strict=True)


@pytest.mark.parametrize("word", ["pass", "fail"])
def test_a_forged_word_of_our_mta_counts_for_nothing(settings, names, word):
    forged = aligned(mail("jan@example.org", LIST), word)
    resolver = Resolver(names.address)

    assert sender(settings, resolver, Came("203.0.113.6", "jan@example.org"), forged).alignment is Alignment.FAILED
    assert sender(settings, resolver, OUTSIDE, forged).alignment is Alignment.ALIGNED


def test_our_mtas_word_counts_before_our_own(settings, names):
    assert sender(settings, Resolver(names.address), OURS, aligned(mail("jan@example.org", LIST), "fail")).alignment is Alignment.FAILED
    assert not [name for name in names.asked if not name.startswith("_dmarc.")]


def test_behind_an_mta_that_checks_nothing_its_received_says_whom_to_check(settings, names):
    hop = b"Received: from mail.example.org (mail.example.org [%s]) by mx.example.org (Postfix) with ESMTP id 1\r\n"
    resolver = Resolver(names.address)

    assert sender(settings, resolver, OURS, hop % b"203.0.113.5" + mail("jan@example.org", LIST)).alignment is Alignment.ALIGNED
    assert sender(settings, resolver, OURS, hop % b"203.0.113.6" + mail("jan@example.org", LIST)).alignment is Alignment.FAILED
    assert sender(settings, resolver, OURS).alignment is Alignment.UNKNOWN


def test_a_resolver_that_is_down_delays_a_little_and_refuses_nothing(settings, names):
    names.silent = {"", "_dmarc.example.org", "example.org", "_dmarc.org"}
    resolver, start = Resolver(names.address, timeout=0.3), time.monotonic()

    assert [sender(settings, resolver, OUTSIDE) for _ in range(20)] == [Sender()] * 20
    assert time.monotonic() - start < 2


def test_domains_that_never_answer_delay_one_mail_by_no_more_than_its_time(settings, names, monkeypatch):
    monkeypatch.setattr(senders, "SECONDS", 1.2)
    slow = [f"n{n}.example.org" for n in range(9)]
    names.records["example.org"] = ['"v=spf1 ' + " ".join(f"include:{name}" for name in slow) + ' -all"']
    names.silent = set(slow)
    resolver, start = Resolver(names.address, timeout=0.6), time.monotonic()

    assert sender(settings, resolver, OUTSIDE) == Sender(Alignment.UNKNOWN, strict=True)
    assert time.monotonic() - start < 3


def test_no_mail_waits_longer_than_five_seconds():
    from listserv import dns

    assert senders.SECONDS + dns.SIGN_OF_LIFE <= 5


@pytest.mark.parametrize(
    ("told", "found"),
    [
        ("spf=pass smtp.mailfrom=other.example; dkim=none", Alignment.FAILED),
        ("spf=pass smtp.mailfrom=jan@example.org", Alignment.ALIGNED),
        ("spf=fail smtp.mailfrom=jan@example.org; dkim=pass header.d=example.org", Alignment.ALIGNED),
        ("spf=pass smtp.mailfrom=other.example; dmarc=pass header.from=other.example", Alignment.FAILED),
        ("spf=pass smtp.mailfrom=other.example; dmarc=permerror", Alignment.FAILED),
        ("spf=pass smtp.mailfrom=other.example; dmarc=none header.from=example.org", Alignment.UNKNOWN),
    ],
)
def test_what_our_mta_has_not_asked_we_ask(settings, names, told, found):
    """Many MTAs check SPF and DKIM alone; and a From that they cannot read must not slip through."""
    raw = f"Authentication-Results: {settings.auth.trust}; {told}\r\n".encode() + mail("jan@example.org", LIST)

    assert sender(settings, Resolver(names.address), OURS, raw).alignment is found
