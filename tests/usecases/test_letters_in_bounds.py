"""What is put before moderators fits into their mailboxes, however much was written."""

import pytest

from listserv import letters
from tests.office import aligned, mail

LONG = "Mamy plakaty do oddania, proszę pisać.\n" * 40_000


def size(letter):
    return len(letter.mail.as_bytes())


@pytest.mark.only_sqlite
@pytest.mark.sampled(1)
@pytest.mark.parametrize(
    ("door", "sender", "kind"),
    [("siecibp", "obcy@example.org", "held-moderator"), ("siecibp-join", "obcy@example.org", "application-moderator"), ("moderator_siecibp", "halina@example.org", "contact")],
)
def test_a_letter_of_any_length_reaches_the_moderators_as_a_short_one(office, door, sender, kind):
    to = f"{door}@lists.example.org"
    office.deliver(aligned(mail(sender, to, "Plakaty", LONG)), to, mail_from=sender)

    found = [one for one in office.letters(to="mod@example.org") if one.kind == kind]
    assert [size(one) < 150_000 for one in found] == [True]
    assert "[…]" in found[0].text and "plakaty do oddania" in found[0].text


@pytest.mark.parametrize("text", ["x" * 90_000, "słowo " * 20_000, "wiersz\n" * 20_000])
def test_the_beginning_ends_where_a_word_ends_and_says_that_there_is_more(text):
    said = letters.environment("en").filters["quoted"](text)

    assert len(said) < 100_000 and said.endswith("only its beginning fits into this letter.")
    assert set(said.split("[…]")[0].split()) <= {"x" * letters.MOST_QUOTED, "słowo", "wiersz"}


def test_what_fits_is_word_for_word():
    assert letters.environment("en").filters["quoted"]("Dzień dobry\n\n  Anna") == "    Dzień dobry\n\n      Anna"
