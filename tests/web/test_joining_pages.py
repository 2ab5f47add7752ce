"""The application form: the same application as by mail, the same answer whoever asks."""

import pytest

from listserv.store.lists import Joining, list_by_name
from listserv.store.moderation import Application, ApplicationState
from listserv.usecases import banning
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


def test_a_second_wish_asks_for_the_confirmation_again(stranger, office, site):
    apply(stranger)
    apply(stranger, words="I jeszcze jedno.")

    assert told(office) == [("application-confirm", "anna@example.org")] * 2
    with site.reading() as db:
        assert db.query(Application).one().text == f"{WISH['words']}\n\nI jeszcze jedno."


def test_nobody_adds_words_to_somebody_elses_application(stranger, office, site):
    apply(stranger)
    office.reply(office.letters()[0], "Tak, to ja.\n", proven=None)
    office.new_letters()
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
