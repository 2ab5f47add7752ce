"""What stands for a message in lists and among what was found; and what its author is called."""

import pytest

from listserv.mail.parse import parse
from listserv.store.archive import Message
from listserv.store.queue import keep_raw
from listserv.usecases import archiving, rebuilding, searching
from listserv.usecases.access import CONSOLE
from listserv.words.query import understood
from tests.conftest import add
from tests.findable import found, plain, say

ANSWER = """Przyjdę z sernikiem.

--SPACE
Biblioteka w Kątach

Od: Halina Okładka <halina@example.org>
Wysłane: wtorek, 3 marca 2026 10:10
Do: siecibp@example.org
Temat: Spotkanie

Kto upiecze makowiec?
""".replace("--SPACE", "-- ")
BARE = b"From: irena@example.org\nTo: siecibp@lists.example.org\nMessage-ID: <1@bare.invalid>\nSubject: Bez nazwy\n\nTo ja.\n"


def excerpts(db, text):
    return [plain(hit.words) for hit in searching.search(db, CONSOLE, text).hits]


def test_what_was_found_is_shown_from_what_is_said(db, mlist, now):
    say(db, mlist, now, "Spotkanie", ANSWER)

    assert excerpts(db, "sernik") == ["Przyjdę z [sernikiem]."]
    # Where only the subject says it, the message's own words stand for it; where only what it quotes does, that.
    assert excerpts(db, "spotkanie") == ["Przyjdę z sernikiem."]
    assert "[makowiec]" in excerpts(db, "makowiec")[0]


def test_marks_of_what_was_written_here_are_taken_off(db, mlist, now):
    raw = f"Message-ID: <{'a1' * 12}@lists.example.org>\nFrom: Ewa <ewa@example.org>\nSubject: Nowe\nMIME-Version: 1.0\n".encode()
    raw += b'Content-Type: multipart/alternative; boundary="x"\n\n--x\nContent-Type: text/plain; charset=utf-8\n\n'
    raw += "Zrobiłam to **wczoraj**, naprawdę.\n".encode() + b"\n--x\nContent-Type: text/html; charset=utf-8\n\n<p>x</p>\n--x--\n"
    message = archiving.add(db, mlist, archiving.Arrival(parse(raw), keep_raw(db, raw).id, now))

    assert message.snippet == "Zrobiłam to wczoraj, naprawdę."
    assert excerpts(db, "wczoraj") == ["Zrobiłam to [wczoraj], naprawdę."]


def test_a_member_whose_program_gives_no_name_speaks_under_their_own(db, mlist, now):
    add(db, mlist, "irena@example.org", now, name="Irena Zszywka")
    message = archiving.add(db, mlist, archiving.Arrival(parse(BARE), keep_raw(db, BARE).id, now))

    assert message.author == "Irena Zszywka"
    assert found(db, "od:zszywka") == [message.hash]


def test_whoever_is_not_known_keeps_what_stands_in_the_mail(db, mlist, now):
    assert archiving.add(db, mlist, archiving.Arrival(parse(BARE), keep_raw(db, BARE).id, now)).author == "irena@example.org"


def test_making_the_archive_again_finds_the_name_that_was_lost(db, mlist, now):
    message = archiving.add(db, mlist, archiving.Arrival(parse(BARE), keep_raw(db, BARE).id, now))
    message.user_id = add(db, mlist, "irena@example.org", now, name="Irena Zszywka").user_id
    db.flush()
    rebuilding.write(db, rebuilding.some_after(db, mlist, 0))
    db.expire_all()

    assert db.get(Message, message.id).author == "Irena Zszywka"
    assert found(db, "od:zszywka") == [message.hash]


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ("przed:jutro", [("before", "przed", "jutro")]),
        ("książka PO:wczoraj", [("after", "PO", "wczoraj")]),
        ("ma:obrazek", [("has", "ma", "obrazek")]),
        ("od:", [("from", "od", "")]),
        ("temat: lekcje", [("topic", "temat", "")]),
        ("in:somewhere", [("in", "in", "somewhere")]),
        ("przed:2026-03 ma:plik od:Ewa w:wątku obszar:tik", []),
        ("12:30 uwaga:jutro https://example.org/ od", []),
    ],
)
def test_what_was_meant_as_one_of_our_names_and_is_none_is_noted(text, unclear):
    assert [tuple(one) for one in understood(text).unclear] == unclear


@pytest.mark.parametrize("asked", ["„kart pracy”", '"kart pracy"'])
def test_a_phrase_is_offered_in_its_own_quotation_marks_and_without(db, mlist, now, asked):
    say(db, mlist, now, "Szkoła", "Nowe karty pracy i praca na kartach.")
    offered = searching.search(db, CONSOLE, asked).suggestions

    assert offered[0] == "kart pracy"
    assert asked.replace("kart ", "karty ") in offered
    assert all(one.count("„") == one.count("”") and one.count('"') % 2 == 0 for one in offered)
