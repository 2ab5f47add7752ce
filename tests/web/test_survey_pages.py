"""Questions to everybody in the browser: the list of them, answering with and without signing in, asking, and what may not be seen."""

import re
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from listserv import links
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.surveys import Ballot, Mark, Survey, Vote
from listserv.usecases import surveytold
from tests import surveyed
from tests.conftest import add
from tests.web.readers import app, archive, hidden, member, signed_in, stranger, words  # noqa: F401

DRAFT = {"title": "Kiedy spotkanie?", "text": "Kiedy Państwu pasuje?\n1) czwartek\n2) piątek\n"}


@pytest.fixture
def owner(app, site, archive, now):
    with site.writing() as db:
        add(db, list_by_name(db, "siecibp"), "alina@example.org", now, name="Alina Zakładka", role="owner")
        list_by_name(db, "siecibp").surveys = True
    return signed_in(app, site, "alina@example.org")


def opened(site, now, how="", **more):
    with site.writing() as db:
        return surveyed.asked(db, list_by_name(db, "siecibp"), now, how=how, **more).id


SOON = "Odpowiedzi do 05.03.2026"


def key_of(site, survey_id, email="ewa@example.org"):
    """The path of the page that this member's letter leads to."""
    with site.reading() as db:
        user = surveyed.user_of(db, email)
        member = db.query(Member).filter_by(user_id=user, list_id=list_by_name(db, "siecibp").id).one()
        return urlsplit(links.question_url_of(site.settings, links.question_key(site.settings, member.id, survey_id))).path


def votes(site):
    with site.reading() as db:
        return sorted((vote.choices, vote.words) for vote in db.scalars(select(Vote)))


# ---- answering ----------------------------------------------------------------------------------------------


def test_open_questions_stand_on_top_with_how_many_answered_and_until_when(site, owner, member, now):
    number = opened(site, now)

    page = words(member.page("/siecibp/questions/"))

    assert "Open now" in page and "waits for your answer" in page and "0 people have answered" in page and "17 March" in page
    member.send(f"/siecibp/questions/{number}", q1="2")
    assert "answered by you" in words(member.page("/siecibp/questions/"))


def test_a_member_answers_on_the_page_and_sees_what_was_understood_and_may_change_it(site, owner, member, now):
    number = opened(site, now)

    answer = member.send(f"/siecibp/questions/{number}", q1="2", q2="5", q3="Więcej <b>czasu</b>.")

    assert answer.status_code == 303 and votes(site) == [("", "Więcej <b>czasu</b>."), ("2", ""), ("5", "")]
    page = member.page(answer.location)
    assert "Counted." in page and "Zbiory" in words(page) and "&lt;b&gt;czasu" in page
    member.send(f"/siecibp/questions/{number}", q1="1")
    assert ("1", "") in votes(site) and len(votes(site)) == 3


def test_the_link_of_a_letter_opens_the_form_without_signing_in_and_looking_changes_nothing(site, owner, stranger, now):
    path = key_of(site, opened(site, now))

    page = stranger.page(f"{path}?q1=2")

    assert re.search(r'name="q1" value="2" checked', page) and "Sign in" not in page and not votes(site)
    for _ in range(3):
        stranger.head(f"{path}?q1=2")
    with site.reading() as db:
        assert not db.scalars(select(Mark)).all()
    answer = stranger.send(path, f"{path}?q1=2", q1="2")
    assert answer.status_code == 200 and votes(site) == [("2", "")] and "Counted." in answer.text and "change the answer" in answer.text
    assert re.search(r'name="q1" value="2" checked', stranger.page(path))


@pytest.mark.parametrize("asked", ["q1=9", "q1=x", "q1=-1", "q1=1,2", "q1=%00", "q2=6", "q3=<script>", "q1=" + "1," * 900, "q99=1", "q1="])
def test_a_link_that_asks_for_what_is_not_there_marks_nothing(site, owner, stranger, now, asked):
    page = stranger.page(f"{key_of(site, opened(site, now))}?{asked}")

    assert " checked" not in page and "<script>" not in page.replace("<script src", "")


def test_wrong_answers_are_told_beside_their_question_and_nothing_typed_is_lost(site, owner, stranger, now):
    path = key_of(site, opened(site, now))

    answer = stranger.send(path, q1=["1", "2"], q2="7", q3="Moje słowa.")

    assert answer.status_code == 400 and not votes(site)
    assert "Only one answer can be chosen here." in answer.text and "There is no such answer." in answer.text and "Moje słowa." in answer.text
    empty = stranger.send(path, q3="   ")
    assert empty.status_code == 400 and "Nothing is chosen or written yet" in empty.text
    assert stranger.send(path, q3="a" * 9_000).status_code == 400 and not votes(site)


def test_places_of_what_is_ranked_are_each_one_s_own(site, owner, stranger, now):
    ranked = "Pytanie 1: Po kolei?\n1) Lekcje\n2) Zbiory\n3) Prawo\n(Proszę uszeregować.)\n"
    path = key_of(site, opened(site, now, words=ranked))

    twice = stranger.send(path, **{"q1-1": "1", "q1-2": "1"})
    assert twice.status_code == 400 and "place of its own" in twice.text and twice.text.count(" selected") == 2

    right = stranger.send(path, **{"q1-3": "1", "q1-1": "3"})
    assert right.status_code == 200 and votes(site) == [("3,1", "")]
    assert stranger.page(path).count(" selected") == 2


def test_an_anonymous_answer_shows_the_way_back_once_and_nobody_answers_twice(site, owner, member, stranger, now):
    number = opened(site, now, how="Ankieta jest anonimowa.")
    path = key_of(site, number)

    answer = stranger.send(path, q1="2")

    (receipt,) = set(re.findall(r"/r/question/x[a-z2-7]+", answer.text))
    assert "no-store" in answer.headers["Cache-Control"] and "Ewa" not in answer.text
    again = stranger.page(path)
    assert "can only be changed by the link" in again and 'name="q1"' not in again
    assert stranger.send(path, "/sign-in", q1="1").status_code == 409
    assert member.send(f"/siecibp/questions/{number}", "/me/profile", q1="1").status_code == 409
    assert votes(site) == [("2", "")]
    stranger.send(receipt, q1="3")
    assert votes(site) == [("3", "")]
    with site.reading() as db:
        assert [one.user_id for one in db.scalars(select(Ballot))] == [None]


def test_a_signed_in_member_gets_the_receipt_of_an_anonymous_answer_too(site, owner, member, now):
    answer = member.send(f"/siecibp/questions/{opened(site, now, how='Ankieta jest anonimowa.')}", q1="2")

    assert answer.status_code == 200 and re.search(r"/r/question/x[a-z2-7]+", answer.text)


def test_after_the_close_no_answer_counts_and_the_page_says_so(site, app, owner, stranger, clock):
    number = opened(site, clock(), SOON)
    path, page = key_of(site, number), hidden(stranger.page(key_of(site, number)), "form")
    clock.move(days=3)

    late = stranger.post(path, data={"form": page, "q1": "2"})
    assert late.status_code == 409 and "closed in the meantime" in late.text and not votes(site)
    surveyed.due(site, clock())
    assert "no more answers are counted" in stranger.page(path)
    member = signed_in(app, site, "ewa@example.org")
    assert member.send(f"/siecibp/questions/{number}", "/me/profile", q1="1").status_code == 409
    assert not votes(site)


def test_a_key_of_somebody_who_left_or_of_another_survey_opens_nothing(site, owner, stranger, now):
    path = key_of(site, opened(site, now))

    for wrong in (path[:-1] + ("a" if path[-1] != "a" else "b"), "/r/question/" + "x" * 30, "/r/question/", f"{path}a"):
        assert stranger.get(wrong).status_code == 404
    with site.writing() as db:
        list_by_name(db, "siecibp").surveys = False
    assert stranger.get(path).status_code == 404


def test_a_form_from_elsewhere_answers_nothing(site, owner, stranger, now):
    path = key_of(site, opened(site, now))

    assert stranger.post(path, data={"q1": "1"}).status_code == 400 and not votes(site)


# ---- who sees what ------------------------------------------------------------------------------------------


def test_strangers_see_nothing_of_questions_on_a_private_list_nor_on_a_public_one(site, owner, stranger, archive, now):
    number = opened(site, now)
    paths = [f"/siecibp/questions/{rest}" for rest in ("", number, f"{number}.csv", f"{number}.csv?people=1", "new", f"{number}/edit")]

    assert [stranger.get(path).status_code for path in paths] == [404] * len(paths)
    with site.writing() as db:
        list_by_name(db, "siecibp").archive = "public"
    assert [stranger.get(path).status_code for path in paths] == [404] * len(paths)
    assert "/siecibp/questions/" not in stranger.page("/siecibp/")


def test_members_neither_ask_nor_decide_nor_see_drafts(site, owner, member, now):
    draft, open_one = opened(site, now, draft=True), opened(site, now)

    for path in ("new", draft, f"{draft}/edit", f"{draft}.csv"):
        assert member.get(f"/siecibp/questions/{path}").status_code == 404
    for path, fields in (("new", DRAFT), (f"{draft}/edit", DRAFT), (f"{draft}/decide", {"do": "send", "revision": "1"}), (f"{open_one}/decide", {"do": "close", "revision": "1"})):
        assert member.send(f"/siecibp/questions/{path}", "/me/profile", **fields).status_code == 404
    with site.reading() as db:
        assert sorted(db.scalars(select(Survey.state))) == ["draft", "open"]


def test_names_and_their_table_are_for_those_who_were_told_so(site, app, owner, member, clock):
    number = opened(site, clock(), SOON)
    member.send(f"/siecibp/questions/{number}", q1="2")
    surveyed.due(site, clock.move(days=3))
    owner, member = (signed_in(app, site, email) for email in ("alina@example.org", "ewa@example.org"))

    assert "Ewa Fiszka" in owner.page(f"/siecibp/questions/{number}") and "Ewa Fiszka" in owner.page(f"/siecibp/questions/{number}.csv?people=1")
    member.page(f"/siecibp/questions/{number}.csv?people=1", 404)
    page = member.page(f"/siecibp/questions/{number}")
    assert "by name" not in page and "<svg" in page and "Zbiory" in page
    table = member.get(f"/siecibp/questions/{number}.csv")
    assert "attachment" in table.headers["Content-Disposition"] and "Zbiory" in table.text and "Ewa" not in table.text


def test_members_of_another_list_reach_none_of_its_surveys_by_their_numbers(site, app, owner, now):
    number = opened(site, now)
    with site.writing() as db:
        list_by_name(db, "gazetka").surveys = True
    zofia = signed_in(app, site, "zofia@example.org")

    assert [zofia.get(f"/gazetka/questions/{number}{rest}").status_code for rest in ("", ".csv", "/edit")] == [404] * 3
    assert zofia.send(f"/gazetka/questions/{number}/decide", "/me/profile", do="close", revision="1").status_code == 404


# ---- asking -------------------------------------------------------------------------------------------------


def test_a_coordinator_asks_sees_how_it_was_understood_and_only_the_second_button_sends(site, owner, now):
    made = owner.send("/siecibp/questions/new", **DRAFT)

    assert made.status_code == 303
    page = owner.page(made.location)
    assert "nobody has got anything yet" in page and "Send to 4 people" in words(page) and "czwartek" in page
    with site.reading() as db:
        assert db.scalars(select(Survey.asked_upto)).one() is None
    path = made.location.partition("?")[0]
    sent = owner.send(f"{path}/decide", path, do="send", revision=hidden(page, "revision"))
    assert sent.location.endswith("done=sent")
    twice = owner.send(f"{path}/decide", path, do="send", revision=hidden(page, "revision"))
    assert twice.location.endswith("done=changed")


@pytest.mark.parametrize("name", ["needs", "support", "pulse", "topics"])
def test_a_ready_survey_becomes_a_draft_as_it_stands(site, owner, name):
    page = owner.page(f"/siecibp/questions/new?template={name}")
    title = re.search(r'name="title" value="([^"]+)"', page)[1]
    text = re.search(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)[1]

    made = owner.send("/siecibp/questions/new", title=title, text=text)

    assert made.status_code == 303, words(made.text)
    with site.reading() as db:
        survey = db.scalars(select(Survey)).one()
        assert survey.title == title and len(survey.questions) == {"needs": 3, "support": 6, "pulse": 3, "topics": 2}[name]
        assert survey.is_anonymous is (name == "pulse")


@pytest.mark.parametrize("fields", [{"title": "", "text": "Kiedy?\n1) a\n2) b"}, {"title": "x", "text": ""}, {"title": "x", "text": "Kiedy?\n1) a"}, {"title": "x", "text": "\x00\x1b[2J"}])
def test_what_cannot_be_understood_is_told_and_the_words_stay(owner, fields):
    answer = owner.send("/siecibp/questions/new", **fields)

    assert answer.status_code == 400 and 'role="alert"' in answer.text
    if "Kiedy" in fields["text"]:
        assert "Kiedy?" in answer.text


def test_a_draft_that_is_changed_is_what_it_says_and_an_older_page_changes_nothing(site, owner, now):
    number = opened(site, now, draft=True, how="Ankieta jest anonimowa.\n\nOdpowiedzi do 20.03.2026 20:00")
    page = owner.page(f"/siecibp/questions/{number}/edit")
    text, revision = re.search(r'<textarea id="text"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)[1], hidden(page, "revision")

    same = owner.send(f"/siecibp/questions/{number}/edit", title="Potrzeby", text=text, revision=revision)
    assert same.status_code == 303
    with site.reading() as db:
        survey = surveyed.of(db, number)
        assert survey.is_anonymous and [one.kind for one in survey.questions] == ["one", "scale", "words"] and survey.questions[1].choices == ("wcale", "bardzo")
        assert survey.closes_at.isoformat() == "2026-03-20T19:00:00+00:00"
    older = owner.send(f"/siecibp/questions/{number}/edit", title="Inne", text=text, revision=revision)
    assert older.status_code == 409 and "changed or sent it in the meantime" in older.text
    with site.reading() as db:
        assert surveyed.of(db, number).title == "Potrzeby"


def test_it_is_closed_now_or_left_open_longer(site, owner, clock):
    number = opened(site, clock())
    path = f"/siecibp/questions/{number}"
    revision = hidden(owner.page(path), "revision")

    for day, done in (("2026-04-20", "extended"), ("2026-02-01", "over"), ("jutro", "day"), ("9999-12-31", "over"), ("", "day")):
        answer = owner.send(f"{path}/decide", path, do="extend", until=day, revision=revision)
        assert answer.status_code == 303, (day, words(answer.text)[:800])
        assert answer.location.endswith(f"done={done}")
    with site.reading() as db:
        assert surveyed.of(db, number).closes_at.date().isoformat() == "2026-04-20"
    closed = owner.send(f"{path}/decide", path, do="close", revision=revision)
    assert closed.status_code == 303, words(closed.text)[:900]
    assert closed.location.endswith("done=closed")
    with site.writing() as db:
        assert surveytold.tell(db, surveyed.of(db, number), clock())
    assert "Nobody has answered." in owner.page(path)
    assert owner.send(f"{path}/decide", "/me/profile", do="close", revision=revision).location.endswith("done=changed")


def test_a_list_s_own_topics_are_what_is_asked_about(site, owner, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        from listserv.usecases import administration
        from listserv.usecases.access import CONSOLE

        for number in range(3):
            administration.add_topic(db, mlist, f"t{number}", f"Obszar {number}", CONSOLE, now)

    page = owner.page("/siecibp/questions/new?template=needs")

    assert "2) Obszar 0" in page and "1) Lekcje i warsztaty" in page


def test_many_questions_with_long_answers_fit_into_one_form(site, owner, stranger, now):
    text = "".join(f"Pytanie {number}: Co {number}?\n(Własnymi słowami.)\n\n" for number in range(1, 11))
    path = key_of(site, opened(site, now, words=text))

    assert stranger.send(path, **{f"q{number}": "ą" * 7_000 for number in range(1, 11)}).status_code == 200
    assert len(votes(site)) == 10


def test_results_of_a_week_stand_below_those_that_are_open(site, app, owner, clock):
    opened(site, clock(), SOON, subject="Stare")
    surveyed.due(site, clock.move(days=3))
    opened(site, clock(), subject="Nowe")
    owner = signed_in(app, site, "alina@example.org")

    page = words(owner.page("/siecibp/questions/"))

    assert page.index("Open now") < page.index("Nowe") < page.index("Closed, with results") < page.index("Stare")
    assert owner.get("/siecibp/questions/?page=2").status_code == 404


# ---- what the hostile and the clumsy send -------------------------------------------------------------------

ODD = ["a\x00b", "\x00", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "\u202eabc", "=1+1", "'; DROP TABLE vote; --", "{{ 7*7 }}", "%(num)s", "https://lists.example.org/me\n" * 50, "\r\n\r\n.\r\n"]


def test_any_words_are_kept_or_refused_and_told_without_harm(site, app, owner, stranger, clock):
    numbers = [opened(site, clock(), SOON) for _ in ODD]
    for number, odd in zip(numbers, ODD, strict=True):
        assert stranger.send(key_of(site, number), q1="1", q3=odd).status_code in (200, 400), odd
    surveyed.due(site, clock.move(days=3))
    again = signed_in(app, site, "alina@example.org")
    for number in numbers:
        assert [again.get(f"/siecibp/questions/{number}{where}").status_code for where in ("", ".csv", ".csv?people=1")] == [200] * 3


def test_any_words_make_a_draft_or_one_sentence(owner):
    for odd in ODD:
        for fields in ({"title": odd, "text": f"Kiedy {odd}?\n1) {odd} a\n2) b"}, {"title": "x", "text": odd}, {"title": "x" * 5_000, "text": "Kiedy?\n" * 300}):
            answer = owner.send("/siecibp/questions/new", **fields)
            assert answer.status_code in (303, 400), words(answer.text)[:300]
            if answer.status_code == 303:
                assert [owner.get(where).status_code for where in (answer.location, answer.location.partition("?")[0] + "/edit")] == [200, 200]


def test_odd_fields_are_no_error(site, owner, stranger, now):
    path = key_of(site, opened(site, now))
    token = hidden(stranger.page(path), "form")

    for fields in ({"q1": ["1"] * 5_000}, {"q1": "9" * 400}, {"q1": "١"}, {"q1": "1e1"}, {"q" + "1" * 500: "1"}, {"q2": "-1"}, {"q2": "1.5"}, {"q3": "a" * 900_000}):
        assert stranger.post(path, data={"form": token, **fields}).status_code in (200, 400)
    assert stranger.post(path, data={"form": token, "q3": "a" * 2_000_000}).status_code == 413
    assert owner.send("/siecibp/questions/1/decide", "/siecibp/questions/1", do="erase", revision="1").status_code == 404
    for revision in ("", "x", "9" * 40, "-1"):
        assert owner.send("/siecibp/questions/1/decide", "/siecibp/questions/1", do="close", revision=revision).location.endswith("done=changed")
