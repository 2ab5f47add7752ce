"""Both databases find the same: the same archive, hundreds of questions, the same hits in the same order."""

import random
from datetime import timedelta

import pytest
from sqlalchemy import text

from listserv.site import Site
from listserv.store import finding, rarewords, search
from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.usecases import administration, indexing, searching
from listserv.usecases.access import CONSOLE, STRANGER_ON_THE_WEB
from tests.conftest import START, Clock, on
from tests.findable import say
from tests.sampling import often, short
from tests.words.inflections import BY_HAND

WORDS = [form for line in BY_HAND for form in line] + [
    "library",
    "libraries",
    "e-mail",
    "C++",
    "2.0",
    "12:30",
    "中村",
    "Straße",
    "naïve",
    "don't",
    "m_x",
    "l_1",
    "_",
    "AND",
    "OR",
    "NOT",
    "NEAR",
]
ODD = [
    '"',
    "*",
    "-",
    "(",
    ")",
    ":",
    "'",
    "\\",
    "&",
    "|",
    "!",
    "<->",
    "\x00",
    "\ud800",
    "%",
    "{",
    "^",
    "+",
    "~",
    "@",
    "a@b.c",
    "ewa@example.org",
    "__",
    "\n",
    "🙂",
    "İ",
    "ŉ",
]


def tell(site):
    """An archive made of chance, always the same."""
    chance = random.Random(7)
    with site.writing() as db:
        lists = [
            administration.create_list(db, administration.NewList(name, name, archive=kind), CONSOLE, site.now())
            for name, kind in (("siecibp", "members"), ("gazetka", "public"))
        ]
        topic = administration.add_topic(db, lists[0], "tik", "Lekcje TIK", CONSOLE, site.now())
        before = None
        for number in range(120):
            mlist = chance.choice(lists)
            subject, body = (" ".join(chance.choices(WORDS, k=count)) for count in (3, chance.choice((2, 15, 60))))
            if number % 7 == 0:
                body += " https://www.example.org/x ewa@example.org " + " ".join(chance.choices(ODD, k=8)).encode("utf-8", "replace").decode()
            if number == 50:
                body = "tak nie " * 400 + "koniec " + " ".join(f"liczba{n}" for n in range(15_000)) + " niewidoczne"
            files = (("karta_pracy.pdf", "application/pdf", b"%PDF"),) if number % 9 == 0 else ()
            at = START - timedelta(days=number * 11, seconds=chance.randint(0, 3))
            name = chance.choice(("Ewa Fiszka", "Łukasz Żółw", "", "中村"))
            before = say(
                db,
                mlist,
                at,
                subject,
                body,
                name=name,
                files=files,
                topic=topic if mlist is lists[0] and number % 3 == 0 else None,
                to=before if before is not None and before.list_id == mlist.id and number % 4 == 0 else None,
            )
            before.message_id, before.hash = f"{number}@alike", f"{number:032}"
            if number % 23 == 0:
                before.hidden_at = site.now()
        search.take_stock(db)


def told(site, maker, url):
    """A site with that archive, which is made once for each database and then copied."""
    if "alike" in maker.kept:
        maker.fill(url, "alike")
        return
    tell(site)
    site.close()
    maker.keep(url, "alike")


@pytest.fixture
def sites(settings, request, tmp_path):
    made = []
    for name in ("sqlite", "postgresql"):
        maker = request.getfixturevalue(name)
        (tmp_path / name).mkdir()
        url = maker.migrated(tmp_path / name)
        made.append((Site(on(settings, url), now=Clock()), maker, url))
        told(*made[-1])
    yield [site for site, *_ in made]
    for site, maker, url in made:
        site.close()
        maker.remove(url)


def questions():
    """Hundreds in the long run; in the ordinary one every filter, and a part of what chance puts together."""
    chance, part = random.Random(11), 5 if short[0] else 1
    plain = WORDS + [form[: chance.randint(2, 6)] + "*" for form in WORDS[::9]] + ODD
    filters = [
        "from:ewa",
        "od:Łukasz",
        "topic:tik",
        "-topic:tik",
        "before:2025",
        "after:2024-06",
        "has:attachment",
        "-ma:załącznik",
        "subject:lekcja",
        "in:thread",
        "in:3",
        "from:ewa@example.org",
        "example",
        "liczba9000",
        "niewidoczne",
        '"nie tak"',
        '"tak nie koniec"',
        "-tak",
        "liczba1*",
    ]
    yield from plain[:: 9 * part]
    yield from filters
    for _ in range(often(30 if short[0] else 50)):
        pieces = chance.choices(plain, k=chance.randint(1, 4)) + chance.choices(filters, k=chance.randint(0, 2))
        chance.shuffle(pieces)
        yield " ".join(("-" if chance.random() < 0.15 else "") + piece for piece in pieces)
    for _ in range(often(20)):
        yield f'"{" ".join(chance.choices(WORDS, k=2))}"'
    for number in range(0, 120, 6 * part):
        yield f"phrase of {number}"


def answers(site, actor, every=1):
    """What is found by each question; in the ordinary run, by one in so many."""
    given, some = [], list(questions())[:: every if short[0] else 1]
    with site.reading() as db:
        mlist = list_by_name(db, "gazetka")
        bodies = {row.hash: row.body.text for row in db.query(Message)}
        for asked in some:
            if asked.startswith("phrase of "):
                words = bodies[f"{int(asked[10:]):032}"].split()
                asked = f'"{" ".join(words[:3])}"'
            for order in ("new", "best"):
                one = searching.search(db, actor, asked, order=order)
                given.append(
                    (asked, order, one.total, one.hits and [(hit.hash, hit.words, hit.subject, hit.author, hit.files) for hit in one.hits], one.suggestions)
                )
            here = searching.search(db, actor, asked, mlist)
            given.append((asked, "gazetka", here.total, [hit.hash for hit in here.hits], here.topics, here.authors))
    return given


def test_both_databases_give_the_same_answers(sites):
    sqlite, postgresql = (answers(site, CONSOLE) for site in sites)

    assert len(sqlite) == 3 * len(list(questions())) > (100 if short[0] else 450)
    assert sum(1 for one in sqlite if one[2]) > len(sqlite) / 4
    for one, other in zip(sqlite, postgresql, strict=True):
        assert one == other


def test_both_do_so_too_where_the_newest_entries_are_asked_first_as_in_a_large_archive(sites, monkeypatch):
    for name, value in (("FIRST", 7), ("LARGE", 50), ("FEW", 40)):
        monkeypatch.setattr(rarewords, name, value)
    with sites[1].reading() as db:
        # Of so few entries, what two of the newest have is rare, and what three have is not.
        first = rarewords.newest_of(db, None)
        assert first.entries > 100 and (first.is_rare(2), first.is_rare(3)) == (True, False)
        below = rarewords.newest_of(db, first.above)
        assert below.above < first.above

    sqlite, postgresql = (answers(site, CONSOLE, 3) for site in sites)

    for one, other in zip(sqlite, postgresql, strict=True):
        assert one == other


def test_strangers_get_the_same_answers_of_public_lists_alone(sites):
    def told(site):
        with site.reading() as db:
            return [[(hit.list_name, hit.hash, hit.words) for hit in searching.search(db, STRANGER_ON_THE_WEB, asked).hits] for asked in list(questions())[::4]]

    sqlite, postgresql = (told(site) for site in sites)

    assert sqlite == postgresql
    assert {hit[0] for hits in sqlite for hit in hits} == {"gazetka"}


def test_the_index_follows_its_rows(db, mlist, now):
    one = say(db, mlist, now, "A", "kubek")
    other = say(db, mlist, now, "B", "talerz")

    indexing.forget(db, [one.id])
    row = db.query(search.Indexed).one()
    search.change_terms(db, row.id, row.terms.replace("talerz", "widelec"))

    def there(term):
        return [place.number & search.MASK for place in finding.newest(db, finding.Wanted(frozenset({mlist.id}), (finding.Choice(frozenset({term})),)), 5)]

    assert (there("kubek"), there("talerz"), there("widelec")) == ([], [], [other.id])


@pytest.mark.only_sqlite
def test_the_index_of_sqlite_is_whole(db, mlist, now):
    for number in range(30):
        say(db, mlist, now, "A", f"kubek {number}")
    indexing.index(db, [message.id for message in db.query(Message)])

    db.execute(text("INSERT INTO indexed_fts (indexed_fts) VALUES ('integrity-check')"))


def test_numbers_of_entries_keep_the_order_of_time_before_the_epoch_too(now):
    moments = [now.replace(year=year) for year in (1905, 1969, 1970, 2026, 2200)]
    numbers = [search.number_from(moment) | 2**30 - 1 for moment in moments]

    assert numbers == sorted(numbers)
    assert all(number & search.MASK == 2**30 - 1 and -(2**63) < number < 2**63 for number in numbers)
