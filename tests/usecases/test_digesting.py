"""Digests: owed by the calendar, counted by the archive's numbers, made once, and open to answers."""

import email
from datetime import UTC, datetime, timedelta
from email import policy

import pytest
from sqlalchemy import select

from digests import rendering
from listserv import links
from listserv.mail import tokens
from listserv.mail.parse import parse
from listserv.mail.tokens import Kind
from listserv.store import threads
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.members import DeliveryMode, Status
from listserv.store.queue import Letter, keep_raw
from listserv.usecases import archiving, digesting, digestletters, editions, pausing
from tests.conftest import add

# Wednesday, 7.00 in Warsaw: the first slot after the tests' Tuesday.
WEDNESDAY = datetime(2026, 3, 4, 6, 0, tzinfo=UTC)
DAY = timedelta(days=1)


def say(db, mlist, text, now, *, subject="Spotkanie w czerwcu", author="Jan Przypis", answers=None, more=b"") -> Message:
    """A post in the archive, as if it had come by mail."""
    number = mlist.last_seq + 1
    refs = f"References: <{answers.message_id}>\r\n" if answers else ""
    local = "".join(c for c in author.lower() if c.isascii() and c.isalpha())
    head = f"From: {author} <{local}@example.org>\r\nTo: siecibp@lists.example.org\r\nSubject: {subject}\r\nMessage-ID: <{number}@example.org>\r\n{refs}"
    kind = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\n' if more else b""
    raw = head.encode() + kind + b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text.encode() + b"\r\n" + more
    return archiving.add(db, mlist, archiving.Arrival(parse(raw), keep_raw(db, raw).id, now))


def reader(db, mlist, now, address="anna@example.org", **more):
    """Somebody who gets digests."""
    return add(db, mlist, address, now, name=more.pop("name", "Anna Nowa"), delivery="digest", **more)


def letters(db) -> list[Letter]:
    return list(db.scalars(select(Letter).where(Letter.kind == "digest").order_by(Letter.id)))


def mail_of(db, letter):
    return email.message_from_bytes(digestletters.finished(db, letter), policy=policy.default)


def text_of(db, letter) -> str:
    return mail_of(db, letter).get_body(("plain",)).get_content().replace("\r\n", "\n")


def token_in(address: str) -> str:
    return address.partition("+")[2].partition("@")[0]


def read_token(site, address: str):
    return tokens.read(links.signing_key(site.settings), token_in(address))


@pytest.fixture
def member(db, mlist, now):
    return reader(db, mlist, now)


def test_one_letter_comes_at_the_hour_with_all_that_is_new(db, mlist, member, now):
    first = say(db, mlist, "Kto jest za Łodzią?", now)
    say(db, mlist, "Ja.", now, author="Zofia Lektura", answers=first)
    say(db, mlist, "Szukam e-booków.", now, subject="E-booki dla szkół", author="Barbara Półka")

    early = digesting.run_due(db, WEDNESDAY - timedelta(minutes=1))
    done = digesting.run_due(db, WEDNESDAY)

    assert (early, done, digesting.run_due(db, WEDNESDAY)) == (0, 1, 0)
    (letter,) = letters(db)
    assert letter.to == "anna@example.org"
    assert letter.list_id == mlist.id
    mail = mail_of(db, letter)
    assert mail["To"].addresses[0].display_name == "Anna Nowa"
    assert "2" in mail["Subject"] and "3" in mail["Subject"]
    text = text_of(db, letter)
    places = [text.index(words) for words in ("1.  Spotkanie", "2.  E-booki", "Kto jest za Łodzią?", "Ja.", "Szukam e-booków.")]
    assert places == sorted(places)
    assert f"https://lists.example.org/siecibp/thread/{first.thread_id}" in text


def test_nothing_new_means_no_letter_and_the_slot_is_done(db, mlist, member):
    assert digesting.run_due(db, WEDNESDAY) == 1

    assert letters(db) == []
    (row,) = db.scalars(select(Digest))
    assert (row.slot, row.letter_id) == (WEDNESDAY, None)
    assert member.digest_due == WEDNESDAY + DAY


def test_each_message_is_told_once(db, mlist, member, now):
    say(db, mlist, "Pierwsza.", now)
    digesting.run_due(db, WEDNESDAY)
    say(db, mlist, "Druga.", now)
    digesting.run_due(db, WEDNESDAY + DAY)

    monday, tuesday = (text_of(db, letter) for letter in letters(db))
    assert "Pierwsza." in monday and "Druga." not in monday
    assert "Druga." in tuesday and "Pierwsza." not in tuesday


def test_what_is_new_is_counted_by_number_and_never_by_the_clock(db, mlist, member, now):
    digesting.run_due(db, WEDNESDAY)
    say(db, mlist, "Z zegarem, który się spóźnia.", now - timedelta(days=3))

    digesting.run_due(db, WEDNESDAY + DAY)

    assert "Z zegarem, który się spóźnia." in text_of(db, letters(db)[0])


def test_what_was_said_before_somebody_came_is_not_new_to_them(db, mlist, now):
    say(db, mlist, "Dawno temu.", now)
    reader(db, mlist, now)

    digesting.run_due(db, WEDNESDAY)

    assert letters(db) == []


def test_a_server_that_was_down_sends_once_and_late(db, mlist, member, now):
    say(db, mlist, "Kto jest za?", now)
    digesting.run_due(db, WEDNESDAY - timedelta(hours=1))
    late = WEDNESDAY + 3 * DAY + timedelta(hours=5)

    while digesting.run_due(db, late):
        pass

    assert len(letters(db)) == 1
    assert db.scalars(select(Digest)).one().slot == WEDNESDAY
    assert member.digest_due == WEDNESDAY + 4 * DAY


def test_a_slot_that_has_been_dealt_with_is_never_dealt_with_again(db, mlist, member, now):
    say(db, mlist, "Pierwsza.", now)
    digesting.run_due(db, WEDNESDAY)
    say(db, mlist, "Druga.", now)
    member.digest_due = WEDNESDAY

    assert digesting.run_due(db, WEDNESDAY) == 1
    assert len(letters(db)) == 1
    # Nothing is lost: it is told at the next slot.
    digesting.run_due(db, WEDNESDAY + DAY)
    assert "Druga." in text_of(db, letters(db)[1])


def test_each_gets_it_in_their_own_zone_language_and_hour(db, mlist, now):
    here, there = reader(db, mlist, now), reader(db, mlist, now, "kim@example.org", name="Kim", language="en", schedule="weekly wed 18:30")
    there.user.timezone = "America/New_York"
    say(db, mlist, "Kto jest za?", now)

    digesting.run_due(db, WEDNESDAY)

    assert [letter.to for letter in letters(db)] == [here.address.email]
    assert there.digest_due == datetime(2026, 3, 4, 23, 30, tzinfo=UTC)
    digesting.run_due(db, there.digest_due)
    text = text_of(db, letters(db)[1])
    assert text.startswith("Weekly digest, Wednesday, 4 March 2026")
    assert "Jan Przypis, Tuesday, 4:00" in text


def test_one_who_is_paused_or_bouncing_waits_and_then_gets_all_of_it(db, mlist, member, now):
    say(db, mlist, "Pierwsza.", now)
    digesting.run_due(db, now)
    member.status = Status.PAUSED
    assert digesting.run_due(db, WEDNESDAY) == 0
    say(db, mlist, "Druga.", now)
    member.status = Status.ENABLED
    digesting.plan(db, member, WEDNESDAY + DAY)

    digesting.run_due(db, WEDNESDAY + DAY)

    text = text_of(db, letters(db)[0])
    assert "Pierwsza." in text and "Druga." in text


def test_everybody_who_shares_the_news_gets_their_own_addresses(site, db, mlist, now, monkeypatch):
    people = [reader(db, mlist, now, f"osoba{n}@example.org") for n in range(3)]
    message = say(db, mlist, "Kto jest za?", now)
    calls = []
    real = rendering.render
    editions._rendered.cache_clear()
    monkeypatch.setattr(rendering, "render", lambda edition: calls.append(edition) or real(edition))

    digesting.run_due(db, WEDNESDAY)

    assert len(calls) == 1
    for member, letter in zip(people, letters(db), strict=True):
        mail, page = mail_of(db, letter), mail_of(db, letter).get_body(("html",)).get_content()
        item = links.token_address(site.settings, tokens.sign(links.signing_key(site.settings), Kind.DIGEST_ITEM, member.id, message.id))
        assert f"mailto:{item}?" in page
        assert item in text_of(db, letter)
        assert links.unsubscribe_url(site.settings, member.id) in page
        assert mail["List-Unsubscribe"].startswith(f"<{links.unsubscribe_url(site.settings, member.id)}>")
        digest = db.scalars(select(Digest).where(Digest.member_id == member.id)).one()
        assert read_token(site, mail["Reply-To"].addresses[0].addr_spec) == (Kind.DIGEST, (member.id, digest.id))
        assert read_token(site, letter.mail_from) == (Kind.BOUNCE, (member.id, 0))
        assert digest.letter_id == letter.id


def test_quotes_and_signatures_are_left_out_and_attachments_are_links(db, mlist, member, now):
    more = b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=karty.pdf\r\n\r\n" + b"x" * 3000 + b"\r\n--b--\r\n"
    message = say(db, mlist, "Zgoda.\r\n\r\n> Kto jest za?\r\n> Ja nie.", now, more=more)

    digesting.run_due(db, WEDNESDAY)

    text = text_of(db, letters(db)[0])
    assert "Zgoda." in text and "Kto jest za?" not in text
    assert f"karty.pdf, 3 KB\n    https://lists.example.org/siecibp/message/{message.hash}/attachment/1\n" in text


def test_one_that_cannot_be_made_does_not_keep_the_others_from_coming(db, mlist, now, monkeypatch):
    broken, fine = reader(db, mlist, now), reader(db, mlist, now, "ewa@example.org")
    say(db, mlist, "Kto jest za?", now)
    real = digesting._draw

    def draw(press, member, **more):
        if member is broken:
            raise RuntimeError("no")
        return real(press, member, **more)

    monkeypatch.setattr(digesting, "_draw", draw)
    digesting.run_due(db, WEDNESDAY)

    assert [letter.to for letter in letters(db)] == [fine.address.email]
    monkeypatch.undo()
    digesting.run_due(db, WEDNESDAY + digesting.AGAIN)
    assert [letter.to for letter in letters(db)] == [fine.address.email, broken.address.email]


def test_a_long_queue_is_worked_off_in_slices(db, mlist, now):
    for n in range(5):
        reader(db, mlist, now, f"osoba{n}@example.org")
    say(db, mlist, "Kto jest za?", now)

    assert [digesting.run_due(db, WEDNESDAY, limit=2) for _ in range(4)] == [2, 2, 1, 0]
    assert len(letters(db)) == 5


def test_due_tells_what_is_owed_to_whom_and_why(db, mlist, member, now):
    reader(db, mlist, now, "ewa@example.org", schedule="daily 06:00")
    reader(db, mlist, now, "weekly@example.org", schedule="weekly fri 07:00")
    assert digesting.owed(db, WEDNESDAY) == []
    say(db, mlist, "Kto jest za?", now)

    assert digesting.owed(db, now) == []
    assert digesting.owed(db, WEDNESDAY) == [
        digesting.Owed(WEDNESDAY - timedelta(hours=1), "digest", "siecibp", "ewa@example.org", "daily 06:00, 1 new"),
        digesting.Owed(WEDNESDAY, "digest", "siecibp", "anna@example.org", "daily 07:00, 1 new"),
    ]
    digesting.run_due(db, WEDNESDAY)
    assert digesting.owed(db, WEDNESDAY) == []


def test_who_goes_over_to_digests_is_told_what_comes_from_then_on(db, mlist, now):
    member = add(db, mlist, "jan@example.org", now)
    say(db, mlist, "Jako osobna wiadomość.", now)
    member.delivery = DeliveryMode.DIGEST
    digesting.plan(db, member, now)
    say(db, mlist, "W przeglądzie.", now)

    digesting.run_due(db, WEDNESDAY)

    text = text_of(db, letters(db)[0])
    assert "W przeglądzie." in text and "Jako osobna" not in text


def test_who_changes_the_schedule_loses_nothing(db, mlist, member, now):
    digesting.run_due(db, now)
    say(db, mlist, "Kto jest za?", now)
    member.schedule = "weekly fri 18:00"
    digesting.plan(db, member, now)

    assert member.digest_due == datetime(2026, 3, 6, 17, 0, tzinfo=UTC)
    assert digesting.run_due(db, WEDNESDAY) == 0
    digesting.run_due(db, member.digest_due)
    assert "Kto jest za?" in text_of(db, letters(db)[0])


def test_who_goes_back_to_single_messages_gets_the_rest_at_once_in_a_last_digest(db, mlist, member, now):
    digesting.run_due(db, now)
    say(db, mlist, "Jeszcze w przeglądzie.", now)
    member.delivery, member.user.language = DeliveryMode.EACH, "en"
    digesting.plan(db, member, now)

    assert [owed.why for owed in digesting.owed(db, now)] == ["the last one, 1 new"]
    digesting.run_due(db, now)
    digesting.run_due(db, WEDNESDAY)

    (letter,) = letters(db)
    assert "This is the last digest" in text_of(db, letter)
    assert member.digest_due is None


def test_who_wants_no_mail_gets_none(db, mlist, member, now):
    digesting.run_due(db, now)
    say(db, mlist, "Kto jest za?", now)
    member.delivery = DeliveryMode.NONE
    digesting.plan(db, member, now)

    assert digesting.run_due(db, WEDNESDAY) == 0
    assert letters(db) == []


def test_a_schedule_or_zone_that_cannot_be_read_does_no_harm(db, mlist, member, now):
    member.schedule, member.user.timezone = "now and then", "Mars/Olympus"
    say(db, mlist, "Kto jest za?", now)

    digesting.run_due(db, WEDNESDAY)

    assert len(letters(db)) == 1


@pytest.fixture
def answered(db, mlist, member, now):
    """A digest of two threads; in the first one there are two messages."""
    first = say(db, mlist, "Kto jest za Łodzią?", now)
    newest = say(db, mlist, "Ja.", now, author="Zofia Lektura", answers=first)
    books = say(db, mlist, "Szukam e-booków.", now, subject="E-booki dla szkół", author="Barbara Półka")
    digesting.run_due(db, WEDNESDAY)
    return db.scalars(select(Digest)).one(), first, newest, books


def test_an_items_own_address_leads_to_that_message(db, member, answered):
    _, first, _, _ = answered

    found = digesting.resolve_reply(db, Kind.DIGEST_ITEM, (member.id, first.id), "2: nie numer, tylko tekst")

    assert found == digesting.Resolved(member, first, "2: nie numer, tylko tekst")


def test_a_leading_number_leads_to_the_newest_message_of_that_thread(db, member, answered):
    digest, _, newest, books = answered

    assert digesting.resolve_reply(db, Kind.DIGEST, (member.id, digest.id), "1: Ja też.") == digesting.Resolved(member, newest, "Ja też.")
    assert digesting.resolve_reply(db, Kind.DIGEST, (member.id, digest.id), "2. Mam.") == digesting.Resolved(member, books, "Mam.")
    assert digesting.item_for(db, digest.id, 2) == books
    assert digesting.item_for(db, digest.id, 3) is None
    assert digesting.item_for(db, digest.id + 1, 1) is None


@pytest.mark.parametrize("text", ["Ja też.", "7: Ja też.", "0: Ja też."])
def test_without_a_number_that_there_is_the_titles_come_back(db, member, answered, text):
    digest = answered[0]

    found = digesting.resolve_reply(db, Kind.DIGEST, (member.id, digest.id), text)

    assert found == digesting.Unclear(member, digest, ("Spotkanie w czerwcu", "E-booki dla szkół"), said=text)


def test_numbers_stay_what_they_were_when_threads_are_joined_later(db, member, answered):
    digest, first, _, books = answered
    threads.merge(db, first.thread_id, [books.thread_id])
    db.expire_all()

    assert digesting.item_for(db, digest.id, 2).id == books.id


def test_a_digest_of_one_thread_needs_no_number(db, mlist, member, now):
    message = say(db, mlist, "Kto jest za?", now)
    digesting.run_due(db, WEDNESDAY)
    digest = db.scalars(select(Digest)).one()

    for text, words in (("Ja.", "Ja."), ("1: Ja.", "Ja."), ("2: Ja.", "2: Ja.")):
        assert digesting.resolve_reply(db, Kind.DIGEST, (member.id, digest.id), text) == digesting.Resolved(member, message, words)


def test_what_belongs_to_somebody_else_or_is_gone_leads_nowhere(db, mlist, member, answered, now):
    digest, first, _, _ = answered
    other = reader(db, mlist, now, "ewa@example.org")

    for kind, ids in (
        (Kind.DIGEST, (other.id, digest.id)),
        (Kind.DIGEST, (member.id, 999)),
        (Kind.DIGEST, (999, digest.id)),
        (Kind.DIGEST, (member.id,)),
        (Kind.DIGEST_ITEM, (member.id, 999)),
        (Kind.DIGEST_ITEM, (999, first.id)),
        (Kind.BOUNCE, (member.id, first.id)),
    ):
        assert digesting.resolve_reply(db, kind, ids, "1: Ja.") is None


@pytest.mark.parametrize("delivery", [DeliveryMode.DIGEST, DeliveryMode.EACH])
def test_what_came_during_a_pause_is_told_at_the_readers_hour_as_the_calendar_says_and_not_at_midnight(db, mlist, now, delivery):
    member = add(db, mlist, "anna@example.org", now - DAY, delivery=delivery)
    midnight = datetime(2026, 3, 6, 23, 0, tzinfo=UTC)
    digesting.plan(db, member, now)
    member.status, member.paused_until = Status.PAUSED, midnight
    digesting.plan(db, member, now)
    say(db, mlist, "Kto jest za?", now)
    hour = midnight + timedelta(hours=7)
    assert [one.at for one in digesting.owed(db, hour)] == [hour] and digesting.owed(db, midnight) == []

    pausing.run_due(db, midnight + timedelta(minutes=1), 9)
    assert (digesting.run_due(db, midnight + timedelta(minutes=1)), member.digest_due) == (0, hour)
    digesting.run_due(db, hour)
    assert "Kto jest za?" in text_of(db, letters(db)[0])


def test_who_comes_back_by_a_word_is_told_at_the_next_slot_of_their_digests(db, mlist, member, now):
    digesting.run_due(db, now)
    member.status = Status.PAUSED
    digesting.plan(db, member, now)
    say(db, mlist, "Kto jest za?", now)
    member.status = Status.ENABLED
    digesting.plan(db, member, WEDNESDAY + 3 * DAY + timedelta(hours=4))

    assert member.digest_due == WEDNESDAY + 4 * DAY
