"""The moderators' pages: the queue, one answer for one or many, ten minutes to take it back, and nobody else sees them."""

import re

import pytest

from listserv.store.archive import Message
from listserv.store.lists import list_by_name
from listserv.store.members import member_by_key
from listserv.store.moderation import Application, Held, HeldState
from listserv.store.queue import Letter, State
from tests.office import aligned, mail
from tests.web.readers import app, hidden, signed_in, stranger, words  # noqa: F401

LIST = "siecibp@lists.example.org"
DESK = "/siecibp/moderate/"
PAGES = [
    DESK,
    *(DESK + rest for rest in ("members", "members/add", "members/1", "members/1/remove", "bans", "journal", "journal.csv", "case/p1", "case/a1")),
    "/siecibp/settings",
]


@pytest.fixture
def mod(app, office, site):
    return signed_in(app, site, "mod@example.org", headers={"Accept-Language": "en"})


@pytest.fixture
def waiting(office, once):
    """Two posts of strangers and an application wait."""

    def made():
        for number, name in enumerate(("Kornelia Winieta", "Obcy Nadawca"), 1):
            raw = aligned(
                mail(
                    f"{name} <obcy{number}@example.org>", LIST, f"Zaproszenie {number}", "Dzień dobry,\n\nzapraszam na warsztaty.\n\n> Kto ma program?\n\nJa mam.\n"
                )
            )
            office.deliver(raw, LIST, mail_from=f"obcy{number}@example.org")
        raw = aligned(mail("Anna Nowa <anna@example.org>", "moderator_siecibp@lists.example.org", "Proszę o przyjęcie", "Pracuję w bibliotece w Wymyślnej.\n"))
        office.deliver(raw, "moderator_siecibp@lists.example.org", mail_from="anna@example.org")

    once(made)
    return office


def english(browser, site, email):
    with site.writing() as db:
        member_by_key(db, list_by_name(db, "siecibp"), email).user.language = "en"
    return browser


@pytest.fixture
def zofia(app, site, waiting):
    return english(signed_in(app, site, "mod@example.org"), site, "mod@example.org")


@pytest.fixture
def alina(app, site, waiting):
    return english(signed_in(app, site, "owner@example.org"), site, "owner@example.org")


def held(site, number):
    with site.reading() as db:
        return db.get(Held, number)


def test_the_queue_shows_whole_letters_why_they_wait_and_who_wrote_them(zofia):
    page = zofia.page(DESK)
    said = words(page)

    assert "3 cases wait for an answer" in said
    # A person stands at the door: the application goes first, though it came last.
    assert re.findall(r'<section class="held hang" aria-labelledby="(\w+)"', page) == ["a1", "p1", "p2"]
    assert "Zaproszenie 1" in said and "Anna Nowa would like to join" in said
    assert "this address is not on the list" in said
    assert "the address is confirmed by its mail service" in said
    assert "nobody has written to us from this address before" in said
    assert '<details class="fold quote">' in page or "<blockquote>" in page
    assert "It goes to 4 people and into the archive." in said
    assert "it waits; nothing is sent and nothing is deleted" in said


def test_who_decides_sees_on_every_page_of_the_list_and_at_the_front_that_something_waits(zofia, app, site):
    halina = english(signed_in(app, site, "halina@example.org"), site, "halina@example.org")

    for path in ("/siecibp/", "/siecibp/month/", "/siecibp/people/"):
        assert "Moderating 3 cases wait" in words(zofia.page(path))
        assert "Moderating" not in words(halina.page(path))
    assert f'href="{DESK}">3' in zofia.page("/") and "3 cases wait" in words(zofia.page("/"))
    assert "wait" not in words(halina.page("/"))

    zofia.send(DESK, case="p1", answer="discard")
    zofia.send(DESK, case="a1", answer="decline")
    assert "1 case waits" in words(zofia.page("/")) and "Moderating 1 case waits" in words(zofia.page("/siecibp/"))
    zofia.send(DESK, case="p2", answer="discard")
    assert "wait" not in words(zofia.page("/"))


def answer(browser, key, word, **more):
    return browser.send(DESK, case=key, answer=word, **more)


def test_yes_publishes_and_tells_author_and_other_moderators(zofia, site):
    done = answer(zofia, "p1", "approve")

    assert done.status_code == 303
    page = zofia.page(done.headers["Location"])
    assert "Done. “Zaproszenie 1” was let through and goes to 4 people. Take back" in words(page)
    # Beside what was done, and below among the decisions of the last ten minutes.
    assert page.count(f'action="{DESK}undo"') == 2
    with site.reading() as db:
        assert db.query(Message).one().subject == "Zaproszenie 1"
        assert db.get(Held, 1).state is HeldState.PUBLISHED
        assert ("held-published", "obcy1@example.org") in [(row.kind, row.to) for row in db.query(Letter)]
        assert ("decided", "owner@example.org") in [(row.kind, row.to) for row in db.query(Letter)]


def test_trusting_lets_the_next_message_through_unread_and_only_that_address(zofia, waiting, site):
    answer(zofia, "p1", "approve", trust="on")
    for number, state in ((1, State.POSTED), (2, State.HELD)):
        raw = aligned(mail(f"Obcy <obcy{number}@example.org>", LIST, "Jeszcze coś", "I jeszcze to.\n"))
        assert waiting.deliver(raw, LIST, mail_from=f"obcy{number}@example.org") is state


def test_a_trusted_address_that_is_forged_is_held_all_the_same(zofia, waiting):
    answer(zofia, "p1", "approve", trust="on")
    raw = aligned(mail("Obcy <obcy1@example.org>", LIST, "Jeszcze coś", "I jeszcze to.\n"), "fail")

    assert waiting.deliver(raw, LIST, mail_from="obcy1@example.org") is State.HELD


def test_no_sends_the_moderators_words(zofia, waiting, site):
    answer(zofia, "p1", "decline", words="To nie na tę listę.")

    (letter,) = [one for one in waiting.letters() if one.kind == "held-refused"]
    assert "To nie na tę listę." in letter.text


def test_before_anything_is_declined_it_is_said_what_goes_out_without_words(zofia, waiting):
    page = zofia.page(DESK)

    assert page.count("Without words we send a plain refusal.") == 3
    assert "Send back" not in page
    answer(zofia, "p1", "decline")
    assert len(waiting.letters("obcy1@example.org", "held-refused")) == 1


def test_a_question_goes_to_the_author_and_the_answer_comes_back_into_the_case(zofia, waiting, site):
    answer(zofia, "p1", "ask", words="Ile to kosztuje?")
    (letter,) = [one for one in waiting.letters() if one.kind == "held-question"]
    assert "Ile to kosztuje?" in letter.text
    assert held(site, 1).state is HeldState.PENDING

    reply = letter.mail["Reply-To"].addresses[0].addr_spec
    waiting.deliver(aligned(mail("obcy1@example.org", reply, "Odp", "Nic, jest bezpłatnie.\n")), reply, mail_from="obcy1@example.org")

    assert "Nic, jest bezpłatnie." in words(zofia.page(DESK))
    assert ("held-added", "mod@example.org") in [(one.kind, one.to) for one in waiting.letters()]


def test_a_question_without_words_keeps_the_page_and_says_so(zofia, site):
    refused = answer(zofia, "p1", "ask", words="   ")

    assert refused.status_code == 400
    assert "Please write what you would like to ask." in words(refused.text)
    assert 'aria-describedby="wrong-p1"' in refused.text


def test_spam_goes_without_a_word(zofia, waiting, site):
    before = len(waiting.letters())
    answer(zofia, "p1", "discard")

    assert held(site, 1).state is HeldState.DISCARDED
    assert [one.kind for one in waiting.letters()[before:]] == ["decided"]


def test_what_somebody_else_has_decided_is_said_with_their_name_and_not_done_again(zofia, alina, site):
    answer(alina, "p1", "approve")
    late = answer(zofia, "p1", "decline", words="Nie.")

    said = words(zofia.page(late.headers["Location"]))
    assert "Decided already:" in said and "approved (Alina Zakładka, today, 10:00 )" in said
    assert "Your answer has changed nothing." in said
    assert held(site, 1).state is HeldState.PUBLISHED


def test_many_are_approved_at_once(zofia, site):
    done = zofia.send(DESK, case=["p1", "p2", "a1"], answer="approve", many="yes")

    assert "3 cases approved" in words(zofia.page(done.headers["Location"]))
    assert "Nothing waits" in words(zofia.page(DESK))
    with site.reading() as db:
        assert db.query(Message).count() == 2
        assert db.get(Application, 1).state == "admitted"


@pytest.mark.parametrize("word", ["decline", "discard", "ban"])
def test_harm_to_many_is_shown_before_it_is_done(zofia, site, word):
    asked = zofia.send(DESK, case=["p1", "p2"], answer=word, many="yes")

    assert asked.status_code == 200
    assert "2 messages" in words(asked.text) or "2 cases" in words(asked.text)
    assert "Zaproszenie 1" in asked.text and "Zaproszenie 2" in asked.text
    assert held(site, 1).state is HeldState.PENDING
    zofia.post(DESK, data={"form": hidden(asked.text, "form"), "case": ["p1", "p2"], "answer": word, "many": "yes", "sure": "yes"})
    assert {held(site, 1).state, held(site, 2).state} == {HeldState.REFUSED if word == "decline" else HeldState.DISCARDED}


def test_applications_are_left_alone_when_messages_are_discarded(zofia, site):
    asked = zofia.send(DESK, case=["p1", "a1"], answer="discard", many="yes")
    assert "an application is answered, not discarded" in words(asked.text)
    assert re.findall(r'name="case" value="(\w+)"', asked.text) == ["p1"]

    assert zofia.send(DESK, case=["p1", "a1"], answer="discard", many="yes", sure="yes").status_code == 400
    assert held(site, 1).state is HeldState.PENDING


def test_nothing_chosen_is_said(zofia):
    refused = zofia.send(DESK, answer="approve", many="yes")

    assert refused.status_code == 400
    assert "Nothing was chosen." in words(refused.text)


def test_what_taking_back_does_is_said_before_and_after(zofia, site):
    answer(zofia, "p1", "approve")
    page = words(zofia.page(DESK))
    assert "Take back (10 more minutes)" in page
    assert "The message leaves the archive and waits here again" in page

    done = zofia.send(DESK + "undo", DESK, case="p1")
    assert "Taken back." in words(zofia.page(done.headers["Location"]))
    assert held(site, 1).state is HeldState.PENDING
    assert "a decision was taken back" in words(zofia.page(DESK))


def test_taking_back_too_late_is_refused_in_words(zofia, clock, site):
    answer(zofia, "p1", "approve")
    clock.move(minutes=11)
    assert "Take back" not in words(zofia.page(DESK))

    refused = zofia.send(DESK + "undo", DESK, case="p1")
    assert refused.status_code == 409
    assert "More than ten minutes have passed." in words(refused.text)


def test_a_case_of_another_list_is_no_case_here(zofia, site, now):
    from listserv.usecases import administration
    from listserv.usecases.access import CONSOLE

    with site.writing() as db:
        other = administration.create_list(db, administration.NewList("inna", "Inna"), CONSOLE, now)
        administration.add_member(db, other, administration.NewMember("mod@example.org", role="moderator"), CONSOLE, now)

    zofia.page("/inna/moderate/case/p1", 404)
    assert zofia.send("/inna/moderate/", "/me", case="p1", answer="approve").status_code == 404
    assert held(site, 1).state is HeldState.PENDING


@pytest.mark.parametrize("key", ["", "p", "p0", "p999999999999999999999", "x1", "p-1", "p1a", "a²"])
def test_a_key_that_is_none_is_no_page(zofia, key):
    assert zofia.send(DESK, DESK, case=key or "q", answer="approve").status_code == 404


def test_an_answer_that_is_none_is_refused(zofia):
    assert zofia.send(DESK, case="p1", answer="explode").status_code == 404


@pytest.mark.sampled(5)
@pytest.mark.parametrize("path", PAGES)
def test_strangers_and_ordinary_members_get_the_page_for_what_is_not_there(app, site, waiting, stranger, path):
    member = signed_in(app, site, "halina@example.org")
    gone = path.replace("siecibp", "niczego")
    for reader in (stranger, member):
        reader.get("/sign-in")
        answer, nothing = reader.get(path), reader.get(gone)
        assert answer.status_code == nothing.status_code == 404
        assert answer.text.replace(path, "") == nothing.text.replace(gone, "")


@pytest.mark.parametrize(
    "rest",
    [
        "moderate/",
        "moderate/undo",
        "moderate/bans",
        "moderate/bans/lift",
        "moderate/rules",
        "moderate/rules/remove",
        "moderate/members/1",
        "moderate/members/1/remove",
        "moderate/members/1/bounces",
        "moderate/members/add",
        "moderate/members/invite",
        "moderate/invitations",
        "settings",
    ],
)
def test_nobody_else_changes_anything(app, site, waiting, rest):
    member = signed_in(app, site, "halina@example.org")

    assert (
        member.send(
            f"/siecibp/{rest}", "/me", case="p1", answer="approve", role="owner", pattern="x@example.org", people="y@example.org", sure="yes"
        ).status_code
        == 404
    )
    with site.reading() as db:
        assert db.get(Held, 1).state is HeldState.PENDING


@pytest.mark.sampled(5)
@pytest.mark.parametrize("path", PAGES)
def test_pages_are_light_and_hold_no_style_or_script_of_their_own(zofia, path):
    answer = zofia.get(path)

    assert answer.status_code == 200, path
    assert len(answer.data) < 60_000
    assert " style=" not in answer.text and "<style" not in answer.text and not re.search(r"<script(?! src)|\son\w+=", answer.text)


def test_the_queue_asks_a_fixed_number_of_times(zofia, waiting, site):
    from sqlalchemy import event

    statements = []
    event.listen(site.engine, "before_cursor_execute", lambda _c, _k, statement, *_: statements.append(statement))
    zofia.page(DESK)
    statements.clear()
    zofia.page(DESK)
    before = len(statements)
    for number in range(3, 8):
        waiting.deliver(aligned(mail(f"Osoba <o{number}@example.org>", LIST, f"Jeszcze {number}", "Tekst.\n")), LIST, mail_from=f"o{number}@example.org")
    statements.clear()
    zofia.page(DESK)

    assert len(statements) == before <= 22


def test_very_long_letters_are_shown_whole_on_their_own_page(zofia, waiting):
    text = "Słowo za słowem. " * 2000
    waiting.deliver(aligned(mail("Gaduła <gad@example.org>", LIST, "Długie", text + "KONIEC\n")), LIST, mail_from="gad@example.org")

    assert len(zofia.page(DESK)) < 60_000
    assert "KONIEC" not in zofia.page(DESK)
    assert "KONIEC" in zofia.page(DESK + "case/p3")


@pytest.mark.parametrize("text", ["Słowo za słowem. \n" * 20_000, "> a\nb\n" * 40_000])
def test_a_letter_of_a_third_of_a_megabyte_comes_in_parts_and_soon(zofia, waiting, text):
    waiting.deliver(aligned(mail("Gaduła <gad@example.org>", LIST, "Długie", text + "KONIEC\n")), LIST, mail_from="gad@example.org")

    first, queue = zofia.page(DESK + "case/p3"), zofia.page(DESK)
    assert len(queue) < 60_000 and len(first) < 120_000 and "KONIEC" not in first
    count = int(re.search(r"part 2 of (\d+)", words(first))[1])
    assert "KONIEC" in zofia.page(f"{DESK}case/p3?part={count}")
    for part in (0, count + 1):
        zofia.page(f"{DESK}case/p3?part={part}", 404)


def test_more_than_ten_cases_come_in_pages(zofia, waiting):
    for number in range(9):
        waiting.deliver(aligned(mail(f"Osoba <o{number}@example.org>", LIST, f"Kolejne {number}", "Tekst.\n")), LIST, mail_from=f"o{number}@example.org")

    first, second = zofia.page(DESK), zofia.page(DESK + "?page=2")
    shown = [re.findall(r'<section class="held hang" aria-labelledby="(\w+)"', page) for page in (first, second)]
    assert [len(keys) for keys in shown] == [10, 2]
    assert len({*shown[0], *shown[1]}) == 12
    zofia.page(DESK + "?page=3", 404)


def test_words_of_strangers_are_only_words(zofia, waiting):
    waiting.deliver(
        aligned(mail("<b>Zły</b> <zly@example.org>", LIST, "<img src=x onerror=alert(1)>", "<script>alert(1)</script>\n")), LIST, mail_from="zly@example.org"
    )
    page = zofia.page(DESK)

    assert "<script>alert" not in page and "<img src=x" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
