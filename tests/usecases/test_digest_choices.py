"""What a reader chooses of digests: of how many messages, in which form, and which threads come at once; and what stands in them beside the news."""

import email
from datetime import UTC, datetime, timedelta
from email import policy

import pytest
from sqlalchemy import event, select

from digests import schedule
from listserv import links
from listserv.mail import tokens
from listserv.mail.commands import commands
from listserv.store.digests import Digest
from listserv.store.members import DigestForm, Member
from listserv.usecases import digestextras, digesting, steering
from tests.conftest import add
from tests.usecases.steered import ANNA, HALINA, MAREK, copies, join, next_day
from tests.usecases.test_digesting import DAY, WEDNESDAY, letters, mail_of, reader, say, text_of, token_in

ANSWER = "\n\nW dniu 3.03.2026 o 10:00, Marek Regał pisze:\n> Szukam scenariuszy.\n"


def run(db, at):
    while digesting.run_due(db, at):
        pass


def asks(db, member, words, now):
    """What somebody writes to the list's machine."""
    for command in commands(words):
        steering.change(db, member, command, now)


# ---- only if at least n -------------------------------------------------------------------------------------


@pytest.fixture
def choosy(db, mlist, now):
    member = reader(db, mlist, now)
    asks(db, member, "tylko gdy co najmniej 3", now)
    return member


def test_fewer_messages_than_wanted_wait_for_the_next_day_and_are_all_told_then(db, mlist, choosy, now):
    say(db, mlist, "Pierwsza.", now)
    say(db, mlist, "Druga.", now, subject="Inny wątek")
    run(db, WEDNESDAY)
    assert (letters(db), digesting.owed(db, WEDNESDAY + DAY)) == ([], [])

    say(db, mlist, "Trzecia.", now)
    run(db, WEDNESDAY + DAY)

    (letter,) = letters(db)
    assert all(words in text_of(db, letter) for words in ("Pierwsza.", "Druga.", "Trzecia."))
    assert choosy.digest_waits is None
    assert [(row.slot, row.after_seq, row.upto_seq, row.letter_id) for row in db.scalars(select(Digest).order_by(Digest.id))] == [
        (WEDNESDAY, 0, 0, None),
        (WEDNESDAY + DAY, 0, 3, letter.id),
    ]


@pytest.mark.parametrize(("when", "first", "days"), [("daily 07:00", WEDNESDAY, 7), ("weekly wed 07:00", WEDNESDAY, 28), ("monthly 5 07:00", WEDNESDAY + DAY, 92)])
def test_they_wait_no_longer_than_is_said(db, mlist, choosy, now, when, first, days):
    choosy.schedule = when
    digesting.plan(db, choosy, now)
    say(db, mlist, "Jedyna.", now)

    last = first - DAY
    while not letters(db):
        last = choosy.digest_due
        run(db, last)
    assert round((last - first) / DAY) == days


def test_somebody_who_goes_back_to_single_messages_is_told_the_rest_however_little_it_is(db, mlist, choosy, now):
    say(db, mlist, "Jedyna.", now)
    run(db, WEDNESDAY)
    asks(db, choosy, "każdą", WEDNESDAY + timedelta(hours=1))

    run(db, WEDNESDAY + timedelta(hours=1))
    assert "Jedyna." in text_of(db, letters(db)[0])


# ---- the calendar -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("day", "slots"),
    [
        # 2.30 does not exist on 28 March 2027 in Warsaw, and exists twice on 31 October.
        (datetime(2027, 3, 27, 12, tzinfo=UTC), ["2027-03-28 01:00", "2027-03-29 00:30"]),
        (datetime(2027, 10, 30, 12, tzinfo=UTC), ["2027-10-31 00:30", "2027-11-01 01:30"]),
    ],
)
def test_a_slot_in_the_night_when_clocks_change_comes_once(db, mlist, day, slots):
    member = reader(db, mlist, day, schedule="daily 02:30")
    digesting.plan(db, member, day)
    for number in range(2):
        say(db, mlist, f"Wiadomość {number}.", day)
        at = member.digest_due
        assert f"{at:%Y-%m-%d %H:%M}" == slots[number]
        # The worker asks every half hour of that night.
        for halves in range(6):
            run(db, at + timedelta(minutes=30 * halves))
        assert len(letters(db)) == number + 1


def test_whoever_moves_to_another_zone_on_the_same_day_is_told_everything_once(db, mlist, now):
    member = reader(db, mlist, now)
    digesting.plan(db, member, now)
    say(db, mlist, "Rano.", now)
    run(db, WEDNESDAY)
    member.user.timezone = "America/New_York"
    digesting.plan(db, member, WEDNESDAY + timedelta(hours=1))
    say(db, mlist, "Po przeprowadzce.", now)

    run(db, WEDNESDAY + timedelta(hours=6))

    first, second = (text_of(db, letter) for letter in letters(db))
    assert ("Rano." in first, "Rano." in second, "Po przeprowadzce." in second) == (True, False, True)


# ---- threads that one writes in -----------------------------------------------------------------------------


def test_threads_that_somebody_writes_in_come_at_once_and_are_not_told_again(site, office, clock):
    join(site, name="Anna Nowa")
    office.send(MAREK, "siecibp", "Scenariusze", "Szukam scenariuszy.", message_id="<1@x>")
    office.send(ANNA, "siecibp-request", "x", "DAILY\nWątki, w których piszę, od razu", proven=True)
    assert "Threads in which you write come at once" in office.letters(to=ANNA)[-1].text
    office.send(HALINA, "siecibp", "Spotkanie", "Kiedy?", message_id="<2@x>")
    office.send(ANNA, "siecibp", "Re: Scenariusze", "Mam dwa." + ANSWER, proven=True, in_reply_to="<1@x>", references="<1@x>", message_id="<3@x>")
    office.send(HALINA, "siecibp", "Re: Scenariusze", "Dziękuję, przydadzą się.", in_reply_to="<3@x>", references="<1@x> <3@x>")

    # Before the choice as a single message; then the meeting is for the digest, and both of the thread come by themselves.
    assert [ANNA in got for got in copies(site)] == [True, False, True, True]
    next_day(site, clock)
    (digest,) = office.letters(to=ANNA, kind="digest")
    assert "Kiedy?" in digest.text and "Mam dwa." not in digest.text and "Dziękuję, przydadzą się." not in digest.text


def test_a_thread_that_is_muted_stays_so(site, office, clock):
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp-request", "x", "DAILY\nmy threads at once", proven=True)
    office.send(ANNA, "siecibp", "Scenariusze", "Szukam scenariuszy.", proven=True, message_id="<1@x>")
    assert [ANNA in got for got in copies(site)] == [True]
    office.send(ANNA, "siecibp", "Re: Scenariusze", "WYCISZ" + ANSWER, proven=True, in_reply_to="<1@x>", references="<1@x>")
    office.send(HALINA, "siecibp", "Re: Scenariusze", "Mam trzy.", in_reply_to="<1@x>", references="<1@x>")

    assert [ANNA in got for got in copies(site)] == [True, False]


# ---- what stands beside the news ----------------------------------------------------------------------------


def test_a_question_that_nobody_answered_is_asked_again_with_an_address_of_its_own(db, mlist, now):
    member = reader(db, mlist, now, language="en", schedule="weekly wed 07:00")
    old = now - timedelta(days=5)
    say(db, mlist, "Jak opisać grę planszową bez pudełka?", old, subject="Gra planszowa", author="Paweł Indeks")
    answered = say(db, mlist, "Kto ma lektury?", old, subject="Lektury", author="Zofia Lektura")
    say(db, mlist, "Ja mam.", old, subject="Lektury", author="Jan Przypis", answers=answered)
    say(db, mlist, "Zapraszam wszystkich.", old, subject="Zaproszenie", author="Zofia Lektura")
    member.digest_seq = mlist.last_seq
    say(db, mlist, "Czy ktoś ma klucz?", now, subject="Klucz", author="Zofia Lektura")

    run(db, WEDNESDAY)

    (letter,) = letters(db)
    text = text_of(db, letter)
    assert mail_of(db, letter)["Subject"] == "Sieć BP, 4 March: 1 thread, 1 message, 1 question without an answer"
    assert "Klucz (1 new, waiting for an answer)" in text
    asked = text.partition("An open question")[2].partition("\n---")[0]
    assert "Without an answer for 5 days" in asked and "Gra planszowa (asked by: Paweł Indeks)" in asked and "Jak opisać grę planszową bez pudełka?" in asked
    assert "Lektury" not in asked and "Zaproszenie" not in asked and "Klucz" not in asked
    address = asked.partition("Answer this question: ")[2].split()[0]
    found = digesting.resolve_reply(db, *digest_token(db, address), "Pudełko z tektury.")
    assert found.message.thread.subject == "Gra planszowa" and found.member is member


def digest_token(db, address):
    return tokens.read(links.signing_key(db.info["settings"]), token_in(address))


def test_nobody_is_asked_their_own_question_and_all_questions_of_a_run_cost_one_statement(db, mlist, now):
    people = [reader(db, mlist, now, f"osoba{n}@example.org", name=f"Osoba {n}", schedule="weekly wed 07:00") for n in range(4)]
    asker = add(db, mlist, "pawelindeks@example.org", now, name="Paweł Indeks", delivery="digest", schedule="weekly wed 07:00")
    message = say(db, mlist, "Jak opisać grę?", now - timedelta(days=5), subject="Gra planszowa", author="Paweł Indeks")
    message.user_id = asker.user_id
    say(db, mlist, "Zapraszam.", now, subject="Spotkanie")
    for member in (*people, asker):
        member.digest_seq = 1
    db.flush()
    statements = []
    event.listen(db.get_bind(), "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))

    run(db, WEDNESDAY)

    assert sum("authors <=" in one for one in statements) == 1
    told = {letter.to: "Gra planszowa" in text_of(db, letter) for letter in letters(db)}
    assert told == {**{member.address.email: True for member in people}, "pawelindeks@example.org": False}


@pytest.mark.parametrize(("text", "is_one"), [("Kto wie?", True), ("Kto wie? Proszę o odpowiedź.", True), ("Patrz https://example.org/?q=1", False), ("Zobaczcie: a?b=1", False), ("„Kto wie?”", True), ("Zapraszam.", False)])
def test_a_question_mark_asks_where_a_sentence_ends(text, is_one):
    assert digestextras.asks(text) is is_one


def test_daily_digests_do_not_nag():
    def asked(days):
        return digestextras.Beside(1, None, None, digestextras.Question(1, "Gra", "Paweł", "", "", days))

    days = [day for day in range(60) if digestextras.open_questions((asked(day),), schedule.Every.DAY, WEDNESDAY)]
    assert days == [3, 7, 14, 28, 56]
    assert not digestextras.open_questions((asked(2),), schedule.Every.WEEK, WEDNESDAY)


PDF = b"--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=karty.pdf\r\n\r\n" + b"x" * 3000 + b"\r\n"
LOGO = b"--b\r\nContent-Type: image/png\r\nContent-Disposition: attachment; filename=logo.png\r\n\r\n" + b"x" * 300 + b"\r\n"
DATE = b"--b\r\nContent-Type: text/calendar\r\nContent-Disposition: attachment; filename=termin.ics\r\n\r\nx\r\n--b--\r\n"


def test_attachments_of_the_week_are_told_once_each_and_logos_not_at_all(db, mlist, now):
    member = reader(db, mlist, now, language="en", schedule="weekly wed 07:00")
    say(db, mlist, "Karty.", now - DAY, author="Ewa Fiszka", more=PDF + LOGO + DATE)
    say(db, mlist, "Te same karty.", now - DAY, author="Jan Przypis", more=PDF + b"--b--\r\n")
    member.digest_seq = mlist.last_seq
    say(db, mlist, "Dziękuję za karty.", now)

    run(db, WEDNESDAY)

    told = text_of(db, letters(db)[0]).partition("Attachments of the week")[2].partition("\n---")[0]
    assert told.count("karty.pdf, 3 KB, Jan Przypis") == 1 and "Ewa" not in told and "logo" not in told and "termin" not in told


@pytest.mark.parametrize("wanted", [True, False])
def test_new_people_are_named_where_the_list_wants_it_and_once(db, mlist, now, wanted):
    reader(db, mlist, now, language="en")
    mlist.tell_newcomers = wanted
    add(db, mlist, "ewa@example.org", now + timedelta(hours=1), name="Ewa Fiszka")
    say(db, mlist, "Dzień dobry.", now)
    run(db, WEDNESDAY)
    add(db, mlist, "jan@example.org", WEDNESDAY + timedelta(hours=1), name="Jan Nowy")
    say(db, mlist, "Dobry wieczór.", now)
    run(db, WEDNESDAY + DAY)

    first, second = (text_of(db, letter) for letter in letters(db))
    assert ("New on the list: Ewa Fiszka." in first, "New on the list: Jan Nowy." in second) == (wanted, wanted)
    assert "ewa@example.org" not in first and "Anna Nowa" not in first


# ---- forms --------------------------------------------------------------------------------------------------


def test_a_parcel_holds_the_mails_and_each_is_answered_by_its_own_address(site, db, mlist, now):
    member = reader(db, mlist, now)
    member.digest_form = DigestForm.MIME
    first = say(db, mlist, "Kto jest za Łodzią?\r\n\r\n> stary cytat", now)
    say(db, mlist, "Ja. " * 3000, now, author="Zofia Lektura", answers=first)

    run(db, WEDNESDAY)

    mail = mail_of(db, letters(db)[0])
    assert mail.get_content_type() == "multipart/mixed"
    head, parcel, foot = mail.iter_parts()
    assert parcel.get_content_type() == "multipart/digest"
    one, two = (part.get_content() for part in parcel.iter_parts())
    assert (one["Subject"], one["Message-ID"], two["In-Reply-To"]) == ("Spotkanie w czerwcu", f"<{first.message_id}>", f"<{first.message_id}>")
    assert two["From"].addresses[0].display_name == "Zofia Lektura" and two["From"].addresses[0].addr_spec == "siecibp@lists.example.org"
    assert digest_token(db, one["Reply-To"].addresses[0].addr_spec)[1] == (member.id, first.id)
    assert "Kto jest za Łodzią?" in one.get_content() and "cytat" not in one.get_content()
    assert len(two.get_content()) > 5000
    assert "1.  Spotkanie w czerwcu (2 " in head.get_content() and "/unsubscribe/" in foot.get_content()
    assert not mail.defects and not parcel.defects


def test_one_text_of_mails_is_parted_by_the_lines_of_the_rfc_and_nobody_can_write_one(db, mlist, now):
    reader(db, mlist, now, language="en").digest_form = DigestForm.RFC1153
    say(db, mlist, f"Przed kreską.\r\n{'-' * 30}\r\nPo kresce, proszę czytać dalej.", now)
    say(db, mlist, "Druga.", now, author="Zofia Lektura")

    run(db, WEDNESDAY)

    mail = mail_of(db, letters(db)[0])
    text = mail.get_content().replace("\r\n", "\n")
    assert mail.get_content_type() == "text/plain"
    preamble, _, rest = text.partition(f"\n{'-' * 70}\n\n")
    assert "2 threads, 2 messages" in preamble and "Spotkanie" in preamble
    pieces = rest.split(f"\n{'-' * 30}\n\n")
    assert [piece.partition("\n")[0][:5] for piece in pieces[:2]] == ["Date:", "Date:"]
    assert "Po kresce" in pieces[0] and "From: Zofia Lektura <siecibp@lists.example.org>" in pieces[1]
    mails = [email.message_from_string(piece, policy=policy.default) for piece in pieces[:-1]]
    assert all(one["Date"].datetime and one["From"].addresses and one["Subject"] and not one.defects for one in mails), "programs can take it apart"
    assert [one["Message-ID"] for one in mails] == ["<1@example.org>", "<2@example.org>", None] and token_in(mails[2]["Reply-To"])
    assert pieces[-1].split("\n")[:2] == ["End of the digest: Sieć BP", "*" * len("End of the digest: Sieć BP")]


def test_plain_text_comes_without_a_page(db, mlist, now):
    reader(db, mlist, now).digest_form = DigestForm.PLAIN
    say(db, mlist, "Kto jest za?", now)

    run(db, WEDNESDAY)

    assert mail_of(db, letters(db)[0]).get_content_type() == "text/plain"


# ---- by mail ------------------------------------------------------------------------------------------------


def shorten(site, office, clock):
    """Anna's digest, in which two messages of one thread are shortened."""
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp-request", "x", "DAILY", proven=True)
    office.send(MAREK, "siecibp", "Scenariusze", "Szukam scenariuszy. " * 300, message_id="<1@x>")
    office.send(HALINA, "siecibp", "Re: Scenariusze", "Mam trzy, opisuję. " * 300, in_reply_to="<1@x>", references="<1@x>", message_id="<2@x>")
    office.send(HALINA, "siecibp", "Spotkanie", "Kiedy?", message_id="<3@x>")
    next_day(site, clock)
    return office.letters(to=ANNA, kind="digest")[-1]


def test_a_shortened_message_comes_whole_at_a_word(site, office, clock):
    digest = shorten(site, office, clock)
    assert "if you just answer WHOLE 1," in " ".join(digest.text.split()) and "if you just answer WHOLE 1.2," in " ".join(digest.text.split())

    office.reply(digest, "CAŁA 1.2")

    copy = office.letters(to=ANNA)[-1]
    assert copy.kind == "copy" and "Mam trzy, opisuję." in copy.text
    assert copy.mail["Message-ID"] == "<2@x>"
    assert len(copies(site)) == 3


@pytest.mark.parametrize("words", ["CAŁA", "CAŁA 7", "WHOLE 1.9"])
def test_where_no_such_message_is_the_threads_are_named_and_nothing_is_posted(site, office, clock, words):
    digest = shorten(site, office, clock)
    office.reply(digest, words)

    letter = office.letters(to=ANNA)[-1]
    assert letter.kind == "whole" and "1. Scenariusze" in letter.text and "2. Spotkanie" in letter.text
    office.reply(letter, "WHOLE 1")
    assert office.letters(to=ANNA)[-1].kind == "copy"
    assert len(copies(site)) == 3


def test_what_was_chosen_is_said_back(site, office):
    join(site, name="Anna Nowa")
    office.send(ANNA, "siecibp-request", "x", "Weekly, only if at least 4\nformat RFC 1153", proven=True)

    text = " ".join(office.letters(to=ANNA)[-1].text.split())
    assert "A digest comes once there are at least 4 messages; fewer wait a month at most." in text
    assert "Digests come as one text of messages (RFC 1153)." in text
    with site.reading() as db:
        found = db.scalars(select(Member).join(Member.address).where(Member.digest_least == 4)).one()
        assert (found.digest_form, found.schedule, found.own_threads) == (DigestForm.RFC1153, "weekly mon 07:00", False)
