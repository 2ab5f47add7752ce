"""Who is forgotten is named nowhere: not on the moderators' desk, in titles, notes and drafts of others; and nobody else loses their name."""

import pytest
from sqlalchemy import select

from listserv.store.archive import Message, Thread
from listserv.store.drafts import Draft
from listserv.store.erasing import Posts
from listserv.store.lists import list_by_name
from listserv.store.moderation import Held, Journal
from listserv.store.people import User, address_by_key
from listserv.usecases import threadtools
from listserv.usecases.access import CONSOLE
from listserv.usecases.stewards import steward
from listserv.worker import work_once
from tests.conftest import add
from tests.usecases.test_forgetting import ask, everything, let_the_day_come

NAME = "Halina Okładka"
FROM = f"{NAME} <halina@example.org>"


def named_in(site):
    """Where the name stands, in any case: table and column."""
    from listserv.store.base import Base

    found = set()
    with site.reading() as db:
        for table in Base.metadata.sorted_tables:
            for row in db.execute(select(table)).mappings():
                found |= {f"{table.name}.{key}" for key, value in row.items() if isinstance(value, str) and NAME.lower() in " ".join(value.split()).lower()}
    return found


def lived(site, office):
    office.send(FROM, "siecibp", "Klucz", "Kto ma klucz do szafki?\n", message_id="<1@klient.invalid>", proven=True)
    with site.writing() as db:
        list_by_name(db, "siecibp").moderate_members = True
    office.send(FROM, "siecibp", "Druga sprawa", "Tajemnica wstrzymanego listu.\n", message_id="<2@klient.invalid>", proven=True)
    with site.writing() as db:
        who = steward(db, "siecibp", CONSOLE)
        thread = db.scalars(select(Thread)).one()
        threadtools.rename(db, who, thread, f"Prośba: {NAME.upper()} i klucz", site.now())
        marek = address_by_key(db, "marek@example.org").user_id
        text = f"{NAME} pisze:\n> Kto ma klucz?\n\nHalina\nOkładka wie."
        db.add(Draft(user_id=marek, list_id=thread.list_id, thread_id=thread.id, subject=f"Do: {NAME}", text=text, saved_at=site.now()))


@pytest.mark.parametrize("posts", list(Posts))
def test_the_name_stands_nowhere(site, office, clock, posts):
    lived(site, office)
    work_once(site)
    assert {"held.author", "thread.subject", "journal.detail", "draft.text", "draft.subject", "message.author"} <= named_in(site)

    ask(site, posts)
    let_the_day_come(site, clock)

    assert named_in(site) == set()
    with site.reading() as db:
        assert db.scalars(select(Thread.subject)).one() == "Prośba: ███ i klucz"
        assert db.scalars(select(Draft.text)).one() == "███ pisze:\n> Kto ma klucz?\n\n███ wie."
        assert db.scalars(select(Held.author)).one() == ""
        assert "→ Prośba: ███" in db.scalars(select(Journal.detail).where(Journal.what == "thread-renamed")).one()


@pytest.mark.parametrize("posts", list(Posts))
def test_what_moderators_were_told_of_a_held_letter_says_nothing_of_it(site, office, clock, posts):
    lived(site, office)
    work_once(site)
    assert everything(site).count("tajemnica wstrzymanego") >= 2

    ask(site, posts)
    let_the_day_come(site, clock)

    assert "tajemnica wstrzymanego" not in everything(site)


def test_a_letter_let_through_stays_in_the_archive_and_goes_with_the_words(site, office, clock):
    lived(site, office)
    from listserv.usecases import docket
    from tests.usecases.test_undoing import who

    with site.writing() as db:
        docket.decide(db, who(db), ["p1"], docket.Answer("approve"), site.now())
    ask(site, Posts.REMOVE)
    let_the_day_come(site, clock)
    assert "tajemnica wstrzymanego" not in everything(site)


def test_a_namesake_keeps_the_name_and_what_they_signed_stays_theirs(site, office, clock):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "druga@example.net", site.now(), name=NAME)
    office.send(f"{NAME} <druga@example.net>", "siecibp", "Moje", "To ja.\n", message_id="<9@klient.invalid>", proven=True)
    ask(site, Posts.KEEP)
    let_the_day_come(site, clock)

    with site.reading() as db:
        assert db.scalars(select(User.name).where(User.name == NAME)).all() == [NAME]
        assert db.scalars(select(Message.author)).all() == [NAME]
