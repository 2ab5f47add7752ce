"""A question to everybody, wholly by mail: asked, shown, sent by a word, answered, changed, closed."""

import pytest
from sqlalchemy import select, text

from listserv.store import ballots, copying, erasing, snapshot
from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.packing import unpack
from listserv.store.people import Address
from listserv.store.queue import Incoming, Letter, Raw, State, raw_bytes
from listserv.store.surveys import Ballot, Mark, Privacy, Survey, SurveyState, Vote
from listserv.usecases import housekeeping, intake, surveyasking, unlinking
from tests.office import mail

OWNER, MOD, HALINA = "Alina Zakładka <owner@example.org>", "mod@example.org", "Halina Okładka <halina@example.org>"
QUESTIONS = "siecibp-questions"
ASKS = """Dzień dobry,

planujemy rok szkolny.

1. Którymi tematami się zajmiemy? (można zaznaczyć kilka)
   1) Robotyka
   2) Regionalia
   3) Promocja biblioteki
2. Jak oceniają Państwo zeszły rok, w skali 1-5?
3. Co zmienić?

Czekamy na odpowiedzi do 20 marca, godz. 20.
"""
YES_NO = "Dzień dobry,\n\nczy spotykamy się w czerwcu?\n"


@pytest.fixture(autouse=True)
def turned_on(site):
    with site.writing() as db:
        list_by_name(db, "siecibp").surveys = True


def the_survey(site):
    with site.reading() as db:
        survey = db.scalars(select(Survey).order_by(Survey.id.desc())).first()
        if survey:
            _ = survey.mlist, [one.choices for one in survey.questions]
        return survey


def last(office, kind):
    return office.letters(kind=kind)[-1]


def drafts(office, words=ASKS, subject="Plan na rok", **more):
    assert office.send(OWNER, QUESTIONS, subject, words, **{"proven": True, **more}) is State.DRAFT
    return last(office, "survey-preview")


def asked(office, site, words=ASKS, privacy=""):
    preview = drafts(office, words)
    if privacy:
        office.reply(preview, privacy)
        preview = last(office, "survey-preview")
    assert office.reply(preview, "WYŚLIJ") is State.ANSWERED
    with site.writing() as db:
        survey = db.scalars(select(Survey).order_by(Survey.id.desc())).first()
        while surveyasking.ask_slice(db, survey, site.now(), 2):
            pass
    return next(one for one in office.letters(kind="survey-question") if one.to == "halina@example.org")


def votes(site):
    with site.reading() as db:
        survey = db.scalars(select(Survey).order_by(Survey.id.desc())).first()
        numbers = {one.id: one.number for one in survey.questions}
        return sorted((numbers[vote.question_id], vote.choices, vote.words) for vote in db.scalars(select(Vote)))


def test_a_plain_letter_is_shown_as_members_will_see_it_and_nobody_gets_it_before_the_word(office, site):
    preview = drafts(office)

    assert preview.to == "owner@example.org" and "Robotyka" in preview.text and "planujemy rok szkolny" in preview.text
    html = preview.mail.get_body(("html",)).get_content()
    assert "Promocja biblioteki" in html
    survey = the_survey(site)
    assert survey.state is SurveyState.DRAFT and [one.kind for one in survey.questions] == ["several", "scale", "words"] and survey.privacy is Privacy.SECRET
    assert not office.letters(kind="survey-question")

    assert office.reply(preview, "WYŚLIJ") is State.ANSWERED
    assert the_survey(site).state is SurveyState.OPEN and "survey-told" in [one.kind for one in office.letters()]
    office.reply(preview, "WYŚLIJ")
    assert [one.kind for one in office.letters() if one.kind == "survey-question"] == []


def test_each_member_has_an_address_of_their_own_and_the_letters_come_in_slices(office, site):
    letter = asked(office, site)

    letters = office.letters(kind="survey-question")
    assert len({one.to for one in letters}) == len(letters) == len({str(one.mail["Reply-To"]) for one in letters}) > 2
    assert "1) Robotyka" in letter.text and "/r/question/" in letter.text
    assert the_survey(site).asked == len(letters) and the_survey(site).asked_upto is None


def test_an_answer_is_counted_told_and_changed(office, site):
    letter = asked(office, site)

    assert office.reply(letter, "1: 1, 3\n2: 4\n3: krótsze spotkania\n\nPozdrawiam\nHalina Okładka", sender=HALINA) is State.ANSWERED
    assert votes(site) == [(1, "1,3", ""), (2, "4", ""), (3, "", "krótsze spotkania")]
    echo = last(office, "survey-echo")
    assert echo.to == "halina@example.org" and all(words in echo.text for words in ("Robotyka", "Promocja", "4/5", "krótsze spotkania"))

    office.reply(echo, "2: 5", sender=HALINA)
    assert votes(site) == [(1, "1,3", ""), (2, "5", ""), (3, "", "krótsze spotkania")]
    with site.reading() as db:
        assert len(db.scalars(select(Ballot)).all()) == len(db.scalars(select(Mark)).all()) == 1


@pytest.mark.parametrize("words", ["Tak.\n\nA czy będzie nagranie?", "Tak, bo wtedy mam czas. A czy będzie nagranie?"])
@pytest.mark.parametrize("privacy", ["", "ANONIMOWO"])
def test_a_question_beside_an_answer_reaches_nobody_and_the_echo_says_so(office, site, privacy, words):
    letter = asked(office, site, YES_NO, privacy)
    before = {one.to for one in office.letters()}
    office.reply(letter, words, sender=HALINA)
    echo = office.letters()[-1]
    assert echo.to == "halina@example.org"
    assert "nikt nie czyta" in echo.text and "moderator_siecibp@lists.example.org" in " ".join(echo.text.split())
    assert {one.to for one in office.letters()} == before and not [one for one in office.letters() if "nagranie" in one.text]


def test_a_question_that_is_the_answer_is_no_question_beside_it(office, site):
    letter = asked(office, site)
    office.reply(letter, "1: 1\n2: 4\n3: może mniej spotkań, a więcej czasu?", sender=HALINA)
    assert len(votes(site)) == 3 and "nikt nie czyta" not in last(office, "survey-echo").text


def test_what_is_not_clear_is_asked_back_and_what_is_clear_is_kept(office, site):
    letter = asked(office, site)
    office.reply(letter, "1: 1, 9\n2: 3\n3: nic", sender=HALINA)

    assert votes(site) == [(2, "3", ""), (3, "", "nic")]
    echo = last(office, "survey-echo")
    assert "Robotyka" in echo.text and "3/5" in echo.text
    for _ in range(5):
        office.reply(echo, "1: hmm, nie wiem, co wybrać", sender=HALINA)
    assert len(office.letters(kind="survey-echo")) <= 4
    office.reply(echo, "1: 2", sender=HALINA)
    assert votes(site)[0] == (1, "2", "")


def test_one_person_has_one_vote_across_all_their_addresses(office, site, now):
    letter = asked(office, site, YES_NO)
    with site.writing() as db:
        halina = member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org")
        db.add(Address(user_id=halina.user_id, email="halina@home.example.org", key="halina@home.example.org", verified_at=now))
    office.reply(letter, "tak", sender=HALINA)
    office.reply(letter, "nie", sender="Halina <halina@home.example.org>")

    assert votes(site) == [(1, "2", "")]
    assert last(office, "survey-echo").to == "halina@home.example.org"


@pytest.mark.parametrize("privacy", ["", "ANONIMOWO"])
def test_whoever_was_passed_the_letter_on_has_not_voted(office, site, privacy):
    letter = asked(office, site, YES_NO, privacy)
    assert office.reply(letter, "tak", sender="Kolega <kolega@example.net>") is State.REFUSED
    assert office.reply(letter, "tak", sender=f"Moderator <{MOD}>") is State.REFUSED
    assert office.reply(letter, "tak", sender=HALINA, proven=False) is State.REFUSED

    assert votes(site) == []
    assert {one.to for one in office.letters(kind="survey-not-yours")} == {"kolega@example.net", MOD}
    assert {one.to for one in office.letters(kind="survey-passed-on")} == {"halina@example.org"}


def test_a_coordinators_word_is_traced_to_its_list(office, site):
    office.reply(drafts(office), "WYŚLIJ")

    with site.reading() as db:
        word = db.scalars(select(Incoming).order_by(Incoming.id.desc())).first()
        assert word.list_id == list_by_name(db, "siecibp").id


@pytest.mark.parametrize("privacy", ["", "ANONIMOWO"])
def test_machines_do_not_vote_and_nobody_answers_them(office, site, privacy):
    letter = asked(office, site, YES_NO, privacy)
    before = len(office.letters())
    assert office.reply(letter, "tak", sender=HALINA, auto_submitted="auto-replied") is State.DISCARDED
    assert office.reply(letter, "Jestem na urlopie do 15 marca, odpiszę po powrocie.", sender=HALINA) is State.DISCARDED
    assert votes(site) == [] and len(office.letters()) == before


def test_a_late_answer_hears_that_it_is_late(office, site, clock):
    letter = asked(office, site, YES_NO)
    clock.move(days=20)
    office.reply(letter, "tak", sender=HALINA)

    assert votes(site) == [] and "/siecibp/questions/" in last(office, "survey-late").text


def test_who_has_left_has_no_vote(office, site):
    letter = asked(office, site, YES_NO)
    with site.writing() as db:
        db.delete(member_by_key(db, list_by_name(db, "siecibp"), "halina@example.org"))
    assert office.reply(letter, "tak", sender=HALINA) is State.REFUSED
    assert votes(site) == []


# ---- the coordinator's word ---------------------------------------------------------------------------------


@pytest.mark.parametrize("proven", [None, False])
def test_a_word_that_is_not_proven_sends_nothing(office, site, proven):
    preview = drafts(office)
    office.reply(preview, "WYŚLIJ", proven=proven)
    assert the_survey(site).state is SurveyState.DRAFT
    asked_back = last(office, "survey-confirm")
    assert asked_back.to == "owner@example.org"
    office.reply(asked_back, "TAK")
    assert the_survey(site).state is SurveyState.OPEN


def test_somebody_elses_word_sends_nothing(office, site):
    preview = drafts(office)
    office.reply(preview, "WYŚLIJ", sender=HALINA)
    assert the_survey(site).state is SurveyState.DRAFT


def test_a_member_who_writes_there_reaches_the_moderators_and_asks_nobody(office, site):
    assert office.send(HALINA, QUESTIONS, "Pytanie", YES_NO, proven=True) is State.FORWARDED
    assert the_survey(site) is None and last(office, "survey-not-asked").to == "halina@example.org"


def test_lines_correct_the_draft_and_a_new_letter_replaces_it(office, site):
    preview = drafts(office)
    office.reply(preview, "DO: 27 marca\nANONIMOWO")
    survey = the_survey(site)
    assert survey.privacy is Privacy.ANONYMOUS and survey.closes_at.day == 27

    office.reply(preview, "WYŚLIJ")
    assert the_survey(site).state is SurveyState.DRAFT, "the word was about an older draft"
    office.reply(last(office, "survey-preview"), "Gdzie się spotkamy?\n1) Konin\n2) Leszno\n3) Piła")
    survey = the_survey(site)
    assert [one.choices for one in survey.questions] == [("Konin", "Leszno", "Piła")]
    assert survey.privacy is Privacy.ANONYMOUS and survey.closes_at.day == 27 and survey.title == "Plan na rok"
    office.reply(last(office, "survey-preview"), "COFNIJ")
    assert the_survey(site).state is SurveyState.DISCARDED


def test_an_open_question_is_prolonged_and_closed_by_a_word(office, site):
    asked(office, site, YES_NO)
    told = last(office, "survey-told")
    office.reply(told, "PRZEDŁUŻ do 31 marca")
    assert the_survey(site).closes_at.day == 31
    office.reply(last(office, "survey-told"), "ZAMKNIJ")
    assert the_survey(site).state is SurveyState.CLOSED
    office.reply(told, "WYŚLIJ")
    assert the_survey(site).state is SurveyState.CLOSED


def test_a_word_back_before_anybody_was_written_to_makes_it_a_draft_again(office, site):
    office.reply(drafts(office), "wyślij")
    office.reply(last(office, "survey-told"), "COFNIJ")
    assert the_survey(site).state is SurveyState.DRAFT
    office.reply(last(office, "survey-told"), "WYŚLIJ")
    assert the_survey(site).state is SurveyState.OPEN


@pytest.mark.parametrize("words", ["Spotkanie było udane.", "Które?\n1) Robotyka", "WYŚLIJ", "SZABLON nieznany"])
def test_a_letter_that_asks_nothing_is_given_back_with_one_sentence(office, site, words):
    assert office.send(OWNER, QUESTIONS, "Coś", words, proven=True) is State.ANSWERED
    assert the_survey(site) is None and last(office, "survey-trouble").to == "owner@example.org"


@pytest.mark.parametrize("name", ["SZABLON diagnoza", "szablon: puls", "TEMPLATE topics", "Szablon tematy"])
def test_a_template_comes_back_as_a_draft(office, site, name):
    assert office.send(OWNER, QUESTIONS, "", name, proven=True) is State.DRAFT
    assert the_survey(site).questions and not office.letters(kind="survey-question")


def test_the_same_letter_twice_is_one_draft(office, site):
    raw = office._checked(mail(OWNER, f"{QUESTIONS}@lists.example.org", "Plan", ASKS), True)
    assert office.deliver(raw, f"{QUESTIONS}@lists.example.org") is State.DRAFT
    assert office.deliver(raw, f"{QUESTIONS}@lists.example.org") is State.DISCARDED


def test_where_it_is_turned_off_there_is_no_such_question(office, site):
    letter = asked(office, site, YES_NO)
    with site.writing() as db:
        list_by_name(db, "siecibp").surveys = False
    office.reply(letter, "tak", sender=HALINA)
    assert votes(site) == [] and not office.letters(kind="survey-echo")


# ---- without names ------------------------------------------------------------------------------------------


def everything(site):
    """Every text and every bytes of the database, table by table."""
    with site.reading() as db:
        found = {}
        for table in Survey.metadata.sorted_tables:
            found[table.name] = [tuple(row) for row in db.execute(select(table))]
        return found


def test_of_an_anonymous_answer_nothing_stays_that_says_whose_it_is(office, site):
    letter = asked(office, site, ASKS, "ANONIMOWO")
    office.reply(letter, "1: 2\n2: 1\n3: kaktusy", sender=HALINA)
    echo = last(office, "survey-echo-unnamed")
    assert "Regionalia" in echo.text and votes(site)[2][2] == "kaktusy"
    with site.writing() as db:
        for own in db.scalars(select(Letter)):
            own.due = None
    with site.writing() as db:
        unlinking.run_due(db, site.now(), 100)

    assert not office.letters(kind="survey-echo-unnamed")
    receipt = str(echo.mail["Reply-To"]).partition("+")[2].partition("@")[0]
    with site.reading() as db:
        (ballot,) = db.scalars(select(Ballot)).all()
        (incoming,) = db.scalars(select(Incoming).where(Incoming.reasons.contains("survey-answered"))).all()
        assert ballot.user_id is None and incoming.mail_from == incoming.message_id == "" and "halina" not in incoming.rcpt
        assert incoming.received_at.hour == incoming.received_at.minute == 0
        texts = b"".join(raw_bytes(db, one) for one in db.scalars(select(Raw.id)))
        assert b"kaktusy" not in texts
        tokens = str([tuple(row) for row in db.execute(text("SELECT * FROM token"))])
    assert receipt not in str(everything(site)) and ballot.key.hex() not in tokens
    whole = everything(site)
    for name, table in whole.items():
        for row in table:
            told = str(row)
            if "kaktusy" in told or repr(ballot.key) in told:
                assert name in ("ballot", "vote"), name


def fails_thrice(office, site, clock, sends):
    with pytest.raises((ValueError, ZeroDivisionError)):
        sends()
    for _ in range(3):
        clock.move(minutes=6)
        with site.writing() as db:
            works = intake.claim(db, site.now())
        for work in works:
            with site.writing() as db:
                prepared = intake.prepare(work, intake.raw_of(db, work), site.settings, office.resolver)
            with pytest.raises((ValueError, ZeroDivisionError)) as wrong, site.writing() as db:
                intake.process(db, prepared, site.now())
            with site.writing() as db:
                intake.trouble(db, work.incoming_id, f"Traceback\nValueError: {wrong.value}", site.now())


@pytest.mark.parametrize("first", [True, False])
def test_an_anonymous_answer_that_fails_three_times_is_destroyed_and_asked_for_again(office, site, clock, monkeypatch, first):
    letter = asked(office, site, ASKS, "ANONIMOWO")
    if not first:
        office.reply(letter, "1: 2", sender=HALINA)
        letter = last(office, "survey-echo-unnamed")

    def fail(*_):
        raise ValueError("kaktusy")

    with monkeypatch.context() as broken:
        broken.setattr(intake, "answer_for", fail)
        fails_thrice(office, site, clock, lambda: office.reply(letter, "3: kaktusy", sender=HALINA))
    with site.reading() as db:
        (mail,) = db.scalars(select(Incoming).where(Incoming.reasons == "survey-failed"))
        assert mail.state is State.REFUSED and mail.mail_from == mail.message_id == "" and mail.trouble == "ValueError" and "r+" not in mail.rcpt
        assert b"kaktusy" not in b"".join(raw_bytes(db, one) for one in db.scalars(select(Raw.id)))
    assert "kaktusy" not in str(everything(site)) and not [one for one in office.letters() if "kaktusy" in one.text]

    told = last(office, "survey-failed")
    assert told.to == "halina@example.org" and "/r/question/" in told.text
    assert office.reply(told, "1: 3", sender=HALINA) is State.ANSWERED and votes(site) == [(1, "3", "")]


def test_an_answer_with_a_name_that_fails_is_set_aside_as_any_mail(office, site, clock, monkeypatch):
    letter = asked(office, site, YES_NO)
    with monkeypatch.context() as broken:
        broken.setattr(intake, "answer_for", lambda *_: 1 / 0)
        fails_thrice(office, site, clock, lambda: office.reply(letter, "tak", sender=HALINA))
    with site.reading() as db:
        assert db.scalars(select(Incoming).order_by(Incoming.id.desc())).first().state is State.SHUNTED


def test_whoever_has_the_letter_changes_an_anonymous_answer_and_nobody_else(office, site):
    letter = asked(office, site, YES_NO, "ANONIMOWO")
    office.reply(letter, "tak", sender=HALINA)
    echo = last(office, "survey-echo-unnamed")

    office.reply(letter, "nie", sender=HALINA)
    assert votes(site) == [(1, "1", "")] and last(office, "survey-again").to == "halina@example.org"
    assert office.reply(echo, "nie", sender="Obcy <obcy@example.net>") is State.REFUSED
    assert votes(site) == [(1, "1", "")]
    assert office.reply(echo, "nie", sender=HALINA) is State.ANSWERED
    assert votes(site) == [(1, "2", "")]
    assert office.reply(echo, "tak", sender=HALINA, auto_submitted="auto-replied") is State.DISCARDED
    assert votes(site) == [(1, "2", "")]
    with site.reading() as db:
        assert len(db.scalars(select(Ballot)).all()) == len(db.scalars(select(Mark)).all()) == 1


def test_an_anonymous_answer_that_was_not_clear_leaves_nothing_either(office, site):
    letter = asked(office, site, YES_NO, "ANONIMOWO")
    office.reply(letter, "Tak, ale tylko bez pani dyrektor", sender=HALINA)
    assert votes(site) == [] and "r+v" in str(last(office, "survey-echo-unnamed").mail["Reply-To"])
    with site.reading() as db:
        assert not db.scalars(select(Mark)).all()
        assert all(b"dyrektor" not in raw_bytes(db, one.raw_id) for one in db.scalars(select(Incoming)))


def test_closing_writes_the_ballots_anew(office, site):
    letter = asked(office, site, YES_NO, "ANONIMOWO")
    office.reply(letter, "tak", sender=HALINA)
    office.reply(last(office, "survey-told"), "ZAMKNIJ")
    assert votes(site) == [(1, "1", "")]
    with site.reading() as db:
        assert ballots.count_answered(db, the_survey(site).id) == 1


def test_the_calendar_asks_reminds_and_closes(office, site, clock):
    office.reply(drafts(office, YES_NO), "WYŚLIJ")
    for _ in range(3):
        with site.writing() as db:
            housekeeping.run_due(db, site.now())
    assert office.letters(kind="survey-question")


# ---- one person's ----------------------------------------------------------------------------------------------


def user_of(db, email):
    return member_by_key(db, list_by_name(db, "siecibp"), email).user_id


@pytest.mark.parametrize(("privacy", "left"), [("", 0), ("ANONIMOWO", 1)])
def test_whoever_is_forgotten_takes_their_answers_along_and_nobody_can_find_an_anonymous_one(office, site, privacy, left):
    letter = asked(office, site, YES_NO, privacy)
    office.reply(letter, "tak", sender=HALINA)
    with site.writing() as db:
        user_id = user_of(db, "halina@example.org")
        told = erasing.rows_about(db, user_id, ["halina@example.org"], ["halina@example.org"])
        assert bool(told.get("vote")) is not bool(left) and told["survey_mark"]
        erasing.forget_rows(db, user_id, {"halina@example.org"})
        assert len(db.scalars(select(Vote)).all()) == left and not db.scalars(select(Mark)).all()


def test_a_question_outlives_whoever_asked_it(office, site):
    asked(office, site, YES_NO)
    with site.writing() as db:
        erasing.forget_rows(db, user_of(db, "owner@example.org"), {"owner@example.org"})
        assert db.scalars(select(Survey)).one().asked_by is None


def test_a_backup_holds_no_letter_that_tells_an_anonymous_answer(office, site, tmp_path):
    letter = asked(office, site, ASKS, "ANONIMOWO")
    office.reply(letter, "1: 2\n2: 1\n3: kaktusy", sender=HALINA)
    assert office.letters(kind="survey-echo-unnamed")
    with snapshot.looking(site.engine) as connection:
        kept = {name: [row for rows in copying.bundles(connection, table, snapshot._only(table)) for row in rows] for name, table in Survey.metadata.tables.items()}
    assert "survey-echo-unnamed" not in str(kept["letter"]) and all(b"kaktusy" not in unpack(row[-1]) for row in kept["raw"])
    assert kept["vote"] and kept["letter"]
