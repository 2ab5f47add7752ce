"""What a network has made: found in its archive by school year, offered as a letter, released by a word of those who decide and by nothing else."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select

from listserv.store.bank import Material, MaterialUse, MaterialVersion
from listserv.store.issues import Issue, IssueState
from listserv.store.lists import list_by_name
from listserv.store.meetings import Attendee, Meeting, MeetingState, Said
from listserv.store.members import Member
from listserv.store.people import Address
from listserv.store.queue import Letter, State
from listserv.store.successes import LetterState, SuccessLetter
from listserv.store.surveys import Ballot, Mark, Privacy, Question, QuestionKind, Survey, SurveyState, Vote
from listserv.usecases import successdays, successes, successwords
from listserv.usecases.figureperiods import school_year
from listserv.usecases.successes import Kind
from tests import archive_seeds as seeds
from tests.conftest import add
from tests.letterchecks import is_well_made

DAY = timedelta(days=1)
HALINA, MAREK = ("Halina Okładka", "halina@example.org"), ("Marek Regał", "marek@example.org")
OWNER, MOD = "owner@example.org", "mod@example.org"
JUNE = datetime(2026, 6, 15, 6, tzinfo=UTC)
YEAR = 2025


def found(db, mlist, year=YEAR, now=JUNE):
    return successes.found(db, mlist, school_year(year), now)


def one(db, mlist, kind, **more):
    told = [one for one in found(db, mlist, **more) if one.kind is kind]
    return told[0] if told else None


def lines(db, mlist, language="en"):
    return [successwords.line(one, language) for one in found(db, mlist)]


def material(db, mlist, message, number, title, at, **facts):
    """An item of the bank that stands in a message."""
    row = Material(list_id=mlist.id, number=number, title=title, first_at=at, newest_at=at, **facts)
    db.add(row)
    db.flush()
    db.add(MaterialVersion(material_id=row.id, list_id=mlist.id, sha256=f"{number:064}", name=title, message_id=message.id, dated_at=at))
    db.flush()
    return row


def meeting(db, mlist, number, title, at, *, came=(), coming=(), invited=0, state=MeetingState.ANNOUNCED):
    row = Meeting(list_id=mlist.id, number=number, state=state, title=title, starts_at=at, ends_at=at + timedelta(hours=1), timezone="Europe/Warsaw")
    row.uid, row.created_at, row.changed_at = f"{number}@lists.example.org", at, at
    db.add(row)
    db.flush()
    for user_id in (*came, *coming):
        db.add(Attendee(meeting_id=row.id, user_id=user_id, said=Said.YES, came=True if user_id in came else None, invited_at=at))
    db.flush()
    return row


def survey(db, mlist, title, at, options, votes, privacy=Privacy.OPEN):
    """A question that is closed, with votes of these people: {user_id: "1,2"}."""
    row = Survey(list_id=mlist.id, title=title, state=SurveyState.CLOSED, made_at=at, sent_at=at, closed_at=at, asked=len(votes) + 1, privacy=privacy)
    row.questions = [Question(number=1, text=title, kind=QuestionKind.ONE, options="\n".join(options))]
    db.add(row)
    db.flush()
    for user_id, choices in votes.items():
        key = bytes([user_id]) * 32
        db.add(Mark(survey_id=row.id, user_id=user_id))
        db.add(Ballot(key=key, survey_id=row.id, user_id=None if privacy is Privacy.ANONYMOUS else user_id))
        db.flush()
        db.add(Vote(ballot=key, question_id=row.questions[0].id, choices=choices))
    db.flush()
    return row


def turn_on(mlist):
    mlist.materials = mlist.meetings = mlist.surveys = True


# ---- what is told -------------------------------------------------------------------------------------------


def test_who_writes_for_the_first_time_is_told_once_and_all_together(db, mlist, now):
    turn_on(mlist)
    talk = seeds.thread(db, mlist, "Czytniki", datetime(2024, 5, 1, tzinfo=UTC))
    talk.say(*HALINA, "Dawno.")
    talk.at = now
    talk.say(*HALINA, "Znowu.")
    talk.say(*MAREK, "Pierwszy raz.")
    talk.say(*MAREK, "Drugi raz.")

    voices = one(db, mlist, Kind.VOICES)
    assert (voices.names, voices.count) == (("Marek Regał",), 1)
    assert one(db, mlist, Kind.VOICES, year=2023).names == ("Halina Okładka",)
    assert "1 person wrote here for the first time: Marek Regał." in lines(db, mlist)


def test_who_is_back_after_half_a_year_is_no_new_voice(db, mlist, now):
    turn_on(mlist)
    talk = seeds.thread(db, mlist, "Czytniki", now - 181 * DAY)
    talk.say(*HALINA, "Dawno.")
    talk.at = now
    talk.say(*HALINA, "Znowu.")
    talk.say(*MAREK, "Jestem nowy.")
    talk.at = now + 100 * DAY
    talk.say(*MAREK, "Sto dni to niedługo.")

    assert (one(db, mlist, Kind.BACK).names, one(db, mlist, Kind.VOICES).names) == (("Halina Okładka",), ("Halina Okładka", "Marek Regał"))
    assert [one(db, mlist, kind, year=2024) for kind in (Kind.BACK, Kind.VOICES)] == [None, None]


def test_a_person_is_one_from_all_their_addresses(db, mlist, now):
    turn_on(mlist)
    halina = add(db, mlist, HALINA[1], now, name=HALINA[0])
    db.add(Address(user_id=halina.user_id, email="h@dom.example.org", key="h@dom.example.org", verified_at=now))
    talk = seeds.thread(db, mlist, "Skaner", datetime(2025, 3, 1, tzinfo=UTC))
    # Brought from elsewhere, before she had an account here.
    talk.say("Halina", "h@dom.example.org", "Kto ma skaner?").user_id = None
    talk.at = now
    talk.say(*HALINA, "Już mam.")
    db.flush()

    assert one(db, mlist, Kind.VOICES) is None
    assert one(db, mlist, Kind.BACK).names == ("Halina Okładka",)
    assert one(db, mlist, Kind.ANSWER) is None


def test_an_answer_after_long_silence_is_told_with_its_days(db, mlist, now):
    turn_on(mlist)
    quick, slow = seeds.thread(db, mlist, "Szybko", now), seeds.thread(db, mlist, "Skaner", now - 30 * DAY)
    for talk in (quick, slow):
        talk.say(*HALINA, "Kto ma skaner?")
        talk.say(*HALINA, "Ktokolwiek?")
    quick.say(*MAREK, "Ja.")
    slow.at = now
    slow.say(*MAREK, "Mam, oddam.")
    slow.at = now + 40 * DAY
    slow.say("Ewa Fiszka", "ewa@example.org", "Ja też.")

    told = [one for one in found(db, mlist) if one.kind is Kind.ANSWER]
    assert [(one.title, one.count, one.names) for one in told] == [("Skaner", 29, ("Marek Regał",))]
    assert "“Skaner” had its answer after 29 days of silence (Marek Regał)." in lines(db, mlist)


def test_a_conversation_that_ended_in_a_material_is_told_with_it(db, mlist, now):
    turn_on(mlist)
    talk = seeds.thread(db, mlist, "Regulamin czytników?", now)
    first = talk.say(*HALINA, "Ma ktoś?")
    last = talk.say(*MAREK, "Mam, w załączniku.")
    material(db, mlist, first, 1, "Pytanie", first.sent_at)
    material(db, mlist, last, 2, "Regulamin", last.sent_at)

    told = one(db, mlist, Kind.MATERIAL)
    assert (told.title, told.other, told.names, told.path) == ("Regulamin", "Regulamin czytników?", ("Marek Regał",), "materials/2")
    last.hidden_at = now
    db.flush()
    assert one(db, mlist, Kind.MATERIAL) is None


def test_what_was_used_and_recommended_is_told_and_what_was_taken_away_is_not(db, mlist, now):
    turn_on(mlist)
    talk = seeds.thread(db, mlist, "Materiały", now)
    message = talk.say(*MAREK, "Trzy pliki.")
    good = material(db, mlist, message, 1, "Lekcja", now, recommended_at=now)
    gone = material(db, mlist, message, 2, "Błędny", now, recommended_at=now, removed_at=now)
    for number, item in enumerate((good, good, gone)):
        user = add(db, mlist, f"o{number}@example.org", now).user_id
        db.add(MaterialUse(material_id=item.id, user_id=user, used_at=now))
    db.flush()

    assert (one(db, mlist, Kind.GOOD).title, one(db, mlist, Kind.USED).count) == ("Lekcja", 2)
    assert "“Lekcja” (Marek Regał): used by 2 people" in lines(db, mlist) and not any("Błędny" in line for line in lines(db, mlist))
    mlist.materials = False
    assert not {Kind.GOOD, Kind.USED, Kind.MATERIAL} & {one.kind for one in found(db, mlist)}


def test_meetings_are_told_with_who_came_once_they_are_over(db, mlist, now):
    turn_on(mlist)
    people = [add(db, mlist, f"o{number}@example.org", now, name=f"Osoba {number}").user_id for number in range(3)]
    meeting(db, mlist, 1, "Spotkanie z ekspertem", now, came=people[:2], coming=people[2:])
    meeting(db, mlist, 2, "Warsztaty", now + DAY, coming=people[:1])
    meeting(db, mlist, 3, "Za rok", JUNE + DAY, coming=people)
    meeting(db, mlist, 4, "Odwołane", now, coming=people, state=MeetingState.CANCELLED)

    told = [one for one in found(db, mlist) if one.kind is Kind.MEETING]
    assert [(one.title, one.count, one.noted, one.present) for one in told] == [
        ("Spotkanie z ekspertem", 2, True, ("Osoba 0", "Osoba 1")),
        ("Warsztaty", 1, False, ()),
    ]
    # In the letter numbers alone.
    assert not any("Osoba" in line for line in lines(db, mlist))


def test_questions_are_told_with_what_most_people_chose(db, mlist, now):
    turn_on(mlist)
    people = [add(db, mlist, f"o{number}@example.org", now).user_id for number in range(3)]
    survey(db, mlist, "Kiedy spotkanie?", now, ("wtorek", "czwartek"), {people[0]: "2", people[1]: "2", people[2]: "1"})

    told = one(db, mlist, Kind.QUESTION)
    assert (told.title, told.other, told.count, told.of) == ("Kiedy spotkanie?", "czwartek", 3, 4)


def test_of_few_anonymous_answers_nothing_is_told_but_how_many(db, mlist, now):
    turn_on(mlist)
    people = [add(db, mlist, f"o{number}@example.org", now).user_id for number in range(3)]
    survey(db, mlist, "Kto jest za?", now, ("tak", "nie"), dict.fromkeys(people, "1"), Privacy.ANONYMOUS)

    assert (one(db, mlist, Kind.QUESTION).other, one(db, mlist, Kind.QUESTION).count) == ("", 3)


def test_nobody_is_named_who_was_erased_or_asked_without_a_name(db, mlist, now):
    turn_on(mlist)
    talk = seeds.thread(db, mlist, "Pytanie", now - 30 * DAY)
    talk.say("Sieć BP", "siecibp@lists.example.org", "Pytanie bez nazwiska?")
    talk.at = now
    talk.say("", "", "Zapomniana osoba.").author_key = "erased-7"
    other = seeds.thread(db, mlist, "Inne", now)
    other.say("Ktoś Ukryty", "ukryty@example.org", "!").hidden_at = now
    other.say("marek@example.org", "marek@example.org", "Bez nazwiska w polu nadawcy.")
    db.flush()

    assert not {one.kind for one in found(db, mlist)} & {Kind.VOICES, Kind.BACK, Kind.ANSWER} or "@" not in "".join(lines(db, mlist))
    assert not any("Sieć" in line or "Ukryty" in line or "erased" in line for line in lines(db, mlist))


def test_school_years_begin_with_the_first_message_and_end_now(db, mlist, now):
    turn_on(mlist)
    assert successes.years(db, mlist, now.date()) == (2025,)
    seeds.thread(db, mlist, "Stara", datetime(2023, 10, 1, tzinfo=UTC)).say(*HALINA, "!")
    assert successes.years(db, mlist, now.date()) == (2025, 2024, 2023)
    assert successes.years(db, mlist, date(2026, 9, 1))[0] == 2026


# ---- the letter, and the word that releases it --------------------------------------------------------------


@pytest.fixture
def offered(office, site, clock):
    """A draft in June, of three lines."""
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        turn_on(mlist)
        talk = seeds.thread(db, mlist, "Skaner *tani*", clock() - 20 * DAY)
        talk.say(*HALINA, "Kto ma skaner?")
        talk.at = clock()
        last = talk.say(*MAREK, "Mam, opis w załączniku.")
        material(db, mlist, last, 1, "Opis [skanera]", last.sent_at)
    clock.at = JUNE + timedelta(minutes=1)
    run(site, clock())
    return office


def run(site, at):
    with site.writing() as db:
        while successdays.run_due(db, at, 10):
            pass


def letter_of(office, to=OWNER, kind="successes"):
    return office.letters(to=to, kind=kind)[-1]


def row_of(site):
    with site.reading() as db:
        return db.scalars(select(SuccessLetter)).one()


def issues_of(site):
    with site.reading() as db:
        return [(one.state, one.source) for one in db.scalars(select(Issue).order_by(Issue.id))]


def test_in_june_those_who_decide_get_one_draft_and_the_list_gets_nothing(offered, site, clock):
    assert [one.to for one in offered.letters(kind="successes")] == [OWNER, MOD]
    text = " ".join(letter_of(offered).text.split())
    assert "1. " in text and "3. " in text and "Opis [skanera]" in text and "Marek Regał" in text and "2025/26" in text
    with site.reading() as db:
        is_well_made(db.scalars(select(Letter).where(Letter.kind == "successes", Letter.to == OWNER)).one(), letter_of(offered).mail)
    run(site, clock() + DAY)
    run(site, clock())
    assert len(offered.letters(kind="successes")) == 2 and issues_of(site) == [] and not offered.posts()


def test_what_is_owed_in_june_is_told_before(site, network, clock):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        mlist.meetings = True
        seeds.thread(db, mlist, "Skaner", clock()).say(*HALINA, "Kto ma skaner?")
    with site.reading() as db:
        assert [(one.what, one.who) for one in successdays.owed(db, JUNE)] == [("successes", OWNER), ("successes", MOD)]
        assert successdays.owed(db, JUNE - DAY) == successdays.owed(db, JUNE + 15 * DAY) == []


def test_where_nothing_is_turned_on_there_is_no_letter(site, network, office, clock):
    with site.writing() as db:
        seeds.thread(db, list_by_name(db, "siecibp"), "Skaner", clock()).say(*HALINA, "Kto ma skaner?")
    run(site, JUNE)
    assert office.letters(kind="successes") == []


def test_send_releases_it_once_as_an_issue_that_has_a_page(offered, site):
    assert offered.reply(letter_of(offered), "WYŚLIJ") is State.ANSWERED
    offered.reply(letter_of(offered), "WYŚLIJ")
    offered.reply(letter_of(offered, MOD), "Wyślij.")

    ((state, source),) = issues_of(site)
    assert state is IssueState.SENT and r"[Opis \[skanera\]](https://lists.example.org/siecibp/materials/1)" in source
    assert "Marek Regał" in source and r"Skaner \*tani\*" in source and "successes?year=2025" in source
    assert len(offered.posts()) == 1 and row_of(site).state is LetterState.SENT
    assert [one.to for one in offered.letters(kind="successes-told")] == [OWNER, MOD]
    assert offered.letters(to=OWNER, kind="issue-told")


def test_lines_that_were_struck_out_are_not_sent(offered, site):
    offered.reply(letter_of(offered), "BEZ 1, 2")
    again = letter_of(offered)
    assert "3. " in again.text and "Opis" not in again.text and issues_of(site) == []
    offered.reply(again, "WYŚLIJ")

    ((_, source),) = issues_of(site)
    assert "Opis" not in source and "Marek Regał" in source


def test_without_and_send_in_one_reply(offered, site):
    offered.reply(letter_of(offered), "Wyślij bez 3.\n\nAlina")

    ((_, source),) = issues_of(site)
    assert "Opis" in source and "pierwszy" not in source and row_of(site).struck == "3"


def test_what_one_has_struck_out_another_may_bring_back_and_sees_it_first(offered, site):
    offered.reply(letter_of(offered), "BEZ 1")
    old = letter_of(offered)
    offered.reply(letter_of(offered, MOD), "WSZYSTKO")
    offered.reply(old, "WYŚLIJ")
    assert issues_of(site) == []
    offered.reply(letter_of(offered), "WYŚLIJ")
    assert len(issues_of(site)) == 1


def test_no_means_no_letter_and_a_later_send_shows_it_first(offered, site, clock):
    offered.reply(letter_of(offered), "NIE")
    assert row_of(site).state is LetterState.DROPPED
    offered.reply(letter_of(offered, MOD), "WYŚLIJ")
    assert issues_of(site) == [] and len(offered.letters(to=MOD, kind="successes")) == 2
    offered.reply(letter_of(offered, MOD), "WYŚLIJ")
    assert len(issues_of(site)) == 1


@pytest.mark.parametrize("words", ["Tak", "Piękne, ale w punkcie 2 jest literówka.", "BEZ 9", "BEZ", "Wyślij jutro", "WYŚLIJ?", "Nie wiem"])
def test_other_words_send_nothing_and_are_answered(offered, site, words):
    offered.reply(letter_of(offered), words)
    assert issues_of(site) == [] and row_of(site).state is LetterState.OFFERED
    assert len(offered.letters(to=OWNER, kind="successes-told")) == 1


def test_without_all_of_its_lines_the_draft_stays(offered, site):
    offered.reply(letter_of(offered), "BEZ 1-3, WYŚLIJ")
    assert issues_of(site) == [] and row_of(site).struck == ""


@pytest.mark.parametrize(("proven", "sender"), [(False, None), (None, None), (True, "marek@example.org"), (True, "stranger@example.net")])
def test_a_forged_or_unproven_word_sends_nothing(offered, site, proven, sender):
    offered.reply(letter_of(offered), "WYŚLIJ", proven=proven, sender=sender)
    assert issues_of(site) == [] and row_of(site).state is LetterState.OFFERED and not offered.posts()


def test_an_absence_notice_is_no_word(offered, site):
    offered.reply(letter_of(offered), "Jestem na urlopie. WYŚLIJ", auto_submitted="auto-replied")
    assert issues_of(site) == [] and offered.letters(kind="successes-told") == []


def test_what_was_hidden_meanwhile_is_not_sent(offered, site, clock):
    with site.writing() as db:
        from listserv.store.archive import Message

        for message in db.scalars(select(Message).where(Message.author == "Marek Regał")):
            message.hidden_at = clock()
    offered.reply(letter_of(offered), "WYŚLIJ")
    assert not any("Marek" in source or "Opis" in source for _, source in issues_of(site))


def test_what_changed_meanwhile_is_shown_before_it_is_sent(offered, site):
    with site.writing() as db:
        db.scalars(select(Material)).one().title = "Zupełnie inny tytuł"
    offered.reply(letter_of(offered), "WYŚLIJ")
    assert issues_of(site) == [] and "Zupełnie inny tytuł" in " ".join(letter_of(offered).text.split())


def test_stop_ends_these_letters_for_one(offered, site, clock):
    offered.reply(letter_of(offered), "STOP")
    with site.reading() as db:
        assert not db.scalars(select(Member).join(Address, Address.id == Member.address_id).where(Address.key == OWNER)).one().reports
    run(site, JUNE + 365 * DAY)
    assert [one.to for one in offered.letters(kind="successes")].count(OWNER) == 1
