"""The application form: the same application as by mail, the same answer whoever asks."""

import pytest

from listserv.store.consents import Consent
from listserv.store.lists import Joining, list_by_name
from listserv.store.moderation import Application, ApplicationState
from listserv.usecases import administration, banning, questions
from listserv.usecases.access import CONSOLE
from tests.web.readers import app, signed_in, stranger, words  # noqa: F401

JOIN = "/siecibp/join"
WISH = {"name": "Anna Nowa", "email": "anna@example.org", "words": "Pracuję w bibliotece i chcę czytać."}


def told(office):
    return [(one.kind, one.to) for one in office.letters()]


def apply(reader, **more):
    return reader.send(JOIN, **{**WISH, **more})


def test_a_strangers_wish_is_confirmed_by_a_reply_and_then_put_before_the_moderators(stranger, office, site):
    answer = apply(stranger)

    assert answer.status_code == 200
    assert "A letter is on its way to this address" in words(answer.text)
    assert told(office) == [("application-confirm", "anna@example.org")]
    with site.reading() as db:
        application = db.query(Application).one()
        assert (application.state, application.name, application.text) == (ApplicationState.AWAITING_CONFIRMATION, "Anna Nowa", WISH["words"])

    office.reply(office.letters()[0], "Tak, to ja.\n", proven=None)

    assert ("application-moderator", "mod@example.org") in told(office)
    with site.reading() as db:
        assert db.query(Application).one().state is ApplicationState.AWAITING_MODERATOR


def test_the_page_tells_nobody_who_is_on_the_list_or_barred_from_it(stranger, office, site):
    with site.writing() as db:
        banning.ban(db, list_by_name(db, "siecibp"), "zly@example.org", CONSOLE, site.now())
    pages = [words(apply(stranger, email=email).text).replace(email, "") for email in ("anna@example.org", "halina@example.org", "zly@example.org")]

    assert pages[0] == pages[1] == pages[2]
    assert told(office) == [("application-confirm", "anna@example.org"), ("help", "halina@example.org"), ("application-banned", "zly@example.org")]


def test_a_second_wish_asks_for_the_confirmation_again_the_next_day(stranger, office, site, clock):
    apply(stranger)
    apply(stranger, words="I jeszcze jedno.")
    assert told(office) == [("application-confirm", "anna@example.org")]

    clock.move(hours=25)
    apply(stranger, words="I jeszcze jedno.")
    assert told(office) == [("application-confirm", "anna@example.org")] * 2
    with site.reading() as db:
        assert db.query(Application).one().text == f"{WISH['words']}\n\nI jeszcze jedno.\n\nI jeszcze jedno."


def test_nobody_adds_words_to_somebody_elses_application(stranger, office, site, clock):
    apply(stranger)
    office.reply(office.letters()[0], "Tak, to ja.\n", proven=None)
    office.new_letters()
    apply(stranger, words="Kupujcie u mnie.")
    assert office.new_letters() == [], "told a moment ago"

    clock.move(hours=25)
    apply(stranger, words="Kupujcie u mnie.")
    assert [(one.kind, one.to) for one in office.new_letters()] == [("application-received", "anna@example.org")]
    with site.reading() as db:
        assert "Kupujcie" not in db.query(Application).one().text


def test_who_is_signed_in_has_proven_the_address(app, office, site, now):
    from listserv.usecases.administration import ensure_user

    with site.writing() as db:
        ensure_user(db, "anna@example.org", "Anna Nowa", now)
    apply(signed_in(app, site, "anna@example.org"))

    assert ("application-moderator", "mod@example.org") in told(office)
    with site.reading() as db:
        assert db.query(Application).one().proof == "signed-in"


@pytest.mark.parametrize(
    ("fields", "said"),
    [({"email": "nonsense"}, "does not look like an e-mail address"), ({"words": "  "}, "write a few words"), ({"words": "x" * 10_001}, "a little shorter")],
)
def test_what_cannot_be_used_comes_back_with_what_was_typed(stranger, office, site, fields, said):
    answer = apply(stranger, **fields)

    assert answer.status_code == 400
    assert said in words(answer.text)
    assert 'value="Anna Nowa"' in answer.text
    assert told(office) == []


def test_so_often_and_no_more(stranger, office, clock):
    answers = [apply(stranger, email=f"osoba{number}@example.org").status_code for number in range(31)]
    assert answers == [200] * 30 + [429]

    clock.move(hours=1)
    assert [apply(stranger).status_code for _ in range(6)] == [200] * 5 + [429]


def test_an_open_list_admits_after_the_reply(stranger, office, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").joining = Joining.OPEN
    assert "a reply to it puts you on the list" in words(stranger.page(JOIN))
    apply(stranger)
    office.reply(office.letters()[0], "Tak.\n", proven=None)

    assert ("welcome", "anna@example.org") in told(office)


def test_a_list_that_is_closed_or_not_there_has_no_form(stranger, office, site, now):
    with site.writing() as db:
        list_by_name(db, "siecibp").closed_at = now

    for path in (JOIN, "/niczego/join"):
        stranger.page(path, 404)
        assert stranger.send(path, "/sign-in", **WISH).status_code == 404


def with_settings(site, **values):
    with site.writing() as db:
        administration.set_list(db, list_by_name(db, "siecibp"), values, CONSOLE, site.now())


def test_a_lists_questions_are_fields_of_the_form_and_none_must_be_filled(stranger, office, site):
    with_settings(site, questions="Imię?\nGdzie Państwo <pracują>?\nCo sprowadza?")
    form = stranger.get(JOIN).text
    assert 'for="answer-2"' in form and "Gdzie Państwo &lt;pracują&gt;?" in form
    # For the name there is a field.
    assert "Imię?" not in form
    assert apply(stranger, **{"answer-1": "W Wymyślnej", "answer-2": ""}).status_code == 200

    with site.reading() as db:
        answers = questions.pairs(db.query(Application).one())
        assert answers == (("Imię?", "Anna Nowa"), ("Gdzie Państwo <pracują>?", "W Wymyślnej"), ("Co sprowadza?", ""))


def test_answers_come_back_into_the_form_where_something_else_is_wrong(stranger, office, site):
    with_settings(site, questions="Skąd?")
    answer = apply(stranger, email="nic", **{"answer-1": "Anna z Wymyślnej"})

    assert answer.status_code == 400
    assert "Anna z Wymyślnej</textarea>" in answer.text
    field = answer.text.partition('for="email"')[2].partition("</div>")[0]
    assert 'aria-describedby="wrong"' in field and "does not look like an e-mail address" in field and 'value="nic"' in field


def test_a_sentence_of_the_lists_own_has_a_box_that_nobody_has_ticked(stranger, office, site):
    with_settings(site, consent="Zgadzam się na zasady.")
    form = stranger.get(JOIN).text
    assert "Zgadzam się na zasady." in form
    assert 'name="agree" value="yes" required>' in form
    refused = apply(stranger)
    assert refused.status_code == 400 and 'role="alert"' in refused.text
    assert office.letters() == []

    assert apply(stranger, agree="yes").status_code == 200
    assert told(office) == [("application-confirm", "anna@example.org")]


def test_whoever_is_signed_in_agrees_by_the_tick_itself(app, office, site, now):
    with_settings(site, consent="Zgadzam się na zasady.")
    with site.writing() as db:
        other = administration.create_list(db, administration.NewList("druga", "Druga"), CONSOLE, now)
        administration.add_member(db, other, administration.NewMember("anna@example.org"), CONSOLE, now)
    reader = signed_in(app, site, "anna@example.org")
    apply(reader, agree="yes")

    with site.reading() as db:
        row = db.query(Consent).one()
        assert (row.how, row.door, row.words) == ("tick", "web", "Zgadzam się na zasady.")
    assert "Zgadzam się na zasady." in reader.get("/me").text


def test_the_usual_sentence_stands_below_the_form_in_the_readers_language(stranger, office, site):
    assert "To join means to agree to this:" in words(stranger.get(JOIN).text)
    with_settings(site, consent="-")
    assert "means to agree" not in words(stranger.get(JOIN).text)
