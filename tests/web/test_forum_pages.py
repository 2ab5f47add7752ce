"""The front page and the pages of threads."""

from datetime import timedelta

from sqlalchemy import select

from listserv.store.lists import MailingList, list_by_name
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, member, signed_in, stranger, words  # noqa: F401


def test_the_front_page_shows_a_stranger_only_what_anybody_may_read(stranger, archive):
    said = words(stranger.page("/"))

    assert "Gazetka" in said
    assert "Sieć BP" not in said


def test_the_front_page_shows_a_member_their_lists(member):
    said = words(member.page("/"))

    assert "Sieć BP" in said
    assert "2 threads" in said


def test_a_stranger_at_a_site_without_public_lists_finds_a_door(stranger):
    page = stranger.page("/")

    assert 'action="/sign-in"' in page
    assert "moderator_NAME@ lists.example.org" in words(page)


def test_a_list_shows_its_threads_with_the_newest_activity_first(member):
    page = member.page("/siecibp/")

    assert page.index("Kto ma klucz?") < page.index("Scenariusze lekcji")
    said = words(page)
    assert "Jan Przypis: Do szafki na mapy." in said
    assert "Zofia Lektura: Dziękuję. Ewa Fiszka, Jan Przypis Lekcje i warsztaty" in said
    assert "3 messages" in said
    assert "3 people, 3 of them have written." in said


def test_a_question_that_nobody_answered_is_waiting(member):
    said = words(member.page("/siecibp/"))

    assert said.count("Waiting for an answer") == 1
    assert "Do szafki na mapy. Waiting for an answer" in said


def test_pinned_threads_stand_first(member, site, now):
    with site.writing() as db:
        old = seeds.thread(db, list_by_name(db, "siecibp"), "Jak to działa", now - timedelta(days=90), pinned=True, closed=True)
        old.say("Ewa Fiszka", "ewa@example.org", "Po prostu.")

    page = member.page("/siecibp/")

    assert page.index("Jak to działa") < page.index("Kto ma klucz?")
    assert "Pinned Closed" in words(page)
    assert words(page).count("Waiting for an answer") == 1


def test_twenty_five_threads_make_a_page(member, site, now):
    with site.writing() as db:
        for number in range(60):
            seeds.thread(db, list_by_name(db, "siecibp"), f"Wątek numer {number}.", now - timedelta(days=10 + number)).say("Ewa", "ewa@example.org", "?")

    first, last = member.page("/siecibp/"), member.page("/siecibp/?page=3")

    assert first.count('<li class="thread') == 25
    assert last.count('<li class="thread') == 12
    assert "Wątek numer 59." in last
    assert 'href="/siecibp/?page=2" rel="next"' in first
    member.page("/siecibp/?page=4", 404)
    member.page("/siecibp/?page=0", 404)
    assert member.page("/siecibp/?page=drei") == first


def test_a_topic_shows_its_own_threads(member):
    said = words(member.page("/siecibp/topic/lekcje"))

    assert "Scenariusze lekcji" in said
    assert "Kto ma klucz?" not in said
    member.page("/siecibp/topic/nic", 404)


def test_a_month_shows_the_threads_in_which_something_was_written(member):
    assert "Scenariusze lekcji" in member.page("/siecibp/month/2026-03")
    assert "Nothing was written here." in member.page("/siecibp/month/2025-12")
    for wrong in ("2026-13", "2026-00", "0000-01", "9999-12", "2026-3", "x"):
        member.page(f"/siecibp/month/{wrong}", 404)


def test_all_months_are_on_one_page(member):
    assert "March 2026 4 messages" in words(member.page("/siecibp/month/"))


def test_a_person_shows_what_they_wrote_here(member, archive):
    said = words(member.page(f"/siecibp/person/{archive.users['Jan Przypis']}"))

    assert "Jan Przypis 2 messages on this list" in said
    assert said.index("Kto ma klucz?") < said.index("Scenariusze lekcji")
    member.page("/siecibp/person/9999", 404)
    member.page("/siecibp/person/99999999999999999999999", 404)


def test_a_person_of_another_list_is_not_found(stranger, archive):
    stranger.page(f"/gazetka/person/{archive.users['Jan Przypis']}", 404)


def test_an_empty_list_says_so(stranger, site, now, archive):
    with site.writing() as db:
        db.add(MailingList(name="pusta", title="Pusta", archive="public", created_at=now))

    assert "Nobody has written yet." in stranger.page("/pusta/")


def test_an_administrator_sees_every_list(app, site, archive):
    with site.writing() as db:
        db.scalar(select(MailingList)).topics  # noqa: B018
        from listserv.store.people import address_by_key

        address_by_key(db, "zofia@example.org").user.administrator = True

    assert "Sieć BP" in signed_in(app, site, "zofia@example.org").page("/")


def test_a_list_is_found_whatever_the_case_of_its_name(stranger, archive):
    assert "Gazetka" in stranger.page("/GAZETKA/")


def test_the_page_speaks_the_readers_language_and_marks_the_lists_own_words(stranger, archive):
    page = stranger.page("/gazetka/", headers={"Accept-Language": "de, pl;q=0.8, en;q=0.5"})
    assert '<html lang="pl">' in page
    assert "2\N{NO-BREAK SPACE}wiadomości" in page
    assert 'lang="pl"' not in page.split("<body>")[1]

    page = stranger.page("/gazetka/", headers={"Accept-Language": "en-GB"})
    assert '<html lang="en">' in page
    assert '<h1 lang="pl">Gazetka</h1>' in page


def test_without_a_known_language_the_sites_is_spoken(stranger, archive):
    assert '<html lang="pl">' in stranger.page("/gazetka/", headers={"Accept-Language": "de"})


def test_a_persons_own_language_comes_first(app, site, archive):
    with site.writing() as db:
        from listserv.store.people import address_by_key

        address_by_key(db, "ewa@example.org").user.language = "pl"

    assert '<html lang="pl">' in signed_in(app, site, "ewa@example.org").page("/", headers={"Accept-Language": "en"})
