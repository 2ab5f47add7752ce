"""Many put on a list in a few statements: the same rows as one by one, whoever they are."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from listserv.errors import Conflict
from listserv.store.members import DeliveryMode, Member, Role, Status
from listserv.store.moderation import Application, ApplicationState, Journal
from listserv.store.people import Address, Purpose, Token, User
from listserv.store.queue import Letter
from listserv.usecases import administration, enlisting, roster, tokens
from listserv.usecases.access import CONSOLE
from listserv.usecases.administration import NewMember, add_member
from tests.conftest import add

LONG_AGO = timedelta(days=400)
COMING = (
    NewMember("nowa@example.org", "Anna  Nowa"),
    NewMember("NOWA@example.org", "Another Name"),
    NewMember("nameless@example.org"),
    NewMember("nameless@Example.ORG", "Named Later"),
    NewMember("applied@example.org", "Has Applied"),
    NewMember("stranger-applied@example.org", "Has Applied As A Stranger", language="pl"),
    NewMember("stranger-applied@example.org"),
    NewMember("left@example.org", "Has Left"),
    NewMember("on-it@example.org", "On It"),
    NewMember("on-it-nameless@example.org", "Gets A Name"),
    NewMember("elsewhere@example.org", "Keeps Their Name"),
    NewMember("second-address@example.org", "The Same Person"),
    NewMember("elsewhere-nameless@example.org", "Gets A Name, Too"),
    NewMember("boss@example.org", "Boss", Role.OWNER, DeliveryMode.DIGEST, "monday 08:00", "pl", Status.ENABLED, moderated=True, verified=False),
    NewMember("bouncing@example.org", "B" * 300, status=Status.BOUNCING),
    NewMember("zażółć@example.org", "Gęśla Jaźń", joined_at=None),
)


@pytest.fixture
def past(db, mlist, now):
    """People who have been here before, each in their way."""
    then = now - LONG_AGO
    add(db, mlist, "on-it@example.org", then, name="Stays")
    add(db, mlist, "on-it-nameless@example.org", then, name="")
    for email, name in (("left@example.org", "Left"), ("elsewhere@example.org", "Elsewhere"), ("elsewhere-nameless@example.org", "")):
        administration.ensure_user(db, email, name, then)
    person = administration.ensure_user(db, "other-of-applied@example.org", "Applied", then).user
    db.add(Address(user=person, email="applied@example.org", key="applied@example.org", verified_at=then))
    elsewhere = db.scalars(select(Address).where(Address.key == "elsewhere@example.org")).one()
    db.add(Address(user_id=elsewhere.user_id, email="Second-Address@example.org", key="second-address@example.org", verified_at=then))
    for key in ("other-of-applied@example.org", "stranger-applied@example.org"):
        db.add(Application(list_id=mlist.id, state=ApplicationState.AWAITING_MODERATOR, email=key, key=key, applied_at=then))
    tokens.issue(db, Purpose.COME_BACK, "left@example.org", then, mlist=mlist, object_id=1)
    db.flush()


def rows(db, mlist):
    """All that adding writes, without the numbers of the rows."""
    db.expire_all()
    columns = [column for column in Member.__table__.c if column.name not in ("id", "user_id", "address_id")]
    people = [column for column in User.__table__.c if column.name != "id"]
    members = select(Address.email, Address.key, Address.verified_at, *people, *columns)
    members = members.join(Address, Address.id == Member.address_id).join(User, User.id == Member.user_id)
    return (
        db.execute(members.where(Member.list_id == mlist.id).order_by(Member.id)).all(),
        db.execute(select(Address.email, User.name).join(User, User.id == Address.user_id).order_by(Address.id)).all(),
        [(row.at, row.user_id, row.door, row.what, row.list_id, row.about, about(db, row), row.detail) for row in db.scalars(select(Journal).order_by(Journal.id))],
        db.execute(select(Application.key, Application.state, Application.decided_at).order_by(Application.id)).all(),
        db.execute(select(Token.email, Token.spent_at).order_by(Token.id)).all(),
    )


def about(db, row):
    """Whose membership a note is about."""
    return db.scalar(select(Address.key).join(Member, Member.address_id == Address.id).where(Member.id == row.about_id)) if row.about == "member" else None


def one_by_one(db, mlist, people, now):
    for one in people:
        try:
            yield add_member(db, mlist, one, CONSOLE, now).address.email
        except Conflict:
            yield None


def test_many_together_leave_what_one_by_one_leaves(db, mlist, now, past):
    savepoint = db.begin_nested()
    alone = list(one_by_one(db, mlist, COMING, now))
    wanted = rows(db, mlist)
    savepoint.rollback()

    numbers = enlisting.enlist(db, mlist, COMING, CONSOLE, now)

    assert [number and db.get_one(Member, number).address.email for number in numbers] == alone
    assert rows(db, mlist) == wanted
    assert alone.count(None) == 6


def test_who_would_come_is_said_as_it_happens(db, mlist, now, past):
    # `second-address` is another address of somebody who comes by `elsewhere`; looking does not follow people.
    people = [one for one in COMING if not one.email.startswith("second")]
    here = enlisting.who_is_here(db, mlist, people)

    assert here == [number is None for number in enlisting.enlist(db, mlist, people, CONSOLE, now)]


def test_a_table_is_brought_in_a_few_statements_for_hundreds(db, mlist, now):
    asked = []
    event.listen(db.get_bind(), "before_cursor_execute", lambda *args: asked.append(args[2]))
    people = "".join(f"member{number}@example.org,Member {number}\n" for number in range(1_200))

    done = roster.import_members(db, mlist, "email,name\n" + people, CONSOLE, now)

    assert (done.read, done.added, done.already) == (1_200, 1_200, 0)
    # SQLite gives each row its number alone.
    assert len(asked) <= 3 * 1_200 + 30

    asked.clear()
    again = roster.import_members(db, mlist, "email,name\n" + people, CONSOLE, now)

    assert (again.added, again.already) == (0, 1_200)
    assert len(asked) < 20


def test_welcome_letters_go_to_the_new_ones_alone(db, mlist, now, past):
    roster.import_members(db, mlist, "email,name\non-it@example.org,A\nnowa@example.org,B\n", CONSOLE, now, welcome=True)

    assert db.scalars(select(Letter.to).where(Letter.kind == "welcome")).all() == ["nowa@example.org"]


def test_an_address_is_taken_as_it_is_checked(db, mlist, now):
    done = roster.import_members(db, mlist, "email\n Nowa@EXAMPLE.org \nno address\nsiecibp@lists.example.org\n", CONSOLE, now)

    assert (done.added, [wrong.line for wrong in done.unreadable]) == (1, [3, 4])
    assert db.scalars(select(Address.email).order_by(Address.id.desc())).first() == "Nowa@example.org"
