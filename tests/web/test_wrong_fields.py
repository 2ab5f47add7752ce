"""A form that comes back: what is wrong stands at its field, there the reader goes on, and what was typed is still there."""

import re

import pytest

from listserv.store.lists import list_by_name
from tests.usecases.meet import user
from tests.web.readers import app, hidden, signed_in, words  # noqa: F401  (fixtures)

FORMS = (
    ("/siecibp/settings", "title", {"title": "", "description": "Nowy opis"}, "never empty", "Nowy opis"),
    ("/siecibp/settings", "max_size", {"title": "Inny", "max_size": "dużo"}, "a number of megabytes", "dużo"),
    ("/siecibp/meetings/new", "title", {"title": "", "day": "2026-04-02"}, "needs a title", "2026-04-02"),
    ("/siecibp/meetings/new", "day", {"title": "Zebranie", "day": "2020-01-01", "begins": "16:30"}, "which day", "2020-01-01"),
    ("/siecibp/meetings/new", "seats", {"title": "Zebranie", "day": "2026-04-02", "begins": "16:30", "seats": "sto"}, "whole number", "sto"),
    ("/siecibp/questions/new", "title", {"title": "", "text": "Kiedy?"}, "title", "Kiedy?"),
    ("/siecibp/moderate/bans", "pattern", {"do": "look", "pattern": "( ["}, "neither an address", "( ["),
    ("/me/addresses", "email", {"email": "to nie adres"}, "does not look like", "to nie adres"),
    ("/me/tokens", "name", {"name": "", "scope": "read", "days": "30"}, "what the token is for", "Make the token"),
)


@pytest.fixture
def owner(app, site, network):
    with site.writing() as db:
        mlist, person = list_by_name(db, "siecibp"), user(db, "Alina Zakładka")
        mlist.meetings = mlist.surveys = True
        person.language = "en"
    return signed_in(app, site, "owner@example.org")


def test_what_is_wrong_stands_at_its_field_where_the_focus_goes(owner):
    for path, field, typed, said, kept in FORMS:
        refused = owner.send(path, seen=hidden(owner.page(path), "seen"), **typed)
        assert refused.status_code == 400, (path, words(refused.text))
        (tag,) = re.findall(rf'<(?:input|textarea)[^>]* id="{field}"[^>]*>', refused.text)
        assert ' aria-invalid="true" autofocus' in tag, (path, tag)
        assert re.search(r'aria-describedby="(?:[\w-]+ )?wrong\b', tag), (path, tag)
        assert refused.text.count(' aria-invalid="true" autofocus') == 1
        assert said in words(re.search(r'id="wrong"[^>]*>(.*?)</p>', refused.text, re.DOTALL)[1]), path
        assert kept in refused.text, path
