"""What belongs to other lists, or to nobody but the person: drafts' titles, names and languages."""

import pytest
from sqlalchemy import select

from listserv.store.archive import Thread
from listserv.store.drafts import Draft
from listserv.store.lists import list_by_name
from listserv.store.members import Member, Role, member_by_key
from listserv.store.people import Address, User, address_by_key
from listserv.usecases import administration, hiding, threadtools
from listserv.usecases.access import CONSOLE
from listserv.usecases.stewards import steward
from tests.conftest import add
from tests.web.readers import app, archive, member, signed_in, words  # noqa: F401


@pytest.fixture
def drafts(site, archive, now):
    """Ewa answers a thread of the private list and one of the public list."""
    with site.writing() as db:
        ewa = address_by_key(db, "ewa@example.org").user_id
        for name, thread in (("siecibp", "klucz"), ("gazetka", "gazetka")):
            at = list_by_name(db, name)
            db.add(Draft(user_id=ewa, list_id=at.id, thread_id=archive.threads[thread], text=f"Szkic na {name}", saved_at=now))


def on(site, verb):
    with site.writing() as db:
        who = steward(db, "siecibp", CONSOLE)
        return verb(db, who, db.scalars(select(Thread).where(Thread.subject == "Kto ma klucz?")).one())


def test_a_draft_is_called_as_its_thread_while_that_may_be_read(member, drafts):
    page = words(member.page("/me"))
    assert "Answer: Kto ma klucz?" in page and "Szkic na siecibp" in page
    assert "Answer: Pytania do redakcja@…" in page and "redakcja@press" not in page


def test_a_hidden_thread_does_not_tell_its_title_through_a_draft(member, drafts, site, now):
    on(site, lambda db, who, thread: hiding.hide_thread(db, who, thread, "", now))
    page = words(member.page("/me"))
    assert "Kto ma klucz?" not in page and "Szkic na siecibp" in page

    with site.writing() as db:
        member_by_key(db, list_by_name(db, "siecibp"), "ewa@example.org").role = Role.MODERATOR
    assert "Kto ma klucz?" in words(member.page("/me"))


def test_a_title_given_after_one_has_left_is_told_to_nobody_outside(member, drafts, site, now):
    on(site, lambda db, who, thread: threadtools.rename(db, who, thread, "Tajny nowy tytuł", now))
    assert "Tajny nowy tytuł" in words(member.page("/me"))
    with site.writing() as db:
        administration.remove_member(db, member_by_key(db, list_by_name(db, "siecibp"), "ewa@example.org"), CONSOLE, now)
    page = words(member.page("/me"))
    assert "Tajny nowy tytuł" not in page and "Szkic na siecibp" in page


def test_a_thread_joined_to_a_hidden_one_tells_no_title(member, drafts, site, archive, now):
    on(site, lambda db, who, thread: threadtools.join(db, who, thread, archive.threads["lekcje"], now))
    assert "Answer: Scenariusze lekcji" in words(member.page("/me"))
    with site.writing() as db:
        who = steward(db, "siecibp", CONSOLE)
        hiding.hide_thread(db, who, db.get_one(Thread, archive.threads["lekcje"]), "", now)
    page = words(member.page("/me"))
    assert "Scenariusze lekcji" not in page.split("Drafts")[1] and "Kto ma klucz" not in page


@pytest.fixture
def other(site, now, app, archive):
    """The browser of a moderator of another list."""
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("sasiedzi", "Sąsiedzi"), CONSOLE, now)
        add(db, mlist, "mod@example.org", now, name="Mira Moderator", role="moderator", language="en")
        add(db, mlist, "szef@example.org", now, name="Sz. Ef", role="owner")
        list_one = list_by_name(db, "siecibp")
        add(db, list_one, "bezimienna@example.org", now)
        db.scalars(select(User).join(Address).where(Address.key == "ewa@example.org")).one().language = "pl"
    return signed_in(app, site, "mod@example.org")


def user(site, email):
    with site.reading() as db:
        return db.scalars(select(User).join(Address).where(Address.key == email)).one()


def add_here(other, line):
    asked = words(other.send("/sasiedzi/moderate/members/add", people=line, delivery="each").get_data(as_text=True))
    assert other.send("/sasiedzi/moderate/members/add", people=line, delivery="each", sure="yes").status_code == 303
    return asked


def path_of(site, email):
    with site.reading() as db:
        return f"/sasiedzi/moderate/members/{member_by_key(db, list_by_name(db, 'sasiedzi'), email).id}"


def test_looking_at_an_address_tells_no_name_of_whoever_has_it(other, site):
    assert "Ewa Fiszka" not in add_here(other, "ewa@example.org")


def test_who_is_on_another_list_is_named_by_no_moderator_of_this_one(other, site):
    add_here(other, "Wymyślona Nazwa <bezimienna@example.org>")
    assert user(site, "bezimienna@example.org").name == ""
    add_here(other, "Nowa Osoba <nowa@example.org>")
    assert user(site, "nowa@example.org").name == "Nowa Osoba"


def test_the_language_of_somebody_who_has_chosen_one_elsewhere_is_not_this_lists(other, site):
    add_here(other, "ewa@example.org")
    path = path_of(site, "ewa@example.org")

    assert 'name="language"' not in other.page(path)
    assert other.send(path, language="en").status_code == 400
    assert user(site, "ewa@example.org").language == "pl"


@pytest.mark.parametrize("email", ["bezimienna@example.org", "nowa@example.org"])
def test_a_language_is_given_to_who_has_none_or_is_here_alone(other, site, email):
    add_here(other, email)
    path = path_of(site, email)

    assert 'name="language"' in other.page(path)
    assert other.send(path, language="en").status_code == 303
    assert user(site, email).language == "en"
    # Once it is there, only who is here alone is still this list's business.
    assert other.send(path, language="pl").status_code == (303 if email.startswith("nowa") else 400)


def test_an_administrator_sets_it_for_anybody(other, site, archive):
    add_here(other, "ewa@example.org")
    with site.writing() as db:
        who = steward(db, "sasiedzi", CONSOLE)
        from listserv.usecases import stewards

        found = db.scalars(select(Member).join(Address, Address.id == Member.address_id).where(Member.list_id == who.mlist.id, Address.key == "ewa@example.org")).one()
        assert stewards.change_member(db, who, found, {"language": "en"}, site.now()) == ("language",)


def test_the_tools_of_what_waits_lead_to_its_case(app, site, office):
    from listserv.store.archive import Message
    from tests.office import aligned, mail
    from tests.usecases.test_undoing import LIST, decide, undo

    office.deliver(aligned(mail("Obcy <obcy@example.org>", LIST, "Plakaty", "Mamy plakaty.\n")), LIST, mail_from="obcy@example.org")
    decide(site, "p1", "approve")
    undo(site, "p1")
    with site.reading() as db:
        tools = f"/siecibp/message/{db.scalars(select(Message.hash)).one()}/tools"
    moderator = signed_in(app, site, "mod@example.org")

    page = moderator.page(tools)
    assert 'href="/siecibp/moderate/case/p1"' in page and 'value="show"' not in page
    assert moderator.get("/siecibp/moderate/case/p1").status_code == 200
    assert moderator.send(tools, do="show").status_code == 409
    assert "Plakaty" not in moderator.page("/siecibp/moderate/hidden")
