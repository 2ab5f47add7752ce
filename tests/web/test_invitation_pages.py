"""Invitations in the browser: the form with a look first, the list of them, and the invited person's two buttons."""

import email
import email.policy
import re
from datetime import timedelta
from html import escape

import pytest
from sqlalchemy import event, select

from listserv.mail.peoplelines import people
from listserv.store.invitations import Invitation, Uninvited
from listserv.store.lists import list_by_name
from listserv.store.members import Role, member_by_key, member_of
from listserv.store.queue import Letter, raw_bytes
from listserv.usecases import invitationdays, inviting
from listserv.usecases.access import CONSOLE
from tests.databases import contents
from tests.web.readers import app, archive, signed_in, stranger, words  # noqa: F401  (fixtures)

FORM, PAGE = "/siecibp/moderate/members/invite", "/siecibp/moderate/invitations"
TYPED = "Anna Nowa <anna@example.net> – jak rozmawiałyśmy\njan@example.net\nnikt\nzofia@example.org"


@pytest.fixture
def moderator(app, site, archive):
    with site.writing() as db:
        member_of(db, list_by_name(db, "siecibp"), archive.users["Zofia Lektura"]).role = Role.MODERATOR
    return signed_in(app, site, "zofia@example.org")


@pytest.fixture
def guest(archive, stranger):
    return stranger


def rows(site):
    with site.reading() as db:
        return {one.email: str(one.state) for one in db.scalars(select(Invitation).order_by(Invitation.id))}


def sent(site):
    with site.reading() as db:
        return db.scalars(select(Letter.to).where(Letter.kind == "invitation").order_by(Letter.id)).all()


def newest(site):
    """What the newest invitation says."""
    with site.reading() as db:
        row = db.scalars(select(Letter).where(Letter.kind == "invitation").order_by(Letter.id.desc())).first()
        return email.message_from_bytes(raw_bytes(db, row.raw_id), policy=email.policy.default).get_body(("plain",)).get_content()


def link(site):
    """The link in the newest invitation."""
    return re.search(r"/me/invitation/[a-z2-7]+", newest(site))[0]


def invited(site, who="anna@example.net", note="Pani Anno, zapraszam."):
    with site.writing() as db:
        inviting.invite(db, list_by_name(db, "siecibp"), people(f"{who} - {note}"), CONSOLE, site.now())
    return link(site)


# ---- moderators ---------------------------------------------------------------------------------------------


def test_a_look_comes_first_and_sends_nothing(moderator, site):
    before = contents(site.engine)
    page = words(moderator.send(FORM, people=TYPED, note="Do zobaczenia.").get_data(as_text=True))

    assert "2 people would be invited" in page and "Anna Nowa anna@example.net – jak rozmawiałyśmy" in page
    assert "3. nikt – no address can be read" in page and "4. zofia@example.org – is on the list already" in page and "Do zobaczenia." in page
    back = moderator.send(FORM, people=TYPED, note="Do zobaczenia.", sure="yes", again="yes").get_data(as_text=True)
    assert escape(TYPED) in back and "Do zobaczenia.</textarea>" in back
    assert "Nobody would be invited" in moderator.send(FORM, people="nikt").get_data(as_text=True)
    assert contents(site.engine) == before


def test_then_one_button_invites_them_in_the_moderators_name(moderator, site):
    answer = moderator.send(FORM, people=TYPED, note="Do zobaczenia.", sure="yes")

    assert answer.headers["Location"].endswith("done=invited&count=2")
    assert sent(site) == ["anna@example.net", "jan@example.net"]
    page = words(moderator.page(answer.headers["Location"]))
    assert "2 people invited." in page and "2 open invitations" in page and "invited by Zofia Lektura" in page and "no answer yet" in page
    assert "Zofia Lektura" in newest(site) and "Do zobaczenia." in newest(site)
    # Sent a second time, the form writes to nobody again.
    moderator.send(FORM, people=TYPED, note="Do zobaczenia.", sure="yes")
    assert len(sent(site)) == 2


def test_the_form_says_what_happens_and_where_the_words_go(moderator, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").invitations_a_day = 7
    page = moderator.page(FORM)

    assert "The list invites 7 people a day" in words(page) and "reach people who are not on the list" in words(page)
    # The sentence that explains stands right above what it explains, below the five pages.
    assert page.index('class="sections"') < page.index("answers it with YES or NO") < page.index('id="people"')


def test_afterwards_it_says_what_follows_and_what_waits_for_another_day(moderator, site):
    with site.writing() as db:
        list_by_name(db, "siecibp").invitations_a_day = 1
    page = words(moderator.page(moderator.send(FORM, people=TYPED, note="", sure="yes").headers["Location"]))

    assert "1 letter leaves on one of the next days." in page and "you hear of the answers by letter" in page


def test_the_same_letter_is_offered_again_after_a_day_and_no_answer_is_no_error(app, moderator, site, clock):
    invited(site)
    page = moderator.page(PAGE)
    assert 'value="again"' not in page and 'value="back"' in page and "tag asks" not in page
    assert page.index('class="margin"') < page.index('value="back"')
    clock.move(days=1)
    assert 'value="again"' in signed_in(app, site, "zofia@example.org").page(PAGE)


@pytest.mark.parametrize("typed", ["", "   \n ", "\n".join(f"o{n}@example.net" for n in range(501))])
def test_nobody_or_too_many_is_said_in_the_form(moderator, site, typed):
    answer = moderator.send(FORM, people=typed)

    assert answer.status_code == 400 and 'class="wrong"' in answer.get_data(as_text=True) and rows(site) == {}


def test_a_closed_list_invites_nobody(moderator, site, now):
    with site.writing() as db:
        list_by_name(db, "siecibp").closed_at = now

    assert moderator.send(FORM, people=TYPED, sure="yes").status_code == 409 and rows(site) == {}


def test_one_is_taken_back_and_one_sent_again(app, moderator, site, clock):
    moderator.send(FORM, people=TYPED, sure="yes")
    with site.reading() as db:
        anna, jan = db.scalars(select(Invitation.id).order_by(Invitation.id)).all()
    assert "done=back" in moderator.send(PAGE, FORM, do="back", invitation=str(anna)).headers["Location"]
    assert "done=answered" in moderator.send(PAGE, FORM, do="back", invitation=str(anna)).headers["Location"]
    assert "done=enough" in moderator.send(PAGE, FORM, do="again", invitation=str(jan)).headers["Location"]
    clock.move(days=2)
    moderator = signed_in(app, site, "zofia@example.org")
    assert "done=again" in moderator.send(PAGE, FORM, do="again", invitation=str(jan)).headers["Location"]

    assert rows(site) == {"anna@example.net": "taken-back", "jan@example.net": "sent"}
    # What had not left stays here.
    assert sent(site) == ["jan@example.net", "jan@example.net"]
    for done in ("back", "again", "answered", "enough"):
        assert 'role="status"' in moderator.page(f"{PAGE}?done={done}")


def test_an_invitation_of_another_list_is_not_there(moderator, site):
    with site.writing() as db:
        inviting.invite(db, list_by_name(db, "gazetka"), people("anna@example.net"), CONSOLE, site.now())
    with site.reading() as db:
        number = db.scalars(select(Invitation.id)).one()
    for strange in (str(number), "0", "x", "9" * 30, ""):
        assert moderator.send(PAGE, FORM, do="back", invitation=strange).status_code == 404
    assert rows(site) == {"anna@example.net": "sent"} and "anna@example.net" not in moderator.page(PAGE)


def test_every_state_has_its_words_and_what_is_forgotten_shows_nobody(moderator, site, clock):
    moderator.send(FORM, people="\n".join(f"osoba{n}@example.net" for n in range(5)), sure="yes")
    with site.writing() as db:
        list_ = list_by_name(db, "siecibp")
        list_.invitations_a_day = 5
        inviting.invite(db, list_, people("czeka@example.net"), CONSOLE, clock())
        one, two, three, four, *_ = db.scalars(select(Invitation).order_by(Invitation.id))
        inviting.accept(db, one, CONSOLE, clock())
        inviting.decline(db, two, CONSOLE, clock())
        inviting.take_back(db, three, CONSOLE, clock())
        inviting.returned(db, list_.id, four.key, clock())
    page = words(moderator.page(PAGE))
    for said in ("goes out on one of the next days", "no answer yet", "accepted", "wishes no invitations", "taken back", "the letter came back"):
        assert said in page, said
    with site.writing() as db:
        invitationdays.lapse(db, clock() + timedelta(days=31), 100)
    page = words(moderator.page(PAGE))
    assert "somebody no answer; the address is forgotten" in page and "osoba4@example.net" not in page


def test_a_page_of_invitations_asks_a_fixed_number_of_times(moderator, site):
    statements = []
    event.listen(site.engine, "before_cursor_execute", lambda _c, _k, said, *_: statements.append(said))
    counts = []
    for count in (3, 60):
        moderator.send(FORM, people="\n".join(f"osoba{count}-{n}@example.net" for n in range(count)), sure="yes")
        statements.clear()
        moderator.page(PAGE)
        counts.append(len(statements))

    assert counts[0] == counts[1] <= 12
    assert "?page=2" in moderator.page(PAGE)


def test_the_members_page_leads_there(moderator):
    page = moderator.page("/siecibp/moderate/members")

    assert f'href="{FORM}"' in page and f'href="{PAGE}"' in page


# ---- the invited person -------------------------------------------------------------------------------------


def test_looking_at_the_link_changes_nothing_and_shows_what_one_needs(guest, site):
    path = invited(site)
    before = contents(site.engine)
    page = words(guest.page(path))
    guest.head(path), guest.get(path)

    assert contents(site.engine) == before
    for said in ("Join “Sieć BP”?", "a…@example.net", "Pani Anno, zapraszam.", "Without an answer nothing happens."):
        assert said in page
    assert "anna@example.net" not in page


def test_one_button_accepts(guest, site):
    path = invited(site)
    page = words(guest.send(path, answer="yes").get_data(as_text=True))

    assert "On the list “Sieć BP”" in page and "a…@example.net" in page
    with site.reading() as db:
        assert member_by_key(db, list_by_name(db, "siecibp"), "anna@example.net")
    assert rows(site) == {"anna@example.net": "accepted"}
    # A second time does no harm.
    assert guest.send(path, "/sign-in", answer="yes").status_code == 200 and "On the list" in guest.page(path)


@pytest.mark.parametrize(("answer", "lists"), [("no", 1), ("never", None)])
def test_another_declines_for_this_list_or_for_all(guest, site, answer, lists):
    path = invited(site)
    page = words(guest.send(path, answer=answer).get_data(as_text=True))

    assert "will not invite this address any more" in page if lists else "No list of this server" in page
    assert rows(site) == {"anna@example.net": "declined"}
    with site.reading() as db:
        assert (db.scalars(select(Uninvited.list_id)).one() is None) is (lists is None)
    assert "Yes, I accept" in guest.page(path), "a no can be changed"


def test_what_is_no_button_of_ours_changes_nothing(guest, site):
    path = invited(site)
    before = contents(site.engine)
    for answer in ("", "maybe", "YES"):
        assert guest.send(path, answer=answer).status_code == 200

    assert contents(site.engine) == before


def test_a_link_that_is_no_longer_good_says_so_and_tells_nothing(guest, site, clock):
    path = invited(site)
    with site.writing() as db:
        inviting.take_back(db, db.scalars(select(Invitation)).one(), CONSOLE, clock())
    answer = guest.get(path)
    assert answer.status_code == 410 and "Sieć BP" not in words(answer.get_data(as_text=True))
    other = invited(site, "jan@example.net")
    token = re.search(r'name="form" value="([^"]+)"', guest.page(other))[1]
    assert guest.post(path, data={"form": token, "answer": "yes"}).status_code == 410
    clock.move(days=31)
    assert guest.get(other).status_code == 410
    assert guest.get("/me/invitation/" + "x" + "a" * 24).status_code == 404


def test_a_key_for_something_else_opens_no_invitation(guest, site, now):
    from listserv.store.people import Purpose
    from listserv.usecases import tokens

    invited(site)
    with site.writing() as db:
        token = tokens.issue(db, Purpose.SIGN_IN, "anna@example.net", now, object_id=1, days=1)
    assert guest.get(f"/me/invitation/{token}").status_code == 404
