"""Markdown in several threads at once: nobody's words in another's letter."""

import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

from listserv.mail import markup


@pytest.fixture
def hasty():
    """Threads that take turns as often as can be."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def letter(who):
    """Words, code and links whose addresses stand below, under the same names as in everybody else's letter."""
    said = "\n\n".join(f"**{who}{n}** and `code of {who}{n}` and [link of {who}{n}][ref{n}]" for n in range(12))
    return said + "\n\n" + "\n".join(f"[ref{n}]: https://{who}.example/{n}" for n in range(12))


def test_letters_that_are_made_at_once_hold_nothing_of_each_other(hasty):
    people = ["halina", "marek", "zofia", "alina"]
    alone = {who: markup.to_html(letter(who)) for who in people}
    assert all(alone[who].count(f'href="https://{who}.example/') == 12 for who in people)

    def write(who):
        return who, [markup.to_html(letter(who)) for _ in range(6)]

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(write, people))

    assert all(html == alone[who] for who, letters in made for html in letters)


def test_a_letter_that_could_not_be_read_leaves_nothing_behind(monkeypatch):
    monkeypatch.setattr(markup, "IDLE", [])
    broken = markup._markdown()
    broken.convert = lambda text: broken.references.update(ref=("https://zla.example/", "")) or (_ for _ in ()).throw(RecursionError)
    broken.reset = lambda: broken
    markup.IDLE.append(broken)

    assert "<p>[a][ref]</p>" in markup.to_html("[a][ref]")

    assert broken not in markup.IDLE
    assert "zla.example" not in markup.to_html("**b** [a][ref]")
