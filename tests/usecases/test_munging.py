"""From is rewritten exactly when the author's domain asks for it and nothing of theirs still proves them."""

import dkim
import pytest
from sqlalchemy import select

from listserv.dns import Resolver
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE, known_list
from tests.mail.test_authentication import key  # noqa: F401  (a fixture)
from tests.office import mail
from tests.test_dns import NameServer

LIST = "siecibp@lists.example.org"


@pytest.fixture
def names():
    server = NameServer()
    yield server
    server.close()


@pytest.fixture
def post(office, names, key):
    """Deliver a post of a member at example.org whose domain publishes this policy, perhaps signed; the From that members get."""
    office.resolver = Resolver(names.address)

    def deliver(policy, *, sign=(), body=None):
        if policy:
            names.records["_dmarc.example.org"] = [f'"v=DMARC1; p={policy}"']
        names.records["s1._domainkey.example.org"] = [" ".join(f'"{key[1][at : at + 200]}"' for at in range(0, len(key[1]), 200))]
        raw = body or mail("Halina <halina@example.org>", LIST, "Pytanie", "Dzień dobry.\n")
        if sign:
            raw = dkim.sign(raw, b"s1", b"example.org", key[0], include_headers=list(sign), canonicalize=(b"relaxed", b"relaxed")) + raw
        office.deliver(raw, LIST)
        return office.posts()[-1]

    return deliver


def test_an_unsigned_post_from_a_strict_domain_leaves_in_the_lists_name(post):
    sent = post("reject")

    assert sent["From"] == "Halina via Sieć BP <siecibp@lists.example.org>"
    assert sent["Reply-To"] == "Halina <halina@example.org>, siecibp@lists.example.org"


@pytest.mark.parametrize("policy", [None, "none"])
def test_nobody_elses_from_is_touched(post, policy):
    assert post(policy)["From"] == "Halina <halina@example.org>"


def test_a_signature_that_survives_us_keeps_the_authors_name(post):
    assert post("reject", sign=(b"from", b"to", b"subject", b"date", b"message-id"))["From"] == "Halina <halina@example.org>"


def test_a_signature_over_an_absent_reply_to_does_not_survive_ours(post):
    sent = post("quarantine", sign=(b"from", b"to", b"subject", b"reply-to"))

    assert sent["From"] == "Halina via Sieć BP <siecibp@lists.example.org>"


def test_a_resolver_that_says_nothing_delays_but_never_rewrites_or_refuses(office, names, post):
    names.silent.add("_dmarc.example.org")
    office.resolver = Resolver(names.address, timeout=0.2)

    assert post(None)["From"] == "Halina <halina@example.org>"


def test_the_very_bytes_that_members_get_carry_a_valid_signature(post, office, site, names):
    post("reject", sign=(b"from", b"to", b"subject"))

    from sqlalchemy import select

    from listserv.store.queue import Outgoing, raw_bytes

    with site.reading() as db:
        row = db.scalars(select(Outgoing)).one()
        copy = row.head + b"\r\n" + raw_bytes(db, row.raw_id).split(b"\r\n\r\n", 1)[1]
    # Judged by somebody else's program, with what DNS really says.
    txt = Resolver(names.address).txt
    assert dkim.verify(copy, dnsfunc=lambda name, timeout=0: "".join(txt(name.decode())).encode())


SIGNED = (b"from", b"to", b"subject", b"date", b"message-id")
REWRITTEN, KEPT = "Halina via Sieć BP <siecibp@lists.example.org>", "Halina <halina@example.org>"


def judged_elsewhere(site, names):
    """Whether the very bytes that members get still carry the author's signature, as another program sees it."""
    from listserv.mail.outgoing import body_on_the_wire
    from listserv.store.queue import Outgoing, raw_bytes

    with site.reading() as db:
        row = db.scalars(select(Outgoing).order_by(Outgoing.id.desc())).first()
        copy = row.head + b"\r\n" + (row.body if row.body is not None else body_on_the_wire(raw_bytes(db, row.raw_id)))
    txt = Resolver(names.address).txt
    return dkim.verify(copy, dnsfunc=lambda name, timeout=0: "".join(txt(name.decode())).encode())


@pytest.mark.parametrize(
    ("wanted", "sign", "sender"),
    [
        ({}, SIGNED, KEPT),
        ({}, (*SIGNED, b"reply-to"), REWRITTEN),
        ({"reply_to": "author"}, (*SIGNED, b"reply-to"), KEPT),
        ({}, (*SIGNED, b"list-id"), REWRITTEN),
        ({}, (*SIGNED, b"sender", b"cc", b"in-reply-to", b"references"), KEPT),
        ({"subject_tag": "[sieć]"}, SIGNED, REWRITTEN),
        ({"subject_tag": "[sieć]"}, (b"from", b"to", b"date"), KEPT),
        ({"footer": "Stopka listy"}, SIGNED, REWRITTEN),
    ],
)
def test_from_is_rewritten_exactly_where_the_signature_is_lost(site, office, names, post, wanted, sign, sender):
    with site.writing() as db:
        administration.set_list(db, known_list(db, "siecibp"), wanted, CONSOLE, site.now())

    sent = post("reject", sign=sign)

    assert sent["From"] == sender
    if sender == KEPT:
        assert judged_elsewhere(site, names)


def test_a_signature_of_somebody_else_does_not_keep_the_authors_name(post, key):
    raw = mail("Halina <halina@example.org>", LIST, "Pytanie", "Dzień dobry.\n")
    other = dkim.sign(raw, b"s1", b"example.net", key[0], include_headers=list(SIGNED), canonicalize=(b"relaxed", b"relaxed")) + raw

    assert post("reject", body=other)["From"] == REWRITTEN


def test_a_word_that_is_sent_to_everybody_after_all_is_rewritten_too(office, names):
    from tests.office import aligned

    office.resolver = Resolver(names.address)
    names.records["_dmarc.example.org"] = ['"v=DMARC1; p=reject"']
    office.deliver(mail("Marek <marek@example.org>", LIST, "Scenariusze", "Szukam scenariuszy.\n", message_id="<1@x>"), LIST)
    words = mail("Halina <halina@example.org>", LIST, "Re: Scenariusze", "WYCISZ\n", in_reply_to="<1@x>", references="<1@x>")
    office.deliver(aligned(words), LIST)
    letter = office.letters(to="halina@example.org")[-1]
    assert len(office.posts()) == 1
    office.reply(letter, "WYŚLIJ")

    assert len(office.posts()) == 2
    assert office.posts()[-1]["From"] == "Halina via Sieć BP <siecibp@lists.example.org>"
