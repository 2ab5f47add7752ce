"""Who gets in, for how long, and who is told what."""

from datetime import timedelta

import pytest
from sqlalchemy import event, select

from listserv import links
from listserv.errors import Expired, Invalid, NotFound, TooMany
from listserv.mail import tokens
from listserv.store.limits import Tally
from listserv.store.people import Browser, Purpose, Token
from listserv.store.queue import Letter, Raw
from listserv.usecases import caps, limits, signin
from listserv.usecases.tokens import issue
from tests.conftest import add


@pytest.fixture
def ewa(db, mlist, now):
    return add(db, mlist, "ewa@example.org", now, name="Ewa Fiszka")


def token(db, now, email="ewa@example.org", **more):
    return signin.link_for(db, email, now, **more).rpartition("/")[2]


def test_only_somebody_we_know_gets_a_letter(db, ewa, now):
    signin.ask(db, " EWA@example.org ", "en", now)
    signin.ask(db, "nikt@example.org", "en", now)

    assert [(letter.kind, letter.to) for letter in db.scalars(select(Letter))] == [("sign-in", "ewa@example.org")]


@pytest.mark.parametrize("email", ["", "ewa", "@example.org", "ewa@", "a\nb@example.org", "x" * 330 + "@example.org"])
def test_what_is_no_address_is_refused(db, ewa, now, email):
    with pytest.raises(Invalid):
        signin.ask(db, email, "en", now)


def test_no_token_is_left_where_no_letter_goes(db, ewa, now):
    for _ in range(40):
        signin.ask(db, "ewa@example.org", "en", now)

    assert len(db.scalars(select(Token)).all()) == len(db.scalars(select(Letter)).all()) == signin.PER_ADDRESS


def test_entering_makes_a_browser_and_spends_the_link(db, ewa, now):
    link = token(db, now)

    entered = signin.enter(db, link, now, agent="a" * 500)

    person = signin.person_behind(db, entered.key, now)
    assert (person.user_id, person.name) == (ewa.user_id, "Ewa Fiszka")
    assert person.actor.proven
    assert entered.wanted == "/"
    with pytest.raises(Expired):
        signin.enter(db, link, now)


def test_a_token_for_something_else_opens_no_door(db, ewa, now):
    with pytest.raises(NotFound):
        signin.enter(db, issue(db, Purpose.SETTINGS, "ewa@example.org", now), now)


def test_a_key_ends_when_its_time_is_over(db, ewa, now):
    entered = signin.enter(db, token(db, now), now)

    assert signin.person_behind(db, entered.key, now + entered.lifetime - timedelta(seconds=1))
    assert signin.person_behind(db, entered.key, now + entered.lifetime) is None
    assert signin.person_behind(db, "", now) is None
    assert signin.person_behind(db, "made up", now) is None


def test_an_old_key_dies_when_a_new_one_is_made(db, ewa, now):
    first = signin.enter(db, token(db, now), now)
    second = signin.enter(db, token(db, now), now, old_key=first.key)

    assert signin.person_behind(db, first.key, now) is None
    assert signin.person_behind(db, second.key, now)
    signin.leave(db, second.key)
    signin.leave(db, second.key)
    assert db.scalars(select(Browser)).all() == []


@pytest.mark.parametrize(
    ("path", "kept"),
    [
        ("/siecibp/thread/1?page=2", "/siecibp/thread/1?page=2"),
        ("", ""),
        ("siecibp", ""),
        ("//evil.example.net", ""),
        ("/\\evil.example.net", ""),
        ("/a\\b", ""),
        ("/a\nb", ""),
        ("https://evil.example.net", ""),
        ("/" + "a" * 3000, ""),
    ],
)
def test_only_paths_of_this_site_are_kept(path, kept):
    assert signin.local_path(path) == kept


def test_the_console_is_told_whom_nobody_knows(db, ewa, now):
    with pytest.raises(NotFound, match=r"nobody here has the address nikt@example\.org"):
        signin.link_for(db, "nikt@example.org", now)


def test_a_one_click_link_leads_to_its_membership(db, ewa, settings):
    key = links.signing_key(settings)

    assert signin.member_by_link(db, tokens.sign(key, tokens.Kind.UNSUBSCRIBE, ewa.id)) is ewa
    assert signin.member_by_link(db, tokens.sign(key, tokens.Kind.UNSUBSCRIBE, 9999)) is None
    for forged in (tokens.sign(key, tokens.Kind.LETTER, ewa.id), tokens.sign(b"x", tokens.Kind.UNSUBSCRIBE, ewa.id), "", "x"):
        with pytest.raises(NotFound):
            signin.member_by_link(db, forged)


def statements_of(site, email, now):
    """What the database is asked for when somebody gives this address, without the values."""
    asked = []
    with site.writing() as db:
        engine = db.get_bind()
        note = lambda _c, _k, statement, *_: asked.append(statement.split("sa_savepoint")[0])  # noqa: E731
        event.listen(engine, "before_cursor_execute", note)
        saved = []
        for name in ("savepoint", "release_savepoint", "rollback_savepoint"):
            event.listen(engine, name, lambda *_, name=name: saved.append(name))
        signin.ask(db, email, "en", now)
        event.remove(engine, "before_cursor_execute", note)
    return asked


def test_whoever_asks_costs_the_same_whether_known_or_not(site, network, now):
    statements_of(site, "nikt@example.org", now)  # what is loaded once a process
    known, unknown = statements_of(site, "halina@example.org", now), statements_of(site, "nigdy@example.org", now)

    assert [s for s in known if not s.startswith(("RELEASE", "ROLLBACK"))] == [s for s in unknown if not s.startswith(("RELEASE", "ROLLBACK"))]
    assert len(known) == len(unknown)
    with site.reading() as db:
        assert [letter.to for letter in db.scalars(select(Letter))] == ["halina@example.org"]
        assert len(db.scalars(select(Token)).all()) == len(db.scalars(select(Raw)).all()) == 1


def test_an_hour_has_room_for_a_few_links_and_the_next_for_as_many_more(db, ewa, now):
    for hours in (0, 1, 2):
        for _ in range(9):
            signin.ask(db, "ewa@example.org", "en", now + timedelta(hours=hours))

    assert len(db.scalars(select(Letter)).all()) == caps.OWN["sign-in"] == 2 * signin.PER_ADDRESS


def test_one_network_asks_for_a_bounded_number_of_links_and_others_go_on(db, ewa, now):
    for number in range(signin.PER_NETWORK):
        signin.ask(db, f"a{number}@example.net", "en", now, network="192.0.2.0/24")
    with pytest.raises(TooMany):
        signin.ask(db, "ewa@example.org", "en", now, network="192.0.2.0/24")

    signin.ask(db, "ewa@example.org", "en", now, network="198.51.100.0/24")
    assert [letter.to for letter in db.scalars(select(Letter))] == ["ewa@example.org"]


def test_what_is_counted_does_not_say_of_whom(db, ewa, now, settings):
    signin.ask(db, "ewa@example.org", "en", now, network="192.0.2.0/24")

    keys = [tally.key for tally in db.scalars(select(Tally))]
    assert len(keys) == 2 and all(len(key) == 16 for key in keys)
    assert b"ewa" not in b"".join(keys) and b"192" not in b"".join(keys)


@pytest.mark.parametrize(
    ("peer", "network"),
    [
        ("192.0.2.77", "192.0.2.0/24"),
        ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.9", "192.0.2.0/24"),
        ("fe80::1%eth0", "fe80::/64"),
        ("", ""),
        ("unix:", ""),
    ],
)
def test_a_network_is_about_a_household(peer, network):
    assert limits.network_of(peer) == network


def test_others_sessions_are_ended_and_the_one_in_hand_stays(db, ewa, now):
    keys = [signin.enter(db, token(db, now), now).key for _ in range(3)]
    db.flush()
    here = signin.person_behind(db, keys[0], now)
    assert [browser.id == here.browser_id for browser in signin.devices(db, here, now)] == [True, False, False]

    signin.end(db, here, here.browser_id, now)
    signin.end(db, here, None, now)

    assert [bool(signin.person_behind(db, key, now)) for key in keys] == [True, False, False]
