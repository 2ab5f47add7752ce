"""Who has written on a list: names and numbers, never addresses."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from listserv.store.lists import list_by_name
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, member, stranger, words  # noqa: F401


def wrote(site, now, listname, *said):
    """(name, address) of each message, an hour apart."""
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, listname), "Rozmowa", now - timedelta(days=9))
        return [talk.say(name, email, "Słowa.") for name, email in said]


def names(page):
    return [part.split("</a>")[0].split("</b>")[0].rpartition(">")[2] for part in page.split('<span class="what">')[1:]]


def test_people_stand_in_the_order_of_their_last_word_with_what_they_wrote(member, archive):
    page = member.page("/siecibp/people/")

    assert names(page) == ["Jan Przypis", "Zofia Lektura", "Ewa Fiszka"]
    assert "3 people have written here. 3 people are on the list now." in words(page)
    assert f'<a href="/siecibp/person/{archive.users["Jan Przypis"]}">Jan Przypis</a>' in page
    assert "Jan Przypis 2 messages, the last: 3 March 2026" in words(page)


def test_they_can_be_ordered_by_how_much_they_wrote_and_by_their_last_names(member, archive, site, now):
    wrote(site, now, "siecibp", ("Adam Żuraw", "z@old.example.net"), ("Żaneta Łoś", "l@old.example.net"), ("Zofia Lektura", "zofia@example.org"))

    assert names(member.page("/siecibp/people/?order=most"))[:2] == ["Zofia Lektura", "Jan Przypis"]
    assert names(member.page("/siecibp/people/?order=name")) == ["Ewa Fiszka", "Zofia Lektura", "Żaneta Łoś", "Jan Przypis", "Adam Żuraw"]
    assert names(member.page("/siecibp/people/?order=nonsense")) == names(member.page("/siecibp/people/"))


def test_who_has_no_account_is_one_name_however_many_addresses_and_leads_to_what_they_wrote(member, archive, site, now):
    wrote(site, now, "siecibp", ("Piotr Dawny", "p@one.example.net"), ("Piotr Dawny", "p@two.example.net"), ("", "dawna@old.example.net"))

    page = member.page("/siecibp/people/")

    assert "Piotr Dawny 2 messages" in words(page)
    assert names(page).count("Piotr Dawny") == names(page).count("dawna") == 1
    link = page.split(">Piotr Dawny</a>")[0].rpartition('href="')[2].partition('"')[0]
    assert link == "/siecibp/search?q=from%3A%22Piotr%20Dawny%22"
    member.page(link)


def test_strangers_at_a_public_archive_see_names_and_no_address_nor_who_only_reads(stranger, archive):
    page = stranger.page("/gazetka/people/")

    assert names(page) == ["czytelnik", "redakcja"]
    assert "example.net" not in page.partition("<main")[2].partition("</main>")[0]
    assert "on the list now" not in page
    assert "Zofia" not in page
    stranger.page("/siecibp/people/", 404)


def test_whoever_has_nothing_shown_is_not_there(member, archive, site, now):
    hidden, _ = wrote(site, now, "siecibp", ("Ukryty Ktoś", "u@old.example.net"), ("Jawny Ktoś", "j@old.example.net"))
    with site.writing() as db:
        db.merge(hidden).hidden_at = now

    assert "Jawny Ktoś" in (page := member.page("/siecibp/people/"))
    assert "Ukryty" not in page


def test_several_hundred_stand_on_pages_that_ask_the_database_a_few_times(member, archive, site, now):
    wrote(site, now, "siecibp", *((f"Osoba {number:03}", f"o{number}@old.example.net") for number in range(120)))
    statements = []
    event.listen(site.engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))

    first, last = member.page("/siecibp/people/?order=name"), member.page("/siecibp/people/?order=name&page=3")

    assert len(names(first)) == 50 and len(names(last)) == 23
    assert "?page=2&amp;order=name" in first
    assert len(statements) <= 12
    member.page("/siecibp/people/?page=4", 404)
    member.page("/siecibp/people/?page=0", 404)


@pytest.mark.parametrize("path", ["/siecibp/", "/siecibp/month/"])
def test_the_people_are_linked_from_the_lists_pages(member, archive, path):
    assert '<a href="/siecibp/people/">People</a>' in member.page(path)
