"""Thousands of real posts: only those that say nothing but thanks are taken for thanks, and no first line for a word to the program."""

import re

import pytest

from listserv.mail import doors, nameless, quotes
from listserv.mail.thanks import only_thanks
from tests.corpus.corpus import needed
from tests.corpus.test_corpus_commands import posts

pytestmark = needed
# All that those who were taken for thankful have written, paragraph by paragraph, but for greetings and names.
SAID = frozenset(["", "cool", "thanks", "thank you", "thank you very much", "thanks for the pointer", "thanks for the tips", "awesome thanks", "excellent thanks"])
NAMES = re.compile(r"(?:(?<=Thanks)|^),?(?: ?[A-Z][a-z]+){1,2}[.!]?$")


def said(post):
    """Each paragraph of the words, without a greeting and without a name at its end."""
    paragraphs = re.sub(r"\A(?:Hi|Hello|Dear)\b.*\n", "", quotes.letter(post.text).strip()).split("\n\n")
    kept = [part if part.strip(" .!").lower() in SAID else NAMES.sub("", part.strip()) for part in paragraphs]
    return {" ".join(re.findall(r"[a-z]+", part.lower())) for part in kept}


# Of ten thousand posts, so many are asked about because they may be meant to go without a name: each was looked at, and is talk.
ASKED = 6


def look(step):
    seen = thanked = asked = 0
    for post in posts(step):
        seen += 1
        if only_thanks(post):
            thanked += 1
            assert said(post) <= SAID, post.text[:500]
        assert not doors.wants_preview(post) and not doors.asks_to_send(post.text), post.text[:200]
        asked += nameless.may_be_wished(post, own_subject=not post.references)
        assert not doors.wants_no_name(post, to_list=True) and not doors.wants_no_name(post, to_list=False), post.text[:200]
    assert asked <= ASKED
    return seen, thanked


def test_nothing_that_others_ought_to_read_is_taken_for_thanks():
    seen, _ = look(53)
    assert seen > 180


@pytest.mark.long
def test_the_same_for_every_post():
    seen, thanked = look(1)
    assert seen > 10_000 and thanked >= 7
