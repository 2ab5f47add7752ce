"""`import listmonk`: its subscribers' table, as it exports it; a dry run first, then the same for real; twice is once."""

import csv

import pytest
from sqlalchemy import func, select

from listserv.mail.peoplelines import People, Person
from listserv.store import purging
from listserv.store.calendar import CalendarRun
from listserv.store.lists import Kind, list_by_name
from listserv.store.members import Member, member_by_key
from listserv.store.moderation import Application
from listserv.store.queue import Letter
from listserv.usecases import administration, inviting, listmonk, parting
from listserv.usecases.access import CONSOLE, Actor, Door
from listserv.usecases.subscribertables import Standing, Subscriber

HEADER = ["uuid", "email", "name", "attributes", "status", "created_at", "updated_at"]
MADE = "2024-03-05 10:15:30.123456 +0100 CET"


def row(email, name="", status="enabled", attributes="{}", created=MADE):
    return [f"5b3ab4c5-0000-4000-8000-{abs(hash(email)) % 10**12:012}", email, name, attributes, status, created, MADE]


ROWS = [
    row("anna@example.org", "Anna Ćma", attributes='{"lang": "pl-PL", "city": "Łódź, \\"centrum\\""}'),
    row("jan.kowal@example.org", "Jan.kowal", attributes='{"first_name": "Jan", "last_name": "Kowal", "language": "English"}'),
    row("sklep@example.org", "Sklep", "blocklisted"),
    row("ewa@example.org", "Ewa", "disabled"),
    row("ANNA@example.org", "Anna"),
    row("zla@@example", "Zła"),
    row("dziwna@example.org", "Dziwna", "sleeping"),
    row("bez@example.org", "=1+1", attributes="{broken", created="0001-01-01 00:00:00 +0000 UTC"),
]


@pytest.fixture
def newsletter(site):
    with site.writing() as db:
        mlist = administration.create_list(db, administration.NewList("biuletyn", "Biuletyn", "pl", Kind.NEWSLETTER), CONSOLE, site.now())
        administration.add_member(db, mlist, administration.NewMember("owner@example.org", role=administration.Role.OWNER), CONSOLE, site.now())
    return "biuletyn"


@pytest.fixture
def bring(run, tmp_path, newsletter):
    def bring(rows, *options, header=HEADER, name=newsletter):
        with (tmp_path / "subscribers.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *rows])
        return run("import", "listmonk", name, tmp_path / "subscribers.csv", *options)

    return bring


def people(site):
    with site.reading() as db:
        mlist = list_by_name(db, "biuletyn")
        return {m.address.email: (m.user.name, m.user.language, f"{m.joined_at:%Y-%m-%d %H:%M}") for m in db.scalars(select(Member).where(Member.list_id == mlist.id))}


def letters(site, kind="application-confirm"):
    with site.reading() as db:
        return list(db.scalars(select(Letter.to).where(Letter.kind == kind).order_by(Letter.id)))


def test_who_is_enabled_comes_with_name_language_and_day_and_nobody_is_written_to(bring, site):
    dry = bring(ROWS, "--dry-run", "--json")
    assert people(site).keys() == {"owner@example.org"}
    real = bring(ROWS, "--json")
    assert dry.code == real.code == 2 and {**dry.json, "dry_run": False} == real.json
    found = people(site)
    assert found["anna@example.org"] == ("Anna Ćma", "pl", "2024-03-05 09:15") and found["jan.kowal@example.org"][:2] == ("Jan Kowal", "en")
    assert found["bez@example.org"][:2] == ("=1+1", "") and found["bez@example.org"][2] > "2026" and len(found) == 4
    assert real.json["left_out"] == {"disabled": 1, "twice": 1} and real.json["want_no_mail"] == 1 and real.json["read"] == 8
    assert [one["line"] for one in real.json["unreadable"]] == [7, 8] and "sleeping" in real.json["unreadable"][1]["why"]
    with site.reading() as db:
        assert db.scalar(select(func.count()).select_from(Letter)) == 0


def test_twice_is_once_and_who_has_left_here_stays_away(bring, site):
    bring(ROWS)
    with site.writing() as db:
        member = member_by_key(db, list_by_name(db, "biuletyn"), "anna@example.org")
        parting.leave(db, member, Actor(Door.WEB, member.user_id, proven=True), site.now())
    again = bring(ROWS, "--json").json
    assert again["added"] == 0 and again["already"] == 2 and "anna@example.org" not in people(site)
    assert again["left_out"]["left"] == 1


def test_who_was_blocklisted_there_is_added_by_no_other_table_and_invited_by_nobody(bring, site):
    bring(ROWS)
    assert bring([row("sklep@example.org", "Sklep")], "--json").json["left_out"] == {"uninvited": 1}
    with site.writing() as db:
        done = inviting.invite(db, list_by_name(db, "biuletyn"), People((Person(1, "", "", "sklep@example.org"),)), CONSOLE, site.now())
        assert done.sent == 0


def test_what_the_table_says_of_the_list_counts_and_what_it_cannot_say_is_said_by_an_option(bring, site):
    header = [*HEADER, "subscription_status", "lists"]
    lists = '[{"name": "Inna", "subscription_status": "unsubscribed"}, {"name": "Biuletyn", "subscription_status": "confirmed"}]'
    rows = [[*row("a@example.org"), "unsubscribed", ""], [*row("b@example.org"), "unconfirmed", ""], [*row("c@example.org"), "", lists], [*row("d@example.org"), "confirmed", ""]]
    found = bring(rows, "--json", header=header).json
    assert (found["added"], found["unconfirmed"], found["asked"], found["left_out"]) == (2, 1, 0, {"unsubscribed": 1})
    assert bring([row("e@example.org")], "--subscription", "unsubscribed", "--json").json["left_out"] == {"unsubscribed": 1}
    assert people(site).keys() == {"owner@example.org", "c@example.org", "d@example.org"}


def test_who_has_not_confirmed_is_asked_with_an_option_alone(bring, site):
    rows = [row(f"{letter}@example.org", attributes='{"lang": "en"}') for letter in "ab"]
    assert bring(rows, "--subscription", "unconfirmed", "--json").json["asked"] == 0 and letters(site) == []
    assert bring(rows, "--subscription", "unconfirmed", "--ask-unconfirmed", "--json").json["asked"] == 2
    assert letters(site) == ["a@example.org", "b@example.org"] and people(site).keys() == {"owner@example.org"}
    assert bring(rows, "--subscription", "unconfirmed", "--ask-unconfirmed", "--json").json["asked"] == 0 and len(letters(site)) == 2


def test_some_a_day_are_asked_and_nobody_twice_not_even_who_is_forgotten(site, newsletter, clock):
    table = [Subscriber(line, f"{letter}@example.org", "", Standing.UNCONFIRMED) for line, letter in enumerate("abc", 2)]

    def day():
        with site.writing() as db:
            mlist = list_by_name(db, newsletter)
            mlist.invitations_a_day = 2
            plan = listmonk.plan(db, mlist, table, (), site.now(), ask=True)
            asked = listmonk.ask(db, mlist, plan.asking, CONSOLE, site.now())
            for application in db.scalars(select(Application)).all():
                purging.forget(db, application)
            clock.move(days=1)
            return asked, len(plan.unconfirmed) - asked

    assert [day(), day(), day()] == [(2, 1), (1, 0), (0, 0)] and letters(site) == ["a@example.org", "b@example.org", "c@example.org"]
    with site.reading() as db:
        assert not any("example.org" in about for about in db.scalars(select(CalendarRun.about)))


def test_a_list_that_takes_applications_asks_nobody_and_another_table_is_refused(bring, run, site, newsletter):
    run("list", "set", newsletter, "joining=application")
    assert bring(ROWS, "--ask-unconfirmed").code == 2
    wrong = bring([["a@example.org", "A"]], header=["email", "name"])
    assert wrong.code == 2 and "listmonk" in wrong.err and people(site).keys() == {"owner@example.org"}
    assert bring(ROWS, name="nie-ma").code == 3


def test_it_is_said_for_people_too(bring):
    said = bring(ROWS, "--dry-run")
    assert "read 8: 3 would be added" in said.out and "1 blocklisted there" in said.out and "a dry run" in said.out
    assert "line 7: zla@@example" in said.err


def test_one_row_that_says_no_is_enough_and_who_is_here_already_is_named(bring, site):
    with site.writing() as db:
        administration.add_member(db, list_by_name(db, "biuletyn"), administration.NewMember("here@example.org"), CONSOLE, site.now())
    table = [row("anna@example.org", "Anna"), row("ANNA@example.org", "Anna", "blocklisted"), row("here@example.org", "Jan", "blocklisted"), row("jan@example.org", "Jan")]
    done = bring([*table, row("jan@example.org", "Jan", "disabled")], "--json").json
    assert done["added"] == 0 and done["left_out"] == {"disabled": 1, "refused": 2} and done["still_here"] == ["here@example.org"]
    assert people(site).keys() == {"owner@example.org", "here@example.org"}


def test_a_quotation_mark_left_open_swallows_no_row_and_a_long_cell_stops_none(bring, run, tmp_path, newsletter, site):
    file = tmp_path / "open.csv"
    file.write_text(f'{",".join(HEADER)}\n1,anna@example.org,Anna,{{}},enabled,,\n2,unt@example.org,"open,{{}},enabled,,\n3,jan@example.org,B,{{}},blocklisted,,\n')
    refused = run("import", "listmonk", newsletter, file)
    assert refused.code == 2 and "after line 2" in refused.err and people(site).keys() == {"owner@example.org"}
    assert bring([row("anna@example.org", "Anna", attributes='{"note": "' + "x" * 140_000 + '"}')], "--json").json["added"] == 1
