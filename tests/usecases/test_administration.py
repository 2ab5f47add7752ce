import pytest

from listserv.errors import Invalid
from listserv.usecases import administration
from listserv.usecases.access import CONSOLE


@pytest.mark.parametrize(("key", "value"), [("title", " "), ("alias", "zle"), ("archive", "secret"), ("max_size", "big"), ("emergency", "maybe"), ("nothing", "x")])
def test_a_setting_that_cannot_be_is_refused_by_name(db, mlist, now, key, value):
    with pytest.raises(Invalid, match=key):
        administration.set_list(db, mlist, {key: value}, CONSOLE, now)


def test_aliases_are_kept_one_after_the_other(db, mlist, now):
    administration.set_list(db, mlist, {"alias": "a@example.org, b@example.org"}, CONSOLE, now)

    assert mlist.alias == "a@example.org b@example.org"


def test_topics_keep_the_order_in_which_they_were_made(db, mlist, now):
    made = [administration.add_topic(db, mlist, slug, slug, CONSOLE, now).position for slug in ("a", "b", "c")]

    assert made == [0, 1, 2]
