"""Arguments that no column was made for: one clear line, the same on both databases, and nothing has happened."""

import pytest

from tests.databases import contents

LONG, HUGE = "ż" * 300, str(10**25)
REFUSED = {
    "a size beyond counting": ("list", "set", "siecibp", f"max_size={HUGE}"),
    "a size in other digits": ("list", "set", "siecibp", "max_size=²"),
    "a title without end": ("list", "set", "siecibp", f"title={LONG}"),
    "a tag without end": ("list", "set", "siecibp", f"subject_tag={LONG}"),
    "a list's title without end": ("list", "create", "other", "--title", LONG),
    "a topic's title without end": ("topic", "add", "siecibp", "new", LONG),
    "a number beyond counting": ("queue", "retry", HUGE),
    "the beginning of time": ("due", "--at", "0001-01-01T00:00"),
    "the end of time": ("due", "--at", "9999-12-31T23:59:59-12:00"),
}


@pytest.mark.sampled(5)
@pytest.mark.parametrize("words", REFUSED.values(), ids=REFUSED)
def test_what_no_column_was_made_for_is_bad_input(run, site, network, words):
    before = contents(site.engine)

    done = run(*words)

    assert (done.code, done.err.count("\n")) == (2, 1)
    assert contents(site.engine) == before


def test_a_name_without_end_is_cut(run, site, network):
    assert run("member", "add", "siecibp", "nowa@example.org", "--name", LONG).code == 0
    assert run("member", "show", "siecibp", "nowa@example.org", "--json").json["name"] == "ż" * 200


@pytest.mark.sampled(1, each="words")
@pytest.mark.parametrize("word", ["\udcff", "x" * 5000, "%", "'", "ż" * 3000])
@pytest.mark.parametrize("words", [("trace",), ("sign-in",), ("list", "show"), ("member", "show", "siecibp")])
def test_what_nobody_has_heard_of_is_not_found(run, network, words, word):
    done = run(*words, word)

    assert done.code in (2, 3)
    assert done.err.count("\n") == 1
