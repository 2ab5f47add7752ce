"""`ban`: add, remove, ls."""

import pytest


@pytest.fixture(autouse=True)
def lists(run):
    run("list", "create", "siecibp", "--title", "Sieć BP", "--owner", "alina@example.org")


def test_bans_are_added_listed_and_removed(run):
    assert run("ban", "add", "siecibp", "Zly@Example.org", "--note", "spam").out == "banned zly@example.org from the list siecibp\n"
    assert run("ban", "add", "--site", r"^.*@spam\.example$").code == 0

    (row,) = run("ban", "ls", "siecibp", "--json").json
    assert (row["pattern"], row["note"]) == ("zly@example.org", "spam")
    assert [row["pattern"] for row in run("ban", "ls", "--site", "--json").json] == [r"^.*@spam\.example$"]
    assert "zly@example.org" in run("ban", "ls", "siecibp").out
    assert run("ban", "add", "siecibp", "zly@example.org").code == 6
    assert run("ban", "remove", "siecibp", "ZLY@example.org").code == 0
    assert run("ban", "remove", "siecibp", "zly@example.org").code == 3
    assert run("ban", "ls", "siecibp", "--json").json == []


@pytest.mark.parametrize(("words", "code"), [
    (("add", "siecibp"), 2), (("add", "--site", "siecibp", "a@example.org"), 2), (("add", "siecibp", "nobody"), 2), (("add", "none", "a@example.org"), 3),
    (("add", "siecibp", "^(a"), 2), (("ls",), 2), (("ls", "siecibp", "--site"), 2), (("ls", "none"), 3), (("add",), 2),
])  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line(run, words, code):
    done = run("ban", *words)

    assert (done.code, done.err.count("\n")) == (code, 1)
