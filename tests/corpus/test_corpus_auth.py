"""DKIM and ARC against the suites of others (E-auth), with the DNS records that they give."""

import json

import pytest

from listserv.mail import arc
from listserv.mail.dmarc import LookupFailed
from listserv.mail.signatures import check_all
from tests.corpus.corpus import CORPUS, needed

pytestmark = needed
E = CORPUS / "E-auth"
SUITE = json.loads((E / "cases" / "arc_test_suite.json").read_bytes()) if CORPUS.is_dir() else {"cases": []}
STATES = {"SUCCESS": ("pass",), "TEMPFAIL": ("temperror",), "PERMFAIL": ("permerror", "fail")}


def test_chains_are_valid_or_not_as_the_arc_suite_says():
    wrong, fixed = [], [case for case in SUITE["cases"] if case["cv"]]
    for case in SUITE["cases"]:
        zone = SUITE["txt_records"][case["txt_records"]]
        raw = case["message"].replace("\r\n", "\n").replace("\n", "\r\n").encode("utf-8", "surrogateescape")
        word = arc.chain(raw, lambda name, zone=zone: [zone[name]] if name in zone else [])
        if word != case["cv"].lower() if case["cv"] else word == "pass":
            wrong.append((case["name"], word, case["cv"]))
    assert len(fixed) >= 80
    assert len(wrong) <= 0.02 * len(fixed), wrong
    assert wrong == []


def zone_of(path):
    """The records beside a message: `name: value`, lines continued with a backslash."""
    text = path.read_text().replace("\\\n", "") if path.exists() else ""
    pairs = (line.partition(":") for line in text.splitlines())
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}


@pytest.mark.parametrize("case", sorted(path.stem for path in (E / "chasquid").glob("*.result")) if CORPUS.is_dir() else [])
def test_signatures_hold_as_chasquid_says(case):
    # 02 has no zone of its own: it is 01's mail with more signatures.
    zone = zone_of(E / "chasquid" / f"{case}.dns") or zone_of(E / "chasquid" / "01-rfc8463.dns")
    wanted = json.loads((E / "chasquid" / f"{case}.result").read_bytes())["Results"]

    def txt(name):
        if zone.get(name) == "TEMPERROR":
            raise LookupFailed
        return [zone[name]] if zone.get(name, "PERMERROR") != "PERMERROR" else []

    found = check_all((E / "chasquid" / f"{case}.msg").read_bytes(), txt)
    assert len(found) >= len(wanted)
    for one, expected in zip(found, wanted, strict=False):
        assert one.word in STATES[expected["State"]]
        assert one.domain == expected["Domain"]


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("dkimpy/rfc6376.signed.rsa.msg", ["pass"]),
        # The same without its t= tag: what was signed is not there.
        ("dkimpy/rfc6376.signed.no_t.msg", ["fail"]),
        # d= that reads like another domain.
        ("dkimpy/test.message.baddomain", ["permerror"]),
        ("dkimpy/rfc6376.w1258.msg", []),
        ("dkimpy/test_extra.message", []),
        ("dkimpy/test_nofrom.message", []),
        ("authheaders/test.message_signed", ["pass"]),
        ("rspamd/ed25519.eml", ["pass", "pass"]),
        ("rspamd/ed25519-broken.eml", ["fail", "fail"]),
    ],
)
def test_signatures_whose_keys_are_known_hold_or_do_not(file, words):
    rsa, ed = (E / "dkimpy" / "test.txt").read_text().strip(), zone_of(E / "chasquid" / "01-rfc8463.dns")
    assert [one.word for one in check_all((E / file).read_bytes(), lambda name: [ed.get(name, rsa)])] == words


@pytest.mark.parametrize("file", ["test_bad.txt", "badk.txt", "badversion.txt", "test_tlsrpt.txt"])
def test_keys_that_are_none_prove_nothing(file):
    record = (E / "dkimpy" / file).read_text().strip()
    assert [one.word for one in check_all((E / "dkimpy" / "rfc6376.signed.rsa.msg").read_bytes(), lambda name: [record])] == ["permerror"]


@pytest.mark.parametrize("suite", ["rspamd", "simplelogin", "authheaders", "flanker-dk"])
def test_every_mail_gets_an_answer(suite):
    for path in (path for path in (E / suite).rglob("*") if path.is_file()):
        raw = path.read_bytes()
        assert {one.word for one in check_all(raw, lambda name: [])} <= {"permerror", "fail"}
        assert arc.chain(raw, lambda name: []) in ("none", "fail")
