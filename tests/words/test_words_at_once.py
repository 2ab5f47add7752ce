"""Words in several threads at once: each is understood as if it were alone."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from listserv.words import inflecting
from listserv.words.inflecting import english_stem, polish_stem

ENGLISH = [f"{start}{end}" for start in ("connect", "relat", "hop", "organis", "librar", "generous", "nation", "abil") for end in ("ing", "ed", "ional", "ness", "ies", "ation", "es", "ely")]
POLISH = [f"{start}{end}" for start in ("bibliotek", "książk", "czyteln", "kwartzn", "zakładk", "nauczyciel", "lekcj", "szkoln") for end in ("ami", "ach", "ów", "ego", "iejszy", "owaliśmy", "ości", "om")]


@pytest.fixture
def hasty():
    """Threads that take turns as often as can be, and nothing remembered of before."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)
    for remembered in (english_stem, polish_stem):
        remembered.cache_clear()


@pytest.mark.parametrize(("stem", "words"), [(english_stem, ENGLISH), (polish_stem, POLISH)])
def test_a_stem_is_the_words_own_whoever_asks_beside(hasty, stem, words):
    uncached = stem.__wrapped__
    alone = [uncached(word) for word in words]

    def ask(turn):
        order = words[turn * 7 :] + words[: turn * 7]
        return [dict(zip(order, map(uncached, order), strict=True)) for _ in range(10)]

    with ThreadPoolExecutor(4) as pool:
        found = [one for some in pool.map(ask, range(4)) for one in some]

    assert all(one == dict(zip(words, alone, strict=True)) for one in found)
    assert len(set(alone)) < len(words)


@pytest.mark.skipif(inflecting._morfeusz() is None, reason="Morfeusz has no wheel for this machine")
def test_the_dictionary_answers_each_thread_as_if_it_were_alone(hasty):
    words = ["bibliotekami", "ksiazka", "czytelnia", "zamek", "lodzi", "piosenki", "nauczyciel", "szkolny"]
    alone = {word: inflecting.known_forms.__wrapped__(word) for word in words}

    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(inflecting.known_forms.__wrapped__, words * 8))

    assert found == [alone[word] for word in words] * 8
