"""Searching: what is found, by whom, in which order, and what is said where nothing is."""

from datetime import timedelta

import pytest

from listserv.errors import NotFound
from listserv.store import search as index
from listserv.usecases import administration, importing, indexing, searching
from listserv.usecases.access import CONSOLE, STRANGER_ON_THE_WEB, Actor, Door
from tests.conftest import add
from tests.findable import found, plain, say, say_each


def hashes(*messages):
    return [message.hash for message in messages]


@pytest.mark.parametrize("asked", ["biblioteka", "BIBLIOTEKOM", "bibliotece", "biblioteką", "bibliotek", "bibliotekach"])
def test_a_polish_word_is_found_in_every_form(db, mlist, now, asked):
    one, two = say_each(db, mlist, now, "Byłem w bibliotece.", "Kto ma klucze do bibliotek?")
    say(db, mlist, now, "Inne", "O czym innym.")

    assert found(db, asked) == hashes(two, one)


@pytest.mark.parametrize("asked", ["lodz", "łódź", "Lodzi", "łodzią"])
def test_diacritics_may_be_left_off(db, mlist, now, asked):
    (one,) = say_each(db, mlist, now, "Spotkanie w Łodzi.")

    assert found(db, asked) == hashes(one)


def test_who_wrote_without_diacritics_is_found_by_who_asks_with_them(db, mlist, now):
    (one,) = say_each(db, mlist, now, "Mam nowe ksiazki, prosze pytac.")

    assert found(db, "książka") == found(db, "książkę prosić") == hashes(one)


def test_english_words_are_found_in_every_form(db, mlist, now):
    one, two = say_each(db, mlist, now, "Two libraries are connected.", "Connecting a library")

    assert found(db, "library connection") == hashes(two, one)
    assert found(db, "libraries") == hashes(two, one)


def test_past_tenses_are_found_by_the_verb(db, mlist, now):
    messages = say_each(db, mlist, now, "Czytałam to wczoraj.", "Czytaliście już?", "Nie czytałbym tego.", "Byłem tam.")

    assert found(db, "czytać") == hashes(*messages[2::-1])


def test_a_phrase_is_found_as_it_is_written(db, mlist, now):
    one, two = say_each(db, mlist, now, "Lekcja biblioteczna o bajkach.", "Biblioteczna lekcja, lekcje biblioteczne.")

    assert found(db, '"lekcja biblioteczna"') == hashes(one)
    assert found(db, "„LEKCJE biblioteczne”") == hashes(two)
    assert found(db, "lekcja biblioteczna") == hashes(two, one)


def test_a_phrase_does_not_reach_from_the_subject_into_the_text(db, mlist, now):
    one = say(db, mlist, now, "Lekcja", "biblioteczna dla klas")

    assert found(db, '"lekcja biblioteczna"') == []
    assert found(db, '"biblioteczna dla"') == hashes(one)


def test_all_words_must_be_there_and_none_that_are_ruled_out(db, mlist, now):
    one, two = say_each(db, mlist, now, "Lekcja w szkole.", "Lekcja w szkole, online.")

    assert found(db, "lekcje szkoły") == hashes(two, one)
    assert found(db, "lekcja -online") == hashes(one)
    assert found(db, "-online") == hashes(one)


def test_a_star_finds_what_begins_so(db, mlist, now):
    one, _ = say_each(db, mlist, now, "Scenariusze gotowe", "Scena pusta")

    assert found(db, "scenar*") == hashes(one)


def test_authors_are_found_by_name_and_by_members_by_address(db, mlist, now):
    one = say(db, mlist, now, "A", "pierwszy", name="Zofia Żółw", email="zofia@example.org")
    say(db, mlist, now, "B", "Pisze o niej: Zofia Żółw, zofia@example.org")

    assert found(db, "from:zofia") == found(db, 'od:"Żółw Zofia"') == found(db, "autor:zolw") == hashes(one)
    assert found(db, "from:zofia@example.org") == hashes(one)
    assert len(found(db, "zofia@example.org")) == 2


def test_an_address_is_no_clue_for_a_stranger(db, mlist, now):
    mlist.archive = "public"
    say(db, mlist, now, "A", "Piszcie na tajny.adres@press.example.net.", name="", email="redakcja@hidden.example.net")

    for asked in ("from:redakcja@hidden.example.net", "tajny.adres@press.example.net", "press", '"press example net"', "hidden", "pressexamplenet", "m_taj*"):
        assert found(db, asked, actor=STRANGER_ON_THE_WEB) == [], asked
    hit = searching.search(db, STRANGER_ON_THE_WEB, "piszcie").hits[0]
    assert "press" not in plain(hit.words)
    assert plain(hit.author) == "redakcja"


def test_days_bound_what_is_found(db, mlist, now):
    old = say(db, mlist, now - timedelta(days=400), "A", "stara lekcja")
    new = say(db, mlist, now, "B", "nowa lekcja")

    assert found(db, "lekcja after:2026") == found(db, "lekcja po:3.03.2026") == hashes(new)
    assert found(db, "lekcja before:2026-03-03") == found(db, "lekcja przed:2026") == hashes(old)
    assert found(db, "after:2026-03-04") == []


def test_a_day_begins_where_the_reader_is(db, mlist, now):
    late = say(db, mlist, now.replace(day=2, hour=23, minute=30), "A", "późno")

    assert found(db, "after:2026-03-03") == []
    assert found(db, "after:2026-03-03", zone="Europe/Warsaw") == hashes(late)


def test_topics_and_threads_bound_what_is_found(db, mlist, now):
    lessons = administration.add_topic(db, mlist, "lekcje", "Lekcje i warsztaty", CONSOLE, now)
    filed = say(db, mlist, now, "A", "karta pracy", topic=lessons)
    other = say(db, mlist, now, "B", "karta biblioteczna")

    assert found(db, "karta topic:lekcje") == found(db, "karta temat:warsztaty") == found(db, 'obszar:"lekcje i warsztaty"') == hashes(filed)
    assert found(db, "karta -topic:lekcje") == hashes(other)
    assert found(db, "karta topic:nic") == []
    assert found(db, f"karta in:thread/{other.thread_id}") == found(db, "karta w:wątku", thread=other.thread_id) == hashes(other)
    assert found(db, "karta in:thread") == hashes(other, filed)
    assert searching.search(db, CONSOLE, "karta in:thread").thread_unknown


def test_files_are_found_by_name_and_by_being_there(db, mlist, now):
    one = say(db, mlist, now, "A", "W załączeniu.", files=(("karty_pracy – łąka.pdf", "application/pdf", b"%PDF-1.4"),))
    other = say(db, mlist, now, "B", "W załączeniu nic.")

    assert found(db, "laka karta") == hashes(one)
    assert found(db, "has:attachment") == found(db, "ma:załącznik") == hashes(one)
    assert found(db, "-has:attachment") == hashes(other)
    assert [plain(file) for file in searching.search(db, CONSOLE, "łąka").hits[0].files] == ["karty_pracy – [łąka].pdf"]


def test_quotes_belong_to_who_is_quoted(db, mlist, now):
    one = say(db, mlist, now, "A", "Kto ma rzutnik?")
    two = say(db, mlist, now, "Re: A", "Ewa Fiszka pisze:\n> Kto ma rzutnik?\n\nJa.", to=one)
    forwarded = say(db, mlist, now + timedelta(hours=1), "B", "Jan pisze:\n> Rzutnik do oddania\n\nChce ktoś?")

    assert found(db, "rzutnik") == hashes(forwarded, one)
    assert found(db, "ja") == hashes(two)


def test_what_is_found_is_marked_where_it_stands(db, mlist, now):
    say(db, mlist, now, "Nowe książki w bibliotece", "Dużo słów. " * 60 + "Na półce stoją książki, <b>w książkach</b> obrazki.")

    hit = searching.search(db, CONSOLE, "książka").hits[0]

    assert plain(hit.subject) == "Nowe [książki] w bibliotece"
    assert "stoją [książki], <b>w [książkach]</b> obrazki." in plain(hit.words)
    assert plain(hit.words).startswith("… ")
    assert len(plain(hit.words)) < 400


def test_the_newest_come_first_and_the_best_on_request(db, mlist, now):
    best = say(db, mlist, now - timedelta(days=9), "Rzutnik", "Rzutnik stoi w sali, rzutnik działa.")
    middle = say(db, mlist, now - timedelta(days=5), "Inne", "rzutnik i rzutnik")
    newest = say(db, mlist, now, "Jeszcze inne", "Mamy jeden rzutnik. " + "Reszta słów. " * 30)

    assert found(db, "rzutnik") == hashes(newest, middle, best)
    assert found(db, "rzutnik", order="best") == hashes(best, middle, newest)


def test_twenty_are_on_a_page(db, mlist, now):
    messages = say_each(db, mlist, now, *(f"kubek {number}" for number in range(45)))

    pages = [searching.search(db, CONSOLE, "kubki", page=number) for number in (1, 2, 3)]

    assert [hit.hash for page in pages for hit in page.hits] == hashes(*messages[::-1])
    assert [(page.total, page.pages.count, len(page.hits)) for page in pages] == [(45, 3, 20), (45, 3, 20), (45, 3, 5)]
    with pytest.raises(NotFound):
        searching.search(db, CONSOLE, "kubki", page=4)
    with pytest.raises(NotFound):
        searching.search(db, CONSOLE, "nic takiego", page=2)


def test_there_is_an_end_to_what_is_counted(db, mlist, now, monkeypatch):
    monkeypatch.setattr(searching, "MOST", 40)
    say_each(db, mlist, now, *(f"kubek {number}" for number in range(45)))

    results = searching.search(db, CONSOLE, "kubek", page=2)

    assert (results.total, results.more, results.pages.count, len(results.hits)) == (40, True, 2, 20)


def test_private_lists_are_found_by_their_members_alone(db, mlist, now):
    member = add(db, mlist, "jan@example.org", now)
    public = administration.create_list(db, administration.NewList("gazetka", "Gazetka", archive="public"), CONSOLE, now)
    elsewhere = add(db, public, "anna@example.org", now)
    inside, outside = say(db, mlist, now, "A", "tajemnica"), say(db, public, now, "B", "tajemnice")

    assert found(db, "tajemnica", actor=Actor(Door.WEB, member.user_id, True)) == hashes(outside, inside)
    assert found(db, "tajemnica", actor=Actor(Door.WEB, elsewhere.user_id, True)) == hashes(outside)
    assert found(db, "tajemnica", actor=STRANGER_ON_THE_WEB) == hashes(outside)
    assert found(db, "tajemnica", mlist) == hashes(inside)
    # Not even as a parameter that no door lets through.
    with pytest.raises(NotFound):
        found(db, "tajemnica", mlist, actor=STRANGER_ON_THE_WEB)


def test_nobody_learns_a_word_of_a_private_list_by_mistyping_it(db, mlist, now):
    say(db, mlist, now, "A", "Kołdunowski przyjedzie")
    public = administration.create_list(db, administration.NewList("gazetka", "Gazetka", archive="public"), CONSOLE, now)
    say(db, public, now, "B", "Kołduny")

    assert searching.search(db, STRANGER_ON_THE_WEB, "koldunofski").suggestions == ()
    assert searching.search(db, CONSOLE, "koldunofski").suggestions == ("kołdunowski",)


def test_a_mistyped_word_and_a_word_too_many_are_no_dead_ends(db, mlist, now):
    say_each(db, mlist, now, "Scenariusze lekcji bibliotecznych", "Krzesła")

    assert searching.search(db, CONSOLE, "scenraiusze").suggestions[0] == "scenariusze"
    assert searching.search(db, CONSOLE, "bibloiteczny lekcja").suggestions
    assert set(searching.search(db, CONSOLE, "scenariusze krzesła").suggestions) == {"scenariusze", "krzesła"}
    assert searching.search(db, CONSOLE, '"lekcje scenariusze"').suggestions == ("lekcje scenariusze",)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("scenarjusz", "scenariuszy"), ("bibloteka", "bibliotekę"), ("warstaty", "warsztatach"), ("spodkanie", "spotkaniu"), ("Fiszkowksa", "fiszkowskiej")],
)
def test_a_mistyped_word_is_known_by_another_of_its_forms(db, mlist, now, typed, meant):
    say_each(db, mlist, now, "Szukam scenariuszy", "Mamy bibliotekę", "Byłam na warsztatach", "Po spotkaniu", "List do Fiszkowskiej")

    assert searching.search(db, CONSOLE, typed).suggestions == (meant,)


def test_a_word_that_is_like_none_suggests_none(db, mlist, now):
    say_each(db, mlist, now, "Scena", "Bibliografia", "Warstwa")

    for typed in ("scenarjusz", "bibloteka", "warstaty"):
        assert searching.search(db, CONSOLE, typed).suggestions == ()


def test_what_is_hidden_is_not_found_even_where_the_index_still_has_it(db, mlist, now):
    one, two = say_each(db, mlist, now, "kubek", "kubek")
    one.hidden_at = now
    db.flush()

    assert found(db, "kubek") == hashes(two)
    indexing.forget(db, [two.id])
    assert found(db, "kubek") == []
    indexing.index(db, [one.id, two.id])
    assert found(db, "kubek") == hashes(two)
    one.hidden_at = None
    indexing.index(db, [one.id])
    assert found(db, "kubek") == hashes(two, one)


def test_a_message_that_moved_to_another_list_is_found_there_once_it_is_indexed(db, mlist, now):
    other = administration.create_list(db, administration.NewList("gazetka", "Gazetka"), CONSOLE, now)
    one = say(db, mlist, now, "A", "kubek")
    one.list_id, one.seq = other.id, 1
    db.flush()

    assert found(db, "kubek", mlist) == []
    indexing.index(db, [one.id])
    assert (found(db, "kubek", mlist), found(db, "kubek", other)) == ([], hashes(one))


def test_a_hand_over_makes_history_found_and_nothing_before(db, mlist, now):
    from tests.usecases.test_importing import found as read_mail
    from tests.usecases.test_importing import hand_over

    raw = b"From: Jan <jan@example.org>\nDate: Mon, 2 Mar 2020 10:00:00 +0000\nSubject: Dawne\nMessage-ID: <dawne@old>\n\nDawna biblioteka\n"
    shadow = importing.begin(db, mlist, "old.mbox", now)
    importing.gather(db, shadow, [read_mail(raw)])

    assert found(db, "biblioteka") == found(db, "biblioteka", mlist) == []
    assert searching.search(db, CONSOLE, "bibliotexa").suggestions == ()
    hand_over(db, shadow, now)
    assert len(found(db, "biblioteka", mlist)) == 1


def test_an_import_that_is_thrown_away_leaves_nothing_behind(db, mlist, now):
    from tests.usecases.test_importing import found as read_mail

    shadow = importing.begin(db, mlist, "old.mbox", now)
    importing.gather(db, shadow, [read_mail(b"From: a@example.org\nDate: Mon, 2 Mar 2020 10:00:00 +0000\nSubject: a\nMessage-ID: <a@old>\n\nkubek\n")])
    importing.begin(db, mlist, "other.mbox", now, afresh=True)

    assert db.query(index.Indexed).count() == 0


def test_facets_lead_to_fewer(db, mlist, now):
    lessons = administration.add_topic(db, mlist, "lekcje", "Lekcje", CONSOLE, now)
    one = say(db, mlist, now, "A", "kubek", topic=lessons, name="Jan Przypis", email="jan@example.org")
    say(db, mlist, now, "B", "kubek")
    say(db, mlist, now, "C", "kubek")

    results = searching.search(db, CONSOLE, "kubek", mlist)

    assert [(facet.title, facet.count) for facet in results.topics] == [("Lekcje", 1)]
    assert [(facet.title, facet.count) for facet in results.authors] == [("Ewa Fiszka", 2), ("Jan Przypis", 1)]
    assert found(db, results.topics[0].query, mlist) == found(db, results.authors[1].query, mlist) == hashes(one)


def test_nothing_asked_is_no_question(db, mlist, now):
    say(db, mlist, now, "A", "kubek")

    for asked in ("", "   ", '""', "-", "!?"):
        results = searching.search(db, CONSOLE, asked)
        assert (results.query.asks, results.hits) == (False, ()), asked
