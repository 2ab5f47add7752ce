"""What somebody typed is what readers show: an encoded word in a subject or name is no instruction, and nothing turns the writing."""

import email
import re
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header

import pytest

from listserv.errors import Invalid
from listserv.mail import compose, parse
from listserv.mail.address import Mailbox
from listserv.mail.answer import as_reply
from listserv.mail.compose import Writing
from listserv.store.people import User
from listserv.usecases import administration, mypage
from listserv.usecases.access import CONSOLE

NOW = datetime(2026, 3, 3, 9, tzinfo=UTC)
TYPED = ["=?utf-8?q?X=0D=0ABcc:_o@x?=", "Re: =?utf-8?b?Wmx5?= tak", "=?utf-8?q?ł=40?=", "a =? b ?= c", "=?utf-8?q?szef=40bank=2Eexample?="]


@pytest.mark.parametrize("text", TYPED)
def test_a_post_says_what_was_typed_in_its_subject_and_name(text):
    raw = compose.post(Writing(Mailbox(text, "anna@example.org"), "siecibp@lists.example.org", text, "Tak.", "1@lists.example.org", NOW))

    post, read = parse.parse(raw), email.message_from_bytes(raw, policy=policy.default)
    assert (post.subject, post.authors[0].name) == (text, text)
    assert (read["Subject"], read["From"].addresses[0].display_name) == (text, text)
    assert read["Bcc"] is None


@pytest.mark.parametrize("text", TYPED)
def test_a_letter_of_ours_says_it_too(text):
    raw = compose.letter(
        Mailbox(text, "siecibp@lists.example.org"), Mailbox(text, "anna@example.org"), text, "Dzień dobry.\n", headers={"Reply-To": "r@lists.example.org"}, date=NOW
    )

    read = email.message_from_bytes(raw, policy=policy.default)
    assert (read["Subject"], read["From"].addresses[0].display_name, read["To"].addresses[0].display_name) == (text, text, text)
    assert read["From"].addresses[0].addr_spec == "siecibp@lists.example.org" and read["Reply-To"] and read["Bcc"] is None
    assert read.get_content().split() == ["Dzień", "dobry."]


SPACED = [
    "Wysłana na listę: „Zażółć gęślą (8-bit)” (Ewa Żółć)",
    "Sieć Re: listę: Re: Wstrzymana dziś! lekcji” : ąę (8-bit) lekcji” lekcji” Re: 2026 lekcji”",
    "Wątek: " + "dłuższy niż wiersz (i jeszcze dłuższy), " * 9 + "koniec",
    "Ż" * 200,
]


@pytest.mark.parametrize("text", SPACED)
def test_no_space_is_lost_in_a_long_polish_subject_or_name_and_no_encoded_word_is_too_long(text):
    letter = compose.letter(Mailbox("Sieć", "siecibp@lists.example.org"), Mailbox("", "anna@example.org"), text, "Tak.\n", headers={}, date=NOW)
    post = compose.post(Writing(Mailbox(text, "anna@example.org"), "siecibp@lists.example.org", text, "Tak.", "1@lists.example.org", NOW))

    for raw in (letter, post):
        read = email.message_from_bytes(raw, policy=policy.compat32)
        assert str(make_header(decode_header(re.sub(r"\r\n(?= )", "", read["Subject"])))) == text == parse.parse(raw).subject
        subject = re.search(rb"^Subject: .*(?:\r\n .*)*", raw, re.MULTILINE)[0]
        assert max(map(len, subject.split(b"\r\n"))) <= 76
        assert all(len(word) <= 75 for word in re.findall(rb"=\?\S+\?=", raw.partition(b"\r\n\r\n")[0]))
    assert text.startswith(parse.parse(post).authors[0].name)


def test_an_answer_by_a_digests_token_keeps_the_marks_of_its_subject():
    raw = b"From: anna@example.org\r\n\r\nTak.\r\n"

    answered = as_reply(raw, parse.parse(raw), "Tak.", to="siecibp@lists.example.org", subject='Re: "Lalka" albo "Potop"', references=["1@example.org"])

    assert parse.parse(answered).subject == 'Re: "Lalka" albo "Potop"'


@pytest.mark.parametrize("name", ["Reply-To", "In-Reply-To", "References", "X-Listserv-Letter"])
@pytest.mark.parametrize("address", ["=?utf-8?q?x=0D=0ABcc=3A_o=40x?=@elsewhere.example.org", "=?utf-8?b?eA0KQmNjOiBvQHg=?=@elsewhere.example.org"])
def test_an_address_that_is_an_encoded_word_brings_no_field_along(name, address):
    """Such an address is valid (RFC 5322 3.2.3), and who writes from it gets answers."""
    raw = compose.letter(Mailbox("", address), Mailbox("", address), "Dziękujemy", "Dzień dobry.\n", headers={name: address}, date=NOW)

    head = raw.partition(b"\r\n\r\n")[0]
    assert b"\nBcc" not in head and head.count(address.encode()) == 3
    assert email.message_from_bytes(raw, policy=policy.default).get_content().split() == ["Dzień", "dobry."]


@pytest.mark.parametrize("turn", ["\u202e", "\u202a", "\u2066", "\u2069"])
def test_marks_that_turn_the_writing_are_taken_off(turn):
    assert administration.one_line(f"Anna{turn} Lis") == "Anna Lis"
    assert compose.one_line(f"Sp{turn}rawa") == "Sprawa"


@pytest.mark.parametrize("name", ["szef@bank.example", "=?utf-8?q?szef=40bank=2Eexample?=", "szef＠bank.example", "=?utf-8?b?c3plZkBiYW5rLmV4YW1wbGU=?="])
def test_nobody_is_named_like_an_address(site, network, now, name):
    from listserv.usecases.signin import Person

    with site.writing() as db:
        user = db.query(User).first()
        person = Person.__new__(Person)
        object.__setattr__(person, "user_id", user.id)
        before = user.name
        with pytest.raises(Invalid):
            mypage.set_profile(db, person, {"name": name}, now)
        assert user.name == before


def test_titles_and_topics_take_no_turning_marks(db, mlist, now):
    administration.set_list(db, mlist, {"title": "Sieć \u202eBP"}, CONSOLE, now)
    assert mlist.title == "Sieć BP"
    assert administration.add_topic(db, mlist, "tik", "Lek\u2066cje", CONSOLE, now).title == "Lekcje"
