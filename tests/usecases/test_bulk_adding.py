"""Many people at once by a moderator's mail: first what would happen, then one word, once; and the way back."""

import csv
import io
import threading
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from sqlalchemy import func, select

from listserv.mail import peoplelines
from listserv.store.invitations import Batch, BatchState
from listserv.store.lists import list_by_name
from listserv.store.members import Member, Role
from listserv.store.people import Address, User
from listserv.store.queue import Letter, State
from listserv.usecases import banning, batches, housekeeping, undoing
from listserv.usecases.access import CONSOLE
from tests.conftest import add
from tests.office import aligned

MOD, OWNER = "Zofia Lektura <mod@example.org>", "Alina Zakładka <owner@example.org>"


def ask(office, *lines, sender=MOD, rcpt="moderator_siecibp", proven=True, head="DODAJ"):
    assert office.send(sender, rcpt, "", "\n".join([head, *lines]), proven=proven) is State.ANSWERED
    return office.letters(kind="bulk-look")[-1]


def on_list(site):
    """Everybody's address, but for the four of the example network."""
    with site.reading() as db:
        found = db.scalars(select(Address.email).join(Member, Member.address_id == Address.id).order_by(Member.id)).all()
    return found[4:]


def work(site):
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass


def with_file(name, content, text="DODAJ", sender=MOD, kind=("text", "csv")):
    message = EmailMessage(policy=SMTP)
    for field, value in (("From", sender), ("To", "moderator_siecibp@lists.example.org"), ("Subject", "lista"), ("Message-ID", f"<{name}@example.org>")):
        message[field] = value
    message.set_content(text)
    message.add_attachment(content, maintype=kind[0], subtype=kind[1], filename=name)
    return aligned(message.as_bytes())


PEOPLE = ["Anna Nowa <anna@example.net>", "jan@example.net; Jan Przypis", "ola@example.net"]
ADDED = ["anna@example.net", "jan@example.net", "ola@example.net"]


def test_nothing_happens_before_the_word_not_even_for_one(office, site):
    look = ask(office, PEOPLE[0])

    assert on_list(site) == [] and office.letters(kind="welcome") == []
    assert PEOPLE[0] in look.text and "POWITANIA" in look.text


def test_one_yes_adds_them_once_and_each_gets_a_welcome(office, site):
    look = ask(office, *PEOPLE)
    for _ in range(3):
        office.reply(look, "TAK")

    assert on_list(site) == ADDED
    assert [letter.to for letter in office.letters(kind="welcome")] == ADDED
    with site.reading() as db:
        assert sorted(db.scalars(select(User.name))) == sorted(["", "Alina Zakładka", "Anna Nowa", "Halina Okładka", "Jan Przypis", "Marek Regał", "Zofia Lektura"])
        # Nobody has proven that they read there.
        assert db.scalars(select(Address.verified_at).where(Address.key == "anna@example.net")).all() == [None]
    assert [letter.to for letter in office.letters(kind="bulk-others")] == ["owner@example.org"]
    assert len(office.letters(kind="bulk-done")) == 3


@pytest.mark.parametrize(("head", "word"), [("DODAJ", "TAK BEZ POWITANIA"), ("DODAJ BEZ POWITANIA", "TAK"), ("ADD", "yes without welcome")])
def test_the_welcome_can_be_left_out(office, site, head, word):
    office.reply(ask(office, *PEOPLE, head=head), word)

    assert on_list(site) == ADDED and office.letters(kind="welcome") == []


@pytest.mark.parametrize("word", ["NIE", "Nie, dziękuję."])
def test_a_no_drops_them_and_a_yes_afterwards_says_so(office, site, word):
    look = ask(office, *PEOPLE)
    office.reply(look, word), office.reply(look, "TAK")

    assert on_list(site) == [] and [one.kind for one in office.letters(to="mod@example.org")] == ["bulk-look", "bulk-done", "bulk-done"]


@pytest.mark.parametrize("words", ["Dziękuję, sprawdzę", "tak?", "tak, ale bez Jana", "OK, zapytam jeszcze", "?", "Jan odpada"])
def test_whatever_is_no_plain_word_asks_again(office, site, words):
    look = ask(office, *PEOPLE)
    office.reply(look, words)

    assert on_list(site) == []
    office.reply(office.letters(kind="bulk-look")[-1], "TAK")
    assert on_list(site) == ADDED


def test_who_is_left_out_is_named_with_the_reason(office, site, now):
    with site.writing() as db:
        banning.ban(db, list_by_name(db, "siecibp"), "zly@example.net", CONSOLE, now)
    look = ask(office, *PEOPLE, "zly@example.net", "HALINA@example.org Halina", "anna@example.net", "pani z Łodzi", "ewa@nigdzie")

    for said in ("4. zly@example.net – ", "5. HALINA@example.org – ", "6. anna@example.net – ", "7. pani z Łodzi – ", "8. ewa@nigdzie – "):
        assert said in look.text
    office.reply(look, "TAK")
    assert on_list(site) == ADDED


def test_an_unproven_sender_is_asked_at_the_moderators_own_address(office, site):
    look = ask(office, *PEOPLE, proven=None)
    assert look.to == "mod@example.org"

    office.reply(look, "TAK", proven=None)
    assert on_list(site) == ADDED


def test_a_forged_yes_and_a_strangers_add_nobody(office, site):
    look = ask(office, *PEOPLE)

    assert office.reply(look, "TAK", proven=False) is State.ANSWERED  # asked back
    assert office.reply(look, "TAK", sender="obcy@example.org") is State.ANSWERED
    assert on_list(site) == []
    office.reply(office.letters(kind="confirm-decision")[-1], "TAK", proven=None)
    assert on_list(site) == ADDED


@pytest.mark.parametrize("sender", ["halina@example.org", "nikt@example.org"])
def test_nobody_but_a_moderator_adds(office, site, sender):
    office.send(sender, "siecibp-request", "", "\n".join(["DODAJ", *PEOPLE]), proven=True)

    assert office.letters(kind="bulk-look") == []


def test_who_moderates_no_longer_adds_nobody(office, site):
    look = ask(office, *PEOPLE)
    with site.writing() as db:
        db.scalars(select(Member).join(Address, Member.address_id == Address.id).where(Address.key == "mod@example.org")).one().role = Role.MEMBER

    office.reply(look, "TAK")
    assert on_list(site) == []


def test_two_moderators_with_the_same_people_add_them_once(office, site):
    one, other = ask(office, *PEOPLE), ask(office, *PEOPLE, "ewa@example.net", sender=OWNER)
    office.reply(one, "TAK"), office.reply(other, "TAK")

    assert on_list(site) == [*ADDED, "ewa@example.net"] and len(office.letters(kind="welcome")) == 4
    # Each takes back what was added at their own word.
    office.reply(office.letters(to="owner@example.org", kind="bulk-done")[-1], "COFNIJ")
    assert on_list(site) == ADDED


@pytest.mark.only_postgresql
def test_two_words_at_the_same_moment_add_everybody_once(office, site):
    lists = [[f"osoba{n}@example.net" for n in range(40)], [f"osoba{n}@example.net" for n in range(20, 60)]]
    for lines, sender in zip(lists, (MOD, OWNER), strict=True):
        ask(office, *lines, sender=sender)
    with site.reading() as db:
        ids = db.scalars(select(Batch.id).order_by(Batch.id)).all()
    ready = threading.Barrier(2)

    def carry_out(number):
        with site.writing() as db:
            batch = db.get(Batch, number)
            ready.wait()
            from listserv.store.lists import lock

            lock(db, batch.mlist)
            db.refresh(batch, with_for_update=True)
            batches.add_some(db, batch, batches.order_of(db, batch), site.now())

    threads = [threading.Thread(target=carry_out, args=(number,)) for number in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(on_list(site)) == 60
    with site.reading() as db:
        assert sum(len(batch.member_ids.split()) for batch in db.scalars(select(Batch))) == 60


# ---- undo ---------------------------------------------------------------------------------------------------


def test_undo_within_ten_minutes_takes_them_off_and_stops_the_welcomes(office, site, clock):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "byla@example.net", clock())
    look = ask(office, *PEOPLE, "byla@example.net")
    office.reply(look, "TAK")
    clock.move(minutes=9)
    office.reply(office.letters(kind="bulk-done")[-1], "COFNIJ")

    assert on_list(site) == ["byla@example.net"]
    assert office.letters(kind="welcome") == [] and office.letters(kind="removed") == []
    with site.reading() as db:
        assert db.scalars(select(Batch.state)).all() == [BatchState.UNDONE]


def test_whoever_had_the_welcome_is_told(office, site, clock):
    look = ask(office, *PEOPLE)
    office.reply(look, "TAK")
    with site.writing() as db:
        for letter in db.scalars(select(Letter).where(Letter.kind == "welcome")):
            letter.due = None
    office.reply(look, "UNDO")

    assert on_list(site) == [] and [letter.to for letter in office.letters(kind="removed")] == ADDED


def test_the_window_is_that_of_all_decisions():
    assert batches.WINDOW == undoing.WINDOW


def test_after_ten_minutes_it_is_too_late(office, site, clock):
    look = ask(office, *PEOPLE)
    office.reply(look, "TAK")
    clock.move(minutes=11)
    office.reply(look, "COFNIJ")

    assert on_list(site) == ADDED and "/moderate/members" in office.letters(kind="bulk-done")[-1].text


def test_an_undo_that_had_to_be_asked_back_counts_from_when_it_was_asked_for(office, site, clock):
    office.reply(ask(office, *PEOPLE), "TAK")
    clock.move(minutes=9)
    office.reply(office.letters(kind="bulk-done")[-1], "COFNIJ", proven=None)
    assert on_list(site) == ADDED
    clock.move(minutes=30)
    office.reply(office.letters(kind="confirm-decision")[-1], "COFNIJ", proven=None)

    assert on_list(site) == []


def test_undo_before_anything_was_done_does_nothing(office, site):
    look = ask(office, *PEOPLE)
    office.reply(look, "COFNIJ")
    assert on_list(site) == []
    office.reply(look, "TAK")
    assert on_list(site) == ADDED


def test_who_was_made_a_moderator_meanwhile_stays(office, site):
    look = ask(office, *PEOPLE)
    office.reply(look, "TAK")
    with site.writing() as db:
        db.scalars(select(Member).join(Address, Member.address_id == Address.id).where(Address.key == "jan@example.net")).one().role = Role.MODERATOR
    office.reply(look, "COFNIJ")

    assert on_list(site) == ["jan@example.net"]


# ---- tables, and thousands ----------------------------------------------------------------------------------


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "cp1250", "utf-16"])
@pytest.mark.parametrize("header", ["email,name,role,delivery", "E-mail;Imię i nazwisko", "Imię;Nazwisko;E-mail", ""])
def test_a_table_may_be_attached(office, site, codec, header):
    rows = {
        "email,name,role,delivery": "anna@example.net,Anna Żółw,owner,each\n",
        "E-mail;Imię i nazwisko": "anna@example.net;Anna Żółw\n",
        "Imię;Nazwisko;E-mail": "Anna;Żółw;anna@example.net\n",
        "": "Anna;Żółw;anna@example.net\n",
    }
    office.deliver(with_file("lista.csv", f"{header}\n{rows[header]}".lstrip("\n").encode(codec)), "moderator_siecibp@lists.example.org")
    office.reply(office.letters(kind="bulk-look")[-1], "TAK")

    assert on_list(site) == ["anna@example.net"]
    with site.reading() as db:
        member = db.scalars(select(Member).order_by(Member.id.desc())).first()
        assert (member.user.name, member.role) == ("Anna Żółw", Role.MEMBER)


def test_a_broken_table_is_said_to_hold_nobody(office, site):
    office.deliver(with_file("lista.csv", b"\x00\xff\xfe" * 50), "moderator_siecibp@lists.example.org")

    assert [one.kind for one in office.letters(to="mod@example.org")] == ["bulk-look"]


def test_many_are_added_in_slices_by_the_calendar(office, site, monkeypatch):
    monkeypatch.setattr(batches, "SLICE", 30)
    count = batches.SLICE * 3 + 7
    out = io.StringIO()
    csv.writer(out).writerows([("email", "name"), *((f"osoba{n}@example.net", f"Osoba {n}") for n in range(count))])
    office.deliver(with_file("lista.csv", out.getvalue().encode()), "moderator_siecibp@lists.example.org")
    look = office.letters(kind="bulk-look")[-1]
    assert str(count) in look.subject and "osoba19@example.net" in look.text and "osoba20@example.net" not in look.text
    office.reply(look, "TAK BEZ POWITANIA")
    assert len(on_list(site)) == batches.SLICE and office.letters(kind="bulk-done") == []

    work(site)

    assert len(on_list(site)) == count
    (done,) = office.letters(kind="bulk-done")
    assert str(count) in done.subject
    office.reply(done, "COFNIJ")
    assert on_list(site) == []


def test_undo_stops_what_is_still_under_way(office, site, monkeypatch):
    monkeypatch.setattr(batches, "SLICE", 30)
    look = ask(office, *(f"osoba{n}@example.net" for n in range(batches.SLICE + 5)))
    office.reply(look, "TAK BEZ POWITANIA")
    office.reply(look, "COFNIJ")
    work(site)

    assert on_list(site) == []


def test_a_closed_list_takes_nobody(office, site, now):
    look = ask(office, *PEOPLE)
    with site.writing() as db:
        list_by_name(db, "siecibp").closed_at = now
    office.reply(look, "TAK")

    assert on_list(site) == []


def test_what_nobody_decides_is_forgotten_after_a_month(office, site, clock):
    look = ask(office, *PEOPLE)
    clock.move(days=31)
    work(site)
    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Batch)) == 0

    assert office.reply(look, "TAK") is State.ANSWERED
    assert on_list(site) == [] and office.letters(to="mod@example.org")[-1].kind == "too-late"


# ---- files ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["DODAJ", "Dodaj proszę te osoby z załącznika.", "Proszę dopisać osoby z pliku:", "DODAJ\n\n-- \nZofia"])
def test_a_table_that_nobody_can_read_is_named(office, site, text):
    raw = with_file("lista.xlsx", b"PK\3\4 no table", text, kind=("application", "vnd.openxmlformats-officedocument.spreadsheetml.sheet"))
    office.deliver(raw, "moderator_siecibp@lists.example.org")

    (look,) = office.letters(kind="bulk-look")
    assert "lista.xlsx" in look.text and "CSV" in look.text and on_list(site) == []


def test_a_table_that_is_too_large_is_named(office):
    office.deliver(with_file("lista.csv", b"x" * (5 * 1024 * 1024 + 1)), "moderator_siecibp@lists.example.org")

    (look,) = office.letters(kind="bulk-look")
    assert "lista.csv" in look.text and "zbyt duży" in look.text


def test_people_beside_a_file_that_nobody_can_read_are_shown_with_it(office, site):
    raw = with_file("lista.ods", b"PK", "ZAPROŚ\nAnna Nowa <anna@example.net>", kind=("application", "octet-stream"))
    office.deliver(raw, "moderator_siecibp@lists.example.org")

    (look,) = office.letters(kind="bulk-look")
    assert "lista.ods" in look.text and "Anna Nowa <anna@example.net>" in look.text and office.letters(kind="invitation") == []


@pytest.mark.parametrize("text", ["Dodaj proszę te osoby z załącznika.", "Proszę dopisać osoby z pliku:"])
def test_a_sentence_may_order_what_the_table_holds(office, site, text):
    office.deliver(with_file("lista.csv", b"imie;e-mail\r\nAnna;anna@example.net\r\n", text), "moderator_siecibp@lists.example.org")
    office.reply(office.letters(kind="bulk-look")[-1], "TAK")

    assert on_list(site) == ["anna@example.net"]


def test_of_a_list_that_is_too_long_every_line_is_counted(office, monkeypatch):
    monkeypatch.setattr(peoplelines, "MOST_LINES", 2_000)
    rows = "".join(f"osoba{n}@example.net\r\n" for n in range(2_100))
    office.deliver(with_file("lista.csv", rows.encode()), "moderator_siecibp@lists.example.org")

    (many,) = office.letters(kind="bulk-many")
    assert "2100" in many.text.replace("\N{NO-BREAK SPACE}", "").replace(" ", "").replace(",", "")


def test_a_letter_with_a_file_is_no_order(office):
    raw = with_file("zaproszenie.xlsx", b"PK", "W załączniku zaproszenie na spotkanie.", kind=("application", "octet-stream")).replace(b"Subject: lista", b"Subject: Zaproszenie")
    assert office.deliver(raw, "moderator_siecibp@lists.example.org") is State.FORWARDED
    assert office.letters(kind="bulk-look") == []
