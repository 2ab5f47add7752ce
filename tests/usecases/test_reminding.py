"""Nothing waits in silence: moderators are reminded after 2, 7 and 14 days and then weekly, applicants hear once that it waits."""

import email
import email.policy
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select

from listserv.store.lists import list_by_name
from listserv.store.moderation import Application, ApplicationState, Held, HeldState, Journal
from listserv.store.people import Token
from listserv.store.queue import Incoming, Letter, State, raw_bytes
from listserv.usecases import administration, housekeeping, reminding
from listserv.usecases.access import CONSOLE
from tests.letterchecks import is_well_made
from tests.office import aligned, mail

ANNA, EWA, MOD, OWNER = "anna@example.org", "ewa@example.org", "mod@example.org", "owner@example.org"
WISH = "Dzień dobry,\n\npracuję w bibliotece. Czy mogę dołączyć?\n"
REMINDERS = ("waits-still", "several-wait")


def apply(office, sender=ANNA, proven=True):
    return office.send(f"Anna Nowa <{sender}>", "moderator_siecibp", "prośba", WISH, proven=proven)


def hold(office, sender="obcy@example.org", subject="Plakaty"):
    rcpt = "siecibp@lists.example.org"
    office.deliver(aligned(mail(f"Obcy <{sender}>", rcpt, subject, "Mamy plakaty do oddania.\n")), rcpt, mail_from=sender)


def run(site):
    done = 1
    while done:
        with site.writing() as db:
            done = reminding.run_due(db, site.now())


def reminders(office, to=MOD):
    return [one for one in office.letters(to=to) if one.kind in REMINDERS]


def owed(site, **ahead):
    with site.reading() as db:
        return [(one.what, one.list, one.who, one.at) for one in housekeeping.owed(db, site.now() + timedelta(**ahead))]


def states(site):
    with site.reading() as db:
        return db.scalars(select(Application.state).order_by(Application.id)).all()


# ---- moderators --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("what", [apply, hold])
def test_moderators_are_reminded_after_2_7_and_14_days_and_then_every_week(office, site, clock, what):
    what(office)
    days = []
    for day in range(1, 31):
        clock.move(days=1)
        before = len(reminders(office))
        run(site)
        run(site)
        days += [day] * (len(reminders(office)) - before)

    assert days == [2, 7, 14, 21, 28]
    assert len(reminders(office, OWNER)) == 5


def test_an_application_is_never_lost_and_never_decides_itself(office, site, clock):
    apply(office)
    for _ in range(60):
        clock.move(days=7)
        run(site)

    assert states(site) == [ApplicationState.AWAITING_MODERATOR]
    office.reply(reminders(office)[-1], "TAK")
    assert states(site) == [ApplicationState.ADMITTED]


@pytest.mark.parametrize(("what", "words"), [(apply, "pracuję w bibliotece"), (hold, "Mamy plakaty do oddania.")])
def test_one_case_stands_in_its_reminder_whole_and_a_word_to_it_decides(office, site, clock, what, words):
    what(office)
    clock.move(days=2)
    run(site)
    (letter,) = reminders(office)
    assert letter.kind == "waits-still" and words in letter.text
    office.reply(letter, "TAK")

    with site.reading() as db:
        case = db.scalars(select(Application if what is apply else Held)).one()
        assert case.state in (ApplicationState.ADMITTED, HeldState.PUBLISHED)


def test_all_that_is_due_on_a_day_comes_in_one_letter_and_a_reply_brings_each(office, site, clock):
    apply(office)
    hold(office)
    clock.move(hours=5)
    apply(office, EWA)
    clock.move(hours=43)
    run(site)
    clock.move(hours=6)
    run(site)

    (letter,) = reminders(office)
    assert letter.kind == "several-wait"
    assert "Plakaty" in letter.text and letter.text.count("Anna Nowa") == 2
    office.new_letters()
    office.reply(letter, "DALEJ")
    assert sorted(one.kind for one in office.new_letters() if one.to == MOD) == ["application-moderator", "application-moderator", "held-moderator"]
    office.reply(office.letters(to=MOD, kind="held-moderator")[-1], "TAK")
    with site.reading() as db:
        assert db.scalars(select(Held)).one().state is HeldState.PUBLISHED


def test_a_reminder_of_several_says_nothing_twice(office, site, clock):
    """The letter that tells of a flood does not come on top of it."""
    apply(office)
    apply(office, EWA)
    clock.move(days=2)
    run(site)
    clock.move(hours=2)
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass

    assert office.letters(kind="more-waiting") == []
    assert len(reminders(office)) == 1


def test_what_is_decided_is_not_reminded_of(office, site, clock):
    apply(office)
    hold(office)
    office.reply(office.letters(to=MOD, kind="application-moderator")[0], "TAK")
    office.reply(office.letters(to=MOD, kind="held-moderator")[0], "NIE, nie tu.")
    clock.move(days=20)
    run(site)

    assert reminders(office) == []


def test_an_applicant_who_was_asked_is_said_to_be(office, site, clock):
    apply(office)
    office.reply(office.letters(to=MOD, kind="application-moderator")[0], "Czy to biblioteka publiczna?")
    clock.move(days=2)
    run(site)

    assert "pytanie" in reminders(office)[0].text or "question" in reminders(office)[0].text


def test_a_decision_taken_back_is_not_reminded_of_at_once(office, site, clock):
    apply(office)
    clock.move(days=3)
    run(site)
    office.reply(office.letters(to=MOD, kind="application-moderator")[0], "TAK")
    office.reply(office.letters(to=MOD, kind="application-moderator")[0], "COFNIJ")
    run(site)
    assert len(reminders(office)) == 1
    clock.move(days=4)
    run(site)
    assert len(reminders(office)) == 2


def test_after_a_long_sleep_there_is_one_letter_and_not_four(office, site, clock):
    apply(office)
    clock.move(days=40)
    run(site)

    assert len(reminders(office)) == 1


def test_a_list_whose_letters_cannot_be_made_keeps_no_other_waiting(office, site, clock, monkeypatch):
    with site.writing() as db:
        other = administration.create_list(db, administration.NewList("druga", "Druga"), CONSOLE, site.now())
        administration.add_member(db, other, administration.NewMember("olga@example.org", role=administration.Role.OWNER), CONSOLE, site.now())
    apply(office)
    office.send(f"Ewa <{EWA}>", "moderator_druga", "prośba", WISH, proven=True)
    clock.move(days=2)
    whole = reminding._about_one

    def breaks(db, mlist, *rest):
        if mlist.name == "siecibp":
            raise RuntimeError("no")
        whole(db, mlist, *rest)

    monkeypatch.setattr(reminding, "_about_one", breaks)
    run(site)
    assert reminders(office) == [] and reminders(office, "olga@example.org")
    monkeypatch.undo()
    clock.move(hours=2)
    run(site)
    assert len(reminders(office)) == 1


def test_several_workers_write_one_letter(office, site, clock):
    apply(office)
    hold(office)
    clock.move(days=2)
    gate, errors = threading.Barrier(4), []

    def work():
        try:
            gate.wait()
            run(site)
        except Exception as error:  # noqa: BLE001 (told below)
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(4)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()

    assert errors == []
    assert len(reminders(office)) == len(reminders(office, OWNER)) == 1


# ---- applicants --------------------------------------------------------------------------------------------


def test_the_applicant_hears_once_after_a_week_that_it_waits_still(office, site, clock):
    apply(office)
    for _ in range(30):
        clock.move(days=1)
        run(site)

    letters = office.letters(to=ANNA)
    assert [one.kind for one in letters] == ["application-received", "application-waiting"]
    office.reply(letters[-1], "Nadal chcę dołączyć, pracuję teraz w filii.")
    assert "w filii" in office.letters(to=MOD, kind="application-answer")[-1].text


def test_whoever_was_asked_is_reminded_of_the_question(office, site, clock):
    apply(office)
    office.reply(office.letters(to=MOD, kind="application-moderator")[0], "Czy to biblioteka publiczna?")
    clock.move(days=8)
    run(site)
    letter = office.letters(to=ANNA, kind="application-waiting")[0]
    office.reply(letter, "Pedagogiczna.")

    assert states(site) == [ApplicationState.AWAITING_MODERATOR]


def test_an_unproven_applicant_hears_nothing_after_the_first_letter(office, site, clock):
    apply(office, proven=None)
    for _ in range(30):
        clock.move(days=2)
        run(site)

    assert [one.kind for one in office.letters(to=ANNA)] == ["application-confirm"]
    assert reminders(office) == []


def test_somebody_known_here_is_asked_once_more_whether_it_was_they(office, site, clock):
    with site.writing() as db:
        other = administration.create_list(db, administration.NewList("druga", "Druga"), CONSOLE, site.now())
        administration.add_member(db, other, administration.NewMember(ANNA), CONSOLE, site.now())
    apply(office, proven=None)
    for _ in range(5):
        clock.move(days=7)
        run(site)

    assert [one.kind for one in office.letters(to=ANNA)] == ["application-confirm"] * 2


def test_what_nobody_confirms_for_two_months_is_set_aside_in_sight_and_a_reply_still_confirms_it(office, site, clock):
    apply(office, proven=None)
    clock.move(days=59)
    run(site)
    assert states(site) == [ApplicationState.AWAITING_CONFIRMATION]
    clock.move(days=1)
    run(site)
    assert states(site) == [ApplicationState.LAPSED]
    with site.reading() as db:
        assert db.scalars(select(Journal.what).where(Journal.what == "application-lapsed")).all()
        assert db.scalars(select(Incoming.state)).all() == [State.APPLICATION]
    assert len(office.letters()) == 1
    office.reply(office.letters()[0], "Tak, to ja")

    assert states(site) == [ApplicationState.AWAITING_MODERATOR]
    assert office.letters(to=MOD, kind="application-moderator")


def test_after_that_a_new_letter_is_a_new_application(office, site, clock):
    apply(office, proven=None)
    clock.move(days=61)
    run(site)
    apply(office, proven=None)

    assert states(site) == [ApplicationState.LAPSED, ApplicationState.AWAITING_CONFIRMATION]
    assert len(office.letters(to=ANNA)) == 2


def test_what_was_set_aside_can_be_purged_and_its_letter_then_gets_a_kind_answer(office, site, clock):
    apply(office, proven=None)
    first = office.letters()[0]
    clock.move(days=70)
    run(site)
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        assert reminding.purge(db, mlist, timedelta(days=30), CONSOLE, site.now()) == 0
        assert reminding.purge(db, mlist, timedelta(0), CONSOLE, site.now()) == 1

    assert states(site) == []
    with site.reading() as db:
        assert db.scalars(select(Incoming.state)).all() == [State.APPLICATION]
        assert db.scalars(select(Token)).all() == []
        assert not [one for one in db.scalars(select(Journal)) if ANNA in one.detail]
        assert db.scalars(select(Incoming.mail_from)).all() == [""]
    office.reply(first, "Tak, to ja")
    assert [one.kind for one in office.letters(to=ANNA)] == ["application-confirm", "too-late"]


# ---- telling what is due -----------------------------------------------------------------------------------


def test_due_tells_who_will_hear_what(office, site, clock, now):
    apply(office)
    assert owed(site, days=1) == []
    assert owed(site, days=2) == [("reminder", "siecibp", MOD, now + timedelta(days=2)), ("reminder", "siecibp", OWNER, now + timedelta(days=2))]
    assert ("application-waiting", "siecibp", ANNA, now + timedelta(days=7)) in owed(site, days=7)
    clock.move(days=2)
    run(site)
    assert owed(site, days=1) == []
    assert [one[0] for one in owed(site, days=5)] == ["application-waiting", "reminder", "reminder"]


def test_due_tells_what_lapses(office, site, now):
    apply(office, proven=None)

    assert owed(site, days=60) == [("application-lapses", "siecibp", ANNA, now + timedelta(days=60))]


def test_the_calendar_does_it(office, site, clock):
    apply(office)
    clock.move(days=2)
    with site.writing() as db:
        while housekeeping.run_due(db, site.now()):
            pass

    assert len(reminders(office)) == 1


@pytest.mark.only_postgresql
def test_a_reply_that_comes_while_it_lapses_confirms_it(office, site, clock):
    """Whichever is first: the case is before the moderators, and they can decide it."""
    apply(office, proven=None)
    question = office.letters()[0]
    clock.move(days=60)
    gate = threading.Barrier(2)

    def lapse():
        gate.wait()
        run(site)

    worker = threading.Thread(target=lapse)
    worker.start()
    gate.wait()
    office.reply(question, "Tak, to ja")
    worker.join()

    assert states(site) == [ApplicationState.AWAITING_MODERATOR]
    office.reply(office.letters(to=MOD, kind="application-moderator")[0], "TAK")
    assert states(site) == [ApplicationState.ADMITTED]


@pytest.mark.long
def test_every_letter_of_these_weeks_is_well_made(office, site, clock):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), {"questions": "Skąd?|Po co?", "consent": "Zgadzam się."}, CONSOLE, site.now())
    apply(office)
    apply(office, EWA, proven=None)
    hold(office)
    office.send("Jan Przypis <jan@example.org>", "moderator_siecibp", "Pytanie", "Kiedy spotkanie?\n", proven=True)
    office.reply(office.letters(to=MOD, kind="application-moderator")[-1], "To nie zgłoszenie.")
    for _ in range(3):
        clock.move(days=3)
        run(site)
    office.reply(office.letters(to=MOD, kind="held-moderator")[0], "TAK")
    clock.move(days=6)
    run(site)

    with site.reading() as db:
        rows = [(row, email.message_from_bytes(raw_bytes(db, row.raw_id), policy=email.policy.default)) for row in db.scalars(select(Letter))]
    assert {"waits-still", "several-wait", "application-waiting", "letter-after-all", "application-confirm", "application-received"} <= {row.kind for row, _ in rows}
    for row, one in rows:
        is_well_made(row, one)
