"""What counts in a list's figures, and what does not; and when letters with them come."""

from datetime import UTC, date, datetime, timedelta

import pytest

from listserv import i18n, links
from listserv.errors import NotFound
from listserv.mail import stopwords
from listserv.store import calendar
from listserv.store.archive import Message
from listserv.store.digests import Digest
from listserv.store.figures import DayCount
from listserv.store.lists import Kind, list_by_name
from listserv.store.members import Member
from listserv.store.moderation import Journal
from listserv.store.people import Address, address_by_key
from listserv.store.queue import State
from listserv.usecases import administration, figurepages, figuretables, figurewords, housekeeping, reporting, visiting
from listserv.usecases import figures as counting
from listserv.usecases.access import CONSOLE, Actor, Door
from listserv.usecases.figureperiods import Period, so_far
from listserv.usecases.figures import Figures, figures
from listserv.usecases.issuefigures import Effect
from tests import archive_seeds as seeds
from tests.conftest import add
from tests.letterchecks import is_well_made

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
HALINA, MAREK = ("Halina Okładka", "halina@example.org"), ("Marek Regał", "marek@example.org")


def march(db, mlist):
    return figures(db, mlist, *MARCH)


# ---- what counts --------------------------------------------------------------------------------------------


def test_hidden_messages_and_threads_do_not_count(db, mlist, now):
    talk = seeds.thread(db, mlist, "Czytniki", now)
    talk.say(*HALINA, "?", to=talk.say(*MAREK, "?"))
    hidden = seeds.thread(db, mlist, "Reklama", now)
    hidden.say("Ktoś", "ktos@example.net", "Kupcie.").hidden_at = now
    hidden.thread.hidden_at = now
    db.flush()
    found = march(db, mlist)

    assert (found.threads, found.posts, found.writers, found.answers) == (1, 2, 2, 1)
    assert [month.posts for month in found.months] == [2]


def test_a_person_is_one_person_in_however_many_months_and_by_whichever_of_their_addresses(db, mlist, now):
    halina = add(db, mlist, HALINA[1], now, name=HALINA[0])
    db.add(Address(user_id=halina.user_id, email="h@dom.example.org", key="h@dom.example.org", verified_at=now))
    for number, (name, email) in enumerate((HALINA, (HALINA[0], "h@dom.example.org"), ("Dawna Osoba", "a@stary.example.org"), ("Dawna Osoba", "b@stary.example.org"))):
        seeds.thread(db, mlist, f"Wątek {number}", now - timedelta(days=20 * (number % 2))).say(name, email, "?")
    # One came with an archive, before its author had an account.
    db.query(Message).filter(Message.author_email == "h@dom.example.org").update({"user_id": None})
    found = figures(db, mlist, date(2026, 2, 1), date(2026, 3, 31))

    assert (found.writers, found.sharing, [month.writers for month in found.months]) == (2, 1, [2, 2])
    assert (found.members, found.share_of_members) == (2, 0.5)


def test_who_had_written_before_is_no_new_voice(db, mlist, now):
    seeds.thread(db, mlist, "Dawno", now - timedelta(days=40)).say(*HALINA, "?")
    talk = seeds.thread(db, mlist, "Teraz", now)
    talk.say(*HALINA, "!", to=talk.say(*MAREK, "?"))

    assert march(db, mlist).voices == 1


def test_how_soon_somebody_else_answered_and_what_waits(db, mlist, now):
    for hours in (1, 3, 10):
        talk = seeds.thread(db, mlist, f"Pytanie {hours}", now)
        first = talk.say(*HALINA, "?")
        own, other = talk.say(*HALINA, "Dodam jeszcze.", to=first), talk.say(*MAREK, "Mam.", to=first)
        own.sent_at, other.sent_at = first.sent_at + timedelta(minutes=5), first.sent_at + timedelta(hours=hours)
    seeds.thread(db, mlist, "Nikt nie wie", now).say(*HALINA, "?")
    closed = seeds.thread(db, mlist, "Ogłoszenie", now)
    closed.say(*HALINA, "!")
    closed.thread.closed = True
    db.flush()
    found = march(db, mlist)

    assert (found.answered, found.waiting) == (3, 1)
    assert found.first_answer == timedelta(hours=3)


def test_members_are_those_of_the_last_day_where_that_is_known(db, mlist, now):
    add(db, mlist, HALINA[1], now)
    marek = add(db, mlist, MAREK[1], now)
    administration.remove_member(db, marek, CONSOLE, now + timedelta(days=60))
    late = now + timedelta(days=61)
    administration.remove_member(db, add(db, mlist, "krotko@example.org", late), CONSOLE, late)
    add(db, mlist, "nowa@example.org", late)

    assert (march(db, mlist).members, march(db, mlist).members_then) == (3, True)
    assert figures(db, mlist, date(2025, 3, 1), date(2025, 3, 31)).members == 3


def test_digests_are_counted_once_and_nothing_is_lost_in_between(db, mlist, now):
    member = add(db, mlist, HALINA[1], now)
    letter = db.get_one(Member, member.id) and the_letter(db, mlist, now)
    for day in range(5):
        at = now + timedelta(days=day)
        db.add(Digest(list_id=mlist.id, member_id=member.id, slot=at, after_seq=0, upto_seq=1, made_at=at, letter_id=None if day == 1 else letter))
        db.flush()
        counting.count_digests(db, at + timedelta(hours=20))
        assert counting.count_digests(db, at + timedelta(hours=20)) == 0
        assert march(db, mlist).digests == (day if day else 1)


def the_letter(db, mlist, now):
    from listserv.usecases import outbox

    return outbox.post_bytes(db, "digest", b"Subject: x\r\n\r\nx\r\n", HALINA[1], now, mlist=mlist).id


def test_what_came_to_the_reply_address_of_a_digest_is_its_effect(office, site, now):
    office.send("Marek Regał <marek@example.org>", "siecibp", "Czytniki", "Które czytniki?")
    with site.reading() as db:
        halina, asked = db.query(Member).order_by(Member.id).all()[2].id, db.query(Message).one().id
    address = links.item_address(site.settings, halina, asked)
    assert office.send("Halina Okładka <halina@example.org>", address, "Odp: Czytniki", "Mamy pięć i polecam.", proven=True) is State.POSTED

    with site.reading() as db:
        found = march(db, list_by_name(db, "siecibp"))
    assert (found.posts, found.answers, found.by_digest) == (2, 1, 1)


# ---- which days ---------------------------------------------------------------------------------------------


def test_the_school_year_so_far_begins_where_there_is_something(db, mlist, now):
    today = now.date()
    assert so_far(db, mlist, today) == Period(date(2026, 3, 1), today)
    seeds.thread(db, mlist, "Pierwszy", datetime(2025, 11, 20, 9, 0, tzinfo=UTC)).say(*HALINA, "?")
    visiting.bring(db, mlist, "date,visits\n2025-10-07,3\n2026-06-15,2\n", now + timedelta(days=200))
    assert so_far(db, mlist, today) == Period(date(2025, 10, 1), today)
    # A new one has begun, and nobody has written in it: readers alone do not begin it.
    visiting.bring(db, mlist, "date,visits\n2026-09-03,3\n", now + timedelta(days=200))
    assert so_far(db, mlist, date(2026, 11, 21)) == Period(date(2025, 10, 1), date(2026, 6, 15))
    seeds.thread(db, mlist, "Nowy rok", datetime(2026, 9, 20, 9, 0, tzinfo=UTC)).say(*HALINA, "!")
    assert so_far(db, mlist, date(2026, 11, 21)) == Period(date(2026, 9, 1), date(2026, 11, 21))


def test_a_list_on_which_nothing_has_happened_has_figures_too(db, mlist, now):
    found = figures(db, mlist, date(2026, 3, 1), now.date(), today=now.date())

    assert (found.posts, found.visits, found.share, found.a_day, found.first_answer) == (0, 0, 0.0, 0.0, None)
    assert figurewords.sentence(found, "en").endswith("nobody wrote.")


# ---- in words -----------------------------------------------------------------------------------------------


def some(**more):
    facts = {"first": date(2025, 10, 1), "last": date(2026, 6, 15), "until": date(2026, 6, 15), "members": 45, "members_then": True, "present": 45, "writers": 24, "sharing": 24}
    facts |= {"threads": 33, "posts": 241, "visits": 3037, "months": ()}
    return Figures(**{**facts, **more})


def test_numbers_that_differ_from_the_usual_are_said_as_they_are():
    def english(**more):
        return figurewords.sentence(some(**more), "en").replace("\N{NO-BREAK SPACE}", " ")

    nobody = {"writers": 0, "sharing": 0, "posts": 0, "threads": 0, "visits": 0}
    assert english(writers=26).startswith("From October 2025 to 15 June 2026, 26 people wrote 241 messages in 33 threads. Of 45 people on the list, 24 wrote. The")
    assert "people wrote 241 messages in 33 threads. Of 45 people on the list, nobody wrote." in english(sharing=0)
    assert english(**nobody) == "From October 2025 to 15 June 2026, nobody wrote."
    assert english(**nobody, ahead=True).endswith("this is still to come.")
    assert english(**nobody, open=True).endswith("nobody has written so far.")
    assert english(**nobody | {"posts": 2}) == "From October 2025 to 15 June 2026, 2 messages without a name."
    assert "less than once a day" in english(visits=20)
    assert english(first=date(2026, 3, 1), last=date(2026, 3, 31), threads=0).startswith("March 2026: 24 of 45 people wrote 241 messages.")
    assert english(first=date(2026, 11, 1), last=date(2026, 11, 21)).startswith("From 1 to 21 November 2026, 24 of")
    assert english(newsletter=True, posts=2, visits=0) == "From October 2025 to 15 June 2026, 2 issues went out."
    assert [figurewords.percent(share) for share in (0, 0.004, 0.5, 0.996, 1)] == ["0%", "<1%", "50%", ">99%", "100%"]


def test_large_numbers_are_written_in_groups():
    large = some(present=100_000, writers=13_901, sharing=13_901, posts=1_000_000, visits=12_345_678)

    assert "13,901 of 100,000 people wrote 1,000,000 messages" in figurewords.sentence(large, "en").replace("\N{NO-BREAK SPACE}", " ")
    assert [i18n.number(count, "pl").split("\N{NO-BREAK SPACE}") for count in (3037, 12345)] == [["3037"], ["12", "345"]]


def test_a_past_month_stays_as_it_was_when_people_leave_and_join_later(db, mlist, now):
    people = [add(db, mlist, email, now, name=name) for name, email in (HALINA, MAREK, ("Ewa", "ewa@example.org"))]
    for number, (name, email) in enumerate((HALINA, MAREK)):
        seeds.thread(db, mlist, f"Wątek {number}", now).say(name, email, "?")
    before, april = march(db, mlist), now + timedelta(days=40)
    administration.remove_member(db, people[0], CONSOLE, april, why="by mail")
    for number in range(3):
        add(db, mlist, f"nowa{number}@example.org", april)
    after = march(db, mlist)

    assert (before.sharing, before.present, before.members, before.share_of_members) == (2, 4, 4, 0.5)
    assert (after.sharing, after.present, after.members, after.writers, after.members_then) == (2, 4, 4, 2, True)
    assert (later := figures(db, mlist, date(2026, 5, 1), date(2026, 5, 31))).present == later.members == 6
    # Who left in the middle of the month was there in it, and not at its end; who came back is one person.
    administration.remove_member(db, people[1], CONSOLE, now + timedelta(days=1))
    add(db, mlist, MAREK[1], april)
    found = march(db, mlist)
    assert (found.sharing, found.present, found.members) == (2, 4, 3)
    assert figurewords.sentence(found, "en").replace("\N{NO-BREAK SPACE}", " ").startswith("March 2026: *2 of 4 people* wrote *2 messages*".replace("*", ""))


def test_where_people_were_brought_after_their_history_those_of_now_are_counted(db, mlist, now):
    for number in range(6):
        seeds.thread(db, mlist, f"Wątek {number}", now).say(f"Osoba {number}", f"o{number}@example.org", "?")
    joined = now + timedelta(days=40)
    for number in range(6):
        add(db, mlist, f"o{number}@example.org", joined)
        db.query(Message).filter_by(author_key=f"o{number}@example.org").update({"user_id": address_by_key(db, f"o{number}@example.org").user_id})
    known, there = march(db, mlist), db.query(Member).count()
    assert (known.members_then, known.present, known.sharing) == (False, there, 6)
    assert "is not known" in figurewords.caution(known, "en")
    # Who wrote as a guest and joined by their own wish later is no sign that the books are wrong.
    db.query(Journal).filter_by(what="member-added").update({"door": "mail"})
    found = march(db, mlist)
    assert (found.members_then, found.present, found.sharing, found.writers) == (True, there - 6, 0, 6)


def test_who_answers_themselves_from_another_address_has_answered_nobody(db, mlist, now):
    halina = add(db, mlist, HALINA[1], now, name=HALINA[0])
    db.add(Address(user_id=halina.user_id, email="h@dom.example.org", key="h@dom.example.org", verified_at=now))
    talk = seeds.thread(db, mlist, "Pytanie", now)
    own = talk.say(HALINA[0], "h@dom.example.org", "Już wiem.", to=talk.say(*HALINA, "?"))
    own.user_id = None
    # From an address of hers that came with an archive, long before.
    seeds.thread(db, mlist, "Dawno", now - timedelta(days=90)).say("H. O.", "h@dom.example.org", "!").user_id = None
    db.flush()
    found = march(db, mlist)

    assert (found.answered, found.waiting, found.first_answer, found.voices) == (0, 1, None, 0)


def test_what_was_asked_without_a_name_is_nobodys(db, mlist, now):
    talk = seeds.thread(db, mlist, "Pytanie", now)
    talk.say("Sieć BP", "siecibp@lists.example.org", "?")
    talk.say("", "siecibp@lists.example.org", "?")
    found = march(db, mlist)

    assert (found.posts, found.writers, found.sharing, [month.writers for month in found.months]) == (2, 0, 0, [0])


def test_a_clock_that_ran_ahead_makes_no_digest_count_twice_and_no_day_of_a_hundred_years(db, mlist, now):
    member, letter = add(db, mlist, HALINA[1], now), the_letter(db, mlist, now)

    def digest(at):
        db.add(Digest(list_id=mlist.id, member_id=member.id, slot=at, after_seq=0, upto_seq=1, made_at=at, letter_id=letter))
        db.flush()

    digest(now)
    counting.count_digests(db, now + timedelta(days=20))
    digest(now + timedelta(days=36_500))
    for day in range(1, 6):
        digest(now + timedelta(days=day))
        counting.count_digests(db, now + timedelta(days=day, hours=20))

    assert march(db, mlist).digests == 6
    assert db.query(DayCount).count() == 7


def test_a_list_made_today_is_not_said_to_have_been_read_for_three_weeks(db, mlist, now):
    visiting.record(db, now.date(), {"siecibp": list("abcde")}, now)
    found = figures(db, mlist, date(2026, 3, 1), now.date(), today=now.date())

    assert (found.days, found.a_day) == (1, 5.0)
    assert figurewords.sentence(found, "en").endswith("The archive was visited 5\N{NO-BREAK SPACE}times.") or "5 times." in figurewords.sentence(found, "en")


def test_a_sheet_is_made_as_its_readers_program_opens_it():
    issue = Effect(1, 1, "=Nowości;", datetime(2026, 3, 2, tzinfo=UTC), 45, 24, 3, 1, 2)
    polish = figuretables.spreadsheet(some(), "pl", [issue])

    assert polish.startswith("\N{ZERO WIDTH NO-BREAK SPACE}") and ";33;241;24;3037\r\n" in polish and "\"'=Nowości;\";45;24;3;1;2\r\n" in polish
    assert figuretables.spreadsheet(some(), "en") == figuretables.table(some())
    assert figuretables.issue_lines([issue], "en")[1].endswith("not delivered:\N{NO-BREAK SPACE}2")


@pytest.mark.skipif(not i18n.translations("pl").gettext("Month by month").startswith("Miesi"), reason="the Polish of this part is not in the catalogue yet")
@pytest.mark.parametrize(
    ("count", "said"),
    [(24, "24 z 45 osób napisały"), (1, "1 z 45 osób napisała"), (5, "5 z 45 osób napisało"), (12, "12 z 45 osób napisało"), (22, "22 z 45 osób napisały")],
)
def test_in_polish_the_verb_follows_the_number(count, said):
    sentence = figurewords.sentence(some(writers=count, sharing=count), "pl").replace("\N{NO-BREAK SPACE}", " ")

    assert sentence == f"Od października 2025 do 15 czerwca 2026 roku {said} 241 wiadomości w 33 wątkach. Archiwum odwiedzono 3037 razy, około 12 razy dziennie."


# ---- the page -----------------------------------------------------------------------------------------------


def page(db, member, now, **days):
    return figurepages.stats(db, "siecibp", Actor(Door.WEB, member.user_id, proven=True), now, **days)


def test_the_figures_of_a_newsletter_are_for_those_who_write_it(db, mlist, now):
    owner, reader = db.query(Member).order_by(Member.id).first(), add(db, mlist, HALINA[1], now)
    assert page(db, reader, now).figures.newsletter is False
    mlist.kind = Kind.NEWSLETTER
    with pytest.raises(NotFound):
        page(db, reader, now)
    seeds.thread(db, mlist, "Wydanie 1", now).say("Alina", "owner@example.org", "!")
    shown = page(db, owner, now).figures

    assert figurewords.sentence(shown, "en").replace("\N{NO-BREAK SPACE}", " ") == "From 1 to 3 March 2026, 1 issue went out."
    assert [line.label for line in figurewords.lines(shown, "en")] == ["On the list then", "New on the list"]


def test_the_page_knows_that_the_year_it_shows_is_over(db, mlist, now):
    owner = db.query(Member).order_by(Member.id).first()
    assert not page(db, owner, now).past
    seeds.thread(db, mlist, "Wiosną", now).say(*HALINA, "?")
    autumn = now + timedelta(days=240)

    assert (page(db, owner, autumn).past, page(db, owner, autumn).figures.last) == (True, date(2026, 3, 3))
    assert page(db, owner, autumn, first="2026-09-01").past
    ahead = page(db, owner, now, month="2027-01").figures
    assert "still to come" in figurewords.sentence(ahead, "en")


def test_a_letter_tells_of_the_issues_that_went_out_and_of_the_newest_where_they_are_many(db, mlist, now):
    issues = [Effect(number, number, f"Nr {number}", now, 45, 24, 3, 1, 2) for number in range(1, 8)]
    told = reporting.facts_of(some(newsletter=True, posts=7, visits=0), issues, yearly=False)

    assert told["figures_issues"]["en"][0] == "“Nr 3”" and "copies:\N{NO-BREAK SPACE}45, visits:" in told["figures_issues"]["en"][1]
    assert (len(told["figures_issues"]["pl"]), told["issues_not_told"]) == (10, 2)
    assert told["figures_table"]["en"] == ("On the list then:\N{NO-BREAK SPACE}45", "New on the list:\N{NO-BREAK SPACE}0")


# ---- letters ------------------------------------------------------------------------------------------------

APRIL = datetime(2026, 4, 1, 6, 0, tzinfo=UTC)


def run(site):
    done = 1
    while done:
        with site.writing() as db:
            done = reporting.run_due(db, site.now())


def owed(site):
    with site.reading() as db:
        return [(one.what, one.list, one.who, one.at) for one in housekeeping.owed(db, site.now()) if one.what == "report"]


@pytest.fixture
def lively(office, site, now):
    """A month in which something has happened."""
    office.send("Marek Regał <marek@example.org>", "siecibp", "Czytniki", "Które czytniki?")
    with site.writing() as db:
        visiting.record(db, now.date(), {"siecibp": ["a", "b"]}, now)
    return office


def reports(office):
    return [one for one in office.letters() if one.kind.startswith("report")]


def test_on_the_first_of_the_month_coordinators_get_one_letter_with_a_table(lively, site, clock):
    clock.at = APRIL - timedelta(minutes=1)
    assert owed(site) == []
    clock.at = APRIL + timedelta(days=3)
    assert owed(site) == [("report", "siecibp", "owner@example.org", APRIL)]
    run(site)
    run(site)

    (letter,) = reports(lively)
    assert (letter.to, owed(site)) == ("owner@example.org", [])
    (table,) = [part.get_content() for part in letter.mail.iter_attachments()]
    # The owner reads Polish.
    assert "2026-03;1;1;1;2" in table and "Wątki, które czekają" in table
    assert "/siecibp/stats?from=2026-03-01&to=2026-03-31" in letter.text
    assert letter.mail.get_body(("html",)) is not None
    with site.reading() as db:
        is_well_made(db.query(calendar.CalendarRun).filter_by(what="report").one() and reporting_row(db), letter.mail)


def reporting_row(db):
    from listserv.store.queue import Letter

    return db.query(Letter).filter_by(kind="report").one()


def test_when_the_days_of_teaching_are_over_the_letter_is_about_the_school_year(lively, site, clock):
    clock.at = datetime(2026, 7, 2, 6, 0, tzinfo=UTC)
    run(site)

    (letter,) = reports(lively)
    assert "2025/26" in letter.subject
    assert "from=2026-03-01&to=2026-06-30" in letter.text


@pytest.mark.parametrize(("setting", "months"), [("none", []), ("year", [7]), ("month", [4, 7])])
def test_a_list_says_when_and_a_quiet_month_is_passed_over(lively, site, clock, setting, months):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), {"report": setting}, CONSOLE, site.now())
    came = []
    for month in range(4, 9):
        clock.at = datetime(2026, month, 1, 7, 0, tzinfo=UTC)
        before = len(reports(lively))
        run(site)
        came += [month] * (len(reports(lively)) - before)

    assert came == months


def test_what_is_two_weeks_late_is_not_sent_any_more(lively, site, clock):
    clock.at = APRIL + timedelta(days=15)
    run(site)

    assert reports(lively) == []


@pytest.mark.parametrize(("words", "wanted"), [("STOP", False), ("Dość, dziękuję.", False), ("Proszę już nie przysyłać.", False), ("Nie stop, to ciekawe", True), ("WYPISZ", True)])
def test_one_word_stops_them_and_another_brings_them_back(lively, site, clock, words, wanted):
    clock.at = APRIL
    run(site)
    lively.reply(reports(lively)[0], words)
    with site.reading() as db:
        assert db.query(Member).order_by(Member.id).first().reports is wanted
    assert (reports(lively)[-1].kind, len(lively.letters(kind="left"))) == ("report-answer", 0)
    if not wanted:
        lively.reply(reports(lively)[-1], "START")
        with site.reading() as db:
            assert db.query(Member).order_by(Member.id).first().reports


def test_nobody_else_stops_them(lively, site, clock):
    clock.at = APRIL
    run(site)
    letter = reports(lively)[0]

    assert lively.reply(letter, "STOP", sender="marek@example.org") is State.REFUSED
    assert lively.reply(letter, "STOP", proven=False) is State.REFUSED
    with site.reading() as db:
        assert db.query(Member).order_by(Member.id).first().reports


@pytest.mark.parametrize("words", ["", "Czy stop?", "stop i start", "Nie", "Tak", "Świetne wyniki, gratuluję wszystkim"])
def test_what_is_no_such_word_is_none(words):
    assert stopwords.wanted(words) is None
