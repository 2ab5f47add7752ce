"""What pages show, as values; and what they refuse."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.errors import NotFound
from listserv.store.lists import Archive
from listserv.usecases import forums, reading
from listserv.usecases.access import STRANGER_ON_THE_WEB, Actor, Door
from listserv.usecases.contents import recent_months
from listserv.usecases.conversations import arrange, changed_subject, mask, speaker
from listserv.usecases.reading import page_of
from tests import archive_seeds as seeds
from tests.conftest import add


@pytest.fixture
def ewa(db, mlist, now):
    """Somebody on the list, as a browser shows her."""
    return Actor(Door.WEB, add(db, mlist, "ewa@example.org", now, name="Ewa Fiszka").user_id, proven=True)


@pytest.fixture
def talk(db, mlist, now):
    """A conversation of two."""
    told = seeds.thread(db, mlist, "Scenariusze", now - timedelta(hours=5))
    first = told.say("Ewa Fiszka", "ewa@example.org", "Kto ma?")
    told.say("Jan Przypis", "jan@example.org", "Ja, pod jan@example.org.", to=first)
    return told


def test_a_stranger_is_refused_what_a_member_reads(db, mlist, ewa, talk):
    for look in (
        lambda who: forums.forum(db, "siecibp", who),
        lambda who: forums.month(db, "siecibp", 2026, 3, who),
        lambda who: forums.months(db, "siecibp", who),
        lambda who: reading.thread(db, "siecibp", talk.thread.id, who),
        lambda who: reading.message(db, "siecibp", talk.messages[0].hash, who),
        lambda who: reading.raw(db, "siecibp", talk.messages[0].hash, who),
    ):
        assert look(ewa)
        with pytest.raises(NotFound) as hidden:
            look(STRANGER_ON_THE_WEB)
        assert str(hidden.value) == "there is no such page"


def test_a_public_archive_is_read_by_strangers_without_addresses(db, mlist, ewa, talk):
    mlist.archive = Archive.PUBLIC

    seen = reading.thread(db, "siecibp", talk.thread.id, STRANGER_ON_THE_WEB)

    assert seen.posts[1].pieces[0].text == "Ja, pod jan@…."
    assert reading.thread(db, "siecibp", talk.thread.id, ewa).posts[1].pieces[0].text == "Ja, pod jan@example.org."
    with pytest.raises(NotFound):
        reading.raw(db, "siecibp", talk.messages[0].hash, STRANGER_ON_THE_WEB)


def test_raw_bytes_are_those_that_came(db, mlist, ewa, talk):
    raw = reading.raw(db, "siecibp", talk.messages[0].hash, ewa)

    assert raw == seeds.mail("Ewa Fiszka", "ewa@example.org", "Scenariusze", "Kto ma?", talk.messages[0].message_id)


def test_others_are_named_before_they_are_counted(db, mlist, ewa, now):
    for count in (3, 5):
        told = seeds.thread(db, mlist, f"{count}", now - timedelta(hours=count))
        for number in range(count):
            told.say(f"Osoba {number}", f"o{number}@example.org", "?", minutes=1)

    three, five = forums.forum(db, "siecibp", ewa).lines

    assert (three.author, three.others, three.more) == ("Osoba 2", ("Osoba 0", "Osoba 1"), 0)
    assert (five.author, five.others, five.more) == ("Osoba 4", ("Osoba 0", "Osoba 1"), 2)


def test_a_thread_that_was_joined_to_another_is_moved(db, mlist, ewa, talk, now):
    other = seeds.thread(db, mlist, "Inny", now)
    other.thread.merged_into = talk.thread.id
    db.flush()

    moved = reading.thread(db, "siecibp", other.thread.id, ewa)

    assert (moved.mlist.name, moved.thread_id) == ("siecibp", talk.thread.id)
    assert [line.id for line in forums.forum(db, "siecibp", ewa).lines] == [talk.thread.id]


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("Jan <jan.k@poczta.example.org>", "Jan <jan.k@…>"),
        ("a@żółw.pl, b@xn--p1ai.xn--p1ai.", "a@…, b@…."),
        ("<b>jan</b>@example.org", "<b>jan</b>@…"),
        ('href="mailto:jan%40example.org"', 'href="mailto:jan@…"'),
        ("https://social.example.org/@jan.k", "https://social.example.org/@jan.k"),
        ("mapa @52.1,21.0 i @jan", "mapa @52.1,21.0 i @jan"),
        ("", ""),
    ],
)
def test_addresses_end_at_their_at_sign(text, masked):
    assert mask(text) == masked


@pytest.mark.parametrize(
    ("author", "email", "name"),
    [
        ("Ewa", "e@x.org", "Ewa"),
        ("", "ewa@x.org", "ewa"),
        ("ewa@x.org", "ewa@x.org", "ewa"),
        ("'ewa@x.org'", "ewa@x.org", "ewa"),
        (" ", "", ""),
        ("ewa@x.org via Lista", "l@x.org", "ewa"),
    ],
)
def test_a_speaker_is_never_called_by_an_address(author, email, name):
    assert speaker(author, email) == name


@pytest.mark.parametrize(
    ("subject", "thread", "changed"),
    [("Kawa", "Kawa", False), ("Re: Odp: kawa", "Kawa", False), ("", "Kawa", False), ("Herbata", "Kawa", True), ("Odp: Nie ma kawy", "kawy", False)],
)
def test_a_subject_changes_when_its_words_do(subject, thread, changed):
    assert changed_subject(subject, thread) is changed


@given(st.lists(st.integers(0, 30), max_size=30))
def test_every_message_has_one_place_whatever_its_parents_say(parents):
    heads = [SimpleNamespace(id=number, parent_id=parent) for number, parent in enumerate(parents, 1)]

    places = arrange(heads)

    assert sorted(place.head.id for place in places) == [head.id for head in heads]
    assert all(0 <= place.depth <= 3 for place in places)
    assert [place.number for place in arrange(heads, flat=True)] == list(range(1, len(heads) + 1))


@pytest.mark.parametrize(("number", "total", "count"), [(1, 0, 1), (1, 25, 1), (2, 26, 2)])
def test_pages_are_counted(number, total, count):
    assert page_of(number, total, 25).count == count


@pytest.mark.parametrize(("number", "total"), [(0, 10), (-1, 10), (2, 25), (10**30, 25)])
def test_there_is_no_page_beyond_the_last(number, total):
    with pytest.raises(NotFound):
        page_of(number, total, 25)


def test_the_last_three_months_are_named():
    def day(year, month):
        return datetime(year, month, 15, tzinfo=UTC)

    assert recent_months(day(2020, 5), day(2026, 1)) == ((2026, 1), (2025, 12), (2025, 11))
    assert recent_months(day(2026, 2), day(2026, 3)) == ((2026, 3), (2026, 2))
