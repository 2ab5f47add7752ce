"""A config.pck of Mailman 2 as we understand it. The files look as Python 2.7 and Mailman 2.1.18 wrote them."""

import pickle

import pytest

from listserv.mailman import mailman2
from listserv.mailman.values import Unreadable
from tests.mailman.python2 import Old, config, dumps, old


def found(name="siecibp", requests=None, held=mailman2.nothing_kept, **changes):
    return mailman2.read(dumps(config(**changes)), name, dumps(old(requests)) if requests else None, held)


def people(**changes):
    return {person.email: person for person in found(**changes).people}


def test_settings_become_ours():
    settings = found(
        real_name="SieciBP", description="Krótko", info="Długo", max_message_size=200, reply_goes_to_list=1, subscribe_policy=3,
        subject_prefix="[Sieci] ", acceptable_aliases="sieci@inna.example.org\n^.*@x$", emergency=1,
    ).settings  # fmt: skip

    assert settings == {
        "title": "SieciBP", "description": "Krótko\n\nDługo", "language": "pl", "joining": "application", "reply_to": "list", "subject_tag": "[Sieci]",
        "alias": "sieci@inna.example.org", "max_size": "204800", "emergency": "yes", "moderate_members": "no",
    }  # fmt: skip


@pytest.mark.parametrize(("change", "key", "value"), [
    ({"subscribe_policy": 0}, "joining", "open"), ({"subscribe_policy": 2}, "joining", "application"), ({"reply_goes_to_list": 0}, "reply_to", "author"),
    ({"preferred_language": "en"}, "language", "en"), ({"preferred_language": "de"}, "language", ""), ({"max_message_size": 0}, "max_size", "0"),
    ({"subject_prefix": "[Siecibp] "}, "subject_tag", ""), ({"subject_prefix": "[%(real_name)s] "}, "subject_tag", ""), ({"subject_prefix": ""}, "subject_tag", ""),
    ({"subject_prefix": "[BP %d]"}, "subject_tag", ""),
])  # fmt: skip
def test_each_setting_in_its_other_states(change, key, value):
    assert found(**change).settings[key] == value


def test_members_have_their_delivery_status_and_moderation():
    seen = people(
        members={"each@example.org": 0, "capital@example.org": "Capital@Example.org", "off@example.org": 0, "nomail@example.org": 0, "adm@example.org": 0,
                 "bou@example.org": 0, "unk@example.org": 0, "mod@example.org": 0},
        digest_members={"dig@example.org": 0},
        delivery_status={"off@example.org": (2, 1.5), "adm@example.org": (3, 1.5), "bou@example.org": (4, 1.5), "unk@example.org": (1, 1.5), "each@example.org": (0, 1.5)},
        user_options={"mod@example.org": 128, "nomail@example.org": 1, "each@example.org": 4 | 16 | 256},
    )  # fmt: skip

    shown = {email: (person.delivery, person.status, person.moderated) for email, person in seen.items() if person.role == "member"}
    assert shown == {
        "each@example.org": ("each", "enabled", False), "Capital@Example.org": ("each", "enabled", False), "off@example.org": ("none", "enabled", False),
        "nomail@example.org": ("none", "enabled", False), "adm@example.org": ("each", "paused", False), "bou@example.org": ("each", "bouncing", False),
        "unk@example.org": ("none", "enabled", False), "mod@example.org": ("each", "enabled", True), "dig@example.org": ("digest", "enabled", False),
    }  # fmt: skip


def test_who_decides_keeps_their_delivery_and_gets_no_posts_without_being_a_member():
    seen = people(owner=["alina@example.org", "Zofia@Example.org"], moderator=["zofia@example.org", "jan@example.org"],
                  members={"zofia@example.org": 0}, digest_members={"jan@example.org": "Jan@example.org"}, user_options={"zofia@example.org": 128})  # fmt: skip

    shown = {email: (person.role, person.delivery, person.moderated) for email, person in seen.items()}
    assert shown == {"zofia@example.org": ("owner", "each", False), "Jan@example.org": ("moderator", "digest", False), "alina@example.org": ("owner", "none", False)}


def test_names_are_read_in_whatever_they_were_written():
    names = {"utf@example.org": "Zażółć".encode(), "latin@example.org": "Łąka".encode("iso-8859-2"), "uni@example.org": "Żółw", "web@example.org": b"&#321;ukasz"}

    seen = {p.email: p.name for p in mailman2.read(dumps(config(members=dict.fromkeys(names, 0)) | {b"usernames": {k.encode(): v for k, v in names.items()}}), "x").people}

    assert {seen[email] for email in names} == {"Zażółć", "Łąka", "Żółw", "Łukasz"}
    west = mailman2.read(dumps(config(preferred_language="de", description="Bücher".encode("latin-1"))), "x")
    assert west.settings["description"] == "Bücher"


def test_a_language_of_ones_own_comes_along_and_the_lists_does_not_stick():
    seen = people(members={"a@example.org": 0, "b@example.org": 0, "c@example.org": 0}, language={"a@example.org": "en", "b@example.org": "pl", "c@example.org": "fr"})

    assert [seen[f"{who}@example.org"].language for who in "abc"] == ["en", "", ""]


def test_members_of_a_moderated_list_are_held_one_by_one_or_all_together():
    everybody = found(default_member_moderation=True, members={"a@example.org": 0}, user_options={"a@example.org": 128})
    some = found(default_member_moderation=True, members={"a@example.org": 0, "b@example.org": 0}, user_options={"a@example.org": 128})

    assert (everybody.settings["moderate_members"], some.settings["moderate_members"]) == ("yes", "no")
    assert "save those of b@example.org" in " ".join(some.notes)


def test_what_cannot_come_is_said():
    said = " ".join(
        found(
            anonymous_list=True, reply_goes_to_list=2, reply_to_address="redakcja@example.org", preferred_language="de", acceptable_aliases="^x", topics=[("a", "b", "c", 0)],
            msg_footer="%(real_name)s", accept_these_nonmembers=["friend@example.com"], filter_content=True,
        ).cannot
    )  # fmt: skip

    for words in ("the author is seen by all", "redakcja@example.org", "its language (de)", "patterns: ^x", "topics", "footers", "friend@example.com", "content filters"):
        assert words in said
    assert found(anonymous_list=True).settings["emergency"] == "yes"


@pytest.mark.parametrize(("private", "archived", "words"), [(0, True, "was public"), (1, True, None), (0, False, "kept no archive")])
def test_who_could_read_the_archive_is_said(private, archived, words):
    notes = " ".join(found(archive_private=private, archive=archived).notes)

    assert words in notes if words else "archive" not in notes


HELD = b"From: obcy@example.com\nSubject: test\nMessage-ID: <h@example.com>\n\nDzie\xc5\x84 dobry\n"
REQUESTS = {
    1: (1, (1_700_000_000.5, "obcy@example.com", "=?utf-8?q?Za=C5=BC?=", "Post by non-member to a members-only list", "heldmsg-siecibp-1.txt", {})),
    2: (1, (1_700_000_000.5, "b@example.com", "big", "Message body is too big: 300000 bytes", "heldmsg-siecibp-2.pck", {})),
    3: (2, (1_700_000_000.5, "nowa@example.org", "Anna Nowa", "secret", 0, "pl")),
    4: (3, "off@example.org"),
    "version": (0, 1),
}


def test_what_waits_for_moderators_comes_along():
    files = {"heldmsg-siecibp-1.txt": HELD}

    seen = found(requests=REQUESTS, held=files.get)

    first, second = seen.posts
    assert (first.sender, first.subject, first.reasons, first.since.year) == ("obcy@example.com", "Zaż", ("nonmember",), 2023)
    assert first.raw == HELD.replace(b"\n", b"\r\n")
    assert (second.raw, second.reasons, second.why) == (None, ("too-big",), "heldmsg-siecibp-2.pck is not there")
    assert [(wish.email, wish.name, wish.language) for wish in seen.wishes] == [("nowa@example.org", "Anna Nowa", "pl")]
    assert "off@example.org" in " ".join(seen.cannot)


def test_a_held_post_that_cannot_be_read_is_said_and_the_rest_comes():
    seen = found(requests=REQUESTS, held={"heldmsg-siecibp-1.txt": HELD, "heldmsg-siecibp-2.pck": b"\x80\x02N."}.get)

    assert [post.why for post in seen.posts] == ["", "heldmsg-siecibp-2.pck holds no mail"]


def test_requests_that_are_broken_are_said_and_the_list_comes():
    seen = mailman2.read(dumps(config()), "x", b"\x80nonsense")

    assert "request.pck is damaged" in " ".join(seen.cannot)


@pytest.mark.parametrize("requests", [{1: (1, ())}, {1: (1, (None,) * 6)}, {1: 7, 2: (2, (1, 2, 3))}, {1: (1, (1e300, "a", "b", "c", "d"))}, {1: (3, ())}, {1: (1, (True, 5, [], {}, ()))}])
def test_odd_requests_break_nothing(requests):
    assert found(requests=requests).name == "siecibp"


@pytest.mark.parametrize("changes", [
    {"owner": "alina@example.org"}, {"owner": None}, {"usernames": []}, {"max_message_size": "big"}, {"max_message_size": 1e300}, {"delivery_status": {"a@example.org": 3}},
    {"members": {"a@example.org": 0}, "user_options": {"a@example.org": "x"}}, {"members": {"a@example.org": 7}, "delivery_status": {"a@example.org": ()}}, {"ban_list": "x y"},
    {"preferred_language": None}, {"acceptable_aliases": ["a@b.example"]}, {"real_name": Old("x.y", {})}, {"digest_members": None},
])  # fmt: skip
def test_odd_values_break_nothing(changes):
    assert found(**changes).name == "siecibp"


@pytest.mark.parametrize("value", [{b"a": 1}, [], 7, {b"members": []}])
def test_a_pickle_of_something_else_is_refused(value):
    with pytest.raises(Unreadable, match="not of a list"):
        mailman2.read(dumps(value), "x")


def test_without_a_folder_the_real_name_is_the_name():
    assert found(name="", real_name="SieciBP").address == "siecibp@lists.example.net"


@pytest.mark.parametrize("where", ["ban_list", "owner", "moderator"])
def test_one_long_text_named_again_and_again_is_refused(where):
    """The pickle says the text once and names it a hundred thousand times."""
    raw = pickle.dumps({b"members": {}, where.encode(): [b"a" * 1_000_000] * 100_000}, 3)

    assert len(raw) < 2_000_000
    with pytest.raises(Unreadable, match="more text than any list"):
        mailman2.read(raw, "x")


def test_more_words_than_any_list_has_are_refused():
    with pytest.raises(Unreadable, match="more text than any list"):
        mailman2.read(pickle.dumps({b"members": {}, b"owner": b"aa " * 1_000_000}, 3), "x")
