"""Milestones: found in the archive, offered as ready paragraphs, put into the next issue by a coordinator's word and by nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from listserv.store.archive import Message
from listserv.store.issues import Issue, IssueState, SourceKind
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.milestones import Milestone, MilestoneKind, MilestoneState
from listserv.store.people import Address
from listserv.store.queue import Letter, State
from listserv.usecases import deciding, issues, milestones, milestonewords
from listserv.usecases.issues import Words
from listserv.usecases.milestonefinds import Found, find
from tests import archive_seeds as seeds
from tests.conftest import add
from tests.letterchecks import is_well_made

DAY = timedelta(days=1)
HALINA, MAREK = ("Halina Okładka", "halina@example.org"), ("Marek Regał", "marek@example.org")
OWNER, MOD = "owner@example.org", "mod@example.org"
MONDAY = datetime(2026, 3, 9, 7, tzinfo=UTC)


def kinds(db, mlist, slot=MONDAY):
    return {(one.kind, one.about if one.kind is not MilestoneKind.VOICES else "") for one in find(db, mlist, slot)}


def paragraphs(db, mlist, slot=MONDAY):
    return [milestonewords.paragraph(db, mlist, one) for one in find(db, mlist, slot)]


def run(site, at):
    with site.writing() as db:
        while milestones.run_due(db, at, 10):
            pass


# ---- what is one --------------------------------------------------------------------------------------------


def test_the_first_message_of_somebody_is_a_new_voice_once(db, mlist, now):
    talk = seeds.thread(db, mlist, "Czytniki", now - 30 * DAY)
    talk.say(*HALINA, "Dawno.")
    talk.at = now
    talk.say(*HALINA, "Znowu ja.")
    talk.say(*MAREK, "Pierwszy raz.")

    (one,) = find(db, mlist, MONDAY)
    assert (one.kind, one.messages) == (MilestoneKind.VOICES, (3,))
    assert "Marek Regał" in paragraphs(db, mlist)[0] and "Halina" not in paragraphs(db, mlist)[0]
    assert find(db, mlist, MONDAY + 21 * DAY) == []


def test_several_new_voices_are_one_paragraph(db, mlist, now):
    talk = seeds.thread(db, mlist, "Czytniki", now)
    for number in range(15):
        talk.say(f"Osoba {number}", f"o{number}@example.org", "Dzień dobry.")
    found = {one.kind: one for one in find(db, mlist, MONDAY)}

    assert found.keys() == {MilestoneKind.VOICES, MilestoneKind.CROWD}
    words = milestonewords.paragraph(db, mlist, found[MilestoneKind.VOICES])
    assert "Osoba 0, Osoba 1" in words and "3" in words and "Osoba 13" not in words


def test_who_writes_from_another_address_is_no_new_voice(office, site, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        talk = seeds.thread(db, mlist, "Czytniki", now - 30 * DAY)
        talk.say(*HALINA, "Dawno.")
        talk.at = now
        talk.say("Halina", "h@dom.example.org", "Z domu.").user_id = talk.messages[0].user_id
        db.flush()
        assert find(db, mlist, MONDAY) == []


def test_round_numbers_count_what_was_brought_and_are_not_found_in_it(db, mlist, now):
    talk = seeds.thread(db, mlist, "Dawne", now - 400 * DAY)
    for _ in range(99):
        talk.say(*HALINA, "!")
    for number, message in enumerate(talk.messages):
        message.seq = -number
    talk.at = now
    db.flush()
    assert not {kind for kind, _ in kinds(db, mlist)} & {MilestoneKind.POSTS, MilestoneKind.VOICES}
    talk.say(*HALINA, "Setna.")

    assert (MilestoneKind.POSTS, "100") in kinds(db, mlist)
    talk.messages[-1].hidden_at = now
    db.flush()
    assert (MilestoneKind.POSTS, "100") not in kinds(db, mlist)


@pytest.mark.parametrize(("text", "days", "by", "told"), [("Kto ma skaner?", 20, MAREK, True), ("Kto ma skaner?", 10, MAREK, False), ("Mam.", 20, MAREK, False), ("Kto?", 20, HALINA, False)])
def test_an_answer_after_two_weeks_of_silence(db, mlist, now, text, days, by, told):
    talk = seeds.thread(db, mlist, "Skaner", now - days * DAY)
    talk.say(*HALINA, text)
    talk.at = now
    talk.say(*by, "Mam, oddam.")

    assert ((MilestoneKind.ANSWER, "thread:1") in kinds(db, mlist)) is told
    if told:
        words = next(one for one in paragraphs(db, mlist) if "20" in one)
        assert "Marek Regał" in words and "Skaner" in words and "Halina" not in words


def test_a_conversation_of_ten_is_told_once_and_not_where_it_was_brought(db, mlist, now):
    old, new = seeds.thread(db, mlist, "Stara", now - 200 * DAY), seeds.thread(db, mlist, "Nowa", now)
    for number in range(10):
        old.say(f"O{number}", f"o{number}@example.org", "!")
        new.say(f"O{number}", f"o{number}@example.org", "!")
    old.at = now
    old.say("O10", "o10@example.org", "!")

    assert {about for kind, about in kinds(db, mlist) if kind is MilestoneKind.CROWD} == {"thread:2"}


def test_the_network_has_a_birthday(db, mlist, now):
    seeds.thread(db, mlist, "Pierwsza", datetime(2024, 3, 5, 12, tzinfo=UTC)).say(*HALINA, "!")

    assert kinds(db, mlist) == {(MilestoneKind.YEAR, "2")} and kinds(db, mlist, MONDAY - 7 * DAY) == set()
    assert "2" in paragraphs(db, mlist)[0]
    assert kinds(db, mlist, MONDAY + 21 * DAY) == set()


def test_a_clock_that_had_stopped_makes_no_network_old(db, mlist, now):
    seeds.thread(db, mlist, "Stara", datetime(1970, 1, 1, tzinfo=UTC)).say(*HALINA, "Zegar stoi.")

    assert MilestoneKind.YEAR not in {kind for kind, _ in kinds(db, mlist, datetime(2026, 1, 5, 7, tzinfo=UTC))}


def test_a_person_is_one_whichever_address_they_write_from(db, mlist, now):
    halina = add(db, mlist, HALINA[1], now, name=HALINA[0])
    db.add(Address(user_id=halina.user_id, email="h@dom.example.org", key="h@dom.example.org", verified_at=now))
    talk = seeds.thread(db, mlist, "Skaner", now - 20 * DAY)
    # Brought from elsewhere, before she had an account here.
    talk.say(*HALINA, "Kto ma skaner?").user_id = None
    talk.at = now
    talk.say("Halina", "h@dom.example.org", "Już mam.").user_id = halina.user_id
    db.flush()

    assert find(db, mlist, MONDAY) == []


@pytest.mark.parametrize("slot", [datetime(2025, 3, 3, 7, tzinfo=UTC), datetime(2028, 3, 6, 7, tzinfo=UTC)])
def test_born_on_the_29th_of_february(db, mlist, slot):
    seeds.thread(db, mlist, "Pierwsza", datetime(2024, 2, 29, 12, tzinfo=UTC)).say(*HALINA, "!")

    assert (MilestoneKind.YEAR, str(slot.year - 2024)) in kinds(db, mlist, slot)


def test_nobody_is_named_who_is_not_to_be(db, mlist, now):
    talk = seeds.thread(db, mlist, "Pytanie {imię}", now)
    talk.say("", "", "Zapomniana osoba.").author_key = "erased-7"
    talk.say("Sieć BP", "siecibp@lists.example.org", "Pytanie bez nazwiska?")
    talk.say("Ktoś Ukryty", "ukryty@example.org", "!").hidden_at = now
    db.flush()

    assert find(db, mlist, MONDAY) == []
    words = milestonewords.paragraph(db, mlist, Found(MilestoneKind.POSTS, "100", (2,), 100))
    assert "Sieć BP" not in words and "{" not in words and "@" not in words


# ---- the letter, and the coordinator's word -----------------------------------------------------------------


@pytest.fixture
def offered(office, site, clock):
    """Two paragraphs, offered on Monday."""
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        talk = seeds.thread(db, mlist, "Skaner *tani*", clock() - 20 * DAY)
        talk.say(*HALINA, "Kto ma skaner?")
        talk.at = clock()
        talk.say(*MAREK, "Mam, oddam.")
    clock.move(days=6)
    run(site, clock())
    return office


def letter_of(office, to=OWNER, kind="milestones"):
    return office.letters(to=to, kind=kind)[-1]


def drafts(site):
    with site.reading() as db:
        return [(one.state, one.source) for one in db.scalars(select(Issue).order_by(Issue.id))]


def stories(site):
    with site.reading() as db:
        return [one.state for one in db.scalars(select(Milestone).order_by(Milestone.number))]


def test_coordinators_get_one_letter_a_week_and_nothing_is_in_an_issue_before_they_say_so(offered, site, clock):
    assert [one.to for one in offered.letters(kind="milestones")] == [OWNER, MOD]
    text = letter_of(offered).text
    assert "1." in text and "2." in text and "Marek Regał" in text and "STOP" in text
    with site.reading() as db:
        is_well_made(db.scalars(select(Letter).where(Letter.kind == "milestones", Letter.to == OWNER)).one(), letter_of(offered).mail)
    run(site, clock() + 7 * DAY)
    run(site, clock())
    assert len(offered.letters(kind="milestones")) == 2 and drafts(site) == [] and stories(site) == [MilestoneState.OFFERED] * 2


def test_add_makes_a_draft_and_shows_it_and_says_it_once(offered, site):
    letter = letter_of(offered)
    assert offered.reply(letter, "DODAJ") is State.ANSWERED
    offered.reply(letter, "DODAJ")
    offered.reply(letter_of(offered, MOD), "Dodaj 2")

    ((state, source),) = drafts(site)
    assert state is IssueState.DRAFT and source.count("https://") == 2 and stories(site) == [MilestoneState.TAKEN] * 2
    preview = letter_of(offered, kind="issue-preview")
    assert "Marek Regał" in preview.text and len(offered.letters(kind="issue-preview")) == 1
    assert [one.to for one in offered.letters(kind="milestones-told")] == [OWNER, MOD]
    assert not offered.posts()


def test_one_of_them_goes_to_the_end_of_the_draft_that_there_is(offered, site, clock):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        owner = deciding.deciders(db, mlist)[0].user_id
        issues.draft(db, mlist, owner, Words("Maj", "# Nowości\n\nWarsztaty.", kind=SourceKind.MARKDOWN), clock())
    offered.reply(letter_of(offered), "Dodaj 2.\n\nAlina")

    ((_, source),) = drafts(site)
    assert source.startswith("# Nowości\n\nWarsztaty.\n\n") and r"Skaner \*tani\*" in source and source.count("https://") == 1
    assert stories(site) == [MilestoneState.OFFERED, MilestoneState.TAKEN]


@pytest.mark.parametrize(("whose", "segment"), [(MOD, ""), (OWNER, "role:moderator")])
def test_a_colleagues_draft_and_one_for_some_are_left_alone(offered, site, clock, whose, segment):
    with site.writing() as db:
        author = db.scalars(select(Address.user_id).where(Address.key == whose)).one()
        issues.draft(db, list_by_name(db, "siecibp"), author, Words("Poufne", "Słowa."), clock()).segment = segment
    offered.reply(letter_of(offered), "DODAJ")

    (_, before), (_, new) = drafts(site)
    assert before == "Słowa." and "Skaner" in new


def test_no_leaves_them_and_may_be_changed(offered, site):
    offered.reply(letter_of(offered), "NIE")
    assert stories(site) == [MilestoneState.DROPPED] * 2 and drafts(site) == []
    offered.reply(letter_of(offered, kind="milestones-told"), "DODAJ 1")
    assert stories(site) == [MilestoneState.TAKEN, MilestoneState.DROPPED] and len(drafts(site)) == 1


@pytest.mark.parametrize("words", ["Dodaj 2, ale inaczej", "Super, dodajmy to kiedyś", "dodaj 7", "Co to jest?"])
def test_what_is_no_plain_word_is_asked_back(offered, site, words):
    offered.reply(letter_of(offered), words)

    assert drafts(site) == [] and stories(site) == [MilestoneState.OFFERED] * 2
    told = letter_of(offered, kind="milestones-told")
    assert words in told.text and told.mail["Reply-To"]


@pytest.mark.parametrize(("sender", "proven"), [("obcy@example.net", True), ("marek@example.org", True), (OWNER, False), (OWNER, None)])
def test_nobody_else_decides_and_who_is_not_known_is_asked(offered, site, sender, proven):
    offered.reply(letter_of(offered), "DODAJ", sender=sender, proven=proven)

    assert drafts(site) == [] and stories(site) == [MilestoneState.OFFERED] * 2


def test_who_is_asked_back_says_it_once_more(offered, site):
    offered.reply(letter_of(offered), "DODAJ 2", proven=None)
    offered.reply(letter_of(offered, kind="confirm-decision"), "DODAJ 2", proven=None)

    assert len(drafts(site)) == 1 and stories(site) == [MilestoneState.OFFERED, MilestoneState.TAKEN]


def test_what_was_hidden_meanwhile_is_not_put_in(offered, site, clock):
    with site.writing() as db:
        db.scalars(select(Message).where(Message.author == "Marek Regał")).one().hidden_at = clock()
    offered.reply(letter_of(offered), "DODAJ")

    assert drafts(site) == [] and stories(site) == [MilestoneState.OFFERED] * 2
    assert len(offered.letters(kind="milestones-told")) == 1


def test_stop_ends_these_letters(offered, site, clock):
    offered.reply(letter_of(offered), "STOP")
    with site.reading() as db:
        assert not db.scalars(select(Member).order_by(Member.id)).first().reports
    assert letter_of(offered, kind="report-answer") and stories(site) == [MilestoneState.OFFERED] * 2


def test_the_calendar_tells_it_before_and_after(office, site, clock):
    office.send("Marek Regał <marek@example.org>", "siecibp", "Nowe", "Dzień dobry.")
    with site.reading() as db:
        assert milestones.owed(db, MONDAY - timedelta(seconds=1)) == []
        assert [(one.who, one.at, one.why) for one in milestones.owed(db, MONDAY)] == [(to, MONDAY, "offered for the next issue: voices") for to in (OWNER, MOD)]
    run(site, MONDAY)
    with site.reading() as db:
        assert milestones.owed(db, MONDAY) == []
