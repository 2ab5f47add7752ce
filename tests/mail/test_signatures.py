"""DKIM, judged beside another program's judgement, and ARC."""

import base64
import time
from hashlib import sha256

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail import arc
from listserv.mail.dmarc import LookupFailed
from listserv.mail.headers import Field
from listserv.mail.publickeys import Unusable, tag_list
from listserv.mail.signatures import Signed, canonical, check_all, dkim_survives, relaxed_body, simple_body
from tests.keys import rsa_key

LETTER = b"From: jan@example.org\r\nTo: siecibp@lists.example.org\r\nSubject: Zebranie\r\n  w  srod\xc4\x99\r\n\r\nDzie\xc5\x84  dobry \t \r\n\r\nJan\r\n\r\n\r\n"
FIELDS = [b"from", b"to", b"subject"]


@pytest.fixture(scope="module")
def key():
    return rsa_key()


def signed(key, letter=LETTER, canonicalize=(b"relaxed", b"relaxed"), **more):
    return dkim.sign(letter, b"s1", b"example.org", key[0], include_headers=FIELDS, canonicalize=canonicalize, **more) + letter


def words(raw, *records):
    return [one.word for one in check_all(raw, lambda name: list(records))]


FORMS = [(head, body) for head in (b"simple", b"relaxed") for body in (b"simple", b"relaxed")]


@pytest.mark.parametrize("canonicalize", FORMS)
def test_what_another_program_signs_holds_and_what_is_changed_does_not(key, canonicalize):
    raw = signed(key, canonicalize=canonicalize)

    assert words(raw, key[1]) == words(b"Received: x\r\n" + raw, key[1]) == words(raw + b"\r\n\r\n", key[1]) == ["pass"]
    assert words(raw.replace(b"Jan\r\n", b"Ewa\r\n"), key[1]) == words(raw.replace(b"To: s", b"To: S"), key[1]) == ["fail"]
    assert words(raw.replace(b"\r\n", b"\n"), key[1]) == ["pass"]


@pytest.mark.parametrize("canonicalize", FORMS)
@pytest.mark.parametrize("body", [b"", b"\r\n", b"\r\n\r\n", b"x", b" \t\r\n", b"a \r\n\r\n b\r\n"])
def test_odd_bodies_are_canonical_as_elsewhere(key, canonicalize, body):
    letter = b"From: a@example.org\r\nTo: b@example.org\r\nSubject: x\r\n\r\n" + body
    assert words(signed(key, letter, canonicalize), key[1]) == ["pass"]


@given(st.binary(max_size=80).map(lambda data: data.replace(b"\r", b"").replace(b"\n", b"\r\n") + b"\r\n"))
def test_canonical_bodies_are_those_of_another_program(body):
    from dkim.canonicalization import Relaxed, Simple

    assert simple_body(body) == Simple.canonicalize_body(body)
    assert relaxed_body(body) == Relaxed.canonicalize_body(body)


def ed25519(letter=LETTER, tags="v=1; a=ed25519-sha256; c=relaxed/relaxed; d=example.org; s=s2; h=from:to:subject"):
    """The letter signed with a fresh key, and the key's record."""
    private = Ed25519PrivateKey.generate()
    whole = Signed.of(letter)
    bh = base64.b64encode(sha256(relaxed_body(whole.body)).digest()).decode()
    head = f"DKIM-Signature: {tags}; bh={bh}; b="
    fields = {field.name: field for field in whole.fields}
    text = b"".join(canonical(fields[name], "relaxed") for name in ("from", "to", "subject"))
    text += canonical(Field("dkim-signature", head.encode()), "relaxed").removesuffix(b"\r\n")
    proof = base64.b64encode(private.sign(sha256(text).digest())).decode()
    public = base64.b64encode(private.public_key().public_bytes_raw()).decode()
    return f"{head}{proof}\r\n".encode() + letter, f"v=DKIM1; k=ed25519; p={public}"


def test_ed25519_holds_beside_rsa(key):
    raw, record = ed25519(signed(key))

    assert [one.word for one in check_all(raw, lambda name: [record if name.startswith("s2.") else key[1]])] == ["pass", "pass"]
    assert words(ed25519()[0], record) == ["fail"]


@pytest.mark.parametrize(
    "records",
    [
        (),
        ("v=DKIM1; k=rsa; p=",),
        ("v=DKIM2; k=rsa; p={p}",),
        ("v=DKIM1; k=ed25519; p={p}",),
        ("v=DKIM1; k=rsa; h=sha1; p={p}",),
        ("v=DKIM1; k=rsa; s=tlsrpt; p={p}",),
        ("v=DKIM1; k=rsa; p={p}; p={p}",),
        ("v=DKIM1; k=rsa; p=AAAA",),
        ("x" * 5000,),
        ("v=DKIM1: p={p}",),
    ],
)
def test_a_key_that_is_none_proves_nothing(key, records):
    p = key[1].rpartition("p=")[2]
    assert words(signed(key), *(record.replace("{p}", p) for record in records)) == ["permerror"]


@pytest.mark.parametrize("record", ["p={p}", "v=DKIM1; g=*; p={p}", "k=rsa; h=sha1:sha256; s=email; p={p}", "v=DKIM1; t=y:s; n=x; p={p};"])
def test_a_key_may_say_little_or_much(key, record):
    assert words(signed(key), record.replace("{p}", key[1].rpartition("p=")[2])) == ["pass"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"v=1;", b"v=2;"),
        (b"v=1;", b""),
        (b"a=rsa-sha256", b"a=rsa-sha1"),
        (b"d=example.org", b"d=example"),
        (b"d=example.org", b"d=example.org(.evil.example"),
        (b"d=example.org;", b"d=example.org; i=x@example.net;"),
        (b"h=from", b"h=xrom"),
        (b"c=relaxed", b"c=loose"),
        (b"s=s1;", b"s=s1; x=1; t=2;"),
        (b"s=s1;", b"s=s1; l=99999;"),
        (b"s=s1;", b"s=s1; s=s1;"),
        (b"s=s1;", b""),
    ],
)
def test_a_signature_that_is_none_proves_nothing(key, old, new):
    raw = signed(key)
    assert old in raw
    assert words(raw.replace(old, new, 1), key[1]) == ["permerror"]


def test_what_a_length_leaves_uncovered_proves_nothing(key):
    raw = signed(key, length=True)

    assert words(raw, key[1]) == ["pass"]
    assert words(raw + b"Kup teraz\r\n", key[1]) == ["policy"]
    assert not dkim_survives(raw + b"Kup teraz\r\n", "example.org", lambda name: [key[1]] if "_domainkey" in name else [])


def test_a_key_that_could_not_be_asked_for_is_no_failure(key):
    def txt(name):
        raise LookupFailed

    assert [one.word for one in check_all(signed(key), txt)] == ["temperror"]


def test_a_second_from_put_on_top_was_not_signed(key):
    """RFC 6376 section 8.15: the lowest is the signed one; who counts authors sees that there are two."""
    raw = b"From: chief@example.org\r\n" + signed(key)
    assert words(raw, key[1]) == ["pass"]


@pytest.mark.parametrize("line", [b"Subject: TAK", b"SUBJECT:"])
def test_a_field_put_above_the_signed_one_speaks_for_nobody(key, line):
    assert words(line + b"\r\n" + signed(key), key[1]) == ["policy"]
    assert words(b"To: ola@example.org\r\n" + signed(key), key[1]) == ["pass"]


def test_only_so_many_signatures_are_looked_at(key):
    raw = signed(key)
    field = raw[: len(raw) - len(LETTER)]
    assert len(check_all(field * 50 + LETTER, lambda name: [key[1]])) == 8


@pytest.mark.parametrize("text", ["a=1; b=2", " a = 1 ;\r\n b=\t2 ; ", "a=1;b=2;"])
def test_tags_may_stand_loosely(text):
    assert tag_list(text) == {"a": "1", "b": "2"}


@pytest.mark.parametrize("text", ["", "a", "a=1;;b=2", "a=1; a=2", "1=a", ";a=1"])
def test_tags_may_not_stand_anyhow(text):
    with pytest.raises(Unusable):
        tag_list(text)


@pytest.mark.parametrize("filling", [b" " * 1_000_000 + b"x", b"\r\n" * 500_000, b"a \t" * 300_000, b"a" * 25_000_000])
def test_no_body_keeps_the_reader_busy(key, filling):
    raw = signed(key) + filling
    start = time.process_time()
    assert words(raw, key[1]) in (["fail"], ["pass"])
    assert time.process_time() - start < 2


def test_many_signatures_on_a_large_mail_take_no_time(key):
    raw = signed(key)
    field = raw[: len(raw) - len(LETTER)]
    large = field * 8 + LETTER + (b"x" * 76 + b"\r\n") * 250_000
    start = time.process_time()
    assert words(large, key[1]) == ["fail"] * 8
    assert time.process_time() - start < 2


@given(st.binary(max_size=300), st.sampled_from([b"dkim-signature", b"arc-seal", b"arc-message-signature"]))
def test_any_bytes_have_words(noise, name):
    raw = name + b": " + noise + b"\r\nFrom: x@example.org\r\n\r\n" + noise

    assert all(one.word in ("permerror", "fail", "pass", "policy") for one in check_all(raw, lambda name: ["v=DKIM1; p=" + "A" * 40]))
    assert arc.chain(raw, lambda name: []) in ("none", "fail")


def sealed(key, raw):
    results = b"lists.example.net; dmarc=pass header.from=example.org"
    fields = [b"from", b"to", b"subject"]
    header = b"Authentication-Results: " + results + b"\r\n"
    made = dkim.arc_sign(header + raw, b"s1", b"example.net", key[0], b"lists.example.net", include_headers=fields)
    return b"".join(made) + raw


def test_a_chain_of_seals_holds_until_one_is_broken(key):
    once = sealed(key, LETTER)

    def chain(raw):
        return arc.chain(raw, lambda name: [key[1]])

    assert chain(LETTER) == "none"
    assert chain(once) == "pass"
    assert chain(once.replace(b"Jan\r\n", b"Ewa\r\n")) == chain(once.replace(b"cv=none", b"cv=pass")) == chain(once.replace(b"dmarc=pass", b"dmarc=fail")) == "fail"
    assert arc.chain(once, lambda name: []) == "fail"


def test_a_chain_of_which_dns_says_nothing_is_unknown(key):
    def txt(name):
        raise LookupFailed

    assert arc.chain(sealed(key, LETTER), txt) is None
