import pytest
from sqlalchemy import select

from listserv.store.members import Member
from listserv.store.moderation import Application, ApplicationState
from listserv.store.packing import unpack
from listserv.store.people import Address
from listserv.store.queue import Raw, State
from tests.office import aligned

ANNA = "anna@example.org"
WISH = "Dzień dobry,\n\npracuję w bibliotece pedagogicznej. Czy mogę dołączyć?\n\nAnna Nowa\n"


def on_the_list(site, email):
    with site.reading() as db:
        return db.scalar(select(Member.id).join(Member.address).where(Address.key == email)) is not None


def state(site):
    with site.reading() as db:
        return db.scalars(select(Application.state)).all()


def apply(office, proven=True, rcpt="moderator_siecibp", text=WISH):
    return office.send("Anna Nowa <anna@example.org>", rcpt, "prośba", text, proven=proven)


@pytest.mark.parametrize("rcpt", ["moderator_siecibp", "siecibp-owner", "siecibp-moderator", "siecibp-join", "siecibp-zapisz"])
def test_a_plain_letter_becomes_an_application_and_every_moderator_gets_the_whole_of_it(site, office, rcpt):
    assert apply(office, rcpt=rcpt) is State.APPLICATION

    assert [(letter.kind, letter.to) for letter in office.letters()] == [
        ("application-received", ANNA),
        ("application-moderator", "owner@example.org"),
        ("application-moderator", "mod@example.org"),
    ]
    acknowledged, moderator, _ = office.letters()
    assert acknowledged.subject == "Zgłoszenie do „Sieć BP”: dotarło"
    assert "Przeczyta je moderator – człowiek, nie automat" in " ".join(acknowledged.text.split())
    assert moderator.subject == "Zgłoszenie do „Sieć BP”: Anna Nowa"
    assert "    pracuję w bibliotece pedagogicznej. Czy mogę dołączyć?" in moderator.text
    assert "3 marca 2026, 10.00" in moderator.text


def test_the_letter_is_kept_word_for_word(site, office):
    apply(office)

    with site.reading() as db:
        application = db.scalars(select(Application)).one()
        raw = unpack(db.scalars(select(Raw.packed).where(Raw.id == application.raw_id)).one())
        assert application.text == WISH.strip()
        assert b"Subject: =?utf-8?q?pro=C5=9Bba?=" in raw


@pytest.mark.parametrize("proven", [None, False])
def test_an_unproven_applicant_is_asked_to_confirm_before_anybody_else_hears_of_it(site, office, proven):
    apply(office, proven=None)

    assert [(letter.kind, letter.to) for letter in office.letters()] == [("application-confirm", ANNA)]
    question = office.letters()[0]
    assert "pedagogicznej" not in question.text and "Anna" not in question.text

    assert office.reply(question, "Tak, to ja", proven=proven) is State.APPLICATION
    assert [letter.kind for letter in office.letters(to="mod@example.org")] == ["application-moderator"]
    assert "pedagogicznej" in office.letters(to="mod@example.org")[0].text


def test_a_confirmation_from_another_address_confirms_nothing(site, office):
    apply(office, proven=None)

    office.reply(office.letters()[0], "tak", sender="eve@example.org")

    assert state(site) == [ApplicationState.AWAITING_CONFIRMATION]


def test_a_second_letter_while_the_first_waits_sends_nothing_new(office):
    for _ in range(3):
        apply(office, proven=None)

    assert len(office.letters()) == 1


def test_yes_admits_with_a_welcome_and_the_other_moderators_are_told(site, office):
    apply(office)

    assert office.reply(office.letters(to="mod@example.org")[0], "TAK") is State.ANSWERED

    assert on_the_list(site, ANNA)
    welcome = office.letters(to=ANNA)[-1]
    assert welcome.subject == "„Sieć BP”: zapraszamy"
    for words in ("siecibp@lists.example.org", "WYPISZ", "PRZERWA DO 15.08", "https://lists.example.org/siecibp/"):
        assert words in welcome.text
    assert office.letters(to="owner@example.org")[-1].kind == "decided"
    assert "Decyzja: Zofia Lektura." in office.letters(to="owner@example.org")[-1].text
    assert office.send(ANNA, "siecibp", proven=True) is State.POSTED


def test_no_declines_with_the_moderators_words(site, office):
    apply(office)

    office.reply(office.letters(to="mod@example.org")[0], "NIE, ta lista jest dla bibliotek szkolnych.")

    assert not on_the_list(site, ANNA)
    assert "ta lista jest dla bibliotek szkolnych" in office.letters(to=ANNA)[-1].text
    assert state(site) == [ApplicationState.DECLINED]


def test_anything_else_is_a_question_and_the_answer_comes_back_into_the_same_case(site, office):
    apply(office)

    office.reply(office.letters(to="mod@example.org")[0], "Czy to biblioteka publiczna?")
    question = office.letters(to=ANNA)[-1]
    assert question.kind == "application-question"
    assert "Czy to biblioteka publiczna?" in question.text

    office.reply(question, "Nie, pedagogiczna, filia w Wymyślnej.")
    answers = office.letters(kind="application-answer")
    assert {letter.to for letter in answers} == {"owner@example.org", "mod@example.org"}
    assert "filia w Wymyślnej" in answers[0].text

    office.reply(answers[0], "Tak, zapraszamy!")
    assert on_the_list(site, ANNA)
    assert len(state(site)) == 1


def test_the_first_decision_wins(site, office):
    apply(office)
    first, second = office.letters(kind="application-moderator")

    office.reply(first, "TAK")
    office.reply(second, "NIE, za późno")

    assert on_the_list(site, ANNA)
    told = office.letters(to="mod@example.org")[-1]
    assert told.kind == "decided-already"
    assert "Alina Zakładka" in told.text


@pytest.mark.parametrize("proven", [None, False])
def test_a_decision_whose_sender_is_not_proven_is_asked_back_once(site, office, proven):
    apply(office)

    office.reply(office.letters(to="mod@example.org")[0], "TAK", proven=proven)
    assert not on_the_list(site, ANNA)
    again = office.letters(to="mod@example.org")[-1]
    assert again.kind == "confirm-decision"

    office.reply(again, "TAK", proven=None)
    assert on_the_list(site, ANNA)


def test_a_stolen_token_decides_nothing(site, office):
    apply(office)
    stolen = office.letters(to="mod@example.org")[0]

    office.reply(stolen, "TAK", sender="eve@example.org", proven=True)
    again = office.letters()[-1]
    assert (again.kind, again.to) == ("confirm-decision", "mod@example.org")
    office.reply(again, "TAK", sender="eve@example.org", proven=True)

    assert not on_the_list(site, ANNA)
    assert office.letters(to="eve@example.org") == []


def test_a_moderator_who_has_left_decides_nothing(site, office):
    apply(office)
    letter = office.letters(to="mod@example.org")[0]
    office.send("mod@example.org", "siecibp-leave", proven=True)

    office.reply(letter, "TAK")

    assert not on_the_list(site, ANNA)


@pytest.mark.parametrize("words", ["Jestem na urlopie do 15 marca. TAK.", "TAK"])
def test_a_holiday_notice_never_decides(site, office, words):
    apply(office)

    assert office.reply(office.letters(to="mod@example.org")[0], words, auto_submitted="auto-replied") is State.DISCARDED
    assert not on_the_list(site, ANNA)


def test_quoted_words_never_decide(site, office):
    apply(office)

    office.reply(office.letters(to="mod@example.org")[0], "Zapytam.\n\nW dniu 3.03.2026 o 10:00, Sieć BP pisze:\n> TAK – przyjmujemy\n")

    assert not on_the_list(site, ANNA)


def test_a_members_letter_reaches_the_moderators_and_can_simply_be_answered(office):
    assert office.send("Halina <halina@example.org>", "moderator_siecibp", "Kiedy spotkanie?", proven=True) is State.FORWARDED

    letters = office.letters(kind="contact")
    assert {letter.to for letter in letters} == {"owner@example.org", "mod@example.org"}
    assert letters[0].mail["Reply-To"] == "halina@example.org"


def test_an_english_letter_is_answered_in_english(office):
    office.send("John <john@example.org>", "moderator_siecibp", "Request", "Hello, I would like to join your list, please.\n", proven=True)

    assert office.letters(to="john@example.org")[0].subject == "Application to “Sieć BP”: received"


def test_a_machine_cannot_apply(office):
    assert office.send("robot@example.org", "moderator_siecibp", auto_submitted="auto-generated") is State.DISCARDED
    assert office.letters() == []


def test_a_proven_member_leaves_with_any_mail_to_leave(site, office):
    assert office.send("halina@example.org", "siecibp-wypisz", proven=True) is State.ANSWERED

    assert not on_the_list(site, "halina@example.org")
    assert office.letters(to="halina@example.org")[-1].kind == "left"


def test_an_unproven_leave_is_confirmed_by_one_reply(site, office):
    office.send("halina@example.org", "siecibp-leave")
    assert on_the_list(site, "halina@example.org")

    office.reply(office.letters(to="halina@example.org")[-1], "tak", proven=None)

    assert not on_the_list(site, "halina@example.org")


def test_the_last_owner_cannot_leave_a_list_without_anybody_who_decides(site, office):
    office.send("mod@example.org", "siecibp-leave", proven=True)
    office.send("owner@example.org", "siecibp-leave", proven=True)

    assert on_the_list(site, "owner@example.org")
    assert office.letters(to="owner@example.org")[-1].kind == "last-owner"


def test_a_stranger_who_wants_to_leave_learns_how_to_find_the_right_address(office):
    office.send("stranger@example.org", "siecibp-leave", proven=True)

    assert office.letters()[0].kind == "not-a-member"


def test_a_spent_address_gets_a_helpful_answer(office):
    office.send("halina@example.org", "siecibp-leave")
    letter = office.letters(to="halina@example.org")[-1]
    office.reply(letter, "tak")

    office.reply(letter, "tak")

    assert office.letters(to="halina@example.org")[-1].kind == "too-late"


def test_the_address_in_list_unsubscribe_takes_its_member_off_from_any_sender(site, office):
    from listserv import links

    with site.reading() as db:
        member = db.scalars(select(Member).join(Member.address).where(Address.key == "halina@example.org")).one()
        address = links.unsubscribe_address(site.settings, member.id)
    office.send("halina.prywatnie@example.org", address, "unsubscribe", auto_submitted="auto-generated")

    assert not on_the_list(site, "halina@example.org")
    assert office.letters(to="halina@example.org")[-1].kind == "left"


def test_an_old_one_click_address_never_comes_to_mean_somebody_else(site, office):
    from listserv import links
    from listserv.store.lists import list_by_name
    from listserv.usecases.access import CONSOLE
    from listserv.usecases.administration import remove_member
    from tests.conftest import add

    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        gone = add(db, mlist, "gone@example.org", site.now())
        address = links.unsubscribe_address(site.settings, gone.id)
        remove_member(db, gone, CONSOLE, site.now())
        add(db, mlist, "next@example.org", site.now())
    office.send("gone@example.org", address, "unsubscribe", proven=True)

    assert on_the_list(site, "next@example.org")


def make_open(site):
    from listserv.store.lists import list_by_name
    from listserv.usecases.access import CONSOLE
    from listserv.usecases.administration import set_list

    with site.writing() as db:
        set_list(db, list_by_name(db, "siecibp"), {"joining": "open"}, CONSOLE, site.now())


@pytest.mark.parametrize("proven", [True, None])
def test_an_open_list_admits_whoever_is_proven_or_confirms(site, office, proven):
    make_open(site)
    apply(office, proven=proven, rcpt="siecibp-join")
    if not proven:
        assert not on_the_list(site, ANNA)
        office.reply(office.letters(to=ANNA)[0], "tak", proven=None)

    assert on_the_list(site, ANNA)
    assert office.letters(to=ANNA)[-1].kind == "welcome"
    assert office.letters(to="mod@example.org") == []


@pytest.mark.parametrize("words", ["NIE! To nie ja pisałam, proszę o spokój.", "To nie ja", "It was not me."])
def test_who_did_not_apply_says_so_and_nobody_hears_of_it(site, office, words):
    apply(office, proven=None)

    assert office.reply(office.letters()[0], words, proven=None) is State.APPLICATION

    assert state(site) == [ApplicationState.DECLINED]
    assert len(office.letters()) == 1


def test_words_in_the_confirmation_reach_the_moderators(office):
    apply(office, proven=None)

    office.reply(office.letters()[0], "Tak, to ja. Dodam, że prowadzę też bibliotekę szkolną.", proven=None)

    assert "bibliotekę szkolną" in office.letters(to="mod@example.org")[0].text


def test_a_subject_alone_is_an_application_too(office):
    office.send("Barbara <barbara@example.org>", "moderator_siecibp", "Proszę dopisać mnie do listy", "", proven=True)

    assert "Proszę dopisać mnie do listy" in office.letters(to="mod@example.org")[0].text


def test_a_moderator_nobody_can_verify_may_decide_more_than_a_few_times_a_day(site, office):
    for number in range(8):
        office.send(f"a{number}@example.org", "moderator_siecibp", "prośba", WISH, proven=True)
    for letter in office.letters(to="mod@example.org", kind="application-moderator"):
        office.reply(letter, "TAK", proven=None)
    for question in office.letters(to="mod@example.org", kind="confirm-decision"):
        office.reply(question, "TAK", proven=None)

    assert all(on_the_list(site, f"a{number}@example.org") for number in range(8))


def test_one_token_asks_back_a_few_times_at_most(office):
    apply(office)
    letter = office.letters(to="mod@example.org")[0]

    for _ in range(8):
        office.reply(letter, "TAK", sender="eve@example.org", proven=True)

    assert len(office.letters(to="mod@example.org", kind="confirm-decision")) == 3


def test_two_machines_that_answer_each_other_fall_silent(office):
    apply(office)
    answered = set()
    for _ in range(100):
        waiting = [n for n, letter in enumerate(office.letters()) if n not in answered and letter.to in (ANNA, "mod@example.org")]
        if not waiting:
            break
        answered.add(waiting[0])
        office.reply(office.letters()[waiting[0]], "Jestem na urlopie, odpiszę po powrocie.")

    assert len(office.letters(to=ANNA)) <= 20
    assert not waiting


@pytest.mark.parametrize("words", ["NIE", "To nie ja", "Nie chcę się wypisywać!", "It was not me"])
def test_who_did_not_ask_to_leave_stays_and_is_told_so(site, office, words):
    office.send("halina@example.org", "siecibp-leave")

    office.reply(office.letters(to="halina@example.org")[-1], words, proven=None)

    assert on_the_list(site, "halina@example.org")
    assert office.letters(to="halina@example.org")[-1].kind == "leave-not"


def test_more_letters_about_an_open_application_reach_moderators_a_few_times_a_day(office):
    apply(office)
    for number in range(20):
        office.send("Anna <anna@example.org>", "moderator_siecibp", "jeszcze", f"Jeszcze słowo {number}.", proven=None)

    answers = office.letters(to="mod@example.org", kind="application-answer")
    assert len(answers) == 10
    assert answers[0].text.count("Jeszcze słowo 0.") == 1


def test_where_nobody_decides_on_a_list_the_sites_owner_is_told(site, office):
    from listserv.store.lists import list_by_name
    from listserv.usecases.access import CONSOLE
    from listserv.usecases.administration import find_member, remove_member

    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        for email in ("owner@example.org", "mod@example.org"):
            remove_member(db, find_member(db, mlist, email), CONSOLE, site.now())
    apply(office)

    assert [letter.kind for letter in office.letters(to="admin@example.org")] == ["application-moderator"]


def test_moderators_see_the_names_of_files_and_that_a_letter_has_no_words(site, office):
    bounds = "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=zgloszenie.pdf\r\n\r\nx\r\n--b--\r\n"
    raw = f"From: Anna Nowa <anna@example.org>\r\nTo: moderator_siecibp@lists.example.org\r\nMessage-ID: <file@example.org>\r\nMIME-Version: 1.0\r\n{bounds}"
    office.deliver(aligned(raw.encode()), "moderator_siecibp@lists.example.org")

    moderator = office.letters(to="mod@example.org")[0].text
    assert "Pliki: zgloszenie.pdf" in moderator
    assert "(W tym liście nie ma żadnych słów.)" in moderator
