"""`list`, `topic`, `member`, `sign-in`."""

import pytest
from sqlalchemy import select

from listserv.store.members import Member
from listserv.store.people import Address
from listserv.store.queue import Letter
from listserv.usecases import bouncing
from listserv.usecases.delivery import Failure


@pytest.fixture
def members(run):
    """A list with two people on it."""
    run("list", "create", "siecibp", "--title", "Sieć BP", "--language", "pl", "--owner", "alina@example.org", "--owner", "jan@example.org")
    return lambda: {row["email"]: row for row in run("member", "ls", "siecibp", "--json").json}


def letters(site):
    with site.reading() as db:
        return [(letter.kind, letter.to) for letter in db.scalars(select(Letter))]


def test_a_list_is_made_with_its_owners_and_shown(run, members, site):
    shown = run("list", "show", "SIECIBP", "--json").json

    assert {shown[key] for key in ("name", "title", "language", "kind", "archive", "joining")} == {
        "siecibp", "Sieć BP", "pl", "discussion", "members", "application",
    }  # fmt: skip
    assert shown["address"] == "siecibp@lists.example.org"
    assert {email: row["role"] for email, row in members().items()} == {"alina@example.org": "owner", "jan@example.org": "owner"}
    assert [row["name"] for row in run("list", "ls", "--json").json] == ["siecibp"]
    assert "Sieć BP" in run("list", "ls").out
    assert letters(site) == []


def test_a_list_takes_the_sites_language(run):
    run("list", "create", "one", "--title", "One")

    assert run("list", "show", "one", "--json").json["language"] == "pl"


@pytest.mark.parametrize(("name", "code"), [("siecibp", 6), ("Zażółć", 2), ("one-owner", 2), ("search", 2), ("r", 2)])
def test_a_name_that_is_taken_or_cannot_be_is_refused(run, members, name, code):
    assert run("list", "create", name, "--title", "x").code == code


def test_settings_of_a_list_change_and_bad_ones_are_named(run, members):
    assert run("list", "set", "siecibp", "subject_tag=[BP]", "emergency=yes", "max_size=1000").code == 0

    shown = run("list", "show", "siecibp", "--json").json
    assert (shown["subject_tag"], shown["emergency"], shown["max_size"]) == ("[BP]", True, 1000)
    for wrong in ("emergency=perhaps", "max_size=big", "colour=red", "language=de", "archive"):
        assert run("list", "set", "siecibp", wrong).code == 2
    assert "language" in run("list", "set", "siecibp", "title=New", "language=de").err
    assert run("list", "show", "siecibp", "--json").json["title"] == "Sieć BP"


def test_a_list_closes_once(run, members):
    assert [run("list", "close", "siecibp").code, run("list", "close", "siecibp").code] == [0, 6]
    assert run("list", "show", "siecibp", "--json").json["closed"]


def test_topics_are_added_and_listed(run, members):
    assert run("topic", "add", "siecibp", "tik", "Lekcje i TIK").code == 0

    assert run("topic", "ls", "siecibp", "--json").json == [{"slug": "tik", "title": "Lekcje i TIK", "description": "", "moderated": False, "threads": 0}]
    assert run("topic", "add", "siecibp", "TIK", "x").code == 6
    assert run("topic", "add", "siecibp", "źle", "x").code == 2


def test_topics_are_described_put_in_order_and_taken_away(run, members):
    for slug, title in (("tik", "Lekcje i TIK"), ("prawo", "Prawo"), ("inne", "Inne")):
        run("topic", "add", "siecibp", slug, title)

    assert run("topic", "set", "siecibp", "INNE", "title=Wszystko inne", "description=Co nie ma miejsca.", "place=1").code == 0
    assert run("topic", "set", "siecibp", "tik", "place=99").code == 0
    there = run("topic", "ls", "siecibp", "--json").json
    assert [(row["slug"], row["title"]) for row in there] == [("inne", "Wszystko inne"), ("prawo", "Prawo"), ("tik", "Lekcje i TIK")]
    assert there[0]["description"] == "Co nie ma miejsca."
    assert "0 threads" in run("topic", "remove", "siecibp", "prawo").out
    assert [row["slug"] for row in run("topic", "ls", "siecibp", "--json").json] == ["inne", "tik"]


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("set", "siecibp", "tik", "slug=inny"), 2),
        (("set", "siecibp", "tik", "title="), 2),
        (("set", "siecibp", "tik", "place=0"), 2),
        (("set", "siecibp", "tik", "place=pierwszy"), 2),
        (("set", "siecibp", "nikt", "title=x"), 3),
        (("remove", "siecibp", "nikt"), 3),
        (("remove", "nikt", "tik"), 3),
    ],
)
def test_what_cannot_be_done_to_a_topic_changes_nothing(run, members, words, code):
    run("topic", "add", "siecibp", "tik", "Lekcje i TIK")
    before = run("topic", "ls", "siecibp", "--json").json

    ended = run("topic", *words)
    assert ended.code == code and "page" not in ended.err
    assert run("topic", "ls", "siecibp", "--json").json == before


def test_a_member_is_added_shown_and_removed_without_a_letter(run, members, site):
    assert run("member", "add", "siecibp", "Ewa@Example.org", "--name", "Ewa Fiszka", "--delivery", "digest").code == 0

    shown = run("member", "show", "siecibp", "ewa@example.org", "--json").json
    assert set(shown) >= {"email", "name", "role", "delivery", "schedule", "status", "language", "joined"}
    assert (shown["name"], shown["delivery"], shown["schedule"], shown["status"]) == ("Ewa Fiszka", "digest", "daily 07:00", "enabled")
    assert run("member", "add", "siecibp", "ewa@example.org").code == 6
    assert run("member", "remove", "siecibp", "EWA@example.org").code == 0
    assert run("member", "show", "siecibp", "ewa@example.org").code == 3
    assert letters(site) == []


def test_a_welcome_is_sent_when_it_is_asked_for(run, members, site):
    run("member", "add", "siecibp", "ewa@example.org", "--welcome")

    assert letters(site) == [("welcome", "ewa@example.org")]


def test_settings_of_a_member_change_and_the_next_digest_is_planned_anew(run, members, site):
    words = ("name=Jan Przypis", "delivery=digest", "schedule=weekly thu,mon 7:00", "language=en", "timezone=Europe/Warsaw", "role=moderator")
    assert run("member", "set", "siecibp", "jan@example.org", *words).code == 0

    row = members()["jan@example.org"]
    assert (row["name"], row["delivery"], row["schedule"], row["language"], row["role"]) == (
        "Jan Przypis", "digest", "weekly mon,thu 07:00", "en", "moderator",
    )  # fmt: skip
    with site.reading() as db:
        assert db.scalars(select(Member).where(Member.delivery == "digest")).one().digest_due is not None


def test_an_address_can_change_unless_it_is_somebody_elses(run, members):
    assert run("member", "set", "siecibp", "jan@example.org", "email=Jan@new.example.org").code == 0

    assert set(members()) == {"alina@example.org", "Jan@new.example.org"}
    assert run("member", "set", "siecibp", "jan@new.example.org", "email=alina@example.org").code == 6
    # The person keeps the old address: mail from it is still theirs.
    assert run("member", "show", "siecibp", "jan@example.org", "--json").json["email"] == "Jan@new.example.org"


@pytest.mark.parametrize("wrong", ["schedule=hourly", "delivery=maybe", "timezone=Mars/Base", "language=de", "shoe=43", "email=nobody", "status"])
def test_a_wrong_setting_of_a_member_is_refused_whole(run, members, wrong):
    assert run("member", "set", "siecibp", "jan@example.org", "name=New", wrong).code == 2
    assert members()["jan@example.org"]["name"] == ""


def test_who_bounced_is_enabled_again_with_a_clean_sheet(run, members, site):
    with site.writing() as db:
        member = db.scalars(select(Member).order_by(Member.id)).first()
        member.status, member.bounce_score = "bouncing", 9.0

    run("member", "set", "siecibp", "alina@example.org", "status=enabled")

    with site.reading() as db:
        assert db.scalars(select(Member).order_by(Member.id)).first().bounce_score == 0


def test_member_show_tells_what_came_back_and_what_comes_next(run, members, site):
    assert run("member", "show", "siecibp", "jan@example.org", "--json").json["bounces"] is None
    with site.writing() as db:
        member = db.scalars(select(Member).join(Member.address).where(Address.key == "jan@example.org")).one()
        copy = type("Copy", (), {"outgoing_id": 1, "member_id": member.id, "email": "jan@example.org"})
        bouncing.copy_failed(db, copy, Failure("5.1.1", "550 5.1.1 User unknown"), site.now(), blame=True)

    told = run("member", "show", "siecibp", "jan@example.org", "--json").json
    assert told["status"] == "bouncing"
    facts = told["bounces"]
    assert (facts["score"], facts["limit"], facts["why"], facts["server"]) == (5.0, 5.0, "there is no such mailbox", "550 5.1.1 User unknown")
    assert facts["paused_since"] < facts["next_probe"] and facts["back_at"] is None
    assert [(one["kind"], one["status"]) for one in facts["failures"]] == [("gone", "5.1.1")]
    assert "paused since" in run("member", "show", "siecibp", "jan@example.org").out


CSV = "email,name,role,delivery\r\newa@example.org,Ewa Fiszka,moderator,digest\r\n\r\nola@example.org,\"Żółta, Ola\",,\r\n"


@pytest.mark.parametrize("raw", [CSV.encode(), CSV.encode("utf-8-sig"), CSV.encode("cp1250"), CSV.replace(", ", "#").replace(",", ";").replace("#", ", ").encode()])
def test_a_table_brings_members_whatever_wrote_it(run, members, tmp_path, raw):
    (tmp_path / "people.csv").write_bytes(raw)

    done = run("member", "import", "siecibp", tmp_path / "people.csv", "--json")

    assert (done.code, done.json) == (0, {"form": "listserv", "read": 2, "added": 2, "already": 0, "unreadable": []})
    found = members()
    assert (found["ewa@example.org"]["role"], found["ewa@example.org"]["delivery"]) == ("moderator", "digest")
    assert (found["ola@example.org"]["name"], found["ola@example.org"]["role"], found["ola@example.org"]["delivery"]) == ("Żółta, Ola", "member", "each")
    assert run("member", "import", "siecibp", tmp_path / "people.csv", "--json").json["already"] == 2


def test_lines_that_cannot_be_read_are_told_and_the_others_brought_in(run, members, tmp_path):
    (tmp_path / "people.csv").write_text("name,email,role\nEwa,ewa@example.org,queen\nOla,ola,\nIza,iza@example.org,owner\n")

    done = run("member", "import", "siecibp", tmp_path / "people.csv")

    assert done.code == 2
    assert "line 2: role" in done.err
    assert "line 3: ola" in done.err
    assert members()["iza@example.org"]["role"] == "owner"


@pytest.mark.parametrize("text", ["", "name\nEwa\n", "email,shoe\newa@example.org,43\n"])
def test_a_table_without_the_right_columns_is_refused(run, members, tmp_path, text):
    (tmp_path / "people.csv").write_text(text)

    assert run("member", "import", "siecibp", tmp_path / "people.csv").code == 2
    assert len(members()) == 2


def test_a_table_that_is_not_there_is_not_found(run, members, tmp_path):
    assert run("member", "import", "siecibp", tmp_path / "none.csv").code == 3


def test_a_sign_in_link_is_printed_for_somebody_who_is_known(run, members):
    assert run("sign-in", "alina@example.org").out.startswith("https://lists.example.org/sign-in/")
    assert run("sign-in", "nobody@example.org").code == 3


GOOGLE = (
    "Members for group Sieć BP\nEmail address,Nickname,Group status,Email status,Email preference,Posting permissions\n"
    "ewa@example.org,Ewa,manager,,digest,allowed\nola@example.org,Ola,member,bouncing,email,not allowed\nzly@example.org,,banned,,email,allowed\njan@example.org,,owner,,email,allowed\n"
)


def test_an_export_of_google_groups_is_known_and_tried_first(run, members, tmp_path):
    (tmp_path / "people.csv").write_text(GOOGLE)

    dry = run("member", "import", "siecibp", tmp_path / "people.csv", "--dry-run")
    assert set(members()) == {"alina@example.org", "jan@example.org"}
    real = run("member", "import", "siecibp", tmp_path / "people.csv", "--json")

    assert (dry.code, real.code) == (2, 2)
    assert "Google Groups" in dry.out
    assert "line 5: zly@example.org is banned there" in dry.err
    assert real.json == {
        "form": "Google Groups", "read": 4, "added": 2, "already": 1,
        "unreadable": [{"line": 5, "why": "zly@example.org is banned there: `ban add LIST EMAIL` bars the address here, too"}],
    }  # fmt: skip
    found = members()
    assert (found["ewa@example.org"]["role"], found["ewa@example.org"]["delivery"], found["ola@example.org"]["status"]) == ("moderator", "digest", "bouncing")
    assert run("member", "show", "siecibp", "ola@example.org", "--json").json["moderated"] is True
    assert run("member", "set", "siecibp", "ola@example.org", "moderated=no").code == 0
    assert run("member", "show", "siecibp", "ola@example.org", "--json").json["moderated"] is False


def test_a_dry_run_of_a_table_counts_as_the_real_one(run, members, tmp_path):
    (tmp_path / "people.csv").write_text("email\newa@example.org\nEWA@example.org\nalina@example.org\nnobody\n")

    dry = run("member", "import", "siecibp", tmp_path / "people.csv", "--dry-run", "--json").json

    assert dry == run("member", "import", "siecibp", tmp_path / "people.csv", "--json").json
    assert (dry["added"], dry["already"], len(dry["unreadable"])) == (1, 2, 1)


@pytest.mark.parametrize("options", [(), ("--dry-run",)])
def test_the_lists_own_addresses_in_a_table_are_named_and_left_out(run, members, tmp_path, options):
    (tmp_path / "people.csv").write_text("email,joined\nsiecibp@lists.example.org,\nmoderator_siecibp@lists.example.org,\newa@example.org,0001-01-01T00:00:00+14:00\nola@example.org,\n")

    done = run("member", "import", "siecibp", tmp_path / "people.csv", "--json", *options)

    assert (done.code, done.json["added"], [one["line"] for one in done.json["unreadable"]]) == (2, 1, [2, 3, 4])
    assert all("a list cannot be a member" in one["why"] for one in done.json["unreadable"][:2])
