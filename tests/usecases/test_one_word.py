"""One word of a moderator, by mail: what it does to applications and held posts, and that nothing else does anything."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from listserv.store.archive import Message
from listserv.store.bans import bars
from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.moderation import ApplicationState, HeldState, Journal
from listserv.store.queue import State
from listserv.store.trusted import trusted
from listserv.worker import work_once
from tests.mail.test_decision_words import bodies, near_replies
from tests.sampling import often
from tests.usecases.twocases import ANNA, AUTHOR, MOD, OWNER, application, case, held, question  # noqa: F401  (a fixture)

# ---- held posts --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "state"),
    [("TAK", HeldState.PUBLISHED), ("ok", HeldState.PUBLISHED), ("Nie, to reklama.", HeldState.REFUSED), ("ZAUFAJ", HeldState.PUBLISHED), ("BLOKUJ", HeldState.DISCARDED)],
)
def test_one_word_decides_about_a_held_post(case, site, words, state):
    case.reply(question(case), words)

    assert held(site) is state


def test_trust_lets_the_author_through_from_now_on_and_says_so(case, site):
    case.reply(question(case), "ZAUFAJ\n")

    with site.reading() as db:
        assert trusted(db, list_by_name(db, "siecibp"), AUTHOR)
    assert case.send(AUTHOR, "siecibp", "Nowe plakaty", "Są nowe.\n", proven=True) is State.POSTED
    assert question(case, "decision-done").subject


def test_trust_does_not_help_where_the_author_is_not_the_reason(office, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").max_size = 10
    office.send("halina@example.org", "siecibp", proven=True)
    office.reply(question(office), "ZAUFAJ")

    assert held(site) is HeldState.PENDING
    assert question(office, "decision-unclear")
    office.reply(question(office, "decision-unclear"), "TAK")
    assert held(site) is HeldState.PUBLISHED


@pytest.mark.parametrize("words", ["Popraw tytuł i puść", "Proszę poprawić literówkę i puścić", "Tak, ale popraw tytuł"])
def test_whoever_wishes_a_held_post_corrected_reads_what_can_be_done(office, site, words):
    office.send("stranger@example.com", "siecibp", proven=True)
    office.reply(question(office), words)

    told = " ".join(question(office, "decision-unclear").text.split())
    assert held(site) is HeldState.PENDING
    assert "nie można tu zmienić: TAK wysyła ją taką, jaka jest" in told
    office.reply(question(office, "decision-unclear"), "NIE, proszę poprawić tytuł")
    assert held(site) is HeldState.REFUSED


def test_ban_throws_it_away_bars_the_address_and_tells_its_author_nothing(case, site):
    before = len(case.letters(to=AUTHOR))
    case.reply(question(case), "BLOKUJ, to spam")

    assert held(site) is HeldState.DISCARDED
    with site.reading() as db:
        assert bars(db, list_by_name(db, "siecibp"), [AUTHOR])
    assert len(case.letters(to=AUTHOR)) == before
    assert question(case, "decision-done")


def test_a_forged_sender_is_not_barred_for_what_somebody_else_wrote(office, site):
    office.send("halina@example.org", "siecibp", proven=False)
    office.reply(question(office), "BLOKUJ")

    assert held(site) is HeldState.DISCARDED
    with site.reading() as db:
        assert not bars(db, list_by_name(db, "siecibp"), ["halina@example.org"])


def test_undo_takes_the_post_out_of_the_archive_and_says_what_cannot_be_called_back(case, site):
    first = question(case)
    case.reply(first, "TAK")
    work_once(site)
    case.reply(first, "COFNIJ")

    assert held(site) is HeldState.PENDING
    with site.reading() as db:
        assert db.query(Message).one().hidden_at
    letter = question(case, "decision-done")
    assert "4" in letter.text
    case.reply(letter, "TAK")
    assert held(site) is HeldState.PUBLISHED


def test_undo_lifts_the_ban_and_the_trust_of_the_very_decision(case, site):
    case.reply(question(case), "BLOKUJ")
    case.reply(question(case, "decision-done"), "COFNIJ")
    with site.reading() as db:
        assert not bars(db, list_by_name(db, "siecibp"), [AUTHOR])
    case.reply(question(case), "ZAUFAJ")
    case.reply(question(case, "decision-done"), "UNDO")

    with site.reading() as db:
        assert trusted(db, list_by_name(db, "siecibp"), AUTHOR) is None
    assert held(site) is HeldState.PENDING


def test_the_other_moderator_may_undo_by_the_letter_that_tells_of_it(case, site):
    case.reply(question(case), "TAK")
    case.reply(question(case, "decided", OWNER), "COFNIJ")

    assert held(site) is HeldState.PENDING
    assert question(case, "decision-undone", MOD)


def test_after_ten_minutes_a_letter_says_what_stands(case, site, clock):
    case.reply(question(case), "TAK")
    clock.move(minutes=10)
    case.reply(question(case), "COFNIJ")

    assert held(site) is HeldState.PUBLISHED
    assert "https://lists.example.org/siecibp/message/" in question(case, "decision-late").text


def test_an_undo_that_came_in_time_counts_after_asking_back(case, site, clock):
    first = question(case)
    case.reply(first, "TAK")
    clock.move(minutes=9)
    case.reply(first, "COFNIJ", proven=None)
    assert held(site) is HeldState.PUBLISHED
    clock.move(minutes=30)
    case.reply(question(case, "confirm-decision"), "COFNIJ", proven=None)

    assert held(site) is HeldState.PENDING


def test_an_old_question_is_no_way_around_the_ten_minutes(case, site, clock):
    case.reply(question(case), "TAK", proven=None)
    again = question(case, "confirm-decision")
    clock.move(minutes=1)
    case.reply(again, "TAK", proven=None)
    assert held(site) is HeldState.PUBLISHED
    clock.move(minutes=11)
    case.reply(again, "COFNIJ", proven=None)

    assert held(site) is HeldState.PUBLISHED


def test_there_is_nothing_to_undo_where_nothing_is_decided(case, site):
    case.reply(question(case), "COFNIJ")

    assert held(site) is HeldState.PENDING
    assert question(case, "decision-unclear")


def test_the_second_moderator_learns_whose_decision_stood(case, site):
    case.reply(question(case), "TAK")
    case.reply(question(case, to=OWNER), "NIE, nie tu.")

    assert held(site) is HeldState.PUBLISHED
    assert "Zofia Lektura" in question(case, "decided-already", OWNER).text


def test_whoever_changes_their_mind_is_told_of_undo_and_nothing_changes(case, site):
    case.reply(question(case), "TAK")
    case.reply(question(case), "NIE")

    assert held(site) is HeldState.PUBLISHED
    letter = question(case, "decided-already")
    case.reply(letter, "COFNIJ")
    assert held(site) is HeldState.PENDING


@pytest.mark.parametrize("proven", [None, False])
def test_from_a_sender_that_is_not_proven_no_word_does_anything(case, site, proven):
    for words in ("TAK", "NIE", "ZAUFAJ", "BLOKUJ"):
        case.reply(question(case), words, proven=proven)

    assert held(site) is HeldState.PENDING


@pytest.mark.parametrize("words", ["TAK", "BLOKUJ", "COFNIJ"])
def test_from_somebody_else_no_word_does_anything(case, site, words):
    case.reply(question(case), words, sender="halina@example.org")

    assert held(site) is HeldState.PENDING


def test_a_quoted_or_signed_word_decides_nothing(case, site):
    case.reply(question(case), "Co to jest\n\n> TAK – trafia na listę\n> BLOKUJ – odrzucamy\n\n-- \nTAK\n")

    assert held(site) is HeldState.PENDING


# ---- applications ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "state"),
    [("TAK", ApplicationState.ADMITTED), ("Nie, lista jest pełna", ApplicationState.DECLINED), ("ZAUFAJ", ApplicationState.ADMITTED), ("BLOKUJ", ApplicationState.DECLINED)],
)
def test_one_word_decides_about_an_application(case, site, words, state):
    case.reply(question(case, "application-moderator"), words)

    assert application(site) is state


def test_a_barred_applicant_is_not_written_to_and_may_not_apply_again(case, site):
    before = len(case.letters(to=ANNA))
    case.reply(question(case, "application-moderator"), "BLOKUJ")

    assert len(case.letters(to=ANNA)) == before
    with site.reading() as db:
        assert bars(db, list_by_name(db, "siecibp"), [ANNA])
    case.reply(question(case, "decision-done"), "COFNIJ")
    with site.reading() as db:
        assert not bars(db, list_by_name(db, "siecibp"), [ANNA])
    assert application(site) is ApplicationState.AWAITING_MODERATOR
    assert len(case.letters(to=ANNA)) == before


def test_who_is_admitted_with_trust_is_not_read_first(case, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").first_post = "hold"
    case.reply(question(case, "application-moderator"), "ZAUFAJ")

    assert case.send(ANNA, "siecibp", proven=True) is State.POSTED
    case.reply(question(case, "decision-done"), "COFNIJ")
    with site.reading() as db:
        assert member_by_key(db, list_by_name(db, "siecibp"), ANNA) is None
        assert trusted(db, list_by_name(db, "siecibp"), ANNA) is None


@pytest.mark.parametrize("words", ["Nie wiem, zapytam", "OK, sprawdzę", "Wygląda mi to na oszustkę.", "cofnij się", "Poczekajmy do jutra"])
def test_who_thinks_aloud_is_asked_and_the_applicant_hears_nothing(case, site, words):
    before = len(case.letters(to=ANNA))
    case.reply(question(case, "application-moderator"), words)

    assert application(site) is ApplicationState.AWAITING_MODERATOR
    assert len(case.letters(to=ANNA)) == before
    assert question(case, "decision-unclear")


def test_a_question_reaches_the_applicant(case, site):
    case.reply(question(case, "application-moderator"), "W jakiej bibliotece Pani pracuje?")

    assert application(site) is ApplicationState.ASKED
    assert "W jakiej bibliotece" in question(case, "application-question", ANNA).text


# ---- anything ----------------------------------------------------------------------------------------------


CHANGES = ("held-published", "held-refused", "held-discarded", "held-withdrawn", "application-admitted", "application-declined", "banned", "trusted", "member-removed")


@settings(max_examples=often(15), suppress_health_check=list(HealthCheck))
@given(replies=st.lists(st.tuples(near_replies, bodies), min_size=1, max_size=4))
@pytest.mark.only_sqlite
def test_no_random_reply_destroys_or_publishes_anything(case, site, replies):
    letters = [question(case), question(case, "application-moderator"), question(case, "held", AUTHOR)]
    for near, quoted in replies:
        body = f"{near}\n\nW dniu 3 marca 2026 Sieć BP napisała:\n" + "\n".join(f"> {line}" for line in quoted) + "\n-- \nTAK\n"
        for letter in letters:
            case.reply(letter, body.replace("\x00", ""))

    assert held(site) is HeldState.PENDING
    assert application(site) in (ApplicationState.AWAITING_MODERATOR, ApplicationState.ASKED)
    with site.reading() as db:
        assert not [row.what for row in db.query(Journal) if row.what in CHANGES]
        assert db.query(Message).count() == 0
