"""SPF by RFC 7208: its examples, its limits, and what may not happen whatever a record says."""

import time
from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.dmarc import LookupFailed
from listserv.mail.spf import check_host

# RFC 7208 appendix A, and what stands around it.
ZONE = {
    ("example.com", "A"): ["192.0.2.10", "192.0.2.11"],
    ("example.com", "MX"): ["10 mail-a.example.com.", "20 mail-b.example.com."],
    ("mail-a.example.com", "A"): ["192.0.2.129"],
    ("mail-b.example.com", "A"): ["192.0.2.130"],
    ("mail-b.example.com", "AAAA"): ["2001:db8::130"],
    ("example.org", "MX"): ["10 mail-c.example.org."],
    ("mail-c.example.org", "A"): ["192.0.2.140"],
    ("10.2.0.192.in-addr.arpa", "PTR"): ["example.com."],
    ("65.2.0.192.in-addr.arpa", "PTR"): ["amy.example.com."],
    ("amy.example.com", "A"): ["192.0.2.65"],
    ("140.2.0.192.in-addr.arpa", "PTR"): ["mail-c.example.org."],
    ("mary.mobile-users._spf.example.com", "A"): ["127.0.0.2"],
    ("two.test", "TXT"): ["v=spf1 -all", "v=spf1 +all"],
    ("none.test", "TXT"): ["v=spf10 -all", "hello"],
    ("loop.test", "TXT"): ["v=spf1 include:loop.test -all"],
    ("ten.test", "TXT"): ["v=spf1 " + " ".join(f"exists:n{n}.ten.test" for n in range(10)) + " +all"],
    ("eleven.test", "TXT"): ["v=spf1 " + " ".join(f"a:h{n}.test" for n in range(11)) + " +all"],
    ("void.test", "TXT"): ["v=spf1 a:v1.test a:v2.test a:v3.test +all"],
    ("allowed.test", "TXT"): ["v=spf1 ip4:192.0.2.0/24 -all"],
    ("silent.test", "TXT"): ["v=spf1 a:nobody-answers.test -all"],
    ("moved.test", "TXT"): ["v=spf1 redirect=allowed.test"],
    ("lost.test", "TXT"): ["v=spf1 redirect=none.test"],
} | {(f"h{n}.test", "A"): ["192.0.2.200"] for n in range(11)}


def check(record, ip, sender="joe@example.com"):
    zone = ZONE | ({("example.com", "TXT"): [record]} if record else {})

    def ask(name, kind):
        if name == "nobody-answers.test":
            raise LookupFailed
        return zone.get((name.lower(), kind), [])

    return check_host(ip_address(ip), sender, "mail.example.com", ask)


@pytest.mark.parametrize(
    ("record", "ip", "word"),
    [
        ("v=spf1 +all", "192.0.2.1", "pass"),
        ("v=spf1 a -all", "192.0.2.10", "pass"),
        ("v=spf1 a -all", "192.0.2.129", "fail"),
        ("v=spf1 a:example.org -all", "192.0.2.10", "fail"),
        ("v=spf1 mx -all", "192.0.2.129", "pass"),
        ("v=spf1 mx -all", "192.0.2.10", "fail"),
        ("v=spf1 mx -all", "2001:db8::130", "pass"),
        ("v=spf1 mx:example.org -all", "192.0.2.140", "pass"),
        ("v=spf1 mx mx:example.org -all", "192.0.2.140", "pass"),
        ("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.131", "pass"),
        ("v=spf1 mx/30 mx:example.org/30 -all", "192.0.2.143", "pass"),
        ("v=spf1 ptr -all", "192.0.2.65", "pass"),
        ("v=spf1 ptr -all", "192.0.2.140", "fail"),
        ("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.65", "fail"),
        ("v=spf1 ip4:192.0.2.128/28 -all", "192.0.2.129", "pass"),
        ("v=spf1 ip4:192.0.2.0/24 -all", "::ffff:192.0.2.9", "pass"),
        ("v=spf1 ip6:2001:db8::/32 ~all", "2001:db8::1", "pass"),
        ("v=spf1 ip6:2001:db8::/32 ~all", "192.0.2.1", "softfail"),
        ("v=spf1 ?all", "192.0.2.1", "neutral"),
        ("v=spf1", "192.0.2.1", "neutral"),
        ("v=spf1 exists:%{l}.mobile-users._spf.%{d} -all", "192.0.2.1", "fail"),
        ("v=spf1 include:allowed.test -all", "192.0.2.9", "pass"),
        ("v=spf1 include:none.test -all", "192.0.2.9", "permerror"),
        ("v=spf1 IP4:192.0.2.9 -ALL", "192.0.2.9", "pass"),
        ("v=spf1 ip4:192.0.2.9/33 -all", "192.0.2.9", "permerror"),
        ("v=spf1 a:%x.test -all", "192.0.2.9", "permerror"),
        ("v=spf1 magic:x -all", "192.0.2.9", "permerror"),
        ("v=spf1 a:caf\u00e9.test -all", "192.0.2.9", "permerror"),
        ("v=spf1 redirect=allowed.test redirect=none.test", "192.0.2.9", "permerror"),
    ],
)
def test_records_mean_what_the_rfc_says(record, ip, word):
    assert check(record, ip) == word


@pytest.mark.parametrize(
    ("sender", "word"),
    [
        ("x@two.test", "permerror"),
        ("x@none.test", "none"),
        ("x@loop.test", "permerror"),
        ("x@ten.test", "permerror"),  # ten questions, but nobody there three times
        ("x@eleven.test", "permerror"),
        ("x@void.test", "permerror"),
        ("x@allowed.test", "pass"),
        ("x@moved.test", "pass"),
        ("x@lost.test", "permerror"),
        ("x@silent.test", "temperror"),
        ("x@nobody-answers.test", "temperror"),
        ("x@localhost", "none"),
        ("x@" + "a" * 64 + ".test", "none"),
        ("x@a..test", "none"),
    ],
)
def test_limits_and_silence_have_their_words(sender, word):
    assert check("", "192.0.2.9", sender) == word


def test_macros_are_filled_in():
    asked = []

    def ask(name, kind):
        asked.append(name)
        return ["v=spf1 exists:%{ir}.%{v}.%{l1r-}.%{d2}.spf.test -all"] if kind == "TXT" else ["127.0.0.2"]

    assert check_host(ip_address("192.0.2.3"), "strong-bad@email.example.com", "h.example.com", ask) == "pass"
    assert asked[-1] == "3.2.0.192.in-addr.strong.example.com.spf.test"


PIECES = st.sampled_from(["v=spf1", " ", "a", "mx", "ptr", "exists:", "include:", "redirect=", "x.test", "/24", "//64", "%{", "l", "i", "r", "9", "}", "%%", "ip4:", "ip6:", "1.2.3.4", ":", "=", "-", "+", "all", "é", "\0"])


@given(st.lists(PIECES, max_size=20).map("".join), st.sampled_from(["192.0.2.1", "2001:db8::1"]), st.text(max_size=30))
def test_any_record_has_a_word_and_asks_little(record, ip, sender):
    asked = []

    def ask(name, kind):
        asked.append(name)
        return {"TXT": [record], "MX": [f"1 h{n}.test." for n in range(9)], "PTR": ["x.test."]}.get(kind, [])

    words = ("none", "neutral", "pass", "fail", "softfail", "permerror", "temperror")
    assert check_host(ip_address(ip), f"{sender}@x.test", sender, ask) in words
    assert len(asked) < 200


def test_a_record_of_nothing_but_macros_takes_no_time():
    sender = f"{'a.' * 100}a@{'b.' * 50}example"
    asked = []

    def ask(name, kind):
        asked.append(name)
        return ["v=spf1 exists:" + "%{s}." * 12_000 + "example.org -all"] if kind == "TXT" else ["127.0.0.2"]

    start = time.process_time()
    assert check_host(ip_address("203.0.113.5"), sender, "h", ask) == "pass"
    assert time.process_time() - start < 1
    assert len(asked[-1]) <= 253 and asked[-1].endswith(".example.example.org")
