"""What is read of a few messages' own terms is what the index would have said of them."""

import pytest
from sqlalchemy import select, text

from listserv.store import fewentries, finding
from listserv.store.search import Indexed
from listserv.usecases import searching
from listserv.usecases.access import CONSOLE, STRANGER_ON_THE_WEB
from tests.sampling import short
from tests.store.test_search_alike import questions, told

pytestmark = pytest.mark.only_sqlite


@pytest.fixture
def asked(monkeypatch):
    """All that the index has been asked."""
    wanted, newest = [], finding.newest

    def note(db, one, limit):
        wanted.append(one)
        return newest(db, one, limit)

    monkeypatch.setattr(finding, "newest", note)
    return wanted


def test_terms_say_what_the_index_says(site, maker, asked):
    told(site, maker, site.settings.database_url)
    some = 0
    with site.reading() as db:
        for actor in (CONSOLE, STRANGER_ON_THE_WEB):
            for question in list(questions())[:: 2 if short[0] else 1]:
                searching.search(db, actor, question)
        for wanted in {*asked}:
            matching = text("SELECT rowid FROM indexed_fts WHERE indexed_fts MATCH :asked ORDER BY rowid")
            index = db.scalars(matching, {"asked": finding.expression(wanted, "sqlite")}).all() if wanted.lists else []
            read = db.scalars(select(Indexed.id).where(fewentries.fitting(wanted)).order_by(Indexed.id)).all()
            assert read == index, wanted
            some += bool(read)
    assert some > (20 if short[0] else 100)


def test_a_common_word_in_a_rare_topic_is_found_whatever_stands_in_between(site, maker, monkeypatch):
    told(site, maker, site.settings.database_url)
    asked, of_few = [], finding._of_few
    monkeypatch.setattr(searching, "MOST", 2)

    def look(made):
        monkeypatch.setattr(finding, "_of_few", lambda wanted, *narrow: asked.append(wanted) or made(wanted, *narrow))
        with site.reading() as db:
            return [[hit.hash for hit in searching.search(db, CONSOLE, words).hits] for words in ("library topic:tik", "topic:tik -library", "topic:tik after:2023")]

    by_index = look(lambda wanted, *narrow: finding._question("sqlite", False, *narrow, among=True))
    assert look(of_few) == by_index
    assert asked and any(by_index)
