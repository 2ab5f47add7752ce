"""`inspect`: how mails would be understood and judged."""

import hashlib
import io
import json
import sys
import time

import pytest

from tests.databases import contents
from tests.mail.test_signatures import key, signed  # noqa: F401  (a fixture)
from tests.nameserver import NameServer
from tests.office import aligned, mail

KEYS = ["file", "message_id", "from", "to", "subject", "base_subject", "date", "in_reply_to", "references", "text", "reply", "html", "attachments"]
KEYS += ["automatic", "failures", "authentication", "calendar", "problems", "verdict"]
MAIL = b"""From: =?utf-8?q?Halina_Ok=C5=82adka?= <halina@example.org>
To: siecibp@lists.example.org
Subject: Odp: [siecibp] Pytanie
Date: Tue, 3 Mar 2026 10:00:00 +0100
Message-ID: <a@example.org>
In-Reply-To: <b@example.org>
References: <c@example.org> <b@example.org>
Authentication-Results: mx.example.org; spf=pass smtp.mailfrom=example.org; dmarc=pass header.from=example.org
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=x

--x
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

Dzi\xc4\x99kuj\xc4\x99.

> Pytanie
--x
Content-Type: text/csv; name=a.csv
Content-Transfer-Encoding: base64

YSxiCg==
--x--
"""


@pytest.fixture
def file(tmp_path):
    def write(raw: bytes, name="mail.eml"):
        (tmp_path / name).write_bytes(raw)
        return tmp_path / name

    return write


def test_a_mail_is_told_as_it_is_documented(run_in, tmp_path, file):
    path = file(MAIL)

    done = run_in(tmp_path, "inspect", "--json", path)

    found = done.json
    assert list(found) == KEYS
    assert found["file"] == str(path)
    assert found["from"] == {"name": "Halina Okładka", "address": "halina@example.org"}
    assert (found["message_id"], found["in_reply_to"], found["references"]) == ("<a@example.org>", "<b@example.org>", ["<c@example.org>", "<b@example.org>"])
    assert (found["date"], found["html"], found["verdict"], found["failures"]) == ("2026-03-03T10:00:00+01:00", None, None, [])
    assert found["reply"].strip() == "Dziękuję."
    assert "> Pytanie" in found["text"]
    assert found["attachments"] == [{"name": "a.csv", "type": "text/csv", "size": 4, "sha256": hashlib.sha256(b"a,b\n").hexdigest()}]
    assert found["authentication"] == {"spf": None, "dkim": None, "dmarc": None, "arc": None}


def test_the_trusted_words_are_shown(run_in, tmp_path, file, monkeypatch):
    monkeypatch.setenv("LISTSERV_AUTH_TRUST", "mx.example.org")

    assert run_in(tmp_path, "inspect", "--json", file(MAIL)).json["authentication"] == {"spf": "pass", "dkim": None, "dmarc": "pass", "arc": None}


@pytest.fixture
def names(monkeypatch):
    server = NameServer()
    monkeypatch.setenv("LISTSERV_AUTH_DNS", server.address)
    yield server
    server.close()


def test_dns_tells_what_no_mta_of_ours_has_said(run_in, tmp_path, file, names, key):
    names.records["_dmarc.example.org"] = ['"v=DMARC1; p=reject"']
    names.records["example.org"] = ['"v=spf1 ip4:203.0.113.5 -all"']
    names.records["s1._domainkey.example.org"] = [" ".join(f'"{key[1][at : at + 200]}"' for at in range(0, len(key[1]), 200))]
    hop = b"Return-Path: <halina@example.org>\r\nReceived: from h (h [203.0.113.%d]) by mx.example.net with ESMTP id 1\r\n"

    assert run_in(tmp_path, "inspect", "--json", file(hop % 5 + MAIL)).json["authentication"] == {"spf": None, "dkim": None, "dmarc": None, "arc": None}
    paths = [file(hop % 5 + signed(key), "1.eml"), file(hop % 5 + MAIL, "2.eml"), file(hop % 6 + MAIL, "3.eml"), file(MAIL, "4.eml")]
    rows = [json.loads(line) for line in run_in(tmp_path, "inspect", "--json", "--dns", *paths).out.splitlines()]
    assert [tuple(row["authentication"].values()) for row in rows] == [
        ("pass", "pass", "pass", "none"),
        ("pass", "none", "pass", "none"),
        ("fail", "none", "fail", "none"),
        (None, "none", None, "none"),
    ]
    assert "spf=pass dkim=pass dmarc=pass arc=none" in run_in(tmp_path, "inspect", "--dns", paths[0]).out


def test_the_trusted_words_stand_before_what_dns_tells(run_in, tmp_path, file, names, monkeypatch):
    monkeypatch.setenv("LISTSERV_AUTH_TRUST", "mx.example.org")
    names.records["_dmarc.example.org"] = ['"v=DMARC1; p=reject"']

    assert run_in(tmp_path, "inspect", "--json", "--dns", file(MAIL)).json["authentication"] == {"spf": "pass", "dkim": "none", "dmarc": "pass", "arc": "none"}


def test_a_resolver_that_is_down_costs_little_and_breaks_nothing(run_in, tmp_path, file, monkeypatch):
    monkeypatch.setenv("LISTSERV_AUTH_DNS", "127.0.0.1:1")
    start = time.monotonic()

    done = run_in(tmp_path, "inspect", "--json", "--dns", file(MAIL))

    assert done.json["authentication"] == {"spf": None, "dkim": "none", "dmarc": "temperror", "arc": "none"}
    assert time.monotonic() - start < 5


def test_many_mails_are_told_in_order_and_for_people_too(run_in, tmp_path, file):
    paths = [file(MAIL.replace(b"<a@", b"<%d@" % n), f"{n}.eml") for n in range(3)]

    rows = [json.loads(line) for line in run_in(tmp_path, "inspect", "--json", *paths).out.splitlines()]

    assert [row["message_id"] for row in rows] == [f"<{n}@example.org>" for n in range(3)]
    assert "Halina Okładka <halina@example.org>" in run_in(tmp_path, "inspect", paths[0]).out


def test_stdin_is_read(run_in, tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(MAIL)))

    assert run_in(tmp_path, "inspect", "--json", "-").json["file"] == "-"


@pytest.mark.parametrize("raw", [b"", b"\0\xff\xfe", b"\n\n", b"Subject: \xff\xed\xa0\x80\n\n\xff", b"From: " + b"(" * 20_000, b"Content-Type: multipart/mixed; boundary=\n\n--\n" * 50])
def test_any_bytes_have_an_answer(run_in, tmp_path, file, raw):
    done = run_in(tmp_path, "inspect", "--json", file(raw))

    assert done.code == 0
    assert list(done.json) == KEYS
    assert run_in(tmp_path, "inspect", file(raw)).code == 0


def test_a_file_that_is_not_there_does_not_keep_the_others_back(run_in, tmp_path, file):
    done = run_in(tmp_path, "inspect", "--json", tmp_path / "none", file(MAIL))

    assert (done.code, done.err.count("\n")) == (3, 1)
    assert done.json["message_id"] == "<a@example.org>"


@pytest.mark.parametrize(
    ("raw", "action", "reasons"),
    [
        (mail("halina@example.org", "siecibp@lists.example.org"), "accept", []),
        (aligned(mail("halina@example.org", "siecibp@lists.example.org"), "fail"), "hold", ["forged"]),
        (mail("stranger@example.org", "siecibp@lists.example.org"), "hold", ["nonmember"]),
        (mail("halina@example.org", "siecibp@lists.example.org", auto_submitted="auto-replied"), "discard", ["automatic"]),
        (b"Return-Path: <>\r\n" + mail("halina@example.org", "siecibp@lists.example.org"), "discard", ["automatic"]),
        (b"no mail at all", "hold", ["no-author", "nonmember"]),
    ],
)
def test_a_list_judges_and_nothing_changes(run, network, site, file, monkeypatch, raw, action, reasons):
    monkeypatch.setenv("LISTSERV_AUTH_TRUST", "mx.example.org")
    before = contents(site.engine)

    verdict = run("inspect", "--json", "--list", network, file(raw)).json["verdict"]

    assert (verdict["action"], verdict["reasons"][: len(reasons)]) == (action, reasons)
    assert contents(site.engine) == before


def test_a_mail_that_is_there_already_is_a_double(run, office, file):
    raw = mail("halina@example.org", "siecibp@lists.example.org")
    office.deliver(raw, "siecibp@lists.example.org")

    assert run("inspect", "--json", "--list", "siecibp", file(raw)).json["verdict"] == {"action": "discard", "reasons": ["double"]}


def test_a_list_that_is_not_there_is_not_found(run, network, file):
    assert run("inspect", "--list", "none", file(MAIL)).code == 3


def test_a_thousand_small_mails_take_seconds(run_in, tmp_path, file):
    path = file(MAIL)
    start = time.monotonic()

    done = run_in(tmp_path, "inspect", "--json", *[path] * 1000)

    assert done.out.count("\n") == 1000
    assert time.monotonic() - start < 15


def test_an_invitation_is_told_with_its_start(run_in, tmp_path, file):
    path = file(
        b"From: jan@example.org\nContent-Type: text/calendar; method=REQUEST\n\nBEGIN:VCALENDAR\nMETHOD:REQUEST\nBEGIN:VEVENT\nUID:a@example.org\n"
        b"SUMMARY:Zebranie\nDTSTART;TZID=Central European Standard Time:20260420T090000\nEND:VEVENT\nEND:VCALENDAR\n"
    )

    found = run_in(tmp_path, "inspect", "--json", path).json

    assert found["calendar"] == {"method": "REQUEST", "uid": "a@example.org", "summary": "Zebranie", "start": "2026-04-20T09:00:00+02:00", "partstat": None}
