"""Nothing reads a whole table to find a few rows in it: indexes for what is asked, and questions about the few alone."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event, select

from listserv.mail.folding import name_key
from listserv.mail.peoplelines import people
from listserv.store import faces, following, invitations, partings, untold
from listserv.store.base import MANY
from listserv.store.invitations import Invitation, InvitationState
from listserv.store.lists import list_by_name
from listserv.store.people import Purpose, Token, User, forget_tokens
from listserv.store.queue import Letter, keep_raw
from listserv.store.schema import metadata
from listserv.usecases import newcomers, retelling, tokens
from listserv.usecases.access import CONSOLE, Actor, Door
from listserv.usecases.administration import remove_member
from listserv.usecases.newcomers import Fate
from tests.conftest import add


def test_whoever_uses_bytes_is_found_by_an_index():
    users = [column for table in metadata.tables.values() for column in table.c if any(key.column.table.name == "raw" for key in column.foreign_keys)]

    assert len(users) > 8
    indexed = [{next(iter(index.columns)).name for index in column.table.indexes} | {next(iter(column.table.primary_key)).name} for column in users]
    assert [str(column) for column, first in zip(users, indexed, strict=True) if column.name not in first] == []


@pytest.mark.only_sqlite
@pytest.mark.parametrize(
    "query",
    [
        select(Token.id).where(Token.purpose == Purpose.SETTINGS, Token.object_id == 1),
        select(Token.id).where(Token.purpose == Purpose.SETTINGS, Token.list_id == 1, Token.email == "a@example.org"),
        select(Invitation.id).where(invitations.UNTOLD, Invitation.list_id == 1),
        select(Letter.id).where(Letter.kind.in_(("copy", "welcome")), Letter.due.is_(None)).limit(20),
        select(Invitation.id).where(Invitation.decided_at <= datetime(2026, 3, 3, tzinfo=UTC)).order_by(Invitation.decided_at, Invitation.id).limit(20),
        select(User.id).where(User.folded == "halina okladka"),
    ],
)
def test_a_few_rows_are_looked_up(db, query):
    plan = db.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {query.compile(db.connection(), compile_kwargs={'literal_binds': True})}").all()

    assert [row[3] for row in plan if not row[3].startswith(("SEARCH", "USE TEMP"))] == [] and not [row[3] for row in plan if row[3].endswith("(due=?)")]


def test_a_list_of_people_that_is_longer_than_a_statement_takes_is_sorted_out_whole(db, mlist, now):
    for number in (0, MANY, MANY + 40):
        add(db, mlist, f"nr{number}@example.net", now)

    lines = newcomers.sort_out(db, mlist, people("\n".join(f"NR{number}@Example.NET" for number in range(MANY + 50))))

    assert [line.number - 1 for line in lines if line.fate is Fate.ALREADY] == [0, MANY, MANY + 40]
    assert len(newcomers.good(lines)) == MANY + 47


@pytest.mark.parametrize("why", ["", "complaint", "za dużo maili"])
def test_who_left_is_known_however_the_address_is_spelled_and_whatever_is_noted_behind_it(db, mlist, now, why):
    member = add(db, mlist, "Anna.Nowa@example.net", now)
    remove_member(db, member, Actor(Door.WEB, member.user_id), now, why=why)

    found = partings.left_by_themselves(db, mlist.id, [*(f"nr{number}@example.net" for number in range(MANY)), "ANNA.nowa@Example.net"])

    assert found == {"anna.nowa@example.net": now}


def test_whom_a_moderator_took_off_afterwards_has_not_left(db, mlist, now):
    member = add(db, mlist, "anna@example.net", now)
    remove_member(db, member, Actor(Door.WEB, member.user_id), now)
    remove_member(db, add(db, mlist, "anna@example.net", now), CONSOLE, now, why="żart")

    assert partings.left_by_themselves(db, mlist.id, ["anna@example.net"]) == {}


def test_a_namesake_is_found_by_the_words_of_the_name_and_under_a_new_one_alone(db, mlist, now):
    member = add(db, mlist, "halina@example.net", now, name="Halina Okładka")

    assert [face.member_id for face in faces.named(db, mlist, name_key("OKLADKA, Halina"))] == [member.id]
    member.user.name = "Halina Zakładka"
    assert faces.named(db, mlist, name_key("Halina Okładka")) == []
    assert [face.key for face in faces.named(db, mlist, name_key("Halina Zakladka"))] == ["halina@example.net"]


def test_a_local_part_is_found_whole_and_with_what_stands_behind_a_plus(db, mlist, now):
    for email in ("anna.nowa@a.example", "anna.nowa+lista@b.example", "anna.nowak@c.example", "anna.now@d.example", "anna.nowa.x@e.example"):
        add(db, mlist, email, now)

    assert [face.key for face in faces.with_local_part(db, mlist, "anna.nowa")] == ["anna.nowa@a.example", "anna.nowa+lista@b.example"]


def test_a_used_key_is_known_for_half_a_year_and_an_unused_one_for_ever(db, mlist, now):
    for detail, days in (("spent", None), ("too old", 1), ("good", None)):
        tokens.issue(db, Purpose.SETTINGS, "anna@example.net", now, mlist=mlist, days=days, detail=detail)
    db.flush()
    db.scalars(select(Token).where(Token.detail == "spent")).one().spent_at = now

    assert forget_tokens(db, now - timedelta(days=1), 10) == 0
    assert forget_tokens(db, now + timedelta(days=2), 1) == 1
    assert forget_tokens(db, now + timedelta(days=2), 10) == 1
    assert db.scalars(select(Token.detail)).all() == ["good"]


def invited(db, mlist, now, **more):
    one = Invitation(
        list_id=mlist.id, email="anna@example.net", key="anna@example.net", created_at=now, **{"state": InvitationState.SENT, "sent_at": now, **more}
    )
    db.add(one)
    db.flush()
    return one


def test_what_is_forgotten_already_touches_nobodys_letters(db, site, mlist, now):
    one, blank = invited(db, mlist, now), keep_raw(db, retelling.SENT).id
    invitations.forget(db, one, blank, "invitation")
    said = []
    event.listen(site.engine, "before_cursor_execute", lambda _c, _k, statement, *_: said.append(statement))

    invitations.forget(db, one, blank, "invitation")

    assert said and not [statement for statement in said if "letter" in statement]


def test_what_a_closed_list_has_not_sent_lapses_too(db, mlist, now):
    waits = invited(db, mlist, now, state=InvitationState.WAITING, sent_at=None)
    assert invitations.to_lapse(db, now, 10) == []

    mlist.closed_at = now
    assert invitations.to_lapse(db, now, 10) == [waits]
    assert invitations.to_lapse(db, now - timedelta(days=1), 10) == []


@pytest.mark.sooner("sqlite")
def test_more_are_named_than_one_statement_takes(db, mlist, now):
    member = add(db, mlist, "anna@example.net", now)
    many = range(member.id, member.id + 70_000)
    untold.keep_told(db, mlist, "mod@example.org", [(Purpose.DECIDE_HELD, number) for number in range(MANY + 1)], now)

    untold.forget(db, many)
    assert following.choosers(db, many) == frozenset()


def test_what_is_told_together_is_remembered_once_and_forgotten_when_it_is_decided(db, mlist, now):
    untold.keep(db, mlist, "mod@example.org", Purpose.DECIDE_HELD, 1, now)
    untold.keep_told(db, mlist, "mod@example.org", [(Purpose.DECIDE_HELD, 1), (Purpose.LETTER, 1), (Purpose.DECIDE_APPLICATION, 1)], now)
    assert untold.count_for(db, mlist.id, "mod@example.org") == 3
    assert untold.to_tell(db, now, 10) == [(mlist.id, "mod@example.org")]

    untold.forget_decided(db, mlist.id, "mod@example.org")
    assert untold.count_for(db, mlist.id, "mod@example.org") == 0


@pytest.mark.only_postgresql
def test_two_workers_never_tell_a_moderator_of_the_same_cases(site, network, now):
    with site.writing() as db:
        untold.keep(db, list_by_name(db, "siecibp"), "mod@example.org", Purpose.LETTER, 1, now)

    with site.writing() as first, site.writing() as second:
        assert untold.hold_for(first, 1, "mod@example.org", now)
        assert not untold.hold_for(second, 1, "mod@example.org", now)


@pytest.mark.only_postgresql
def test_two_workers_never_have_the_same_invitation_in_hand(site, network, now):
    with site.writing() as db:
        mlist = list_by_name(db, "siecibp")
        invited(db, mlist, now)
        invited(db, mlist, now, state=InvitationState.DECLINED, decided_at=now)

    with site.writing() as first, site.writing() as second:
        assert len(invitations.to_remind(first, now, 10)) == len(invitations.untold(first, 1)) == 1
        assert not invitations.to_remind(second, now, 10) and not invitations.untold(second, 1) and not invitations.to_lapse(second, now, 10)
