"""What a reply to the letter about a new passkey does."""

import pytest

from listserv.store.lists import list_by_name
from listserv.store.passkeys import Passkey
from listserv.store.people import Browser, Purpose
from listserv.usecases import keyletters, replies, signin, tokens
from tests.conftest import add

EWA = "ewa@example.org"


@pytest.fixture
def letter(site, office, now):
    """The letter about a passkey of Ewa, who is signed in somewhere."""
    with site.writing() as db:
        user_id = add(db, list_by_name(db, "siecibp"), EWA, now, name="Ewa Fiszka", language="en").user_id
        passkey = Passkey(user_id=user_id, credential=b"1", public_key=b"", name="telefon", created_at=now)
        db.add(passkey)
        db.flush()
        signin.open_browser(db, user_id, now)
        keyletters.tell_added(db, passkey, now)
    return office.letters(to=EWA, kind="passkey-added")[-1]


def left(site):
    with site.reading() as db:
        return db.query(Passkey).count(), db.query(Browser).count()


@pytest.mark.parametrize("words", ["NO", "nie", "No, that was not me!"])
def test_a_no_by_mail_takes_a_passkey_back(site, office, letter, words):
    assert "telefon" in letter.text and "/me/keys/back/" in letter.text

    office.reply(letter, words)

    assert left(site) == (0, 0)
    assert office.letters(to=EWA)[-1].subject == "The new passkey is taken away"


@pytest.mark.parametrize("words", ["Thank you", "Yes, it was me", "I do not know what this is"])
def test_other_words_change_nothing(site, office, letter, words):
    office.reply(letter, words)

    assert left(site) == (1, 1)


def test_a_holiday_notice_changes_nothing(site, office, letter):
    office.reply(letter, "NO mail is read before Monday.", auto_submitted="auto-replied")

    assert left(site) == (1, 1)


@pytest.mark.parametrize("purpose", [Purpose.PROVE_ADDRESS, Purpose.SECOND_STEP, Purpose.SIGN_IN])
def test_a_key_that_is_good_in_a_browser_alone_is_answered_when_it_comes_by_mail(site, office, letter, now, purpose):
    assert set(replies.BY_PURPOSE) == set(Purpose) - {Purpose.LETTER}
    with site.writing() as db:
        key = tokens.issue(db, purpose, EWA, now, object_id=1)

    state = office.send(EWA, f"r+{key}@lists.example.org", "tak")

    assert state == "answered" and office.letters(to=EWA)[-1].kind == "too-late"


def test_two_months_later_it_is_too_late(site, office, letter, clock):
    clock.move(days=61)

    office.reply(letter, "NO")

    assert left(site)[0] == 1 and office.letters(to=EWA)[-1].kind == "too-late"
