"""Other words than were asked for, where nothing is found: only such as the person may read, spelled as they are there."""

import pytest

from listserv.usecases import administration, searching
from listserv.usecases.access import CONSOLE, STRANGER_ON_THE_WEB, Actor, Door
from tests.conftest import add
from tests.findable import say, say_each


@pytest.fixture
def public(db, now):
    return administration.create_list(db, administration.NewList("gazetka", "Gazetka", archive="public"), CONSOLE, now)


def offered(db, text, actor=STRANGER_ON_THE_WEB, mlist=None):
    return searching.search(db, actor, text, mlist).suggestions


def test_a_word_that_only_a_private_list_has_is_offered_to_its_members_alone(db, mlist, public, now):
    say(db, public, now, "Bajki", "kwartznik, kwartzniami")
    say(db, mlist, now, "Bajki", "kwartznia")

    # A form of the same stem is no leave to tell the other.
    assert offered(db, "kwartznix") == ("kwartznik", "kwartzniami")
    assert offered(db, "kwartznix", CONSOLE) == ("kwartznia", "kwartznik", "kwartzniami")


def test_a_spelling_that_only_a_private_list_has_is_offered_to_its_members_alone(db, mlist, public, now):
    say(db, mlist, now, "Góry", "Gżegżółkołap")
    say(db, public, now, "Ptaki", "gzegzolkolap")

    assert offered(db, "gzegzolkolab") == ("gzegzolkolap",)
    assert offered(db, "gzegzolkolab", CONSOLE) == ("gżegżółkołap",)


def test_the_spelling_is_that_of_what_one_may_read_whoever_wrote_the_word_first(db, mlist, public, now):
    say(db, mlist, now, "A", "krolestwo")
    say_each(db, public, now, "Królestwo", "krolestwo", "Krolestwo")

    assert offered(db, "krolestvo") == ("królestwo",)
    # In an author's name and in a subject too.
    say(db, public, now, "Źdźbło", "Zielone", name="Zbigniew Ćwierćnut")
    assert (offered(db, "zdzblp"), offered(db, "cwiercnud")) == (("źdźbło",), ("ćwierćnut",))


def test_words_of_others_take_no_words_place(db, mlist, public, now):
    # All of these are likelier to be meant than the one that a stranger may read.
    say(db, mlist, now, "A", " ".join(f"pomarancz{letter}" for letter in "abcdefghijklmn"))
    say(db, public, now, "B", "xomaranczq")

    assert offered(db, "pomaranczq") == ("xomaranczq",)
    assert len(offered(db, "pomaranczq", CONSOLE)) == 3


def test_a_member_of_one_list_is_offered_nothing_of_another(db, mlist, public, now):
    member = Actor(Door.WEB, add(db, public, "anna@example.org", now).user_id, True)
    say(db, mlist, now, "A", "tajemnica")

    assert offered(db, "tajemnicq", member) == offered(db, "tajemnicq", CONSOLE, public) == ()
    assert offered(db, "tajemnicq", CONSOLE) == offered(db, "tajemnicq", CONSOLE, mlist) == ("tajemnica",)


def test_a_word_of_what_is_hidden_is_not_offered_even_where_the_index_still_has_it(db, public, now):
    one = say(db, public, now, "A", "skandaliczny")
    assert offered(db, "skandalicxny") == ("skandaliczny",)

    one.hidden_at = now
    db.flush()

    assert offered(db, "skandalicxny") == ()


def test_the_domain_of_an_address_lends_no_spelling_to_who_does_not_see_it(db, public, now):
    say(db, public, now, "A", "gzegzolka lubi jan@gżegżółka.example")

    assert offered(db, "gzegzolkx") == ("gzegzolka",)
