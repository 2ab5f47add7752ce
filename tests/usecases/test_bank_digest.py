"""What is new in the bank stands in digests: once, only where there is a bank, for those who read that thread."""

from datetime import timedelta

import pytest

from listserv.usecases import digesting
from tests.files import pdf
from tests.findable import say
from tests.usecases.test_digesting import WEDNESDAY, letters, mail_of, reader, text_of

DAY = timedelta(days=1)
PDF = ("Regulamin wypożyczania.pdf", "application/pdf", pdf("Regulamin"))


def html_of(db, letter):
    return mail_of(db, letter).get_body(("html",)).get_content()


def run(db, at):
    while digesting.run_due(db, at, 1000):
        pass


def test_a_new_material_stands_in_the_next_digest_and_not_in_the_one_after(db, mlist, now):
    mlist.materials = True
    member = reader(db, mlist, now)
    say(db, mlist, now + timedelta(minutes=1), "Czytniki", "W załączniku.", files=(PDF,))

    run(db, WEDNESDAY)
    say(db, mlist, WEDNESDAY + timedelta(hours=1), "Inne", "Bez plików.")
    run(db, WEDNESDAY + DAY)

    first, second = letters(db)
    text = text_of(db, first).replace("\N{NO-BREAK SPACE}", " ")
    assert "1.  Regulamin wypożyczania, Ewa Fiszka" in text and "/siecibp/materials/1" in text and "siecibp-bank@lists.example.org" in text
    assert 'href="mailto:siecibp-bank@lists.example.org?subject=' in html_of(db, first)
    assert "materials/1" not in text_of(db, second) and "siecibp-bank@" not in text_of(db, second)
    assert member.digest_told is not None


def test_a_list_without_a_bank_tells_nothing_of_one(db, mlist, now):
    reader(db, mlist, now)
    say(db, mlist, now + timedelta(minutes=1), "Czytniki", "W załączniku.", files=(PDF,))

    run(db, WEDNESDAY)

    assert "/materials/" not in text_of(db, letters(db)[0]) and "siecibp-bank@" not in html_of(db, letters(db)[0])


def test_an_archive_that_is_filed_later_is_no_news(db, mlist, now):
    reader(db, mlist, now)
    mlist.materials = True
    say(db, mlist, now - 400 * DAY, "Dawno temu", "W załączniku.", files=(PDF,))
    say(db, mlist, now + timedelta(minutes=1), "Dziś", "Bez plików.")

    run(db, WEDNESDAY)

    assert "/materials/" not in text_of(db, letters(db)[0])


def test_what_is_hidden_meanwhile_is_not_told(db, mlist, now):
    mlist.materials = True
    reader(db, mlist, now)
    row = say(db, mlist, now + timedelta(minutes=1), "Czytniki", "W załączniku.", files=(PDF,))
    say(db, mlist, now + timedelta(minutes=2), "Inne", "Bez plików.")
    row.hidden_at = now + timedelta(minutes=3)
    db.flush()

    run(db, WEDNESDAY)

    assert "/materials/" not in text_of(db, letters(db)[0])


@pytest.mark.parametrize("form", ["plain", "mime", "rfc1153"])
def test_the_other_forms_tell_it_too(db, mlist, now, form):
    mlist.materials = True
    member = reader(db, mlist, now)
    member.digest_form = form
    say(db, mlist, now + timedelta(minutes=1), "Czytniki", "W załączniku.", files=(PDF,))

    run(db, WEDNESDAY)

    assert b"/siecibp/materials/1" in mail_of(db, letters(db)[0]).as_bytes().replace(b"=\n", b"")
