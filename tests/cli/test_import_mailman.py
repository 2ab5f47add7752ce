"""`import mailman2` and `import mailman3`: a dry run first, then the same for real; twice is once."""

import pickle
from datetime import UTC, datetime
from email.message import Message

import pytest
from sqlalchemy import select

from listserv import cli, config
from listserv.cli import mailman as commands
from listserv.store.lists import list_by_name
from listserv.store.members import Member
from listserv.store.moderation import Application, Held
from listserv.store.people import Address
from listserv.store.queue import Letter, State
from tests.databases import contents
from tests.mailman.mailman3site import ACCEPT, HOLD, MEMBER, MODERATOR, OWNER, Mailman
from tests.mailman.python2 import config as old_config
from tests.mailman.python2 import dumps, old
from tests.office import Office


@pytest.fixture
def bring(site, capsys):
    """Run one of the two commands on a site that is there."""
    from tests.cli.conftest import Ran

    (site.settings.data / config.FILE).write_text(config.commented(site.settings), "utf-8")

    def bring(kind, *words):
        command = getattr(commands, f"{kind}_command")
        capsys.readouterr()
        arguments = [str(word) for word in words]
        code = cli.guarded(lambda: command.main(arguments, prog_name=f"listserv import {kind}", standalone_mode=False, obj=site.settings.data))
        return Ran(code, *capsys.readouterr())

    return bring


def post(message_id="<held@example.com>", sender="obcy@example.com"):
    message = Message()
    for name, value in (("From", sender), ("To", "siecibp@lists.example.net"), ("Subject", "Pytanie"), ("Message-ID", message_id)):
        message[name] = value
    message.set_payload("Dzień dobry\n".encode().decode("ascii", "surrogateescape"))
    return message


@pytest.fixture
def var(tmp_path):
    """The var folder of a Mailman 3 with two lists."""
    (tmp_path / "mm3" / "data").mkdir(parents=True)
    made = Mailman(f"sqlite:///{tmp_path / 'mm3' / 'data' / 'mailman.db'}", tmp_path / "mm3")
    number = made.list(display_name="Sieć BP", subject_prefix="[BP] ", archive_policy=2, default_member_action=HOLD, subscription_policy=2)
    made.person("Alina@Example.org", "Alina Zakładka", OWNER)
    made.person("zofia@example.org", "Zofia Lektura", MODERATOR)
    made.person("ewa@example.org", "Ewa Fiszka", mode=3)
    made.person("halina@example.org", "Halina Okładka", action=ACCEPT)
    made.person("bouncing@example.org", status=3)
    made.person("no address", MEMBER)
    made.person("siecibp@lists.example.org")
    made.person("gosc@lists.example.org", action=ACCEPT)
    for email, where in (("bad@example.com", "siecibp.lists.example.net"), (r"^(x)\1", "siecibp.lists.example.net"), ("worse@example.com", None)):
        made.add("ban", email=email, list_id=where)
    made.hold(number, post(), ["nonmember-moderation"])
    made.pend(type="subscription", list_id="siecibp.lists.example.net", email="nowa@example.org", display_name="Anna Nowa", token_owner="moderator", when="2026-03-01T10:00:00")
    made.list("my.list", "lists.example.net")
    made.close()
    return tmp_path / "mm3"


@pytest.fixture
def old_var(tmp_path):
    """The folder of a Mailman 2 with one list."""
    folder = tmp_path / "mm2" / "lists" / "siecibp"
    folder.mkdir(parents=True)
    (tmp_path / "mm2" / "data").mkdir()
    changes = {
        "members": {"ewa@example.org": "Ewa@Example.org", "marek@example.org": 0}, "digest_members": {"halina@example.org": 0}, "ban_list": ["bad@example.com"],
        "moderator": ["ewa@example.org"], "usernames": {"ewa@example.org": "Ewa Fiszka"}, "archive_private": 0,
    }  # fmt: skip
    (folder / "config.pck").write_bytes(dumps(old_config(**changes)))
    requests = {
        1: (1, (1_770_000_000.0, "obcy@example.com", "Pytanie", "Post by non-member", "heldmsg-siecibp-1.txt", {})),
        2: (2, (1_770_000_000.0, "nowa@example.org", "Anna", "pw", 0, "pl")),
    }
    (folder / "request.pck").write_bytes(dumps(old(requests)))
    (tmp_path / "mm2" / "data" / "heldmsg-siecibp-1.txt").write_bytes(b"From: obcy@example.com\nSubject: Pytanie\nMessage-ID: <h@example.com>\n\nHello\n")
    return tmp_path / "mm2"


def letters(site):
    with site.reading() as db:
        return [(letter.kind, letter.to) for letter in db.scalars(select(Letter).order_by(Letter.id))]


def members(site, name="siecibp"):
    with site.reading() as db:
        rows = db.scalars(select(Member).where(Member.list_id == list_by_name(db, name).id)).all()
        return {row.address.email: (str(row.role), str(row.delivery), str(row.status), row.moderated) for row in rows}


def test_a_dry_run_changes_nothing_and_says_what_the_real_one_does(bring, site, var):
    before = contents(site.engine)

    dry = bring("mailman3", var, "--dry-run", "--json")

    assert contents(site.engine) == before
    real = bring("mailman3", var, "--json")
    assert (dry.code, real.code) == (2, 2)
    assert dry.json.pop("dry_run") is True
    assert {**dry.json, "dry_run": 0} == {**real.json, "dry_run": 0}


def test_a_list_of_mailman_3_comes_with_all_that_it_has(bring, site, var):
    said = bring("mailman3", var).out

    assert members(site) == {
        "Alina@example.org": ("owner", "none", "enabled", False), "zofia@example.org": ("moderator", "none", "enabled", False),
        "ewa@example.org": ("member", "digest", "enabled", True), "halina@example.org": ("member", "each", "enabled", False),
        "bouncing@example.org": ("member", "each", "bouncing", True), "gosc@lists.example.org": ("member", "each", "enabled", False),
    }  # fmt: skip
    with site.reading() as db:
        mlist = list_by_name(db, "siecibp")
        assert (mlist.title, mlist.language, mlist.archive, mlist.joining, mlist.subject_tag, mlist.max_size) == ("Sieć BP", "pl", "members", "application", "[BP]", 40960)
        assert mlist.alias == "siecibp@lists.example.net"
        digest = db.scalars(select(Member).where(Member.delivery == "digest")).one()
        assert (digest.digest_due.hour, digest.joined_at.year, digest.user.name) == (6, 2020, "Ewa Fiszka")
        (held,) = db.scalars(select(Held))
        assert (held.reasons, held.author_email, held.held_at, held.incoming.state) == ("moved nonmember", "obcy@example.com", datetime(2026, 3, 1, 9, tzinfo=UTC), State.HELD)
        (application,) = db.scalars(select(Application))
        assert (application.email, application.name, application.state) == ("nowa@example.org", "Anna Nowa", "awaiting_moderator")
    assert letters(site) == []
    for words in (
        "siecibp@lists.example.net -> siecibp (a new list)", "6 new, 0 here already", "`list set siecibp archive=public`", "no address", "is an address of this site",
        r"ban of ^(x)\1", "my.list@lists.example.net: left out", "1 post and 1 application wait here", "--ask-moderators", "nobody has been written to",
    ):  # fmt: skip
        assert words in said


def test_bringing_it_twice_is_the_same_as_once(bring, site, var):
    bring("mailman3", var)
    before = contents(site.engine)

    again = bring("mailman3", var, "--json").json["lists"][0]

    assert contents(site.engine) == before
    assert (again["new"], again["settings"]) == (False, {})
    assert {key: again[key] for key in ("bans", "held", "applications")} == {key: {"new": 0, "already": 1} for key in ("bans", "held", "applications")}
    assert (again["members"]["new"], again["members"]["already"]) == (0, 6)


def test_what_has_been_changed_here_stays_changed(bring, run, site, var):
    bring("mailman3", var)
    run("list", "set", "siecibp", "title=Nasza", "archive=public")
    run("member", "set", "siecibp", "ewa@example.org", "delivery=each", "moderated=no")
    run("member", "remove", "siecibp", "halina@example.org")

    bring("mailman3", var)

    shown = run("list", "show", "siecibp", "--json").json
    assert (shown["title"], shown["archive"]) == ("Nasza", "public")
    assert members(site)["ewa@example.org"] == ("member", "each", "enabled", False)
    assert "halina@example.org" not in members(site)
    assert any("has left the list here" in one["why"] for each in bring("mailman3", var, "--json").json["lists"] for one in each.get("skipped", ()))


def test_people_who_are_here_already_stay_who_they_are(bring, run, site, var):
    run("list", "create", "inna", "--title", "Inna", "--owner", "ewa@example.org")
    run("member", "set", "inna", "ewa@example.org", "name=Ewa Dawna")

    bring("mailman3", var)

    with site.reading() as db:
        rows = db.scalars(select(Member).join(Member.address).where(Address.key == "ewa@example.org")).all()
        assert [row.user.name for row in rows] == ["Ewa Dawna"] * 2
        assert len({row.user_id for row in rows}) == 1


def test_one_list_can_come_alone_and_under_another_name(bring, site, var):
    done = bring("mailman3", var, "--only", "my.list@lists.example.net", "--as", "mylist", "--json")

    assert [(one["list"], one["from"]) for one in done.json["lists"]] == [("mylist", "my.list@lists.example.net")]
    assert done.json["site"]["bans"] == {"new": 0, "already": 0, "left": 1}
    assert done.code == 0


@pytest.mark.parametrize(("words", "code", "said"), [
    (("--only", "none"), 3, "there is no list none"), (("--as", "x"), 2, "--only"), (("--only", "my.list", "--as", "search"), 2, ""),
])  # fmt: skip
def test_a_choice_that_cannot_be_is_refused(bring, var, words, code, said):
    done = bring("mailman3", var, *words)

    assert done.code == code
    assert said in done.err


def test_two_lists_of_one_name_are_left_for_a_human_to_name(bring, tmp_path):
    (tmp_path / "mm").mkdir()
    made = Mailman(f"sqlite:///{tmp_path / 'mm' / 'mailman.db'}")
    made.list("siecibp", "a.example.net")
    made.list("siecibp", "b.example.net")
    made.close()

    both = bring("mailman3", tmp_path / "mm" / "mailman.db")

    assert both.code == 2
    assert "--only siecibp@a.example.net --as NAME" in both.out
    assert bring("mailman3", tmp_path / "mm" / "mailman.db", "--only", "siecibp@b.example.net", "--as", "druga").code == 0


def test_moderators_are_asked_when_that_is_asked_for_and_once(bring, site, var):
    bring("mailman3", var)
    assert letters(site) == []

    asked = bring("mailman3", var, "--ask-moderators").out

    each = [("held-moderator", "Alina@example.org"), ("held-moderator", "zofia@example.org"), ("application-moderator", "Alina@example.org"), ("application-moderator", "zofia@example.org")]
    assert letters(site) == each
    assert "asked about 1 post and 1 application" in asked
    bring("mailman3", var, "--ask-moderators")
    assert letters(site) == each


def test_a_moderators_word_decides_about_what_has_moved(bring, site, var):
    bring("mailman3", var, "--ask-moderators")
    office = Office(site)
    (question,) = office.letters("zofia@example.org", "held-moderator")
    (application,) = office.letters("zofia@example.org", "application-moderator")

    office.reply(question, "TAK")
    office.reply(application, "TAK")

    assert "Dzień dobry" in question.text
    assert [mail["Message-ID"] for mail in office.posts()] == ["<held@example.com>"]
    assert "nowa@example.org" in members(site)
    assert [letter.kind for letter in office.letters("nowa@example.org")] == ["welcome"]


def test_the_ban_that_came_along_holds(bring, site, var):
    bring("mailman3", var)

    assert Office(site).send("bad@example.com", "siecibp") is State.REFUSED


def test_the_address_that_the_list_had_goes_on_meaning_it(bring, site, var):
    bring("mailman3", var)

    assert Office(site).send("halina@example.org", "siecibp@lists.example.net", proven=True) is State.POSTED


def test_posts_that_need_the_message_store_are_said_where_only_the_database_is_given(bring, var):
    url = f"sqlite:///{var / 'data' / 'mailman.db'}"

    assert "say which with --var DIR" in bring("mailman3", url, "--only", "siecibp", "--dry-run").out
    assert bring("mailman3", url, "--var", var, "--only", "siecibp", "--dry-run", "--json").json["lists"][0]["held"]["new"] == 1


def test_the_database_that_mailman_cfg_names_is_found(bring, var):
    (var / "data" / "mailman.db").rename(var / "elsewhere.db")
    (var / "etc").mkdir()
    (var / "etc" / "mailman.cfg").write_text(f"[mailman]\nsite_owner: x\n[database]\nclass: x\nurl: sqlite:///{var}/elsewhere.db\n")

    assert bring("mailman3", var, "--dry-run").out.startswith("Mailman 3, sqlite:")
    (var / "etc" / "mailman.cfg").write_text("[database]\nurl: postgresql://u:secret@127.0.0.1:1/mailman\n")
    refused = bring("mailman3", var, "--dry-run")
    assert refused.code == 2
    assert "secret" not in refused.err


@pytest.mark.parametrize("change", ["nothing", "empty", "file"])
def test_a_source_that_is_not_there_is_said(bring, tmp_path, change):
    place = tmp_path / "source"
    if change == "empty":
        place.mkdir()
    if change == "file":
        place.write_bytes(b"x")
    refused = bring("mailman3", place)

    assert refused.code in (2, 3)
    assert refused.err.count("\n") == 1


def test_a_list_of_mailman_2_comes_with_all_that_it_has(bring, site, old_var):
    dry = bring("mailman2", old_var / "lists" / "siecibp" / "config.pck", "--dry-run", "--json")
    real = bring("mailman2", old_var / "lists" / "siecibp" / "config.pck", "--json")

    assert (dry.code, real.code) == (0, 0)
    assert dry.json["lists"] == real.json["lists"]
    assert members(site) == {
        "Ewa@example.org": ("moderator", "each", "enabled", False), "marek@example.org": ("member", "each", "enabled", False),
        "halina@example.org": ("member", "digest", "enabled", False), "alina@example.org": ("owner", "none", "enabled", False),
    }  # fmt: skip
    with site.reading() as db:
        assert [held.reasons for held in db.scalars(select(Held))] == ["moved nonmember"]
        assert [application.email for application in db.scalars(select(Application))] == ["nowa@example.org"]
    assert letters(site) == []
    before = contents(site.engine)
    bring("mailman2", old_var / "lists" / "siecibp")
    assert contents(site.engine) == before


@pytest.mark.parametrize("where", [".", "lists", "lists/siecibp", "lists/siecibp/config.pck"])
def test_a_file_its_folder_or_the_folder_of_all_lists_will_do(bring, old_var, where):
    assert [one["from"] for one in bring("mailman2", old_var / where, "--dry-run", "--json").json["lists"]] == ["siecibp@lists.example.net"]


HOSTILE = {
    "code": b"cos\nsystem\n(S'touch RUN'\ntR.", "nonsense": b"\x80\x02nonsense", "empty": b"", "memory": b"\x8e" + (1 << 40).to_bytes(8, "little") + b".", "text": b"hello",
    "another": pickle.dumps({"members": 7}), "persistent": b"P1\n.",
}  # fmt: skip


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_or_broken_config_does_nothing_and_gives_one_sentence(bring, site, tmp_path, monkeypatch, raw):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "config.pck").write_bytes(raw)
    before = contents(site.engine)

    refused = bring("mailman2", tmp_path / "config.pck")

    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert refused.err.startswith(f"listserv: {tmp_path / 'config.pck'} ")
    assert not (tmp_path / "RUN").exists()
    assert contents(site.engine) == before


def test_a_list_of_mailman_2_0_is_sent_to_its_own_converter(bring, tmp_path):
    (tmp_path / "config.db").write_bytes(b"{}")

    assert "config.pck" in bring("mailman2", tmp_path / "config.db").err
    assert bring("mailman2", tmp_path).code == 2


def test_a_held_post_is_only_taken_from_mailmans_own_folder(bring, old_var, tmp_path):
    (tmp_path / "secret.txt").write_bytes(b"From: x@example.com\n\nsecret\n")
    requests = {1: (1, (1.0, "a@example.com", "s", "why", "../../secret.txt", {})), 2: (1, (1.0, "a@example.com", "s", "why", str(tmp_path / "secret.txt"), {}))}
    (old_var / "lists" / "siecibp" / "request.pck").write_bytes(dumps(old(requests)))

    one = bring("mailman2", old_var, "--dry-run", "--json").json["lists"][0]

    assert one["held"]["new"] == 0
    assert [left["why"].endswith("is not there") for left in one["skipped"]] == [True, True]
