"""What `due` lists is what is done, all of it, and nothing else; and it is done once."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from listserv.store import failing
from listserv.store.bounces import Bounce
from listserv.store.calendar import CalendarRun, latest, ran
from listserv.store.digests import Digest
from listserv.store.drafts import Draft
from listserv.store.erasing import Posts
from listserv.store.lists import list_by_name
from listserv.store.members import DeliveryMode, Member, Status, member_by_key
from listserv.store.people import Address, User
from listserv.store.queue import Letter, keep_raw
from listserv.usecases import bouncing, digesting, housekeeping, issues, milestones, privacy, reporting
from listserv.usecases.access import CONSOLE, Actor, Door
from listserv.usecases.delivery import Failure
from listserv.usecases.issues import Words
from tests.conftest import add

DAY = timedelta(days=1)
LISTS = {
    "digest": ("digest",),
    "waits-still": ("reminder",),
    "several-wait": ("reminder",),
    "application-waiting": ("application-waiting",),
    "application-confirm": ("application-confirm",),
    "invitation": ("invitation", "invitation-sent"),
    "invitations-answered": ("invitations-answered",),
    "preview": ("preview-reminder",),
    "preview-dropped": ("preview-ends",),
    "digest-which": ("digest-answer-reminder",),
    "digest-unplaced": ("digest-answer-ends",),
    "thanks-told": ("thanks-told",),
    "report": ("report",),
    "milestones": ("milestones",),
    "issue-figures": ("issue-figures",),
    "issue-told": ("issue",),
    "more-waiting": ("more-waiting",),
    "probe": ("probe",),
    "mail-again": ("mail-again",),
    "members-bouncing": ("bounces-told",),
    "mail-refused": ("mail-refused",),
}
EVERYTHING = {
    *("digest", "pause-ends", "reminder", "application-waiting", "application-confirm", "application-lapses", "invitation", "invitation-lapses"),
    *("invitations-answered", "preview-reminder", "preview-ends", "thanks-told", "issue", "issue-figures", "report", "milestones", "erasure", "draft-forgotten"),
    *("probe", "mail-again", "bounces-told", "mail-refused"),
}


@pytest.fixture
def busy(office, site, clock):
    """A list on which the calendar owes something of every kind within the next weeks."""
    now = clock()
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        mlist.thanks = "collect"
        add(db, mlist, "czyta@example.org", now, name="Łucja Żółw", delivery="digest")
        for name, delivery in (("wraca", "each"), ("urlop", "digest")):
            away = add(db, mlist, f"{name}@example.org", now, name=name.title(), delivery=delivery)
            away.status, away.paused_until = Status.PAUSED, now + 8 * DAY
            digesting.plan(db, away, now)
        member_by_key(db, mlist, "halina@example.org").preview = True
        # Letters come back: from an address that is gone, from one that has taken the letter which asks, and for our own sake.
        for name in ("niema", "jestznow"):
            bouncing.score(db, add(db, mlist, f"{name}@example.net", now, name=name.title()), Failure("5.1.1", "550 5.1.1 User unknown"), now)
        back = failing.of_key(db, "jestznow@example.net")
        asked = Letter(kind="probe", to="jestznow@example.net", to_key="jestznow@example.net", raw_id=keep_raw(db, b"x").id, created_at=now, code=250)
        db.add(asked)
        db.flush()
        back.probe_id, back.due = asked.id, now + 6 * DAY
        db.add(Bounce(email="ktos@example.com", permanent=True, status="5.7.1", diagnostic="550 5.7.1 no", kind="policy", at=now))
        gone = add(db, mlist, "odchodzi@example.org", now, name="Ewa Znikam")
        privacy.ask(db, gone.user_id, Posts.KEEP, CONSOLE, now)
        db.add(Draft(user_id=gone.user_id, list_id=mlist.id, subject="Kiedyś", text="…", saved_at=now - 175 * DAY))
        # Somebody whom we know, on no list: they are asked once more whether it was they who wrote.
        db.add(User(name="Jan Znany", created_at=now, addresses=[Address(email="jan@example.org", key="jan@example.org", verified_at=now)]))
        owner = db.scalars(select(Member).order_by(Member.id)).first()
        issue = issues.draft(db, mlist, owner.user_id, Words("Nowości", "W maju warsztaty."), now)
        issues.schedule(db, issue, now + 2 * DAY, False, Actor(Door.CONSOLE, owner.user_id, administrator=True), now)
    office.send("Marek Regał <marek@example.org>", "siecibp", "Czytniki", "Mam dwa czytniki do oddania.", message_id="<m@example.org>")
    office.send("Halina Okładka <halina@example.org>", "siecibp", "Scenariusz", "Dzień dobry,\n\nprzesyłam scenariusz.\n")
    office.send("Zofia Lektura <mod@example.org>", "siecibp", "Re: Czytniki", "Dziękuję!\n", in_reply_to="<m@example.org>", proven=True)
    office.send("Anna Nowa <anna@example.org>", "moderator_siecibp", "Zgłoszenie", "Dzień dobry, proszę o dopisanie mnie do listy.", proven=True)
    office.send("Jan Nieznany <jan@example.org>", "moderator_siecibp", "Zgłoszenie", "Dzień dobry, proszę o dopisanie mnie do listy.")
    office.send("Ktoś Obcy <obcy@example.net>", "siecibp", "Oferta", "Dzień dobry, mam ofertę dla wszystkich.")
    asked = "ZAPROŚ\n\nola@example.org\newa@example.org\n"
    office.send("Zofia Lektura <mod@example.org>", "moderator_siecibp", "Zaproszenia", asked, proven=True)
    return office


def listed(site, at):
    with site.reading() as db:
        return housekeeping.owed(db, at)


def do_all(site, at):
    done = 1
    while done:
        with site.writing() as db:
            done = housekeeping.run_due(db, at)


def traces(site):
    """What there is to see: letters of ours, rows of the calendar, digests."""
    with site.reading() as db:
        letters = {row.id: (row.kind, row.to) for row in db.scalars(select(Letter))}
        runs = {row.id: (row.what, row.about, row.detail) for row in db.scalars(select(CalendarRun))}
        digests = {row.id for row in db.scalars(select(Digest)) if row.letter_id}
        return letters, runs, digests


def new(before, after):
    return {key: value for key, value in after.items() if key not in before}


def is_honest(site, at):
    """Run what is owed at that time, and compare; the kinds that were listed."""
    owed, (letters, runs, digests) = listed(site, at), traces(site)
    do_all(site, at)
    letters_now, runs_now, digests_now = traces(site)
    kinds, told = {one.what for one in owed}, {(one.what, one.who) for one in owed}
    for kind, to in new(letters, letters_now).values():
        assert any({(what, to), (what, "")} & told for what in LISTS[kind]), f"{kind} to {to} was not listed: {told}"
    # The books of days, and having looked where there was nothing to tell, are nothing that anybody is owed.
    looked = [(what, detail) for what, _, detail in new(runs, runs_now).values() if what != "figures" and not detail.endswith("letters: 0")]
    done = {what for what, detail in looked if (what, detail) != ("milestones", "")}
    assert done - kinds == set(), "done, and not listed"
    assert kinds - done - {"digest"} == set(), "listed, and not done"
    assert len(digests_now - digests) == sum(one.what == "digest" for one in owed)
    assert all(one.why and one.at <= at for one in owed)
    return kinds


def test_all_that_is_listed_is_done_and_nothing_else_and_once(busy, site, clock):
    found = set()
    first = busy.letters(to="ola@example.org", kind="invitation")[0]
    for days in (1, 2.5, 8.1, 15, 29.5, 31, 61):
        at = clock() + timedelta(days=days)
        found |= is_honest(site, at)
        again = traces(site)
        do_all(site, at)
        assert traces(site) == again and listed(site, at) == [], f"after {days} days"
        if days == 1:
            busy.reply(first, "NIE")
    assert found >= EVERYTHING


@pytest.mark.long
def test_pauses_erasures_and_answers_are_listed_before_they_come(busy, site, clock):
    busy.reply(busy.letters(to="ola@example.org", kind="invitation")[0], "NIE")
    early, later = clock() + timedelta(hours=4), clock() + 8 * DAY
    assert not [one for one in listed(site, early - timedelta(seconds=1)) if one.what == "invitations-answered"]
    assert [(one.who, one.at) for one in listed(site, early) if one.what == "invitations-answered"] == [("mod@example.org", early), ("owner@example.org", early)]
    do_all(site, later - timedelta(minutes=1))
    assert not any(one.who == "wraca@example.org" for one in listed(site, later - timedelta(minutes=1)))
    owed = {(one.what, one.who): one for one in listed(site, later + DAY)}

    assert owed["pause-ends", "wraca@example.org"].at == later and owed["digest", "wraca@example.org"].why.startswith("after a pause, ")
    # What came meanwhile is told at seven in the morning.
    assert owed["digest", "wraca@example.org"].at == later + timedelta(hours=21)
    with site.reading() as db:
        (row,) = [row for row in latest(db) if row.what == "erasure"]
        assert (row.about, row.detail, row.list) == ("erasure:1", "", None)


def test_what_was_done_is_listed_newest_first_with_digests_by_list_and_slot(busy, site, clock):
    do_all(site, clock() + DAY)
    clock.move(days=3)
    do_all(site, clock())
    with site.reading() as db:
        rows = housekeeping.done(db)

    assert [one.done_at for one in rows] == sorted((one.done_at for one in rows), reverse=True)
    assert {("digest", "siecibp", "members:1", "letters: 1")} <= {(one.what, one.list, one.about, one.detail) for one in rows}
    assert "issue" in {one.what for one in rows}


def test_a_row_of_the_calendar_is_written_once(db, mlist, now):
    assert ran(db, "issue", "issue:1", now, now, list_id=mlist.id) and not ran(db, "issue", "issue:1", now, now + DAY, list_id=mlist.id)


# ---- clocks -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        # Warsaw: clocks go forward on 29 March and back on 25 October 2026, both Sundays.
        (datetime(2026, 3, 30, 5, 59, tzinfo=UTC), datetime(2026, 3, 23, 7, tzinfo=UTC)),
        (datetime(2026, 3, 30, 6, 0, tzinfo=UTC), datetime(2026, 3, 30, 6, tzinfo=UTC)),
        (datetime(2026, 10, 26, 6, 59, tzinfo=UTC), datetime(2026, 10, 19, 6, tzinfo=UTC)),
        (datetime(2026, 10, 26, 7, 0, tzinfo=UTC), datetime(2026, 10, 26, 7, tzinfo=UTC)),
    ],
)
def test_milestones_keep_their_hour_when_clocks_change(moment, slot):
    assert milestones.slot_before(moment, ZoneInfo("Europe/Warsaw")) == slot


@pytest.mark.parametrize(
    ("moment", "slot"),
    [
        (datetime(2026, 4, 1, 5, 59, tzinfo=UTC), datetime(2026, 3, 1, 7, tzinfo=UTC)),
        (datetime(2026, 4, 1, 6, 0, tzinfo=UTC), datetime(2026, 4, 1, 6, tzinfo=UTC)),
        (datetime(2026, 11, 1, 6, 59, tzinfo=UTC), datetime(2026, 10, 1, 6, tzinfo=UTC)),
        (datetime(2026, 11, 1, 7, 0, tzinfo=UTC), datetime(2026, 11, 1, 7, tzinfo=UTC)),
    ],
)
def test_reports_keep_their_hour_when_clocks_change(moment, slot):
    assert reporting.slot_before(moment, ZoneInfo("Europe/Warsaw")) == slot


@pytest.mark.parametrize("ahead", [400, 29])
def test_a_clock_that_ran_ahead_for_a_day_costs_nobody_their_digests(busy, site, clock, ahead):
    do_all(site, clock() + ahead * DAY)
    clock.move(days=1)
    busy.send("Marek Regał <marek@example.org>", "siecibp", "Nowe", "Nowa wiadomość.")
    do_all(site, clock())
    with site.reading() as db:
        reader = member_by_key(db, list_by_name(db, "siecibp"), "czyta@example.org")
        assert reader.delivery is DeliveryMode.DIGEST and reader.digest_due <= clock() + DAY
    before = len(busy.letters(to="czyta@example.org", kind="digest"))
    do_all(site, clock() + DAY)
    assert len(busy.letters(to="czyta@example.org", kind="digest")) == before + 1


@pytest.mark.long
def test_a_clock_that_goes_back_makes_nothing_twice(busy, site, clock):
    do_all(site, clock() + 31 * DAY)
    before = traces(site)
    do_all(site, clock() + 2 * DAY)

    assert (traces(site)[0], traces(site)[2]) == (before[0], before[2])
