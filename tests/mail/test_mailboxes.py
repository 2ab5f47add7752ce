"""Who is named in From and To."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.address import Mailbox
from listserv.mail.mailboxes import first_name, mailboxes


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("jan@example.org", [("", "jan@example.org")]),
        ("Jan Kowalski <jan@example.org>", [("Jan Kowalski", "jan@example.org")]),
        ("jan@example.org (Jan Kowalski)", [("Jan Kowalski", "jan@example.org")]),
        ('"Kowalski, Jan" <jan@example.org>, ola@example.org', [("Kowalski, Jan", "jan@example.org"), ("", "ola@example.org")]),
        ("=?utf-8?Q?Kowalski,_Jan?= <jan@example.org>", [("Kowalski, Jan", "jan@example.org")]),
        ('"=?utf-8?Q?J=C3=B3zef?=" <j@example.org>', [("Józef", "j@example.org")]),
        ("'jan@example.org' <jan@example.org>", [("jan@example.org", "jan@example.org")]),
        ("Sieć: jan@example.org, Ola <ola@example.org>;", [("", "jan@example.org"), ("Ola", "ola@example.org")]),
        ("undisclosed-recipients:;", []),
        ('"jan kowalski"@example.org', [("", '"jan kowalski"@example.org')]),
        ("Jan <@route.example:jan@example.org>", [("Jan", "jan@example.org")]),
        ("<mailto:jan@example.org?subject=x>", [("", "jan@example.org")]),
        ("Jan <jan @ example . org>", [("Jan", "jan@example.org")]),
        ("Jan Kowalski", []),
        ("MAILER-DAEMON", []),
        ("<>", []),
        ("Jan <jan@example.org", [("Jan", "jan@example.org")]),
        ("józef@żółw.example", [("", "józef@żółw.example")]),
        ("jan@[192.0.2.1], <ola@[IPv6:2001:db8::1]>", [("", "jan@[192.0.2.1]"), ("", "ola@[IPv6:2001:db8::1]")]),
        ("jan@example.org.", [("", "jan@example.org")]),
        ("jan..kowalski.@docomo.example", [("", "jan..kowalski.@docomo.example")]),
        ("[Sieć] Jan <jan@example.org>", [("[Sieć] Jan", "jan@example.org")]),
        ("Józef (z biblioteki (głównej)) <j@example.org>", [("Józef", "j@example.org")]),
        ("Kowalska, Anna <anna@example.org>", [("Kowalska, Anna", "anna@example.org")]),
        ("Jan Nowak, SP 5 w Łodzi <jan@example.org>, ola@example.org", [("Jan Nowak, SP 5 w Łodzi", "jan@example.org"), ("", "ola@example.org")]),
        ("jan@example.org, Anna <anna@example.org>", [("", "jan@example.org"), ("Anna", "anna@example.org")]),
        ("jan@, Anna <anna@example.org>", [("Anna", "anna@example.org")]),
    ],
)
def test_mailboxes_are_read(value, found):
    assert mailboxes([value]) == tuple(Mailbox(*each) for each in found)


@pytest.mark.parametrize(
    "value",
    [
        "victim@example.org attacker@example.net",
        "victim@example.org)attacker@example.net",
        "<victim@example.org> <attacker@example.net>",
        "victim@example.org, attacker@example.net",
        "victim@example.org; attacker@example.net",
    ],
)
def test_two_addresses_are_two_authors_however_they_are_strung_together(value):
    assert [mailbox.address for mailbox in mailboxes([value])] == ["victim@example.org", "attacker@example.net"]


@pytest.mark.parametrize("value", ["victim@example.org <attacker@example.net>", '"victim@example.org" <attacker@example.net>'])
def test_an_address_in_the_name_is_a_name(value):
    assert mailboxes([value]) == (Mailbox("victim@example.org", "attacker@example.net"),)


@pytest.mark.parametrize(
    "value",
    ["a@b@example.org", "@example.org", "jan@", f"{'x' * 320}@example.org", "jan@-example.org", "jan@example-.org", "jan@a..example"]
    + ["jan@exa!mple.org", "jan@[192.0.2.1", f"jan@{'x' * 64}.example", f"jan@{'x.' * 130}example", "jan@ż..example", "[jan]@example.org", "a\\b@example.org"],
)
def test_what_is_no_address_is_left_out(value):
    assert mailboxes([value]) == ()


def test_a_name_without_a_usable_address_can_still_be_shown():
    assert first_name(["jan at example.org (Jan Kowalski)"]) == "Jan Kowalski"
    assert first_name(["Jan Kowalski"]) == "Jan Kowalski"
    assert first_name(["jan@example.org"]) == "jan@example.org"
    assert first_name([]) == ""


@given(st.text(alphabet="ab@<>(),;:\"\\. =?q\n'", max_size=60))
def test_any_field_gives_addresses_of_two_halves_on_one_line(value):
    for mailbox in mailboxes([value]):
        local, at, domain = mailbox.address.rpartition("@")
        assert local
        assert at
        assert domain
        assert "\n" not in mailbox.address + mailbox.name
