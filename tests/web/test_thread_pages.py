"""A conversation, and a message at its permanent address."""

import re
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from listserv.links import signing_key
from listserv.mail import tokens
from listserv.store.archive import Message, Thread
from listserv.store.lists import list_by_name
from tests import archive_seeds as seeds
from tests.web.readers import app, archive, member, stranger, words  # noqa: F401


def test_a_thread_is_told_from_the_oldest_with_answers_under_their_questions(member, archive, site, now):
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "Drzewo", now - timedelta(hours=9))
        root = talk.say("Ewa", "ewa@example.org", "korzeń")
        left = talk.say("Jan", "jan@example.org", "lewa", to=root)
        talk.say("Zofia", "zofia@example.org", "prawa", to=root)
        talk.say("Ewa", "ewa@example.org", "pod lewą", to=left)
        thread_id = talk.thread.id

    page = member.page(f"/siecibp/thread/{thread_id}")
    order = [page.index(f"<p>{text}</p>") for text in ("korzeń", "lewa", "pod lewą", "prawa")]
    assert order == sorted(order)
    assert re.findall(r'class="post hang (d\d)', page) == ["d0", "d1", "d2", "d1"]
    assert re.findall(r"</span> no\. (\d),", page) == ["1", "2", "4", "3"]
    assert "in answer to: Jan, no. 2" in words(page)

    flat = member.page(f"/siecibp/thread/{thread_id}?flat=1")
    order = [flat.index(f"<p>{text}</p>") for text in ("korzeń", "lewa", "prawa", "pod lewą")]
    assert order == sorted(order)


def test_answers_deeper_than_three_stay_at_three_and_name_what_they_answer(member, archive, site, now):
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "Głęboko", now - timedelta(hours=9))
        above = None
        for number in range(7):
            above = talk.say(f"Osoba {number}", f"o{number}@example.org", "?", to=above)
        thread_id = talk.thread.id

    page = member.page(f"/siecibp/thread/{thread_id}")

    assert re.findall(r'class="post hang d(\d)', page) == list("0123333")
    assert "in answer to: Osoba 5, no. 6" in words(page)


def test_quotes_and_signatures_are_folded(member, archive):
    page = member.page(f"/siecibp/thread/{archive.threads['lekcje']}")

    assert '<details class="fold sig"><summary>signature</summary>' in page
    assert '<details class="fold quote"><summary>quote: Ewa Fiszka, 1 line</summary>' in page
    assert "<p>Ja mam.</p>" in page


def mail_links(page):
    return [urlsplit(link.replace("&amp;", "&")) for link in re.findall(r'class="(?:button less|by-mail)" href="(mailto:[^"]+)"', page)]


def test_a_members_reply_goes_to_an_address_of_its_own_for_each_message(member, archive, site):
    links = mail_links(member.page(f"/siecibp/thread/{archive.threads['klucz']}"))

    assert links
    for link in links:
        kind, (_, message) = tokens.read(signing_key(site.settings), link.path.removeprefix("r+").split("@")[0])
        assert kind is tokens.Kind.DIGEST_ITEM
        with site.reading() as db:
            assert db.get(Message, message).thread_id == archive.threads["klucz"]
    assert parse_qs(links[0].query)["subject"] == ["Odp: Kto ma klucz?"]


def test_a_strangers_reply_goes_to_the_list_and_names_what_it_answers(stranger, archive):
    page = stranger.page(f"/gazetka/thread/{archive.threads['gazetka']}")

    link = mail_links(page)[0]
    assert link.path == "gazetka@lists.example.org"
    assert re.fullmatch(r"<[^<>@ ]+@client\.invalid>", parse_qs(link.query)["In-Reply-To"][0])


def test_a_closed_thread_offers_no_reply(member, archive, site):
    with site.writing() as db:
        db.get(Thread, archive.threads["klucz"]).closed = True

    assert mail_links(member.page(f"/siecibp/thread/{archive.threads['klucz']}")) == []


def test_attachments_are_cards(member, archive):
    said = words(member.page(f"/siecibp/thread/{archive.threads['lekcje']}"))

    assert "PDF karty pracy – łąka.pdf 14 B" in said


def test_a_thread_that_was_joined_to_another_sends_its_readers_there(member, archive, site):
    with site.writing() as db:
        gone = db.get(Thread, archive.threads["klucz"])
        gone.merged_into, gone.messages = archive.threads["lekcje"], 0

    answer = member.get(f"/siecibp/thread/{archive.threads['klucz']}")

    assert answer.status_code == 301
    assert answer.headers["Location"] == f"/siecibp/thread/{archive.threads['lekcje']}"


def test_a_thread_of_another_list_is_not_found(member, stranger, archive):
    member.page(f"/gazetka/thread/{archive.threads['lekcje']}", 404)
    member.page("/siecibp/thread/0", 404)
    member.page("/siecibp/thread/99999999999999999999999", 404)
    member.page("/siecibp/thread/x", 404)


def test_a_message_has_a_page_of_its_own(member, archive):
    page = member.page(f"/siecibp/message/{archive.hashes['answer']}")

    assert "Scenariusze lekcji message 2 of 3" in words(page)
    assert "<p>Ja mam.</p>" in page
    assert "Dziękuję" not in page
    assert re.search(rf'href="/siecibp/thread/{archive.threads["lekcje"]}#m\d+"', page)
    assert member.page(f"/siecibp/message/{archive.hashes['answer'].lower()}")


def test_a_message_that_is_not_there_is_not_found(member, archive):
    member.page(f"/siecibp/message/{'A' * 32}", 404)
    member.page("/siecibp/message/kurz", 404)
    member.page(f"/gazetka/message/{archive.hashes['answer']}", 404)


def test_formatting_is_shown_when_asked_for(member, archive):
    plain = member.page(f"/gazetka/message/{archive.hashes['letter']}")
    formatted = member.page(f"/gazetka/message/{archive.hashes['letter']}?html=1")

    assert "?html=1" in plain
    assert "<p>Piszcie na <a href=" in formatted


def test_a_changed_subject_is_shown_where_it_changed(member, archive, site, now):
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "Kawa", now - timedelta(hours=9))
        root = talk.say("Ewa", "ewa@example.org", "?")
        talk.say("Jan", "jan@example.org", "!", to=root, subject="Odp: RE: Kawa")
        talk.say("Jan", "jan@example.org", "…", to=root, subject="Herbata (było: Kawa)")
        thread_id = talk.thread.id

    said = words(member.page(f"/siecibp/thread/{thread_id}"))

    assert said.count("subject:") == 1
    assert "subject: Herbata (było: Kawa)" in said


def test_a_very_long_thread_comes_in_pages_and_each_message_knows_its_own(member, archive, site, now):
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), "Długo", now - timedelta(days=9))
        root = talk.say("Ewa", "ewa@example.org", "początek", minutes=1)
        for number in range(119):
            last = talk.say("Jan", "jan@example.org", f"{number}", to=root, minutes=1)
        thread_id, last_hash = talk.thread.id, last.hash

    assert member.page(f"/siecibp/thread/{thread_id}").count("<article") == 100
    assert member.page(f"/siecibp/thread/{thread_id}?page=2").count("<article") == 20
    assert f'href="/siecibp/thread/{thread_id}?page=2#m' in member.page(f"/siecibp/message/{last_hash}")


def test_markup_in_words_names_subjects_and_files_stays_words(member, archive, site, now):
    evil = '<script>alert("x")</script>'
    with site.writing() as db:
        talk = seeds.thread(db, list_by_name(db, "siecibp"), evil, now - timedelta(hours=2))
        talk.say(evil, "zly@example.org", f'{evil}\n> {evil}\n-- \n{evil} https://x.example.org/"><b>', files=((evil, "text/plain", b"x"),))
        thread_id, message_hash = talk.thread.id, talk.messages[0].hash

    for path in ("/siecibp/", f"/siecibp/thread/{thread_id}", f"/siecibp/message/{message_hash}"):
        page = member.page(path)
        assert "<script>" not in page
        assert 'org/"><b>' not in page
        assert "&lt;script&gt;" in page


def test_somebody_without_a_name_is_called_by_the_first_part_of_the_address(member, archive):
    page = member.page(f"/gazetka/thread/{archive.threads['gazetka']}")

    assert ">redakcja</b>" in page
    assert ">czytelnik</b>" in page


def test_neighbouring_threads_are_linked(member, archive):
    newest, older = archive.threads["klucz"], archive.threads["lekcje"]

    assert f'rel="next" href="/siecibp/thread/{older}"' in member.page(f"/siecibp/thread/{newest}")
    assert f'rel="prev" href="/siecibp/thread/{newest}"' in member.page(f"/siecibp/thread/{older}")


INVITATION = b"""BEGIN:VCALENDAR
METHOD:REQUEST
BEGIN:VEVENT
UID:1@example.org
SUMMARY:Zebranie ewa@example.org
LOCATION:https://meet.example.org/abc
DTSTART:20260312T153000Z
DTEND:20260312T170000Z
END:VEVENT
END:VCALENDAR
"""


@pytest.mark.parametrize(("content", "said"), [(INVITATION, "Invitation: Zebranie ewa@example.org · Thursday, 12 March 2026, 16:30–18:00"), (b"x", "cannot be read")])
def test_a_message_with_a_calendar_says_in_a_line_what_it_is_about(member, site, archive, now, content, said):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        talk = seeds.thread(db, mlist, "Termin", now)
        hash = talk.say("Ewa Fiszka", "ewa@example.org", "Zapraszam.", files=(("termin.ics", "text/calendar", content),)).hash

    assert said in words(member.page(f"/siecibp/message/{hash}"))
