"""The database of a Mailman 3 is read, on SQLite and on PostgreSQL, and never written."""

import hashlib
import pickle
from datetime import timedelta, timezone
from email import message_from_string
from email.message import Message
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import text

from listserv.cli.mailmanfiles import file_in
from listserv.errors import Invalid, NotFound
from listserv.mailman import mailman3
from listserv.store import mailman3 as foreign
from tests.mailman.mailman3site import ACCEPT, DISCARD, FAR_OFF, HOLD, LONG_AGO, MODERATOR, NONMEMBER, OWNER, REJECT, Mailman

WARSAW = ZoneInfo("Europe/Warsaw")


@pytest.fixture
def mailman(dbms, request, tmp_path):
    """An empty Mailman 3, on either database."""
    maker = request.getfixturevalue("postgresql") if dbms == "postgresql" else None
    (tmp_path / "data").mkdir()
    url = maker.empty() if maker else f"sqlite:///{tmp_path / 'data' / 'mailman.db'}"
    made = Mailman(url, tmp_path)
    yield made
    made.close()
    if maker:
        maker.remove(url)


def stored(mailman):
    return lambda path: (mailman.var / "messages" / path).read_bytes() if (mailman.var / "messages" / path).is_file() else None


def found(mailman, store=True):
    return mailman3.found(foreign.read(mailman.url), stored(mailman) if store else None, WARSAW)


def the_list(mailman):
    return found(mailman).lists[0]


def people(mailman):
    return {person.email: person for person in the_list(mailman).people}


def test_settings_become_ours(mailman):
    number = mailman.list(display_name="Sieć BP", description="Krótko", info="Długo", subject_prefix="[BP] ", max_message_size=2048, subscription_policy=3, emergency=True)
    mailman.add("acceptablealias", mailing_list_id=number, alias="sieci@inna.example.org")
    mailman.add("acceptablealias", mailing_list_id=number, alias="^siec.*")

    seen = the_list(mailman)

    assert seen.address == "siecibp@lists.example.net"
    assert seen.settings == {
        "title": "Sieć BP", "description": "Krótko\n\nDługo", "language": "pl", "joining": "application", "reply_to": "list", "subject_tag": "[BP]",
        "alias": "sieci@inna.example.org", "max_size": str(2048 * 1024), "emergency": "yes", "moderate_members": "no",
    }  # fmt: skip
    assert "^siec.*" in " ".join(seen.cannot)


@pytest.mark.parametrize(("change", "key", "value"), [
    ({"subscription_policy": 0}, "joining", "open"), ({"subscription_policy": 2}, "joining", "application"), ({"reply_goes_to_list": 0}, "reply_to", "author"),
    ({"preferred_language": "de"}, "language", ""), ({"max_message_size": 0}, "max_size", "0"), ({"subject_prefix": ""}, "subject_tag", ""),
    ({"subject_prefix": "[Siecibp] "}, "subject_tag", ""), ({"default_member_action": HOLD}, "moderate_members", "yes"), ({"anonymous_list": True}, "emergency", "yes"),
])  # fmt: skip
def test_each_setting_in_its_other_states(mailman, change, key, value):
    mailman.list(**change)

    assert the_list(mailman).settings[key] == value


def test_members_have_their_delivery_status_and_moderation(mailman):
    mailman.list()
    for name, preferences in {
        "each": {}, "plain": {"mode": 2}, "mime": {"mode": 3}, "summary": {"mode": 4}, "off": {"status": 2}, "bounces": {"status": 3}, "bymod": {"status": 4}, "unknown": {"status": 5},
        "hold": {"action": HOLD}, "reject": {"action": REJECT}, "accept": {"action": ACCEPT},
    }.items():  # fmt: skip
        mailman.person(f"{name}@example.org", **preferences)

    shown = {email.split("@")[0]: (person.delivery, person.status, person.moderated) for email, person in people(mailman).items()}

    assert shown == {
        "each": ("each", "enabled", False), "plain": ("digest", "enabled", False), "mime": ("digest", "enabled", False), "summary": ("digest", "enabled", False),
        "off": ("none", "enabled", False), "bounces": ("each", "bouncing", False), "bymod": ("each", "paused", False), "unknown": ("none", "enabled", False),
        "hold": ("each", "enabled", True), "reject": ("each", "enabled", True), "accept": ("each", "enabled", False),
    }  # fmt: skip


def test_preferences_are_asked_of_member_address_and_person_in_turn(mailman):
    mailman.list()
    user = mailman.user(mode=3, status=2, language="en")
    mailman.member(mailman.address("person@example.org", user=user))
    user = mailman.user(mode=3, status=2)
    mailman.member(mailman.address("address@example.org", user=user, mode=1, status=1))
    user = mailman.user(mode=3)
    mailman.member(mailman.address("member@example.org", user=user, mode=2, status=2), mode=1, status=1, language="en")

    shown = {email.split("@")[0]: (person.delivery, person.language) for email, person in people(mailman).items()}

    assert shown == {"person": ("none", "en"), "address": ("each", ""), "member": ("each", "en")}


def test_somebody_in_several_roles_has_the_highest(mailman):
    mailman.list()
    address = mailman.person("Zofia@Example.org", "Zofia", role=OWNER)
    mailman.member(address, MODERATOR)
    mailman.member(address, mode=3, action=HOLD)
    mailman.person("alina@example.org", role=OWNER)
    mailman.person("jan@example.org", role=MODERATOR)

    shown = {email: (person.role, person.delivery, person.moderated) for email, person in people(mailman).items()}

    assert shown == {"Zofia@Example.org": ("owner", "digest", False), "alina@example.org": ("owner", "none", False), "jan@example.org": ("moderator", "none", False)}


def test_a_person_with_two_addresses_is_one_and_keeps_both(mailman):
    mailman.list()
    user = mailman.user("Ewa Fiszka")
    first, second = mailman.address("ewa@example.org", user=user), mailman.address("Ewa@Work.example.org", user=user)
    mailman.address("unproven@example.org", user=user, verified=False)
    mailman.member(first)
    mailman.member(second)

    ((email, person),) = people(mailman).items()

    assert (email, person.name, person.others) == ("ewa@example.org", "Ewa Fiszka", ("Ewa@Work.example.org",))


def test_a_membership_by_preference_is_that_of_the_preferred_address(mailman):
    mailman.list()
    user = mailman.user("Jan")
    address = mailman.address("jan@example.org", user=user)
    with mailman.engine.begin() as db:
        db.execute(text(f'UPDATE "user" SET _preferred_address_id = {address} WHERE id = {user}'))
    mailman.member(user=user)
    mailman.member(user=mailman.user("nobody"))  # prefers no address: cannot be reached

    assert list(people(mailman)) == ["jan@example.org"]


def test_times_are_those_of_mailmans_machine_and_proofs_are_kept(mailman):
    mailman.list()
    mailman.member(mailman.address("new@example.org", verified=False))

    person = people(mailman)["new@example.org"]

    assert (person.since, person.confirmed) == (LONG_AGO.replace(tzinfo=WARSAW), False)
    assert "new@example.org" in " ".join(the_list(mailman).notes)


def test_strangers_with_rules_are_told_about(mailman):
    mailman.list()
    for name, action in {"friend": ACCEPT, "wait": HOLD, "refused": REJECT, "dropped": DISCARD, "unset": None}.items():
        mailman.person(f"{name}@example.com", role=NONMEMBER, action=action)

    seen = the_list(mailman)

    said = " ".join(seen.cannot)
    assert seen.people == ()
    assert "friend@example.com were accepted" in said
    assert "refused@example.com, dropped@example.com were refused or dropped" in said
    assert "wait@" not in said


def test_bans_come_along_those_of_the_site_apart(mailman):
    mailman.list()
    for email, where in (("bad@example.com", "siecibp.lists.example.net"), ("^.*@spam$", "siecibp.lists.example.net"), ("worse@example.com", None), ("other@example.com", "other.list")):
        mailman.add("ban", email=email, list_id=where)

    seen = found(mailman)

    assert (seen.lists[0].bans, seen.bans) == (("bad@example.com", "^.*@spam$"), ("worse@example.com",))


def a_post(message_id="<held@example.com>"):
    message = Message()
    for name, value in (("From", "obcy@example.com"), ("Subject", "=?utf-8?q?Za=C5=BC?="), ("Message-ID", message_id)):
        message[name] = value
    message.set_payload("Hello.\n")
    return message


def test_held_posts_come_from_the_message_store(mailman):
    number = mailman.list()
    mailman.hold(number, a_post(), ["nonmember-moderation", "no-subject", "max-size"])
    mailman.hold(number, a_post("<lost@example.com>"), stored=False)

    first, lost = the_list(mailman).posts

    assert first.raw == b"From: obcy@example.com\r\nSubject: =?utf-8?q?Za=C5=BC?=\r\nMessage-ID: <held@example.com>\r\n\r\nHello.\r\n"
    assert (first.sender, first.subject, first.reasons, first.since.hour) == ("obcy@example.com", "Zaż", ("nonmember", "too-big"), 9)
    assert (lost.raw, lost.why) == (None, "its message is not in Mailman's message store")
    assert [post.why for post in found(mailman, store=False).lists[0].posts] == ["it lies in Mailman's folder: say which with --var DIR"] * 2


def test_a_hostile_message_in_the_store_is_said_and_not_run(mailman, tmp_path):
    number, mark = mailman.list(), tmp_path / "run"
    mailman.hold(number, a_post())
    hostile = type("Evil", (), {"__reduce__": lambda self: (exec, (f"open({str(mark)!r}, 'w')",))})()
    (tmp_path / "messages" / "AA" / "BB" / "held@example.com").write_bytes(pickle.dumps(hostile))

    (post,) = the_list(mailman).posts

    assert post.why == "messages/AA/BB/held@example.com holds no mail"
    assert not mark.exists()


def test_applications_that_wait_for_a_moderator_come_along(mailman):
    mailman.list()
    wish = {"type": "subscription", "list_id": "siecibp.lists.example.net", "when": "2026-03-01T10:00:00"}
    mailman.pend(**wish, email="nowa@example.org", display_name="Anna Nowa", token_owner="moderator")
    mailman.pend(**wish, email="czeka@example.org", display_name="", token_owner="subscriber")
    mailman.pend(**{**wish, "list_id": "other.list"}, email="inna@example.org", display_name="", token_owner="moderator")
    mailman.pend(until=LONG_AGO, **wish, email="stara@example.org", display_name="", token_owner="moderator")
    mailman.pend(until=FAR_OFF, type="unsubscription", list_id="siecibp.lists.example.net", email="off@example.org", token_owner="moderator")

    seen = the_list(mailman)

    assert [(one.email, one.name, one.since.hour) for one in seen.wishes] == [("nowa@example.org", "Anna Nowa", 9)]
    assert "never confirmed (1)" in " ".join(seen.cannot)
    assert "off@example.org" in " ".join(seen.cannot)


@pytest.mark.parametrize(("change", "words"), [
    ({"anonymous_list": True}, "the author is seen by all"), ({"reply_goes_to_list": 2, "reply_to_address": "r@example.org"}, "r@example.org"), ({"preferred_language": "fi"}, "fi"),
    ({"filter_content": True}, "content filters"), ({"default_nonmember_action": ACCEPT}, "strangers"), ({"default_member_action": DISCARD}, "refused or dropped"),
    ({"topics": pickle.dumps([("a", "b")])}, "topics"), ({"accept_these_nonmembers": pickle.dumps(["a@example.org"])}, "accept_these_nonmembers"), ({"gateway_to_news": True}, "newsgroups"),
])  # fmt: skip
def test_what_cannot_come_is_said(mailman, change, words):
    mailman.list(**change)

    assert words in " ".join(the_list(mailman).cannot)


def test_an_older_mailman_with_fewer_columns_is_read_too(mailman):
    mailman.list()
    with mailman.engine.begin() as db:
        for column in ("reply_to_address", "topics", "anonymous_list"):
            db.execute(text(f"ALTER TABLE mailinglist DROP COLUMN {column}"))
        for table in ("headermatch", "message"):
            db.execute(text(f"DROP TABLE {table}"))

    assert the_list(mailman).name == "siecibp"


def test_another_database_is_refused(mailman):
    with mailman.engine.begin() as db:
        db.execute(text("DROP TABLE mailinglist"))

    with pytest.raises(Invalid, match="no table mailinglist"):
        foreign.read(mailman.url)


@pytest.mark.only_sqlite
def test_nothing_is_written_while_reading(mailman):
    mailman.list()
    mailman.person("a@example.org")
    path = mailman.var / "data" / "mailman.db"
    before = hashlib.sha256(path.read_bytes()).digest()

    found(mailman)

    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert [file.name for file in path.parent.iterdir()] == ["mailman.db"]


def test_mailmans_own_way_to_name_its_driver_is_understood(mailman):
    mailman.list()
    url = mailman.url.replace("postgresql+psycopg:", "postgres:")

    assert foreign.read(url).lists[0]["list_name"] == "siecibp"


@pytest.mark.parametrize(("url", "kind"), [
    ("postgresql://u:secret@127.0.0.1:1/x", Invalid), ("sqlite:////nowhere/mailman.db", NotFound), ("nonsense://x", Invalid), ("://", Invalid), ("sqlite:///", NotFound),
])  # fmt: skip
def test_what_cannot_be_opened_is_said_without_the_password(url, kind):
    with pytest.raises(kind) as refused:
        foreign.read(url)

    assert "secret" not in str(refused.value)


def test_a_file_that_is_no_database_is_refused(tmp_path):
    (tmp_path / "mailman.db").write_bytes(b"no database at all" * 100)

    with pytest.raises(Invalid, match="not a database"):
        foreign.read(f"sqlite:///{tmp_path / 'mailman.db'}")


@pytest.mark.parametrize(("table", "column", "value"), [
    ("mailinglist", "max_message_size", "big"), ("mailinglist", "max_message_size", 1 << 62), ("mailinglist", "info", b"\xff\0"), ("mailinglist", "preferred_language", b"\xff"),
    ("mailinglist", "topics", "text"), ("mailinglist", "topics", 1 << 62), ("ban", "email", b"\xff"), ("address", "registered_on", "no date"), ("address", "registered_on", 7),
    ("address", "verified_on", b"x"), ("address", "registered_on", "9999-12-31 23:59:59.999999"), ("pended", "expiration_date", 1.5), ("pended", "expiration_date", "2099-01-01T00:00:00+02:00"),
    ("message", "path", b"\xff"), ("message", "path", "x" * 300), ("message", "path", "a\0b"), ("address", "display_name", b"\xff"), ("preferences", "delivery_mode", "x"),
])  # fmt: skip
def test_one_value_of_another_kind_stops_nothing(tmp_path, table, column, value):
    """SQLite keeps whatever it is given."""
    (tmp_path / "data").mkdir()
    mailman = Mailman(f"sqlite:///{tmp_path / 'data' / 'mailman.db'}", tmp_path)
    number = mailman.list()
    mailman.person("ewa@example.org")
    mailman.add("ban", email="bad@example.org", list_id="siecibp.lists.example.net")
    mailman.hold(number, message_from_string("From: a@example.com\nSubject: x\nMessage-ID: <1@example.com>\n\nx\n"))
    with mailman.engine.begin() as db:
        db.execute(text(f'UPDATE "{table}" SET "{column}" = :value'), {"value": value})

    seen = mailman3.found(foreign.read(mailman.url), file_in(tmp_path / "messages"), timezone(timedelta(hours=-12)))
    mailman.close()

    assert ([one.name for one in seen.lists], [person.email for person in seen.lists[0].people], len(seen.lists[0].posts)) == (["siecibp"], ["ewa@example.org"], 1)


def test_a_ban_whose_list_cannot_be_read_does_not_become_one_of_the_whole_site(tmp_path):
    (tmp_path / "data").mkdir()
    mailman = Mailman(f"sqlite:///{tmp_path / 'data' / 'mailman.db'}", tmp_path)
    mailman.list()
    mailman.add("ban", email="bad@example.org", list_id=b"\xff")
    mailman.close()

    assert mailman3.found(foreign.read(mailman.url), None, WARSAW).bans == ()


def test_a_message_store_is_not_left_through_a_link(tmp_path):
    """Neither by a link to a file nor by one to a folder; the store itself may be one."""
    (tmp_path / "outside").mkdir()
    (tmp_path / "store" / "AA").mkdir(parents=True)
    (tmp_path / "outside" / "secret").write_bytes(b"secret")
    (tmp_path / "store" / "AA" / "mail").write_bytes(b"mail")
    (tmp_path / "store" / "file").symlink_to(tmp_path / "outside" / "secret")
    (tmp_path / "store" / "folder").symlink_to(tmp_path / "outside")
    (tmp_path / "store" / "loop").symlink_to(tmp_path / "store" / "loop")
    (tmp_path / "messages").symlink_to(tmp_path / "store")
    read = file_in(tmp_path / "messages")

    assert read("AA/mail") == b"mail"
    assert [read(name) for name in ("file", "folder/secret", "loop", "../outside/secret", str(tmp_path / "outside" / "secret"), "x" * 300, "a\0b")] == [None] * 7
