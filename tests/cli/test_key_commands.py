"""`listserv key`: the way out at the console when a device is lost."""

import pytest

from listserv.store.passkeys import OneTime, Passkey, RecoveryCode
from listserv.store.people import Browser, person_at
from listserv.usecases import secondfactor, signin

ALINA = "alina@example.org"


@pytest.fixture
def alina(run, site):
    """Somebody with a passkey and codes, whose telephone is gone; the number of the passkey."""
    run("list", "create", "siecibp", "--title", "Sieć BP", "--owner", ALINA)
    with site.writing() as db:
        user_id, now = person_at(db, ALINA).user_id, site.now()
        passkey = Passkey(user_id=user_id, credential=b"1", public_key=b"", name="telefon", created_at=now)
        db.add_all([passkey, OneTime(user_id=user_id, sealed=b"x", created_at=now, confirmed_at=now)])
        secondfactor.new_codes(db, user_id, now)
        signin.open_browser(db, user_id, now)
        return passkey.id


def left(site):
    with site.reading() as db:
        return [db.query(table).count() for table in (Passkey, OneTime, RecoveryCode, Browser)]


def test_keys_are_listed_for_people_and_programs(run, alina):
    shown = run("key", "ls", ALINA, "--json").json

    assert [(row["kind"], row["number"], row["name"]) for row in shown[::2]] == [("passkey", alina, "telefon"), ("recovery", 10, "codes left")]
    assert run("key", "ls", ALINA).out.splitlines()[1].split()[:3] == ["passkey", str(alina), "telefon"]


def test_all_keys_are_taken_away_and_a_link_is_enough_again(run, site, alina):
    assert run("key", "remove", ALINA, "--json").json == {"email": ALINA, "removed": 2}
    assert left(site) == [0, 0, 0, 0]
    with site.writing() as db:
        assert signin.enter(db, signin.link_for(db, ALINA, site.now()).rpartition("/")[2], site.now()).key
    assert run("key", "remove", ALINA).out == "there was nothing to remove\n"


def test_one_of_them_is_taken_away(run, site, alina):
    assert run("key", "remove", ALINA, "--codes").out == "removed: 1\n"
    assert left(site) == [1, 0, 0, 0]
    assert run("key", "remove", ALINA, "--passkey", alina).code == 0
    assert left(site) == [0, 0, 0, 0]


def test_who_is_not_there_has_no_keys(run, site, alina):
    for words in (("ls", "nobody@example.org"), ("remove", "nobody@example.org"), ("remove", ALINA, "--passkey", 999)):
        done = run("key", *words)
        assert (done.code, len(done.err.splitlines())) == (3, 1)
    assert left(site) == [1, 1, 10, 1]


def test_a_link_made_at_the_console_asks_for_the_code_too(run, site, alina):
    link = run("sign-in", ALINA).out.strip()
    with site.writing() as db:
        assert signin.enter(db, link.rpartition("/")[2], site.now()).key == ""
