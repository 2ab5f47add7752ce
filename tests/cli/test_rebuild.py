"""`db rebuild`: what is derived from the bytes of the archive, made again."""

from listserv.store.archive import Body
from listserv.store.lists import list_by_name
from listserv.store.search import Indexed
from tests.findable import found, say


def test_an_archive_without_an_index_is_found_after_a_rebuild(run, network, site, now):
    with site.writing() as db:
        for number in range(3):
            say(db, list_by_name(db, network), now, "Kubki", f"kubek {number}")
        db.query(Indexed).delete()
        db.query(Body).update({"text": "stare"})

    told = run("db", "upgrade")
    ran = run("db", "rebuild", network)

    assert "3 messages cannot be found by searching yet: run `listserv db rebuild`" in told.out
    assert (ran.code, ran.out) == (0, "made 3 messages again\n")
    assert "rebuild" not in run("db", "upgrade").out
    with site.reading() as db:
        assert len(found(db, "kubek 1")) == 1


def test_the_whole_site_is_the_default_and_programs_are_told_in_json(run, network):
    assert run("db", "rebuild", "--json").out.split() == ["{", '"messages":', "0", "}"]


def test_a_list_that_is_not_there_is_said_so(run, network):
    ran = run("db", "rebuild", "nicniema")

    assert ran.code == 3
    assert "there is no list nicniema" in ran.err
