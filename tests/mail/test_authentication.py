"""Authentication-Results, DMARC by the tree walk, and DKIM on our own copies."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail import authentication
from listserv.mail.authentication import Alignment, alignment, claims_to_be, dkim_survives, dmarc_policy, read_results
from listserv.mail.dmarc import LookupFailed, organizational_domain, relaxed
from tests.corpus.corpus import CORPUS, needed
from tests.keys import rsa_key


def mail(*fields: str) -> bytes:
    lines = [f"Authentication-Results: {value}" for value in fields]
    return "\r\n".join([*lines, "From: jan@example.org", "Subject: x", "", "Authentication-Results: mx; dmarc=pass", ""]).encode()


def results(value: str):
    return read_results(mail(f"mx.example.net; {value}"), "mx.example.net")


def zone(**records):
    """TXT answers from keywords (`_` before a name is `_dmarc.`); what is not there has none."""

    def txt(name):
        answer = records.get(name.removeprefix("_dmarc.").replace(".", "_"), [])
        if isinstance(answer, Exception):
            raise answer
        return [answer] if isinstance(answer, str) else answer

    return txt


WORDS = [
    ("dmarc=pass header.from=example.org", Alignment.ALIGNED),
    ("dmarc=pass (p=NONE sp=QUARANTINE dis=NONE) header.from=example.org", Alignment.ALIGNED),
    ("dmarc=pass", Alignment.ALIGNED),
    ("dmarc=pass header.from=elsewhere.example", Alignment.UNKNOWN),
    ("dmarc=fail header.from=example.org; dkim=pass header.d=example.org", Alignment.FAILED),
    ("dmarc=pass; dmarc=fail", Alignment.FAILED),
    ("dmarc=none header.from=example.org", Alignment.UNKNOWN),
    ("dmarc=temperror; dkim=pass header.d=example.org", Alignment.ALIGNED),
    ("dkim=pass header.d=EXAMPLE.org", Alignment.ALIGNED),
    ("dkim=pass header.i=@example.org header.s=s1", Alignment.ALIGNED),
    ("dkim=pass header.d=mail.example.org", Alignment.ALIGNED),
    ("dkim=pass header.d=org", Alignment.UNKNOWN),
    ("dkim=pass header.d=badexample.org", Alignment.UNKNOWN),
    ("dkim=pass header.d=elsewhere.example", Alignment.UNKNOWN),
    ("dkim=fail header.d=example.org", Alignment.UNKNOWN),
    ("dkim=fail header.d=example.org; dkim=pass header.d=example.org", Alignment.ALIGNED),
    ("spf=pass smtp.mailfrom=jan@example.org", Alignment.ALIGNED),
    ("spf=pass smtp.mailfrom=example.org", Alignment.ALIGNED),
    ("spf=pass smtp.helo=example.org", Alignment.UNKNOWN),
    ("spf=softfail smtp.mailfrom=jan@example.org", Alignment.UNKNOWN),
    ("none", Alignment.UNKNOWN),
    # Not by the grammar, yet what large providers write.
    ("spf=pass (a: domain of b.example designates 192.0.2.1) client-ip=192.0.2.1; helo=a; dkim=pass header.i=@example.org", Alignment.ALIGNED),
    ('dmarc=fail reason="not aligned (relaxed)" header.from=example.org (policy=none);', Alignment.FAILED),
    # What an attacker can put inside a field that the MTA writes.
    ('spf=pass smtp.mailfrom="x; dmarc=pass header.from=example.org"@evil.example', Alignment.UNKNOWN),
    ('spf=pass smtp.mailfrom="x; dmarc=pass"@evil.example policy=', Alignment.UNKNOWN),
    ('spf=none (domain of "x\\) (a); dmarc=pass header.from=example.org', Alignment.UNKNOWN),
]


@pytest.mark.parametrize(("value", "wanted"), WORDS)
def test_the_words_of_the_trusted_mta_prove_the_author_or_not(value, wanted):
    assert alignment(results(value), "example.org") is wanted


def test_only_the_topmost_field_of_the_trusted_mta_counts():
    raw = mail("other.example; dmarc=pass", "MX.example.net 1; dmarc=fail", "mx.example.net; dmarc=pass")

    assert read_results(raw, "mx.example.net").dmarc == "fail"
    assert read_results(raw, "") == authentication.Results()
    assert read_results(mail("mx.example.net.evil.example; dmarc=pass"), "mx.example.net") == authentication.Results()


def test_the_body_is_never_taken_for_a_header():
    assert read_results(mail(), "mx") == authentication.Results()


def test_the_words_are_there_for_people_to_see():
    found = results("spf=none smtp.helo=a; spf=pass smtp.mailfrom=b@b.example; dkim=fail; dkim=pass header.d=c.example; arc=none")

    assert (found.spf, found.dkim, found.dmarc, found.arc) == ("pass", "pass", None, "none")
    assert (found.domains("spf"), found.domains("dkim")) == (("b.example",), ("c.example",))


def test_a_folded_field_is_read_whole():
    raw = b"Authentication-Results: mx;\r\n\tdkim=pass header.d=a.example;\r\n dmarc=pass header.from=a.example\r\n\r\n"

    assert read_results(raw, "mx").dmarc == "pass"


@pytest.mark.parametrize(
    "value", ["mx; none", " MX ;x", "mx 1; dkim=pass", '"mx"; dkim=pass', "(by the way) mx; none", "mx/1; none", "mx", "mx.; none", "mx dkim=pass"]
)
def test_a_field_that_a_lax_reader_would_take_for_ours_is_ours(value):
    assert claims_to_be(value, "mx")


@pytest.mark.parametrize("value", ["", ";", "mx2; none", "other; mx", "(mx) other; none", "none"])
def test_a_field_of_somebody_else_stays(value):
    assert not claims_to_be(value, "mx")


@given(st.binary(max_size=400))
def test_any_bytes_give_results(noise):
    raw = b"Authentication-Results: mx; " + noise + b"\r\n\r\n"

    assert alignment(read_results(raw, "mx"), "example.org") in Alignment


def test_siblings_are_one_organization_only_by_dns():
    txt = zone(example_org="v=DMARC1; p=none")

    assert not relaxed("mail.example.org", "news.example.org")
    assert relaxed("mail.example.org", "news.example.org", txt)
    assert relaxed("mail.example.org", "example.org", zone())
    assert not relaxed("mail.example.org", "example.org", zone(mail_example_org="v=DMARC1; p=none"))
    assert not relaxed("a.co.example", "b.co.example", zone(co_example="v=DMARC1; p=none; psd=y"))
    assert alignment(results("dkim=pass header.d=mail.example.org"), "news.example.org", txt) is Alignment.ALIGNED
    assert alignment(results("dkim=pass header.d=example.org"), "news.example.org", zone(org=LookupFailed())) is Alignment.ALIGNED


POLICY = [
    ("example.org", {"example_org": "v=DMARC1; p=reject"}, "reject"),
    ("EXAMPLE.ORG.", {"example_org": "v=DMARC1;p=Quarantine;pct=10"}, "quarantine"),
    ("żółw.example", {"xn--w-uga1v8h_example": "v=DMARC1; p=reject"}, "reject"),
    ("a.example.org", {"example_org": "v=DMARC1; p=reject; sp=none"}, "none"),
    ("a.b.example.org", {"example_org": "v=DMARC1; p=reject"}, "reject"),
    ("a.b.example.org", {"b_example_org": "v=DMARC1; p=none", "example_org": "v=DMARC1; p=reject"}, "reject"),
    ("a.b.example.org", {"b_example_org": "v=DMARC1; p=none; psd=n", "example_org": "v=DMARC1; p=reject"}, "none"),
    ("example.org", {"org": "v=DMARC1; p=reject; sp=quarantine; psd=y"}, "quarantine"),
    ("example.org", {"example_org": ["v=DMARC1; p=reject", "v=DMARC1; p=none"]}, None),
    ("example.org", {"example_org": ["v=spf1 -all", "v=DMARC1; p=reject"]}, "reject"),
    ("example.org", {"example_org": "v=DMARC10; p=reject"}, None),
    ("example.org", {"example_org": "v=DMARC1; p=all; rua=mailto:a@example.org"}, "none"),
    ("example.org", {"example_org": "v=DMARC1; rua=mailto:a@example.org"}, "none"),
    ("example.org", {"example_org": "v=DMARC1; p=all"}, None),
    ("example.org", {"example_org": "v=DMARC1; p=reject; t=y"}, "reject"),
    ("example.org", {}, None),
    ("", {}, None),
    ("[192.0.2.1]", {}, None),
]


@pytest.mark.parametrize(("domain", "records", "wanted"), POLICY)
def test_the_policy_is_found_by_the_tree_walk(domain, records, wanted):
    assert dmarc_policy(domain, zone(**records)) == wanted


def test_the_tree_walk_asks_eight_times_at_most():
    asked = []

    dmarc_policy("a.b.c.d.e.f.g.h.i.j.mail.example.com", lambda name: asked.append(name) or [])

    assert asked[-8:] == [f"_dmarc.{n}" for n in ("a.b.c.d.e.f.g.h.i.j.mail.example.com", "g.h.i.j.mail.example.com", "h.i.j.mail.example.com")] + [
        f"_dmarc.{n}" for n in ("i.j.mail.example.com", "j.mail.example.com", "mail.example.com", "example.com", "com")
    ]
    assert len(set(asked)) == 8


def test_the_organization_is_below_a_public_suffix():
    assert organizational_domain("a.mail.example.com", zone(com="v=DMARC1; psd=y")) == "example.com"
    assert organizational_domain("a.mail.example.com", zone()) == "a.mail.example.com"


def test_a_lookup_that_fails_is_not_an_answer():
    with pytest.raises(LookupFailed):
        dmarc_policy("example.org", zone(example_org=LookupFailed()))


@pytest.fixture(scope="module")
def key():
    return rsa_key()


LETTER = b"From: jan@example.org\r\nTo: siecibp@lists.example.org\r\nSubject: Zebranie\r\nDate: Tue, 3 Mar 2026 09:00:00 +0000\r\n\r\nDzie\xc5\x84 dobry  \r\n"


def signed(key, domain=b"example.org", include=None, canonicalize=(b"relaxed", b"relaxed")) -> bytes:
    import dkim

    fields = include or [b"from", b"to", b"subject", b"date"]
    return dkim.sign(LETTER, b"s1", domain, key[0], include_headers=fields, canonicalize=canonicalize) + LETTER


def keys(key, **records):
    return lambda name: [key[1]] if "_domainkey" in name else zone(**records)(name)


@pytest.mark.parametrize("canonicalize", [(b"relaxed", b"relaxed"), (b"simple", b"simple"), (b"relaxed", b"simple")])
def test_a_signature_of_the_authors_domain_survives_added_fields_but_no_changed_body(key, canonicalize):
    raw = signed(key, canonicalize=canonicalize)

    assert dkim_survives(b"List-Id: <siecibp.lists.example.org>\r\n" + raw, "example.org", keys(key))
    assert not dkim_survives(raw + b"-- footer\r\n", "example.org", keys(key))
    assert not dkim_survives(raw.replace(b"Zebranie", b"[siecibp] Zebranie"), "example.org", keys(key))


def test_a_signature_over_an_absent_reply_to_does_not_survive_ours(key):
    raw = signed(key, include=[b"from", b"subject", b"reply-to"])

    assert dkim_survives(raw, "example.org", keys(key))
    assert not dkim_survives(b"Reply-To: siecibp@lists.example.org\r\n" + raw, "example.org", keys(key))


def test_only_a_signature_that_stands_for_the_author_helps(key):
    raw = signed(key, domain=b"mail.example.org")

    assert dkim_survives(raw, "example.org", keys(key, example_org="v=DMARC1; p=reject"))
    assert not dkim_survives(raw, "example.org", keys(key, example_org="v=DMARC1; p=reject; adkim=s"))
    assert not dkim_survives(raw, "other.example", keys(key))
    assert not dkim_survives(LETTER, "example.org", keys(key))


def test_the_second_signature_counts_where_the_first_is_broken(key):
    broken = b"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=s0; h=from; bh=AAAA; b=AAAA\r\n"

    assert dkim_survives(broken + signed(key), "example.org", keys(key))


def test_a_key_that_could_not_be_asked_for_leaves_it_open(key):
    def txt(name):
        raise LookupFailed

    with pytest.raises(LookupFailed):
        dkim_survives(signed(key), "example.org", txt)


def test_a_megabyte_of_blanks_takes_no_time(key):
    raw = signed(key) + b"x" + b" " * 1_000_000 + b"y\r\n"
    start = time.monotonic()

    assert not dkim_survives(raw, "example.org", keys(key))
    assert time.monotonic() - start < 2


@given(st.binary(max_size=300), st.binary(max_size=60))
def test_any_bytes_can_be_asked_about(noise, tags):
    raw = b"DKIM-Signature: d=example.org; " + tags + b"\r\n" + noise

    assert dkim_survives(raw, "example.org", zone()) is False


@needed
def test_every_signed_mail_of_the_corpus_gets_an_answer():
    for path in (p for p in (CORPUS / "E-auth").rglob("*") if p.is_file() and p.suffix != ".json"):
        raw = path.read_bytes()
        assert dkim_survives(raw, "example.org", zone()) is False
        assert read_results(raw, "lists.example.org") is not None
