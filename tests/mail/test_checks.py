"""Our own findings about a sender, and where a mail came from."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.authentication import Alignment, alignment
from listserv.mail.checks import Origin, origin, own_results
from listserv.mail.dmarc import LookupFailed
from tests.mail.test_signatures import key, signed  # noqa: F401  (a fixture)


def received(*hops):
    return b"".join(f"Received: {hop}\r\n".encode() for hop in hops) + b"From: a@example.org\r\n\r\nx"


POSTFIX = "from mail.example.org (mail.example.org [203.0.113.5])\r\n\tby mx.example.net (Postfix) with ESMTPS id 1; Tue, 3 Mar 2026 10:00:00 +0100"
FILTER = "from localhost (localhost [127.0.0.1]) by mx.example.net (amavisd-new) with ESMTP id 2"


@pytest.mark.parametrize(
    ("hops", "ip"),
    [
        ([POSTFIX], "203.0.113.5"),
        ([FILTER, POSTFIX], "203.0.113.5"),
        ([FILTER, "from lan (pc [192.168.1.4]) by x", POSTFIX], "203.0.113.5"),
        (["from mail (mail [IPv6:2001:db8::5]) by mx with SMTP"], "2001:db8::5"),
        (["from [203.0.113.9] (helo=h) by mx with esmtp (Exim 4)"], "203.0.113.9"),
        (["from home (home [203.0.113.9]) by mx with ESMTPSA id 3"], None),
        (["from home (home [203.0.113.9]) (Authenticated sender: jan) by mx with ESMTP"], None),
        (["by mx.example.net (Postfix, from userid 33) id 4", POSTFIX], None),
        (["from x (x [not.an.ip]) by mx", POSTFIX], None),
        ([FILTER] * 6 + [POSTFIX], None),
        ([], None),
    ],
)
def test_behind_an_mta_of_ours_the_first_outer_hop_counts(hops, ip):
    found = origin(received(*hops), "127.0.0.1", trusted=True)
    assert (str(found.ip) if found else None) == ip


def test_a_stranger_at_the_door_is_the_origin_whatever_the_mail_says():
    assert str(origin(received(POSTFIX), "198.51.100.7", trusted=False).ip) == "198.51.100.7"
    assert origin(received(POSTFIX), "", trusted=False) is None


@given(st.text(max_size=200))
def test_any_hop_can_be_read(text):
    origin(received(text.replace("\r", " ").replace("\n", " ").encode("utf-8", "replace").decode()), "127.0.0.1", trusted=True)


AT = Origin(ip_address("203.0.113.5"), "mail.example.org")
DMARC = ("_dmarc.example.org", "TXT")
SPF = ("example.org", "TXT")


def results(raw, zone, *, mail_from="jan@example.org", came_from=AT, silent=()):
    def ask(name, kind):
        if name in silent:
            raise LookupFailed
        return zone.get((name, kind), [])

    return own_results(raw, "example.org", mail_from, came_from, ask)


def test_each_method_has_its_word(key):
    zone = {DMARC: ["v=DMARC1; p=reject"], SPF: ["v=spf1 ip4:203.0.113.5 -all"], ("s1._domainkey.example.org", "TXT"): [key[1]]}
    found = results(signed(key), zone)

    assert (found.spf, found.dkim, found.dmarc, found.arc) == ("pass", "pass", "pass", "none")
    assert alignment(found, "example.org") is Alignment.ALIGNED


@pytest.mark.parametrize(
    ("zone", "more", "word"),
    [
        ({SPF: ["v=spf1 ip4:203.0.113.5 -all"]}, {}, "pass"),
        ({SPF: ["v=spf1 -all"]}, {}, "fail"),
        ({}, {}, "fail"),
        ({SPF: ["v=spf1 -all"]}, {"came_from": None}, None),
        ({SPF: ["v=spf1 -all"]}, {"mail_from": ""}, None),
        ({SPF: ["v=spf1 -all"]}, {"silent": ("example.org",)}, "temperror"),
        ({}, {"silent": ("_dmarc.example.org",)}, "temperror"),
        ({("other.test", "TXT"): ["v=spf1 +all"]}, {"mail_from": "jan@other.test"}, "fail"),
        ({("sub.example.org", "TXT"): ["v=spf1 +all"]}, {"mail_from": "jan@sub.example.org"}, "pass"),
    ],
)
def test_dmarc_fails_only_where_everything_has_been_asked(zone, more, word):
    found = results(b"From: jan@example.org\r\n\r\nx", {DMARC: ["v=DMARC1; p=reject"]} | zone, **more)

    assert found.dmarc == word
    assert alignment(found, "example.org") is (Alignment.FAILED if word == "fail" else Alignment.ALIGNED if word == "pass" else Alignment.UNKNOWN)


def test_strict_alignment_is_kept():
    zone = {DMARC: ["v=DMARC1; p=none; aspf=s"], ("sub.example.org", "TXT"): ["v=spf1 +all"]}
    assert results(b"From: jan@example.org\r\n\r\nx", zone, mail_from="jan@sub.example.org").dmarc == "fail"


def test_a_key_that_cannot_be_asked_for_fails_nobody(key):
    zone = {DMARC: ["v=DMARC1; p=reject"], SPF: ["v=spf1 -all"]}
    found = results(signed(key), zone, silent=("s1._domainkey.example.org",))

    assert (found.spf, found.dkim, found.dmarc) == ("fail", "temperror", "temperror")
    assert alignment(found, "example.org") is Alignment.UNKNOWN


def test_without_a_policy_nothing_has_failed_and_a_pass_still_proves():
    found = results(b"From: jan@example.org\r\n\r\nx", {SPF: ["v=spf1 ip4:203.0.113.5 -all"]})

    assert (found.dmarc, alignment(found, "example.org")) == ("none", Alignment.ALIGNED)


@pytest.mark.parametrize(
    ("hop", "ip"),
    [
        ("from [203.0.113.9] (helo=[198.51.100.1]) by mx with esmtp (Exim 4)", "203.0.113.9"),
        ("from [203.0.113.9] (port=1 helo=[198.51.100.1]) by mx with esmtp (Exim 4)", "203.0.113.9"),
        ("from name ([203.0.113.9] helo=[198.51.100.1]) by mx with esmtp (Exim 4)", "203.0.113.9"),
        ("from [198.51.100.1] (unknown [203.0.113.9]) by mx (Postfix) with ESMTP", "203.0.113.9"),
        ("from unknown (HELO [198.51.100.1]) (203.0.113.9) by mx with SMTP", None),
        ("from x [198.51.100.1] (x [203.0.113.9]) by mx with SMTP", None),
        ("from authenticated.example.org (x [203.0.113.9]) by mx with ESMTP", "203.0.113.9"),
        ("from x (authenticated.example.org [203.0.113.9]) by mx with ESMTP", "203.0.113.9"),
        (f"from {'x' * 300} (x [203.0.113.9]) by mx with ESMTP", "203.0.113.9"),
    ],
)
def test_what_the_other_side_calls_itself_is_neither_its_address_nor_its_password(hop, ip):
    found = origin(received(hop), "127.0.0.1", trusted=True)

    assert (str(found.ip) if found else None) == ip


@pytest.mark.parametrize("tag", ["d=slow.example.com", "d=slow.example.com; l=0", "d=org"])
def test_a_signature_of_a_domain_that_never_answers_excuses_no_forgery(tag):
    silent = ("_dmarc.slow.example.com", "s._domainkey.slow.example.com", "s._domainkey.org")
    raw = f"DKIM-Signature: v=1; a=rsa-sha256; {tag}; s=s; h=from; bh=x; b=aaaa\r\nFrom: jan@example.org\r\n\r\nx".encode()
    zone = {DMARC: ["v=DMARC1; p=reject"]}

    found = results(raw, zone, mail_from="a@slow.example.com", silent=silent)

    assert (found.dmarc, alignment(found, "example.org")) == ("fail", Alignment.FAILED)
