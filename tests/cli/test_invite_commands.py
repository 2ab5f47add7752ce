"""`member invite`: a file of people, looked at first, and one letter each."""

import io
import sys

import pytest
from sqlalchemy import select

from listserv.store.queue import Letter
from tests.databases import contents

LINES = "Anna Nowa <anna@example.net> - Pani Anno, zapraszamy\njan@example.net\nnikt\nalina@example.org\n"


@pytest.fixture
def file(run, site, tmp_path):
    run("list", "create", "siecibp", "--title", "Sieć BP", "--language", "pl", "--owner", "alina@example.org")
    place = tmp_path / "osoby.txt"
    place.write_text(LINES, "utf-8")
    return place


def sent(site):
    with site.reading() as db:
        return db.scalars(select(Letter.to).where(Letter.kind == "invitation").order_by(Letter.id)).all()


def test_a_dry_run_says_who_and_changes_nothing(run, site, file):
    before = contents(site.engine)
    ran = run("member", "invite", "siecibp", file, "--dry-run")

    assert ran.code == 2, "a line cannot be read"
    assert "2 would be invited" in ran.out and "a dry run" in ran.out
    assert "line 3: nikt: no address can be read" in ran.err and "line 4: alina@example.org: is on the list already" in ran.err
    assert contents(site.engine) == before


def test_everybody_of_the_file_gets_one_letter_once(run, site, file):
    for _ in range(2):
        run("member", "invite", "siecibp", file, "--note", "Zapraszamy serdecznie.")

    assert sent(site) == ["anna@example.net", "jan@example.net"]
    told = run("member", "invite", "siecibp", file, "--json").json
    assert told["invited"] == 0 and {one["why"] for one in told["left_out"]} == {"invited", "unreadable", "already"}


@pytest.mark.parametrize("table", ["email,name\nanna@example.net,Anna\n", "Imię;Nazwisko;E-mail\nAnna;Nowa;anna@example.net\n", "anna@example.net"])
def test_tables_and_standard_input_are_read(run, site, file, monkeypatch, table):
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(table.encode("cp1250"))))

    assert run("member", "invite", "siecibp", "-").code == 0
    assert sent(site) == ["anna@example.net"]


def test_an_empty_file_a_closed_list_and_an_unknown_one_are_refused(run, site, file, tmp_path):
    (tmp_path / "pusty.txt").write_text("\n \n")
    assert run("member", "invite", "siecibp", tmp_path / "pusty.txt").code == 2
    assert run("member", "invite", "nikogo", file).code == 3
    assert run("member", "invite", "siecibp", tmp_path / "nie-ma.txt").code == 3
    run("list", "close", "siecibp")
    assert run("member", "invite", "siecibp", file).code == 6
    assert sent(site) == []


def test_the_number_a_day_is_a_setting(run, site, file, tmp_path):
    assert run("list", "set", "siecibp", "invitations_a_day=1").code == 0
    assert run("list", "show", "siecibp", "--json").json["invitations_a_day"] == 1
    for wrong in ("0", "1001", "many", "-1"):
        assert run("list", "set", "siecibp", f"invitations_a_day={wrong}").code == 2
    assert "1 of them on the next days" in run("member", "invite", "siecibp", file).out
    assert sent(site) == ["anna@example.net"]
